"""A score as text that a musician can read: bar by bar, part by part."""

from __future__ import annotations

from fractions import Fraction

from composer.music.plan import Plan
from composer.music.score import Note, Score


def _number(value: Fraction) -> str:
    whole, rest = divmod(value, 1)
    if not rest:
        return str(whole)
    return f"{whole} {rest}" if whole else str(rest)


def _note(note: Note, start: Fraction) -> str:
    name = str(note.pitch.midi) if note.function == "drum" else note.pitch.name
    sign = {"chord": "", "drum": "", "scale": "~"}.get(note.function, f"({note.function})")
    place, length = _number(note.onset_quarters - start + 1), _number(note.duration_quarters)
    return f"{place:>5}  {name + sign:<16} {length:<5} v{note.velocity}"


def dump(plan: Plan, score: Score) -> str:
    """Write a score out.

    A line is a note: where in the bar it begins in quarters, counted from 1; its name (drums by
    their key); its length in quarters; its velocity. ``~`` marks a scale tone foreign to the
    chord, brackets any other function. A bar's line has its section, its energy and its chords.
    """
    lines = [
        f"{score.title}: {score.key}, {score.meter}, {score.quarters_per_minute:g} a minute",
        f"style {plan.style}, swing {plan.swing:g}, seed {plan.seed}",
        *(
            f"{part.plan.name}: {part.plan.role}, {part.plan.instrument.name}"
            for part in score.parts
        ),
    ]
    length = score.meter.bar_quarters
    for number, bar in enumerate(plan.bars):
        start, end = length * number, length * (number + 1)
        section = plan.sections[bar.section].name
        chords = " ".join(
            f"{_number(max(span.onset_quarters, start) - start + 1)}:{span.chord}"
            f"[{span.roman_numeral}]"
            for span in score.chords
            if span.onset_quarters < end and span.end_quarters > start
        )
        lines += ["", f"bar {number + 1}, {section}, energy {bar.energy:g}, {chords}"]
        for part in score.parts:
            notes = [note for note in part.notes if start <= note.onset_quarters < end]
            if notes:
                lines.append(f" {part.plan.name}")
                lines += [_note(note, start) for note in notes]
    return "\n".join(lines) + "\n"

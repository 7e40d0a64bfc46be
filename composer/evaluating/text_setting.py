"""How words and music agree: what a report says of the lyrics of a piece."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import LyricLine, Plan
from composer.music.score import Note, Score
from composer.prosody.verse import MAIN_STRESS
from composer.theory.meter import Meter


def sung_notes(score: Score) -> tuple[Note, ...]:
    """The notes with a syllable, in order."""
    notes = (note for part in score.parts for note in part.notes if note.lyric)
    return tuple(sorted(notes, key=lambda note: note.onset_quarters))


def stress_on_beats(
    lines: Sequence[LyricLine], onsets: Sequence[Fraction], meter: Meter
) -> dict[str, float]:
    """How well stresses fall on the metre.

    Args:
        lines: The lines.
        onsets: Onset of every syllable, in quarters from the start of the piece.
        meter: The time signature.

    Returns:
        ``main_on_beats`` and ``main_on_strong_beats``, shares of the syllables with a main stress,
        and ``unstressed_on_strong_beats``, of those without any; strong are the downbeat and what
        halves the bar. A share of nothing is 1, or 0 for the last.
    """
    stresses = [stress for line in lines for stress in line.stresses]
    strength = dict(zip(meter.beat_onsets, meter.strengths, strict=True))
    places = [strength.get(onset % meter.bar_quarters, 0) for onset in onsets]
    pairs = list(zip(stresses, places, strict=True))
    main = [place for stress, place in pairs if stress >= MAIN_STRESS]
    weak = [place for stress, place in pairs if stress < MAIN_STRESS / 2]
    return {
        "main_on_beats": _share([place > 0 for place in main], 1.0),
        "main_on_strong_beats": _share([place > 1 for place in main], 1.0),
        "unstressed_on_strong_beats": _share([place > 1 for place in weak], 0.0),
    }


def lyrics_report(plan: Plan, score: Score) -> dict[str, object]:
    """What is to be said of the lyrics of a piece, as plain data.

    Rhyme schemes are section by section.
    """
    notes = sung_notes(score)
    onsets = [note.onset_quarters for note in notes]
    schemes = []
    for section in plan.sections:
        lines = [
            line for line in plan.lyrics if section.start_bar <= line.start_bar < section.end_bar
        ]
        if lines:
            scheme = "".join(line.label for line in lines)
            schemes.append({"section": section.name, "lines": len(lines), "rhymes": scheme})
    pitches = [note.pitch.midi for note in notes]
    return {
        "syllables": sum(len(line.syllables) for line in plan.lyrics),
        "lines": len(plan.lyrics),
        "stanzas": schemes,
        "range_semitones": max(pitches) - min(pitches) if pitches else 0,
        "stress": stress_on_beats(plan.lyrics, onsets, plan.meter),
    }


def _share(found: Sequence[bool], none: float) -> float:
    return round(sum(found) / len(found), 4) if found else none

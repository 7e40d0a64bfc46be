"""Cells back into a score: onsets on its clock, notes spelled, named, and trimmed to be played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from composer.checking.drums import limbs_ok
from composer.checking.harmony_rules import BASS_ROLES, HARMONY_ROLES
from composer.checking.tones import classify
from composer.music.plan import PartPlan, Plan
from composer.music.score import Note, Part, Score
from composer.theory.pitch import PitchClass, spell
from composer.theory.spelling import spelled
from composer.transformer.cells import decode_cell
from composer.transformer.rules import RuleMaker
from composer.transformer.sheet import Sheet
from composer.transformer.striking import Loudness, marks_of, struck

_SINGLE_LINES = frozenset({"melody", "counter", "bass"})
_OCTAVE = 12
_SHORTEST = Fraction(1, 12)
_DRUM_LENGTH = Fraction(1, 4)
_BREATH = Fraction(1, 10)
"""By how much of its length a note is prolonged, up to the next: the corpus has lengths as they
sound, a score as they are written, and a player shortens what is written by as much."""
_CRASH_KEYS = frozenset({49, 57})


Cells = dict[int, tuple[int, ...]]
"""Tokens of one part by bar."""


def score_with(
    draft: Score,
    sheet: Sheet,
    maker: RuleMaker,
    cells: Mapping[tuple[int, int], tuple[int, ...]],
    made: dict[str, tuple[Cells, Part]],
) -> Score:
    """The draft with some of its cells written anew.

    Args:
        draft: The rule writers' score.
        sheet: The piece as the model has it.
        maker: Knows the harmony parts' voicings.
        cells: Tokens by (bar, part) of the cells that are written anew.
        made: Parts by name as they were made last, with their cells: what is still so is not made
            again. It is brought up to date.
    """
    by_part: dict[str, Cells] = {}
    for (bar, number), tokens in cells.items():
        by_part.setdefault(sheet.parts[number].plan.name, {})[bar] = tokens
    for part in draft.parts:
        own = by_part.get(part.plan.name, {})
        known = made.get(part.plan.name)
        if known is None or known[0] != own:
            made[part.plan.name] = (own, _part(part, sheet, maker, own) if own else part)
    parts = [made[part.plan.name][1] for part in draft.parts]
    return replace(draft, parts=tuple(parts))


def _part(part: Part, sheet: Sheet, maker: RuleMaker, cells: Mapping[int, tuple[int, ...]]) -> Part:
    plan = sheet.plan
    number = next(i for i, p in enumerate(sheet.parts) if p.plan.name == part.plan.name)
    before = sheet.parts[number].notes
    notes = [note for bar, found in before.items() if bar not in cells for note in found]
    fresh: list[Note] = []
    for bar, tokens in cells.items():
        fresh += _notes_of(tokens, bar, part.plan, sheet, maker, before.get(bar, ()))
    if part.plan.role == "drums":
        crashes = _crashes(before, plan, fresh, cells)
        return Part(part.plan, _ordered(_apart([*notes, *fresh, *crashes])))
    new = {id(note) for note in fresh}
    joined = _ordered([*notes, *fresh])
    held = [_held(n, part.plan, plan, maker) if id(n) in new else n for n in joined]
    trimmed = _trimmed(held, single=part.plan.role in _SINGLE_LINES)
    trimmed = _playable(trimmed, part.plan.instrument.polyphony)
    if part.plan.governed and part.plan.role in HARMONY_ROLES:
        trimmed = spaced(trimmed)
    return Part(part.plan, _named(trimmed, part.plan, plan, maker, frozenset(cells)))


def _crashes(
    before: Mapping[int, tuple[Note, ...]],
    plan: Plan,
    fresh: list[Note],
    bars: Iterable[int],
) -> list[Note]:
    """The planned crashes of some bars, where the model left a hand free for them."""
    found: list[Note] = []
    for bar in bars:
        start = plan.meter.bar_quarters * bar
        struck = [note.pitch.midi for note in fresh if note.onset_quarters == start]
        for note in before.get(bar, ()):
            crash = note.pitch.midi in _CRASH_KEYS and note.onset_quarters == start
            if plan.bars[bar].crash and crash and limbs_ok([*struck, note.pitch.midi]):
                struck.append(note.pitch.midi)
                found.append(note)
    return found


def _notes_of(
    tokens: tuple[int, ...],
    bar: int,
    part: PartPlan,
    sheet: Sheet,
    maker: RuleMaker,
    before: tuple[Note, ...],
) -> list[Note]:
    """The notes of a cell, as long as the model has them."""
    start = sheet.plan.meter.bar_quarters * bar
    clock = sheet.clock
    loudness = Loudness(before)
    marks = marks_of(before)
    notes = []
    for cell_note in decode_cell(tokens):
        onset = start + clock.quarters(cell_note.position)
        if part.role == "drums":
            velocity = loudness.of_key(cell_note.pitch, onset)
            pitch = spell(cell_note.pitch, _any_name(cell_note.pitch))
            notes.append(Note(onset, _DRUM_LENGTH, pitch, velocity, "drum"))
            continue
        end = start + clock.quarters(cell_note.position + cell_note.duration)
        end += (end - onset) * _BREATH
        midi = cell_note.pitch - sheet.shifts[bar]
        index = maker.span_index(onset)
        span = sheet.plan.chords[index]
        pitch = spelled(midi, span.chord, span.key)
        voicing = maker.voicing(part.name, index)
        voice = next((v for v, held in voicing.items() if held == midi), 0)
        mark = struck(marks, onset, end - onset)
        notes.append(Note(onset, end - onset, pitch, loudness.at(onset), "scale", voice, mark))
    return notes


def _held(note: Note, part: PartPlan, plan: Plan, maker: RuleMaker) -> Note:
    """The note, ended where a chord comes that it is foreign to, and with the part's last bar."""
    end = min(note.end_quarters, _active_until(note, part, plan))
    index = maker.span_index(note.onset_quarters)
    midi = note.pitch.midi
    while plan.chords[index].end_quarters < end:
        change = plan.chords[index].end_quarters
        index += 1
        if not _stays(midi, index, part, plan):
            end = change
            break
    return replace(note, duration_quarters=max(end - note.onset_quarters, _SHORTEST))


def _stays(midi: int, span: int, part: PartPlan, plan: Plan) -> bool:
    """Whether a pitch may sound on into a chord."""
    chord = plan.chords[span].chord
    if part.role in HARMONY_ROLES:
        # Each chord is struck anew, so that all that it needs is heard in it.
        return False
    if part.role in BASS_ROLES:
        return midi % 12 == chord.bass.number
    return midi % 12 in chord.numbers


def _active_until(note: Note, part: PartPlan, plan: Plan) -> Fraction:
    """The end of the bars, from the note's on, in which the part plays."""
    bar = int(note.onset_quarters // plan.meter.bar_quarters) + 1
    while bar < len(plan.bars) and part.name in plan.bars[bar].active:
        bar += 1
        if plan.meter.bar_quarters * bar >= note.end_quarters:
            break
    return plan.meter.bar_quarters * min(bar, len(plan.bars))


def _trimmed(notes: Sequence[Note], *, single: bool) -> list[Note]:
    """No pitch twice at once; in a single line no note into the next."""
    following: dict[int, Fraction] = {}
    line: Fraction | None = None
    result: list[Note] = []
    seen: set[tuple[Fraction, int]] = set()
    for note in reversed(notes):
        pitch = note.pitch.midi
        if (note.onset_quarters, pitch) in seen:
            continue
        seen.add((note.onset_quarters, pitch))
        limit = following.get(pitch)
        if single and line is not None:
            if line == note.onset_quarters:
                continue
            limit = line if limit is None else min(limit, line)
        if limit is not None and note.end_quarters > limit:
            note = replace(note, duration_quarters=limit - note.onset_quarters)
        following[pitch] = line = note.onset_quarters
        result.append(note)
    return result[::-1]


def _playable(notes: list[Note], most: int) -> list[Note]:
    """No more notes at once than the instrument has: the longest held gives way."""
    result = list(notes)
    sounding: list[int] = []
    for index, note in enumerate(notes):
        onset = note.onset_quarters
        sounding = [i for i in sounding if result[i].end_quarters > onset]
        while len(sounding) >= most:
            longest = min(sounding, key=lambda i: (result[i].onset_quarters, i))
            sounding.remove(longest)
            length = onset - result[longest].onset_quarters
            if length > 0:
                result[longest] = replace(result[longest], duration_quarters=length)
        sounding.append(index)
    return result


def spaced(notes: Sequence[Note]) -> list[Note]:
    """No note held further than an octave from the next one that sounds: it lets go before."""
    result = list(notes)
    begun = {
        onset: list(group)
        for onset, group in groupby(range(len(notes)), key=lambda i: notes[i].onset_quarters)
    }
    sounding: list[int] = []
    for time in sorted({*begun, *(note.end_quarters for note in notes)}):
        sounding = [i for i in sounding if result[i].end_quarters > time]
        sounding = sorted([*sounding, *begun.get(time, ())], key=lambda i: notes[i].pitch.midi)
        while held := _stranded(result, sounding, time):
            sounding.remove(held[0])
            length = time - result[held[0]].onset_quarters
            result[held[0]] = replace(result[held[0]], duration_quarters=length)
    return result


def _stranded(notes: Sequence[Note], sounding: Sequence[int], time: Fraction) -> list[int]:
    """Which of the notes that sound, from low to high, were struck before and lie far from others.

    The one that was struck first stands first.
    """
    far = {
        index
        for pair in pairwise(sounding)
        for index in pair
        if notes[pair[1]].pitch.midi - notes[pair[0]].pitch.midi > _OCTAVE
        and notes[index].onset_quarters < time
    }
    return sorted(far, key=lambda i: (notes[i].onset_quarters, i))


def _named(
    notes: list[Note],
    part: PartPlan,
    plan: Plan,
    maker: RuleMaker,
    bars: frozenset[int],
) -> tuple[Note, ...]:
    """The notes of some bars called by what they are in their harmony."""
    lines: dict[int, list[int]] = {}
    for index, note in enumerate(notes):
        lines.setdefault(note.voice, []).append(index)
    result = list(notes)
    for line in lines.values():
        for place, index in enumerate(line):
            note = notes[index]
            if int(note.onset_quarters // plan.meter.bar_quarters) not in bars:
                continue
            before = notes[line[place - 1]] if place else None
            after = notes[line[place + 1]] if place + 1 < len(line) else None
            span = plan.chords[maker.span_index(note.onset_quarters)]
            then = plan.chords[maker.span_index(after.onset_quarters)].chord if after else None
            name = classify(
                before.pitch.midi if before else None,
                note.pitch.midi,
                after.pitch.midi if after else None,
                span.chord.numbers,
                span.key.numbers,
                span.key.tonic.number,
                then.numbers if then else frozenset(),
            )
            result[index] = replace(note, function=name or "passing")
    return _ordered(result)


def _apart(notes: Iterable[Note]) -> list[Note]:
    """Drum notes without two of one key at one time, none into the next of its key."""
    return _trimmed(_ordered(notes), single=False)


def _ordered(notes: Iterable[Note]) -> tuple[Note, ...]:
    return tuple(sorted(notes, key=lambda note: (note.onset_quarters, note.pitch.midi)))


def _any_name(midi: int) -> PitchClass:
    """A spelling of a percussion key, whose spelling says nothing."""
    return PitchClass(midi % 12 * 7 % 12)

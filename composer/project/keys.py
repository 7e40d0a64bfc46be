"""The whole piece in another key: pitched parts move, drums stay."""

from __future__ import annotations

from dataclasses import replace

from composer.errors import BriefError, ProjectError
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Note, Part, Score
from composer.project.judging import parts_of
from composer.project.played import retold
from composer.project.rewriting import Task, rewritten
from composer.project.state import State, Workshop
from composer.rulebook import Rulebook
from composer.theory.key import Key
from composer.theory.pitch import Pitch, spell

_OCTAVES = (0, -12, 12)
_MOST_SEMITONES = 24


def key_of_word(plan: Plan, word: str, book: Rulebook) -> Key:
    """The key that a word means: a tonic in the piece's own mode, or that mode by its name.

    Raises:
        ProjectError: If it is no key, or one of another mode.
    """
    try:
        key = book.key(word)
    except BriefError as error:
        raise ProjectError(f"set-{error}") from None
    bare = len(word.strip().replace("#", "").replace("b", "").strip("♯♭")) <= 1
    if bare:
        return book.key(f"{key.tonic.name} {plan.key.scale.name}")
    if key.scale != plan.key.scale:
        raise ProjectError(
            f"set-key: the piece is in {plan.key}, and {key} has another scale with other chords; "
            f"give a {plan.key.scale.name} key, or change the chords with set-chords"
        )
    return key


def key_moved(plan: Plan, semitones: int) -> Key:
    """The key of the piece so many semitones higher, spelled with the fewest sharps or flats."""
    fifths = semitones * 7 % 12
    options = [Key(plan.key.tonic + f, plan.key.scale) for f in (fifths, fifths - 12)]
    return min(options, key=lambda key: (abs(key.signature), -key.signature))


def moved(state: State, key: Key, semitones: int, seed: int, workshop: Workshop) -> State:
    """A state in another key: every pitched part moves, drums stay.

    A part whose instrument cannot follow goes the other way round the octave; of one that fits in
    no octave the notes that stick out are folded back, and what then breaks a rule is written anew.

    Args:
        state: The state.
        key: The new key.
        semitones: How far the pitches move, -24 to 24.
        seed: Seed of the operation.
        workshop: Rule book and model.

    Raises:
        ProjectError: If a pitched part is locked, or nothing keeps the hard rules in that key.
    """
    if not -_MOST_SEMITONES <= semitones <= _MOST_SEMITONES:
        raise ProjectError(f"transpose: must be from -24 to 24 semitones, not {semitones}")
    pitched = [part.name for part in state.plan.parts if not part.instrument.is_drums]
    locked = sorted({part for part, _ in state.locked if part in pitched})
    if locked:
        them = "it" if len(locked) == 1 else "them"
        told = f"{', '.join(locked)}: {'is' if them == 'it' else 'are'} locked"
        if key != state.plan.key:
            told += f" in {state.plan.key} and would contradict {key}"
        raise ProjectError(f"{told}; unlock {them} to move {them} along")
    fifths = key.tonic.fifths - state.plan.key.tonic.fifths
    plan = _plan_moved(state.plan, fifths, semitones)
    shifts = {part.plan.name: _shift(part, semitones) for part in state.score.parts}
    parts = tuple(_part_moved(part, fifths, shifts[part.plan.name]) for part in state.score.parts)
    title = state.score.title.replace(f" in {state.plan.key},", f" in {key},")
    score = replace(
        state.score,
        title=title,
        key=plan.key,
        parts=parts,
        chords=plan.chords,
        sections=plan.sections,
    )
    performance = _performance_moved(state.performance, state.score.parts, shifts)
    performance = retold(replace(performance, title=title), plan, score, workshop.book)
    after = replace(state, plan=plan, score=score, performance=performance)
    faults = after.report.violations
    if not faults:
        return after
    names = {name for fault in faults for name in parts_of(fault)} - {state.tune_part}
    targets = {name: _sounding(score, name) for name in names if name in pitched}
    if not targets:
        raise ProjectError(f"transpose: does not work in {key}: {faults[0]}")
    return rewritten(after, Task(plan, score, targets, seed), workshop)


def _sounding(score: Score, name: str) -> frozenset[int]:
    part = next(part for part in score.parts if part.plan.name == name)
    bar = score.meter.bar_quarters
    return frozenset(int(note.onset_quarters // bar) for note in part.notes)


def _plan_moved(plan: Plan, fifths: int, semitones: int) -> Plan:
    chords = tuple(
        replace(
            span,
            chord=span.chord.transposed(fifths),
            key=Key(span.key.tonic + fifths, span.key.scale),
        )
        for span in plan.chords
    )
    tune = tuple(
        replace(note, pitch=_pitch_moved(note.pitch, fifths, semitones)) for note in plan.tune
    )
    key = Key(plan.key.tonic + fifths, plan.key.scale)
    return replace(plan, key=key, chords=chords, tune=tune)


def _shift(part: Part, semitones: int) -> int:
    """How far a part moves: the way that is asked, or an octave off where that is out of range."""
    instrument = part.plan.instrument
    if instrument.is_drums or not part.notes:
        return 0
    low = min(note.pitch.midi for note in part.notes)
    high = max(note.pitch.midi for note in part.notes)
    for octave in _OCTAVES:
        shift = semitones + octave
        if instrument.low <= low + shift and high + shift <= instrument.high:
            return shift
    return semitones


def _part_moved(part: Part, fifths: int, shift: int) -> Part:
    if part.plan.instrument.is_drums:
        return part
    notes: list[Note] = [
        replace(
            note,
            pitch=spell(_folded(note.pitch.midi, shift, part), note.pitch.pitch_class + fifths),
        )
        for note in part.notes
    ]
    return replace(part, notes=tuple(notes))


def _folded(pitch: int, shift: int, part: Part) -> int:
    """A pitch moved, and folded back by octaves into what the part's instrument has."""
    instrument = part.plan.instrument
    if instrument.is_drums:
        return pitch
    moved_pitch = pitch + shift
    while moved_pitch > instrument.high:
        moved_pitch -= 12
    while moved_pitch < instrument.low:
        moved_pitch += 12
    return moved_pitch


def _pitch_moved(pitch: Pitch, fifths: int, shift: int) -> Pitch:
    """A pitch moved, within what MIDI has."""
    midi = pitch.midi + shift
    while midi > 127:
        midi -= 12
    while midi < 0:
        midi += 12
    return spell(midi, pitch.pitch_class + fifths)


def _performance_moved(
    performance: Performance, parts: tuple[Part, ...], shifts: dict[str, int]
) -> Performance:
    tracks = tuple(
        replace(
            track,
            notes=tuple(
                replace(note, pitch=_folded(note.pitch, shifts[part.plan.name], part))
                for note in track.notes
            ),
        )
        for part, track in zip(parts, performance.tracks, strict=True)
    )
    return replace(performance, tracks=tracks)

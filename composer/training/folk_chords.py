"""Reads the chords of the Nottingham folk tunes: the second track of their MIDI files."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby

import mido

from composer.training.chord_sections import ChordEvent, Section
from composer.training.chord_tokens import token
from composer.training.corpora import Tally
from composer.training.folk_tunes import PACK, parse_tune, track_notes, wanted
from composer.training.melodies import Note

__all__ = ["PACK", "read_folk_chords", "wanted"]

_PHRASE_BARS = 4
_KINDS: Mapping[frozenset[int], frozenset[str]] = {
    frozenset({0, 4, 7}): frozenset({"3", "5"}),
    frozenset({0, 3, 7}): frozenset({"b3", "5"}),
    frozenset({0, 4, 7, 10}): frozenset({"3", "5", "b7"}),
    frozenset({0, 4, 10}): frozenset({"3", "5", "b7"}),
    frozenset({0, 3, 7, 10}): frozenset({"b3", "5", "b7"}),
    frozenset({0, 3, 6}): frozenset({"b3", "b5"}),
    frozenset({0, 3, 6, 9}): frozenset({"b3", "b5", "bb7"}),
    frozenset({0, 4, 8}): frozenset({"3", "#5"}),
    frozenset({0, 4, 7, 9}): frozenset({"3", "5", "6"}),
}


def read_folk_chords(files: Mapping[str, bytes], tally: Tally) -> list[list[Section]]:
    """Reads every tune that has chords, one key and one meter.

    Args:
        files: inner path to content.
        tally: is told of the tunes used and dropped.

    Returns:
        One section a tune.
    """
    songs = []
    for content in files.values():
        section = parse_chords(content)
        if isinstance(section, str):
            tally.drop(section)
        else:
            tally.used += 1
            songs.append([section])
    return songs


def parse_chords(content: bytes) -> Section | str:
    """Parses the chords of one tune.

    Returns:
        Its chords in phrases of four bars, or the reason why it cannot be used.
    """
    tune = parse_tune(content)
    if isinstance(tune, str):
        return tune
    midi = mido.MidiFile(file=io.BytesIO(content))
    notes = track_notes(midi.tracks[1], midi.ticks_per_beat) if len(midi.tracks) > 1 else []
    if not notes:
        return "no chords"
    bar = Fraction(tune.meter.bar_steps)
    first = notes[0].onset_steps
    struck = [
        (onset - first, frozenset(note.pitch for note in group)) for onset, group in _groups(notes)
    ]
    ends = [*(onset for onset, _ in struck[1:]), max(n.end_steps for n in notes) - first]
    phrases: dict[int, list[ChordEvent]] = {}
    for (onset, pitches), end in zip(struck, ends, strict=True):
        name = _name(pitches, tune.tonic)
        phrase = phrases.setdefault(int(onset / bar) // _PHRASE_BARS, [])
        phrase.append(ChordEvent(name, float((end - onset) / bar)))
    return Section("", tune.mode, tuple(tuple(phrases[number]) for number in sorted(phrases)))


def _groups(notes: Iterable[Note]) -> Iterable[tuple[Fraction, list[Note]]]:
    """Notes that begin together, in order of time."""
    ordered = sorted(notes, key=lambda note: (note.onset_steps, note.pitch))
    for onset, group in groupby(ordered, key=lambda note: note.onset_steps):
        yield onset, list(group)


def _name(pitches: frozenset[int], tonic: int) -> str | None:
    """The chord of some notes; None where they are none that we know."""
    classes = sorted({pitch % 12 for pitch in pitches})
    bass = min(pitches) % 12
    for root in sorted(classes, key=lambda root: root != bass):
        kind = _KINDS.get(frozenset((other - root) % 12 for other in classes))
        if kind is not None:
            return token(root - tonic, kind, (bass - root) % 12 or None)
    return None

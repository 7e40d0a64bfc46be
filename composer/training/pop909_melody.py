"""Reads POP909's vocal melodies: quantised to sixteenths by its structure analysis."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import accumulate, pairwise

from composer.training.chord_sections import pitch_class
from composer.training.corpora import Tally
from composer.training.melodies import METERS, Melody, Note, counted, problem

PACK = "pop909"

_MELODY = "melody.txt"
_CHORDS = "finalized_chord.txt"
_LABELS = "human_label1.txt"
_KEY = "analyzed_key.txt"
# A rest of one sixteenth is where the singer lets go of a note, not a rest one would write.
_BREATH_STEPS = 1


def wanted(inner: str) -> bool:
    """Whether a file of the pack is needed to read melodies."""
    name = inner.rpartition("/")[2]
    return inner.startswith("structure/") and name in (_MELODY, _CHORDS, _LABELS, _KEY)


def read_pop909_melodies(files: Mapping[str, bytes], tally: Tally) -> list[Melody]:
    """Reads every melody in 4/4 or 3/4 that has one key.

    Args:
        files: inner path to content.
        tally: is told of the songs used and dropped.
    """
    by_song: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for inner, content in files.items():
        folder, _, name = inner.rpartition("/")
        by_song[folder][name] = content.decode("utf-8", "replace")
    return counted(map(_parsed, by_song.values()), tally)


def _parsed(song: Mapping[str, str]) -> Melody | str:
    """A song of its files, or the reason why it cannot be used."""
    if not all(name in song for name in (_MELODY, _CHORDS, _LABELS, _KEY)):
        return "a file is missing"
    return parse_song(song[_MELODY], song[_CHORDS], song[_LABELS], song[_KEY])


def parse_song(melody: str, chords: str, labels: str, key: str) -> Melody | str:
    """Parses one song.

    Args:
        melody: lines of MIDI pitch (0 for a rest) and length in sixteenths.
        chords: the chord file, whose beats tell the meter together with the labels.
        labels: phrase letters with lengths in bars.
        key: lines such as `Gb:maj`.

    Returns:
        The melody, or the reason why it cannot be used.
    """
    keys = re.findall(r"([A-G][b#]?):(maj|min)", key)
    tonic = pitch_class(keys[0][0]) if keys else None
    if len(keys) != 1 or tonic is None:
        return "several keys" if keys else "no key"
    lengths = [line.split()[-1] for line in chords.splitlines() if line.strip()]
    beats = sum(int(length) for length in lengths if length.isdigit())
    lengths_bars = [int(number) for number in re.findall(r"\d+", labels)]
    bars = sum(lengths_bars)
    meter = METERS.get((round(beats / bars), 4)) if bars else None
    if meter is None or meter.beats < 3 or abs(beats / bars - meter.beats) > 0.25:
        return "chords and phrase lengths disagree"
    try:
        notes = _notes(melody)
    except ValueError:
        return "unreadable melody"
    boundaries = [end * meter.bar_steps for end in accumulate(lengths_bars[:-1])]
    mode = "minor" if keys[0][1] == "min" else "major"
    found = Melody(meter, tonic, mode, notes, _phrase_starts(notes, boundaries))
    return problem(found) or found


def _phrase_starts(notes: tuple[Note, ...], boundaries: Iterable[int]) -> frozenset[Fraction]:
    """The notes that open the labelled phrases.

    A phrase starts after the longest gap (else the longest note) from two beats before its
    first bar to one beat after.
    """
    starts = set()
    for boundary in boundaries:
        near = [
            (following.onset_steps - note.end_steps, note.length_steps, following.onset_steps)
            for note, following in pairwise(notes)
            if boundary - 8 <= following.onset_steps <= boundary + 4
        ]
        if near:
            starts.add(max(near)[2])
    return frozenset(starts)


def _notes(text: str) -> tuple[Note, ...]:
    """Reads the lines; a breath between two notes is given to the first.

    Raises:
        ValueError: a line is not two whole numbers.
    """
    notes: list[Note] = []
    step = 0
    for line in text.splitlines():
        if not line.strip():
            continue
        pitch, length = (int(word) for word in line.split())
        if pitch > 0:
            if notes and 0 < step - notes[-1].end_steps <= _BREATH_STEPS:
                held = step - notes[-1].onset_steps
                notes[-1] = notes[-1]._replace(length_steps=held)
            notes.append(Note(Fraction(step), Fraction(length), pitch))
        step += length
    return tuple(notes)

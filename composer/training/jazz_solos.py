"""Reads the jazz solos of the Weimar Jazz Database, as the Jazz Transformer's repository has them.

Each row of a file is a note: its bar, beat, the division of the beat and its place in it, the
length in seconds, the phrase. Keys are not given; they are heard from notes and chord roots.
Source of the format: Pfleiderer et al., *Inside the Jazzomat* (2017), chapter 2.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction

from composer.checking.key_estimate import estimate_key
from composer.training.corpora import Tally
from composer.training.melodies import METERS, Melody, Note, counted, monophonic, problem

PACK = "wjazzd-mcsv"

_SIGNATURES = {"4/4": (4, 4), "3/4": (3, 4)}
_STEPS = 4  # sixteenths a beat
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_ROOT_BEATS = 0.5  # how many beats of melody a beat of a chord's root is worth
_Row = Mapping[str, str]


def wanted(inner: str) -> bool:
    """Whether a file of the pack is a solo."""
    return inner.startswith("mcsv_melody/") and inner.endswith(".csv")


def read_jazz_solos(files: Mapping[str, bytes], tally: Tally) -> list[Melody]:
    """Reads every solo of one meter whose key can be heard.

    Args:
        files: inner path to content.
        tally: is told of the solos used and dropped.
    """
    return counted(map(parse_solo, files.values()), tally)


def parse_solo(content: bytes) -> Melody | str:
    """Parses one solo.

    Swung eighths are written straight: a beat with onsets at its start and its last third or
    quarter alone has two eighths. A rest of less than an eighth counts as held.

    Returns:
        The melody, or the reason why it cannot be used.
    """
    try:
        rows = list(csv.DictReader(io.StringIO(content.decode())))
        signatures = {row["signature"].strip('"') for row in rows}
        if len(signatures) != 1 or not signatures <= set(_SIGNATURES):
            return "several meters, or an unusual one"
        meter = METERS[_SIGNATURES[signatures.pop()]]
        first = min(int(row["bar"]) for row in rows)
        timed = [(_onset(beat, meter.bar_steps, first), beat) for beat in _beats(rows)]
        notes = [note for onsets, beat in timed for note in _notes(onsets, beat)]
        starts = frozenset(
            onset
            for onsets, beat in timed
            for onset, row in zip(onsets, beat, strict=True)
            if row["phrase_begin"] == "1"
        )
        key = _key(rows)
    except (UnicodeDecodeError, csv.Error, KeyError, ValueError):
        return "unreadable file"
    if key is None:
        return "no key"
    melody = Melody(meter, *key, _held(monophonic(notes)), starts)
    return problem(melody) or melody


def _beats(rows: Sequence[_Row]) -> list[list[_Row]]:
    """The notes, beat by beat."""
    beats: dict[tuple[int, int], list[_Row]] = {}
    for row in rows:
        beats.setdefault((int(row["bar"]), int(row["beat"])), []).append(row)
    return [beats[place] for place in sorted(beats)]


def _onset(beat: Sequence[_Row], bar_steps: int, first: int) -> list[Fraction]:
    """Onsets of the notes of one beat, in sixteenths from the first bar."""
    start = (int(beat[0]["bar"]) - first) * bar_steps + (int(beat[0]["beat"]) - 1) * _STEPS
    division = int(beat[0]["division"])
    places = [int(row["tatum"]) for row in beat]
    swung = division in (3, 4) and set(places) <= {1, division}
    if swung:
        return [Fraction(start + (0 if place == 1 else _STEPS // 2)) for place in places]
    return [start + Fraction((place - 1) * _STEPS, division) for place in places]


def _notes(onsets: Sequence[Fraction], beat: Sequence[_Row]) -> list[Note]:
    notes = []
    for onset, row in zip(onsets, beat, strict=True):
        beats = float(row["duration"]) / float(row["beat_duration"])
        length = Fraction(max(1, round(beats * _STEPS)))
        notes.append(Note(onset, length, round(float(row["pitch"]))))
    return notes


def _held(notes: Sequence[Note]) -> tuple[Note, ...]:
    """The notes, held to the next where the rest between them is less than an eighth."""
    result = []
    for index, note in enumerate(notes):
        following = notes[index + 1].onset_steps if index + 1 < len(notes) else note.end_steps
        close = 0 < following - note.end_steps < _STEPS // 2
        end = following if close else note.end_steps
        result.append(note._replace(length_steps=end - note.onset_steps))
    return tuple(result)


def _key(rows: Sequence[_Row]) -> tuple[int, str] | None:
    """Tonic and mode, heard from the lengths of notes and the roots of chords."""
    weights = [0.0] * 12
    for row in rows:
        length = float(row["duration"]) / float(row["beat_duration"])
        weights[round(float(row["pitch"])) % 12] += length
        chord = row["chord"]
        if chord[:1] in _LETTERS:
            root = _LETTERS[chord[0]] + {"b": -1, "#": 1}.get(chord[1:2], 0)
            weights[root % 12] += _ROOT_BEATS * length
    found = estimate_key(weights)
    return None if found is None else (found[0], found[1])

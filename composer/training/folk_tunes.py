"""Reads the Nottingham folk tunes (their MIDI files: melody first, chords second)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from fractions import Fraction

import mido

from composer.training.corpora import Tally
from composer.training.melodies import METERS, Melody, Note, counted, monophonic, problem

PACK = "nottingham"

_MAJOR_KEYS = ("C", "Db", "D", "Eb", "E", "F", "Gb", "G", "Ab", "A", "Bb", "B")
_SHARP_NAMES = {"C#": 1, "F#": 6, "Cb": 11}


def wanted(inner: str) -> bool:
    """Whether a file of the pack is a tune."""
    return inner.endswith(".mid")


def read_folk_tunes(files: Mapping[str, bytes], tally: Tally) -> list[Melody]:
    """Reads every tune that has one key and one meter.

    Args:
        files: inner path to content.
        tally: is told of the tunes used and dropped.
    """
    return counted(map(parse_tune, files.values()), tally)


def parse_tune(content: bytes) -> Melody | str:
    """Parses one tune; an upbeat is found from the first chord, which marks a downbeat.

    The mode is minor where the last note is the tonic of the relative minor key; a second
    playing of a repeated part counts again.

    Returns:
        The melody, or the reason why it cannot be used.
    """
    try:
        midi = mido.MidiFile(file=io.BytesIO(content))
    except (OSError, EOFError, ValueError, KeyError, IndexError):
        return "unreadable file"
    metas = [message for track in midi.tracks for message in track if message.is_meta]
    meters = {(m.numerator, m.denominator) for m in metas if m.type == "time_signature"}
    keys = {m.key for m in metas if m.type == "key_signature"}
    if len(meters) != 1 or len(keys) != 1:
        return "several keys or meters, or none"
    meter = METERS.get(meters.pop())
    tonic = _major_tonic(keys.pop())
    if meter is None or tonic is None:
        return "unusual key or meter"
    tracks = [track_notes(track, midi.ticks_per_beat) for track in midi.tracks]
    melody = monophonic(tracks[0]) if tracks else ()
    if not melody:
        return "no melody"
    chords = tracks[1] if len(tracks) > 1 else []
    upbeat = min((note.onset_steps for note in chords), default=Fraction(0)) % meter.bar_steps
    shift = (meter.bar_steps - upbeat) % meter.bar_steps
    notes = tuple(n._replace(onset_steps=n.onset_steps + shift) for n in melody)
    is_minor = notes[-1].pitch % 12 == (tonic + 9) % 12
    found = Melody(
        meter, (tonic + 9) % 12 if is_minor else tonic, "minor" if is_minor else "major", notes
    )
    return problem(found) or found


def _major_tonic(key: str) -> int | None:
    """Pitch class of the major key with the same signature."""
    minor = key.endswith("m")
    name = key.removesuffix("m")
    names = {name: number for number, name in enumerate(_MAJOR_KEYS)} | _SHARP_NAMES
    names |= {"G#": 8, "D#": 3, "A#": 10}
    if name not in names:
        return None
    return (names[name] + 3) % 12 if minor else names[name]


def track_notes(track: mido.MidiTrack, ticks_per_quarter: int) -> list[Note]:
    """Notes of a track, in order of their ends."""
    notes = []
    sounding: dict[int, int] = {}
    tick = 0
    for message in track:
        tick += message.time
        if message.type not in ("note_on", "note_off"):
            continue
        started = sounding.pop(message.note, None)
        if started is not None:
            onset = _steps(started, ticks_per_quarter)
            length = max(Fraction(1, 2), _steps(tick, ticks_per_quarter) - onset)
            notes.append(Note(onset, length, message.note))
        if message.type == "note_on" and message.velocity > 0:
            sounding[message.note] = tick
    return notes


def _steps(tick: int, ticks_per_quarter: int) -> Fraction:
    """Sixteenths, to the nearest twelfth of one: the files round triplets and detach notes."""
    return Fraction(round(Fraction(tick * 4 * 12, ticks_per_quarter)), 12)

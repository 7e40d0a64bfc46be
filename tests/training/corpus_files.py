"""Small MIDI files of three parts, each different, made by the tests themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from symusic import Note, Score, TimeSignature, Track

TICKS = 480
SCALE = (0, 2, 4, 5, 7, 9, 11)


def song(seed: int, *, bars: int = 10, up: int = 0, parts: int = 3, shift: int = 0) -> Score:
    """A tune over a bass and drums in 4/4.

    Args:
        seed: Of its notes.
        bars: How long it is.
        up: Semitones that all is moved by.
        parts: How many of melody, bass and drums.
        shift: Ticks that every other note is late.
    """
    rng = np.random.default_rng(seed)
    score = Score(TICKS)
    score.time_signatures.append(TimeSignature(0, 4, 4))
    tracks = [Track("melody", 73, False), Track("bass", 33, False), Track("drums", 0, True)]
    for bar in range(bars):
        start = bar * 4 * TICKS
        root = SCALE[int(rng.integers(7))]
        tracks[1].notes.append(Note(start, 900, 36 + root + up, 90))
        for eighth in range(8):
            late = shift if eighth % 2 else 0
            onset = start + eighth * TICKS // 2 + late
            if rng.random() < 0.7:
                pitch = 72 + SCALE[int(rng.integers(7))] + up
                tracks[0].notes.append(Note(onset, 230, pitch, 80))
            tracks[2].notes.append(Note(onset, 60, 42 if eighth % 4 else 36, 80))
    score.tracks.extend(tracks[:parts])
    return score


def write(path: Path, score: Score) -> Path:
    """Write a score as a MIDI file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    score.dump_midi(path)
    return path


def folder_of(path: Path, count: int = 6) -> Path:
    """A folder with some good files, a copy, a transposed copy, and bad ones."""
    for number in range(count):
        write(path / f"{'ab'[number % 2]}/{number:02d}.mid", song(number))
    write(path / "copy.mid", song(0))
    write(path / "higher.mid", song(1, up=3))
    write(path / "short.mid", song(50, bars=4))
    write(path / "alone.mid", song(51, parts=1))
    write(path / "off.mid", song(52, shift=40))
    (path / "text.mid").write_text("no MIDI at all")
    (path / "empty.mid").write_bytes(b"")
    return path

"""Small pairs and shards for the tests of the timbre stage: no synthesiser is needed for them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from composer.refining.parts import SoundingNote
from composer.refining.spectra import SAMPLE_RATE
from composer.training.timbre.pairs import write_pair
from composer.training.timbre.playing import Mono
from composer.training.timbre.shards import main as make_shards

SECONDS = 2.4


def tone(pitch: int, seconds: float, bright: float, decay: float = 3.0) -> Mono:
    """A plucked tone of eight partials; the brighter, the louder its upper ones."""
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    partials = [
        bright**k * np.sin(2 * np.pi * frequency * (k + 1) * time)
        for k in range(8)
        if frequency * (k + 1) < SAMPLE_RATE / 2
    ]
    envelope = np.exp(-decay * time) * np.minimum(time / 0.003, 1)
    return np.asarray(np.sum(partials, axis=0) * envelope * 0.2, np.float32)


def melody(seed: int) -> tuple[SoundingNote, ...]:
    """Five notes in two seconds."""
    random = np.random.default_rng(seed)
    pitches = random.integers(50, 76, 5).tolist()
    return tuple(
        SoundingNote(0.1 + 0.36 * i, 0.4 + 0.36 * i, pitch, 60 + 10 * i)
        for i, pitch in enumerate(pitches)
    )


def played(notes: tuple[SoundingNote, ...], bright: float, seconds: float = SECONDS) -> Mono:
    """The notes with a brightness."""
    sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    for note in notes:
        first = round(note.onset_seconds * SAMPLE_RATE)
        heard = tone(note.pitch, seconds - note.onset_seconds, bright)[: len(sound) - first]
        sound[first : first + len(heard)] += heard * np.float32(note.velocity / 127)
    return sound


def make_pairs(folder: Path, programs: tuple[int, ...] = (0, 40), clips: int = 3) -> Path:
    """Pairs whose real side is brighter than the dry one."""
    entries = []
    for program in programs:
        listed = []
        for clip in range(clips):
            notes = melody(100 * program + clip)
            path = folder / f"{program:03d}" / f"{clip:03d}.flac"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_pair(path, program, notes, played(notes, 0.4), played(notes, 0.8))
            listed.append({"file": f"{program:03d}/{clip:03d}.flac", "notes": len(notes)})
        entries.append({"program": program, "pairs": listed, "left_out": {}})
    index = {"seconds": SECONDS, "programs": entries}
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    return folder


def make_shard_folder(folder: Path) -> Path:
    """Shards of such pairs."""
    make_pairs(folder / "pairs")
    arguments = ["--pairs", str(folder / "pairs"), "--out", str(folder / "shards"), "--jobs", "1"]
    assert make_shards(arguments) == 0
    return folder / "shards"

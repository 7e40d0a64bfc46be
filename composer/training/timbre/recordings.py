"""Pairs from sets of recordings that a user has: NSynth and MAESTRO.

``python -m composer.training.timbre.recordings --nsynth DIR --out DIR``
``python -m composer.training.timbre.recordings --maestro DIR --out DIR``

The recordings are the real side of the pairs; the small SoundFont plays the same notes as the dry
one. What is written is laid out as `composer.training.timbre.pairs` does, for
`composer.training.timbre.shards` to read. Nothing is downloaded.

Sources: Engel et al. 2017 (NSynth: 4 s notes at 16 kHz with ``examples.json``; CC BY 4.0);
Hawthorne et al. 2019 (MAESTRO: piano with MIDI, ``maestro-v*.csv``; CC BY-NC-SA 4.0).
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import ComposerError, CorpusError
from composer.midi.decode import read_midi
from composer.music.seeding import generator
from composer.refining.parts import Part, SoundingNote
from composer.refining.spectra import SAMPLE_RATE
from composer.training.timbre.fit import misfit
from composer.training.timbre.pairs import write_pair
from composer.training.timbre.playing import Mono, Player

NSYNTH_PROGRAMS = {
    "bass": 33,
    "brass": 56,
    "flute": 73,
    "guitar": 24,
    "keyboard": 0,
    "mallet": 12,
    "reed": 65,
    "string": 40,
}
"""General MIDI program that stands for a family of NSynth; organs, voices and leads have none."""

_NSYNTH_SECONDS, _NSYNTH_HELD = 4.0, 3.0
_NSYNTH_HIGHEST_HZ = 8000.0
_FEWEST_NOTES = 8


@dataclass(frozen=True, slots=True)
class Recording:
    """A stretch of a recording with its notes.

    Args:
        source: Where it is from.
        program: General MIDI program that plays the dry side.
        sound: float32 ``[frames]`` at 44.1 kHz.
        notes: What it plays.
        highest_hz: Highest frequency that it holds.
    """

    source: str
    program: int
    sound: Mono
    notes: tuple[SoundingNote, ...]
    highest_hz: float


def nsynth(folder: Path, seconds: float, clips: int, seed: int = 1) -> Iterator[Recording]:
    """Acoustic notes of NSynth, several after each other.

    Args:
        folder: One of its splits: holds ``examples.json`` and ``audio/``.
        seconds: Length of a clip.
        clips: How many of each family at most.
        seed: Seed of what is drawn.

    Raises:
        CorpusError: If a file is missing or is not what it should be.
    """
    try:
        text = (folder / "examples.json").read_text(encoding="utf-8")
        examples: dict[str, dict[str, Any]] = json.loads(text)
        families: dict[str, list[str]] = {family: [] for family in NSYNTH_PROGRAMS}
        for name, told in sorted(examples.items()):
            family = told["instrument_family_str"]
            if told["instrument_source_str"] == "acoustic" and family in families:
                families[family].append(name)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise CorpusError(f"{folder}/examples.json: is not NSynth's: {error}") from None
    each = max(1, int(seconds // _NSYNTH_SECONDS))
    for family, names in families.items():
        order = generator(seed, "nsynth", family).permutation(len(names)).tolist()
        for clip in range(min(clips, len(names) // each)):
            chosen = [names[i] for i in order[clip * each : (clip + 1) * each]]
            yield _notes_in_line(folder, family, chosen, examples, seconds)


def maestro(folder: Path, seconds: float, clips: int, seed: int = 1) -> Iterator[Recording]:
    """Excerpts of MAESTRO's train split.

    Args:
        folder: Holds ``maestro-v*.csv`` and the years' folders.
        seconds: Length of a clip.
        clips: How many at most, one a recording.
        seed: Seed of what is drawn.

    Raises:
        CorpusError: If a file is missing or is not what it should be.
    """
    tables = sorted(folder.glob("maestro-v*.csv"))
    if not tables:
        raise CorpusError(f"{folder}: is not MAESTRO: it holds no maestro-v*.csv")
    try:
        with tables[-1].open(encoding="utf-8", newline="") as file:
            rows = [
                (row["midi_filename"], row["audio_filename"])
                for row in csv.DictReader(file)
                if row["split"] == "train"
            ]
    except (OSError, KeyError, csv.Error) as error:
        raise CorpusError(f"{tables[-1]}: cannot be read: {error}") from None
    random = generator(seed, "maestro")
    made = 0
    for index in random.permutation(len(rows)).tolist():
        if made == clips:
            return
        midi, audio = (folder / name for name in rows[index])
        recording = _excerpt(midi, audio, seconds, random)
        if len(recording.notes) >= _FEWEST_NOTES:
            made += 1
            yield recording


def make_pairs(
    recordings: Iterator[Recording], dry: Player, out: Path, seconds: float
) -> dict[str, Any]:
    """Play the dry side of recordings, and write the pairs; returns the index.

    Raises:
        CorpusError: If a recording cannot be read.
    """
    programs: dict[int, dict[str, Any]] = {}
    for recording in recordings:
        program = recording.program
        entry = programs.setdefault(
            program,
            {
                "program": program,
                "pairs": [],
                "left_out": Counter(),
                "highest_hz": recording.highest_hz,
            },
        )
        sound = dry.play(program, recording.notes, seconds)
        problem = misfit(sound, recording.sound, drums=False)
        if problem:
            entry["left_out"][problem] += 1
            continue
        path = out / f"{program:03d}" / f"{len(entry['pairs']):03d}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_pair(path, program, recording.notes, sound, recording.sound)
        told = {"file": f"{path.parent.name}/{path.name}", "source": recording.source}
        entry["pairs"].append({**told, "notes": len(recording.notes)})
    return {"seconds": seconds, "programs": list(programs.values())}


def _notes_in_line(
    folder: Path,
    family: str,
    names: Sequence[str],
    examples: Mapping[str, Mapping[str, Any]],
    seconds: float,
) -> Recording:
    sound = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    notes = []
    for place, name in enumerate(names):
        heard = _read(folder / "audio" / f"{name}.wav")
        start = place * _NSYNTH_SECONDS
        first = round(start * SAMPLE_RATE)
        part = sound[first : first + round(_NSYNTH_SECONDS * SAMPLE_RATE)]
        part[: len(heard)] = heard[: len(part)]
        pitch, velocity = int(examples[name]["pitch"]), int(examples[name]["velocity"])
        notes.append(SoundingNote(start, start + _NSYNTH_HELD, pitch, velocity))
    program, source = NSYNTH_PROGRAMS[family], f"nsynth {' '.join(names)}"
    return Recording(source, program, sound, tuple(notes), _NSYNTH_HIGHEST_HZ)


def _excerpt(midi: Path, audio: Path, seconds: float, random: np.random.Generator) -> Recording:
    performance = read_midi(midi)
    notes = [n for t in performance.tracks for n in Part.of(performance, t).notes or ()]
    last = max((note.onset_seconds for note in notes), default=0.0)
    start = float(random.uniform(0.0, max(0.0, last - seconds)))
    sound = _read(audio, start, seconds)
    frames = round(seconds * SAMPLE_RATE)
    sound = np.pad(sound[:frames], (0, max(0, frames - len(sound))))
    inside = tuple(
        SoundingNote(
            note.onset_seconds - start, note.end_seconds - start, note.pitch, note.velocity
        )
        for note in sorted(notes, key=lambda n: (n.onset_seconds, n.pitch))
        if start <= note.onset_seconds < start + seconds - 0.3
    )
    return Recording(f"maestro {audio.name} {start:.1f} s", 0, sound, inside, SAMPLE_RATE / 2)


def _read(path: Path, start: float = 0.0, seconds: float | None = None) -> Mono:
    """A stretch of a sound file as mono at 44.1 kHz."""
    import soundfile
    from scipy.signal import resample_poly

    try:
        with soundfile.SoundFile(path) as file:
            rate = file.samplerate
            file.seek(min(round(start * rate), file.frames))
            frames = -1 if seconds is None else round(seconds * rate)
            samples = file.read(frames, dtype="float32", always_2d=True).mean(axis=1)
    except (OSError, soundfile.SoundFileError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from None
    if rate == SAMPLE_RATE:
        return np.asarray(samples, np.float32)
    common = gcd(rate, SAMPLE_RATE)
    return np.asarray(
        resample_poly(samples, SAMPLE_RATE // common, rate // common), dtype=np.float32
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.recordings")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--nsynth", type=Path, help="a split of NSynth (examples.json, audio/)")
    which.add_argument("--maestro", type=Path, help="MAESTRO with its audio")
    add = parser.add_argument
    add("--dry", type=Path, help="the small SoundFont (default: the bundled one)")
    add("--out", type=Path, required=True, help="folder to write to")
    add("--seconds", type=float, default=20.0, help="length of a clip")
    add("--clips", type=int, default=50, help="clips of each program at most")
    flags = parser.parse_args(argv)
    try:
        read = nsynth if flags.nsynth else maestro
        found = read(flags.nsynth or flags.maestro, flags.seconds, flags.clips)
        index = make_pairs(found, Player.of(flags.dry), flags.out, flags.seconds)
        if not index["programs"]:
            raise CorpusError(f"{flags.nsynth or flags.maestro}: holds nothing to learn from")
        (flags.out / "index.json").write_text(json.dumps(index, indent=1), encoding="utf-8")
        for entry in index["programs"]:
            print(f"{entry['program']:3}: {len(entry['pairs'])} pairs {dict(entry['left_out'])}")
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

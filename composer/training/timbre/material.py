"""What the pairs play: parts of real songs, and random notes that reach every key and dynamic."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from composer.errors import CorpusError, MidiError
from composer.midi.songs import read_song
from composer.music.song import Song, SongPart
from composer.refining.parts import SoundingNote
from composer.training.timbre.playing import DRUMS

Notes = tuple[SoundingNote, ...]

_DIGITS = "0123456789abcdef"
SPLITS = {
    "train": ("train", _DIGITS),
    "valid": ("valid", _DIGITS[:8]),
    "test": ("valid", _DIGITS[8:]),
}
"""Split of the index, and first digits of its checksums, of each of our splits."""
_FEWEST_NOTES = 12
_MOST_A_SECOND = 30.0
_FARTHEST_TRANSPOSITION = 5
_TEMPI = (50.0, 200.0)
_DRUM_WEIGHTS = {36: 6, 38: 6, 42: 8, 44: 3, 46: 4, 49: 2, 51: 4, 45: 2, 47: 2, 50: 2, 41: 2, 43: 2}


def song_clips(
    paths: Sequence[Path],
    program: int,
    keys: Collection[int],
    seconds: float,
    random: np.random.Generator,
) -> Iterator[tuple[str, Notes]]:
    """Excerpts of the parts of one program, one a song at most.

    Parts are transposed so that they stay within the usable keys, and their velocities are moved
    as a whole and note by note.

    Args:
        paths: MIDI files.
        program: 0–127, or `DRUMS`.
        keys: Pitches that may sound; other notes are left out.
        seconds: Length of an excerpt.
        random: Draws songs, places, transpositions and velocities.

    Yields:
        Name of the file, and the notes.
    """
    for index in random.permutation(len(paths)):
        try:
            song = read_song(paths[index])
        except MidiError:
            continue
        parts = [part for part in song.parts if _is_of(part, program) and len(part) > _FEWEST_NOTES]
        if not parts:
            continue
        part = parts[int(random.integers(len(parts)))]
        notes = _excerpt(song, part, seconds, random)
        moved = _moved(notes, program, keys, random)
        if _FEWEST_NOTES <= len(moved) <= _MOST_A_SECOND * seconds:
            yield paths[index].stem, moved


def random_clip(
    program: int, keys: Collection[int], seconds: float, random: np.random.Generator
) -> Notes:
    """Random notes: every usable key as likely, all dynamics, lengths and densities."""
    usable = np.array(sorted(keys))
    weights = np.array([_DRUM_WEIGHTS.get(int(k), 1) if program == DRUMS else 1.0 for k in usable])
    pace = float(np.exp(random.uniform(np.log(0.15), np.log(0.8))))
    voices = int(random.choice([1, 1, 2, 3, 4]))
    level, spread = random.uniform(50, 110), random.uniform(3, 22)
    notes: list[SoundingNote] = []
    time = 0.1
    while time < seconds - 0.3:
        count = min(len(usable), int(random.integers(1, voices + 1)))
        chosen = random.choice(usable, count, replace=False, p=weights / weights.sum())
        length = float(pace * random.uniform(0.3, 1.5))
        velocity = int(np.clip(random.normal(level, spread), 12, 127))
        notes += [SoundingNote(time, time + length, int(pitch), velocity) for pitch in chosen]
        time += float(pace * random.choice([0.5, 1, 1, 1, 2, 4]))
    return tuple(notes)


def indexed_files(corpus: Path, split: str) -> list[dict[str, str]]:
    """The rows of a corpus's ``index.tsv`` of one split.

    Args:
        corpus: Folder of the corpus.
        split: One of `SPLITS`; ``valid`` and ``test`` are the halves of what the index calls valid,
            by the first digit of the checksum.

    Raises:
        CorpusError: If the index cannot be read.
    """
    wanted, digits = SPLITS[split]
    try:
        with (corpus / "index.tsv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
        return [row for row in rows if row["split"] == wanted and row["md5"][0] in digits]
    except (OSError, KeyError, csv.Error) as error:
        raise CorpusError(f"{corpus}/index.tsv: cannot be read: {error}") from None


def _is_of(part: SongPart, program: int) -> bool:
    return part.is_drums if program == DRUMS else not part.is_drums and part.program == program


def _excerpt(
    song: Song, part: SongPart, seconds: float, random: np.random.Generator
) -> list[SoundingNote]:
    """An excerpt that begins just before a note, at the tempo that the song has there."""
    start = float(part.onset_quarters[int(random.integers(max(1, len(part) * 2 // 3)))])
    tempo = song.tempos[0].quarters_per_minute
    for span in song.tempos:
        if span.onset_quarters <= start:
            tempo = span.quarters_per_minute
    quarter = 60 / float(np.clip(tempo, *_TEMPI))
    chosen = part.between(start, start + (seconds - 0.3) / quarter)
    lead = float(random.uniform(0.02, 0.2))
    return [
        SoundingNote(lead + onset * quarter, lead + (onset + length) * quarter, pitch, velocity)
        for onset, length, pitch, velocity in zip(
            chosen.onset_quarters.tolist(),
            chosen.duration_quarters.tolist(),
            chosen.pitch.tolist(),
            chosen.velocity.tolist(),
            strict=True,
        )
    ]


def _moved(
    notes: Sequence[SoundingNote],
    program: int,
    keys: Collection[int],
    random: np.random.Generator,
) -> Notes:
    shift, inside = 0, -1
    far = 0 if program == DRUMS else _FARTHEST_TRANSPOSITION
    for candidate in random.permutation(np.arange(-far, far + 1)).tolist():
        count = sum(note.pitch + candidate in keys for note in notes)
        if count > inside:
            shift, inside = candidate, count
    louder = random.normal(0, 12)
    moved = []
    for note in notes:
        velocity = int(np.clip(note.velocity + louder + random.normal(0, 6), 15, 127))
        if note.pitch + shift in keys:
            moved.append(replace(note, pitch=note.pitch + shift, velocity=velocity))
    return tuple(moved)

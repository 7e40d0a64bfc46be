"""Annotated real music as windows: what the detectors of `composer.evaluating` are measured on.

POP909 has chords, keys and beats beside its files; Lakh's files say a key signature, a time
signature and the names of their tracks, of which only those that are no default say anything.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from composer.errors import ComposerError, CorpusError
from composer.evaluating.chroma import spans_of
from composer.evaluating.windows import Window, opening
from composer.midi.songs import read_song
from composer.music.song import Floats, MeterSpan, Song, TempoSpan, part_of
from composer.training.chord_sections import pitch_class
from composer.training.harte import HarteChord, parse_harte

_KEY = re.compile(r"([A-G][b#]?):(maj|min)")
_LEAST_OVERLAP = 0.5

# What tracks are called; "lead guitar", "backing vocals" and the like are neither.
_MELODY = re.compile(r"melod|vocal|\b(voice|vox|voc|lead)\b|\bsing|gesang", re.IGNORECASE)
_NO_MELODY = re.compile(
    r"back|bg|harm|chor|2|second|counter|pad|gtr|guit|choir|bass", re.IGNORECASE
)
_BASS = re.compile(r"bass|\bbas\b", re.IGNORECASE)
_NO_BASS = re.compile(r"drum|bassoon|contra|tuba|lead", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class Annotated:
    """A window and what is known of it; None where nothing is.

    Attributes:
        corpus: `pop909` or `lakh-verified`.
        window: the opening, on the annotated beats.
        group: songs of one group are alike: none of them is fitted on where another is measured.
        key: pitch class of the tonic, and whether it is minor.
        chords: label of each span of the window; None where no chord or two of them are.
        meter: upper and lower number of the time signature.
        melody: number of the part that is called melody.
        basses: numbers of the parts that are called bass.
    """

    corpus: str
    window: Window
    group: str
    key: tuple[int, bool] | None = None
    chords: tuple[HarteChord | None, ...] | None = None
    meter: tuple[int, int] | None = None
    melody: int | None = None
    basses: tuple[int, ...] = ()


def read_pop909(folder: Path) -> Iterator[Annotated]:
    """Reads the openings of POP909 on its beats.

    A key is known where the key of the audio and that of the structure analysis agree and are one.

    Raises:
        CorpusError: the folder is missing.
    """
    songs = folder / "POP909"
    if not songs.is_dir():
        raise CorpusError(f"corpus pack 'pop909' must be unpacked: no folder {songs}")
    for home in sorted(path for path in songs.iterdir() if path.is_dir()):
        try:
            window, start, beats = _on_beats(home)
        except (ComposerError, OSError, ValueError):
            continue
        analysed = folder / "structure" / "POP909" / home.name / "analyzed_key.txt"
        yield Annotated(
            "pop909",
            window,
            home.name,
            _agreed_key(home / "key_audio.txt", analysed),
            _chords(window, home / "chord_midi.txt", start, beats),
            (window.numerator, window.denominator),
            _only([n for n, part in enumerate(window.parts) if part.name == "MELODY"], window),
        )


def _on_beats(home: Path) -> tuple[Window, float, Floats]:
    """A song's opening on the annotated beats, the beat it begins at, and the beats in seconds."""
    song = read_song(home / f"{home.name}.mid")
    beats = np.loadtxt(home / "beat_midi.txt")
    group = 3 if _usual_distance(beats[:, 1]) == 3 else 4
    downbeats = np.nonzero(beats[:, 1 if group == 3 else 2])[0]
    first = int(downbeats[0])
    seconds = beats[first:, 0]
    parts = []
    for part in song.parts:
        onsets = _beats_at(_seconds_at(song, part.onset_quarters), seconds)
        ends = _beats_at(_seconds_at(song, part.onset_quarters + part.duration_quarters), seconds)
        kept = onsets > -0.25
        parts.append(
            part_of(
                part.name,
                part.program,
                part.is_drums,
                np.maximum(onsets[kept], 0.0),
                np.maximum(ends - onsets, 0.01)[kept],
                part.pitch[kept],
                part.velocity[kept],
            )
        )
    whole = replace(
        song,
        parts=tuple(part for part in parts if len(part)),
        tempos=(TempoSpan(0.0, 60.0 / float(np.median(np.diff(seconds)))),),
        meters=(MeterSpan(0.0, group, 4),),
        keys=(),
    )
    first_note = min(float(part.onset_quarters[0]) for part in whole.parts)
    window = opening(whole)
    return window, first_note // window.bar_quarters * window.bar_quarters, seconds


def _usual_distance(marks: Floats) -> int:
    where = np.nonzero(marks)[0]
    return int(np.bincount(np.diff(where)).argmax()) if len(where) > 1 else 0


def _seconds_at(song: Song, quarters: Floats) -> Floats:
    onsets = np.array([tempo.onset_quarters for tempo in song.tempos])
    lengths = np.array([60.0 / tempo.quarters_per_minute for tempo in song.tempos])
    starts = np.concatenate([[0.0], np.cumsum(np.diff(onsets) * lengths[:-1])])
    which = np.searchsorted(onsets, quarters, side="right") - 1
    result: Floats = starts[which] + (quarters - onsets[which]) * lengths[which]
    return result


def _beats_at(seconds: Floats, beats: Floats) -> Floats:
    """Number of the beat at each time, with fractions; beats outside go on at the edge's tempo."""
    inside = np.interp(seconds, beats, np.arange(len(beats)))
    early = (seconds - beats[0]) / (beats[1] - beats[0])
    late = len(beats) - 1 + (seconds - beats[-1]) / (beats[-1] - beats[-2])
    result: Floats = np.where(
        seconds < beats[0], early, np.where(seconds > beats[-1], late, inside)
    )
    return result


def _agreed_key(audio: Path, analysed: Path) -> tuple[int, bool] | None:
    found = set()
    for path in (audio, analysed):
        if not path.is_file():
            return None
        found |= set(_KEY.findall(path.read_text(encoding="utf-8")))
    if len(found) != 1:
        return None
    name, mode = found.pop()
    tonic = pitch_class(name)
    return None if tonic is None else (tonic, mode == "min")


def _chords(
    window: Window, path: Path, start_beat: float, beats: Floats
) -> tuple[HarteChord | None, ...]:
    """The label that covers more than half of each span."""
    starts, ends, labels = [], [], []
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split()
        if len(fields) == 3:
            starts.append(float(fields[0]))
            ends.append(float(fields[1]))
            labels.append(parse_harte(fields[2]))
    first = _beats_at(np.array(starts), beats) - start_beat
    last = _beats_at(np.array(ends), beats) - start_beat
    bounds = spans_of(window)
    chords: list[HarteChord | None] = []
    for start, end in pairwise(bounds.tolist()):
        overlap = np.minimum(last, end) - np.maximum(first, start)
        best = int(overlap.argmax())
        chords.append(labels[best] if overlap[best] > _LEAST_OVERLAP * (end - start) else None)
    return tuple(chords)


def read_lakh(folder: Path) -> Iterator[Annotated]:
    """Reads the openings of Lakh's files.

    A key is known where the file says one key signature that is neither C major (the default of
    many programs) nor changed; a meter where it says one time signature; melody and bass where the
    names of tracks say so. Files of one cluster of near-duplicates are one group.

    Raises:
        CorpusError: the folder or its index is missing.
    """
    index = folder / "index.tsv"
    try:
        with index.open(encoding="utf-8", newline="") as lines:
            rows = [(row["md5"], row["cluster"]) for row in csv.DictReader(lines, delimiter="\t")]
    except OSError as error:
        raise CorpusError(f"corpus pack 'lakh-verified' must be unpacked: {error}") from error
    for md5, cluster in rows:
        try:
            song = read_song(folder / md5[0] / f"{md5}.mid")
            window = opening(song)
        except ComposerError:
            continue
        names = [(n, part.name) for n, part in enumerate(window.parts) if not part.is_drums]
        called = [n for n, name in names if _MELODY.search(name) and not _NO_MELODY.search(name)]
        yield Annotated(
            "lakh-verified",
            window,
            cluster,
            _signed_key(song),
            None,
            _signed_meter(song),
            _only(called, window),
            tuple(n for n, name in names if _BASS.search(name) and not _NO_BASS.search(name)),
        )


def _only(called: Sequence[int], window: Window) -> int | None:
    """The one part that is called so, if it has eight notes."""
    return called[0] if len(called) == 1 and len(window.parts[called[0]]) >= 8 else None


def _signed_key(song: Song) -> tuple[int, bool] | None:
    keys = {(key.sharps, key.minor) for key in song.keys}
    if len(keys) != 1 or keys == {(0, False)}:
        return None
    sharps, minor = keys.pop()
    return (sharps * 7 + (9 if minor else 0)) % 12, minor


def _signed_meter(song: Song) -> tuple[int, int] | None:
    meters = {(meter.numerator, meter.denominator) for meter in song.meters}
    return meters.pop() if len(meters) == 1 else None

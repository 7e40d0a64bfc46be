"""How well planted copies are found, how often nothing is taken for one, and how fast.

    python benchmarks/originality.py --smoke             # on pieces that it composes itself
    python benchmarks/originality.py --corpora DIR       # on the training corpus, minutes

A plant is a passage of eight bars of a work of the index, transposed by -6 to 6 semitones, with 5
to 15% of its notes changed (a third each: another pitch, left out, one put in), in place of
eight bars of a piece that is not in the index. It counts as found if the piece is above the band
and the passage that is named first overlaps the plant and is of the right work, or of one of its
near-duplicate cluster.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from composer import Brief, compose
from composer.errors import ComposerError
from composer.evaluating.folder_index import index_folder
from composer.evaluating.index_file import Index, open_index
from composer.evaluating.originality import NEAR_BITS, SHIPPED, Originality, originality
from composer.evaluating.windows import middle, opening
from composer.midi.songs import read_song, song_of
from composer.music.song import MeterSpan, Song, SongPart, part_of
from composer.rulebook import load_rulebook

BARS = 8
SIZES = {"fewer than 32": 0, "32 to 47": 32, "48 to 63": 48, "64 or more": 64}
KEYS = ("C", "A minor", "Eb", "F# minor", "G", "D minor", "B", "C# minor", "F", "E minor")


@dataclass(frozen=True)
class Kind:
    """One kind of plant."""

    name: str
    melody: bool = False
    stretched: bool = False
    edits: tuple[float, float] = (0.05, 0.15)
    flat: bool = False
    octaves: bool = False
    quantised: bool = False
    jitter: float = 0.0


KINDS = (
    Kind("all parts, tempo event"),
    Kind("all parts, onsets stretched", stretched=True),
    Kind("all parts, one track", flat=True),
    Kind("all parts, an octave off each", octaves=True),
    Kind("all parts, quantised to sixteenths", quantised=True),
    Kind("all parts, jitter of 1/24 quarter", jitter=1 / 24),
    Kind("all parts, no note changed", edits=(0.0, 0.0)),
    Kind("melody, tempo event", melody=True),
    Kind("melody, onsets stretched", melody=True, stretched=True),
    Kind("melody, no note changed", melody=True, edits=(0.0, 0.0)),
)


@dataclass(frozen=True)
class Plant:
    """A song with a passage in it."""

    song: Song
    work: str
    start: float
    end: float
    notes: int


def passage(rng: np.random.Generator, donor: Song, melody: bool) -> list[SongPart] | None:
    """Eight bars of a work with enough in them: 60 notes, or a tune of 24."""
    bar = donor.meters[0].bar_quarters
    last = int(donor.end_quarters / bar) - BARS
    for _ in range(20):
        if last < 0:
            return None
        start = int(rng.integers(0, last + 1)) * bar
        parts = [part.between(start, start + BARS * bar) for part in donor.parts]
        pitched = [part for part in parts if len(part) and not part.is_drums]
        if not melody and sum(map(len, pitched)) >= 60:
            return pitched
        tunes = [part for part in pitched if is_tune(part)]
        if melody and tunes:
            return [max(tunes, key=lambda part: part.pitch.mean())]
    return None


def is_tune(part: SongPart) -> bool:
    """One note at a time, 24 notes or more, five pitches or more."""
    onsets = np.unique(np.round(part.onset_quarters * 12))
    return len(part) >= 24 and len(np.unique(part.pitch)) >= 5 and len(onsets) > 0.8 * len(part)


def edited(rng: np.random.Generator, part: SongPart, rate: float) -> SongPart:
    """Change the pitch of a third of some notes, leave a third out, put a note after a third."""
    dice = rng.random(len(part))
    pitch = part.pitch.copy()
    other = dice < rate / 3
    pitch[other] += rng.choice([-4, -3, -2, -1, 1, 2, 3, 4], int(other.sum()))
    stays = ~((dice >= rate / 3) & (dice < rate * 2 / 3))
    more = (dice >= rate * 2 / 3) & (dice < rate)
    half = part.duration_quarters[more] / 2
    new = pitch[more] + rng.choice([-2, -1, 1, 2], int(more.sum()))
    return part_of(
        part.name,
        part.program,
        False,
        np.append(part.onset_quarters[stays], part.onset_quarters[more] + half),
        np.append(part.duration_quarters[stays], half),
        np.clip(np.append(pitch[stays], new), 0, 127),
        np.append(part.velocity[stays], part.velocity[more]),
    )


def plant(rng: np.random.Generator, host: Song, donor: Song, kind: Kind) -> Plant | None:
    """Put a passage of a work into a piece."""
    parts = passage(rng, donor, kind.melody)
    if parts is None:
        return None
    semitones, rate = int(rng.integers(-6, 7)), float(rng.uniform(*kind.edits))
    stretch = float(rng.uniform(0.7, 1.4)) if kind.stretched else 1.0
    bar = host.meters[0].bar_quarters
    length = BARS * donor.meters[0].bar_quarters * stretch
    room = int(host.end_quarters / bar) - int(np.ceil(length / bar))
    start = int(rng.integers(0, max(room, 0) + 1)) * bar
    planted = []
    for part in parts:
        part = edited(rng, part, rate)
        up = semitones + (int(rng.choice([-12, 12])) if kind.octaves else 0)
        onsets = part.onset_quarters
        if kind.quantised:
            onsets = np.round(onsets * 4) / 4
        onsets = onsets * stretch + rng.uniform(-kind.jitter, kind.jitter, len(part))
        onsets = np.maximum(start + onsets, 0.0)
        pitch = np.clip(part.pitch + up, 0, 127)
        lengths = part.duration_quarters * stretch
        planted.append(
            part_of(part.name, part.program, False, onsets, lengths, pitch, part.velocity)
        )
    song = replace(host, parts=_in_place(host, planted, start, start + length, kind))
    return Plant(song, donor.name, start, start + length, sum(map(len, planted)))


def _in_place(
    host: Song, planted: list[SongPart], start: float, end: float, kind: Kind
) -> tuple[SongPart, ...]:
    """The host's parts with a gap, and the passage in it; a melody takes the place of the top."""
    pitched = [number for number, part in enumerate(host.parts) if not part.is_drums]
    top = max(pitched, key=lambda number: float(host.parts[number].pitch.mean()))
    kept = []
    for number, part in enumerate(host.parts):
        if number == top or not kind.melody:
            away = (part.onset_quarters < start) | (part.onset_quarters >= end)
            part = _joined([_filtered(part, away), *(planted if kind.melody else [])], part)
        kept.append(part)
    kept += [] if kind.melody else planted
    kept = [part for part in kept if len(part)]
    if kind.flat:
        sounding = [part for part in kept if not part.is_drums]
        kept = [_joined(sounding, sounding[0]), *(part for part in kept if part.is_drums)]
    return tuple(kept)


def _filtered(part: SongPart, which: np.ndarray) -> SongPart:
    columns = (part.onset_quarters, part.duration_quarters, part.pitch, part.velocity)
    return part_of(part.name, part.program, part.is_drums, *(c[which] for c in columns))


def _joined(parts: Sequence[SongPart], like: SongPart) -> SongPart:
    columns = ("onset_quarters", "duration_quarters", "pitch", "velocity")
    joined = (np.concatenate([getattr(part, name) for part in parts]) for name in columns)
    return part_of(like.name, like.program, like.is_drums, *joined)


def window_of(song: Song) -> Song | None:
    """Thirty-two bars out of the middle, or the first."""
    try:
        window = middle(song) or opening(song)
    except ComposerError:
        return None
    meter = MeterSpan(0.0, window.numerator, window.denominator)
    return Song(song.name, window.parts, song.tempos[:1], (meter,))


def composed(styles: Sequence[str], seeds: int) -> list[tuple[str, Song]]:
    """Pieces of 32 bars of each style."""
    pieces = []
    for style in styles:
        for seed in range(seeds):
            brief = Brief(key=KEYS[seed % len(KEYS)], bars=32, style=style, seed=seed)
            pieces.append((style, song_of(compose(brief).performance)))
    return pieces


def right(found: Originality, planted: Plant, cluster: Callable[[str], str]) -> bool:
    """Whether the strongest passage is the plant."""
    top = found.strongest
    bar = planted.song.meters[0].bar_quarters
    return (
        top is not None
        and cluster(top.work) == cluster(planted.work)
        and top.first_bar * bar <= planted.end + bar
        and top.last_bar * bar >= planted.start
    )


def recall(
    rng: np.random.Generator,
    kind: Kind,
    hosts: Sequence[Song],
    donor: Callable[[np.random.Generator], Song],
    index: Index,
    cluster: Callable[[str], str],
    count: int,
) -> dict[str, object]:
    """Shares of plants that are found."""
    flagged = named = both = 0
    done = 0
    by_notes: dict[str, list[bool]] = {name: [] for name in SIZES}
    while done < count:
        planted = plant(rng, hosts[int(rng.integers(len(hosts)))], donor(rng), kind)
        if planted is None:
            continue
        found = originality(planted.song, index)
        is_right = right(found, planted, cluster)
        named += is_right
        flagged += not found.ok
        both += is_right and not found.ok
        size = max((name for name in SIZES if planted.notes >= SIZES[name]), key=SIZES.__getitem__)
        by_notes[size].append(is_right and not found.ok)
        done += 1
    return {
        "kind": kind.name,
        "plants": count,
        "found": both / count,
        "above the band": flagged / count,
        "right work named first": named / count,
        "found by notes": {name: [sum(hit), len(hit)] for name, hit in by_notes.items() if hit},
    }


def latency(songs: Sequence[Song], index: Index) -> dict[str, float]:
    """Milliseconds a query."""
    spent = []
    for song in songs:
        begun = time.perf_counter()
        originality(song, index)
        spent.append(1000 * (time.perf_counter() - begun))
    return {"median_ms": float(np.median(spent)), "95%_ms": float(np.percentile(spent, 95))}


def full(corpora: Path, count: int) -> dict[str, object]:
    """Measure the index that comes with composer."""
    folder = corpora / "lakh-verified"
    with (folder / "index.tsv").open(encoding="utf-8", newline="") as file:
        rows = {row["md5"]: row for row in csv.DictReader(file, delimiter="\t")}

    def load(name: str) -> Song:
        return replace(read_song(folder / name[0] / f"{name}.mid"), name=name)

    train = sorted(name for name, row in rows.items() if row["split"] == "train")
    valid = sorted(name for name, row in rows.items() if row["split"] == "valid")
    index = open_index(SHIPPED)
    rng = np.random.default_rng(2026)
    windows = [song for name in valid if (song := window_of(load(name))) is not None]
    real = [(song, originality(song, index)) for song in windows]
    styles = load_rulebook().style_names
    ours = [(style, song, originality(song, index)) for style, song in composed(styles, 10)]
    hosts = {
        "composed": [song for _, song, found in ours if found.ok],
        "valid split": [song for song, found in real if found.ok],
    }
    return {
        "near_bits": NEAR_BITS,
        "limit_bits": real[0][1].band.limit_bits if real[0][1].band else None,
        "false_alarms": {
            "valid split, windows of 32 bars": sum(not f.ok for _, f in real) / len(real),
            "windows": len(real),
            "composed": sum(not f.ok for *_, f in ours) / len(ours),
            "pieces composed": len(ours),
            **{style: sum(not f.ok for s, _, f in ours if s == style) / 10 for style in styles},
        },
        "recall": [
            {
                "hosts": where,
                **recall(
                    rng,
                    kind,
                    songs,
                    lambda dice: load(train[int(dice.integers(len(train)))]),
                    index,
                    lambda name: rows[name]["cluster"],
                    count,
                ),
            }
            for where, songs in hosts.items()
            for kind in KINDS
        ],
        "latency": latency(windows, index),
        "latency, 1024 bars": latency([song_of(_long().performance)], index),
    }


def _long():
    return compose(Brief(key="C", bars=1024, style="pop", seed=1))


def smoke(count: int) -> dict[str, object]:
    """Measure an index of pieces that are composed for it."""
    styles = load_rulebook().style_names
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "works"
        folder.mkdir()
        works = {}
        for style in styles:
            for seed in range(100, 104):
                piece = compose(Brief(key="C", bars=32, style=style, seed=seed))
                name = f"{style}-{seed}.mid"
                (folder / name).write_bytes(piece.midi)
                works[name] = replace(song_of(piece.performance), name=name)
        begun = time.perf_counter()
        index = index_folder(folder, Path(place) / "index", "composed pieces").index
        seconds = time.perf_counter() - begun
        rng = np.random.default_rng(2026)
        hosts = [song for _, song in composed(styles, 1)]
        names = sorted(works)
        return {
            "pieces": index.pieces,
            "build_seconds": seconds,
            "recall": [
                recall(
                    rng,
                    kind,
                    hosts,
                    lambda dice: works[names[int(dice.integers(len(names)))]],
                    index,
                    lambda name: name,
                    count,
                )
                for kind in KINDS[:1]
            ],
            "latency": latency(hosts, index),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description="Recall, false alarms and speed.")
    parser.add_argument("--smoke", action="store_true", help="on pieces composed for it")
    parser.add_argument("--corpora", type=Path, help="folder with lakh-verified unpacked")
    parser.add_argument("--plants", type=int, default=100, help="plants of each kind")
    flags = parser.parse_args()
    if not flags.smoke and flags.corpora is None:
        parser.error("give --smoke or --corpora DIR")
    figures = smoke(min(flags.plants, 10)) if flags.smoke else full(flags.corpora, flags.plants)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()

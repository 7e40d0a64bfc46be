"""How much a continuation is like the piece that it carries on, against those of other pieces.

    python benchmarks/continuing.py --files DIR --count 60   # any folder of MIDI files
    python benchmarks/continuing.py --styles                 # whether our own styles are told
    python benchmarks/continuing.py --keys pop909            # keys of whole songs of the pack
    python benchmarks/continuing.py --smoke                  # on two pieces that it composes itself

Each file is carried on for 16 bars. Three things are then held against the file's last bars: its
own continuation, the continuation of the next file, and (as what can be hoped for) the bars of the
file before those last ones. Key, meter and instruments are heard in the notes of both sides by the
same detectors; rhythm is the cosine of how often each sixteenth of the bar is struck, by role; a
bar of the tune has a known rhythm if the tune had it in the file's last bars.
"""

import argparse
import tempfile
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from composer import Brief, compose, song_of, styles
from composer.errors import ComposerError, MidiError
from composer.importing.continuing import take_continuation
from composer.importing.harmony_heard import key_heard
from composer.importing.hearing import Heard, heard_in
from composer.importing.passages import ending, whole
from composer.importing.style_likeness import likenesses
from composer.midi.files import midi_files
from composer.midi.songs import read_song
from composer.music.song import Song, SongPart
from composer.rulebook import load_rulebook

BARS = 16
MEASURES = ("key", "scale", "tempo", "meter", "instruments", "rhythm", "tune rhythm", "chords")


def halves(song: Song) -> tuple[Song, Song]:
    """A song without its last bars, and its last bars."""
    last = ending(song, BARS)
    edge, end = float(last.starts[0]), song.end_quarters
    return tuple(
        Song(song.name, tuple(p for p in parts if len(p)), song.tempos, song.meters, song.keys)
        for parts in (
            [_kept(part, max(0.0, edge - 32 * 4), edge) for part in song.parts],
            [_kept(part, edge, end + 1) for part in song.parts],
        )
    )


def _kept(part: SongPart, start: float, end: float) -> SongPart:
    """The notes of a part in a span, where they are."""
    inside = (part.onset_quarters >= start - 1 / 24) & (part.onset_quarters < end - 1 / 24)
    return SongPart(
        part.name,
        part.program,
        part.is_drums,
        *(
            a[inside]
            for a in (part.onset_quarters, part.duration_quarters, part.pitch, part.velocity)
        ),
    )


def likeness(one: Heard, other: Heard) -> list[float]:
    """The measures, each 0 to 1."""
    programs = [{(p.part.is_drums, p.part.program) for p in h.parts} for h in (one, other)]
    tempo = one.quarters_per_minute / other.quarters_per_minute
    scales = [h.key.numbers for h in (one, other)]
    roots = [{symbol.split("/")[0] for bar in h.chords for symbol in bar} for h in (one, other)]
    rhythms = [
        cosine(profile(one, roles), profile(other, roles))
        for roles in (("drums",), ("bass",), ("melody",), ("comping", "pad", "figure", "counter"))
        if profile(one, roles).any() or profile(other, roles).any()
    ]
    known, own = bar_rhythms(other), bar_rhythms(one)
    return [
        float(one.key == other.key),
        len(scales[0] & scales[1]) / 7 if min(map(len, scales)) else 0.0,
        float(abs(np.log2(tempo)) < 0.03),
        float(one.passage.meter == other.passage.meter),
        len(programs[0] & programs[1]) / max(1, len(programs[0] | programs[1])),
        float(np.mean(rhythms)) if rhythms else 0.0,
        sum(bar in known for bar in own) / max(1, len(own)),
        len(roots[0] & roots[1]) / max(1, len(roots[0])),
    ]


def profile(heard: Heard, roles: Sequence[str]) -> np.ndarray:
    """How often each sixteenth of a bar is struck by parts of some roles, ``[64]``."""
    counts = np.zeros(64)
    bar = float(heard.passage.meter.bar_quarters)
    for part in heard.parts:
        if part.role in roles:
            places = np.round(part.part.onset_quarters % bar * 4).astype(int) % 64
            np.add.at(counts, places, 1.0)
    return counts


def cosine(one: np.ndarray, other: np.ndarray) -> float:
    scale = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / scale if scale else 0.0


def bar_rhythms(heard: Heard) -> list[tuple[object, ...]]:
    """The onsets of the tune in each bar in which it has two notes or more."""
    if heard.tune is None:
        return []
    bar = heard.passage.meter.bar_quarters
    bars: dict[int, list[object]] = {}
    for note in heard.tune.notes:
        bars.setdefault(int(note.onset_quarters // bar), []).append(note.onset_quarters % bar)
    return [tuple(onsets) for onsets in bars.values() if len(onsets) > 1]


def own_pieces(folder: Path) -> list[Path]:
    """Two small pieces of our own as files."""
    paths = []
    for style in ("rock", "jazz-swing"):
        brief = Brief(bars=32, style=style, seed=3, writer="rules")
        paths.append(folder / f"{style}.mid")
        paths[-1].write_bytes(compose(brief).midi)
    return paths


def chosen(folder: Path, count: int) -> list[Path]:
    """As many files of a folder, spread over its listing."""
    files = midi_files(folder)
    return [files[i * len(files) // count] for i in range(min(count, len(files)))]


def measured(paths: Sequence[Path]) -> tuple[list[list[list[float]]], list[str]]:
    """By file, the measures of its continuation, another's, and its own bars before; and errors."""
    book = load_rulebook()
    found: list[tuple[Heard, Heard, Heard]] = []
    refused = []
    for path in paths:
        try:
            song = read_song(path)
            before, last = halves(song)
            if not before.parts or not last.parts:
                raise MidiError(f"{path}: is too short to be held against itself")
            brief = take_continuation(path, Brief(bars=BARS, writer="rules")).brief
            new = song_of(compose(brief).performance)
            found.append(
                tuple(heard_in(s, whole(s), book) for s in (new, last, before))  # type: ignore[arg-type]
            )
        except ComposerError as error:
            refused.append(f"{path.name}: {error}")
    rows = []
    for (new, last, before), (other, _, _) in pairwise([*found, *found[:1]]):
        rows.append([likeness(new, last), likeness(other, last), likeness(before, last)])
    return rows, refused


def told_keys(pack: Path) -> int:
    """Say how often the key of a whole song of POP909 is heard."""
    from composer.training.detector_truth import read_pop909

    book, right, count = load_rulebook(), 0, 0
    for known in read_pop909(pack):
        if known.key is None:
            continue
        song = read_song(pack / "POP909" / known.group / f"{known.group}.mid")
        key = key_heard(whole(song).window, song.keys, book)
        right += (key.tonic.number, key.scale.name == "minor") == known.key
        count += 1
    print(f"{right} of {count} keys are right")
    return 0


def told_styles() -> int:
    """Say how often the style of a piece of our own is the likest, or among the three likest."""
    book = load_rulebook()
    places = []
    for style in styles():
        for seed in (11, 12):
            piece = compose(Brief(style=style, bars=BARS, seed=seed, writer="rules"))
            song = song_of(piece.performance)
            ranked = [one.style for one in likenesses(heard_in(song, whole(song), book), book)]
            places.append(ranked.index(style))
            if places[-1]:
                print(f"{style}: {', '.join(ranked[:3])}")
    first, three = sum(place == 0 for place in places), sum(place < 3 for place in places)
    print(f"{first} of {len(places)} right, {three} among the three likest")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=Path, help="folder of MIDI files")
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--smoke", action="store_true", help="on pieces of its own")
    parser.add_argument("--keys", type=Path, help="folder of the unpacked pack pop909")
    parser.add_argument("--styles", action="store_true", help="which style is the likest")
    flags = parser.parse_args()
    if flags.keys is not None:
        return told_keys(flags.keys)
    if flags.styles:
        return told_styles()
    with tempfile.TemporaryDirectory() as folder:
        if flags.smoke or flags.files is None:
            paths = own_pieces(Path(folder))
        else:
            paths = chosen(flags.files, flags.count)
        rows, refused = measured(paths)
    for line in refused:
        print("refused:", line)
    if not rows:
        return 1
    table = np.array(rows).mean(axis=0)
    print(f"{len(rows)} files   {'':4}own  another's  itself before")
    for name, (own, other, itself) in zip(MEASURES, table.T, strict=True):
        print(f"{name:14} {own:8.2f} {other:10.2f} {itself:14.2f}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

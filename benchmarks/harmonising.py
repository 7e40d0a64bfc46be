"""Measure the chords that are found for a tune against those that it has.

    python benchmarks/harmonising.py POP909/POP909          # 40 songs that no weight was set by
    python benchmarks/harmonising.py POP909/POP909 --seen   # of the others, for setting weights
    python benchmarks/harmonising.py --own 12               # tunes of our own pieces, and plans
    python benchmarks/harmonising.py --smoke                # two of those: continuous integration

The POP909 data set (Wang and others, 2020) has songs by number: a tune, beats and chords. Its odd
numbers were used to set weights, and even ones are measured. Beside our chords stand two
baselines: the tonic throughout, and in each bar the triad of the key that shares most with it.
The key is heard in the tune in every case. Figures are shares of beats, but for the last: the
share of the time on downbeats and middles of bars in which the tune has a note of the chord.
"""

from __future__ import annotations

import argparse
import bisect
import random
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from composer.midi.decode import read_midi
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.tune import TuneNote
from composer.pipeline import compose
from composer.rulebook import Rulebook, load_rulebook
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import Meter, parse_meter
from composer.theory.pitch import Pitch, nearest_spelling, parse_pitch_class
from composer.writing.tune_harmony import harmonise
from composer.writing.tune_key import key_of_tune
from composer.writing.tune_likeness import phrases_of

GRID = 4  # places a beat at which notes are taken to begin
SEED = 909
Line = list[tuple[Fraction, Chord]]
Placed = tuple[Fraction, int | None, frozenset[int]]


@dataclass(frozen=True)
class Song:
    """A tune with chords: onset in quarters, root and pitch classes of each; None for none."""

    name: str
    style: str
    meter: Meter
    notes: tuple[TuneNote, ...]
    chords: tuple[Placed, ...]

    @property
    def bars(self) -> int:
        """Full bars."""
        return int(-(-self.notes[-1].end_quarters // self.meter.bar_quarters))


@dataclass
class Share:
    """A share, counted up."""

    found: float = 0.0
    all: float = 0.0

    def add(self, value: float, weight: float = 1.0) -> None:
        """Count one more."""
        self.found += value * weight
        self.all += weight

    @property
    def text(self) -> str:
        """In per cent."""
        return f"{100 * self.found / max(self.all, 1e-9):5.1f} %"


# --- POP909 ---------------------------------------------------------------------------------------


def read_song(folder: Path, book: Rulebook) -> Song | None:
    """A song of POP909; None where its bars do not have four beats each."""
    beats = [[float(word) for word in line.split()] for line in _lines(folder / "beat_midi.txt")]
    downbeats = [index for index, row in enumerate(beats) if row[2] == 1]
    if not downbeats or any(index % 4 != downbeats[0] % 4 for index in downbeats):
        return None
    performance = read_midi(folder / f"{folder.name}.mid")
    times = [row[0] for row in beats]
    tune = next(track for track in performance.tracks if track.name == "MELODY")
    seconds = _seconds(performance)
    spans = [
        (_place(seconds(n.onset_ticks), times), _place(seconds(n.end_ticks), times), n.pitch)
        for n in tune.notes
    ]
    first = next(i for i, (onset, _, _) in enumerate(spans) if onset >= downbeats[0])
    bar = downbeats[0] + 4 * int((spans[first][0] - downbeats[0]) // 4)
    notes = tuple(_voice([(o - bar, e - bar, pitch) for o, e, pitch in spans[first:]]))
    chords = []
    for line in _lines(folder / "chord_midi.txt"):
        start, _, label = line.split()
        root, tones = _labelled(label, book)
        chords.append((_place(float(start), times, 1) - bar, root, tones))
    return Song(folder.name, "pop", parse_meter("4/4"), notes, tuple(chords))


def _lines(path: Path) -> list[str]:
    return [line for line in path.read_text().splitlines() if line.strip()]


def _seconds(performance: Performance) -> Callable[[int], float]:
    """How ticks become seconds; the files have one tempo."""
    tempi = performance.tempos
    rate = tempi[0].microseconds_per_quarter / 1e6 / performance.ticks_per_quarter
    return lambda ticks: ticks * rate


def _place(moment: float, times: Sequence[float], grid: int = GRID) -> Fraction:
    """A moment in beats, at the nearest place of a grid."""
    index = min(max(bisect.bisect_right(times, moment) - 1, 0), len(times) - 2)
    share = (moment - times[index]) / (times[index + 1] - times[index])
    return Fraction(round((index + share) * grid), grid)


def _voice(spans: Iterable[tuple[Fraction, Fraction, int]]) -> Iterator[TuneNote]:
    """The notes as one voice: each ends when the next begins."""
    ordered = sorted({onset: (onset, end, pitch) for onset, end, pitch in spans}.values())
    for index, (onset, end, pitch) in enumerate(ordered):
        limit = ordered[index + 1][0] if index + 1 < len(ordered) else end + 1
        end = min(max(end, onset + Fraction(1, GRID)), limit)
        yield TuneNote(onset, end - onset, _pitch(pitch))


def _pitch(midi: int) -> Pitch:
    name = nearest_spelling(midi % 12, 0)
    return Pitch(name, (midi - name.number) // 12 - 1)


_SUFFIXES = {
    "maj": "", "min": "m", "dim": "dim", "aug": "aug", "sus2": "sus2", "sus4": "sus4",
    "sus4(b7)": "7sus4", "7": "7", "maj7": "maj7", "min7": "m7", "hdim7": "m7b5", "dim7": "dim7",
    "maj6": "6", "min6": "m6", "minmaj7": "m",
}  # fmt: skip


def _labelled(label: str, book: Rulebook) -> tuple[int | None, frozenset[int]]:
    """Root and pitch classes of a chord as POP909 writes it."""
    if ":" not in label:
        return None, frozenset()
    root, quality = label.split("/", maxsplit=1)[0].split(":")
    tonic = parse_pitch_class(root)
    chord = book.chords.parse(f"{root}{_SUFFIXES[quality]}", tonic)
    return tonic.number, chord.numbers


def pop909(folder: Path, songs: int, *, seen: bool, book: Rulebook) -> list[Song]:
    """Some songs, drawn by chance."""
    found = sorted(path for path in folder.iterdir() if path.name.isdigit())
    found = [path for path in found if int(path.name) % 2 == (1 if seen else 0)]
    random.Random(SEED).shuffle(found)
    read: list[Song] = []
    for path in found:
        song = read_song(path, book) if len(read) < songs else None
        read += [song] if song is not None else []
    return read


# --- our own pieces -------------------------------------------------------------------------------


def own(count: int) -> list[Song]:
    """Tunes of our own pieces, in many styles, with the chords of their plans."""
    styles = load_rulebook().style_names
    songs = []
    for number in range(count):
        style = styles[(number * 7) % len(styles)]
        piece = compose(Brief(style=style, bars=32, seed=number, writer="rules"))
        tune = next((part for part in piece.score.parts if part.plan.role == "melody"), None)
        if tune is None or len(tune.notes) < 2:
            continue
        spans = [
            (note.onset_quarters, note.onset_quarters + note.duration_quarters, note.pitch.midi)
            for note in tune.notes
        ]
        chords = tuple(
            (span.onset_quarters, span.chord.root.number, span.chord.numbers)
            for span in piece.plan.chords
        )
        meter = piece.plan.meter
        songs.append(Song(f"{style} {number}", style, meter, tuple(_voice(spans)), chords))
    return songs


# --- what is measured -----------------------------------------------------------------------------


def ours(song: Song, key: Key, book: Rulebook) -> Line:
    """The chords that we find."""
    phrases = phrases_of(song.notes, song.meter, song.bars)
    return harmonise(song.notes, phrases, key, song.meter, book.style(song.style), book)


def tonic(song: Song, key: Key, book: Rulebook) -> Line:
    """The tonic throughout."""
    return [(Fraction(0), _triad(key, 0, book))]


def _triad(key: Key, degree: int, book: Rulebook) -> Chord:
    names = key.pitch_classes
    if len(names) != 7:
        return book.chords.parse(names[0].name, names[0])
    root = names[degree]
    tones = tuple(names[(degree + 2 * i) % 7].fifths - root.fifths for i in range(3))
    quality = next(q for q in book.chords.by_symbol.values() if q.tones == tones)
    return Chord(root, quality, root)


def overlapping(song: Song, key: Key, book: Rulebook) -> Line:
    """In each bar the triad of the key that shares most with the tune; in a rest the last."""
    degrees = (0, 3, 4, 5, 1, 2) if len(key.pitch_classes) == 7 else (0,)
    triads = [_triad(key, degree, book) for degree in degrees]
    line: Line = []
    for bar in range(song.bars):
        start = song.meter.bar_quarters * bar
        end = start + song.meter.bar_quarters
        heard = [n for n in song.notes if n.onset_quarters < end and start < n.end_quarters]
        shared = [
            sum(
                min(end, n.end_quarters) - max(start, n.onset_quarters)
                for n in heard
                if n.pitch.midi % 12 in triad.numbers
            )
            for triad in triads
        ]
        if max(shared) == 0 and line:
            line.append((start, line[-1][1]))
        else:
            line.append((start, triads[shared.index(max(shared))]))
    return line


def measure(songs: Sequence[Song], way: Callable[[Song, Key, Rulebook], Line]) -> list[Share]:
    """Shares of beats with the same root and with the same triad, of tones, and of time."""
    book = load_rulebook()
    root, triad, tones, sung = Share(), Share(), Share(), Share()
    for song in songs:
        key = key_of_tune(song.notes, song.meter, book.scales)
        line: list[Placed] = [
            (onset, c.root.number, c.numbers) for onset, c in way(song, key, book)
        ]
        for bar in range(song.bars):
            for onset in song.meter.beat_onsets:
                at = song.meter.bar_quarters * bar + onset
                true, found = _at(song.chords, at), _at(line, at)
                if true[1] is None:
                    continue
                root.add(true[1] == found[1])
                kind = [[((r or 0) + i) % 12 in t for i in (3, 4)] for _, r, t in (true, found)]
                triad.add(true[1] == found[1] and kind[0] == kind[1])
                tones.add(len(true[2] & found[2]) / len(true[2] | found[2]))
        _covered(song, line, sung)
    return [root, triad, tones, sung]


def covered(songs: Sequence[Song]) -> Share:
    """How much of the strong time has chord tones over the true chords."""
    share = Share()
    for song in songs:
        _covered(song, song.chords, share)
    return share


def _at(line: Sequence[Placed], at: Fraction) -> Placed:
    """The chord that sounds at a moment."""
    return line[max(bisect.bisect_right(line, at, key=lambda entry: entry[0]) - 1, 0)]


def _covered(song: Song, line: Sequence[Placed], share: Share) -> None:
    bar, beat = song.meter.bar_quarters, song.meter.beat_quarters[0]
    for note in song.notes:
        if note.onset_quarters % bar not in (0, song.meter.middle):
            continue
        _, root, chord = _at(line, note.onset_quarters)
        if root is not None:
            length = float(min(note.duration_quarters, 2 * beat))
            share.add(note.pitch.midi % 12 in chord, length)


WAYS = (("ours", ours), ("tonic throughout", tonic), ("most shared, bar by bar", overlapping))


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folder", nargs="?", type=Path, help="POP909's folder of numbered songs")
    parser.add_argument("--songs", type=int, default=40)
    parser.add_argument("--seen", action="store_true", help="songs that weights were set by")
    parser.add_argument("--own", type=int, default=0, help="tunes of so many pieces of our own")
    parser.add_argument("--smoke", action="store_true")
    asked = parser.parse_args()
    book = load_rulebook()
    songs = own(2 if asked.smoke else asked.own)
    if asked.folder is not None:
        songs += pop909(asked.folder, asked.songs, seen=asked.seen, book=book)
    if not songs:
        parser.error("give the folder of POP909, --own or --smoke")
    print(f"{len(songs)} songs, {sum(song.bars for song in songs)} bars")
    print(f"{'':26}{'root':>9}{'triad':>9}{'tones':>9}{'tune':>9}")
    for name, way in WAYS:
        started = time.perf_counter()
        shares = measure(songs, way)
        took = time.perf_counter() - started
        print(f"{name:26}{' '.join(f'{s.text:>8}' for s in shares)}   {took:5.1f} s")
    print(f"{'the true chords':26}{'':27} {covered(songs).text:>8}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

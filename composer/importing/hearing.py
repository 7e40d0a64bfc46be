"""What is heard in anyone's multi-track MIDI file: all that a brief can be made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from composer.errors import MidiError
from composer.evaluating.material import prepare
from composer.evaluating.roles import single_line_share
from composer.importing.drumming_heard import swing_of, usual_bar
from composer.importing.form_heard import HeardSection, sections_heard
from composer.importing.harmony_heard import chord_bars, chords_heard, key_heard, spelled_in
from composer.importing.parts_heard import HeardPart, parts_heard
from composer.importing.passages import Passage, ending, whole
from composer.importing.skylines import Line, skyline
from composer.midi.songs import read_song
from composer.music.song import Floats, Song
from composer.music.tune import Tune, TuneNote
from composer.rulebook import Rulebook
from composer.theory.key import Key
from composer.theory.pitch import spell

MOST_PARTS = 64
"""A file with more parts than this, of those the busiest are heard."""
MOST_NOTES = 60_000
"""A file with more notes is refused."""
END_BARS = 32
"""How many bars at its end a piece is carried on from."""

_MOST_SOUNDING = 250_000.0  # quarters that all notes of a piece last together
_CUT_SHORT = 4.0
_FEWEST_BARS = 2
_FEWEST_TUNE = 8  # notes that make a tune
_SPARSE = 0.25  # notes a bar under which nothing is called a tune
_MOVES = 0.25  # share of onsets with one note from which the top of chords may be a tune
_REST_BARS = 4  # bars in which the tune rests before another part may sing


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What is heard in a file, or at its end. Bars are counted from its first full bar.

    Args:
        name: The file.
        song: The file's notes.
        passage: Its bars; all else is of this passage.
        key: The key.
        quarters_per_minute: The tempo that lasts longest.
        swing: Place of the off-beats in the quarter, 0.5 is straight.
        parts: The parts.
        tune: The tune, note for note; None where nothing is heard as one.
        chords: Chord symbols bar by bar.
        sections: The form.
        energies: How strong each bar is, 0–1, ``[bars]``.
        drums: The bar that the drummer mostly plays.
    """

    name: str
    song: Song
    passage: Passage
    key: Key
    quarters_per_minute: float
    swing: float
    parts: tuple[HeardPart, ...]
    tune: Tune | None
    chords: tuple[tuple[str, ...], ...]
    sections: tuple[HeardSection, ...]
    energies: Floats
    drums: tuple[str, ...]

    @property
    def chord_text(self) -> str:
        """The chords as the brief writes them."""
        return " | ".join(" ".join(bar) for bar in self.chords)


def hear(path: Path | str, book: Rulebook) -> Heard:
    """Hear a whole file.

    Raises:
        MidiError: If it cannot be read, has more than 60,000 notes, or nothing pitched sounds in it
            for two bars.
    """
    song = _bounded(read_song(path))
    return heard_in(song, whole(song), book)


def hear_ending(path: Path | str, book: Rulebook) -> Heard:
    """Hear the last bars of a file, 32 at most, in its last meter.

    Raises:
        MidiError: If it cannot be read, has more than 60,000 notes, or nothing pitched sounds in it
            for two bars.
    """
    song = _bounded(read_song(path))
    return heard_in(song, ending(song, END_BARS), book)


def _bounded(song: Song) -> Song:
    """The song with its busiest parts, as many as are heard, and no note that lasts for ever.

    Where all notes together last longer than any music's do, as in files whose notes are not ended,
    each is heard for four quarters at most.
    """
    if song.notes > MOST_NOTES:
        raise MidiError(f"{song.name}: holds more than {MOST_NOTES:,} notes, as no piece does")
    busiest = sorted(song.parts, key=lambda part: -len(part))[:MOST_PARTS]
    kept = [part for part in song.parts if any(part is other for other in busiest)]
    sounding = sum(float(part.duration_quarters.sum()) for part in kept)
    if sounding > _MOST_SOUNDING:
        kept = [
            replace(part, duration_quarters=np.minimum(part.duration_quarters, _CUT_SHORT))
            for part in kept
        ]
    return Song(song.name, tuple(kept), song.tempos, song.meters, song.keys)


def heard_in(song: Song, passage: Passage, book: Rulebook) -> Heard:
    """Hear a passage of a song.

    Raises:
        MidiError: If nothing pitched sounds in it, or it lasts less than two bars.
    """
    window, meter = passage.window, passage.meter
    if passage.bars < _FEWEST_BARS or not window.pitched:
        what = "no pitched note" if not window.pitched else "less than two bars"
        raise MidiError(f"{song.name}: holds {what}; give a piece with a tune or chords")
    start, end = float(passage.starts[0]), float(passage.starts[-1])
    before = [span for span in song.keys if span.onset_quarters <= start + 1e-6][-1:]
    inside = [span for span in song.keys if start + 1e-6 < span.onset_quarters < end]
    key = key_heard(window, [*before, *inside], book)
    detected, per_bar = chords_heard(window, key)
    chords = chord_bars(detected, per_bar, key)[passage.first_bar :]
    swing = swing_of(window, meter)
    parts = parts_heard(window, meter, book, swing)
    line = _tune_line(passage, parts, swing)
    tune = _tune(passage, line, key)
    energies = bar_energies(passage)
    bar = float(meter.bar_quarters)
    sung = np.zeros(window.bars, dtype=bool)
    for onset, *_ in line:
        sung[min(window.bars - 1, max(0, int(float(onset) // bar)))] = True
    sections = sections_heard(prepare(window), sung.tolist(), energies, passage.first_bar)
    return Heard(
        name=song.name,
        song=song,
        passage=passage,
        key=key,
        quarters_per_minute=window.quarters_per_minute,
        swing=swing,
        parts=parts,
        tune=tune,
        chords=chords,
        sections=sections,
        energies=energies[passage.first_bar :],
        drums=usual_bar(window, meter, swing),
    )


def bar_energies(passage: Passage) -> Floats:
    """How strong each bar of the window is against the others of it, 0–1.

    Loudness, onsets and players are ranked among the bars, and the ranks' mean is taken.
    """
    window, bars = passage.window, passage.window.bars
    slots = window.bar_slots
    loud, onsets, players = (np.zeros(bars) for _ in range(3))
    for part in window.parts:
        bar = np.minimum(window.onset_slots(part) // slots, bars - 1)
        np.add.at(loud, bar, part.velocity)
        np.add.at(onsets, bar, 1.0)
        players[np.unique(bar)] += 1.0
    measures = (loud / np.maximum(onsets, 1.0), onsets, players)
    ranks = [
        (m[:, None] > m[None, :]).mean(axis=1) + (m[:, None] == m[None, :]).mean(axis=1) / 2
        for m in measures
    ]
    energies: Floats = np.mean(ranks, axis=0)
    return energies


def _tune_line(passage: Passage, parts: Sequence[HeardPart], swing: float) -> Line:
    """The tune of the part that sings; where it rests for long, that of another that can."""
    singers = [part for part in parts if part.role == "melody"]
    others = [part for part in parts if part.role in ("counter", "figure")]
    if not singers:
        high = [p for p in parts if p.role not in ("bass", "drums") and _may_sing(p)]
        singers = sorted(high, key=lambda part: -(part.low + part.high))[:1]
        others = []
    if not singers:
        return []
    line = skyline(singers[0].part, swing)
    bar = float(passage.meter.bar_quarters)
    for other in sorted(others, key=lambda part: -(part.low + part.high)):
        taken = {int(float(onset) // bar) for onset, *_ in line}
        line = sorted([*line, *_in_rests(skyline(other.part, swing), taken, bar)])
    return _one_voice(line)


def _may_sing(part: HeardPart) -> bool:
    """Whether the top of a part that plays chords may be a tune: it moves between them."""
    return single_line_share(part.part) >= _MOVES


def _in_rests(line: Line, taken: set[int], bar: float) -> Line:
    """The notes of a line in bars of which, with those around them, none is taken."""
    reach = _REST_BARS // 2
    free: Line = []
    for note in line:
        own = int(float(note[0]) // bar)
        if not taken & set(range(own - reach, own + reach + 1)):
            free.append(note)
    return free


def _one_voice(line: Line) -> Line:
    """A line whose notes end when the next begins, at the latest; one note an onset."""
    result: Line = []
    for onset, length, pitch, velocity in line:
        if result and result[-1][0] == onset:
            continue
        if result and result[-1][0] + result[-1][1] > onset:
            before = result[-1]
            result[-1] = (before[0], onset - before[0], before[2], before[3])
        result.append((onset, length, pitch, velocity))
    return result


def _tune(passage: Passage, line: Line, key: Key) -> Tune | None:
    """The line as a tune, counted from the first full bar; None where it is none."""
    offset = Fraction(passage.pickup_quarters)
    end = passage.meter.bar_quarters * passage.bars
    notes = []
    for onset, length, pitch, velocity in line:
        start = onset - offset
        stop = min(start + length, end)
        if stop > start:
            name = spell(pitch, spelled_in(pitch % 12, key))
            notes.append(TuneNote(start, stop - start, name, velocity))
    if len(notes) < _FEWEST_TUNE or len(notes) < _SPARSE * passage.bars:
        return None
    return Tune(tuple(notes), passage.bars, Path(passage.window.song).name)

"""Reads the jazz-chords pack: chord charts, whose key is estimated from the chords.

The pack states a key signature, but no mode, and `C` where nobody filled it in; so the key
is the best fit of the chords to a profile of each of the 24 keys, to which the first chord,
the last chord, resolving dominants and the stated signature add their votes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from composer.training.chord_sections import ChordEvent, Section, pitch_class
from composer.training.corpora import Tally
from composer.training.jazz_symbols import JazzChord, parse_symbol

PACK = "jazz-chords"

# How strongly a chord class, at so many semitones above the tonic, speaks for the key.
_PROFILES: Mapping[str, Mapping[tuple[int, str], float]] = {
    "major": {
        (0, "major"): 3.0, (0, "dominant"): 1.0, (2, "minor"): 2.0, (2, "dominant"): 1.0,
        (4, "minor"): 1.2, (4, "half"): 0.4, (5, "major"): 1.4, (5, "dominant"): 0.5,
        (5, "minor"): 0.5, (7, "dominant"): 2.4, (7, "minor"): 0.6, (9, "minor"): 1.5,
        (9, "dominant"): 1.2, (6, "half"): 0.4, (1, "diminished"): 0.6, (10, "dominant"): 0.4,
        (3, "diminished"): 0.4, (1, "dominant"): 0.5, (6, "diminished"): 0.4, (4, "dominant"): 0.5,
    },
    "minor": {
        (0, "minor"): 3.0, (2, "half"): 2.0, (7, "dominant"): 2.2, (5, "minor"): 1.6,
        (3, "major"): 0.9, (8, "major"): 0.9, (8, "dominant"): 1.0, (10, "dominant"): 0.6,
        (0, "dominant"): 0.3, (2, "dominant"): 0.5, (7, "minor"): 0.4, (1, "dominant"): 0.4,
        (11, "diminished"): 0.6, (1, "major"): 0.4, (9, "half"): 0.5, (10, "minor"): 0.2,
    },
}  # fmt: skip
_LAST_CHORD_VOTE = 0.25
_FIRST_CHORD_VOTE = 0.08
_RESOLUTION_VOTE = 0.15
_SIGNATURE_VOTE = 0.10

_HEADER = re.compile(r"^(\w+)\s*=\s*(.*)$")


class Chart(NamedTuple):
    """A chart: bars per chord, and the pitch class of the stated key signature."""

    chords: tuple[tuple[JazzChord | None, float], ...]
    bars: int
    signature: int | None


class Key(NamedTuple):
    """A key: the tonic's pitch class, and `major` or `minor`."""

    tonic: int
    mode: str


def wanted(inner: str) -> bool:
    """Whether a file of the pack is a chart."""
    return inner.startswith("SongDB/") and inner.endswith(".txt")


def read_jazz_charts(files: Mapping[str, bytes], tally: Tally) -> list[list[Section]]:
    """Reads every chart.

    Args:
        files: inner path to content.
        tally: is told of the charts used and dropped.

    Returns:
        One list with one section per chart, cut into phrases.
    """
    songs = []
    for content in files.values():
        chart = parse_chart(content.decode("utf-8", "replace"))
        unknown = sum(bars for chord, bars in chart.chords if chord is None)
        if chart.bars < 8:
            tally.drop("fewer than 8 bars")
        elif unknown > 0.25 * chart.bars:
            tally.drop("a quarter or more without readable chords")
        else:
            tally.used += 1
            songs.append([chart_section(chart, estimate_key(chart))])
    return songs


def parse_chart(text: str) -> Chart:
    """Parses a chart: headers, then bars between `|` whose chords share them equally."""
    signature: int | None = None
    body: list[str] = []
    for line in text.splitlines():
        if header := _HEADER.match(line.strip()):
            if header[1] == "DBKeySig":
                signature = pitch_class(header[2].strip())
        else:
            body.append(line)
    bars = [bar.split() for bar in " ".join(body).split("|")]
    bars = [bar for bar in bars if bar]
    chords = [(parse_symbol(symbol), 1 / len(bar)) for bar in bars for symbol in bar]
    return Chart(tuple(chords), len(bars), signature)


def chart_section(chart: Chart, key: Key) -> Section:
    """Spells a chart in its key, cut into phrases of 8 bars, or of 12 for a blues form."""
    length = 12 if chart.bars % 12 == 0 and chart.bars % 8 else 8
    phrases: list[list[ChordEvent]] = [[]]
    position = 0.0
    for chord, bars in chart.chords:
        if position >= length * len(phrases) - 1e-6:
            phrases.append([])
        phrases[-1].append(ChordEvent(chord.token(key.tonic) if chord else None, bars))
        position += bars
    return Section("", key.mode, tuple(tuple(phrase) for phrase in phrases))


def estimate_key(chart: Chart) -> Key:
    """Finds the key that fits a chart's chords best."""
    keys = [Key(tonic, mode) for mode in ("major", "minor") for tonic in range(12)]
    return max(keys, key=lambda key: _fit(chart, key))


def _fit(chart: Chart, key: Key) -> float:
    profile = _PROFILES[key.mode]
    sounding = [(chord, bars) for chord, bars in chart.chords if chord is not None]
    if not sounding:
        return 0.0
    total = sum(bars for _, bars in sounding)
    score = sum(
        bars * profile.get(((chord.root - key.tonic) % 12, _class_of(chord)), 0.0)
        for chord, bars in sounding
    )
    score /= total
    score += _LAST_CHORD_VOTE * _is_tonic(sounding[-1][0], key) * 3
    score += _FIRST_CHORD_VOTE * _is_tonic(sounding[0][0], key) * 3
    score += _RESOLUTION_VOTE * min(4, _resolutions([chord for chord, _ in sounding], key))
    relative = key.tonic if key.mode == "major" else (key.tonic + 3) % 12
    if chart.signature is not None and chart.signature == relative:
        score += _SIGNATURE_VOTE * 3
    return score


def _is_tonic(chord: JazzChord, key: Key) -> bool:
    wanted_class = ("minor",) if key.mode == "minor" else ("major", "dominant")
    return chord.root == key.tonic and _class_of(chord) in wanted_class


def _resolutions(chords: Sequence[JazzChord], key: Key) -> int:
    pairs = itertools.pairwise(chords)
    return sum(
        (first.root - key.tonic) % 12 == 7
        and _class_of(first) == "dominant"
        and _is_tonic(second, key)
        for first, second in pairs
    )


def _class_of(chord: JazzChord) -> str:
    degrees = chord.degrees
    if "b3" in degrees:
        if "b5" in degrees:
            return "half" if "b7" in degrees else "diminished"
        return "minor"
    return "dominant" if "b7" in degrees else "major"

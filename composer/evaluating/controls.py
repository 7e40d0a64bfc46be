"""How often what was asked for is what is heard, with the detector's own error beside it."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, nan
from pathlib import Path

from composer.errors import ComposerError
from composer.evaluating.chords_heard import DetectedChord
from composer.evaluating.chroma import spans_of
from composer.evaluating.detectors import (
    DetectedKey,
    accuracy,
    chords_of,
    key_of,
    kind_of,
    meter_of,
)
from composer.evaluating.meter_heard import KINDS
from composer.evaluating.requests import Request
from composer.evaluating.results import Control
from composer.evaluating.windows import Window, opening
from composer.midi.decode import read_midi
from composer.music.song import Song
from composer.theory.chord import Chord
from composer.theory.interval import semitones
from composer.theory.key import Key

TEMPO_TOLERANCE = 0.01
"""How far the mean tempo may be off, as a share of what was asked."""

_EPSILON = 1e-3
_PLAIN = frozenset({"major", "minor", "harmonic-minor", "melodic-minor"})
_FILE = "the file says it"
_Count = tuple[int, int]


def controls(
    pieces: Sequence[tuple[Path, Song]], requests: Sequence[Request | None]
) -> tuple[Control, ...]:
    """Compare pieces with what was asked of them.

    Args:
        pieces: Where each piece lies, and what it holds.
        requests: What was asked of each, as `requests_of` finds it.

    Returns:
        A row for each thing that was asked of at least one piece. Key, modes, heard meter and
        chords are judged on the opening of 32 bars, tempo and bars on the whole piece.
    """
    counts: dict[str, _Count] = {}
    for (path, song), request in zip(pieces, requests, strict=True):
        if request is None:
            continue
        for name, (asked, heard) in _judge(path, song, request).items():
            before = counts.get(name, (0, 0))
            counts[name] = before[0] + asked, before[1] + heard
    return tuple(
        Control(name, asked, heard, *_detector(name))
        for name, (asked, heard) in ((name, counts.get(name, (0, 0))) for name in _ROWS)
        if asked
    )


_ROWS = {
    "key": "key",
    "key (modes)": "",
    "tempo": None,
    "meter (file)": None,
    "meter (heard)": "meter",
    "bars": None,
    "chords": "chords",
}
"""Each row, and the detector that stands behind it: none, or one that was not measured."""


def _detector(name: str) -> tuple[float, str]:
    detector = _ROWS[name]
    if detector is None:
        return nan, _FILE
    if not detector:
        return nan, "not measured: no corpus here annotates modes"
    measured = accuracy(detector)
    return measured.right, measured.source


def _judge(path: Path, song: Song, request: Request) -> dict[str, _Count]:
    """How often each row was asked of a piece, and heard."""
    found: dict[str, _Count] = {}
    try:
        window = opening(song)
    except ComposerError:
        window = None
    if request.key is not None and window is not None:
        name = "key" if request.key.scale.name in _PLAIN else "key (modes)"
        found[name] = 1, int(is_key_heard(request.key, key_of(window)))
    if request.tempo is not None:
        off = abs(mean_tempo(song) / request.tempo - 1.0)
        found["tempo"] = 1, int(off <= TEMPO_TOLERANCE)
    if request.time_signature is not None:
        asked = request.time_signature
        said = {(meter.numerator, meter.denominator) for meter in song.meters}
        found["meter (file)"] = 1, int(said == {asked})
        if window is not None and kind_of(*asked) in KINDS:
            found["meter (heard)"] = 1, int(meter_of(window) == kind_of(*asked))
    if request.bars is not None:
        found["bars"] = 1, int(_has_bars(path, song, request.bars))
    if request.chords is not None and window is not None:
        found["chords"] = _chords_heard(song, window, request.chords)
    return found


def is_key_heard(asked: Key, heard: DetectedKey | None) -> bool:
    """Whether the key asked for is the one that is heard.

    The detector knows major and minor only. Of a major or minor key (harmonic and melodic minor
    too) tonic and third must be right, so a relative key is wrong. Of another mode either the tonic
    and the third are right, or the major or natural minor scale that is heard has the same seven
    pitch classes: D dorian is heard in D minor, and in C major and A minor as well.

    >>> from composer.rulebook import load_rulebook
    >>> is_key_heard(load_rulebook().key("A minor"), DetectedKey(0, False, 0.9, 0.1))
    False
    >>> is_key_heard(load_rulebook().key("D dorian"), DetectedKey(0, False, 0.9, 0.1))
    True
    """
    if heard is None:
        return False
    same_third = (asked.scale.parent == "minor") == heard.minor
    if asked.tonic.number == heard.tonic and same_third:
        return True
    return asked.scale.name not in _PLAIN and asked.numbers == heard.scale


def mean_tempo(song: Song) -> float:
    """Quarters a minute over the whole song, from its start to the end of its last note."""
    end = song.end_quarters
    bounds = [tempo.onset_quarters for tempo in song.tempos[1:]] + [end]
    minutes = 0.0
    for tempo, until in zip(song.tempos, bounds, strict=True):
        minutes += max(min(until, end) - tempo.onset_quarters, 0.0) / tempo.quarters_per_minute
    return end / minutes if minutes > 0 else song.tempos[0].quarters_per_minute


def bars_of(song: Song, end_quarters: float) -> int:
    """How many bars there are from the file's start to a time, a bar begun counting whole."""
    bars = 0
    bounds = [meter.onset_quarters for meter in song.meters[1:]] + [float("inf")]
    for meter, until in zip(song.meters, bounds, strict=True):
        length = min(until, end_quarters) - meter.onset_quarters
        if length > _EPSILON:
            bars += ceil(length / meter.bar_quarters - _EPSILON)
    return bars


def _has_bars(path: Path, song: Song, asked: int) -> bool:
    """Whether the last note, or the end of the file's last track, lies in the last bar asked for.

    A final bar of rests is no note, so where the notes end early the end of track is looked up.
    """
    sounding = bars_of(song, song.end_quarters)
    if sounding >= asked:
        return sounding == asked
    try:
        performance = read_midi(path)
    except ComposerError:
        return False
    return bars_of(song, performance.end_ticks / performance.ticks_per_quarter) == asked


def _chords_heard(song: Song, window: Window, asked: Sequence[Sequence[Chord]]) -> _Count:
    """How many spans have an asked chord, and in how many its root and third are heard."""
    first_note = min(float(part.onset_quarters[0]) for part in song.parts)
    first_bar = int(first_note / window.bar_quarters + _EPSILON)
    bounds = spans_of(window)
    heard = chords_of(window)
    right = 0
    for span, chord in enumerate(heard):
        middle = (float(bounds[span]) + float(bounds[span + 1])) / 2
        bar, within = divmod(middle / window.bar_quarters, 1.0)
        symbols = asked[(first_bar + int(bar)) % len(asked)]
        right += chord is not None and _same(symbols[int(within * len(symbols))], chord)
    return len(heard), right


def _same(asked: Chord, heard: DetectedChord) -> bool:
    third = asked.quality.third
    wanted = "none" if third is None else "minor" if semitones(third) == 3 else "major"
    return asked.root.number == heard.root and wanted == heard.third

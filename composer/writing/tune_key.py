"""The key that a given tune is heard in: major, minor, and a mode where it is clear.

Source: Krumhansl, *Cognitive Foundations of Musical Pitch* (1990), for the method; the profiles are
those of Temperley, *The Cognition of Basic Musical Structures* (2001), chapter 7. What opens a
tune, what its downbeats hold and where it ends speak for the tonic (Temperley, chapter 7; Aarden,
"Dynamic Melodic Expectancy", 2003, on last notes).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import sqrt

from composer.music.tune import TuneNote
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.theory.pitch import PitchClass, nearest_spelling
from composer.theory.scale import Scale

_MAJOR = (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0)
_MINOR = (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0)
# Modes: the parent's profile with one degree raised or lowered, and how far they stand back.
_MODES: Mapping[str, tuple[tuple[float, ...], tuple[tuple[int, int], ...], float]] = {
    "major": (_MAJOR, (), 0.0),
    "minor": (_MINOR, (), 0.0),
    "natural": (_MINOR, ((11, 10),), 0.02),
    "mixolydian": (_MAJOR, ((11, 10),), 0.05),
    "dorian": (_MINOR, ((8, 9), (11, 10)), 0.05),
    "lydian": (_MAJOR, ((5, 6),), 0.12),
    "phrygian": (_MINOR, ((2, 1), (11, 10)), 0.1),
}
# Notes that a mode must have, and notes that speak against it, in semitones above the tonic.
_PROOF: Mapping[str, tuple[int, int]] = {
    "mixolydian": (10, 11),
    "dorian": (9, 8),
    "lydian": (6, 5),
    "phrygian": (1, 2),
}
# Its own third, and the other: where both are sung alike, as in a blues, there is no mode.
_THIRDS: Mapping[str, tuple[int, int]] = {
    "mixolydian": (4, 3),
    "dorian": (3, 4),
    "lydian": (4, 3),
    "phrygian": (3, 4),
}
_UNDISPUTED: Mapping[str, float] = {
    "mixolydian": 0.2,
    "dorian": 0.2,
    "lydian": 1.0,
    "phrygian": 0.5,
}
_PRESENT = 0.01  # share of the tune that the note of a mode must have
_LAST = {0: 0.34, 7: 0.07, 4: 0.07, 3: 0.07}
_FIRST = {0: 0.07, 7: 0.06, 4: 0.04, 3: 0.04}
_LONGEST = 2  # beats: longer notes count as that long
_DOWNBEAT = 1.5
_MOST_SHARPS = 6


def key_of_tune(notes: Sequence[TuneNote], meter: Meter, scales: Mapping[str, Scale]) -> Key:
    """Find the key of a tune.

    Args:
        notes: Its notes, with onsets from the first downbeat.
        meter: The time signature.
        scales: Scales by name.

    >>> from composer.music.tune import parse_tune_note
    >>> from composer.rulebook import load_rulebook
    >>> from composer.theory.meter import parse_meter
    >>> tune = [
    ...     parse_tune_note(f"{i} 1 {p} -") for i, p in enumerate("G4 A4 B4 D5 C5 A4 G4".split())
    ... ]
    >>> key_of_tune(tune, parse_meter("4/4"), load_rulebook().scales).name
    'G major'
    """
    weights = _weights(notes, meter)
    first = next((n for n in notes if n.onset_quarters >= 0), notes[0]).pitch.midi % 12
    last = notes[-1].pitch.midi % 12
    best = max(
        ((tonic, mode) for mode in _MODES for tonic in range(12)),
        key=lambda place: _fit(weights, first, last, *place),
    )
    tonic, mode = best
    scale = scales["minor" if mode == "natural" else mode]
    return Key(_spelled(tonic, scale, notes), scale)


def _weights(notes: Sequence[TuneNote], meter: Meter) -> list[float]:
    """How much each pitch class is heard."""
    beat = meter.beat_quarters[0]
    weights = [0.0] * 12
    for note in notes:
        length = float(min(note.duration_quarters / beat, Fraction(_LONGEST)))
        strong = note.onset_quarters % meter.bar_quarters == 0
        weights[note.pitch.midi % 12] += length * (_DOWNBEAT if strong else 1.0)
    return weights


def _fit(weights: Sequence[float], first: int, last: int, tonic: int, mode: str) -> float:
    """How well a key explains a tune; nothing where the tune has not the notes of the mode."""
    profile, swaps, distance = _MODES[mode]
    shaped = list(profile)
    for one, other in swaps:
        shaped[one], shaped[other] = shaped[other], shaped[one]
    turned = [weights[(tonic + i) % 12] for i in range(12)]
    if mode in _PROOF:
        own, foreign = _PROOF[mode]
        third, other = _THIRDS[mode]
        if turned[own] <= 4 * turned[foreign] or turned[own] < _PRESENT * sum(turned):
            return -2.0
        if 2 * turned[third] < 3 * turned[other]:
            return -2.0
        if turned[foreign] == 0:
            distance *= _UNDISPUTED[mode]
    home = _LAST.get((last - tonic) % 12, 0.0) + _FIRST.get((first - tonic) % 12, 0.0)
    return _correlation(turned, shaped) + home - distance


def _correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Pearson's correlation; 0 where a sequence is constant."""
    mean_first, mean_second = sum(first) / len(first), sum(second) / len(second)
    pairs = [(a - mean_first, b - mean_second) for a, b in zip(first, second, strict=True)]
    spread = sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs)
    return sum(a * b for a, b in pairs) / sqrt(spread) if spread > 0 else 0.0


def _spelled(tonic: int, scale: Scale, notes: Sequence[TuneNote]) -> PitchClass:
    """The tonic as the tune spells it, if that has a simple key signature."""
    names = Counter(n.pitch.pitch_class for n in notes if n.pitch.midi % 12 == tonic)
    usual = nearest_spelling(tonic, -scale.signature)
    options = sorted({usual, *names}, key=lambda name: (-names[name], name.fifths))
    simple = [name for name in options if abs(name.fifths + scale.signature) <= _MOST_SHARPS]
    return simple[0] if simple else usual

"""Chords heard from notes alone: templates with a bass, smoothed over time.

What sounds in a span is held against 15 kinds of chord on 12 roots; the best path through all
spans is taken, a change of chord having its cost.
Source: Fujishima, "Realtime Chord Recognition of Musical Sound" (ICMC 1999), on templates; Sheh
and Ellis, "Chord Segmentation and Recognition using EM-Trained Hidden Markov Models" (ISMIR 2003),
on the path.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from composer.evaluating.chroma import Chroma, chroma_of, spans_a_bar, spans_of
from composer.evaluating.windows import Window
from composer.music.song import Floats, Integers

QUALITIES: dict[str, tuple[int, ...]] = {
    "maj": (0, 4, 7),
    "min": (0, 3, 7),
    "dim": (0, 3, 6),
    "aug": (0, 4, 8),
    "sus4": (0, 5, 7),
    "sus2": (0, 2, 7),
    "maj7": (0, 4, 7, 11),
    "min7": (0, 3, 7, 10),
    "7": (0, 4, 7, 10),
    "m7b5": (0, 3, 6, 10),
    "dim7": (0, 3, 6, 9),
    "6": (0, 4, 7, 9),
    "m6": (0, 3, 7, 9),
    "7sus4": (0, 5, 7, 10),
    "5": (0, 7),
}
"""The kinds of chord that are told apart, and their tones in semitones above the root."""

# Found by a random search (250 steps from 0.3, 0.5, 0.5, 0.2, 0.5, 0.5, 0.2) over 60 odd-numbered
# songs of POP909 for agreement of roots and thirds with its annotation. The prior of the bare fifth
# was then raised until it is heard where no third sounds at all; the annotators infer thirds there.
_TONE_COST = 0.46
_FOREIGN_COST = 0.24
_ROOT_IN_BASS = 0.70
_TONE_IN_BASS = 0.17
_PRESENCE_POWER = 0.82
_CHANGE = 0.37
_CHANGE_AT_BAR = 0.15
_PRIORS = {
    "maj": 0.36,
    "min": 0.25,
    "dim": -0.08,
    "aug": -0.01,
    "sus4": -0.37,
    "sus2": -0.25,
    "maj7": -0.12,
    "min7": -0.03,
    "7": -0.01,
    "m7b5": -0.02,
    "dim7": 0.06,
    "6": -0.12,
    "m6": -0.37,
    "7sus4": -0.37,
    "5": -0.05,
}
_FOREIGN_TO_KEY = 0.1  # by tone; only asked where a key is given
_LEAST_SOUND = 0.05
_NAMES = tuple(QUALITIES)
_SHARPS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@dataclass(frozen=True, slots=True)
class DetectedChord:
    """A chord that is heard in a span.

    Args:
        root: Pitch class of the root, 0–11.
        quality: One of `QUALITIES`.
        bass: Pitch class that lies lowest for the longest time.
    """

    root: int
    quality: str
    bass: int

    @property
    def pitch_classes(self) -> frozenset[int]:
        """The chord's tones."""
        return frozenset((self.root + tone) % 12 for tone in QUALITIES[self.quality])

    @property
    def third(self) -> str:
        """``major``, ``minor`` or ``none`` (suspended chords and bare fifths)."""
        tones = QUALITIES[self.quality]
        return "major" if 4 in tones else "minor" if 3 in tones else "none"

    @property
    def has_seventh(self) -> bool:
        """Whether it has a minor, major or diminished seventh (a sixth is none)."""
        return self.quality in {"maj7", "min7", "7", "m7b5", "dim7", "7sus4"}

    @property
    def is_dominant(self) -> bool:
        """Whether it can be a dominant: a major third or none, no major seventh and no sixth."""
        return self.quality in {"maj", "7", "aug", "5"}

    def same_as(self, other: DetectedChord) -> bool:
        """Whether root and quality are the same."""
        return self.root == other.root and self.quality == other.quality

    def __str__(self) -> str:
        """Such as ``C:maj/E``, roots in sharps."""
        slash = "" if self.bass == self.root else f"/{_SHARPS[self.bass]}"
        return f"{_SHARPS[self.root]}:{self.quality}{slash}"


def chords_of(window: Window) -> tuple[DetectedChord | None, ...]:
    """The chord heard in each span of `composer.evaluating.chroma.spans_of`.

    Args:
        window: Some bars; drums are not listened to.

    Returns:
        One a span; None where hardly anything pitched sounds.

    Accuracy on annotated music: ``data/detectors.json``.
    """
    return chords_in(chroma_of(window), np.diff(spans_of(window)), spans_a_bar(window))


def chords_in(
    chroma: Chroma,
    lengths_quarters: Floats,
    spans_per_bar: int,
    scale: frozenset[int] | None = None,
) -> tuple[DetectedChord | None, ...]:
    """The chords of spans whose chroma is known; arguments of ``[spans]`` and one or two.

    Args:
        chroma: What sounds.
        lengths_quarters: Length of each span.
        spans_per_bar: One or two.
        scale: Pitch classes of a key; given them, chords foreign to it are a little less likely.
    """
    fit = _fit_of_templates(chroma, lengths_quarters)
    if scale is not None:
        fit = fit - _FOREIGN_TO_KEY * _foreign_tones(scale)
    path = _best_path(fit, spans_per_bar)
    sound = chroma.all.sum(axis=1) / lengths_quarters
    basses = chroma.bass.argmax(axis=1)
    return tuple(
        DetectedChord(state // len(_NAMES), _NAMES[state % len(_NAMES)], bass)
        if loud >= _LEAST_SOUND
        else None
        for state, bass, loud in zip(path.tolist(), basses.tolist(), sound, strict=True)
    )


def _fit_of_templates(chroma: Chroma, lengths_quarters: Floats) -> Floats:
    """How well each chord fits each span, ``[spans, 12 * qualities]``; roots outermost."""
    tones, roots, priors = _templates()
    presence = np.minimum(chroma.all / lengths_quarters[:, None], 1.0) ** _PRESENCE_POWER
    bass = chroma.bass / np.maximum(chroma.bass.sum(axis=1, keepdims=True), 1e-9)
    fit: Floats = (
        presence @ ((1.0 + _FOREIGN_COST) * tones - _FOREIGN_COST).T
        + bass @ (_ROOT_IN_BASS * roots + _TONE_IN_BASS * tones).T
        + priors
    )
    return fit


@lru_cache(maxsize=1)
def _templates() -> tuple[Floats, Floats, Floats]:
    """Tones and roots of all chords, ``[12 * qualities, 12]`` each, and what each costs."""
    tones = np.zeros((12, len(_NAMES), 12))
    roots = np.zeros_like(tones)
    for root in range(12):
        roots[root, :, root] = 1.0
        for number, quality in enumerate(_NAMES):
            for tone in QUALITIES[quality]:
                tones[root, number, (root + tone) % 12] = 1.0
    flat = tones.reshape(-1, 12)
    priors = np.tile([_PRIORS[name] for name in _NAMES], 12) - _TONE_COST * flat.sum(axis=1)
    return flat, roots.reshape(-1, 12), priors


def _foreign_tones(scale: frozenset[int]) -> Floats:
    """How many tones of each chord a scale does not hold, ``[12 * qualities]``."""
    foreign = np.array([float(number not in scale) for number in range(12)])
    counts: Floats = _templates()[0] @ foreign
    return counts


def _best_path(fit: Floats, spans_per_bar: int) -> Integers:
    """The states that fit best in all, every change paid for, ``[spans]``."""
    spans, states = fit.shape
    own = np.arange(states)
    origin = np.zeros((spans, states), dtype=np.int64)
    best = fit[0]
    for span in range(1, spans):
        cost = _CHANGE if span % spans_per_bar else _CHANGE_AT_BAR
        top = int(best.argmax())
        stays = best >= best[top] - cost
        origin[span] = np.where(stays, own, top)
        best = np.where(stays, best, best[top] - cost) + fit[span]
    path = np.empty(spans, dtype=np.int64)
    path[-1] = int(best.argmax())
    for span in range(spans - 1, 0, -1):
        path[span - 1] = origin[span, path[span]]
    return path

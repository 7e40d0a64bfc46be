"""Which of several candidates is kept: the likeliest, as soft rules bend it.

A soft rule is worth a fraction of a nat a token, about what candidates differ by. The tune is what
they listen to: a rhythm that comes again is a motif, a line of one repeated pitch is none, a single
climax gives a phrase its shape, leaps beyond the octave do not sing, and outer voices that run in
parallel octaves or fifths hide each other.
Source: Huron, *Sweet Anticipation* (2006), on repetition; Toch, *The Shaping Forces in Music*
(1948), on climax; Huron, "Tone and Voice" (2001), on outer voices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from composer.checking.voices import parallel_perfect
from composer.transformer.cells import CellNote, decode_cell
from composer.transformer.conditions import ROLES
from composer.transformer.sampling import Candidate

_MOTIF, _ENOUGH_MOTIF = 0.10, 0.5
_REPEATED, _FREE_REPEATS = 0.30, 0.35
_CLIMAX = 0.03
_LEAPS = 0.30
_PARALLELS = 0.20
_OCTAVE = 12

Bars = Mapping[int, Sequence[CellNote]]


def worth(candidate: Candidate, roles: Sequence[int]) -> tuple[int, float]:
    """How good a candidate is; the higher the better, cells that were written first.

    Args:
        candidate: What was drawn.
        roles: Index in `composer.transformer.conditions.ROLES` of each part.
    """
    likelihood = candidate.log_likelihood / max(candidate.tokens, 1)
    tune = _bars(candidate, roles, "melody")
    bass = _bars(candidate, roles, "bass")
    return len(candidate.cells), likelihood + tune_worth(tune) + outer_worth(tune, bass)


def tune_worth(bars: Bars) -> float:
    """What the soft rules give a tune, in nats a token.

    >>> motif = [CellNote(0, 12, 60), CellNote(12, 12, 64), CellNote(24, 24, 62)]
    >>> tune_worth({0: motif, 1: motif}) > tune_worth({0: motif, 1: motif[:2]})
    True
    """
    line = [note for bar in sorted(bars) for note in bars[bar]]
    if len(line) < 2:
        return 0.0
    rhythms = [tuple(note.position for note in bars[bar]) for bar in sorted(bars)]
    again = 1 - len(set(rhythms)) / len(rhythms)
    steps = [after.pitch - note.pitch for note, after in pairwise(line)]
    repeated = sum(step == 0 for step in steps) / len(steps)
    leaps = sum(abs(step) > _OCTAVE for step in steps) / len(steps)
    highest = max(note.pitch for note in line)
    climax = sum(note.pitch == highest for note in line) == 1
    return (
        _MOTIF * min(again, _ENOUGH_MOTIF)
        - _REPEATED * max(repeated - _FREE_REPEATS, 0.0)
        - _LEAPS * leaps
        + _CLIMAX * climax
    )


def outer_worth(tune: Bars, bass: Bars) -> float:
    """What parallels of tune and bass cost, in nats a token: their share of common onsets."""
    moves = [
        (low.pitch, high.pitch)
        for bar in sorted(set(tune) & set(bass))
        for low in bass[bar]
        for high in tune[bar]
        if low.position == high.position
    ]
    if len(moves) < 2:
        return 0.0
    found = sum(parallel_perfect(*before, *after) is not None for before, after in pairwise(moves))
    return -_PARALLELS * found / (len(moves) - 1)


def _bars(candidate: Candidate, roles: Sequence[int], role: str) -> Bars:
    """The notes of the first part of a role, by bar."""
    wanted = ROLES.index(role)
    parts = [part for part, own in enumerate(roles) if own == wanted]
    if not parts:
        return {}
    return {
        bar: decode_cell(tokens)
        for (bar, part), tokens in candidate.cells.items()
        if part == parts[0]
    }

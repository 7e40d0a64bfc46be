"""What the rules forbid the model, cell by cell and token by token.

A `CellRules` is made once for a cell, from the plan and the rule data: where notes may begin, and
which pitches may, in each chord of the bar. A `CellState` follows the tokens of one cell and says
after each which may come next. Both hold arrays over the whole vocabulary: steps are slices.

What can be told from a cell alone is forbidden here; what spans several parts (parallels, cadences)
is judged on the finished score by `composer.checking`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from composer.checking.drums import FEET, HANDS, limb
from composer.transformer.cells import TokenIds, token_ids
from composer.transformer.vocabulary import vocabulary

Flags = NDArray[np.bool_]

_STEP = 2  # semitones by which a foreign tone resolves
_PITCHES = 128
_OCTAVE = 12
_LIMBS = {"foot": FEET, "hand": HANDS, "percussion": HANDS}
"""How many keys may be struck at once: a drummer's feet and hands, and a percussionist's hands."""


@dataclass(frozen=True, slots=True, eq=False)
class SpanRules:
    """Which pitches may begin while a chord sounds; all in C major or A minor.

    Args:
        pitches: ``[128]`` pitches of the key and the chord, within the part's range.
        first: ``[128]`` those with which the part may begin the chord.
        resolving: ``[128]`` chord tones: into these a foreign tone may resolve.
        foreign: ``[128]`` pitches of neither, which must resolve by step into a chord tone.
        due: Pitches that the chord cannot do without; all are struck at the part's first onset.
        tendencies: Where this chord resolves a dominant: by pitch class, by how many semitones a
            line goes on that ended the dominant on it (the leading tone up, the seventh down).
    """

    pitches: Flags
    first: Flags
    resolving: Flags
    foreign: Flags
    due: tuple[int, ...] = ()
    tendencies: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class CellRules:
    """The rules of one cell.

    Args:
        drums: Whether its notes are percussion keys.
        onsets: ``[positions]`` where notes may begin.
        span_at: Index in ``spans`` for each slot of the bar.
        spans: The chords of the bar; empty for drums.
        keys: ``[drum tokens]`` percussion keys that the kit has; empty for pitched parts.
        most: Notes that the cell may hold.
        voices: Notes that may begin together.
        last_foreign: The last slot on which a foreign tone may begin; -1 for none at all.
        spaced: Whether notes that begin together lie at most an octave from one to the next.
    """

    drums: bool
    onsets: Flags
    span_at: tuple[int, ...]
    spans: tuple[SpanRules, ...]
    keys: Flags
    most: int
    voices: int
    last_foreign: int
    spaced: bool = False


class CellState:
    """Follows one cell while it is written.

    Args:
        rules: Its rules.
        previous: The pitch on which the part ended the bar before; -1 where it rested.
    """

    __slots__ = (
        "_begun",
        "_count",
        "_due",
        "_duration",
        "_ids",
        "_last",
        "_limbs",
        "_pending",
        "_position",
        "_previous",
        "_rules",
        "_stage",
        "_struck",
        "_used",
    )

    def __init__(self, rules: CellRules, previous: int = -1) -> None:
        self._rules = rules
        self._ids: TokenIds = token_ids()
        self._position = self._duration = self._last = -1
        self._previous, self._pending = previous, -1
        self._count = self._struck = 0
        self._limbs: dict[str, int] = {}
        self._stage = "start"
        self._begun: set[int] = set()
        self._due: tuple[int, ...] = ()
        self._used: list[int] = []

    @property
    def position(self) -> int:
        """The position that holds, -1 before the first."""
        return self._position

    @property
    def count(self) -> int:
        """Notes written."""
        return self._count

    def take(self, token: int) -> None:
        """Follow a token."""
        ids = self._ids
        if ids.position <= token < ids.duration:
            self._position = token - ids.position
            self._stage, self._struck, self._last = "onset", 0, -1
            self._limbs, self._used = {}, []
            if not self._rules.drums:
                span = self._rules.span_at[self._position]
                self._due = () if span in self._begun else self._rules.spans[span].due
        elif ids.duration <= token < ids.pitch:
            self._duration = token - ids.duration
            self._stage, self._last = "duration", -1
        elif token >= ids.pitch:
            self._strike(token)

    def allowed(self) -> Flags:
        """``[note tokens]`` what may come next."""
        mask = np.zeros(self._ids.end, dtype=np.bool_)
        if self._rules.drums:
            self._allow_drums(mask)
        else:
            self._allow_pitched(mask)
        if not mask.any():
            mask[self._ids.cell] = True
        return mask

    def _strike(self, token: int) -> None:
        ids, self._stage = self._ids, "note"
        self._count += 1
        self._struck += 1
        if token >= ids.drum:
            key = token - ids.drum + ids.lowest_drum
            self._last = token - ids.drum
            self._limbs[limb(key)] = self._limbs.get(limb(key), 0) + 1
            return
        pitch = token - ids.pitch
        span = self._rules.span_at[self._position]
        self._last = pitch
        self._used.append(pitch)
        self._due = tuple(due for due in self._due if due != pitch)
        self._begun.add(span)
        self._pending = pitch if self._rules.spans[span].foreign[pitch] else -1
        self._previous = pitch

    def _allow_drums(self, mask: Flags) -> None:
        ids, rules = self._ids, self._rules
        full = self._count >= rules.most
        if self._stage != "onset" and not full:
            self._allow_onsets(mask, rules.onsets)
        if self._stage != "start":
            if not full or self._stage == "onset":
                keys = mask[ids.drum : ids.end]
                keys[self._last + 1 :] = rules.keys[self._last + 1 :]
                for name, struck in self._limbs.items():
                    if struck >= _LIMBS[name]:
                        keys &= ~_keys_of(name)
            if self._stage == "note":
                mask[ids.cell] = True

    def _allow_pitched(self, mask: Flags) -> None:
        ids, rules, stage = self._ids, self._rules, self._stage
        if stage in ("onset", "duration"):
            pitches = self._pitches()
            if stage == "duration" or self._duration >= 0:
                mask[ids.pitch : ids.drum] = pitches
            if stage == "onset":
                mask[ids.duration : ids.pitch] = True
                if self._duration >= 0:
                    mask[ids.duration + self._duration] = False
            return
        full = self._count >= rules.most
        if stage == "note" and (self._due or (self._struck < rules.voices and not full)):
            pitches = self._pitches()
            mask[ids.pitch + self._last + 1 : ids.drum] = pitches[self._last + 1 :]
            if pitches.any():
                mask[ids.duration + self._duration + 1 : ids.pitch] = True
        if self._due:
            return
        if not full or self._pending >= 0:
            self._allow_onsets(mask, rules.onsets)
        if stage == "note" and self._pending < 0:
            mask[ids.cell] = True

    def _allow_onsets(self, mask: Flags, onsets: Flags) -> None:
        first = self._position + 1
        start = self._ids.position
        mask[start + first : start + len(onsets)] = onsets[first:]

    def _pitches(self) -> Flags:
        """Pitches that may be struck at the position that holds, none of them twice."""
        pitches = self._candidates()
        if self._used:
            pitches = pitches.copy()
            pitches[self._used] = False
        return pitches

    def _candidates(self) -> Flags:
        rules = self._rules
        number = rules.span_at[self._position]
        span = rules.spans[number]
        if self._pending >= 0 and self._struck == 0:
            resolving = span.resolving & _near(self._pending)
            return resolving if resolving.any() else span.first
        if self._due:
            # The lowest that is due must come, and nothing above it first.
            return self._up_to(span.pitches, min(self._due))
        if number not in self._begun:
            return self._first(span)
        if rules.last_foreign >= self._position and self._struck == 0 and self._previous >= 0:
            return span.pitches | (span.foreign & _near(self._previous))
        return self._up_to(span.pitches, _PITCHES)

    def _first(self, span: SpanRules) -> Flags:
        """With what a chord may begin, as a tendency tone before it wants."""
        moves = span.tendencies.get(self._previous % 12) if self._previous >= 0 else None
        if moves is None or self._struck:
            return span.first
        wanted = np.zeros(_PITCHES, dtype=np.bool_)
        wanted[[p for p in (self._previous + move for move in moves) if 0 <= p < _PITCHES]] = True
        wanted &= span.first
        return wanted if wanted.any() else span.first

    def _up_to(self, pitches: Flags, highest: int) -> Flags:
        """Pitches up to one; where voices are spaced, within an octave of those struck."""
        lowest = 0
        if self._rules.spaced and self._used:
            highest = min(highest, max(self._used) + _OCTAVE)
            lowest = max(min(self._used) - _OCTAVE, 0)
        if lowest == 0 and highest >= _PITCHES - 1:
            return pitches
        within = pitches.copy()
        within[highest + 1 :] = False
        within[:lowest] = False
        return within


def _near(pitch: int) -> Flags:
    """``[128]`` pitches a step away."""
    near = np.zeros(_PITCHES, dtype=np.bool_)
    near[max(pitch - _STEP, 0) : pitch + _STEP + 1] = True
    near[pitch] = False
    return near


@lru_cache(maxsize=len(_LIMBS))
def _keys_of(name: str) -> Flags:
    """``[drum tokens]`` keys that a limb strikes."""
    ids = token_ids()
    keys = range(ids.lowest_drum, ids.lowest_drum + ids.end - ids.drum)
    return np.array([limb(key) == name for key in keys])


def allows(rules: CellRules, tokens: Sequence[int], previous: int = -1) -> bool:
    """Whether a cell could have been drawn by its rules.

    Args:
        rules: The rules.
        tokens: The cell's tokens, without what ends it.
        previous: The pitch on which the part ended the bar before; -1 where it rested.
    """
    state = CellState(rules, previous)
    for token in (*tokens, token_ids().cell):
        if not state.allowed()[token]:
            return False
        state.take(token)
    return True


def positions() -> int:
    """Positions that a bar may have."""
    return vocabulary().positions

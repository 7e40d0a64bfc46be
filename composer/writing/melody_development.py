"""Development: the motif is sung once, then its returns are what was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from composer.theory.meter import Meter
from composer.writing.melody_pitch import NoteWish, StepChain
from composer.writing.melody_theme import Slot, Theme
from composer.writing.motif import OPERATIONS, Motif

_TRIALS = 12
_LITERAL = "mn"
_SUNG, _AGAIN, _DEVELOPED, _ENDING = 0.25, 0.35, 0.55, 1.0  # spreads in steps


@dataclass(frozen=True, slots=True)
class Development:
    """Wishes of a phrase, made to follow from its motifs.

    Args:
        chain: The chain of steps.
        meter: The meter.
    """

    chain: StepChain
    meter: Meter

    def developed(
        self, theme: Theme, wishes: Sequence[NoteWish], rng: np.random.Generator
    ) -> list[NoteWish]:
        """Sing each motif where it first comes, and aim its returns at what was made of it.

        Args:
            theme: The phrase; nothing is done if it has been sung before.
            wishes: Its notes.
            rng: Randomness.
        """
        result = list(wishes)
        if theme.steps:
            return result
        motifs = dict(theme.bars)
        sung: dict[str, Motif] = {}
        for slot in theme.slots:
            if not slot.source or not slot.count:
                continue
            if slot.source not in sung:
                if slot.sign in _LITERAL:
                    inside = range(slot.first, slot.first + slot.count)
                    own = [wishes[i] for i in inside]
                    if any(tone.step for tone in motifs[slot.source]):
                        own = self._recalled(slot, motifs[slot.source], wishes)
                    steps = self.chain.best_of(_TRIALS, own, None, rng)
                    for i, step in zip(inside, steps, strict=True):
                        result[i] = wishes[i].aimed(step, _SUNG)
                    sung[slot.source] = tuple(
                        tone._replace(step=step)
                        for tone, step in zip(motifs[slot.source], steps, strict=True)
                    )
                continue
            self._follow(slot, sung[slot.source], wishes, result)
        return result

    def _recalled(self, slot: Slot, motif: Motif, wishes: Sequence[NoteWish]) -> list[NoteWish]:
        """Aim the notes of a motif that the piece before has sung at its steps."""
        steps = [tone.step for tone in motif][: slot.count]
        shift = self._moved(slot, steps, wishes)
        aimed = list(wishes[slot.first : slot.first + slot.count])
        for k, step in enumerate(steps):
            aimed[k] = replace(aimed[k], target=float(step + shift), spread=_AGAIN)
        return aimed

    def _follow(
        self, slot: Slot, motif: Motif, wishes: Sequence[NoteWish], result: list[NoteWish]
    ) -> None:
        """Aim the notes of a return at the motif as its sign has it."""
        if slot.sign == "v":
            half = self.meter.middle
            steps = [tone.step for tone in motif if tone.onset < half]
        else:
            steps = [tone.step for tone in OPERATIONS.get(slot.sign, _head)(motif, self.meter)]
        steps = steps[: slot.count]
        shift = 0
        if slot.sign not in _LITERAL:
            shift = self._moved(slot, steps, wishes)
        spread = _AGAIN if slot.sign in _LITERAL else _DEVELOPED
        for k, step in enumerate(steps):
            i = slot.first + k
            freer = max(spread, _ENDING) if wishes[i].goal else spread
            result[i] = replace(wishes[i], target=float(step + shift), spread=freer)

    def _moved(self, slot: Slot, steps: Sequence[int], wishes: Sequence[NoteWish]) -> int:
        """By how many steps a return is moved: where it fits the chords best, a sequence not at 0.

        Source: Schoenberg (1967), chapter 4: a sequence follows the harmony.
        """
        ladder = self.chain.ladder.steps
        best, best_fit = 0, -9.0
        for shift in (-1, 1, -2, 2, 3, -3, 0):
            if shift == 0 and slot.sign == "s":
                continue
            fits = 0.0
            for k, step in enumerate(steps):
                wish = wishes[slot.first + k]
                if ladder[0] <= step + shift <= min(ladder[-1], wish.ceiling):
                    pitch = self.chain.pitch(step + shift, wish.chord, wish.key)
                    fits += (pitch % 12 in wish.chord.numbers) * wish.weight
                else:
                    fits -= 2
            fits = fits / max(1, len(steps)) - 0.05 * abs(shift)
            if fits > best_fit:
                best, best_fit = shift, fits
        return best


def _head(motif: Motif, meter: Meter) -> Motif:
    """The notes of a motif before the middle of its bar, with which a cadence may begin."""
    return tuple(tone for tone in motif if tone.onset < meter.middle)

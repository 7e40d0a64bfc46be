"""Chords on their way into the plan, and how a line of them is rewritten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from composer.theory.chord import Chord, ChordVocabulary
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.theory.pitch import PitchClass


@dataclass(frozen=True, slots=True)
class Step:
    """A chord that is planned, before its span is known.

    Args:
        onset: Onset in quarters from the start of its line.
        chord: The chord.
        key: The key that it is heard in.
        goal: Whether a cadence leads to it, so that it must stay.
        plain: Whether it may still be coloured.
        leads: Root that must follow; None where anything may.
    """

    onset: Fraction
    chord: Chord
    key: Key
    goal: bool = False
    plain: bool = True
    leads: PitchClass | None = None

    @property
    def degree(self) -> int:
        """Semitones of the root above the tonic."""
        return (self.chord.root.number - self.key.tonic.number) % 12

    def moved(self, quarters: Fraction) -> Step:
        """The same, later."""
        return replace(self, onset=self.onset + quarters)


@dataclass(frozen=True, slots=True)
class Line:
    """The steps of a phrase, or of a part of one.

    Args:
        steps: The steps in order of time; the first one opens the line.
        end: Where the line ends, in quarters.
        meter: Time signature; bars begin at multiples of its length.
        vocabulary: How chords are read.
    """

    steps: tuple[Step, ...]
    end: Fraction
    meter: Meter
    vocabulary: ChordVocabulary

    def end_of(self, index: int) -> Fraction:
        """Where a step ends."""
        return self.steps[index + 1].onset if index + 1 < len(self.steps) else self.end

    def length_of(self, index: int) -> Fraction:
        """How long a step lasts."""
        return self.end_of(index) - self.steps[index].onset

    def late(self, index: int) -> Fraction | None:
        """Where a step can make room for a chord that leads on: the middle of its last bar.

        None where it lasts less than a bar.
        """
        bar, step, end = self.meter.bar_quarters, self.steps[index], self.end_of(index)
        if end - step.onset < bar or end % bar:
            return None
        return end - bar + self.meter.middle

    def chord(self, root: PitchClass, symbol: str, bass: PitchClass | None = None) -> Chord:
        """A chord by its root and the suffix of its absolute symbol."""
        return Chord(root, self.vocabulary.by_symbol[symbol], root if bass is None else bass)

    def numeral(self, text: str, key: Key) -> Chord:
        """A chord by its numeral."""
        return self.vocabulary.parse(text, key.tonic)

    def rewritten(self, rewrite: Rewrite) -> Line:
        """The line with some steps replaced."""
        steps = (*self.steps[: rewrite.start], *rewrite.steps, *self.steps[rewrite.stop :])
        return replace(self, steps=steps)


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One way to rewrite a line.

    Args:
        start: First step that is replaced.
        stop: First step after those that are replaced.
        steps: What stands there instead.
        weight: How much it suits, beside the others.
    """

    start: int
    stop: int
    steps: tuple[Step, ...]
    weight: float = 1.0


def settled(steps: Sequence[Step]) -> tuple[Step, ...]:
    """Leave out steps that lead to a chord which does not follow; the one before goes on.

    The first step always stays.
    """
    kept: list[Step] = []
    for index in range(len(steps) - 1, -1, -1):
        step = steps[index]
        follows = kept[-1].chord.root if kept else None
        if step.leads is None or index == 0 or follows == step.leads:
            kept.append(step)
    return tuple(reversed(kept))

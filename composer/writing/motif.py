"""Motifs, and what composers do to them: each operation is a pure function on a bar of tones.

Source: Schoenberg, *Fundamentals of Musical Composition* (1967), chapters 3 to 5; Caplin,
*Classical Form* (1998), chapter 3, on fragmentation; Réti, *The Thematic Process in Music* (1951).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from composer.theory.meter import Meter

_SIXTEENTH = Fraction(1, 4)
_QUARTER = Fraction(1)


class Tone(NamedTuple):
    """A note of a motif.

    Args:
        onset: Onset from the start of the motif's bar, in quarters.
        length: Length in quarters.
        step: Step on the ladder of the scale.
    """

    onset: Fraction
    length: Fraction
    step: int


Motif = tuple[Tone, ...]
Operation = Callable[[Motif, Meter], Motif]


def literal(motif: Motif, meter: Meter) -> Motif:
    """The motif again, note for note."""
    del meter
    return motif


def sequenced(motif: Motif, by: int) -> Motif:
    """The motif moved by steps of the scale: a diatonic sequence.

    >>> sequenced((Tone(Fraction(0), Fraction(1), 7),), 2)[0].step
    9
    """
    return tuple(tone._replace(step=tone.step + by) for tone in motif)


def inverted(motif: Motif, meter: Meter) -> Motif:
    """The motif upside down: what rose falls by as many steps, around its first note."""
    del meter
    return tuple(tone._replace(step=2 * motif[0].step - tone.step) for tone in motif)


def augmented(motif: Motif, meter: Meter) -> Motif:
    """The first half of the motif at half its pace, as far as the bar reaches."""
    bar = meter.bar_quarters
    slow = (tone._replace(onset=2 * tone.onset, length=2 * tone.length) for tone in motif)
    return tuple(t._replace(length=min(t.length, bar - t.onset)) for t in slow if t.onset < bar)


def diminished(motif: Motif, meter: Meter) -> Motif:
    """The motif at twice its pace, then silence; what falls between sixteenths is left out."""
    if 3 in meter.beats:
        return fragmented(motif, meter)
    fast = [tone._replace(onset=tone.onset / 2, length=tone.length / 2) for tone in motif]
    kept = [tone for tone in fast if tone.onset % _SIXTEENTH == 0]
    ends = [tone.onset for tone in kept[1:]] + [meter.bar_quarters] if kept else []
    return tuple(
        tone._replace(length=min(max(tone.length, _SIXTEENTH), end - tone.onset))
        for tone, end in zip(kept, ends, strict=True)
    )


def fragmented(motif: Motif, meter: Meter) -> Motif:
    """The head of the motif twice in the time of the whole, the second time a step lower."""
    bar = meter.bar_quarters
    middle = meter.middle if len(meter.beats) > 1 else bar / 2
    head = [t._replace(length=min(t.length, middle - t.onset)) for t in motif if t.onset < middle]
    again = [
        tone._replace(
            onset=tone.onset + middle,
            length=min(tone.length, bar - middle - tone.onset),
            step=tone.step - 1,
        )
        for tone in head
        if tone.onset + middle < bar
    ]
    return tuple(head + again)


def ornamented(motif: Motif, meter: Meter) -> Motif:
    """The motif with its longer notes broken: the second half steps towards what follows."""
    del meter
    result: list[Tone] = []
    for index, tone in enumerate(motif):
        if tone.length < _QUARTER or tone.length > 2 * _QUARTER:
            result.append(tone)
            continue
        half = tone.length / 2
        following = motif[index + 1].step if index + 1 < len(motif) else tone.step
        between = tone.step + (1 if following >= tone.step else -1)
        result.append(tone._replace(length=half))
        result.append(Tone(tone.onset + half, half, between))
    return tuple(result)


OPERATIONS: dict[str, Operation] = {
    "m": literal,
    "s": literal,  # moved by the phrase to where it suits the chords
    "n": literal,
    "i": inverted,
    "g": augmented,
    "d": diminished,
    "f": fragmented,
    "o": ornamented,
}
"""What each sign of a phrase does to its motif."""

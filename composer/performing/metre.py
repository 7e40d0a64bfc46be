"""The weight of a place in the bar, as a player leans on it."""

from __future__ import annotations

from fractions import Fraction

from composer.theory.meter import Meter

_BEATS = {3: 1.0, 2: 0.55, 1: 0.2}
_OFF, _SUB = -0.25, -0.6
_STRONG = 2  # strength from which a beat is strong


class Metre:
    """Weights of the places of a bar, each worked out once.

    Args:
        meter: The time signature.

    Source: Lerdahl and Jackendoff, *A Generative Theory of Tonal Music* (1983), chapter 4; that
    players accent by it: Sloboda, "The communication of musical metre in piano performance" (1983).
    """

    def __init__(self, meter: Meter) -> None:
        self._bar = meter.bar_quarters
        self._strengths = dict(zip(meter.beat_onsets, meter.strengths, strict=True))
        self._halves = {
            onset + length / 2
            for onset, length in zip(meter.beat_onsets, meter.beat_quarters, strict=True)
        }
        self._next = [*meter.beat_onsets[1:], meter.bar_quarters]
        self._weights: dict[Fraction, float] = {}

    def weight(self, onset: Fraction) -> float:
        """From 1 (the first of the bar) to -0.6 (between half beats)."""
        place = onset % self._bar
        found = self._weights.get(place)
        if found is None:
            found = self._weight(place)
            self._weights[place] = found
        return found

    def lean(self, onset: Fraction, end: Fraction) -> float:
        """The weight of a note: one held over a beat takes that beat's, since it anticipates it."""
        weight = self.weight(onset)
        place = onset % self._bar
        if place in self._strengths:
            return weight
        beat = next(start for start in self._next if start > place) - place + onset
        return max(weight, 0.8 * self.weight(beat)) if end > beat else weight

    def is_strong(self, onset: Fraction) -> bool:
        """Whether a strong beat begins here."""
        return self._strengths.get(onset % self._bar, 0) >= _STRONG

    def _weight(self, place: Fraction) -> float:
        if place in self._strengths:
            return _BEATS[self._strengths[place]]
        return _OFF if place in self._halves else _SUB

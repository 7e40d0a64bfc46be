"""Half and double time: the same beat felt half or twice as fast, while the hands keep time."""

from __future__ import annotations

from fractions import Fraction

from composer.theory.meter import Meter
from composer.writing.drum_strokes import Strikes

_CARRIERS = (35, 36, 37, 38, 39, 40, 41, 43, 45, 47, 48, 50)  # kick, backbeat and toms
_KICK, _SNARE = 36, 38
_FIRM = 0.8
_FINEST = 4  # strokes a quarter


def paced(strikes: Strikes, meter: Meter, pace: str) -> None:
    """Move a bar into ``half`` or ``double`` time; ``normal`` leaves it as it is."""
    if pace == "half":
        halved_pace(strikes, meter)
    elif pace == "double":
        _double_pace(strikes, meter)


def halved_pace(strikes: Strikes, meter: Meter) -> None:
    """Half time: kick, snare and toms of the first half take the whole bar.

    A bar with an odd number of beats keeps its downbeat and its last backbeat.
    """
    carried = _taken(strikes)
    half = meter.bar_quarters / 2
    if len(meter.beats) % 2 == 0:
        for onset, keys in carried.items():
            if onset < half:
                strikes.setdefault(2 * onset, {}).update(keys)
        return
    backs = [o for o, keys in carried.items() if _firm_snare(keys) and o > 0]
    for onset in (Fraction(0), max(backs, default=Fraction(0))):
        if onset in carried:
            strikes.setdefault(onset, {}).update(carried[onset])


def _double_pace(strikes: Strikes, meter: Meter) -> None:
    """Double time: kick and snare play the bar twice; in odd bars, on each beat and off it."""
    carried = _taken(strikes)
    half = meter.bar_quarters / 2
    if len(meter.beats) % 2 == 0:
        for onset, keys in carried.items():
            for start in (Fraction(0), half):
                place = start + onset / 2
                if (place * _FINEST).denominator == 1:
                    strikes.setdefault(place, {}).update(keys)
        return
    for onset, eighths in zip(meter.beat_onsets, meter.beats, strict=True):
        strikes.setdefault(onset, {})[_KICK] = 1.0
        strikes.setdefault(onset + Fraction(eighths - 1, 2), {})[_SNARE] = 0.95


def _firm_snare(keys: dict[int, float]) -> bool:
    return any(keys.get(key, 0.0) >= _FIRM for key in _CARRIERS if key != _KICK)


def _taken(strikes: Strikes) -> Strikes:
    """Take what carries the beat out of a bar."""
    taken: Strikes = {}
    for onset in list(strikes):
        own = {key: v for key, v in strikes[onset].items() if key in _CARRIERS}
        if own:
            taken[onset] = own
            for key in own:
                del strikes[onset][key]
            if not strikes[onset]:
                del strikes[onset]
    return taken

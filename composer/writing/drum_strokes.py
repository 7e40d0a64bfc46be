"""Strokes of a bar of drums: from rows of signs to keys and accents, as limbs can play them."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from composer.checking.drums import FEET, HANDS, limb
from composer.rulebook.figures import strokes
from composer.rulebook.grooves import KEYS
from composer.theory.meter import Meter

Strikes = dict[Fraction, dict[int, float]]
"""Accents by key and onset within the bar; 1.0 is an accent of the snare."""

# What a sign is worth on each limb. The signs are absolute velocities of an electronic kit, whose
# kick and cross-stick speak softly and whose hi-hat speaks loudly; this evens them out.
_ACCENT = {"X": 1.06, "x": 0.84, "g": 0.46}
_ACCENTS = {
    "kick": {"X": 1.06, "x": 1.0, "g": 0.86},
    "rim": {"X": 1.0, "x": 0.92, "g": 0.72},
    "hat": {"X": 0.88, "x": 0.74, "g": 0.54},
    "ride": {"X": 0.86, "x": 0.74, "g": 0.58},
    "bell": {"X": 0.84, "x": 0.72, "g": 0.56},
    "open_hat": {"X": 0.86, "x": 0.74, "g": 0.6},
    "pedal_hat": {"X": 0.6, "x": 0.54, "g": 0.44},
    "crash": {"X": 1.05, "x": 0.95, "g": 0.85},
    "china": {"X": 0.9, "x": 0.8, "g": 0.65},
    "tom_floor": {"X": 1.05, "x": 0.9, "g": 0.7},
    "tom_low": {"X": 1.05, "x": 0.9, "g": 0.7},
    "tom_mid": {"X": 1.05, "x": 0.9, "g": 0.7},
    "tom_high": {"X": 1.05, "x": 0.9, "g": 0.7},
    "sweep": {"X": 0.7, "x": 0.55, "g": 0.42},
}
# Which hands a drummer drops first when a third would be needed.
_KEEP = (49, 57, 52, 55, 38, 40, 37, 50, 47, 43, 41, 46, 53, 51, 42)
_GRACE = Fraction(1, 16)  # quarters by which the first stroke of a flam comes before the second
_GRACE_SHARE = 0.5
_RUFFLED = {  # quarters after the first stroke, with the share of its accent
    "r": ((Fraction(0), 1.0), (Fraction(1, 8), 0.86)),
    "t": ((Fraction(0), 1.0), (Fraction(1, 6), 0.82), (Fraction(1, 3), 0.9)),
}
_PLAIN = {"r": "x", "t": "x", "f": "X"}
FASTEST_ROLL = 210.0
"""Quarters a minute up to which a stick can play 32nds and flams apart."""


def accent(limb_name: str, sign: str) -> float:
    """What a sign is worth on a limb of the kit."""
    return _ACCENTS.get(limb_name, _ACCENT)[_PLAIN.get(sign, sign)]


def strike(
    strikes: Strikes, onset: Fraction, key: int, sign: str, loud: float, *, quick: bool
) -> None:
    """Strike a key as a sign says: once, as a roll of two or three, or as a flam.

    Args:
        strikes: The bar, which it is added to.
        onset: Onset within the bar.
        key: General MIDI percussion key.
        sign: One of `composer.rulebook.grooves.SIGNS`.
        loud: Accent.
        quick: Whether rolls and flams can be played; otherwise a single stroke stands for them.
    """
    if quick and sign == "f" and onset > 0:
        strikes.setdefault(onset - _GRACE, {})[key] = _GRACE_SHARE * loud
    for after, share in _RUFFLED[sign] if quick and sign in _RUFFLED else ((Fraction(0), 1.0),):
        strikes.setdefault(onset + after, {})[key] = share * loud


def strike_rows(rows: Mapping[str, tuple[str, ...]], meter: Meter, *, quick: bool) -> Strikes:
    """The strokes of the rows of a beat, fitted to a meter."""
    found: Strikes = {}
    total = meter.bar_quarters
    for name, cells in rows.items():
        for stroke in strokes(cells, meter):
            room = quick and stroke.onset + Fraction(1, 2) <= total
            loud = accent(name, stroke.sign)
            strike(found, stroke.onset, KEYS[name], stroke.sign, loud, quick=room)
    return found


def copied(strikes: Strikes) -> Strikes:
    """A copy that may be changed."""
    return {onset: dict(keys) for onset, keys in strikes.items()}


def cut(strikes: Strikes, start: Fraction, end: Fraction | None = None) -> None:
    """Silence a bar from one moment to another, or to its end."""
    for onset in [o for o in strikes if o >= start and (end is None or o < end)]:
        del strikes[onset]


def free_hand(strikes: Strikes, onset: Fraction) -> bool:
    """Whether the drummer has a hand to spare at an onset."""
    return sum(limb(key) == "hand" for key in strikes.get(onset, ())) < HANDS


def without_third_hands(strikes: Strikes) -> Strikes:
    """The bar as one drummer and one percussionist can play it; a flam takes both hands."""
    found: Strikes = {}
    for onset, keys in strikes.items():
        grace = {
            key
            for key in strikes.get(onset - _GRACE, ())
            if key in keys and limb(key) == "hand" and onset - _GRACE > 0
        }
        kept = playable({k: v for k, v in keys.items() if k in grace or limb(k) != "hand"})
        found[onset] = {key: keys[key] for key in (kept if grace else playable(keys))}
    return found


def playable(keys: Mapping[int, float]) -> list[int]:
    """Thin out what cannot be struck at once: two hands and two feet, and two hands beside them.

    >>> playable({42: 1.0, 38: 1.0, 49: 1.0, 36: 1.0})
    [36, 38, 49]
    """
    hands = [key for key in keys if limb(key) == "hand"]
    if 42 in hands and 46 in hands:
        hands.remove(42)
    ranked = sorted(hands, key=lambda k: _KEEP.index(k) if k in _KEEP else len(_KEEP))
    feet = [key for key in keys if limb(key) == "foot"]
    if 42 in hands or 46 in hands:
        feet = [key for key in feet if key != 44]  # the foot that closes it is not heard
    beside = sorted(k for k in keys if limb(k) == "percussion")
    return sorted(ranked[:HANDS] + feet[:FEET] + beside[:HANDS])

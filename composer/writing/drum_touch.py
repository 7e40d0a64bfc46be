"""A drummer's touches on a beat: ghost notes, open hats, rolls, the ride, cross-sticks, brushes."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from composer.music.seeding import pick
from composer.theory.meter import Meter
from composer.writing.drum_strokes import Strikes, free_hand

KICK, RIM, SNARE, SWEEP = 36, 37, 38, 40
HAT, PEDAL, OPEN, RIDE, BELL = 42, 44, 46, 51, 53
_GHOST = 0.42
_FIRM = 0.8  # accent from which a stroke of the snare is a backbeat
_BELL_FROM = 0.84
_SIXTEENTH, _EIGHTH = Fraction(1, 4), Fraction(1, 2)
_MOST_ON_RIDE = 8  # strokes a bar that the hand takes from the hi-hat to the ride


def ghosted(strikes: Strikes, meter: Meter, chance: float, rng: np.random.Generator) -> None:
    """Add ghost notes a sixteenth before and after the backbeats."""
    backs = [o for o in sorted(strikes) if strikes[o].get(SNARE, 0.0) >= _FIRM]
    for back in backs:
        for place in (back - _SIXTEENTH, back + _SIXTEENTH):
            wanted = rng.random() < chance
            struck = strikes.get(place, {})
            taken = SNARE in struck or KICK in struck or not free_hand(strikes, place)
            if wanted and 0 < place < meter.bar_quarters and not taken:
                strikes.setdefault(place, {})[SNARE] = _GHOST


def on_ride(strikes: Strikes, meter: Meter) -> None:
    """Move the hand from the hi-hat to the ride, where it plays no more than eighths."""
    hats = [onset for onset in strikes if HAT in strikes[onset]]
    if not 1 <= len(hats) <= max(_MOST_ON_RIDE, int(2 * meter.bar_quarters)):
        return
    for onset in hats:
        strikes[onset][RIDE] = strikes[onset].pop(HAT)


def on_bell(strikes: Strikes) -> None:
    """Strike the accents of the ride on its bell."""
    for keys in strikes.values():
        if keys.get(RIDE, 0.0) >= _BELL_FROM:
            keys[BELL] = keys.pop(RIDE)


def with_rim(strikes: Strikes) -> None:
    """Lay the stick across: backbeats are cross-sticks, and ghost notes fall silent."""
    for keys in strikes.values():
        if SNARE in keys:
            loud = keys.pop(SNARE)
            if loud >= _FIRM:
                keys[RIM] = 0.94 * loud


def opened(strikes: Strikes, meter: Meter) -> None:
    """Open the hi-hat on the last off-beat of the bar, where the hand is on it."""
    last = meter.bar_quarters - _EIGHTH
    if HAT in strikes.get(last, {}):
        strikes[last][OPEN] = strikes[last].pop(HAT)
        strikes.get(last + _SIXTEENTH, {}).pop(HAT, None)


def wide_open(strikes: Strikes) -> None:
    """Leave the hi-hat open on its eighths, as loud choruses have it."""
    for onset, keys in strikes.items():
        if HAT in keys and onset.denominator <= 2:
            keys[OPEN] = keys.pop(HAT)
        keys.pop(PEDAL, None)


def comped(strikes: Strikes, meter: Meter, rng: np.random.Generator) -> None:
    """Comp with the left hand: a stroke or two of the snare off the beat, at times a bomb.

    What the snare softly had is left out, so that bars answer each other.
    """
    for keys in strikes.values():
        if keys.get(SNARE, 0.0) < _FIRM:
            keys.pop(SNARE, None)
    places = [
        onset + Fraction(eighths - 1, 2)
        for onset, eighths in zip(meter.beat_onsets, meter.beats, strict=True)
    ]
    places = [onset for onset in places if free_hand(strikes, onset)]
    for _ in range(1 if rng.random() < 0.55 else 2):
        if places:
            onset = places.pop(int(rng.random() * len(places)))
            strikes.setdefault(onset, {})[SNARE] = 0.46 + 0.22 * rng.random()
    if places and rng.random() < 0.3:
        strikes.setdefault(places[-1], {})[KICK] = 0.86


def rolled(strikes: Strikes, meter: Meter, rng: np.random.Generator) -> None:
    """Let the hi-hat roll for an eighth or a beat: in 32nds or triplets, rising or falling."""
    places = [
        onset
        for onset in sorted(strikes)
        if HAT in strikes[onset]
        and onset >= meter.beat_onsets[1 if len(meter.beats) > 1 else 0]
        and onset.denominator <= 2
    ]
    if not places:
        return
    start = places[int(rng.random() * len(places))]
    length = pick(rng, (_EIGHTH, Fraction(1)), (3, 1))
    length = min(length, meter.bar_quarters - start)
    parts = pick(rng, (Fraction(1, 8), Fraction(1, 6)), (2, 1))
    rising = rng.random() < 0.5
    count = int(length / parts)
    for onset in [o for o in strikes if start < o < start + length]:
        strikes[onset].pop(HAT, None)
        if not strikes[onset]:
            del strikes[onset]
    for index in range(count):
        place = index / max(1, count - 1)
        loud = 0.52 + 0.3 * (place if rising else 1 - place)
        strikes.setdefault(start + index * parts, {})[HAT] = loud


def brushed(strikes: Strikes, meter: Meter) -> None:
    """Play with brushes: soft strokes are swirls, and where the snare rests a swirl a beat."""
    for keys in strikes.values():
        if 0 < keys.get(SNARE, 0.0) < _FIRM:
            keys[SWEEP] = keys.pop(SNARE)
    if sum(SNARE in keys or SWEEP in keys for keys in strikes.values()) < 2:
        for onset in meter.beat_onsets:
            if free_hand(strikes, onset):
                strikes.setdefault(onset, {})[SWEEP] = _GHOST


def varied(strikes: Strikes, meter: Meter, pulse: str, rng: np.random.Generator) -> None:
    """Change the end of a bar a little, as a drummer does who has played it three times."""
    total = meter.bar_quarters
    last, late = total - _EIGHTH, total - _SIXTEENTH
    struck = strikes.get(last, {})
    moves = {
        "kick": 2.0 if KICK not in struck and SNARE not in struck else 0.0,
        "late": 1.0 if KICK not in strikes.get(late, {}) and pulse not in ("bossa", "swing") else 0,
        "open": 1.5 if HAT in struck else 0.0,
        "drag": 1.5 if SNARE not in strikes.get(late, {}) and free_hand(strikes, late) else 0.0,
        "comp": 2.0 if SNARE not in struck and free_hand(strikes, last) else 0.0,
    }
    if pulse in ("one-drop", "four-on-the-floor", "steppers"):
        moves["kick"] = moves["late"] = 0.0
    if not any(moves.values()):
        return
    move = pick(rng, list(moves), moves.values())
    if move in ("kick", "late"):
        strikes.setdefault(last if move == "kick" else late, {})[KICK] = 0.94
    elif move == "open":
        opened(strikes, meter)
    else:
        strikes.setdefault(late if move == "drag" else last, {})[SNARE] = 0.62

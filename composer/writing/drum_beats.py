"""Which beats a style's drummer plays in a meter, and how good each is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import lru_cache
from statistics import fmean

from composer.rulebook.figures import strokes
from composer.rulebook.grooves import DrumBar, Groove
from composer.rulebook.style_drums import DrumStyle
from composer.theory.meter import Meter

# Whose beats serve where a meter has none for a pulse.
_KIN: dict[str, tuple[str, ...]] = {
    "shuffle": ("backbeat",),
    "steppers": ("four-on-the-floor",),
    "train": ("folk",),
    "waltz": ("folk",),
    "folk": ("train",),
    "bossa": ("latin",),
    "samba": ("latin",),
    "latin": ("bossa",),
    "breakbeat": ("backbeat",),
    "blast": ("backbeat",),
    "one-drop": ("half-time",),
    "trap": ("half-time",),
}
_HALVED = ("one-drop", "trap", "half-time")
_SWING = {0, 4, 6, 8, 12, 14}  # sixteenths of the ride's figure: one, two and, three, four and
_TIME = ("hat", "open_hat", "pedal_hat", "ride", "bell")
_BACKS = ("snare", "rim", "clap")
_TOMS = ("tom_floor", "tom_low", "tom_mid", "tom_high")
_ALIKE = 0.5  # likeness to a beat of the pulse that makes a groove's beat one of its own
_OWN = 0.65  # likeness from which a groove needs no other beats for a pulse
_FITTED = 0.12  # weight of a beat that was played in another meter
_STRANGE = 0.1  # weight of a written beat that another pulse carries than its groove's
_LEAST = 1e-6

Mark = tuple[str, Fraction]


def choices(
    groove: Groove, style: DrumStyle, archetypes: tuple[DrumBar, ...], meter: Meter
) -> tuple[list[tuple[DrumBar, float]], bool]:
    """The beats for a meter, each with its weight before energy is asked.

    A groove's beats in the meter come first, and a style's own; then those that fit it and are
    alike to what carries the style's beat; then the common beats of that kind.

    Args:
        groove: The family's beats.
        style: How the style drums.
        archetypes: Beats of the meter's name by pulse.
        meter: The meter.

    Returns:
        The beats, and whether they are to be played at half pace, because the pulse lies on half
        as many beats and the meter has none of its kind.
    """
    counted = meter.counted
    own = [beat for beat in style.own if beat.meter == counted]
    named = [b for b in groove.beats if not style.beats or b.name in style.beats]
    if own and not style.beats:
        return [(beat, 1.0) for beat in own], False
    exact = own + [beat for beat in named if beat.meter == counted]
    loose = [beat for beat in named if not beat.meter]
    if exact and (counted != "4/4" or not loose):
        return [(beat, 1.0) for beat in exact], False
    pulse = groove.pulse if style.pulse == "free" else style.pulse
    models, halved = _models(pulse, archetypes, counted)
    if counted == "4/4" and loose:
        return [(beat, 1.0) for beat in own] + _in_four(loose, groove, style, models, meter), False
    fitting = [(beat, _likeness(beat, models, meter)) for beat in loose]
    usual = fmean(beat.count for beat in loose) if loose else 1.0
    found = [(beat, 1.0) for beat in models]
    if not halved:
        found += [(b, _FITTED * min(2.0, b.count / usual) * s) for b, s in fitting if s >= _ALIKE]
    return found, halved


def _in_four(
    loose: list[DrumBar],
    groove: Groove,
    style: DrumStyle,
    models: tuple[DrumBar, ...],
    meter: Meter,
) -> list[tuple[DrumBar, float]]:
    """The groove's own beats in 4/4, by how common and how sound they are."""
    written = all(beat.count == 1 for beat in loose)
    if written and style.pulse in ("free", groove.pulse):
        usual_pulse = ("", groove.pulse)
        return [(beat, 1.0 if beat.pulse in usual_pulse else _STRANGE) for beat in loose]
    sound = _SOUND.get(style.pulse)
    if sound is not None and not written:
        return [(beat, beat.count * sound(beat)) for beat in loose]
    likeness = [_likeness(beat, models, meter) * _untommed(beat) for beat in loose]
    steep = 2.0 if style.pulse == groove.pulse else 3.0
    least = 0.7 * max(likeness)
    found = [
        (beat, beat.count * share**steep)
        for beat, share in zip(loose, likeness, strict=True)
        if share >= least
    ]
    if max(likeness) >= _OWN:
        return found
    usual = fmean(beat.count for beat in loose)
    return [(beat, usual) for beat in models] + found


def _models(
    pulse: str, archetypes: tuple[DrumBar, ...], counted: str
) -> tuple[tuple[DrumBar, ...], bool]:
    """Beats of a pulse or of its next of kin; whether they are to be halved."""
    for kind in (pulse, *_KIN.get(pulse, ()), "backbeat"):
        found = tuple(b for b in archetypes if b.pulse == kind and b.meter == counted)
        if found:
            return found, pulse in _HALVED and kind == "backbeat"
    return (), False


@lru_cache(maxsize=1024)
def _marks(cells: tuple[str, ...], limb: str, meter: Meter) -> frozenset[Mark]:
    group = "time" if limb in _TIME else "back" if limb in _BACKS else limb
    found = set()
    for stroke in strokes(cells, meter):
        soft = group == "back" and stroke.sign == "g"
        found.add(("ghost" if soft else group, stroke.onset))
        if group == "back" and stroke.sign == "X":
            found.add(("accent", stroke.onset))
    return frozenset(found)


def marks(beat: DrumBar, meter: Meter) -> frozenset[Mark]:
    """What a beat strikes when: kick, backbeat and its accents, ghosts, time and toms."""
    return frozenset().union(*(_marks(c, limb, meter) for limb, c in beat.rows.items()))


def alike(one: Iterable[Mark], other: Iterable[Mark]) -> float:
    """Share of strokes that two beats have in common, 0–1; kick and backbeat count double."""
    a, b = set(one), set(other)
    weigh = {"kick": 2, "back": 2}
    union = sum(weigh.get(group, 1) for group, _ in a | b)
    return sum(weigh.get(group, 1) for group, _ in a & b) / max(1, union)


def cells_of(beat: DrumBar) -> int:
    """How many cells each of its rows has."""
    return len(next(iter(beat.rows.values())))


def with_feet_of(beat: DrumBar, other: DrumBar) -> dict[str, tuple[str, ...]]:
    """The rows of a beat, whose kick and backbeat are another's: the hand that keeps time goes on.

    Both have equally many cells; a beat of the time alone stays as it is.
    """
    time = {limb: cells for limb, cells in beat.rows.items() if limb in _TIME}
    rest = {limb: cells for limb, cells in other.rows.items() if limb not in _TIME}
    return {**time, **rest} if time and rest else dict(beat.rows)


def _likeness(beat: DrumBar, models: tuple[DrumBar, ...], meter: Meter) -> float:
    own = marks(beat, meter)
    return max((alike(own, marks(model, meter)) for model in models), default=0.0)


def _struck(beat: DrumBar, limb: str, signs: str = "Xxgrtf") -> set[int]:
    row = "".join(beat.rows.get(limb, ()))
    return {index for index, sign in enumerate(row) if sign in signs}


def _plain(beat: DrumBar) -> float:
    return _untommed(beat) * (1.0 if 0 in _struck(beat, "kick") else 0.3)


def _untommed(beat: DrumBar) -> float:
    return 0.15 ** sum(limb in beat.rows for limb in _TOMS)


def _steady(beat: DrumBar) -> float:
    hands = [_struck(beat, limb) for limb in ("hat", "ride", "open_hat")]
    steady = any(h >= {0, 4, 8, 12} or h >= {2, 6, 10, 14} for h in hands)
    return max(_LEAST, _plain(beat) * (1.0 if steady else 0.12))


def _backbeat(beat: DrumBar) -> float:
    loud = {step for limb in ("snare", "rim") for step in _struck(beat, limb, "Xx")}
    return _steady(beat) * (1.0 if {4, 12} <= loud else 0.08) * 0.6 ** len(loud - {4, 12})


def _swung(beat: DrumBar) -> float:
    hands = [_struck(beat, limb) for limb in ("hat", "ride", "open_hat")]
    best = max(len(_SWING & h) - 0.5 * len(h - _SWING) for h in hands)
    foot = 1.0 if {4, 12} <= _struck(beat, "pedal_hat") else 0.3
    return max(_LEAST, foot * _plain(beat) * (0.05 + best / 6))


# How well a beat of sixteenths in 4/4 holds a band together: drummers' own bars include asides.
_SOUND: dict[str, Callable[[DrumBar], float]] = {
    "free": _steady,
    "backbeat": _backbeat,
    "swing": _swung,
}

"""Which of our styles anyone's piece is most like, told by how it is played and by whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.importing.hearing import Heard
from composer.rulebook import Rulebook
from composer.rulebook.grooves import LIMBS, DrumBar
from composer.rulebook.styles import Style
from composer.writing.drum_beats import alike, choices, marks

# What each kind of evidence is worth: found on pieces of our own, see docs/files.md.
_DRUMS, _DRUMLESS, _PLAYERS, _TEMPO, _SWING, _METER, _COLOUR = 3.0, 1.6, 2.6, 1.6, 1.6, 0.8, 0.6
_BEATS_ASKED = 12
_NO_MODEL = 0.15


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much a piece is like a style: its name and a score that only orders styles."""

    style: str
    score: float


def likenesses(heard: Heard, book: Rulebook) -> tuple[Likeness, ...]:
    """All styles by how much a piece is like them, the likest first.

    Drums count most: how alike the piece's usual bar is to the beats of a style, or whether both
    do without. Then who plays what, tempo, swing, meter, and how rich the chords are.
    """
    found = [Likeness(name, _score(heard, book.style(name), book)) for name in book.style_names]
    return tuple(sorted(found, key=lambda one: (-one.score, one.style)))


def nearest_style(heard: Heard, book: Rulebook) -> str:
    """The name of the style that a piece is most like."""
    return likenesses(heard, book)[0].style


def _score(heard: Heard, style: Style, book: Rulebook) -> float:
    return (
        _drums(heard, style, book)
        + _PLAYERS * _players(heard, style)
        + _TEMPO * _tempo(heard, style)
        + _SWING * _swing(heard, style)
        + _METER * _meter(heard, style)
        + _COLOUR * _colour(heard, style)
    )


def _drums(heard: Heard, style: Style, book: Rulebook) -> float:
    """How alike the drums are, or that neither has any."""
    chances = [part.chance for part in style.parts if part.role == "drums"]
    usual = 1.0 - float(np.prod([1.0 - chance for chance in chances]))
    if not heard.drums:
        drummer = any(part.role == "drums" for part in heard.parts)
        return _DRUMLESS * (usual if drummer else 1.0 - usual)
    if not usual:
        return 0.0
    own = drum_bar(heard.drums, heard.passage.meter.counted)
    if own is None:
        return 0.0
    meter = heard.passage.meter
    groove = book.groove(style.drums.groove or "rock", style.name)
    beats, _ = choices(groove, style.drums, book.pulses(meter), meter)
    likeliest = sorted(beats, key=lambda pair: (-pair[1], pair[0].name))[:_BEATS_ASKED]
    struck = marks(own, meter)
    likeness = sorted((alike(struck, marks(beat, meter)) for beat, _ in likeliest), reverse=True)
    return _DRUMS * usual * float(np.mean(likeness[:3])) if likeness else 0.0


def drum_bar(rows: Sequence[str], meter: str) -> DrumBar | None:
    """The bar that a drummer mostly plays as a beat; None where the lines are none.

    >>> drum_bar(("kick X...|....|X...|....",), "4/4").rows["kick"][2]
    'X...'
    """
    cells: dict[str, tuple[str, ...]] = {}
    for row in rows:
        limb, _, signs = row.partition(" ")
        if limb in LIMBS and signs:
            cells[limb] = tuple(signs.split("|"))
    if not cells:
        return None
    return DrumBar("heard", 0.5, 1.0, cells, meter)


def _players(heard: Heard, style: Style) -> float:
    """Share of the piece's notes that instruments of the style's play, in the same role first."""
    named: dict[str, float] = {}
    roled: dict[tuple[str, str], float] = {}
    for part in style.parts:
        total = sum(part.instruments.values())
        for name, weight in part.instruments.items():
            share = weight / total * (0.5 + 0.5 * part.chance)
            named[name] = max(named.get(name, 0.0), share)
            roled[part.role, name] = max(roled.get((part.role, name), 0.0), share)
    score = weight = 0.0
    for heard_part in heard.parts:
        notes = len(heard_part.part) ** 0.5
        name = heard_part.instrument.name
        own = roled.get((heard_part.role, name), 0.0)
        score += notes * max(own, 0.6 * named.get(name, 0.0)) ** 0.5
        weight += notes
    return score / weight if weight else _NO_MODEL


def _tempo(heard: Heard, style: Style) -> float:
    """1 within the style's range, less outside of it; double and half tempo count a little."""
    low, high = tempo_range(heard, style)
    near = []
    for factor, worth in ((1.0, 1.0), (2.0, 0.55), (0.5, 0.55)):
        tempo = heard.quarters_per_minute * factor
        off = max(low / tempo, tempo / high, 1.0)
        near.append(worth * float(off**-6))
    return max(near)


def tempo_range(heard: Heard, style: Style) -> tuple[float, float]:
    """A style's range of tempo in quarters a minute, as the meter of a piece counts it."""
    low, high = style.tempo
    scale = 1.2 if set(heard.passage.meter.beats) == {3} else 1.0
    return low * scale, high * scale


def _swing(heard: Heard, style: Style) -> float:
    feel = style.feel.swing if style.feel.swing_unit == 8 else 0.5
    return max(0.0, 1.0 - abs(heard.swing - feel) / 0.12)


def _meter(heard: Heard, style: Style) -> float:
    most = max(style.meters.values())
    meter = heard.passage.meter
    shares = [w for name, w in style.meters.items() if name in (meter.name, meter.counted)]
    return float((max(shares, default=0.0) / most) ** 0.5)


def _colour(heard: Heard, style: Style) -> float:
    """How near the share of chords with a seventh or sixth is to what the style colours."""
    symbols = [symbol for bar in heard.chords for symbol in bar]
    rich = np.mean([any(sign in symbol for sign in "67") for symbol in symbols])
    return 1.0 - abs(float(rich) - style.harmony.colour)

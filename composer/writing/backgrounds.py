"""Backgrounds: a short figure that a counter part says over and over behind the tune.

Source: Wright, *Inside the Score* (1982), on backgrounds; Sebesky, *The Contemporary Arranger*
(1994), on riffs.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import ChordSpan, Section
from composer.music.seeding import generator, pick
from composer.theory.meter import Meter
from composer.writing.context import EIGHTH, Context

Stroke = tuple[Fraction, Fraction, int]  # onset in the bar, length, move in chord tones


def riff_of(context: Context, name: str, section: Section) -> tuple[tuple[Stroke, ...], ...]:
    """The figure of a section: one or two bars of strokes, the same wherever it comes back.

    Args:
        context: Plan and rules.
        name: Name of the part.
        section: The section.
    """
    rng = generator(context.plan.seed, "riff", name, section.material)
    options = _bars(context.plan.meter)
    first = pick(rng, options, [1.0] * len(options))
    if rng.random() < 0.4:
        return (first,)
    second: tuple[Stroke, ...] = pick(rng, [(), *options], [3.0] + [0.5] * len(options))
    return (first, second)


def _bars(meter: Meter) -> list[tuple[Stroke, ...]]:
    """Figures that fit a meter, each a bar."""
    bar, middle = meter.bar_quarters, meter.middle or meter.bar_quarters / 2
    beats = meter.beat_onsets
    second = beats[1] if len(beats) > 1 else middle
    last = beats[-1]
    charleston = ((Fraction(0), EIGHTH, 0), (second + EIGHTH, bar - second - 2 * EIGHTH, 1))
    push = ((last + EIGHTH, bar - last - EIGHTH, 0),)
    answer = ((middle, EIGHTH, 0), (middle + EIGHTH, EIGHTH, 1), (middle + 2 * EIGHTH, EIGHTH, 0))
    pairs = ((second, EIGHTH, 0), (second + EIGHTH, EIGHTH, 0), (last, EIGHTH, 1))
    figures = [charleston, push, answer, pairs]
    return [figure for figure in figures if _fits(figure, bar)]


def _fits(figure: Sequence[Stroke], bar: Fraction) -> bool:
    """Whether the strokes of a figure follow each other within a bar."""
    nexts = [onset for onset, _, _ in figure[1:]] + [bar]
    return all(
        length > 0 and onset + length <= following
        for (onset, length, _), following in zip(figure, nexts, strict=True)
    )


def chord_tone(
    span: ChordSpan, last: int, move: int, window: tuple[int, int], sung: int | None
) -> int:
    """The guide tone nearest to the last, moved by so many tones of the chord, under the tune.

    Args:
        span: The chord.
        last: The pitch before.
        move: Chord tones up.
        window: Lowest and highest pitch.
        sung: What the tune sings at that moment, if anything.
    """
    low, high = window
    guides = span.chord.essential_numbers or span.chord.numbers
    near = nearest([p for p in range(low, high + 1) if p % 12 in guides], last, sung)
    tones = [p for p in range(low, high + 1) if p % 12 in span.chord.numbers]
    place = tones.index(near) + move if near in tones else 0
    return tones[min(len(tones) - 1, max(0, place))]


def nearest(pitches: Sequence[int], last: int, sung: int | None) -> int:
    """The pitch nearest to the last that neither doubles the tune nor lies above it."""

    def cost(pitch: int) -> tuple[float, int]:
        doubles = 4 if sung is not None and (pitch - sung) % 12 == 0 else 0
        above = 3 if sung is not None and pitch > sung else 0
        return abs(pitch - last) + doubles + above, pitch

    return min(pitches, key=cost)

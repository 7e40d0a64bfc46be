"""When things fall: the tempo curve and the places of the hits, once form and bars are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from composer.checking.timing_rules import FURTHEST_BEND, STEEPEST_STEP
from composer.errors import BriefError
from composer.music.plan import ChordSpan, Cue, Section, TempoPoint
from composer.music.slowing import Shares, final_slowing
from composer.writing.choices import Choices
from composer.writing.cue_places import Course, place_hits
from composer.writing.tempo_curve import seconds_at

_STRICTNESS = (1.0, 4.0, 16.0, 64.0)
_SAME = 1e-9  # of a tempo: less is the work of rounding


@dataclass(frozen=True, slots=True)
class Pacing:
    """The time of a piece.

    Args:
        tempos: The tempo curve; empty where there is one tempo and no length was asked.
        cues: The hits with their places.
    """

    tempos: tuple[TempoPoint, ...] = ()
    cues: tuple[Cue, ...] = ()


def pace(choices: Choices, sections: Sequence[Section], chords: Sequence[ChordSpan]) -> Pacing:
    """The tempo curve that meets the length and the hits that were asked, and no more than that.

    Raises:
        BriefError: If the hits cannot be met by a tempo that moves as players' do.
    """
    hits, duration = choices.brief.hits or (), choices.brief.duration
    if duration is None and not hits:
        return Pacing()
    bar = choices.meter.bar_quarters
    end = bar * choices.bars
    slowing: Shares = ()
    if not choices.brief.loop:
        ritardando = choices.style.feel.ritardando * min(1.0, choices.humanize)
        last = max(end - bar, chords[-1].onset_quarters)
        slowing = final_slowing(bar, end, last, ritardando)
    starts = frozenset(section.start_bar for section in sections[1:])
    course = Course(choices.meter, choices.bars, 0.0, duration, starts)
    for shares in dict.fromkeys((slowing, ())):
        plain = _pace(choices, end, shares)
        course = replace(course, seconds_per_quarter=plain)
        for strictness in _STRICTNESS if hits else (1.0,):
            places = place_hits(hits, course, strictness)
            if places is None:
                continue
            curve = _Curve(course, shares, dict(zip(places.onsets, hits, strict=True)))
            if curve.moves_gently():
                return Pacing(curve.points(), tuple(_cues(places.onsets, hits, course)))
    raise BriefError("hits", _unmet(hits, choices, course))


def _pace(choices: Choices, end: Fraction, shares: Shares) -> float:
    """Seconds a quarter where nothing slows."""
    if choices.brief.duration is None:
        return 60 / choices.quarters_per_minute
    stops = [*(onset for onset, _ in shares[1:]), end]
    slow = sum(
        float(stop - onset) / share
        for (onset, share), stop in zip(shares, stops[: len(shares)], strict=True)
    )
    first = shares[0][0] if shares else end
    return choices.brief.duration / (float(first) + slow)


def _cues(onsets: Sequence[Fraction], hits: Sequence[float], course: Course) -> list[Cue]:
    found = []
    for onset, hit in zip(onsets, hits, strict=True):
        number, place = divmod(onset, course.meter.bar_quarters)
        begins = place == 0 and int(number) in course.section_bars
        kind = "start" if onset == 0 else "section" if begins else "accent"
        found.append(Cue(float(hit), onset, kind))
    return found


class _Curve:
    """A tempo curve through given places.

    Args:
        course: Bars and pace.
        shares: The ritardando.
        pins: Seconds by onset.
    """

    def __init__(self, course: Course, shares: Shares, pins: dict[Fraction, float]) -> None:
        self._course = course
        end = course.length_quarters
        beats: set[Fraction] = set()
        if pins:
            bar = course.meter.bar_quarters
            beats = {
                bar * number + onset
                for number in range(course.bars)
                for onset in course.meter.beat_onsets
            }
        slow = dict(shares)
        self.places = sorted({Fraction(0), *beats, *slow, *pins, end})
        self.shares: list[float] = []
        for place in self.places[:-1]:
            before = self.shares[-1] if self.shares else 1.0
            self.shares.append(slow.get(place, before))
        number = {place: index for index, place in enumerate(self.places)}
        pinned = {0: 0.0, **{number[onset]: float(hit) for onset, hit in pins.items()}}
        if course.length_seconds is not None:
            pinned[len(self.places) - 1] = float(course.length_seconds)
        self.seconds = seconds_at(self.places, self.shares, pinned, course.seconds_per_quarter)

    def moves_gently(self) -> bool:
        """Whether the tempo keeps within what the checker allows."""
        bends = []
        for index, share in enumerate(self.shares):
            length = float(self.places[index + 1] - self.places[index])
            lasting = self.seconds[index + 1] - self.seconds[index]
            if lasting <= 0:
                return False
            bends.append(self._course.seconds_per_quarter * length / (lasting * share) - 1)
        far = max(abs(bend) for bend in bends) > FURTHEST_BEND
        steep = any(abs((1 + b) / (1 + a) - 1) > STEEPEST_STEP for a, b in pairwise(bends))
        return not far and not steep

    def points(self) -> tuple[TempoPoint, ...]:
        """The curve, a point where the tempo changes."""
        found: list[TempoPoint] = []
        for index, place in enumerate(self.places[:-1]):
            length = float(self.places[index + 1] - place)
            tempo = 60 * length / (self.seconds[index + 1] - self.seconds[index])
            if not found or abs(tempo / found[-1].quarters_per_minute - 1) > _SAME:
                found.append(TempoPoint(place, tempo))
        return tuple(found)


def _unmet(hits: Sequence[float], choices: Choices, course: Course) -> str:
    """Which hits cannot be met, and what would help."""
    tempo = f"{choices.quarters_per_minute:g} quarters a minute"
    length = float(course.length_quarters) * course.seconds_per_quarter
    if hits[-1] >= length:
        return (
            f"{hits[-1]:g} s lies after the end: {choices.bars} bars at {tempo} last {length:.1f} "
            "s; ask for more --bars, or give a --duration"
        )
    times = [*hits, *([course.length_seconds] if course.length_seconds is not None else [])]
    gaps = [(after - before, before, after) for before, after in pairwise([0.0, *times])]
    _, before, after = min((gap for gap in gaps if gap[0] > 0), default=(0.0, 0.0, hits[0]))
    return (
        f"no tempo near {tempo} meets them all smoothly; {before:g} s and {after:g} s are the "
        "nearest to each other: move one of them, or give another --tempo or --bars"
    )

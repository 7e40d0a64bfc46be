"""The form and the tempo at which hits fall best: on the beginnings of sections where they can.

Several forms are drawn, and each is looked at with every tempo that is free to be taken; those
whose sections begin nearest to the hits are laid over them in earnest (`cue_places`).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from composer.errors import BriefError
from composer.writing.cue_places import Course, place_hits
from composer.writing.form_grammar import FormGrammar, unframed

if TYPE_CHECKING:
    from composer.writing.lengths import Asked, FormBars

NEAR = 0.1
"""Change of a tempo that costs as much as a hit on a bar line where no section begins."""
_UNMET = 50.0
_DRAWS = 48
_DRAWN_HITS = 400  # hits times draws of the form
_TEMPOS = 12  # hundredths by which a tempo that nobody gave may move towards the hits
_ROUGH = 10  # forms and tempos that are looked at in earnest
_MOVED = 0.25  # what it costs to move the beginning of a section by a bar
_MOST_MOVED = 2
_LEAST_BARS = 3  # of a section beside a beginning that is moved
_FAR = 2.0  # bars from which a hit is as far from a section's beginning as can be


def form_of(asked: Asked, bars: int) -> FormBars | None:
    """A form for a loop, or one whose sections begin where hits fall; None where neither is asked.

    A loop has no sections that open or close it. For hits, the form that suits them best is taken
    of several draws, at whichever tempo is free to be taken.
    """
    brief = asked.brief
    if brief.hits:
        return best_form(asked, bars)[1]
    return tuple(_grammar(asked, bars).draw(asked.seed)) if brief.loop else None


def best_form(asked: Asked, bars: int) -> tuple[float, FormBars]:
    """The form that suits the hits best, and what it costs a hit.

    The forms are drawn from the grammar, as they are and with boundaries moved by a bar or two to
    where hits fall.
    """
    hits = asked.brief.hits or ()
    grammar = _grammar(asked, bars)
    draws = max(4, min(_DRAWS, _DRAWN_HITS // max(1, len(hits))))
    forms = list(dict.fromkeys(tuple(grammar.draw(asked.seed, n)) for n in range(draws)))
    ranked: list[tuple[float, int, Course, FormBars]] = []
    for tempo in free_tempos(asked, bars):
        course = course_of(asked, bars, tempo)
        for form in forms:
            options = [(form, 0)]
            options += [found for found in (_moved(form, hits, course),) if found[1]]
            for option, moved in options:
                cost = _MOVED * moved + _tempo_cost(asked, tempo) * len(hits)
                over = course_of(asked, bars, tempo, option)
                ranked.append((_distance(hits, over) + cost, len(ranked), over, option))
    closest = sorted(ranked, key=lambda one: one[:2])[:_ROUGH]
    costs = [
        hit_cost(asked, course) + (cost - _distance(hits, course)) / len(hits)
        for cost, _, course, _ in closest
    ]
    best = min(range(len(closest)), key=lambda i: (costs[i], i))
    return costs[best], closest[best][3]


def _moved(form: FormBars, hits: Sequence[float], course: Course) -> tuple[FormBars, int]:
    """A form whose boundaries go to the bar lines nearest to the hits, and by how many bars."""
    bar = float(course.meter.bar_quarters) * course.seconds_per_quarter
    starts = [0, *accumulate(length for _, length in form)]
    taken: set[int] = set()
    moved = 0
    for hit in hits:
        target = round(hit / bar)
        inner = [i for i in range(1, len(starts) - 1) if i not in taken]
        nearest = min(inner, key=lambda i: abs(starts[i] - target), default=0)
        if not nearest or abs(starts[nearest] - target) > _MOST_MOVED:
            continue
        if starts[nearest - 1] + _LEAST_BARS <= target <= starts[nearest + 1] - _LEAST_BARS:
            moved += abs(starts[nearest] - target)
            starts[nearest] = target
            taken.add(nearest)
    lengths = [after - before for before, after in pairwise(starts)]
    return tuple((kind, bars) for (kind, _), bars in zip(form, lengths, strict=True)), moved


def _distance(hits: Sequence[float], course: Course) -> float:
    """How far hits are from the beginnings of sections, in bars at the common tempo."""
    bar = float(course.meter.bar_quarters) * course.seconds_per_quarter
    starts = sorted(course.section_bars) or [0]
    return sum(min(_FAR, *(abs(hit / bar - start) for start in starts)) for hit in hits if hit)


def free_tempos(asked: Asked, bars: int) -> list[float]:
    """The tempos that may be taken: one where length or tempo is given, else those near."""
    brief, wanted = asked.brief, asked.quarters_per_minute
    if brief.duration is not None:
        return [60 * float(asked.meter.bar_quarters) * bars / brief.duration]
    if brief.tempo is not None:
        return [wanted]
    low, high = style_tempos(asked)
    options = [round(wanted * (1 + step / 100), 1) for step in range(-_TEMPOS, _TEMPOS + 1)]
    return [tempo for tempo in options if low <= tempo <= high] or [wanted]


def _tempo_cost(asked: Asked, tempo: float) -> float:
    return ((tempo / asked.quarters_per_minute - 1) / NEAR) ** 2


def _grammar(asked: Asked, bars: int) -> FormGrammar:
    """The grammar; that of a loop without its frame, unless it cannot do without."""
    form = asked.book.form(asked.style.form, asked.style.name)
    if asked.brief.loop:
        with suppress(BriefError):
            return FormGrammar(unframed(form), bars)
    return FormGrammar(form, bars)


def course_of(asked: Asked, bars: int, tempo: float, form: FormBars | None = None) -> Course:
    """What hits are laid over: so many bars at a tempo, or as long as was asked."""
    starts = list(accumulate(length for _, length in form or ()))[:-1]
    duration = asked.brief.duration
    pace = 60 / tempo if duration is None else duration / float(asked.meter.bar_quarters * bars)
    return Course(asked.meter, bars, pace, duration, frozenset(starts))


def hit_cost(asked: Asked, course: Course) -> float:
    """What the best places of the hits cost, a hit."""
    hits = asked.brief.hits or ()
    places = place_hits(hits, course)
    return _UNMET if places is None else places.cost / max(1, len(hits))


def tempo_for_hits(asked: Asked, bars: int, form: FormBars | None) -> float:
    """The tempo as it is given, or the one near the drawn one at which the hits fall best."""
    wanted = asked.quarters_per_minute
    if not asked.brief.hits:
        return wanted

    def cost(tempo: float) -> float:
        return _tempo_cost(asked, tempo) + hit_cost(asked, course_of(asked, bars, tempo, form))

    options = free_tempos(asked, bars)
    return min(options, key=lambda tempo: (cost(tempo), abs(tempo - wanted), tempo))


def style_tempos(asked: Asked) -> tuple[float, float]:
    """The style's tempos in quarters a minute, as `composer.writing.choices` draws from them."""
    low, high = asked.style.tempo
    factor = 1.5 * 0.8 if set(asked.meter.beats) == {3} else 1.0
    return low * factor, high * factor

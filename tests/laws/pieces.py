"""A brief all the way to its score, for the laws."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from composer.checking.check import check_performance, check_score
from composer.checking.report import Report, merge
from composer.music.brief import Brief
from composer.music.plan import Plan
from composer.music.score import Part, Score
from composer.performing import perform
from composer.writing.choices import Choices, resolve
from composer.writing.plan import make_plan
from composer.writing.write import write_score
from tests.strategies import rules


@dataclass(frozen=True)
class Piece:
    """What became of a brief."""

    choices: Choices
    plan: Plan
    score: Score

    @property
    def report(self) -> Report:
        played = perform(self.plan, self.score, rules())
        return merge(check_score(self.plan, self.score), check_performance(self.score, played))

    def role(self, role: str) -> list[Part]:
        return [part for part in self.score.parts if part.plan.role == role]


def compose(brief: Brief) -> Piece:
    choices = resolve(brief, rules())
    plan = make_plan(choices, rules())
    return Piece(choices, plan, write_score(plan, rules(), "A law"))


def rhythm(part: Part) -> list[tuple[Fraction, Fraction]]:
    return [(note.onset_quarters, note.duration_quarters) for note in part.notes]

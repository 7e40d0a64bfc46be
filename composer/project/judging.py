"""The hard rules on a piece of which some notes are the user's own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace

from composer.checking.check import check_performance, check_score
from composer.checking.report import Report, RuleResult, Verdict, Violation, merge
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score

_OTHER = re.compile(r"\bwith (.+?):")
_OF_DRUMS = frozenset({"limbs", "performance-limbs"})
_BY_RIGHT = frozenset({"length", "performance-length", "performance-overlap"})
"""Rules that no file may break, whoever wrote it."""


def judged(
    plan: Plan, score: Score, performance: Performance | None, adopted: Collection[str]
) -> Report:
    """Judge a score and, if it is given, its performance.

    What breaks a rule because of a part whose notes are the user's own is waived, as it is for a
    given tune.

    Args:
        plan: The plan.
        score: The score.
        performance: The performance; None to judge the score alone.
        adopted: Names of the parts that have notes of the user's own.
    """
    report = check_score(plan, score)
    if performance is not None:
        report = merge(report, check_performance(score, performance, plan))
    if not adopted:
        return report
    kits = {part.name for part in plan.parts if part.instrument.is_drums}
    return Report(tuple(_waived(result, frozenset(adopted), kits) for result in report.results))


def parts_of(violation: Violation) -> frozenset[str]:
    """Names of the parts that break a rule together; none where the whole piece is meant."""
    other = _OTHER.search(violation.message)
    names = {violation.where.part} - {""}
    return frozenset(names | {other.group(1)} if other else names)


def _waived(result: RuleResult, adopted: frozenset[str], kits: Iterable[str]) -> RuleResult:
    if result.verdict != "violated" or result.rule in _BY_RIGHT:
        return result
    own_drums = result.rule in _OF_DRUMS and not adopted.isdisjoint(kits)
    kept = tuple(v for v in result.violations if not (own_drums or parts_of(v) & adopted))
    if len(kept) == len(result.violations):
        return result
    waived = len(result.violations) - len(kept)
    note = f"{waived} of the user's own notes are let pass"
    verdict: Verdict = "violated" if kept else "waived"
    return replace(result, verdict=verdict, violations=kept, note=note)

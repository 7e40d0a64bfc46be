"""What the checker says: violations, one verdict a rule, and the report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Generic, Literal, TypeVar

Verdict = Literal["holds", "violated", "waived", "not applicable"]
VERDICTS: tuple[Verdict, ...] = ("holds", "violated", "waived", "not applicable")

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True, order=True)
class Where:
    """A place in the piece.

    Args:
        bar: Bar number, counted from 1; 0 where the whole piece is meant.
        beat: Beat within the bar, counted from 1, with a fraction; 0 with bar 0.
        part: Name of the part; empty where no single part is meant.
    """

    bar: int
    beat: float
    part: str

    def __str__(self) -> str:
        """Such as ``bar 3, beat 2.5, piano``."""
        place = f"bar {self.bar}, beat {self.beat:g}" if self.bar else "whole piece"
        return f"{place}, {self.part}" if self.part else place


WHOLE_PIECE = Where(0, 0.0, "")


@dataclass(frozen=True, slots=True)
class Violation:
    """One breach of a rule.

    Args:
        rule: Identifier of the rule.
        where: Where it happens.
        message: What is wrong, in one line.
    """

    rule: str
    where: Where
    message: str

    def __str__(self) -> str:
        """Rule, place and message in one line."""
        return f"{self.rule} ({self.where}): {self.message}"


@dataclass(frozen=True, slots=True)
class Finding:
    """What the function of a rule found.

    Args:
        checked: How many notes, moments, chords or fields were judged.
        violations: The breaches among them.
        waived: How many were let pass because the user's own material decides them.
        note: Anything that the reader should know.
    """

    checked: int
    violations: tuple[Violation, ...] = ()
    waived: int = 0
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """``violated`` if anything is; ``holds`` if anything was judged; else the other two."""
        if self.violations:
            return "violated"
        if self.checked:
            return "holds"
        return "waived" if self.waived else "not applicable"


@dataclass(frozen=True, slots=True)
class RuleResult:
    """The verdict on one rule.

    Args:
        rule: Identifier, such as ``bass-root``.
        title: The rule in words.
        verdict: Whether it holds.
        checked: How many notes, moments, chords or fields were judged.
        violations: The breaches, in the order of the piece.
        note: Anything that the reader should know.
    """

    rule: str
    title: str
    verdict: Verdict
    checked: int
    violations: tuple[Violation, ...]
    note: str = ""

    def named(self, rule: str) -> RuleResult:
        """The same result under another identifier."""
        violations = tuple(replace(violation, rule=rule) for violation in self.violations)
        return replace(self, rule=rule, violations=violations)

    def to_dict(self, limit: int) -> dict[str, object]:
        """The result for JSON, with at most ``limit`` violations written out."""
        return {
            "rule": self.rule,
            "title": self.title,
            "verdict": self.verdict,
            "checked": self.checked,
            "violation_count": len(self.violations),
            "violations": [
                {
                    "bar": violation.where.bar,
                    "beat": violation.where.beat,
                    "part": violation.where.part,
                    "message": violation.message,
                }
                for violation in self.violations[:limit]
            ],
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on all rules.

    Args:
        results: One a rule, in the order of the rule tables.
    """

    results: tuple[RuleResult, ...]

    @property
    def ok(self) -> bool:
        """Whether no rule is violated."""
        return all(result.verdict != "violated" for result in self.results)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """All violations, rule by rule."""
        return tuple(v for result in self.results for v in result.violations)

    @property
    def totals(self) -> dict[str, int]:
        """Number of rules by verdict, and of things checked and violations in all."""
        totals: dict[str, int] = {
            verdict: sum(result.verdict == verdict for result in self.results)
            for verdict in VERDICTS
        }
        totals["checked"] = sum(result.checked for result in self.results)
        totals["violations"] = sum(len(result.violations) for result in self.results)
        return totals

    def __getitem__(self, rule: str) -> RuleResult:
        """The result of a rule by its identifier.

        Raises:
            KeyError: If the report has no such rule.
        """
        for result in self.results:
            if result.rule == rule:
                return result
        raise KeyError(rule)

    def to_dict(self, limit: int = 200) -> dict[str, object]:
        """The report for JSON, the same for the same results.

        Args:
            limit: How many violations of one rule are written out; all are counted.
        """
        return {
            "ok": self.ok,
            "totals": self.totals,
            "rules": [result.to_dict(limit) for result in self.results],
        }


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """A hard rule and the function that judges it.

    Args:
        id: Identifier, such as ``bass-root``.
        title: The rule in words.
        judge: Finds its breaches in a subject.
    """

    id: str
    title: str
    judge: Callable[[Subject], Finding]

    def result(self, subject: Subject) -> RuleResult:
        """Judge a subject."""
        finding = self.judge(subject)
        violations = tuple(sorted(finding.violations, key=lambda v: (v.where, v.message)))
        return RuleResult(
            self.id, self.title, finding.verdict, finding.checked, violations, finding.note
        )


def merge(*reports: Report) -> Report:
    """One report with the results of several, in order.

    >>> merge(Report(()), Report(())).ok
    True
    """
    return Report(tuple(result for report in reports for result in report.results))

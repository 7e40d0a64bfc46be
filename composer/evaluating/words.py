"""How the reports put figures into words."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Container

from composer.evaluating.results import Comparison, FeatureSet, MetricComparison, TwoSampleTest

MAIN_MODEL = "gradient boosting"


def printable(text: str) -> str:
    r"""A text from a stranger, such as a file name, that any encoding and any page can hold.

    >>> printable("caf\udce9\x00.mid")
    'caf\\xe9\\x00.mid'
    """
    shown = []
    for character in text:
        code = ord(character)
        if 0xDC80 <= code <= 0xDCFF:  # a byte that is no UTF-8, as Python reads file names
            shown.append(f"\\x{code - 0xDC00:02x}")
        elif unicodedata.category(character) in {"Cc", "Cs"}:
            shown.append(f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
        else:
            shown.append(character)
    return "".join(shown)


def number(value: float) -> str:
    """Three significant digits, and a dash for what is not known.

    >>> number(0.12345), number(1.6), number(1234.5), number(float("nan"))
    ('0.123', '1.60', '1,234', '–')
    """
    if not math.isfinite(value):
        return "–"
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) < 0.0005:
        return "0"
    if abs(value) >= 1 and value == round(value):
        return str(round(value))
    return f"{value:.{3 if abs(value) < 1 else 2 if abs(value) < 10 else 1}f}"


def auc_in_words(test: TwoSampleTest) -> str:
    """What an AUC means.

    >>> auc_in_words(TwoSampleTest("notes only", "gradient boosting", 0.52, 0.46, 0.58))
    'cannot be told from real music'
    """
    if test.low <= 0.5:
        return "cannot be told from real music"
    for limit, words in (
        (0.65, "is hard to tell from real music"),
        (0.8, "is told from real music more often than not"),
        (0.95, "is mostly told from real music"),
    ):
        if test.auc < limit:
            return words
    return "is told from real music nearly always"


def chosen_test(
    comparison: Comparison, features: FeatureSet, model: str = MAIN_MODEL
) -> TwoSampleTest | None:
    """The test of one kind; None where it was not made."""
    for test in comparison.tests:
        if (test.features, test.model) == (features, model):
            return test
    return None


def sharper_test(comparison: Comparison, features: FeatureSet) -> TwoSampleTest | None:
    """The test of the model that tells the two apart better; None where none was made."""
    tests = [test for test in comparison.tests if test.features == features]
    return max(tests, key=lambda test: test.auc, default=None)


def worst(
    comparison: Comparison, count: int, among: Container[str] | None = None
) -> tuple[MetricComparison, ...]:
    """The most distant metrics, the most distant first.

    Args:
        comparison: What was found.
        count: How many at most.
        among: Names of metrics that are asked for; None is all.
    """
    known = [
        metric
        for metric in comparison.metrics
        if math.isfinite(metric.distance) and (among is None or metric.metric in among)
    ]
    return tuple(sorted(known, key=lambda m: (-m.distance, m.metric))[:count])


def median_distance(comparison: Comparison) -> float:
    """Median over the metrics that have a distance; NaN where none has."""
    known = sorted(m.distance for m in comparison.metrics if math.isfinite(m.distance))
    if not known:
        return math.nan
    middle = len(known) // 2
    return known[middle] if len(known) % 2 else (known[middle - 1] + known[middle]) / 2


def share_beyond_chance(comparison: Comparison) -> float:
    """Share of metrics whose distance is more than what draws of the reference give."""
    known = [m for m in comparison.metrics if math.isfinite(m.distance)]
    return sum(m.distance > m.chance for m in known) / len(known) if known else math.nan

"""Whether names can be told from numbers, and how the figures are set beside real music."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")

from composer.errors import EvaluationError
from composer.evaluating.results import MetricTable
from composer.training.classify_styles import genre_of, halves, named, style_of
from composer.training.rule_figures import figures

NAMES = ["calm", "wild", "odd"] * 40


def rows(separation: float) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    generator = np.random.default_rng(7)
    values = generator.normal(size=(len(NAMES), 6))
    values[:, 0] += [separation * ("calm", "wild", "odd").index(name) for name in NAMES]
    values[::9, 3] = np.nan
    return values


def test_names_that_differ_are_told_apart_and_others_are_not() -> None:
    apart = named(rows(8.0), NAMES, halves(NAMES))
    alike = named(rows(0.0), NAMES, halves(NAMES))
    assert apart.accuracy > 0.95
    assert alike.accuracy < 0.55
    assert apart.commonest == pytest.approx(1 / 3)
    assert sum(count for _, _, count in alike.confusions) == round((1 - alike.accuracy) * 120)


def test_a_row_is_never_named_by_trees_that_have_learned_from_it() -> None:
    # Each name has a number of its own in every row: learned by heart it would always be right.
    values = np.arange(len(NAMES), dtype=np.float64)[:, None]
    assert named(values, NAMES, halves(NAMES)).accuracy < 0.6


def test_genres_are_read_where_the_labels_agree() -> None:
    assert genre_of("Metal_Heavy|Metal_Death") == "metal"
    assert genre_of("Rock_Hard|Pop_Indie") == ""
    assert genre_of("") == genre_of("Gospel") == ""


def test_a_piece_without_a_brief_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match=r"no brief\.toml"):
        style_of(tmp_path / "piece.mid")
    (tmp_path / "brief.toml").write_text('key = "C major"\n', encoding="utf-8")
    with pytest.raises(EvaluationError, match="style"):
        style_of(tmp_path / "piece.mid")
    (tmp_path / "brief.toml").write_text('style = "samba"\n', encoding="utf-8")
    assert style_of(tmp_path / "piece.mid") == "samba"


def test_a_figure_within_a_deviation_and_one_beyond() -> None:
    def table(mean: float) -> MetricTable:
        values = mean + np.linspace(-1, 1, 21)[:, None]
        return MetricTable(("m",), values, tuple(str(i) for i in range(21)))

    near, far = (figures(table(m), table(0.0), table(1.0), ("m",))[0] for m in (0.3, 3.0))
    assert near.is_within and near.distance < near.other
    assert not far.is_within and far.distance > far.other

r"""Asks whether styles can be told apart by their notes: ours, and real ones by the same metrics.

    python benchmarks/pieces.py --count 540 --writer rules --out DIR
    python -m composer.training.classify_styles --pieces DIR [--corpora DIR] --out FILE

Boosted trees learn the styles of half of our pieces and name those of the other half, then the
other way round. With ``--corpora`` the same trees on the same metrics name the genres that the
Million Song Dataset's annotations (MASD) give to files of the Lakh subset: five folds, one file of
each near-duplicate cluster. Styles that differ as records do are those that such metrics tell.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import track

from composer.errors import ComposerError, EvaluationError
from composer.evaluating.classifiers import SEED
from composer.evaluating.measuring import measure_bytes, measure_files, table_of
from composer.evaluating.results import MetricTable, Skipped
from composer.music.song import Floats
from composer.rulebook.reader import read_toml
from composer.training.measure_reference import lakh_rows

FOLDS = 5
_GENRES: Mapping[str, tuple[str, ...]] = {
    "rock": ("Rock_", "Grunge"),
    "pop": ("Pop_",),
    "metal": ("Metal_",),
    "country": ("Country_",),
    "jazz": ("Jazz_",),
    "rap": ("Hip_Hop",),
    "dance": ("Dance", "Electronica"),
}
"""Genres by the beginnings of their MASD labels; those of fewer files are left out."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well names were told.

    Args:
        count: How many were to be named.
        accuracy: Share that was named right.
        balanced: Mean over the names of the share that was named right.
        commonest: Share of the commonest name, which a guess would get right.
        recalls: Share that was named right, by name.
        confusions: (said, true) with how often, the most frequent first.
    """

    count: int
    accuracy: float
    balanced: float
    commonest: float
    recalls: dict[str, float]
    confusions: tuple[tuple[str, str, int], ...]


def named(values: Floats, names: Sequence[str], folds: Sequence[int]) -> Verdict:
    """Name every row by trees that have learned from the rows of the other folds.

    Args:
        values: ``[rows, metrics]``; NaN where a metric has no meaning.
        names: The true name of each row.
        folds: Which fold each row is in.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits

    truth, fold = np.array(names), np.array(folds)
    said = truth.copy()
    for number in sorted(set(folds)):
        inside = fold == number
        model: Any = HistGradientBoostingClassifier(
            max_iter=60,
            learning_rate=0.12,
            max_leaf_nodes=8,
            min_samples_leaf=4,
            l2_regularization=1.0,
            max_features=0.2,
            class_weight="balanced",
            early_stopping=False,
            random_state=SEED,
        )
        known = np.isfinite(values[~inside]).any(axis=0)
        with threadpool_limits(1):  # threads that wait for each other are slow on a busy machine
            model.fit(values[~inside][:, known], truth[~inside])
            said[inside] = model.predict(values[inside][:, known])
    counts = Counter(names)
    recalls = {n: float((said[truth == n] == n).mean()) for n in sorted(counts)}
    wrong = Counter((str(s), str(t)) for s, t in zip(said, truth, strict=True) if s != t)
    ranked = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))
    return Verdict(
        len(names),
        float((said == truth).mean()),
        float(np.mean(list(recalls.values()))),
        max(counts.values()) / len(names),
        recalls,
        tuple((s, t, n) for (s, t), n in ranked),
    )


def halves(names: Sequence[str]) -> list[int]:
    """A fold of 0 or 1 for each row, in turn within each name.

    >>> halves(["pop", "rock", "pop", "pop"])
    [0, 0, 1, 0]
    """
    seen: Counter[str] = Counter()
    folds = []
    for name in names:
        folds.append(seen[name] % 2)
        seen[name] += 1
    return folds


def style_of(piece: Path) -> str:
    """The style in the brief beside a piece.

    Raises:
        EvaluationError: If there is no brief, or it names no style.
    """
    brief = piece.with_name("brief.toml")
    if not brief.is_file():
        raise EvaluationError(f"{piece}: no brief.toml beside it; save pieces with their briefs")
    style = read_toml(brief, str(brief)).data.get("style")
    if not isinstance(style, str):
        raise EvaluationError(f"{brief}: style: is missing; it must be the name of a style")
    return style


def genre_of(masd: str) -> str:
    """The genre of a field of MASD labels; empty where they disagree or are not used.

    >>> genre_of("Rock_Hard|Rock_Contemporary"), genre_of("Pop_Latin|Jazz_Classic")
    ('rock', '')
    """
    found = {
        genre
        for label in masd.split("|")
        for genre, starts in _GENRES.items()
        if label.startswith(starts)
    }
    return found.pop() if len(found) == 1 else ""


def _ours(folder: Path, jobs: int, *, notes_only: bool) -> Verdict:
    measured, skipped = measure_files(folder, jobs=jobs)
    if skipped:
        raise EvaluationError(f"{skipped[0].path}: {skipped[0].reason}")
    names = [style_of(folder / one.path) for one in measured]
    return named(_values(table_of(measured, "opening"), notes_only), names, halves(names))


def _values(table: MetricTable, notes_only: bool) -> Floats:
    from composer.evaluating.metrics import METRICS

    wanted = [i for i, m in enumerate(METRICS) if m.notes_only or not notes_only]
    return table.values[:, wanted]


def _real(corpora: Path, jobs: int) -> Verdict:
    files, rows = lakh_rows(corpora)
    chosen: dict[str, tuple[str, bytes]] = {}
    for row in sorted(rows, key=lambda row: row["md5"]):
        genre = genre_of(row["masd"])
        if genre and row["cluster"] not in chosen and row["md5"] in files:
            chosen[row["cluster"]] = (genre, files[row["md5"]])
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        found = pool.map(measure_bytes, [data for _, data in chosen.values()], chosen, chunksize=8)
        results = list(track(found, description="lakh", total=len(chosen)))
    measured = [one for one in results if not isinstance(one, Skipped)]
    names = [chosen[one.path][0] for one in measured]
    folds = [index % FOLDS for index in _ranks(names)]
    return named(table_of(measured, "opening").values, names, folds)


def _ranks(names: Sequence[str]) -> list[int]:
    """How many of the same name came before each."""
    seen: Counter[str] = Counter()
    ranks = []
    for name in names:
        ranks.append(seen[name])
        seen[name] += 1
    return ranks


def _told(title: str, verdict: Verdict) -> dict[str, object]:
    print(
        f"{title}: {verdict.accuracy:.3f} of {verdict.count} right "
        f"(mean over names {verdict.balanced:.3f}; the commonest alone {verdict.commonest:.3f})"
    )
    for name, recall in sorted(verdict.recalls.items(), key=lambda item: item[1])[:8]:
        print(f"    {name}: {recall:.2f}")
    for said, true, count in verdict.confusions[:8]:
        print(f"    {count} times {said} said of {true}")
    return {
        "count": verdict.count,
        "accuracy": round(verdict.accuracy, 4),
        "balanced": round(verdict.balanced, 4),
        "commonest": round(verdict.commonest, 4),
        "recalls": {name: round(share, 3) for name, share in verdict.recalls.items()},
        "confusions": [list(one) for one in verdict.confusions[:20]],
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Classify and tell; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m composer.training.classify_styles", description=__doc__
    )
    parser.add_argument("--pieces", type=Path, required=True, help="folder of saved pieces")
    parser.add_argument("--corpora", type=Path, help="folder with the packs, for real genres")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--out", type=Path, help="JSON file to write")
    flags = parser.parse_args(argv)
    try:
        found = {
            "ours": _told("styles", _ours(flags.pieces, flags.jobs, notes_only=False)),
            "ours, notes only": _told(
                "styles, notes only", _ours(flags.pieces, flags.jobs, notes_only=True)
            ),
        }
        if flags.corpora is not None:
            found["real"] = _told("MASD genres of Lakh", _real(flags.corpora, flags.jobs))
        if flags.out is not None:
            flags.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8", newline="\n")
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

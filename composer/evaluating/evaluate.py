"""`compose evaluate`, top to bottom: files → rows of metrics → comparisons → `Evaluation`."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from composer.errors import EvaluationError
from composer.evaluating.comparing import compare
from composer.evaluating.controls import controls
from composer.evaluating.diversity import diversity
from composer.evaluating.measuring import Measured, find_files, measure_files, table_of
from composer.evaluating.metrics import METRICS
from composer.evaluating.reference import (
    DEFAULT,
    family_of,
    load_reference,
    reference_names,
    yardsticks,
)
from composer.evaluating.requests import requests_of, saved_brief
from composer.evaluating.results import (
    Evaluation,
    MetricTable,
    Skipped,
)
from composer.evaluating.two_sample import group_tests
from composer.evaluating.windows import Place

_FEWEST_OF_A_STYLE = 10
_ASKED = ("style", "bars", "time_signature", "mood")
_PLACES: tuple[Place, ...] = ("opening", "middle")

Progress = Callable[[str, float], None]
"""Takes the step's name and how much of it is done: 0 when it begins, 1 when it ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """What was found, and what it was found in.

    Args:
        evaluation: The figures.
        measured: The pieces, in the order of the tables' rows.
        references: The tables that were compared with, in the order of the comparisons.
    """

    evaluation: Evaluation
    measured: tuple[Measured, ...]
    references: tuple[MetricTable, ...]


def evaluate(
    folder: Path | str,
    *,
    against: Sequence[str] = (),
    jobs: int = 1,
    progress: Progress | None = None,
) -> Evaluated:
    """Measure a folder of MIDI files and compare it with real music.

    Args:
        folder: Where the files lie, in folders of any depth; run folders of `compose` too.
        against: Folders of MIDI files, or names of references that ship; none is Lakh's valid
            split, and for each style of which the folder has ten pieces or more its family.
        jobs: How many processes read and measure.
        progress: Told of each step.

    Raises:
        EvaluationError: If the folder holds nothing that can be measured, a reference is neither a
            folder nor a known name, or the extra ``evaluate`` is not installed.
    """
    began = time.monotonic()
    tell = progress or _silent
    folder = Path(folder)
    sources = [_known(name) for name in against]
    paths = find_files(folder)
    asked, bad_briefs = requests_of(paths)
    request_of = dict(zip(paths, asked, strict=True))
    measured, skipped = measure_files(folder, jobs=jobs, progress=_counter(tell, "measure"))
    if not measured:
        raise EvaluationError(_nothing(folder, skipped))
    openings, middles = table_of(measured, "opening"), table_of(measured, "middle")
    briefs = [_brief_beside(_path(folder, one)) for one in measured]
    wanted: list[_Wanted] = []
    for number, source in enumerate(sources, start=1):
        wanted += _of_source(source, measured, jobs, _counter(tell, f"reference {number}"))
    if not sources:
        wanted = [*_of_name(DEFAULT, measured), *_of_styles(measured, briefs)]
    comparisons = []
    tell("compare", 0.0)
    for done, (title, place, ours, real) in enumerate(wanted, start=1):
        found = compare(ours, real, METRICS, reference=title, place=place)
        if done == 1:
            found = replace(found, groups=group_tests(ours, real, METRICS))
        comparisons.append(found)
        tell("compare", done / (len(wanted) + 1))
    return Evaluated(
        Evaluation(
            str(folder),
            len(measured),
            (*skipped, *bad_briefs),
            METRICS,
            openings,
            middles,
            tuple(comparisons),
            diversity(
                [one.opening for one in measured],
                openings,
                wanted[0][3] if wanted else None,
                [_asked(brief) for brief in briefs],
                METRICS,
            ),
            controls(
                [(_path(folder, one), one.song) for one in measured],
                [request_of[_path(folder, one)] for one in measured],
            ),
            time.monotonic() - began,
            yardsticks(),
        ),
        measured,
        tuple(real for _, _, _, real in wanted),
    )


_Wanted = tuple[str, Place, MetricTable, MetricTable]
"""A comparison to be made: its title, its place, our table and the real one."""


def _known(name: str) -> str | Path:
    """A folder, or the name of a reference.

    Raises:
        EvaluationError: If it is neither.
    """
    path = Path(name)
    if name not in reference_names() and path.exists():
        return path
    load_reference(name)
    return name


def _of_source(
    source: str | Path,
    measured: Sequence[Measured],
    jobs: int,
    progress: Callable[[int, int], None],
) -> list[_Wanted]:
    if isinstance(source, str):
        return _of_name(source, measured)
    real, skipped = measure_files(source, jobs=jobs, progress=progress)
    if not real:
        raise EvaluationError(_nothing(source, skipped))
    title = f"{source} ({len(real)} songs, {len(skipped)} files left out)"
    tables = [table_of(real, place) for place in _PLACES]
    return [
        (title, place, _ours_at(place, measured), table)
        for place, table in zip(_PLACES, tables, strict=True)
        if len(table)
    ]


def _of_name(name: str, measured: Sequence[Measured]) -> list[_Wanted]:
    reference = load_reference(name)
    return [
        (reference.title, place, _ours_at(place, measured), reference.at(place))
        for place in _PLACES
        if len(reference.at(place))
    ]


def _of_styles(measured: Sequence[Measured], briefs: Sequence[dict[str, object]]) -> list[_Wanted]:
    """For each style with pieces enough, its pieces beside the openings of its family."""
    styles = [str(brief.get("style", "")) for brief in briefs]
    counts = Counter(styles)
    found: list[_Wanted] = []
    for style in sorted(counts):
        family = family_of(style)
        if family is None or counts[style] < _FEWEST_OF_A_STYLE:
            continue
        own = [one for one, its in zip(measured, styles, strict=True) if its == style]
        reference = load_reference(family)
        title = f"{reference.title} (our {style})"
        found.append((title, "opening", table_of(own, "opening"), reference.openings))
    return found


def _ours_at(place: Place, measured: Sequence[Measured]) -> MetricTable:
    """Our rows for a reference's place: a piece that has no middle stands with its opening."""
    rows = [
        one.middle_row if place == "middle" and one.middle_row is not None else one.opening_row
        for one in measured
    ]
    table = table_of(measured, "opening")
    return MetricTable(table.metrics, np.array(rows), table.songs)


def _brief_beside(path: Path) -> dict[str, object]:
    """The brief saved beside a piece; empty where there is none that can be read."""
    try:
        return saved_brief(path) or {}
    except EvaluationError:
        return {}


def _asked(brief: dict[str, object]) -> str | None:
    """What tells one request from another, as one text; None for a piece without a brief.

    A saved brief is complete: its key, tempo and parts may be the seed's choice, and so they are
    left out.
    """
    asked = {name: brief[name] for name in _ASKED if name in brief}
    return json.dumps(asked, sort_keys=True, default=str) if asked else None


def _path(folder: Path, measured: Measured) -> Path:
    return folder if folder.is_file() else folder / measured.path


def _nothing(folder: Path, skipped: Sequence[Skipped]) -> str:
    first = f", such as {skipped[0].path}: {skipped[0].reason}" if skipped else ""
    return f"{folder}: none of its {len(skipped)} MIDI files can be measured{first}"


def _counter(tell: Progress, step: str) -> Callable[[int, int], None]:
    return lambda done, total: tell(step, done / total)


def _silent(step: str, done: float) -> None:
    """Tell nobody."""

"""The commands that measure: evaluate."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from composer.cli.composing import cli
from composer.cli.values import path, progress, text, whole
from composer.errors import BriefError

_MOST_JOBS = 64


@cli.command(short_help="Measure a folder of pieces against real music.")
@click.argument("folder", callback=path, metavar="DIR")
@click.option(
    "--against",
    multiple=True,
    callback=lambda ctx, param, value: tuple(text(ctx, param, one) for one in value),
    metavar="CORPUS",
    help="A folder of MIDI files, or a reference that ships: lakh (default), pop909, "
    "family-jazz …; may be given several times.",
)
@click.option(
    "--out", callback=path, metavar="PATH", default="evaluation", help="Default: evaluation."
)
@click.option(
    "--jobs",
    type=str,
    callback=whole,
    metavar="INTEGER",
    help="Processes that measure. Default: one a core.",
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def evaluate(
    folder: Path,
    against: tuple[str, ...],
    out: Path,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say in numbers and pictures how far a folder of MIDI files is from real music.

    Writes evaluation.html, to be read offline, and evaluation.json.
    """
    if jobs is not None and not 1 <= jobs <= _MOST_JOBS:
        raise BriefError("jobs", f"must be 1 to {_MOST_JOBS}, not {jobs}")
    from composer.evaluating.evaluate import evaluate as measure
    from composer.evaluating.extra import require
    from composer.evaluating.json_report import evaluation_as_data
    from composer.evaluating.report import html_of
    from composer.exporting.files import FileSet, rehearse

    require()
    rehearse(out)
    with progress(quiet or as_json) as tell:
        found = measure(folder, against=against, jobs=jobs or os.cpu_count() or 1, progress=tell)
        data = evaluation_as_data(found.evaluation)
        with FileSet(out) as files:
            files.write("evaluation.json", json.dumps(data, indent=1) + "\n")
            files.write("evaluation.html", html_of(found, progress=tell))
            paths = files.paths
    if as_json:
        click.echo(json.dumps({**data, "files": [str(written) for written in paths]}))
        return
    if not quiet:
        from composer.cli.evaluation_table import print_evaluation

        print_evaluation(found.evaluation, paths)

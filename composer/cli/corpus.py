"""The commands `corpus …`: what a model is trained on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer.cli.composing import cli
from composer.cli.groups import Commands
from composer.cli.values import InterruptedRunError, given, path, progress, text, whole
from composer.errors import BriefError

if TYPE_CHECKING:
    from composer.training.corpus.workers import Workers

_MOST_JOBS = 256


@cli.group(cls=Commands, short_help="Prepare MIDI files for training.", invoke_without_command=True)
@click.pass_context
def corpus(ctx: click.Context) -> None:
    """Prepare MIDI files for training."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


@corpus.command(short_help="Clean, hear and tokenise a folder of MIDI files.")
@click.argument("folder", metavar="DIR", callback=path)
@click.option("--out", callback=path, metavar="PATH", required=True, help="Folder of the corpus.")
@click.option(
    "--jobs",
    type=str,
    callback=whole,
    metavar="INTEGER",
    default=2,
    help="How many processes read files. Default: 2.",
)
@click.option(
    "--scheduler",
    callback=text,
    metavar="ADDRESS",
    help="A Dask scheduler, such as tcp://host:8786, in place of local processes.",
)
@click.option("--title", callback=text, help="What the music is called. Default: the folder's.")
@click.option("--licence", callback=text, help="Of the collection, as its publisher states it.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def prepare(
    ctx: click.Context,
    folder: Path,
    out: Path,
    jobs: int,
    scheduler: str | None,
    title: str | None,
    licence: str | None,
    quiet: bool,
    as_json: bool,
) -> None:
    """Make shards of tokens out of all MIDI files below a folder.

    Files that cannot be used are left out and listed in dropped.tsv with the reason. A run that was
    stopped goes on where it was. The result does not depend on how many processes work.
    """
    if not 1 <= jobs <= _MOST_JOBS:
        raise BriefError("jobs", f"must be 1 to {_MOST_JOBS}, not {jobs}")
    if scheduler and given(ctx, ["jobs"]):
        raise BriefError("jobs", "counts local processes; leave it or --scheduler out")
    from composer.training.corpus.prepare import find, prepare

    find(folder)
    try:
        workers = _workers(jobs, scheduler, folder)
        try:
            with progress(quiet or as_json) as tell:
                manifest = prepare(
                    folder,
                    out,
                    workers,
                    title=title,
                    licence=licence,
                    tell=None
                    if tell is None
                    else lambda step, done, all_: tell(step, done / max(all_, 1)),
                )
        finally:
            workers.close()
    except KeyboardInterrupt:
        raise InterruptedRunError("run it again to go on where it was") from None
    if as_json:
        click.echo(json.dumps({"corpus": str(out), **manifest}))
    elif not quiet:
        _print(out, manifest)


def _workers(jobs: int, scheduler: str | None, folder: Path) -> Workers:
    if scheduler:
        from composer.training.corpus.cluster import DaskWorkers

        return DaskWorkers(scheduler, folder)
    from composer.training.corpus.workers import LocalProcesses

    return LocalProcesses(jobs)


def _print(out: Path, manifest: dict[str, Any]) -> None:
    """What was made, what was left out, and what was mended."""
    from rich.text import Text

    from composer.summary import terminal

    console = terminal()
    lines = [f"{manifest['songs']:,} of {manifest['files']:,} files are in {out}"]
    for split, totals in manifest["splits"].items():
        lines.append(
            f"  {split}: {totals['songs']:,} songs, {totals['bars']:,} bars, "
            f"{totals['tokens']:,} tokens"
        )
    for heading, counts in (
        ("left out, as dropped.tsv lists:", manifest["dropped"]),
        ("mended:", manifest["mended"]),
    ):
        if counts:
            lines.append(heading)
            lines += [f"  {count:,} {words}" for words, count in counts.items()]
    empty = [split for split, totals in manifest["splits"].items() if not totals["songs"]]
    lines += [f"the {split} split is empty: training needs a song in it" for split in empty]
    for line in lines:
        console.print(Text(line), soft_wrap=True)

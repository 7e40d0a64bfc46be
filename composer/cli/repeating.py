"""``compose repeat``: a run made again from its manifest."""

from __future__ import annotations

import json
from pathlib import Path

import click

from composer.cli.composing import cli
from composer.cli.values import path, progress


@cli.command(short_help="Make a run again, and compare it to the byte.")
@click.argument("manifest", callback=path)
@click.option("--out", callback=path, metavar="PATH", help="Where to leave it. Default: nowhere.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def repeat(manifest: Path, out: Path | None, quiet: bool, as_json: bool) -> None:
    """Make the run of a manifest.json again; exit code 1 if a file is not the same to the byte."""
    from composer.repeating import repeat as make_again

    with progress(quiet or as_json) as tell:
        found = make_again(manifest, out, progress=tell)
    if as_json:
        click.echo(json.dumps(found.to_dict()))
    elif not quiet:
        for name, verdict in found.verdicts.items():
            click.echo(f"{verdict:<14}  {name}")
        for difference in found.differences:
            click.echo(f"note: {difference.sentence()}")
        for name in found.changed:
            click.echo(f"note: {name} beside the manifest was changed since")
    if not found.same:
        raise click.exceptions.Exit(1)

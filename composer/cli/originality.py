"""The commands `originality` and `index`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from composer.cli.composing import cli
from composer.cli.values import InterruptedRunError, path, progress, text, whole
from composer.errors import BriefError


@cli.command(short_help="Look for a piece's passages in a catalogue.")
@click.argument("file", callback=path)
@click.option(
    "--index",
    "folder",
    callback=path,
    metavar="PATH",
    help="An index made by `compose index`. Default: the training corpus.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def originality(file: Path, folder: Path | None, as_json: bool) -> None:
    """Look for passages of any MIDI file in a catalogue; exit code 1 if they are too many.

    A passage is found in any key, at any tempo, and with some notes changed. The verdict compares
    it with what real pieces that are not in the catalogue share with it.
    """
    from composer.evaluating.index_file import open_index, verify_index
    from composer.evaluating.originality import originality as report_of
    from composer.midi.songs import read_song

    song = read_song(file)
    catalogue = open_index(folder) if folder else None
    if catalogue is not None:
        verify_index(catalogue)
    report = report_of(song, catalogue)
    if as_json:
        click.echo(json.dumps({"file": str(file), **report.to_dict()}))
    else:
        from composer.summary import print_originality

        print_originality(str(file), report)
    if not report.ok:
        raise click.exceptions.Exit(1)


@cli.command(short_help="Index your own catalogue of MIDI files.")
@click.argument("folder", callback=path)
@click.option("--out", callback=path, metavar="PATH", required=True, help="Folder of the index.")
@click.option("--title", callback=text, help="Whose works these are. Default: the folder's name.")
@click.option(
    "--jobs",
    type=str,
    callback=whole,
    metavar="INTEGER",
    default=2,
    help="How many read files at a time. Default: 2.",
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def index(
    folder: Path, out: Path, title: str | None, jobs: int, quiet: bool, as_json: bool
) -> None:
    """Index all MIDI files below a folder, for `compose originality --index`.

    A run that was stopped goes on where it was. Files that cannot be read are listed and left out.
    """
    if not 1 <= jobs <= 64:
        raise BriefError("jobs", f"must be 1 to 64, not {jobs}")
    from composer.evaluating.folder_index import index_folder

    try:
        with progress(quiet or as_json) as tell:
            built = index_folder(
                folder,
                out,
                title or folder.resolve().name,
                processes=jobs,
                tell=None if tell is None else lambda done, all_: tell("reading", done / all_),
            )
    except KeyboardInterrupt:
        raise InterruptedRunError("run it again to go on where it was") from None
    if as_json:
        data = {
            "index": str(out),
            "pieces": built.index.pieces,
            "bytes": built.index.bytes,
            "unreadable": [list(pair) for pair in built.unreadable],
        }
        click.echo(json.dumps(data))
    elif not quiet:
        from composer.summary import print_index

        print_index(built)

"""``compose batch``: many briefs at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer.cli.composing import cli
from composer.cli.values import (
    InterruptedRunError,
    audio_options,
    checked_exports,
    checked_format,
    checked_rate,
    path,
    text,
    whole,
)
from composer.errors import BriefError

if TYPE_CHECKING:
    from composer.batch import Outcome
    from composer.music.brief import Brief


@cli.command(short_help="Compose many briefs, in several processes.")
@click.argument("briefs", nargs=-1, required=True)
@click.option(
    "--jobs", callback=whole, metavar="INTEGER", help="How many at a time. Default: all cores."
)
@click.option("--rules", callback=path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--model", callback=path, metavar="PATH", help="Folder of your own transformer.")
@click.option("--no-audio", is_flag=True, help="Write MIDI, picture and report only.")
@click.option("--export", "exports", callback=text, help="Comma-separated, as `compose` takes it.")
@audio_options
@click.option("--json", "as_json", is_flag=True, help="Print the results as JSON, a line a piece.")
def batch(
    briefs: tuple[str, ...],
    jobs: int | None,
    rules: Path | None,
    model: Path | None,
    no_audio: bool,
    exports: str | None,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Compose every brief (TOML files, or folders of them) into a folder of its name.

    What fails is said, and stops nothing else; then the exit code is 2.
    """
    audio_format = checked_format(audio_format)
    checked_rate(sample_rate)
    names = checked_exports(exports)
    files = _files(briefs)
    from composer.batch import Outcome, compose_many

    if not no_audio:
        from composer.sounding.stems import check_sound

        check_sound(soundfont)
    read, failed = _read(files)
    written = ended = 0

    def tell(outcome: Outcome) -> None:
        nonlocal written, ended
        ended += 1
        written += outcome.ok
        if as_json:
            click.echo(json.dumps(outcome.to_dict()))
        elif not outcome.ok:
            click.echo(f"error: {outcome.name}: {outcome.error}", err=True)
        elif not quiet:
            click.echo(f"{ended}/{len(files)}  {outcome.folder}  {outcome.title}")

    for name, error in failed.items():
        tell(Outcome(name, out / name, error=error))
    try:
        compose_many(
            read,
            out,
            jobs=jobs,
            rules=rules,
            model=model,
            audio=not no_audio,
            soundfont=soundfont,
            sample_rate=sample_rate,
            stems=stems,
            audio_format=audio_format,
            exports=names,
            progress=lambda done, total, outcome: tell(outcome),
        )
    except KeyboardInterrupt:
        left = f"{written} of {len(files)} pieces were written to {out}"
        raise InterruptedRunError(left if written else "nothing was written") from None
    if written < len(files):
        raise click.exceptions.Exit(2)


def _files(words: tuple[str, ...]) -> dict[str, Path]:
    """The files by the names of their pieces: those of a folder in the order of their names."""
    found: dict[str, Path] = {}
    for word in words:
        if not word.strip():
            raise BriefError("briefs", "one is empty; name TOML files, or folders of them")
        place = Path(word)
        files = sorted(place.glob("*.toml")) if place.is_dir() else [place]
        if not files:
            raise BriefError(word, "is a folder without briefs; a brief is a TOML file (.toml)")
        for file in files:
            if file.stem in found:
                raise BriefError(
                    str(file), f"has the name of {found[file.stem]}; rename one, or batch it apart"
                )
            found[file.stem] = file
    return found


def _read(files: dict[str, Path]) -> tuple[dict[str, Brief], dict[str, str]]:
    """The briefs by name, and why some files hold none."""
    from composer.exporting.brief_toml import load_brief

    read: dict[str, Brief] = {}
    failed: dict[str, str] = {}
    for name, file in files.items():
        try:
            read[name] = load_brief(file)
        except BriefError as error:
            failed[name] = str(error)
    return read, failed

"""``compose project DIR …``: the changes that a project takes."""

from __future__ import annotations

from pathlib import Path

import click

from composer.cli.project import as_json_option, changed, project_group
from composer.cli.values import Command, flag, text, with_options
from composer.errors import ProjectError

_PARTS = click.option(
    "--parts", callback=text, help='Names, roles or instruments: "bass, drums". Default: all.'
)
_SECTIONS = click.option(
    "--sections", callback=text, help='Names or kinds: "chorus, verse 2". Default: all.'
)


def cell_options(command: Command) -> Command:
    """Give a command the options of where it works."""
    return with_options(command, _PARTS, _SECTIONS)


def _words(given: str | None) -> list[str] | None:
    return None if given is None else [word.strip() for word in given.split(",")]


@project_group.command(short_help="Write parts anew, to the others as they stand.")
@cell_options
@as_json_option
@click.pass_obj
def regenerate(folder: Path, parts: str | None, sections: str | None, as_json: bool) -> None:
    """Write parts anew in sections; what is locked is left out, all else stays as it is."""
    changed(
        folder, lambda project: project.regenerate(_words(parts), _words(sections)), as_json=as_json
    )


@project_group.command(short_help="Keep parts as they are, whatever is done.")
@cell_options
@as_json_option
@click.pass_obj
def lock(folder: Path, parts: str | None, sections: str | None, as_json: bool) -> None:
    """Keep parts in sections as they are, to the byte, whatever is done."""
    changed(folder, lambda project: project.lock(_words(parts), _words(sections)), as_json=as_json)


@project_group.command(short_help="Let parts be changed again.")
@cell_options
@as_json_option
@click.pass_obj
def unlock(folder: Path, parts: str | None, sections: str | None, as_json: bool) -> None:
    """Let parts be changed again in sections."""
    changed(
        folder, lambda project: project.unlock(_words(parts), _words(sections)), as_json=as_json
    )


def _amount(ctx: click.Context, param: click.Parameter, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise ProjectError(f'vary: must be a number from 0 to 1, not "{value}"') from None


@project_group.command(short_help="Write a share of all that is free anew.")
@click.argument("amount", callback=_amount, metavar="SHARE")
@as_json_option
@click.pass_obj
def vary(folder: Path, amount: float, as_json: bool) -> None:
    """Write a share of what is not locked anew, 0 to 1, each part in each section by lot."""
    changed(folder, lambda project: project.vary(amount), as_json=as_json)


@project_group.command(short_help="Write bars anew between what is around them.")
@click.argument("bars", metavar="BARS")
@_PARTS
@as_json_option
@click.pass_obj
def infill(folder: Path, bars: str, parts: str | None, as_json: bool) -> None:
    """Write bars anew, such as 9..12, between what is before and after them."""
    changed(folder, lambda project: project.infill(bars, _words(parts)), as_json=as_json)


@project_group.command("set-chords", short_help="Put other chords into bars.")
@click.argument("bars", metavar="BARS")
@click.argument("chords", metavar="CHORDS")
@as_json_option
@click.pass_obj
def set_chords(folder: Path, bars: str, chords: str, as_json: bool) -> None:
    """Put other chords into bars, such as 9..12 "Am7 | F"; free pitched parts follow there."""
    changed(folder, lambda project: project.set_chords(bars, chords), as_json=as_json)


def _semitones(ctx: click.Context, param: click.Parameter, value: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise ProjectError(
            f'transpose: {flag(param)} must be whole semitones such as +2 or -3, not "{value}"'
        ) from None


@project_group.command(
    short_help="Move all pitched parts by semitones.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("semitones", callback=_semitones, metavar="SEMITONES")
@as_json_option
@click.pass_obj
def transpose(folder: Path, semitones: int, as_json: bool) -> None:
    """Move all pitched parts by semitones, such as +2 or -3."""
    changed(folder, lambda project: project.transpose(semitones), as_json=as_json)


@project_group.command("set-key", short_help="Move all pitched parts to another tonic.")
@click.argument("key", metavar="KEY")
@as_json_option
@click.pass_obj
def set_key(folder: Path, key: str, as_json: bool) -> None:
    """Move all pitched parts to another tonic, such as D, by the nearest way."""
    changed(folder, lambda project: project.set_key(key), as_json=as_json)


@project_group.command("change-style", short_help="Let a part play as in another style.")
@click.argument("part", metavar="PART")
@click.argument("style", metavar="STYLE")
@as_json_option
@click.pass_obj
def change_style(folder: Path, part: str, style: str, as_json: bool) -> None:
    """Let a part play as in another style, over the same chords and sections."""
    changed(folder, lambda project: project.change_style(part, style), as_json=as_json)

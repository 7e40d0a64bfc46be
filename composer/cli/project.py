"""``compose project``: a piece kept in a folder, shown, exported, undone and put in order."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer.cli.composing import brief_of, cli
from composer.cli.groups import Commands, HeadedCommand
from composer.cli.material import MATERIAL_OPTIONS, taken
from composer.cli.values import (
    audio_options,
    checked_exports,
    checked_format,
    checked_rate,
    export_option,
    path,
    progress,
)
from composer.errors import BriefError
from composer.music.brief import Brief

if TYPE_CHECKING:
    from composer.project.project import Project

_BRIEF_OPTIONS = frozenset(
    {field.name for field in fields(Brief)} | {*MATERIAL_OPTIONS, "brief_file", "rules", "model"}
)


class ProjectCommands(Commands):
    """The commands of a project; its folder stands before them."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; help is asked for after the folder, too."""
        if args and args[0] in ctx.help_option_names:
            click.echo(ctx.get_help())
            ctx.exit()
        return super().resolve_command(ctx, args)


as_json_option = click.option("--json", "as_json", is_flag=True, help="Print as JSON.")


@cli.group(
    "project",
    cls=ProjectCommands,
    invoke_without_command=True,
    short_help="Keep a piece in a folder, and change it part by part.",
)
@click.argument("folder", callback=path, metavar="DIR")
@click.pass_context
def project_group(ctx: click.Context, folder: Path) -> None:
    """Keep a piece in a folder, and change it part by part.

    What is locked, and what is not asked for, stays the same to the byte; every change can be
    undone. Without a command, the project is shown.

    \b
      compose project song new --style pop --bars 32
      compose project song lock --parts drums,melody
      compose project song regenerate --parts bass --sections chorus
      compose project song set-chords 9..12 "Am7 | F"
      compose project song export --export dawproject --out song-for-the-daw
    """  # noqa: D301 - click reads the character
    ctx.obj = folder
    if ctx.invoked_subcommand is None:
        _show(folder, as_json=False)


def changed(folder: Path, change: Callable[[Project], None], *, as_json: bool) -> None:
    """Open a project, change it, and say what it is now.

    Args:
        folder: The project's folder.
        change: What to do.
        as_json: Whether to print JSON.
    """
    from composer.project.project import Project

    with progress(as_json) as tell, Project.open(folder, progress=tell) as project:
        change(project)
        _say(project, as_json=as_json)


@project_group.command(cls=HeadedCommand, short_help="Compose a piece, and keep it in the folder.")
@as_json_option
@click.pass_context
def new(
    ctx: click.Context,
    /,
    *,
    brief_file: Path | None,
    rules: Path | None,
    model: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Compose a piece, and keep it in the folder, which must be new or empty."""
    from composer.project.project import Project

    material = {name: asked.pop(name) for name in MATERIAL_OPTIONS}
    found = taken(brief_of(brief_file, asked), rules, material)
    with (
        progress(as_json) as tell,
        Project.create(ctx.obj, found.brief, rules, model=model, progress=tell) as project,
    ):
        if not as_json:
            for note in found.notes:
                click.echo(f"note: {note}")
        _say(project, as_json=as_json)


new.params[:0] = [option for option in cli.params if option.name in _BRIEF_OPTIONS]


@project_group.command(short_help="Show form, chords, parts and locks.")
@as_json_option
@click.pass_obj
def show(folder: Path, as_json: bool) -> None:
    """Show form, chords, parts, locks, and where the parts' files lie."""
    _show(folder, as_json=as_json)


@project_group.command(short_help="List what was done.")
@as_json_option
@click.pass_obj
def history(folder: Path, as_json: bool) -> None:
    """List what was done, in order; what was undone and can be done again is marked."""
    from composer.project.project import Project

    with Project.open(folder) as project:
        steps = project.history
    if as_json:
        rows = [{"done": step.done, "operation": dict(step.operation)} for step in steps]
        click.echo(json.dumps(rows))
        return
    for number, step in enumerate(steps):
        click.echo(f"{number:>4}  {step.sentence}{'' if step.done else '  (undone)'}")


@project_group.command(short_help="Go back to before the last change.")
@as_json_option
@click.pass_obj
def undo(folder: Path, as_json: bool) -> None:
    """Go back to the state before the last change."""
    changed(folder, lambda project: project.undo(), as_json=as_json)


@project_group.command(short_help="Do again what was undone last.")
@as_json_option
@click.pass_obj
def redo(folder: Path, as_json: bool) -> None:
    """Do the change again that was undone last."""
    changed(folder, lambda project: project.redo(), as_json=as_json)


@project_group.command(short_help="Drop changes from outside; mend what is damaged.")
@click.pass_obj
def restore(folder: Path) -> None:
    """Put the project's files back as they were saved.

    A MIDI file that was changed from outside loses that change. Damaged files are made again from
    the brief and the log; what is damaged is set aside, not removed.
    """
    from composer.project.restoring import restore as put_in_order

    click.echo(put_in_order(folder))


@project_group.command(short_help="Write the piece's files to another folder.")
@export_option
@click.option("--no-audio", is_flag=True, help="Write MIDI, picture and report only.")
@audio_options
@as_json_option
@click.pass_obj
def export(
    folder: Path,
    exports: str | None,
    no_audio: bool,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Write MIDI, audio, picture, report and whatever else is asked for to another folder."""
    audio_format = checked_format(audio_format)
    checked_rate(sample_rate)
    if no_audio and stems:
        raise BriefError("stems", "--no-audio leaves out the audio that it is about; drop one")
    names = checked_exports(exports)
    from composer.exporting.files import rehearse
    from composer.project.project import Project

    rehearse(out)
    with progress(quiet or as_json) as tell, Project.open(folder, progress=tell) as project:
        rendering = None
        if not no_audio:
            rendering = project.render(soundfont=soundfont, sample_rate=sample_rate)
        paths = project.export(
            out, exports=names, rendering=rendering, stems=stems, audio_format=audio_format
        )
    if as_json:
        click.echo(json.dumps({"files": [str(path) for path in paths]}))
    elif not quiet:
        if rendering is not None and rendering.warning:
            click.echo(f"warning: {rendering.warning}", err=True)
        for written in paths:
            click.echo(str(written))


def _show(folder: Path, *, as_json: bool) -> None:
    from composer.project.description import described, lines
    from composer.project.project import Project

    with Project.open(folder) as project:
        _tell_notices(project, as_json=as_json)
        if as_json:
            click.echo(json.dumps(described(project)))
        else:
            click.echo("\n".join(lines(project)))


def _say(project: Project, *, as_json: bool) -> None:
    """What was done, in a line, or the project as JSON."""
    from composer.project.description import described

    _tell_notices(project, as_json=as_json)
    if as_json:
        click.echo(json.dumps(described(project)))
        return
    last = [step for step in project.history if step.done][-1]
    click.echo(f"{last.sentence}: {project.state_folder}")


def _tell_notices(project: Project, *, as_json: bool) -> None:
    if not as_json:
        for notice in project.notices:
            click.echo(f"note: {notice}")

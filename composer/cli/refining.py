"""The command `refine`: the timbre stage on any MIDI file, or on a recording."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from composer.cli.composing import cli
from composer.cli.values import (
    AUDIO_FORMATS,
    checked_format,
    given,
    path,
    progress,
    refined_audio_options,
    refining_of,
    text,
    whole,
)
from composer.errors import BriefError, MidiError

if TYPE_CHECKING:
    from composer.sounding.options import Refining, RefiningReport


@cli.command(short_help="Make a MIDI file, or a recording, sound real.")
@click.argument("file", callback=path)
@click.option(
    "--program",
    callback=text,
    metavar="NAME",
    help="Who plays a recording: violin, 40 (General MIDI, counted from 0), drums.",
)
@click.option("--seed", callback=whole, metavar="INTEGER", help="Another seed. Default: 0.")
@refined_audio_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.pass_context
def refine(
    ctx: click.Context,
    /,
    file: Path,
    program: str | None,
    seed: int | None,
    wet: float | None,
    refine_parts: str | None,
    refine_model: Path | None,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Give stems the sound of recorded instruments.

    A MIDI file is rendered, refined and mixed. A recording of one stem (WAV, FLAC or Ogg, 44.1 kHz)
    is refined as it is: --program says who plays, and --out may name the file to write.
    """
    from composer.sounding.recording import is_midi

    audio_format = checked_format(audio_format)
    if seed is not None and seed < 0:
        raise BriefError("seed", f"must be from 0, not {seed}")
    refining = refining_of(wet, refine_parts, refine_model, seed)
    silent = quiet or as_json
    if is_midi(file):
        if program is not None:
            raise BriefError("program", "is for recordings; a MIDI file names its own programs")
        if out.suffix.lower().lstrip(".") in AUDIO_FORMATS:
            raise BriefError("out", "must be a folder: a MIDI file's mix and report go into it")
        shown = _refine_midi(file, refining, soundfont, stems, audio_format, out, silent)
    else:
        _refuse_midi_options(ctx)
        target, audio_format = _target(ctx, file, out, audio_format)
        shown = _refine_recording(file, program, refining, target, audio_format, silent)
    _announce(file, *shown, quiet=quiet, as_json=as_json)


_OTHER_FORMATS = ("mp3", "m4a", "aac", "aif", "aiff", "opus", "wma")

_Shown = tuple["RefiningReport | None", str | None, Mapping[str, object], Sequence[Path]]
"""What was done, a warning, what else the JSON says, and the files."""


def _refine_midi(
    file: Path,
    refining: Refining,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    out: Path,
    silent: bool,
) -> _Shown:
    from composer import pipeline
    from composer.exporting.files import rehearse
    from composer.midi.decode import read_midi
    from composer.piece import audio_report
    from composer.sounding.parts import chosen_stems
    from composer.sounding.stems import check_sound

    performance = read_midi(file)
    if not any(track.notes for track in performance.tracks):
        raise MidiError(f"{file}: holds no note to play")
    chosen_stems(performance, refining)
    check_sound(soundfont, refining)
    rehearse(out)
    with progress(silent) as tell:
        rendering = pipeline.render(
            performance, soundfont=soundfont, refine=refining, progress=tell
        )
        paths = pipeline.save_audio(
            rendering, out, file.stem, stems=stems, audio_format=audio_format, progress=tell
        )
    more = {"audio": audio_report(rendering)}
    return rendering.refining, rendering.warning, more, paths


def _refine_recording(
    file: Path,
    program: str | None,
    refining: Refining,
    target: Path,
    audio_format: str,
    silent: bool,
) -> _Shown:
    if program is None:
        raise BriefError("program", "is missing: say who plays the recording, such as violin")
    from composer.exporting.files import rehearse
    from composer.refining.parts import Part
    from composer.sounding.parts import program_of
    from composer.sounding.recording import read_recording, refine_recording, save_recording

    number, drums = program_of(program)
    rehearse(target.parent)
    audio = read_recording(file)
    part = Part(number, drums, None, file.stem)
    with progress(silent) as tell:
        told = None if tell is None else lambda done: tell("refine", done)
        recording = refine_recording(audio, part, refining, told)
        paths = save_recording(recording, target, audio_format, file.stem)
    return recording.report, recording.warning, {"seconds": round(audio.seconds, 3)}, paths


def _refuse_midi_options(ctx: click.Context) -> None:
    typed = given(ctx, ("refine_parts", "soundfont", "stems"))
    if typed:
        raise BriefError(typed[0].lstrip("-"), "is for MIDI files; a recording is one stem")


def _target(ctx: click.Context, file: Path, out: Path, audio_format: str) -> tuple[Path, str]:
    """The file to write, and its format: ``--out`` may be either the file or its folder."""
    kind = out.suffix.lower().lstrip(".")
    if kind in _OTHER_FORMATS and not out.is_dir():
        raise BriefError("out", f"names a {kind} file; {', '.join(AUDIO_FORMATS)} can be written")
    if kind not in AUDIO_FORMATS or out.is_dir():
        return out / f"{file.stem}-refined.{audio_format}", audio_format
    if given(ctx, ["audio_format"]) and audio_format != kind:
        raise BriefError("format", f"is {audio_format}, and --out names a {kind} file")
    if out.exists() and file.exists() and out.samefile(file):
        raise BriefError("out", "is the recording itself; give another name")
    return out, kind


def _announce(
    file: Path,
    report: RefiningReport | None,
    warning: str | None,
    more: Mapping[str, object],
    paths: Sequence[Path],
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    data = {} if report is None else report.to_dict()
    if as_json:
        files = [str(written) for written in paths]
        shown = {"file": str(file), "refining": data, "warning": warning, **more, "files": files}
        click.echo(json.dumps(shown))
    elif not quiet:
        from composer.summary import print_refining

        if warning:
            click.echo(f"warning: {warning}", err=True)
        if report is not None:
            print_refining(report, paths)

"""``compose`` itself: its flags are the brief."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer import __version__
from composer.cli.groups import HeadedCommands
from composer.cli.material import MATERIAL_OPTIONS, material_options, taken
from composer.cli.timing import timing_options
from composer.cli.values import (
    InterruptedRunError,
    audio_options,
    checked_exports,
    checked_format,
    checked_rate,
    export_option,
    given,
    number,
    path,
    progress,
    refining_of,
    refining_options,
    refuse_audio_options,
    refuse_refining_options,
    text,
    whole,
)
from composer.cli.variations import MAX_JOBS, compose_at_once, is_there, variation_name
from composer.errors import BriefError

if TYPE_CHECKING:
    from composer.music.brief import Brief
    from composer.piece import Piece, Rendering

_MAX_VARIATIONS = 100
_MAX_SEED = 2**63 - 1


@click.group(
    cls=HeadedCommands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--key", help='C, F#m, "Bb minor", "D dorian". Default: chosen by style and seed.')
@click.option(
    "--bars", callback=whole, metavar="INTEGER", help="Length in bars, 1-1024. Default: 32."
)
@click.option("--tempo", callback=number, metavar="NUMBER", help="Quarter notes a minute, 20-400.")
@click.option("--time-signature", help="2/4 3/4 4/4 5/4 6/8 7/8 9/8 12/8; also 2+3/4, 3+2+2/8 …")
@click.option("--style", callback=text, help="`compose styles` lists them. Default: pop.")
@click.option("--mood", help='A word such as calm, or "valence,energy", each from -1 to 1.')
@click.option("--title", callback=text, help="Its name. Default: style, key and seed.")
@click.option("--form", help='"intro:4 verse:8 chorus:8", or letters such as AABA.')
@click.option("--chords", help='Your own, bar by bar: "Am7 | F | C/E G | %", or roman numerals.')
@material_options
@timing_options
@click.option("--parts", help='Instruments, comma-separated: "flute, piano, bass=cello, drums".')
@click.option(
    "--swing",
    callback=number,
    metavar="NUMBER",
    help="Place of the off-beat, 0.5 (straight) to 0.75.",
)
@click.option(
    "--humanize",
    callback=number,
    metavar="NUMBER",
    help="Timing, touch, pedal: 0 (none) to 2. Default: 1.",
)
@click.option(
    "--seed", callback=whole, metavar="INTEGER", help="Another seed, another piece. Default: 0."
)
@click.option(
    "--writer", callback=text, help="rules, transformer or hybrid. Default: hybrid; see the docs."
)
@click.option(
    "--temperature",
    callback=number,
    metavar="NUMBER",
    help="How boldly the transformer draws, 0 to 100. Default: 1.",
)
@click.option(
    "--top-p",
    callback=number,
    metavar="NUMBER",
    help="Share of probability that it draws from, up to 1. Default: 0.95.",
)
@click.option(
    "--candidates",
    callback=whole,
    metavar="INTEGER",
    help="Versions of each passage to choose from, 1-16. Default: 1.",
)
@click.option(
    "--variations",
    type=str,
    callback=whole,
    metavar="INTEGER",
    default=1,
    help="How many pieces, 1-100, seeds counting up.",
)
@click.option(
    "--jobs",
    type=str,
    callback=whole,
    metavar="INTEGER",
    default=1,
    help="How many variations at a time. Default: 1.",
)
@click.option(
    "--brief",
    "brief_file",
    callback=path,
    metavar="PATH",
    help="A saved brief (TOML); flags go over it.",
)
@click.option("--rules", callback=path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--model", callback=path, metavar="PATH", help="Folder of your own transformer.")
@export_option
@click.option("--no-audio", is_flag=True, help="Write MIDI, picture and report only.")
@refining_options
@audio_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, a line a piece.")
@click.version_option(__version__, prog_name="composer")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    """Compose a finished arrangement: editable MIDI, audio, a piano roll and a report.

    Without a command, the options are the brief; what they leave open is chosen and reported.

    \b
      compose --key C --bars 32
      compose --style jazz-swing --chords "Dm7 | G7 | Cmaj7 | %" --bars 16 --stems
    """  # noqa: D301 - click reads the character
    if ctx.invoked_subcommand is None:
        _compose(ctx, **options)
        return
    misplaced = given(ctx, [param.name for param in cli.params if param.name])
    if misplaced:
        raise click.UsageError(
            f"{misplaced[0]} belongs to composing and stands before the command "
            f'"{ctx.invoked_subcommand}"; put what the command takes after it'
        )


def _compose(
    ctx: click.Context,
    *,
    variations: int,
    jobs: int,
    brief_file: Path | None,
    rules: Path | None,
    model: Path | None,
    soundfont: str | None,
    stems: bool,
    no_audio: bool,
    refine: bool,
    wet: float | None,
    refine_parts: str | None,
    refine_model: Path | None,
    exports: str | None,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    audio_format = checked_format(audio_format)
    checked_rate(sample_rate)
    if no_audio:
        refuse_audio_options(ctx)
    if not refine:
        refuse_refining_options(ctx)
    names = checked_exports(exports)
    if not 1 <= variations <= _MAX_VARIATIONS:
        raise BriefError("variations", f"must be from 1 to {_MAX_VARIATIONS}, not {variations}")
    if not 1 <= jobs <= MAX_JOBS:
        raise BriefError("jobs", f"must be from 1 to {MAX_JOBS}, not {jobs}")
    material = {name: fields.pop(name) for name in MATERIAL_OPTIONS}
    asked = taken(brief_of(brief_file, fields), rules, material)
    brief = asked.brief
    if brief.seed <= _MAX_SEED < brief.seed + variations - 1:
        raise BriefError("variations", f"count seeds up from {brief.seed}, past {_MAX_SEED}")
    from composer import pipeline
    from composer.exporting.files import rehearse
    from composer.piece import report_of

    refining = None
    if refine:
        from composer.sounding.parts import check_words

        refining = refining_of(wet, refine_parts, refine_model, brief.seed)
        check_words(refining)
    # What would fail at the end fails before the work.
    rehearse(out)
    if not no_audio:
        from composer.sounding.stems import check_sound

        check_sound(soundfont, refining, sample_rate)
    if jobs != 1 and variations > 1:
        compose_at_once(
            brief,
            variations,
            out,
            quiet=quiet,
            as_json=as_json,
            jobs=jobs,
            rules=rules,
            model=model,
            audio=not no_audio,
            soundfont=soundfont,
            sample_rate=sample_rate,
            refine=refining or False,
            stems=stems,
            audio_format=audio_format,
            exports=names,
            notes=asked.notes,
        )
        return
    index = written = 0
    piece: Piece | None = None
    folder = out
    try:
        for index in range(variations):
            started = time.perf_counter()
            piece = None
            if variations > 1:
                folder = out / variation_name(index)
            with progress(quiet or as_json, index, variations) as tell:
                piece = pipeline.compose(
                    replace(brief, seed=brief.seed + index), rules=rules, model=model, progress=tell
                )
                piece = replace(piece, notes=(*asked.notes, *piece.notes))
                rendering = None
                if not no_audio:
                    rendering = pipeline.render(
                        piece.performance,
                        soundfont=soundfont,
                        sample_rate=sample_rate,
                        refine=replace(refining, seed=brief.seed + index) if refining else False,
                        length_seconds=piece.plan.length_seconds,
                        loop=piece.plan.loop,
                        progress=tell,
                    )
                paths = pipeline.save(
                    piece,
                    folder,
                    rendering=rendering,
                    stems=stems,
                    audio_format=audio_format,
                    exports=names,
                    progress=tell,
                )
            written += 1
            if as_json:
                data = report_of(piece, rendering)
                click.echo(json.dumps({**data, "files": [str(path) for path in paths]}))
            elif not quiet:
                _announce(piece, rendering, paths, time.perf_counter() - started)
    except KeyboardInterrupt:
        if piece is not None and written < index + 1 and is_there(piece, folder):
            written += 1
        left = f"{written} of {variations} pieces were written to {out}" if written else None
        raise InterruptedRunError(left or "nothing was written") from None


def _announce(
    piece: Piece, rendering: Rendering | None, paths: tuple[Path, ...], seconds: float
) -> None:
    from composer.summary import print_summary

    if rendering is not None and rendering.warning:
        click.echo(f"warning: {rendering.warning}", err=True)
    print_summary(piece, rendering, paths, seconds)


def brief_of(file: Path | None, fields: Mapping[str, Any]) -> Brief:
    """The brief of the file, with the flags laid over it."""
    from composer.exporting.brief_toml import load_brief
    from composer.music.brief import Brief

    base = load_brief(file) if file is not None else Brief()
    asked = {name: value for name, value in fields.items() if value is not None}
    if "parts" in asked:
        asked["parts"] = tuple(p.strip() for p in asked["parts"].split(",") if p.strip())
    return replace(base, **asked)

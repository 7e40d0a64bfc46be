"""The command line: flags → Brief → pipeline. No musical logic lives here.

Exit codes: 0 done; 1 `compose check` found a broken rule, or the reader of our output went away;
2 an error of one line; 130 Ctrl-C.
"""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from click.core import ParameterSource

from composer import __version__
from composer.errors import BriefError, ComposerError, nearest

if TYPE_CHECKING:
    from composer.music.brief import Brief
    from composer.pipeline import Piece, Rendering

_INTERRUPTED = 130
_AUDIO_FORMATS = ("wav", "flac", "ogg")
_SAMPLE_RATES = (44_100, 48_000)
_MAX_VARIATIONS = 100
_MAX_SEED = 2**63 - 1
_TRACEBACK = "COMPOSER_TRACEBACK"


class _InterruptedError(Exception):
    """Ctrl-C; the message says what is left of the run."""


def _flag(param: click.Parameter) -> str:
    """The name of an option as the user types it, without its dashes."""
    return (param.opts[0] if param.opts else str(param.name)).lstrip("-")


def _whole(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Read a whole number."""
    try:
        return None if value is None else int(value)
    except ValueError:
        raise BriefError(_flag(param), f'must be a whole number, not "{value}"') from None


def _number(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Read a number."""
    try:
        return None if value is None else float(value)
    except ValueError:
        raise BriefError(_flag(param), f'must be a number, not "{value}"') from None


def _text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty text."""
    if value is not None and not value.strip():
        raise BriefError(_flag(param), "is empty; give it a value or leave it out")
    return value


def _path(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    """Read a path; an empty one is not the current folder."""
    text = _text(ctx, param, value)
    return None if text is None else Path(text)


class _Commands(click.Group):
    """A group whose own options compose, and that names the nearest command for a wrong one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            raise click.UsageError(f'"{args[0]}" is no command; {nearest(args[0], self.commands)}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            # Before click sees it, which would print an empty line.
            raise _InterruptedError("nothing was written") from None


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--key", help='C, F#m, "Bb minor", "D dorian". Default: chosen by style and seed.')
@click.option(
    "--bars", callback=_whole, metavar="INTEGER", help="Length in bars, 1-1024. Default: 32."
)
@click.option("--tempo", callback=_number, metavar="NUMBER", help="Quarter notes a minute, 20-400.")
@click.option("--time-signature", help="2/4 3/4 4/4 5/4 6/8 7/8 9/8 12/8.")
@click.option("--style", callback=_text, help="`compose styles` lists them. Default: pop.")
@click.option("--mood", help='A word such as calm, or "valence,energy", each from -1 to 1.')
@click.option("--form", help='"intro:4 verse:8 chorus:8", or letters such as AABA.')
@click.option("--chords", help='Your own, bar by bar: "Am7 | F | C/E G | %", or roman numerals.')
@click.option("--parts", help='Instruments, comma-separated: "flute, piano, bass=cello, drums".')
@click.option(
    "--swing",
    callback=_number,
    metavar="NUMBER",
    help="Place of the off-beat, 0.5 (straight) to 0.75.",
)
@click.option(
    "--humanize",
    callback=_number,
    metavar="NUMBER",
    help="Timing, touch, pedal: 0 (none) to 2. Default: 1.",
)
@click.option(
    "--seed", callback=_whole, metavar="INTEGER", help="Another seed, another piece. Default: 0."
)
@click.option(
    "--variations",
    type=str,
    callback=_whole,
    metavar="INTEGER",
    default=1,
    help="How many pieces, 1-100, seeds counting up.",
)
@click.option(
    "--brief",
    "brief_file",
    callback=_path,
    metavar="PATH",
    help="A saved brief (TOML); flags go over it.",
)
@click.option("--rules", callback=_path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--soundfont", callback=_text, help="A path, or a name from `compose soundfonts`.")
@click.option("--stems", is_flag=True, help="Write one audio file a part as well.")
@click.option("--no-audio", is_flag=True, help="Write MIDI, picture and report only.")
@click.option("--format", "audio_format", default="wav", help="wav, flac or ogg. Default: wav.")
@click.option(
    "--sample-rate",
    type=str,
    callback=_whole,
    metavar="INTEGER",
    default=44_100,
    help="44100 (default) or 48000.",
)
@click.option(
    "--out", callback=_path, metavar="PATH", default="out", help="Folder to write to. Default: out."
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON, a line a piece.")
@click.version_option(__version__, prog_name="composer")
@click.pass_context
def cli(ctx: click.Context, /, **options: Any) -> None:
    r"""Compose a finished arrangement: editable MIDI, audio, a piano roll and a report.

    Without a command, the options are the brief; what they leave open is chosen and reported.

    \b
      compose --key C --bars 32
      compose --style jazz-swing --chords "Dm7 | G7 | Cmaj7 | %" --bars 16 --stems
    """
    if ctx.invoked_subcommand is None:
        _compose(ctx, **options)
        return
    misplaced = _given(ctx, [param.name for param in cli.params if param.name])
    if misplaced:
        raise click.UsageError(
            f"{misplaced[0]} belongs to composing and stands before the command "
            f'"{ctx.invoked_subcommand}"; put what the command takes after it'
        )


def _compose(
    ctx: click.Context,
    *,
    variations: int,
    brief_file: Path | None,
    rules: Path | None,
    soundfont: str | None,
    stems: bool,
    no_audio: bool,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
    as_json: bool,
    **fields: Any,
) -> None:
    audio_format = _checked_format(audio_format)
    _checked_rate(sample_rate)
    if no_audio:
        _refuse_audio_options(ctx)
    if not 1 <= variations <= _MAX_VARIATIONS:
        raise BriefError("variations", f"must be from 1 to {_MAX_VARIATIONS}, not {variations}")
    brief = _brief(brief_file, fields)
    if brief.seed <= _MAX_SEED < brief.seed + variations - 1:
        raise BriefError("variations", f"count seeds up from {brief.seed}, past {_MAX_SEED}")
    from composer import pipeline

    # What would fail at the end fails before the work.
    pipeline.rehearse(out)
    if not no_audio:
        pipeline.check_synth(soundfont)
    index = written = 0
    piece: Piece | None = None
    folder = out
    try:
        for index in range(variations):
            started = time.perf_counter()
            piece = None
            if variations > 1:
                folder = out / f"variation-{index + 1:02d}"
            with _progress(quiet or as_json, index, variations) as tell:
                piece = pipeline.compose(
                    replace(brief, seed=brief.seed + index), rules=rules, progress=tell
                )
                rendering = None
                if not no_audio:
                    rendering = pipeline.render(
                        piece.performance,
                        soundfont=soundfont,
                        sample_rate=sample_rate,
                        progress=tell,
                    )
                paths = pipeline.save(
                    piece,
                    folder,
                    rendering=rendering,
                    stems=stems,
                    audio_format=audio_format,
                    progress=tell,
                )
            written += 1
            if as_json:
                data = pipeline.report_of(piece, rendering)
                click.echo(json.dumps({**data, "files": [str(path) for path in paths]}))
            elif not quiet:
                _announce(piece, rendering, paths, time.perf_counter() - started)
    except KeyboardInterrupt:
        if piece is not None and written < index + 1 and _is_there(piece, folder):
            written += 1
        left = f"{written} of {variations} pieces were written to {out}" if written else None
        raise _InterruptedError(left or "nothing was written") from None


def _is_there(piece: Piece, folder: Path) -> bool:
    """Whether a piece was written just before Ctrl-C came."""
    try:
        return (folder / "piece.mid").read_bytes() == piece.midi
    except OSError:
        return False


def _announce(
    piece: Piece, rendering: Rendering | None, paths: tuple[Path, ...], seconds: float
) -> None:
    from composer.summary import print_summary

    if rendering is not None and rendering.warning:
        click.echo(f"warning: {rendering.warning}", err=True)
    print_summary(piece, rendering, paths, seconds)


def _brief(file: Path | None, fields: Mapping[str, Any]) -> Brief:
    """The brief of the file, with the flags laid over it."""
    from composer.exporting.brief_toml import load_brief
    from composer.music.brief import Brief

    base = load_brief(file) if file is not None else Brief()
    given = {name: value for name, value in fields.items() if value is not None}
    if "parts" in given:
        given["parts"] = tuple(p.strip() for p in given["parts"].split(",") if p.strip())
    return replace(base, **given)


def _given(ctx: click.Context, names: Sequence[str]) -> list[str]:
    """Those of some options that the user typed, as typed."""
    flags = {param.name: param.opts[0] for param in ctx.command.params}
    typed = ParameterSource.COMMANDLINE
    return [flags[name] for name in names if ctx.get_parameter_source(name) is typed]


def _refuse_audio_options(ctx: click.Context) -> None:
    given = _given(ctx, ("stems", "soundfont", "audio_format", "sample_rate"))
    if given:
        message = "leaves out the audio that it is about; drop one of the two"
        raise BriefError(given[0].lstrip("-"), f"--no-audio {message}")


def _checked_format(audio_format: str) -> str:
    if audio_format.lower() not in _AUDIO_FORMATS:
        hint = nearest(audio_format, _AUDIO_FORMATS)
        raise BriefError("format", f'"{audio_format}" is no audio format we write; {hint}')
    return audio_format.lower()


def _checked_rate(sample_rate: int) -> None:
    if sample_rate not in _SAMPLE_RATES:
        raise BriefError("sample-rate", f"must be 44100 or 48000, not {sample_rate}")


def _progress(silent: bool, index: int = 0, count: int = 1) -> Any:
    """A progress bar on the terminal; nothing where there is none.

    Returns:
        A context manager that gives a `composer.pipeline.Progress`, or None.
    """
    if silent or not sys.stderr.isatty():
        from contextlib import nullcontext

        return nullcontext(None)
    from composer.summary import progress_bar

    return progress_bar(f"{index + 1}/{count} " if count > 1 else "")


@cli.command()
@click.option("--rules", callback=_path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def styles(rules: Path | None, as_json: bool) -> None:
    """List the styles."""
    from composer.rulebook import load_rulebook

    book = load_rulebook(rules)
    known = [book.style(name) for name in book.style_names]
    if as_json:
        rows = [
            {
                "name": style.name,
                "title": style.title,
                "tempo": list(style.tempo),
                "time_signatures": list(style.meters),
                "parts": [part.name for part in style.parts],
            }
            for style in known
        ]
        click.echo(json.dumps(rows))
        return
    from composer.summary import print_styles

    print_styles(known)


@cli.command(short_help="Check a MIDI file against the hard rules.")
@click.argument("file", callback=_path)
@click.option("--rules", callback=_path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(file: Path, rules: Path | None, as_json: bool) -> None:
    """Check any MIDI file against the hard rules; exit code 1 if one is broken."""
    from composer.pipeline import check_file

    performance, report = check_file(file, rules)
    if as_json:
        click.echo(json.dumps({"file": str(file), **report.to_dict()}))
    else:
        from composer.summary import print_report

        print_report(str(file), performance, report)
    if not report.ok:
        raise click.exceptions.Exit(1)


@cli.command(short_help="Play a MIDI file to audio.")
@click.argument("file", callback=_path)
@click.option("--soundfont", callback=_text, help="A path, or a name from `compose soundfonts`.")
@click.option("--stems", is_flag=True, help="Write one audio file a track as well.")
@click.option("--format", "audio_format", default="wav", help="wav, flac or ogg. Default: wav.")
@click.option(
    "--sample-rate",
    type=str,
    callback=_whole,
    metavar="INTEGER",
    default=44_100,
    help="44100 (default) or 48000.",
)
@click.option(
    "--out", callback=_path, metavar="PATH", default="out", help="Folder to write to. Default: out."
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def render(
    file: Path,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Play any MIDI file to audio, mixed and mastered."""
    audio_format = _checked_format(audio_format)
    _checked_rate(sample_rate)
    from composer import pipeline
    from composer.midi.decode import read_midi

    performance = read_midi(file)
    pipeline.rehearse(out)
    with _progress(quiet or as_json) as tell:
        rendering = pipeline.render(
            performance, soundfont=soundfont, sample_rate=sample_rate, progress=tell
        )
        paths = pipeline.save_audio(
            rendering, out, file.stem, stems=stems, audio_format=audio_format, progress=tell
        )
    if as_json:
        data = {
            "file": str(file),
            "audio": pipeline.audio_report(rendering),
            "files": [str(path) for path in paths],
        }
        click.echo(json.dumps(data))
        return
    if quiet:
        return
    if rendering.warning:
        click.echo(f"warning: {rendering.warning}", err=True)
    for path in paths:
        click.echo(str(path))


@cli.command(short_help="List the SoundFonts, and where to get more.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def soundfonts(as_json: bool) -> None:
    """List the SoundFonts that are here, and where better ones come from."""
    from composer.rendering.soundfont import list_soundfonts
    from composer.summary import print_soundfonts, soundfonts_as_data

    listing = list_soundfonts()
    if as_json:
        click.echo(json.dumps(soundfonts_as_data(listing)))
    else:
        print_soundfonts(listing)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line; every failure is one line on stderr and an exit code.

    Args:
        arguments: The words after ``compose``; those of the process if None.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # A terminal that has no ♭ still gets the rest of the line.
            stream.reconfigure(errors="backslashreplace")
    code: object = 0
    try:
        code = cli.main(arguments, prog_name="compose", standalone_mode=False)
        sys.stdout.flush()
    except _InterruptedError as error:
        _leave(f"interrupted; {error}", _INTERRUPTED)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _leave("interrupted; nothing was written", _INTERRUPTED)
    except click.NoSuchOption as error:
        _leave(_no_such_option(error), 2)
    except click.ClickException as error:
        _leave(error.format_message(), 2)
    except ComposerError as error:
        _leave(str(error), 2)
    except MemoryError:
        _leave("out of memory; fewer --bars or --no-audio needs less", 2)
    except OSError as error:
        # Files have errors of their own: this is the standard output.
        _discard_output()
        if error.errno == errno.EPIPE:
            sys.exit(1)
        _leave(f"cannot print: {error.strerror or error}", 2)
    except Exception as error:
        if os.environ.get(_TRACEBACK):
            raise
        _leave(
            f"a fault of composer, not of yours: {type(error).__name__}: {error}; "
            f"please report it, with what {_TRACEBACK}=1 shows",
            2,
        )
    sys.exit(code if isinstance(code, int) else 0)


def _no_such_option(error: click.NoSuchOption) -> str:
    """Name the nearest option, as all other messages do."""
    context = error.ctx
    known = [opt for param in context.command.params for opt in param.opts] if context else []
    hint = nearest(error.option_name, known).partition(" (known")[0]
    command = context.command_path if context else "compose"
    hint = f"{hint} " if hint.startswith("did") else ""
    return f'"{error.option_name}" is no option; {hint}{command} --help lists all'


def _discard_output() -> None:
    """Keep Python from writing to a standard output that takes no more when it ends."""
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
    except (OSError, ValueError):
        return


def _leave(message: str, code: int) -> NoReturn:
    line = " ".join(message.split())
    # The terminal has written ^C and stands behind it.
    start = "\n" if code == _INTERRUPTED and sys.stderr.isatty() else ""
    click.echo(f"{start}error: {line}", err=True)
    sys.exit(code)

"""The command line: flags → Brief → pipeline. No musical logic lives here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer import __version__
from composer.errors import BriefError, ComposerError, nearest

if TYPE_CHECKING:
    from composer.music.brief import Brief
    from composer.pipeline import Piece, Progress, Rendering

_INTERRUPTED = 130
_AUDIO_FORMATS = ("wav", "flac", "ogg")
_MAX_VARIATIONS = 100


class _Commands(click.Group):
    """A group whose own options compose, and that names the nearest command for a wrong one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            raise click.UsageError(f'"{args[0]}" is no command; {nearest(args[0], self.commands)}')
        return super().resolve_command(ctx, args)


@click.group(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--key", help='Key: C, F#m, "Bb minor", "D dorian". Default: chosen by style and seed.')
@click.option("--bars", type=int, help="Length in bars, 1-1024. Default: 32.")
@click.option("--tempo", type=float, help="Quarter notes a minute, 20-400.")
@click.option("--time-signature", help="2/4 3/4 4/4 5/4 6/8 7/8 9/8 12/8.")
@click.option("--style", help="Style; `compose styles` lists them. Default: pop.")
@click.option("--mood", help='A word such as calm, or "valence,energy", each from -1 to 1.')
@click.option("--form", help='"intro:4 verse:8 chorus:8", or letters such as AABA.')
@click.option("--chords", help='Your own, bar by bar: "Am7 | F | C/E G | %", or roman numerals.')
@click.option("--parts", help='Instruments, comma-separated: "flute, piano, bass=cello, drums".')
@click.option("--swing", type=float, help="Place of the off-beat, 0.5 (straight) to 0.75.")
@click.option("--humanize", type=float, help="Timing, touch, pedal: 0 (none) to 2. Default: 1.")
@click.option("--seed", type=int, help="Another seed, another piece. Default: 0.")
@click.option("--variations", type=int, default=1, help="How many pieces, seeds counting up.")
@click.option("--brief", "brief_file", type=click.Path(path_type=Path), help="A saved brief (TOML).")
@click.option("--rules", type=click.Path(path_type=Path), help="Folder of rules laid over ours.")
@click.option("--soundfont", help="SoundFont: a path, or a name from `compose soundfonts`.")
@click.option("--stems", is_flag=True, help="Write one audio file a part as well.")
@click.option("--no-audio", is_flag=True, help="Write MIDI, picture and report only.")
@click.option("--format", "audio_format", default="wav", help="wav, flac or ogg. Default: wav.")
@click.option("--sample-rate", type=int, default=44_100, help="44100 or 48000.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), help="Default: out.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@click.version_option(__version__, prog_name="composer")
@click.pass_context
def cli(ctx: click.Context, **options: Any) -> None:
    """Compose a finished arrangement: editable MIDI, audio, a piano roll and a report.

    Without a command, the options are the brief: compose --key C --bars 32
    """
    if ctx.invoked_subcommand is None:
        _compose(**options)


def _compose(
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
    if not 1 <= variations <= _MAX_VARIATIONS:
        raise BriefError("variations", f"must be from 1 to {_MAX_VARIATIONS}, not {variations}")
    brief = _brief(brief_file, fields)
    from composer import pipeline

    results = []
    with _progress(quiet or as_json) as tell:
        for index in range(variations):
            folder = out / f"variation-{index + 1:02d}" if variations > 1 else out
            piece = pipeline.compose(
                replace(brief, seed=brief.seed + index), rules=rules, progress=tell
            )
            rendering = None
            if not no_audio:
                rendering = pipeline.render(
                    piece.performance, soundfont=soundfont, sample_rate=sample_rate, progress=tell
                )
            paths = pipeline.save(
                piece,
                folder,
                rendering=rendering,
                stems=stems,
                audio_format=audio_format,
                progress=tell,
            )
            results.append((piece, rendering, paths))
    for piece, rendering, paths in results:
        _announce(piece, rendering, paths, quiet=quiet, as_json=as_json)


def _brief(file: Path | None, fields: dict[str, Any]) -> Brief:
    """The brief of the file, with the flags laid over it."""
    from composer.exporting.brief_toml import load_brief
    from composer.music.brief import Brief

    base = load_brief(file) if file is not None else Brief()
    given = {name: value for name, value in fields.items() if value is not None}
    if "parts" in given:
        given["parts"] = tuple(p.strip() for p in given["parts"].split(",") if p.strip())
    return replace(base, **given)


def _checked_format(audio_format: str) -> str:
    if audio_format.lower() not in _AUDIO_FORMATS:
        hint = nearest(audio_format, _AUDIO_FORMATS)
        raise BriefError("format", f'"{audio_format}" is no audio format we write; {hint}')
    return audio_format.lower()


def _checked_rate(sample_rate: int) -> None:
    if sample_rate not in (44_100, 48_000):
        raise BriefError("sample-rate", f"must be 44100 or 48000, not {sample_rate}")


@contextmanager
def _progress(silent: bool) -> Iterator[Progress | None]:
    """A progress bar on the terminal; nothing where there is none."""
    if silent or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<8}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: float) -> None:
            if step not in tasks or (done == 0.0 and bar.tasks[tasks[step]].finished):
                tasks[step] = bar.add_task(step, total=1.0)
            bar.update(tasks[step], completed=done)

        yield tell


def _announce(
    piece: Piece,
    rendering: Rendering | None,
    paths: tuple[Path, ...],
    *,
    quiet: bool,
    as_json: bool,
) -> None:
    from composer import pipeline

    if as_json:
        data = pipeline.report_of(piece, rendering)
        data["files"] = [str(path) for path in paths]
        click.echo(json.dumps(data))
        return
    if rendering is not None and rendering.warning:
        click.echo(f"warning: {rendering.warning}", err=True)
    if quiet:
        return
    from composer.summary import print_summary

    print_summary(piece, rendering, paths)


@cli.command()
@click.option("--rules", type=click.Path(path_type=Path), help="Folder of rules laid over ours.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def styles(rules: Path | None, as_json: bool) -> None:
    """List the styles."""
    from composer.rulebook import load_rulebook

    book = load_rulebook(rules)
    known = [book.style(name) for name in book.style_names]
    if as_json:
        rows = [{"name": s.name, "title": s.title, "tempo": list(s.tempo)} for s in known]
        click.echo(json.dumps(rows))
        return
    from composer.summary import print_styles

    print_styles(known)


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--rules", type=click.Path(path_type=Path), help="Folder of rules laid over ours.")
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


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--soundfont", help="SoundFont: a path, or a name from `compose soundfonts`.")
@click.option("--stems", is_flag=True, help="Write one audio file a track as well.")
@click.option("--format", "audio_format", default="wav", help="wav, flac or ogg. Default: wav.")
@click.option("--sample-rate", type=int, default=44_100, help="44100 or 48000.")
@click.option("--out", type=click.Path(path_type=Path), default=Path("out"), help="Default: out.")
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def render(
    file: Path,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
) -> None:
    """Play any MIDI file to audio, mixed and mastered."""
    audio_format = _checked_format(audio_format)
    _checked_rate(sample_rate)
    from composer import pipeline
    from composer.midi.decode import read_midi

    performance = read_midi(file)
    with _progress(quiet) as tell:
        rendering = pipeline.render(
            performance, soundfont=soundfont, sample_rate=sample_rate, progress=tell
        )
        paths = pipeline.save_audio(
            rendering, out, file.stem, stems=stems, audio_format=audio_format, progress=tell
        )
    if rendering.warning:
        click.echo(f"warning: {rendering.warning}", err=True)
    if not quiet:
        for path in paths:
            click.echo(str(path))


@cli.command()
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


def main() -> None:
    """Run the command line; every expected failure is one line and an exit code."""
    try:
        code = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        _leave("interrupted; nothing was written", _INTERRUPTED)
    except click.ClickException as error:
        _leave(_one_line(error.format_message()), 2)
    except ComposerError as error:
        _leave(_one_line(str(error)), 2)
    except KeyboardInterrupt:
        _leave("interrupted; nothing was written", _INTERRUPTED)
    except MemoryError:
        _leave("out of memory; fewer --bars or --no-audio needs less", 2)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _leave(message: str, code: int) -> None:
    click.echo(f"error: {message}", err=True)
    sys.exit(code)

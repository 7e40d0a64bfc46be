"""Values as the user types them: numbers, texts and paths, each refused in one line."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from composer.errors import BriefError, nearest

if TYPE_CHECKING:
    from composer.sounding.options import Refining

Command = TypeVar("Command", bound=Callable[..., Any])

AUDIO_FORMATS = ("wav", "flac", "ogg")
SAMPLE_RATES = (44_100, 48_000)


class InterruptedRunError(Exception):
    """Ctrl-C; the message says what is left of the run."""


def flag(param: click.Parameter) -> str:
    """The name of an option as the user types it, without its dashes."""
    return (param.opts[0] if param.opts else str(param.name)).lstrip("-")


def whole(ctx: click.Context, param: click.Parameter, value: str | None) -> int | None:
    """Read a whole number."""
    try:
        return None if value is None else int(value)
    except ValueError:
        raise BriefError(flag(param), f'must be a whole number, not "{value}"') from None


def number(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Read a number."""
    try:
        return None if value is None else float(value)
    except ValueError:
        raise BriefError(flag(param), f'must be a number, not "{value}"') from None


def text(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse an empty text."""
    if value is not None and not value.strip():
        raise BriefError(flag(param), "is empty; give it a value or leave it out")
    return value


def path(ctx: click.Context, param: click.Parameter, value: str | None) -> Path | None:
    """Read a path; an empty one is not the current folder."""
    words = text(ctx, param, value)
    return None if words is None else Path(words)


def given(ctx: click.Context, names: Sequence[str]) -> list[str]:
    """Those of some options that the user typed, as typed."""
    flags = {param.name: param.opts[0] for param in ctx.command.params}
    typed = ParameterSource.COMMANDLINE
    return [flags[name] for name in names if ctx.get_parameter_source(name) is typed]


def checked_format(audio_format: str) -> str:
    """An audio format in lower case, or a hint at the nearest."""
    if audio_format.lower() not in AUDIO_FORMATS:
        hint = nearest(audio_format, AUDIO_FORMATS)
        raise BriefError("format", f'"{audio_format}" is no audio format we write; {hint}')
    return audio_format.lower()


def checked_rate(sample_rate: int) -> None:
    """Refuse a sample rate that is not written."""
    if sample_rate not in SAMPLE_RATES:
        raise BriefError("sample-rate", f"must be 44100 or 48000, not {sample_rate}")


def checked_exports(names: str | None) -> tuple[str, ...]:
    """Names of exports, or a hint at the nearest; refused where a library is missing."""
    if names is None:
        return ()
    from composer.exporting.exports import check_exports, parse_exports

    found = parse_exports(names)
    check_exports(found)
    return found


def progress(silent: bool, index: int = 0, count: int = 1) -> Any:
    """A progress bar on the terminal; nothing where there is none.

    Returns:
        A context manager that gives a `composer.pipeline.Progress`, or None.
    """
    if silent or not sys.stderr.isatty():
        from contextlib import nullcontext

        return nullcontext(None)
    from composer.summary import progress_bar

    return progress_bar(f"{index + 1}/{count} " if count > 1 else "")


_SOUNDFONT = click.option(
    "--soundfont", callback=text, help="A path, or a name from `compose soundfonts`."
)
_STEMS = click.option("--stems", is_flag=True, help="Write one audio file a part as well.")
_FORMAT = click.option(
    "--format", "audio_format", default="wav", help="wav, flac or ogg. Default: wav."
)
_SAMPLE_RATE = click.option(
    "--sample-rate",
    type=str,
    callback=whole,
    metavar="INTEGER",
    default=44_100,
    help="44100 (default) or 48000.",
)
_OUT = click.option("--out", callback=path, metavar="PATH", default="out", help="Default: out.")
_QUIET = click.option("--quiet", is_flag=True, help="Print nothing but errors.")
_REFINE = click.option("--refine", is_flag=True, help="Make the stems sound like real instruments.")
_WET = click.option(
    "--wet",
    callback=number,
    metavar="NUMBER",
    help="How much of the refined sound, 0 (none) to 1. Default: 1.",
)
_REFINE_PARTS = click.option(
    "--refine-parts", callback=text, help='Which: "piano, bass", roles too. Default: all.'
)
_REFINE_MODEL = click.option(
    "--refine-model", callback=path, metavar="PATH", help="Folder of your own refiner."
)


export_option = click.option(
    "--export",
    "exports",
    callback=text,
    metavar="NAMES",
    help="More files: midi-parts, musicxml, lead-sheet, dawproject, reaper, or all.",
)


def audio_options(command: Command) -> Command:
    """Give a command the options of what it writes: sound, files, folder."""
    return with_options(command, _SOUNDFONT, _STEMS, _FORMAT, _SAMPLE_RATE, _OUT, _QUIET)


def refining_options(command: Command) -> Command:
    """Give the command that composes the options of the timbre stage."""
    return with_options(command, _REFINE, _WET, _REFINE_PARTS, _REFINE_MODEL)


def refined_audio_options(command: Command) -> Command:
    """Give the command that refines the options of what it writes."""
    options = (_WET, _REFINE_PARTS, _REFINE_MODEL, _SOUNDFONT, _STEMS, _FORMAT, _OUT, _QUIET)
    return with_options(command, *options)


def refining_of(
    wet: float | None, parts: str | None, model: Path | None, seed: int | None
) -> Refining:
    """What the options of the timbre stage ask for."""
    from composer.sounding.options import Refining
    from composer.sounding.parts import split_words

    return Refining(
        wet=1.0 if wet is None else wet,
        parts=split_words(parts) if parts is not None else (),
        seed=seed or 0,
        model=model,
    )


def with_options(command: Command, *options: Callable[[Command], Command]) -> Command:
    """Give a command options, which its help lists in this order."""
    for option in reversed(options):
        command = option(command)
    return command


def refuse_audio_options(ctx: click.Context) -> None:
    """Refuse what is about audio, beside --no-audio."""
    typed = given(ctx, ("stems", "soundfont", "audio_format", "sample_rate", "refine"))
    if typed:
        message = "leaves out the audio that it is about; drop one of the two"
        raise BriefError(typed[0].lstrip("-"), f"--no-audio {message}")


def refuse_refining_options(ctx: click.Context) -> None:
    """Refuse what is about refining, without --refine."""
    typed = given(ctx, ("wet", "refine_parts", "refine_model"))
    if typed:
        raise BriefError(typed[0].lstrip("-"), "is about refining, which --refine asks for; add it")

"""The options of time: how long, where the accents fall, and whether it comes round."""

from __future__ import annotations

import re

import click

from composer.cli.values import Command, flag, with_options
from composer.errors import BriefError

_SECONDS = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)\s*s?|(\d+(?:\.\d+)?)\s*ms")


def seconds(words: str, field: str) -> float:
    """Read a time: ``90s``, ``90``, ``1:30``, ``12.5s``, ``01:02:03.5``, ``500ms``.

    Raises:
        BriefError: If it is no time.

    >>> seconds("1:30", "duration"), seconds("12.5s", "hits")
    (90.0, 12.5)
    """
    match = _SECONDS.fullmatch(words.strip().lower())
    if match is None:
        raise BriefError(field, f'"{words}" is no time; write 90s, 12.5s or 1:30')
    hours, minutes, rest, thousandths = match.groups()
    if (minutes and float(rest) >= 60) or (hours and int(minutes) >= 60):
        raise BriefError(field, f'"{words}" counts to 60 or more after a colon; write 1:30 or 90s')
    if thousandths is not None:
        return float(thousandths) / 1000
    return 3600.0 * int(hours or 0) + 60.0 * int(minutes or 0) + float(rest)


def _duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    return None if value is None else seconds(value, flag(param))


def _hits(
    ctx: click.Context, param: click.Parameter, value: str | None
) -> tuple[float, ...] | None:
    if value is None:
        return None
    return tuple(seconds(word, flag(param)) for word in value.split(","))


_DURATION = click.option(
    "--duration", callback=_duration, metavar="TIME", help="Exact length: 90s, 1:30."
)
_LOOP = click.option("--loop", is_flag=True, default=None, help="The end leads into the beginning.")
_HITS = click.option(
    "--hits", callback=_hits, metavar="TIMES", help="Accents or sections land there: 12.5s,48s."
)


def timing_options(command: Command) -> Command:
    """Give a command the options of time."""
    return with_options(command, _DURATION, _LOOP, _HITS)

"""The command line: flags → Brief → pipeline. No musical logic lives here.

Exit codes: 0 done; 1 `compose check` found a broken rule, `compose originality` found a passage
above the band, `compose repeat` another byte, or the reader of our output went away; 2 an error of
one line; 130 Ctrl-C.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from composer.cli import (
    batch,
    commands,
    corpus,
    evaluating,
    originality,
    project,
    project_changes,
    refining,
    repeating,
)
from composer.cli.composing import cli
from composer.cli.values import InterruptedRunError
from composer.errors import ComposerError, nearest

__all__ = [
    "batch",
    "cli",
    "commands",
    "corpus",
    "evaluating",
    "main",
    "originality",
    "project",
    "project_changes",
    "refining",
    "repeating",
]

_INTERRUPTED = 130
_TRACEBACK = "COMPOSER_TRACEBACK"


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
    except InterruptedRunError as error:
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

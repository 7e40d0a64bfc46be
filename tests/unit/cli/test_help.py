"""The help of `compose`: every option under one heading, in the width of a terminal."""

from __future__ import annotations

import re

import click
import pytest

from composer.cli import cli
from composer.cli.groups import HEADINGS, OTHER

HEADED = [name for names in HEADINGS.values() for name in names]


def help_of(*words: str, width: int = 80) -> str:
    """The help of a command, in a terminal of so many columns."""
    context = click.Context(cli, info_name="compose", terminal_width=width, max_content_width=100)
    command: click.Command = cli
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
        context = click.Context(command, parent=context, info_name=word)
    return command.get_help(context)


def under(text: str, heading: str) -> list[str]:
    """The options under a heading."""
    block = text.partition(f"\n{heading}:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  (?:-h, )?(--[a-z-]+)", block, re.MULTILINE)


def test_every_heading_names_options_that_there_are() -> None:
    assert len(set(HEADED)) == len(HEADED)
    assert set(HEADED) <= {param.name for param in cli.params}


def test_what_has_no_heading_is_about_the_program() -> None:
    assert under(help_of(), OTHER) == ["--jobs", "--quiet", "--json", "--version", "--help"]


def test_every_option_is_listed_once() -> None:
    text = help_of()
    listed = [option for heading in (*HEADINGS, OTHER) for option in under(text, heading)]
    assert sorted(listed) == sorted({p.opts[-1] for p in cli.params} | {"--help"})
    assert "Options:" not in text and text.index("Commands:") > text.index("Other:")


def test_a_command_with_some_of_the_options_has_their_headings_alone() -> None:
    text = help_of("project", "new")
    assert "--key" in under(text, "The music") and "--hits" in under(text, "Time")
    assert "Files:" not in text and under(text, OTHER) == ["--json", "--help"]


@pytest.mark.parametrize("width", [80, 100])
def test_help_keeps_to_the_terminal(width: int) -> None:
    text = help_of(width=width)
    assert max(map(len, text.splitlines())) <= width
    # All descriptions stand in one column.
    columns = re.findall(r"^(  --[a-z-]+(?: [A-Z]+)? {2,})", text, re.MULTILINE)
    assert len({len(column) for column in columns}) == 1

"""Groups of commands: hints at the nearest name, and help under headings."""

from __future__ import annotations

from typing import Any

import click

from composer.cli.values import InterruptedRunError
from composer.errors import nearest

HEADINGS: dict[str, tuple[str, ...]] = {
    "The music": (
        "key", "bars", "tempo", "time_signature", "style", "mood", "form", "chords", "parts",
        "swing", "humanize", "seed", "title", "variations",
    ),
    "What you bring": (
        "prompt", "melody", "track", "lead_sheet", "lyrics_file", "continued", "arrange",
        "brief_file", "rules",
    ),
    "Time": ("duration", "loop", "hits"),
    "The model": ("writer", "temperature", "top_p", "candidates", "model"),
    "Sound": (
        "no_audio", "soundfont", "sample_rate", "refine", "wet", "refine_parts", "refine_model",
    ),
    "Files": ("out", "audio_format", "stems", "exports"),
}  # fmt: skip
"""The headings in order, each with the names of its options."""

OTHER = "Other"
"""The heading of all options that have none in `HEADINGS`, such as ``--help``."""


class Commands(click.Group):
    """A group that names the nearest command for a wrong one."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which is nearest."""
        if args and args[0] not in self.commands:
            raise click.UsageError(f'"{args[0]}" is no command; {nearest(args[0], self.commands)}')
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; Ctrl-C is one line."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            # Before click sees it, which would print an empty line.
            raise InterruptedRunError("nothing was written") from None


class HeadedCommand(click.Command):
    """A command whose help lists its options under `HEADINGS`."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings, all descriptions in one column."""
        found = {param.name or "": param.get_help_record(ctx) for param in self.get_params(ctx)}
        records = {name: record for name, record in found.items() if record is not None}
        width = max(len(flags) for flags, _ in records.values())
        placed = {name for names in HEADINGS.values() for name in names}
        other = tuple(name for name in records if name not in placed)
        for heading, names in {**HEADINGS, OTHER: other}.items():
            rows = [records[name] for name in names if name in records]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl([(flags.ljust(width), told) for flags, told in rows])


class HeadedCommands(HeadedCommand, Commands):
    """A group with options of its own, whose help lists them under `HEADINGS`."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under their headings, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

"""Variations of a brief: their names, and several at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from composer.cli.values import InterruptedRunError
from composer.errors import ComposerError

MAX_JOBS = 256

if TYPE_CHECKING:
    from composer.batch import Outcome
    from composer.music.brief import Brief
    from composer.piece import Piece


def variation_name(index: int) -> str:
    """The name of a variation's folder.

    >>> variation_name(0)
    'variation-01'
    """
    return f"variation-{index + 1:02d}"


def is_there(piece: Piece, folder: Path) -> bool:
    """Whether a piece was written just before Ctrl-C came."""
    try:
        return (folder / "piece.mid").read_bytes() == piece.midi
    except OSError:
        return False


def compose_at_once(
    brief: Brief, variations: int, out: Path, *, quiet: bool, as_json: bool, **options: Any
) -> None:
    """Compose variations in several processes: the same as one after the other.

    Args:
        brief: The first one's brief; seeds count up.
        variations: How many.
        out: Where their folders go.
        quiet: Whether to print nothing.
        as_json: Whether to print each one's report, in their order.
        options: As `composer.batch.compose_many` takes them.

    Raises:
        ComposerError: If one of them fails; the others are written.
    """
    from composer.batch import compose_many

    briefs = {
        variation_name(index): replace(brief, seed=brief.seed + index)
        for index in range(variations)
    }
    written = 0

    def tell(done: int, total: int, outcome: Outcome) -> None:
        nonlocal written
        written += outcome.ok
        if outcome.ok and not (quiet or as_json):
            click.echo(f"{done}/{total}  {outcome.folder}  {outcome.title}")

    try:
        made = compose_many(briefs, out, progress=tell, **options)
    except KeyboardInterrupt:
        left = f"{written} of {variations} pieces were written to {out}"
        raise InterruptedRunError(left if written else "nothing was written") from None
    for outcome in made:
        _tell_more(outcome, quiet=quiet, as_json=as_json)
    failed = next((outcome for outcome in made if not outcome.ok), None)
    if failed is not None:
        raise ComposerError(f"{failed.name}: {failed.error}")


def _tell_more(outcome: Outcome, *, quiet: bool, as_json: bool) -> None:
    """The report of a variation, or what it warns of."""
    if not outcome.ok or (quiet and not as_json):
        return
    report = json.loads((outcome.folder / "report.json").read_text(encoding="utf-8"))
    if as_json:
        click.echo(json.dumps({**report, "files": [str(path) for path in outcome.files]}))
    elif (warning := report.get("audio", {}).get("warning")) is not None:
        click.echo(f"warning: {warning}", err=True)

"""What the learning commands share: their flags, their provenance, and how they fail."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.errors import ComposerError
from composer.training.corpora import LICENCES, Tally


@dataclass(frozen=True, slots=True)
class Request:
    """What a user asked a learning command for.

    Attributes:
        module: the command, as written after `python -m`.
        corpora: the folder with the packs.
        out: the rules folder to write into.
        learned_on: the date that is written into every file, ISO format.
    """

    module: str
    corpora: Path
    out: Path
    learned_on: str

    def provenance(self, tallies: Sequence[Tally], note: str) -> dict[str, object]:
        """Makes the `[provenance]` table of one file."""
        reasons = {
            f"{tally.corpus}: {reason}": count
            for tally in tallies
            for reason, count in sorted(tally.dropped.items())
        }
        return {
            "corpus": [tally.corpus for tally in tallies],
            "pieces_used": {tally.corpus: tally.used for tally in tallies},
            "pieces_dropped": reasons,
            "command": f"python -m {self.module} --corpora DIR --out rules",
            "learned_on": self.learned_on,
            "licence": [f"{tally.corpus}: {LICENCES[tally.corpus]}" for tally in tallies],
            "note": note,
        }

    def write(self, inner: str, text: str) -> Path:
        """Writes one file under the rules folder and says so.

        Raises:
            ComposerError: the folder cannot be written to.
        """
        path = self.out / inner
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise ComposerError(f"cannot write {path}: {error}") from error
        print(f"{path}: {len(text.encode()):,} bytes")
        return path


def run(
    module: str, summary: str, learn: Callable[[Request], None], argv: Sequence[str] | None
) -> int:
    """Parses the flags, runs a command, and reports an expected failure in one line.

    Args:
        module: the command's module name.
        summary: its help text.
        learn: does the work.
        argv: the flags; those of the process where None.

    Returns:
        The exit status: 0, or 2 where a pack is missing or a file cannot be written.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=summary)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with the packs")
    parser.add_argument("--out", type=Path, required=True, help="rules folder to write into")
    parser.add_argument(
        "--date",
        type=_iso_date,
        default=datetime.date.today().isoformat(),
        help="date noted as learned_on (default: today)",
    )
    flags = parser.parse_args(argv)
    try:
        learn(Request(module, flags.corpora, flags.out, flags.date))
    except ComposerError as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0


def _iso_date(text: str) -> str:
    try:
        return datetime.date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"'{text}' is not a date like 2026-01-31") from error

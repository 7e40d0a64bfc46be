r"""Writes docs/styles.md: what each style is, what it looks like, and figures of five pieces.

    python -m composer.training.style_pages --out docs [--style NAME …] [--bars 32]

The rules write all pieces, so that the same rules give the same page. Pictures go to
``images/styles/NAME.png`` beside the page.
"""

from __future__ import annotations

import argparse
import io
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from composer.checking.check import check_performance, check_score
from composer.checking.report import merge
from composer.errors import ComposerError
from composer.evaluating.measuring import measure_song
from composer.evaluating.metrics import METRIC_NAMES
from composer.exporting.files import FileSet
from composer.exporting.pictures import draw_piano_roll
from composer.midi.songs import song_of
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score
from composer.performing.perform import perform
from composer.rulebook import Rulebook, load_rulebook
from composer.rulebook.styles import CHORDAL_ROLES, Style
from composer.writers import RULES, ways_to_write
from composer.writing.choices import resolve
from composer.writing.plan import make_plan

MODULE = "composer.training.style_pages"
SEEDS = (1, 2, 3, 4, 5)
DEFAULT_BARS = 32
PAGE = "styles.md"
PICTURES = "images/styles"
MOST_BYTES = 120_000
"""What a picture may take: it lies in a repository."""

_SHADES = 40  # colours of a picture
_INTRO = """\
# The styles

What each style of `rules/styles/` is, how one piece of it looks, and figures of five. This page is
made by

```sh
python -m composer.training.style_pages --out docs
```

All pieces are {bars} bars long and written by the rules, with nothing asked for but style, bars and
seed: `compose --style NAME --bars {bars} --seed 1 --writer rules` gives the first of each table,
which the picture shows: a lane a part, chords and the energy of each bar above.

Figures: notes a bar of the **tune** (counter parts with it), of **chords**, **bass** and **drums**;
**steps**, the share of the tune's intervals that are steps; **off**, how far its onsets lie off the
beats (`melody.syncopation`); **chords a bar**, as heard; **playing**, the mean share of the parts
that play; **again**, the share of bars that nearly repeat an earlier one; **touch**, the spread of
the velocities. Definitions stand in [evaluation.md](evaluation.md)."""
_HEAD = (
    "| seed | key | meter | tempo | tune | chords | bass | drums | steps | off | chords a bar "
    "| playing | again | touch |"
)


@dataclass(frozen=True, slots=True, eq=False)
class Written:
    """A piece of a page.

    Args:
        seed: Its seed.
        plan: What was planned.
        score: What was written.
        performance: What is played.
    """

    seed: int
    plan: Plan
    score: Score
    performance: Performance


def write_piece(style: str, bars: int, seed: int, book: Rulebook) -> Written:
    """Write a piece by the rules.

    Raises:
        ComposerError: If it breaks a hard rule, which would be a fault of ours.
    """
    choices = resolve(Brief(style=style, bars=bars, seed=seed, writer=RULES), book)
    plan = make_plan(choices, book)
    title = f"{choices.style.title}, seed {seed}"
    for write in ways_to_write(plan, book, title, choices.brief):
        score, _ = write()
        performance = perform(plan, score, book)
        if merge(check_score(plan, score), check_performance(score, performance)).ok:
            return Written(seed, plan, score, performance)
    raise ComposerError(f"{style}, seed {seed}: no way to write it keeps every hard rule")


def row_of(piece: Written) -> str:
    """The line of a piece in its style's table."""
    score = piece.score
    values = measure_song(song_of(piece.performance), score.title).opening_row
    figures = dict(zip(METRIC_NAMES, values.tolist(), strict=True))
    notes = {"tune": 0, "chords": 0, "bass": 0, "drums": 0}
    for part in score.parts:
        notes[_kind(part.plan.role)] += len(part.notes)
    velocities = [note.velocity for track in piece.performance.tracks for note in track.notes]
    cells = [
        str(piece.seed),
        score.key.name,
        score.meter.counted,
        f"{score.quarters_per_minute:g}",
        *(f"{count / score.bars:.1f}" for count in notes.values()),
        _said(figures["melody.steps"]),
        _said(figures["melody.syncopation"]),
        _said(figures["chords_per_bar"]),
        _said(_playing(piece.plan)),
        _said(figures["near_bar_rate"]),
        f"{statistics.pstdev(velocities):.0f}" if velocities else "–",
    ]
    return f"| {' | '.join(cells)} |"


def _kind(role: str) -> str:
    return {"bass": "bass", "drums": "drums"}.get(
        role, "chords" if role in CHORDAL_ROLES else "tune"
    )


def _said(value: float) -> str:
    return "–" if value != value else f"{value:.2f}"  # NaN: it has no meaning there


def _playing(plan: Plan) -> float:
    return statistics.fmean(len(bar.active) for bar in plan.bars) / len(plan.parts)


def picture_of(piece: Written) -> bytes:
    """The piano roll of a piece, small enough for a repository.

    Raises:
        ComposerError: If it is too large all the same.
    """
    energy = [bar.energy for bar in piece.plan.bars]
    drawn = Image.open(io.BytesIO(draw_piano_roll(piece.score, energy)))
    buffer = io.BytesIO()
    drawn.quantize(_SHADES, dither=Image.Dither.NONE).save(buffer, "PNG", optimize=True)
    data = buffer.getvalue()
    if len(data) > MOST_BYTES:
        raise ComposerError(f"the picture of {piece.score.title} takes {len(data):,} bytes")
    return data


def section_of(style: Style, pieces: Sequence[Written]) -> str:
    """The section of a style: what it is, its picture, and a table of its pieces."""
    low, high = style.tempo
    facts = [
        f"**Tempo** {low:g} to {high:g}",
        f"**meters** {_ranked(style.meters)}",
        f"**modes** {_ranked(style.modes)}",
        f"**form** `{style.form}`",
    ]
    players = [
        f"{part.name} ({part.role}): {_ranked(part.instruments)}"
        + (f"; in {part.chance:.0%} of pieces" if part.chance < 1 else "")
        for part in style.parts
    ]
    rule = "|---" * _HEAD.count(" | ") + "|---|"
    return "\n".join(
        [
            f"## {style.title}",
            "",
            *([style.description, ""] if style.description else []),
            " · ".join(facts),
            "",
            *(f"- {player}" for player in players),
            "",
            f"![{style.title}]({PICTURES}/{style.name}.png)",
            "",
            _HEAD,
            rule,
            *(row_of(piece) for piece in pieces),
            "",
        ]
    )


def _ranked(weights: Mapping[str, float]) -> str:
    """Names, the likeliest first."""
    return ", ".join(sorted(weights, key=lambda name: (-weights[name], name)))


def write_pages(book: Rulebook, styles: Sequence[str], bars: int, out: Path) -> Path:
    """Write the page and its pictures.

    Args:
        book: The rules.
        styles: Names of the styles, in the order of their sections.
        bars: Length of the pieces.
        out: The folder of the page.

    Returns:
        The page.

    Raises:
        BriefError: If a style is unknown.
        ComposerError: If a piece breaks a hard rule, or a picture is too large.
        OutputError: If a file cannot be written.
    """
    sections = [_INTRO.format(bars=bars), ""]
    with FileSet(out) as files:
        for name in styles:
            pieces = [write_piece(name, bars, seed, book) for seed in SEEDS]
            files.write(f"{PICTURES}/{name}.png", picture_of(pieces[0]))
            sections.append(section_of(book.style(name), pieces))
            print(f"{name}: {len(pieces)} pieces")
        files.write(PAGE, "\n".join(sections))
    return out / PAGE


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of the page")
    parser.add_argument(
        "--style", action="append", help="a style; may be given again; default: all"
    )
    parser.add_argument("--bars", type=int, default=DEFAULT_BARS)
    parser.add_argument("--rules", type=Path, help="a folder of rules of your own")
    flags = parser.parse_args(argv)
    try:
        book = load_rulebook(flags.rules)
        print(write_pages(book, flags.style or book.style_names, flags.bars, flags.out))
    except ComposerError as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

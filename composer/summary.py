"""What the terminal shows: progress, and tables that never cut a path short."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from composer.checking.report import Report
    from composer.evaluating.indexing import Built
    from composer.evaluating.originality import Originality
    from composer.music.performance import Performance
    from composer.piece import Piece, Rendering
    from composer.rendering.manifest import KnownSoundFont
    from composer.rendering.soundfont import SoundFontListing
    from composer.rulebook.styles import Style
    from composer.sounding.options import RefiningReport

_UNBOUNDED = 10_000  # columns of a file or a pipe: lines are as long as they are


@contextmanager
def progress_bar(label: str = "") -> Iterator[Callable[[str, float], None]]:
    """A bar a step on stderr, gone when all is done.

    Args:
        label: Goes before the name of every step.
    """
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<8}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}

        def tell(step: str, done: float) -> None:
            if step not in tasks:
                # A bar without a total swings to and fro: most steps do not know how far they are.
                tasks[step] = bar.add_task(label + step, total=None)
            if done > 0:
                bar.update(tasks[step], total=1.0, completed=done)

        yield tell


def print_summary(
    piece: Piece, rendering: Rendering | None, paths: tuple[Path, ...], seconds: float
) -> None:
    """What was made: the brief as it was filled, the verdicts, and where the files lie."""
    from composer.piece import hits_report, originality_report

    score = piece.score
    minutes, rest = divmod(round(piece.seconds), 60)
    rows = [
        ("length", f"{score.bars} bars of {score.meter}, {minutes}:{rest:02d}"),
        ("key", " → ".join(dict.fromkeys(span.key.name for span in score.chords))),
        ("tempo", f"{score.quarters_per_minute:g} quarters a minute"),
        ("form", " ".join(f"{s.name}:{s.bars}" for s in score.sections)),
        ("parts", ", ".join(f"{p.plan.name} ({p.plan.role})" for p in score.parts)),
        ("writer", piece.authorship.sentence()),
        ("rules", _verdict(piece.report)),
        ("originality", str(originality_report(piece.performance)["summary"])),
    ]
    rows += [
        ("hit", "{asked:g} s: {what}, bar {bar}, beat {beat:g}".format(**hit))
        for hit in hits_report(piece)
    ]
    if rendering is not None and rendering.mix.loudness_lufs is not None:
        mix = rendering.mix
        exact = piece.plan.length_seconds is not None
        ending = "as a loop" if mix.loop else "exactly" if exact else "with its tail"
        rows.append(
            (
                "audio",
                f"{rendering.synth}; {mix.loudness_lufs:.1f} LUFS, "
                f"peak {mix.true_peak_dbtp:.1f} dBTP, {mix.master.seconds:.1f} s {ending}",
            )
        )
    if rendering is not None and rendering.refining is not None:
        rows.append(("refined", rendering.refining.sentence()))
    rows += [("note", note) for note in piece.notes]
    older = _older_files(paths)
    if older:
        rows.append(("note", f"from an earlier run, and not of this piece: {', '.join(older)}"))
    rows.append(("took", f"{seconds:.1f} s"))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(name, Text(value))
    console = terminal()
    console.print(Text(score.title, "bold"))
    show(console, table)
    _print_paths(console, paths)


def print_refining(report: RefiningReport, paths: Sequence[Path]) -> None:
    """What became of every stem, and where the files lie."""
    console = terminal()
    table = _table("stem", "program", "wet", "what became of it")
    for stem in report.stems:
        table.add_row(
            Text(stem.name),
            "drums" if stem.drums else str(stem.program),
            f"{stem.wet:.2f}",
            Text(stem.reason or "refined"),
        )
    show(console, table)
    _print_paths(console, paths)


def _older_files(paths: Sequence[Path]) -> list[str]:
    """Audio that an earlier run left in the folder and that this one did not write."""
    folder = paths[0].parent
    found = {*folder.glob("mix.*"), *(folder / "stems").glob("*")} - set(paths)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _print_paths(console: Console, paths: Sequence[Path]) -> None:
    """One path a line, whole: to click on, to copy, to pipe on."""
    console.print("files")
    for path in paths:
        console.print(Text(f"  {path}"), soft_wrap=True)


def terminal() -> Console:
    """The terminal; where there is none, lines are not folded."""
    return Console(width=None if sys.stdout.isatty() else _UNBOUNDED)


def show(console: Console, table: Table) -> None:
    """Print a table, without the blanks that fill it up where it goes to a file or a pipe."""
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().strip("\n ").splitlines():
        click.echo(line.rstrip())


def _table(*headings: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


def _verdict(report: Report) -> str:
    totals = report.totals
    shown = ", ".join(f"{count} {verdict}" for verdict, count in totals.items() if count)
    return f"{'all hold' if report.ok else 'BROKEN'} ({shown})"


def print_styles(styles: Sequence[Style]) -> None:
    """Name, title, tempo, meters and instruments of every style."""
    table = _table("style", "title", "tempo", "meters", "parts")
    for style in styles:
        table.add_row(
            style.name,
            Text(style.title),
            f"{style.tempo[0]:g}-{style.tempo[1]:g}",
            " ".join(style.meters),
            Text(", ".join(part.name for part in style.parts)),
        )
    show(terminal(), table)


def print_report(name: str, performance: Performance, report: Report) -> None:
    """The verdict of every rule, and the first violations."""
    console = terminal()
    table = _table("rule", "verdict", "checked", "what")
    for result in report.results:
        what = Text(result.note or result.title)
        table.add_row(result.rule, result.verdict, str(result.checked), what)
    console.print(Text(f"{name}: {len(performance.tracks)} tracks"), soft_wrap=True)
    show(console, table)
    for violation in report.violations[:20]:
        console.print(Text(str(violation)), soft_wrap=True)
    more = len(report.violations) - 20
    if more > 0:
        console.print(f"and {more} more; --json lists them")


def print_originality(name: str, report: Originality) -> None:
    """The passages that are shared, the strongest first, and the verdict."""
    console = terminal()
    console.print(
        Text(f"{name}: {report.bars} bars, against {report.pieces:,} works"), soft_wrap=True
    )
    console.print(Text(f"  {report.index}"), soft_wrap=True)
    if report.passages:
        table = _table("bits", "bars", "notes", "in bars", "of parts", "work", "its bars", "moved")
        for found in report.passages:
            table.add_row(
                f"{found.bits:.0f}",
                f"{found.bars:.1f}",
                str(found.notes),
                f"{found.first_bar}-{found.last_bar}",
                Text(", ".join(found.parts) or "all together"),
                Text(found.work),
                f"{found.work_first_bar}-{found.work_last_bar}",
                f"{found.semitones:+d}, x{found.stretch:g}",
            )
        show(console, table)
    console.print(f"{report.near_match_share:.0%} of the bars lie in a near match")
    console.print(Text(report.sentence()), soft_wrap=True)


def print_index(built: Built) -> None:
    """What was indexed, and what was left out."""
    console, index = terminal(), built.index
    each = index.bytes // index.pieces
    words = f"{index.pieces:,} works, {index.bytes:,} bytes ({each:,} a work): {index.folder}"
    console.print(Text(words), soft_wrap=True)
    if built.reused:
        console.print(f"{built.reused:,} files had been read by an earlier run")
    for name, reason in built.unreadable[:20]:
        console.print(Text(f"left out: {name}: {reason}"), soft_wrap=True)
    if built.unreadable:
        console.print(f"{len(built.unreadable):,} files could not be read")


def soundfonts_as_data(listing: SoundFontListing) -> dict[str, object]:
    """The listing as plain data."""
    default = listing.default
    return {
        "default": str(default.path) if default else None,
        "found": [{"name": f.name, "path": str(f.path)} for f in listing.found],
        "missing": [{"name": e.name, "from": _source(e)} for e in listing.missing],
    }


def print_soundfonts(listing: SoundFontListing) -> None:
    """What is here, and what could be."""
    table = _table("name", "", "where")
    for font in listing.found:
        default = listing.default is not None and font.path == listing.default.path
        table.add_row(Text(font.name), "default" if default else "", Text(str(font.path)))
    for entry in listing.missing:
        table.add_row(Text(entry.name), "not here", Text(_source(entry)))
    show(terminal(), table)


def _source(entry: KnownSoundFont) -> str:
    """Where a SoundFont that is not here comes from."""
    if entry.debian_package:
        return f"apt-get install {entry.debian_package}"
    return entry.homepage

"""Tables for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from composer.checking.report import Report
    from composer.music.performance import Performance
    from composer.pipeline import Piece, Rendering
    from composer.rendering.manifest import KnownSoundFont
    from composer.rendering.soundfont import SoundFontListing
    from composer.rulebook.styles import Style


def print_summary(piece: Piece, rendering: Rendering | None, paths: tuple[Path, ...]) -> None:
    """What was made: the brief as it was filled, the verdict, and where the files lie."""
    score = piece.score
    table = Table(title=score.title, show_header=False, title_justify="left")
    minutes, seconds = divmod(round(piece.seconds), 60)
    table.add_row("length", f"{score.bars} bars of {score.meter}, {minutes}:{seconds:02d}")
    table.add_row("key, tempo", f"{score.key}, {score.quarters_per_minute:g} quarters a minute")
    table.add_row("form", " ".join(f"{s.name}:{s.bars}" for s in score.sections))
    table.add_row("parts", ", ".join(f"{p.plan.name} ({p.plan.role})" for p in score.parts))
    table.add_row("rules", _verdict(piece.report))
    for note in piece.notes:
        table.add_row("note", note)
    if rendering is not None and rendering.mix.loudness_lufs is not None:
        mix = rendering.mix
        table.add_row(
            "audio",
            f"{rendering.synth}; {mix.loudness_lufs:.1f} LUFS, "
            f"peak {mix.true_peak_dbtp:.1f} dBTP, {mix.master.seconds:.1f} s with its tail",
        )
    for index, path in enumerate(paths):
        table.add_row("files" if index == 0 else "", str(path))
    Console(soft_wrap=True).print(table)


def _verdict(report: Report) -> str:
    totals = report.totals
    shown = ", ".join(f"{count} {verdict}" for verdict, count in totals.items() if count)
    return f"{'all hold' if report.ok else 'BROKEN'} ({shown})"


def print_styles(styles: Sequence[Style]) -> None:
    """Name, title, tempo, meters and instruments of every style."""
    table = Table()
    for heading in ("style", "title", "tempo", "meters", "parts"):
        table.add_column(heading)
    for style in styles:
        table.add_row(
            style.name,
            style.title,
            f"{style.tempo[0]:g}-{style.tempo[1]:g}",
            " ".join(style.meters),
            ", ".join(part.name for part in style.parts),
        )
    Console(soft_wrap=True).print(table)


def print_report(name: str, performance: Performance, report: Report) -> None:
    """The verdict of every rule, and the first violations."""
    console = Console(soft_wrap=True)
    table = Table(title=f"{name}: {len(performance.tracks)} tracks", title_justify="left")
    for heading in ("rule", "verdict", "checked", "what"):
        table.add_column(heading)
    for result in report.results:
        table.add_row(result.rule, result.verdict, str(result.checked), result.note or result.title)
    console.print(table)
    for violation in report.violations[:20]:
        console.print(str(violation), markup=False)
    more = len(report.violations) - 20
    if more > 0:
        console.print(f"… and {more} more; --json lists them")


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
    console = Console(soft_wrap=True)
    table = Table(title="SoundFonts", title_justify="left")
    for heading in ("name", "where", ""):
        table.add_column(heading)
    for font in listing.found:
        mark = "default" if listing.default and font.path == listing.default.path else ""
        table.add_row(font.name, str(font.path), mark)
    for entry in listing.missing:
        table.add_row(entry.name, _source(entry), "not here")
    console.print(table)


def _source(entry: KnownSoundFont) -> str:
    """Where a SoundFont that is not here comes from."""
    if entry.debian_package:
        return f"apt-get install {entry.debian_package}"
    return entry.homepage

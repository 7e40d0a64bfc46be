"""The forms in which a piece leaves composer, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec

from composer.errors import BriefError, nearest
from composer.exporting.files import FileSet
from composer.exporting.mixes import Stem
from composer.music.performance import Performance
from composer.music.score import Score

EXPORTS: tuple[str, ...] = ("midi-parts", "musicxml", "lead-sheet", "dawproject", "reaper")
"""Names of all exports, as ``--export`` takes them."""

_ALL = "all"
_LIBRARIES: Mapping[str, tuple[str, ...]] = {
    "lead-sheet": ("verovio", "reportlab"),
}


@dataclass(frozen=True, slots=True)
class Exported:
    """What is exported.

    Args:
        score: The written notes.
        performance: The played notes.
        style: Title of the style; empty where there is none.
        swing: Place of the off-beat, 0.5 (straight) to 0.75: paper says it in a word.
        stems: The stems that are written beside; empty where there are none.
    """

    score: Score
    performance: Performance
    style: str = ""
    swing: float = 0.5
    stems: tuple[Stem, ...] = ()


def parse_exports(text: str | Sequence[str]) -> tuple[str, ...]:
    """Read names of exports.

    Args:
        text: Names, separated by commas where it is one text; ``all`` is every export.

    Raises:
        BriefError: If a name is unknown; the message names the nearest.

    Returns:
        The names, each once, in the order of `EXPORTS`.

    >>> parse_exports("reaper, musicxml")
    ('musicxml', 'reaper')
    """
    words = text.split(",") if isinstance(text, str) else text
    names = [word.strip().lower() for word in words]
    known = (*EXPORTS, _ALL)
    for name in names:
        if not name:
            raise BriefError("export", f"a name is empty; known: {', '.join(known)}")
        if name not in known:
            raise BriefError("export", f'"{name}" is no export; {nearest(name, known)}')
    return tuple(name for name in EXPORTS if name in names or _ALL in names)


def check_exports(names: Sequence[str]) -> None:
    """See, before any work, that all libraries are there that exports need.

    Raises:
        BriefError: If a name is unknown, or a library is missing; it says what to install.
    """
    for name in parse_exports(names):
        missing = [library for library in _LIBRARIES.get(name, ()) if find_spec(library) is None]
        if missing:
            raise BriefError(
                "export",
                f"{name} needs {', '.join(missing)}, which are not installed here: "
                'pip install "symbolic-composer[notation]"',
            )


def write_exports(files: FileSet, names: Sequence[str], exported: Exported) -> None:
    """Write exports to a set of files.

    Args:
        files: The set; the stems that `exported` names are in it already.
        names: Names of exports.
        exported: What to write.

    Raises:
        BriefError: If a name is unknown, or a library is missing.
        OutputError: If a file cannot be written.
    """
    check_exports(names)
    for name in parse_exports(names):
        _WRITERS[name](files, exported)


def _midi_parts(files: FileSet, exported: Exported) -> None:
    from composer.exporting.midi_parts import midi_parts

    for name, data in midi_parts(exported.performance).items():
        files.write(f"parts/{name}", data)


def _musicxml(files: FileSet, exported: Exported) -> None:
    from composer.exporting.musicxml import musicxml

    files.write("piece.musicxml", musicxml(exported.score, exported.swing))


def _lead_sheet(files: FileSet, exported: Exported) -> None:
    from composer.exporting.lead_sheet import lead_sheet

    sheet = lead_sheet(exported.score, exported.swing)
    files.write("lead-sheet.musicxml", sheet.musicxml)
    files.write("lead-sheet.pdf", sheet.pdf)
    for number, page in enumerate(sheet.pages, start=1):
        files.write(f"lead-sheet-{number}.svg", page)


def _dawproject(files: FileSet, exported: Exported) -> None:
    from composer.exporting.dawproject import write_dawproject

    write_dawproject(files, exported.score, exported.performance, exported.stems, exported.style)


def _reaper(files: FileSet, exported: Exported) -> None:
    from composer.exporting.reaper import reaper_project

    project = reaper_project(exported.score, exported.performance, exported.stems)
    files.write("piece.rpp", project)


_WRITERS: Mapping[str, Callable[[FileSet, Exported], None]] = {
    "midi-parts": _midi_parts,
    "musicxml": _musicxml,
    "lead-sheet": _lead_sheet,
    "dawproject": _dawproject,
    "reaper": _reaper,
}

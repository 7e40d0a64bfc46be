"""What was asked for: from the brief beside a piece, or from a table of the folder."""

from __future__ import annotations

import csv
import os
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.errors import BriefError, EvaluationError
from composer.evaluating.results import Skipped
from composer.rulebook import load_rulebook
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.pitch import PitchClass

REQUESTS = "requests.csv"
"""Name of the table: ``file,key,tempo,time_signature,bars,chords``; any cell may be empty."""

BRIEF = "brief.toml"
"""Name of the brief that `compose` saves beside ``piece.mid``."""

_COLUMNS = ("file", "key", "tempo", "time_signature", "bars", "chords")
_MOST_NUMERATOR = 64
_DENOMINATORS = frozenset({1, 2, 4, 8, 16, 32})


@dataclass(frozen=True, slots=True)
class Request:
    """What a piece was asked to be; None where nothing was.

    Args:
        key: Tonic and scale.
        tempo: Quarters a minute.
        time_signature: Upper and lower number.
        bars: Length in bars.
        chords: The chords of each bar, repeated to the end of the piece if they are fewer.
    """

    key: Key | None = None
    tempo: float | None = None
    time_signature: tuple[int, int] | None = None
    bars: int | None = None
    chords: tuple[tuple[Chord, ...], ...] | None = None


def requests_of(
    paths: Sequence[Path],
) -> tuple[tuple[Request | None, ...], tuple[Skipped, ...]]:
    """What was asked of each piece.

    A row of ``requests.csv`` in the file's folder, or in a folder above it that holds all the
    pieces or some of them, goes before the brief beside it. Names are relative to the table.

    Returns:
        A request for each path, in the order given, None where nothing is known; and the briefs
        that cannot be read, with the reason.

    Raises:
        EvaluationError: If a table cannot be read or a cell of it is wrong; it names file, line
            and field.
    """
    rows: dict[Path, Request] = {}
    for folder in _folders(paths):
        if (folder / REQUESTS).is_file():
            rows |= _read_table(folder / REQUESTS)
    found: list[Request | None] = []
    bad: list[Skipped] = []
    for path in paths:
        request = rows.get(_absolute(path))
        if request is None:
            try:
                request = _brief_of(path)
            except EvaluationError as error:
                brief = path.parent / BRIEF
                bad.append(Skipped(str(brief), str(error).removeprefix(str(brief)).lstrip(":, ")))
        found.append(request)
    return tuple(found), tuple(bad)


def _folders(paths: Sequence[Path]) -> list[Path]:
    """The folders from the one that holds all pieces down to each piece's own, outer first."""
    parents = {_absolute(path).parent for path in paths}
    if not parents:
        return []
    root = Path(os.path.commonpath([str(parent) for parent in parents]))
    found = {root}
    for parent in parents:
        found |= {folder for folder in (parent, *parent.parents) if root in folder.parents}
    return sorted(found, key=lambda folder: (len(folder.parts), folder))


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))  # noqa: PTH100 - Path.resolve follows links


def _read_table(path: Path) -> dict[Path, Request]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restkey="more")
            unknown = set(reader.fieldnames or ()) - set(_COLUMNS)
            if "file" not in (reader.fieldnames or ()) or unknown:
                raise EvaluationError(
                    f"{path}, line 1: the columns must be {', '.join(_COLUMNS)} (all but file may "
                    "be left out)"
                )
            found: dict[Path, Request] = {}
            for row in reader:
                piece, request = _row(path, reader.line_num, row)
                if piece in found:
                    raise EvaluationError(
                        f'{path}, line {reader.line_num}, file: "{row["file"]}" has a row already'
                    )
                found[piece] = request
            return found
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise EvaluationError(f"{path}: cannot be read: {' '.join(str(error).split())}") from None


def _row(path: Path, line: int, row: Mapping[str, str | list[str] | None]) -> tuple[Path, Request]:
    where = f"{path}, line {line}"
    if "more" in row:
        raise EvaluationError(f"{where}: has more cells than columns; put chords in quotes")
    cells = {name: str(value or "").strip() for name, value in row.items()}
    piece = _absolute(path.parent / cells["file"])
    if not cells["file"] or not piece.is_file():
        raise EvaluationError(f'{where}, file: "{cells["file"]}" is no file beside the table')
    given = {name: text for name, text in cells.items() if name != "file" and text}
    return piece, _request(where, given)


def saved_brief(path: Path) -> dict[str, object] | None:
    """The brief that `compose` saved beside a piece; None where there is none.

    Raises:
        EvaluationError: If it cannot be read.
    """
    brief = path.parent / BRIEF
    if path.name != "piece.mid" or not brief.is_file():
        return None
    try:
        return tomllib.loads(brief.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = " ".join(str(error).split())
        raise EvaluationError(f"{brief}: is no brief that can be read: {message}") from None


def _brief_of(path: Path) -> Request | None:
    data = saved_brief(path)
    if data is None:
        return None
    cells = {name: str(data[name]) for name in _COLUMNS if data.get(name) is not None}
    return _request(str(path.parent / BRIEF), cells)


def _request(where: str, cells: Mapping[str, str]) -> Request:
    """Read the cells that are not empty."""
    key = _key(where, cells["key"]) if "key" in cells else None
    return Request(
        key,
        _number(where, "tempo", cells["tempo"]) if "tempo" in cells else None,
        _time_signature(where, cells["time_signature"]) if "time_signature" in cells else None,
        _bars(where, cells["bars"]) if "bars" in cells else None,
        _chords(where, cells["chords"], key) if "chords" in cells else None,
    )


def _key(where: str, text: str) -> Key:
    try:
        return load_rulebook().key(text)
    except BriefError as error:
        raise EvaluationError(f"{where}, {error}") from None


def _number(where: str, field: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 10_000:
        raise EvaluationError(f'{where}, {field}: "{text}" is no number above 0')
    return value


def _bars(where: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 100_000):
        raise EvaluationError(f'{where}, bars: "{text}" is no whole number above 0')
    return int(text)


def _time_signature(where: str, text: str) -> tuple[int, int]:
    upper, _, lower = text.partition("/")
    if upper.isascii() and upper.isdigit() and lower.isascii() and lower.isdigit():
        numbers = int(upper), int(lower)
        if 0 < numbers[0] <= _MOST_NUMERATOR and numbers[1] in _DENOMINATORS:
            return numbers
    raise EvaluationError(f'{where}, time_signature: "{text}" is none; write 4/4, 3/4 or 6/8')


def _chords(where: str, text: str, key: Key | None) -> tuple[tuple[Chord, ...], ...]:
    """Bars of chords such as ``Am7 | F | C/E G | %``; numerals need a key."""
    bars: list[tuple[Chord, ...]] = []
    for number, bar in enumerate(text.strip().strip("|").replace("\n", "|").split("|"), start=1):
        symbols = bar.split()
        if symbols == ["%"] and bars:
            bars.append(bars[-1])
            continue
        if not symbols:
            raise EvaluationError(f"{where}, chords: bar {number} is empty; repeat a bar with %")
        bars.append(tuple(_parsed(where, number, symbols, key)))
    return tuple(bars)


def _parsed(where: str, number: int, symbols: Iterable[str], key: Key | None) -> Iterable[Chord]:
    vocabulary = load_rulebook().chords
    for symbol in symbols:
        if key is None and symbol[0] not in "ABCDEFG":
            raise EvaluationError(
                f'{where}, chords: bar {number}: "{symbol}" says nothing without a key'
            )
        try:
            yield vocabulary.parse(symbol, key.tonic if key else PitchClass(0))
        except ValueError as error:
            raise EvaluationError(f"{where}, chords: bar {number}: {error}") from None

"""The table of a brief that holds the piece before: what a continuation must know of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from composer.errors import BriefError
from composer.music.precedent import Precedent, parse_precedent_part, parse_quarters
from composer.music.tune import Tune, TuneNote, parse_tune_note

_TEXTS = ("source", "digest", "end_quarters", "chords")
_MOST_BARS = 64


def precedent_lines(precedent: Precedent) -> list[str]:
    """The lines of the table, an empty one first.

    >>> from fractions import Fraction
    >>> before = Precedent("a.mid", "", Fraction(64), "C | G", None, 0.5, ())
    >>> precedent_lines(before)[1]
    '[continues] # the piece before; parts: role instrument chunk channel program range velocity …'
    """
    head = "[continues] # the piece before; parts: role instrument chunk channel program range "
    lines = ["", head + "velocity …"]
    lines += [f"{name} = {_text(str(getattr(precedent, name)))}" for name in _TEXTS]
    lines.append(f"energy = {precedent.energy:.4f}")
    lines += _listed("parts", [part.text for part in precedent.parts])
    lines += _listed("drums", precedent.drums)
    if precedent.tune is not None:
        lines.append(f"tune_bars = {precedent.tune.bars}")
        lines += _listed("tune", [note.text for note in precedent.tune.notes])
    return lines


def read_precedent(file: str, table: object) -> Precedent:
    """Read the table as `precedent_lines` writes it.

    Args:
        file: What error messages call the file.
        table: What TOML makes of the table.

    Raises:
        BriefError: If it is no such table; the message names the field.
    """
    if not isinstance(table, dict):
        raise BriefError(file, "continues must be a table, as --continue FILE writes it")
    known = (*_TEXTS, "energy", "parts", "drums", "tune_bars", "tune")
    for name in table:
        if name not in known:
            raise BriefError(file, f'continues: "{name}" is unknown; known: {", ".join(known)}')
    for name in _TEXTS:
        if not isinstance(table.get(name), str):
            raise BriefError(file, f"continues.{name} must be a text in quotes")
    energy = table.get("energy")
    if isinstance(energy, bool) or not isinstance(energy, int | float) or not 0 <= energy <= 1:
        raise BriefError(file, f"continues.energy must be a number from 0 to 1, not {energy!r}")
    try:
        end = parse_quarters(table["end_quarters"])
    except ValueError as error:
        raise BriefError(file, f"continues.end_quarters: {error}") from None
    parts = []
    for number, line in enumerate(_lines(file, table, "parts"), start=1):
        try:
            parts.append(parse_precedent_part(line))
        except ValueError as error:
            raise BriefError(file, f"continues.parts, line {number}: {error}") from None
    return Precedent(
        table["source"],
        table["digest"],
        end,
        table["chords"],
        _tune(file, table),
        float(energy),
        tuple(parts),
        tuple(_lines(file, table, "drums")),
    )


def _tune(file: str, table: dict[str, Any]) -> Tune | None:
    if "tune" not in table:
        return None
    bars = table.get("tune_bars")
    if isinstance(bars, bool) or not isinstance(bars, int) or not 1 <= bars <= _MOST_BARS:
        raise BriefError(file, f"continues.tune_bars must be from 1 to {_MOST_BARS}, not {bars!r}")
    notes: list[TuneNote] = []
    for number, line in enumerate(_lines(file, table, "tune"), start=1):
        try:
            notes.append(parse_tune_note(line))
        except (ValueError, ZeroDivisionError) as error:
            raise BriefError(file, f"continues.tune, note {number}: {error}") from None
    return Tune(tuple(notes), bars)


def _lines(file: str, table: dict[str, Any], name: str) -> list[str]:
    lines = table.get(name, [])
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise BriefError(file, f"continues.{name} must be a list of texts")
    return lines


def _listed(name: str, lines: Sequence[str]) -> list[str]:
    return [f"{name} = [", *(f"  {_text(line)}," for line in lines), "]"]


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)

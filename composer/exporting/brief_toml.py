"""Briefs as TOML files: what a run was asked for, saved so that it can be repeated."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from composer.errors import BriefError, nearest
from composer.exporting.precedent_toml import precedent_lines, read_precedent
from composer.music.brief import Brief
from composer.music.precedent import Precedent
from composer.music.tune import Tune, parse_tune_note
from composer.toml_text import parse_toml

LARGEST_BYTES = 4_000_000
"""No brief is larger: a tune of 16,000 notes makes half a megabyte of it."""

_TEXTS = ("key", "time_signature", "style", "mood", "form", "chords", "writer", "title", "lyrics")
_NUMBERS = ("tempo", "swing", "humanize", "temperature", "top_p", "duration")
_WHOLE = ("bars", "seed", "candidates")


def dump_brief(brief: Brief, version: str = "", rules: Path | None = None) -> str:
    """Write a brief as TOML.

    Args:
        brief: The brief; fields that are None are left out.
        version: Version of composer, for the comment on top.
        rules: The folder of rules that the run laid over ours: the comment asks for it again.

    >>> print(dump_brief(Brief(key="C", bars=8), "1.0").splitlines()[1])
    key = "C"
    """
    again = "compose --brief FILE"
    if rules is not None:
        again += f" --rules {json.dumps(str(rules), ensure_ascii=False)}"
    lines = [f"# composer{version and f' {version}'}: {again} repeats this run"]
    for field in fields(brief):
        value = getattr(brief, field.name)
        if value is None or value is False or isinstance(value, Tune | Precedent):
            continue
        shown = list(value) if isinstance(value, tuple) else value
        lines.append(f"{field.name} = {json.dumps(shown, ensure_ascii=False)}")
    if brief.melody is not None:
        lines += _melody_lines(brief.melody)
    if brief.continues is not None:
        lines += precedent_lines(brief.continues)
    return "\n".join(lines) + "\n"


def _melody_lines(tune: Tune) -> list[str]:
    """The table of a tune: it stands last, as tables do in TOML."""
    notes = [f"  {json.dumps(note.text, ensure_ascii=False)}," for note in tune.notes]
    source = json.dumps(tune.source, ensure_ascii=False)
    head = ["", "[melody] # onset length pitch velocity syllable; quarters from the first downbeat"]
    return [*head, f"source = {source}", f"bars = {tune.bars}", "notes = [", *notes, "]"]


def load_brief(path: Path | str) -> Brief:
    """Read a brief.

    Raises:
        BriefError: If the file cannot be read, is too large or not TOML, or a field is unknown or
            of the wrong kind; the message names the file and the field.
    """
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BriefError(name, f"cannot be read: {error.strerror}") from error
    if len(data) > LARGEST_BYTES:
        raise BriefError(name, f"is larger than {LARGEST_BYTES // 1_000_000} MB, and no brief")
    return parse_brief(data, name)


def parse_brief(text: str | bytes, name: str = "brief") -> Brief:
    """Read a brief from the text of a TOML file.

    Args:
        text: The text, or its bytes in UTF-8.
        name: What messages call it.

    Raises:
        BriefError: If it is not TOML, or a field is unknown or of the wrong kind.

    >>> parse_brief('key = "C"').key
    'C'
    """
    try:
        data = parse_toml(text)
    except ValueError as error:
        raise BriefError(name, f"is not a TOML file: {error}") from error
    known = {field.name for field in fields(Brief)}
    for key, value in data.items():
        if key not in known:
            raise BriefError(name, f'"{key}" is not a field of a brief; {nearest(key, known)}')
        _check(name, key, value)
    if "parts" in data:
        data["parts"] = tuple(data["parts"])
    if "hits" in data:
        data["hits"] = tuple(float(hit) for hit in data["hits"])
    if "melody" in data:
        data["melody"] = _melody(name, data["melody"])
    if "continues" in data:
        data["continues"] = read_precedent(name, data["continues"])
    return Brief(**data)


def _melody(name: str, table: object) -> Tune:
    """The tune of a table as `_melody_lines` writes it."""
    wanted = 'melody must be a table of "bars" (a number) and "notes" (a list of texts)'
    if not isinstance(table, dict) or not isinstance(table.get("notes"), list):
        raise BriefError(name, wanted)
    bars = table.get("bars")
    if isinstance(bars, bool) or not isinstance(bars, int) or bars < 1:
        raise BriefError(name, wanted)
    notes = []
    for number, line in enumerate(table["notes"], start=1):
        try:
            notes.append(parse_tune_note(line))
        except (ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
            raise BriefError(name, f"melody, note {number}: {error}") from None
    return Tune(tuple(notes), bars, str(table.get("source", "")))


def _check(name: str, key: str, value: object) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if key in _TEXTS and not isinstance(value, str):
        raise BriefError(name, f"{key} must be a text in quotes, not {value!r}")
    if key in _NUMBERS and not number:
        raise BriefError(name, f"{key} must be a number, not {value!r}")
    if key in _WHOLE and not (number and isinstance(value, int)):
        raise BriefError(name, f"{key} must be a whole number, not {value!r}")
    if key == "parts" and not (
        isinstance(value, list) and all(isinstance(part, str) for part in value)
    ):
        raise BriefError(name, f"parts must be a list of texts, not {value!r}")
    if key == "loop" and not isinstance(value, bool):
        raise BriefError(name, f"loop must be true or false, not {value!r}")
    if key == "hits" and not (
        isinstance(value, list)
        and all(isinstance(hit, int | float) and not isinstance(hit, bool) for hit in value)
    ):
        raise BriefError(name, f"hits must be a list of seconds, not {value!r}")

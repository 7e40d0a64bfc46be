"""Briefs as TOML files: what a run was asked for, saved so that it can be repeated."""

from __future__ import annotations

import json
import tomllib
from dataclasses import fields
from pathlib import Path

from composer.errors import BriefError, nearest
from composer.music.brief import Brief

_TEXTS = ("key", "time_signature", "style", "mood", "form", "chords", "writer")
_NUMBERS = ("tempo", "swing", "humanize", "temperature", "top_p")
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
        if value is None:
            continue
        shown = list(value) if isinstance(value, tuple) else value
        lines.append(f"{field.name} = {json.dumps(shown, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"


def load_brief(path: Path | str) -> Brief:
    """Read a brief.

    Raises:
        BriefError: If the file cannot be read, is not TOML, or a field is unknown or of the wrong
            kind; the message names the file and the field.
    """
    name = str(path)
    try:
        data = tomllib.loads(Path(path).read_bytes().decode("utf-8"))
    except OSError as error:
        raise BriefError(name, f"cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BriefError(name, f"is not a TOML file: {error}") from error
    known = {field.name for field in fields(Brief)}
    for key, value in data.items():
        if key not in known:
            raise BriefError(name, f'"{key}" is not a field of a brief; {nearest(key, known)}')
        _check(name, key, value)
    if "parts" in data:
        data["parts"] = tuple(data["parts"])
    return Brief(**data)


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

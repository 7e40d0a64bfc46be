"""Manifests read, from anyone: everything is looked at before it is believed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from composer.errors import BriefError, ManifestError
from composer.exporting.audio import AUDIO_FORMATS
from composer.exporting.brief_toml import parse_brief
from composer.exporting.exports import EXPORTS
from composer.exporting.files import FileDigest, is_within
from composer.manifest.description import (
    FORMAT,
    MANIFEST,
    VERSION,
    Manifest,
    Operation,
    Options,
)

T = TypeVar("T")

_MOST_BYTES = 16 << 20
_MOST_FILES = 10_000
_CHECKSUM = re.compile(r"[0-9a-f]{64}")


def read_manifest(path: Path | str) -> Manifest:
    """Read a manifest.

    Args:
        path: The file, or the folder in which it lies.

    Raises:
        ManifestError: If it cannot be read, is too large, or does not describe a run.
    """
    path = Path(path)
    if path.is_dir():
        path = path / MANIFEST
    data = _json(path)
    if data.get("format") != FORMAT:
        raise ManifestError(f"{path}: is no manifest of composer; give a {MANIFEST}")
    if data.get("version") != VERSION:
        raise ManifestError(
            f"{path}: is of format {data.get('version')!r}, and this composer reads {VERSION}"
        )
    whole = _Part(path, data)
    try:
        brief = parse_brief(whole.text("brief"), f"{path}, brief")
    except BriefError as error:
        raise ManifestError(str(error)) from None
    return Manifest(
        path=path,
        version=whole.text("composer"),
        brief=brief,
        notes=whole.texts("notes"),
        operations=_operations(whole),
        options=_options(whole.part("options")),
        ingredients=_ingredients(whole.part("ingredients")),
        files=_files(whole),
    )


class _Part:
    """A table of a manifest, read key by key; errors name the file and the key."""

    def __init__(self, path: Path, data: Mapping[str, Any], name: str = "") -> None:
        self.path, self.data, self.name = path, data, name

    def fail(self, key: str, wanted: str) -> ManifestError:
        where = f"{self.name}.{key}" if self.name else key
        return ManifestError(f"{self.path}: {where} must be {wanted}")

    def typed(self, key: str, kind: type[T], wanted: str) -> T:
        value = self.data.get(key)
        # True is an int of Python's, and no number of a manifest.
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.fail(key, wanted)
        return value

    def text(self, key: str) -> str:
        return self.typed(key, str, "a text")

    def optional(self, key: str) -> str | None:
        return None if self.data.get(key) is None else self.text(key)

    def texts(self, key: str) -> tuple[str, ...]:
        values: list[Any] = self.typed(key, list, "a list of texts")
        if not all(isinstance(value, str) for value in values):
            raise self.fail(key, "a list of texts")
        return tuple(values)

    def part(self, key: str) -> _Part:
        return _Part(self.path, self.typed(key, dict, "a table"), key)


def _json(path: Path) -> dict[str, Any]:
    """The table of a JSON file that is not too large."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read: {error.strerror}") from None
    if len(data) > _MOST_BYTES:
        raise ManifestError(f"{path}: is larger than {_MOST_BYTES >> 20} MiB, and no manifest")
    try:
        found = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        what = str(error) if isinstance(error, ValueError) else "tables lie too deep"
        raise ManifestError(f"{path}: is no JSON file: {what}") from None
    if not isinstance(found, dict):
        raise ManifestError(f"{path}: is no manifest of composer; give a {MANIFEST}")
    return found


def _operations(whole: _Part) -> tuple[Operation, ...]:
    found: list[Any] = whole.typed("operations", list, "a list of tables")
    if not all(isinstance(operation, dict) for operation in found):
        raise whole.fail("operations", "a list of tables")
    return tuple(found)


def _options(part: _Part) -> Options:
    audio_format = part.text("audio_format")
    if audio_format not in AUDIO_FORMATS:
        raise part.fail("audio_format", f"one of {', '.join(AUDIO_FORMATS)}")
    exports = part.texts("exports")
    if not set(exports) <= set(EXPORTS):
        raise part.fail("exports", f"a list of {', '.join(EXPORTS)}")
    return Options(
        audio=part.typed("audio", bool, "true or false"),
        sample_rate=part.typed("sample_rate", int, "a whole number"),
        stems=part.typed("stems", bool, "true or false"),
        audio_format=audio_format,
        exports=exports,
        soundfont=part.optional("soundfont"),
        refine=None if part.data.get("refine") is None else _refine(part.part("refine")),
        rules=part.optional("rules"),
        model=part.optional("model"),
    )


def _refine(part: _Part) -> dict[str, Any]:
    return {
        "wet": float(part.typed("wet", float, "a number from 0 to 1")),
        "parts": list(part.texts("parts")),
        "seed": part.typed("seed", int, "a whole number"),
        "model": part.optional("model"),
    }


def _ingredients(part: _Part) -> dict[str, str]:
    return {name: part.text(name) for name in part.data}


def _files(whole: _Part) -> tuple[FileDigest, ...]:
    part = whole.part("files")
    if len(part.data) > _MOST_FILES:
        raise whole.fail("files", f"a table of at most {_MOST_FILES:,} files")
    return tuple(_file(part, name) for name in part.data)


def _file(part: _Part, name: str) -> FileDigest:
    if not is_within(name):
        raise part.fail(repr(name), "a name within the folder")
    entry = part.part(name)
    checksum = entry.text("sha256")
    if _CHECKSUM.fullmatch(checksum) is None:
        raise part.fail(f"{name}.sha256", "64 hexadecimal digits")
    return FileDigest(name, entry.typed("bytes", int, "a whole number"), checksum)

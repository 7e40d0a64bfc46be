"""The manifest of SoundFonts that composer knows by name (``soundfonts/manifest.toml``)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from composer.errors import SoundFontError

_PACKAGE = Path(__file__).resolve().parent.parent
_FOLDERS = (_PACKAGE / "_data" / "soundfonts", _PACKAGE.parent / "soundfonts")


@dataclass(frozen=True, slots=True)
class KnownFile:
    """A file that a known SoundFont may come as.

    Args:
        name: File name.
        size_bytes: Size, where it was measured.
        sha256: Checksum, where it was computed.
        origin: The copy that was measured.
    """

    name: str
    size_bytes: int | None
    sha256: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class KnownSoundFont:
    """An entry of the manifest.

    Args:
        name: What the user types.
        description: One line.
        licence: As its author states it.
        files: The files it may come as, the preferred one first.
        debian_package: The package that installs it, or empty.
        homepage: Where to read about it, or empty.
        bundled: Whether it comes with a Python package that composer depends on.
    """

    name: str
    description: str
    licence: str
    files: tuple[KnownFile, ...]
    debian_package: str
    homepage: str
    bundled: bool

    @property
    def source(self) -> str:
        """How to get it, in a few words."""
        if self.bundled:
            return "comes with composer"
        if self.debian_package:
            return f"apt-get install {self.debian_package}"
        return self.homepage


@cache
def known_soundfonts() -> tuple[KnownSoundFont, ...]:
    """The entries of the manifest, the preferred ones first.

    Raises:
        SoundFontError: If the manifest is missing or malformed: a broken installation.
    """
    path = next((p for f in _FOLDERS if (p := f / "manifest.toml").is_file()), None)
    if path is None:
        raise SoundFontError(f"{_FOLDERS[0]}: manifest.toml is missing; reinstall composer")
    return read_manifest(path)


def read_manifest(path: Path) -> tuple[KnownSoundFont, ...]:
    """Read a manifest.

    Raises:
        SoundFontError: If it is not TOML, or an entry lacks a name, a description, a licence or
            files.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get("soundfont", [])
        return tuple(_entry(table) for table in tables)
    except (OSError, ValueError) as error:
        raise SoundFontError(f"{path}: {error}") from None
    except (KeyError, TypeError, AttributeError) as error:
        raise SoundFontError(f"{path}: an entry lacks or misuses {error}") from None


def _entry(table: Mapping[str, Any]) -> KnownSoundFont:
    files = tuple(
        KnownFile(
            str(file["name"]), file.get("size_bytes"), file.get("sha256"), file.get("origin", "")
        )
        for file in table["file"]
    )
    return KnownSoundFont(
        name=str(table["name"]),
        description=str(table["description"]),
        licence=str(table["licence"]),
        files=files,
        debian_package=str(table.get("debian_package", "")),
        homepage=str(table.get("homepage", "")),
        bundled=bool(table.get("bundled", False)),
    )

"""Which SoundFont to play: the resolver.

A name, or a path, that the user asks for is looked up in this order:

1. as the path of a file;
2. in the folders (or files) of the environment variable ``COMPOSER_SOUNDFONTS``;
3. in the user's folder, ``soundfonts`` under composer's data folder;
4. among what the Python packages bring: TimGM6mb, inside pretty_midi;
5. in the system's folders (/usr/share/sounds, /usr/share/soundfonts, Homebrew's …).

With nothing asked for, the first that places 2 to 5 hold is played: what a user puts into 2 and 3
is a choice, and without one the same command sounds the same on every machine, since what a system
happens to have comes last. (Debian's TimGM6mb.sf2 and the bundled one are not the same file.)
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from composer.errors import SoundFontError, nearest
from composer.rendering.manifest import KnownSoundFont, known_soundfonts

ENVIRONMENT_VARIABLE = "COMPOSER_SOUNDFONTS"
SUFFIXES = (".sf2", ".sf3")
SYSTEM_FOLDERS = (
    Path("/usr/share/sounds/sf2"),
    Path("/usr/share/sounds/sf3"),
    Path("/usr/share/soundfonts"),
    Path("/usr/local/share/soundfonts"),
    Path("/usr/local/share/sounds/sf2"),
    Path("/usr/local/share/fluidsynth"),
    Path("/opt/homebrew/share/soundfonts"),
    Path("/opt/homebrew/share/sounds/sf2"),
    Path("/opt/homebrew/share/fluidsynth"),
    Path("/Library/Audio/Sounds/Banks"),
)


@dataclass(frozen=True, slots=True)
class SoundFontFile:
    """A SoundFont that is there.

    Args:
        name: Its name in the manifest, or the file's name without its suffix.
        path: Where it lies.
        origin: ``path``, ``environment``, ``user``, ``bundled`` or ``system``.
        size_bytes: Size of the file.
        licence: As the manifest has it; empty for an unknown one.
    """

    name: str
    path: Path
    origin: str
    size_bytes: int
    licence: str


@dataclass(frozen=True, slots=True)
class SoundFontListing:
    """What ``compose soundfonts`` shows.

    Args:
        found: The SoundFonts that are there, in the order in which they are looked up.
        missing: Known ones that are not there.
        default: The one that plays when none is asked for, or `None`.
    """

    found: tuple[SoundFontFile, ...]
    missing: tuple[KnownSoundFont, ...]
    default: SoundFontFile | None


def user_folder() -> Path:
    """The user's own folder of SoundFonts; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_data_dir("composer", appauthor=False)) / "soundfonts"


def resolve(requested: str | None = None) -> SoundFontFile:
    """Find the SoundFont to play, and see that its file is whole.

    Args:
        requested: A path, a name of the manifest, or the name of a file in one of the folders,
            with or without suffix, upper and lower case alike; `None` for the default.

    Raises:
        SoundFontError: If there is none of that name, or its file is no whole SoundFont.
    """
    if requested is None:
        chosen = _default()
        if chosen is None:
            raise SoundFontError(
                "no SoundFont found; apt-get install timgm6mb-soundfont brings one"
            )
    else:
        chosen = _requested(requested)
    validate(chosen.path)
    return chosen


def list_soundfonts() -> SoundFontListing:
    """Everything that `resolve` would find, without opening a file."""
    found = tuple(_all())
    names = {font.name for font in found}
    missing = tuple(known for known in known_soundfonts() if known.name not in names)
    return SoundFontListing(found, missing, _default())


def validate(path: Path) -> None:
    """See that a file is a SoundFont with all of its parts.

    Raises:
        SoundFontError: If it cannot be opened, is not a SoundFont, or is cut short.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(12)
            if head[:4] != b"RIFF" or head[8:12] != b"sfbk":
                what = "a DLS bank" if head[8:11] == b"DLS" else "not a SoundFont"
                raise SoundFontError(f"{path}: is {what}; a SoundFont (.sf2 or .sf3) is needed")
            end = 8 + int.from_bytes(head[4:8], "little")
            parts, at = {}, 12
            while at + 12 <= min(end, size):
                file.seek(at)
                chunk = file.read(12)
                length = int.from_bytes(chunk[4:8], "little")
                parts[chunk[8:12]] = (at + 12, length - 4)
                at += 8 + length + length % 2
            presets = _presets_whole(file, *parts.get(b"pdta", (0, 0)))
    except OSError as error:
        raise SoundFontError(f"{path}: cannot be opened: {error.strerror}") from None
    if end > size or at > size + 1:
        raise SoundFontError(
            f"{path}: is cut short ({size:,} of {max(end, at):,} bytes); fetch it again"
        )
    if not (parts.keys() >= {b"INFO", b"sdta", b"pdta"} and presets):
        raise SoundFontError(f"{path}: lacks its samples or presets; fetch it again")


# The lists of a SoundFont's presets and the size of a record of each.
# Source: SoundFont Technical Specification 2.04, section 7.
_PRESET_LISTS = {
    b"phdr": 38,
    b"pbag": 4,
    b"pmod": 10,
    b"pgen": 4,
    b"inst": 22,
    b"ibag": 4,
    b"imod": 10,
    b"igen": 4,
    b"shdr": 46,
}


def _presets_whole(file: BinaryIO, start: int, length: int) -> bool:
    """Whether the preset lists are all there, in order, of whole records."""
    at = start
    for name, record in _PRESET_LISTS.items():
        file.seek(at)
        head = file.read(8)
        size = int.from_bytes(head[4:8], "little")
        if head[:4] != name or size < record or size % record or at + 8 + size > start + length:
            return False
        at += 8 + size
    return True


def bundled_folder() -> Path | None:
    """The folder of the package that brings TimGM6mb, found without importing it."""
    spec = importlib.util.find_spec("pretty_midi")
    return Path(spec.origin).parent if spec is not None and spec.origin else None


def _requested(requested: str) -> SoundFontFile:
    path = Path(requested).expanduser()
    if path.is_file():
        return _describe(path, "path")
    if path.is_dir():
        raise SoundFontError(f"{path}: is a folder; name a SoundFont file (.sf2 or .sf3) in it")
    wanted, known = requested.casefold(), known_soundfonts()
    fonts = list(_all())
    for font in fonts:
        if wanted in (font.name.casefold(), font.path.name.casefold(), font.path.stem.casefold()):
            return font
    entry = next((k for k in known if k.name.casefold() == wanted), None)
    if entry is not None:
        raise SoundFontError(f"{entry.name}: is not installed; {entry.source}")
    if path.suffix.lower() in SUFFIXES or path.name != requested:
        raise SoundFontError(f"{requested}: no such file")
    names = {font.name for font in fonts} | {k.name for k in known}
    raise SoundFontError(f'no SoundFont "{requested}"; {nearest(requested, names)}')


def _default() -> SoundFontFile | None:
    return next(_all(), None)


def _all() -> Iterator[SoundFontFile]:
    """Every SoundFont in the order of look-up; within a folder by the manifest's order."""
    seen: set[Path] = set()
    for origin, path in _files():
        real = path.resolve()
        if real not in seen:
            seen.add(real)
            yield _describe(path, origin)


def _files() -> Iterator[tuple[str, Path]]:
    for entry in os.environ.get(ENVIRONMENT_VARIABLE, "").split(os.pathsep):
        if entry:
            place = Path(entry).expanduser()
            yield from (("environment", file) for file in _in_place(place))
    yield from (("user", file) for file in _in_place(user_folder()))
    bundled = bundled_folder()
    if bundled is not None:
        yield from (("bundled", file) for file in _in_place(bundled))
    for folder in SYSTEM_FOLDERS:
        yield from (("system", file) for file in _in_place(folder))


def _in_place(place: Path) -> list[Path]:
    """The SoundFonts of a folder, or the file itself; links to a folder's own files come last."""
    if place.is_file():
        return [place]
    order = [file.name.casefold() for known in known_soundfonts() for file in known.files]
    try:
        files = [file for file in place.iterdir() if file.suffix.lower() in SUFFIXES]
        files = [file for file in files if file.is_file()]
    except OSError:
        return []

    def rank(file: Path) -> tuple[int, bool, str]:
        name = file.name.casefold()
        return order.index(name) if name in order else len(order), file.is_symlink(), name

    return sorted(files, key=rank)


def _describe(path: Path, origin: str) -> SoundFontFile:
    name = path.name.casefold()
    known = known_soundfonts()
    entry = next((k for k in known if any(f.name.casefold() == name for f in k.files)), None)
    return SoundFontFile(
        name=entry.name if entry else path.stem,
        path=path,
        origin=origin,
        size_bytes=path.stat().st_size,
        licence=entry.licence if entry else "",
    )

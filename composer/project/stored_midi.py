"""The MIDI files of a state: each part, the whole piece, and what the conductor has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from composer.errors import MidiError, ProjectError
from composer.exporting.mixes import numbered_names
from composer.midi.decode import decode
from composer.midi.encode import encode
from composer.music.performance import Performance, Track
from composer.music.plan import Plan
from composer.project.state import State

CHECKSUMS = "checksums.toml"
PIECE = "piece.mid"
RESTORE = "`compose project DIR restore` puts back what can be"
_CONDUCTOR = "conductor.mid"


def midi_files(state: State) -> dict[str, bytes]:
    """The MIDI files of a state, by their names in its folder."""
    performance = state.performance
    files = {_CONDUCTOR: encode(replace(performance, tracks=())), PIECE: encode(performance)}
    for name, track in zip(part_names(state), performance.tracks, strict=True):
        files[f"parts/{name}.mid"] = _part_file(track, replace(performance, tracks=()))
    return files


def part_names(state: State) -> tuple[str, ...]:
    """Names of the parts' files, without their endings."""
    return numbered_names(part.name for part in state.plan.parts)


@lru_cache(maxsize=64)
def _part_file(track: Track, conductor: Performance) -> bytes:
    """A part by itself, with the tempo map, the meters and the sections.

    Keys and chord symbols are left out: a part that is locked stays the same to the byte while the
    harmony around it changes.
    """
    markers = tuple(text for text in conductor.texts if text.kind == "marker")
    return encode(replace(conductor, title=track.name, keys=(), texts=markers, tracks=(track,)))


def is_editable(name: str) -> bool:
    """Whether a file is one that the user may change in another program."""
    return name == PIECE or name.startswith("parts/")


def performance_of(
    folder: Path,
    files: Mapping[str, bytes],
    edited: Mapping[str, bytes],
    plan: Plan,
    names: tuple[str, ...],
) -> Performance:
    """The performance as it was saved: from the parts, or from the piece where one was changed.

    Raises:
        ProjectError: If a file is missing, no MIDI file or another part's, or one and the piece
            were both changed.
    """
    conductor = _midi(folder, files, _CONDUCTOR)
    whole = _midi(folder, files, PIECE) if edited and PIECE in files else None
    if whole is not None and len(whole.tracks) != len(names):
        raise ProjectError(f"{folder / PIECE}: has {len(whole.tracks)} parts; {RESTORE}")
    tracks: list[Track] = []
    for index, (part, name) in enumerate(zip(plan.parts, names, strict=True)):
        file = f"parts/{name}.mid"
        if file in edited and whole is not None:
            tracks.append(whole.tracks[index])
        elif file in edited:
            raise ProjectError(
                f"{folder / file}: was changed, and so was {PIECE}; change one of the two, or "
                "`compose project DIR restore` drops both changes"
            )
        else:
            found = _midi(folder, files, file).tracks
            if len(found) != 1 or found[0].name != part.name:
                raise ProjectError(f"{folder / file}: is not of {part.name}; {RESTORE}")
            tracks.append(found[0])
    return replace(conductor, tracks=tuple(tracks))


def _midi(folder: Path, files: Mapping[str, bytes], name: str) -> Performance:
    try:
        return decode(listed(folder, files, name), str(folder / name))
    except MidiError as error:
        raise ProjectError(str(error)) from None


def listed(folder: Path, files: Mapping[str, bytes], name: str) -> bytes:
    """A file of a state.

    Raises:
        ProjectError: If the state has none of that name.
    """
    if name not in files:
        raise ProjectError(f"{folder / CHECKSUMS}: does not list {name}; {RESTORE}")
    return files[name]

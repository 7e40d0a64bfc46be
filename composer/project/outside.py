"""Parts that were changed from outside, as in a sequencer: found by their files, read from them."""

from __future__ import annotations

from pathlib import Path

from composer.errors import MidiError, ProjectError
from composer.midi.decode import decode
from composer.music.performance import Performance, Track
from composer.project.adopting import brought
from composer.project.stored import Stored
from composer.project.stored_midi import PIECE, part_names


def edits(folder: Path, found: Stored) -> list[tuple[str, Track]]:
    """The parts that were changed from outside, as they are played now.

    Raises:
        ProjectError: If a file cannot be understood; it is named, and nothing is lost.
    """
    state = found.state
    files = {f"parts/{name}.mid": place for place, name in enumerate(part_names(state))}
    changed: dict[int, Track] = {}
    for name, data in sorted(found.edited.items()):
        path = folder / name
        try:
            read = decode(data, str(path))
        except MidiError as error:
            raise ProjectError(f"{error}; `compose project DIR restore` drops it") from None
        for index in range(len(state.plan.parts)) if name == PIECE else [files[name]]:
            old = state.performance.tracks[index]
            track = _track_of(path, read, old, alone=name != PIECE)
            new = brought(track, read.ticks_per_quarter, state.performance.end_ticks)
            if (new.notes, new.controls, new.bends) != (old.notes, old.controls, old.bends):
                changed[index] = new
    return [(state.plan.parts[index].name, track) for index, track in sorted(changed.items())]


def _track_of(path: Path, read: Performance, old: Track, *, alone: bool) -> Track:
    """The track of a file that is a part's."""
    named = [track for track in read.tracks if track.name == old.name]
    sounding = [track for track in read.tracks if track.notes]
    if alone and len(sounding) <= 1:
        return (sounding or named or list(read.tracks) or [_silent(old)])[0]
    if len(named) == 1:
        return named[0]
    raise ProjectError(
        f"{path}: was changed, and has {len(named)} tracks named {old.name}; it takes one "
        "(`compose project DIR restore` drops the change)"
    )


def _silent(track: Track) -> Track:
    return Track(track.name, track.role, track.channel, track.program, track.bank, (), ())

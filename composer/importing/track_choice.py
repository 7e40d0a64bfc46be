"""Which track of a MIDI file is the tune."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from composer.errors import MidiError, nearest
from composer.music.performance import Track

_DRUM_CHANNEL = 9
_MELODY = "melody"
_MOST_LISTED = 24
_LONGEST_NAME = 40


def choose_track(tracks: Sequence[Track], asked: str | None) -> tuple[Track, str]:
    """Choose the track of a tune.

    What is asked for wins: a name (any case), a number as listed, or the beginning of one name.
    Else it is the only track with notes, the only one that is no drums, the only one that says
    that it is the melody by its role or its name, or the only one of a single voice, in this order.

    Args:
        tracks: The tracks of the file.
        asked: What the user typed; None for nothing.

    Returns:
        The track, and a sentence where there were others.

    Raises:
        MidiError: If no track has notes, none is meant, or several may be; the message is the rest
            of a sentence that begins with the file.
    """
    sounding = [track for track in tracks if track.notes]
    if not sounding:
        raise MidiError("holds no notes")
    if asked is not None:
        return _named(sounding, asked), ""
    if len(sounding) == 1:
        return sounding[0], ""
    pitched = [track for track in sounding if track.channel != _DRUM_CHANNEL]
    roles = [track for track in pitched if track.role == _MELODY]
    names = [track for track in pitched if _MELODY in track.name.lower().split()]
    single = [track for track in pitched if _is_single(track)]
    for candidates in (pitched, roles, names, single):
        if len(candidates) == 1:
            track = candidates[0]
            number = sounding.index(track) + 1
            others = f"of {len(sounding)} tracks"
            return track, f'the melody is track {number} "{_shown(track.name)}" {others}'
    raise MidiError(f"has {len(sounding)} tracks; choose one with --track: {_listing(sounding)}")


def _named(tracks: list[Track], asked: str) -> Track:
    wanted = asked.strip().lower()
    same = [track for track in tracks if track.name.strip().lower() == wanted]
    if len(same) == 1:
        return same[0]
    if wanted.isascii() and wanted.isdigit() and not same:
        number = int(wanted[:9])
        if 1 <= number <= len(tracks):
            return tracks[number - 1]
        raise MidiError(f"has no track {asked.strip()}; it has {_listing(tracks)}")
    begin = same or [track for track in tracks if track.name.strip().lower().startswith(wanted)]
    if len(begin) == 1 and wanted:
        return begin[0]
    if len(begin) > 1 and wanted:
        many = f'{len(begin)} tracks called "{asked.strip()}"'
        raise MidiError(f"has {many}; choose one by its number: {_listing(tracks)}")
    hint = nearest(wanted, [_shown(track.name) for track in tracks]).partition(" (known")[0]
    listed = (
        f"it has {_listing(tracks)}"
        if hint.startswith("known")
        else (f"{hint} It has {_listing(tracks)}")
    )
    raise MidiError(f'has no track "{asked.strip()}"; {listed}')


def _listing(tracks: list[Track]) -> str:
    """All tracks by number, name and number of notes."""
    shown = [
        f'{number} "{_shown(track.name)}" ({len(track.notes)} '
        f"{'note' if len(track.notes) == 1 else 'notes'})"
        for number, track in enumerate(tracks[:_MOST_LISTED], start=1)
    ]
    if len(tracks) > _MOST_LISTED:
        shown.append(f"and {len(tracks) - _MOST_LISTED} more")
    return ", ".join(shown)


def _shown(name: str) -> str:
    """A name on one line, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"


def _is_single(track: Track) -> bool:
    """Whether no note of a track begins with another, or while another sounds for half its time."""
    return all(
        before.onset_ticks + before.duration_ticks // 2 <= after.onset_ticks
        for before, after in pairwise(sorted(track.notes))
    )

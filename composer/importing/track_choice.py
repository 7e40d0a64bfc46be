"""Which track of a MIDI file is the tune."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from composer.errors import MidiError
from composer.music.named_choice import chosen, listing, shown
from composer.music.performance import Track

_DRUM_CHANNEL = 9
_MELODY = "melody"


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
    voices = [(track.name, len(track.notes)) for track in sounding]
    if asked is not None:
        try:
            return sounding[chosen("track", voices, asked)], ""
        except LookupError as error:
            raise MidiError(str(error)) from None
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
            return track, f'the melody is track {number} "{shown(track.name)}" {others}'
    raise MidiError(f"has {len(sounding)} tracks; choose one with --track: {listing(voices)}")


def _is_single(track: Track) -> bool:
    """Whether no note of a track begins with another, or while another sounds for half its time."""
    return all(
        before.onset_ticks + before.duration_ticks // 2 <= after.onset_ticks
        for before, after in pairwise(sorted(track.notes))
    )

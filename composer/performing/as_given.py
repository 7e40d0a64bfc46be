"""The user's own tune as it is played: to the tick as it is written. Clock: quarters to ticks."""

from __future__ import annotations

from collections.abc import Sequence

from composer.midi.units import ticks_from_quarters
from composer.music.performance import PlayedNote
from composer.music.tune import TuneNote
from composer.performing.dynamics import Loudness
from composer.performing.moments import Moment


def played_as_given(
    tune: Sequence[TuneNote], moments: Sequence[Moment], loudness: Loudness
) -> tuple[PlayedNote, ...]:
    """Play a tune without swing, drift, articulation or bends.

    A note is as loud as the tune says; where it does not, it is shaped as any melody is.

    Args:
        tune: The notes with onsets from the start of the piece; one voice.
        moments: The moments of the part that plays them, one a note.
        loudness: How loud the part plays.
    """
    played = []
    for note, moment in zip(tune, moments, strict=True):
        onset = ticks_from_quarters(note.onset_quarters)
        end = ticks_from_quarters(note.end_quarters)
        (shaped,) = loudness.of(moment, up=False)
        velocity = max(1, min(127, round(shaped))) if note.velocity is None else note.velocity
        played.append(PlayedNote(onset, note.pitch.midi, max(1, end - onset), velocity))
    return tuple(played)

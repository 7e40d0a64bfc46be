"""What a DAW's mixer shows of a track: level, place and colour."""

from __future__ import annotations

from dataclasses import dataclass

from composer.exporting.picture_colours import INK, Colour, part_colours
from composer.music.performance import Performance, Track
from composer.music.score import Score

VOLUME, PAN = 7, 10
MIXER_CONTROLLERS = frozenset({VOLUME, PAN})
"""What the mixer does; it is left out of what the clips do."""

_FULL = 127
_CENTRE = 64


@dataclass(frozen=True, slots=True)
class ChannelStrip:
    """A track's strip in the mixer.

    Args:
        gain: Amplitude, 1 is unity.
        pan: -1 (left) to 1 (right).
        colour: Red, green and blue, 0–255 each.
    """

    gain: float
    pan: float
    colour: Colour

    @property
    def hex(self) -> str:
        """The colour as it is written on the web, such as ``#ffb84d``."""
        red, green, blue = self.colour
        return f"#{red:02x}{green:02x}{blue:02x}"


def channel_strips(score: Score, performance: Performance) -> tuple[ChannelStrip, ...]:
    """One strip a track: what its volume and pan controllers say first, and its part's colour.

    Volume is heard as General MIDI level 2 asks: amplitude goes with the square of the controller.
    """
    colours = part_colours(score.parts)
    return tuple(
        ChannelStrip(
            (_first(track, VOLUME, _FULL) / _FULL) ** 2,
            max(-1.0, (_first(track, PAN, _CENTRE) - _CENTRE) / (_FULL - _CENTRE)),
            colours.get(track.name, INK),
        )
        for track in performance.tracks
    )


def _first(track: Track, controller: int, default: int) -> int:
    return next((c.value for c in track.controls if c.controller == controller), default)

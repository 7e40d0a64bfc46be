"""How much of a part goes to reverb and chorus where its controllers (91, 93) do not say."""

from __future__ import annotations

from composer.music.performance import Track
from composer.rendering.events import DRUM_CHANNEL

# Per group of eight General MIDI programs: reverb send, chorus send (0-127). Basses stay dry so
# that the low end stays clear; what sustains takes more room than what is struck.
_GROUPS = (
    (45, 0),  # piano
    (50, 0),  # chromatic percussion
    (45, 10),  # organ
    (40, 12),  # guitar
    (10, 0),  # bass
    (70, 0),  # strings
    (75, 10),  # ensemble
    (60, 0),  # brass
    (55, 0),  # reed
    (60, 0),  # pipe
    (45, 10),  # synth lead
    (80, 25),  # synth pad
    (75, 20),  # synth effects
    (50, 0),  # ethnic
    (45, 0),  # percussive
    (45, 0),  # sound effects
)
_DRUMS = (30, 0)


def sends(track: Track) -> tuple[int, int]:
    """Reverb and chorus send of a track, 0–127."""
    return _DRUMS if track.channel == DRUM_CHANNEL else _GROUPS[track.program // 8]

"""How much of a part goes to reverb and chorus where its controllers (91, 93) do not say."""

from __future__ import annotations

from dataclasses import replace

from composer.music.performance import ControlChange, Performance, Track
from composer.rendering.events import CHORUS_SEND, DRUM_CHANNEL, REVERB_SEND

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

_SENDS = (REVERB_SEND, CHORUS_SEND)

# By SoundFont, the programs whose presets make more (or less) of controller 91 than the usual fifth
# of the sound, and how many times as much. Measured with FluidSynth, program by program: with it,
# every one of the 128 gets as much of `composer.rendering.room` as of FluidSynth's, within 2 dB.
_EAGER = {
    "TimGM6mb": {
        48: 0.7,
        **dict.fromkeys((10, 46, 56, 64, 68, 77, 96, 122, 123, 124), 5.0),
        65: 2.1,
        66: 2.4,
        67: 2.7,
    }
}


def sends(track: Track) -> tuple[int, int]:
    """Reverb and chorus send of a track, 0–127."""
    return _DRUMS if track.channel == DRUM_CHANNEL else _GROUPS[track.program // 8]


def eagerness(soundfont: str, track: Track) -> float:
    """How many times as much a SoundFont's preset makes of a reverb send as others do.

    Args:
        soundfont: Its name in the manifest.
        track: Who plays.
    """
    drums = track.channel == DRUM_CHANNEL
    return 1.0 if drums else _EAGER.get(soundfont, {}).get(track.program, 1.0)


def without_effects(performance: Performance) -> Performance:
    """The same performance, with nothing sent to reverb and chorus.

    What the SoundFont's presets send of their own stays: it is part of their sound.
    """
    none = tuple(ControlChange(0, controller, 0) for controller in _SENDS)
    tracks = []
    for track in performance.tracks:
        kept = [change for change in track.controls if change.controller not in _SENDS]
        tracks.append(replace(track, controls=(*none, *kept)))
    return replace(performance, tracks=tuple(tracks))

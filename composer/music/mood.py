"""Mood: where a piece lies between dark and bright, calm and energetic, and what that moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mood:
    """A mood as what it does to the music. Every default leaves the style as it is.

    The values come from `composer.rulebook.moods`, each linear in valence and arousal, so that what
    they move moves one way.

    Args:
        valence: -1 (dark) to 1 (bright).
        arousal: -1 (calm) to 1 (energetic).
        mode: Added to the weight of major scales as a share of it, and taken from that of minor
            ones; -1 to 1.
        tempo: Place in the style's range of tempo, 0 (slowest) to 1 (fastest), 0.5 is its middle.
        energy: Added to the energy of each section, which decides who plays and how busily.
        register: Semitones that tunes lie higher.
        density: Factor of the notes a bar that lines play.
        articulation: Factor of sounding lengths; under 1 is more staccato.
        loudness: Velocity added to every note.
        contrast: Factor of the swells and accents of the dynamics.
        colour: Added to the chance of seventh, ninth and altered chords, and of chromatic ones.
        roughness: Added to a line's syncopation.
        leap: Added to how freely tunes leap.
    """

    valence: float = 0.0
    arousal: float = 0.0
    mode: float = 0.0
    tempo: float = 0.5
    energy: float = 0.0
    register: float = 0.0
    density: float = 1.0
    articulation: float = 1.0
    loudness: float = 0.0
    contrast: float = 1.0
    colour: float = 0.0
    roughness: float = 0.0
    leap: float = 0.0


NEUTRAL = Mood()

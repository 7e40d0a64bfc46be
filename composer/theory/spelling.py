"""How a pitch is spelled in its harmony, and what it is there."""

from __future__ import annotations

from functools import lru_cache

from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.pitch import Pitch, PitchClass, nearest_spelling, spell


@lru_cache(maxsize=8192)
def chord_scale(chord: Chord, key: Key) -> tuple[PitchClass, ...]:
    """The key's scale as the chord bends it: each chord tone replaces the degree of its letter.

    Source: Nettles and Graf, *The Chord Scale Theory and Jazz Harmony* (1997), reduced to what
    keeps every note in the key or the chord.
    """
    tones = {name.step: name for name in (*chord.pitch_classes, chord.bass)}
    scale = [tones.pop(name.step, name) for name in key.pitch_classes]
    scale += tones.values()
    heard: dict[int, PitchClass] = {}
    for name in scale:
        heard.setdefault(name.number, name)
    return tuple(sorted(heard.values(), key=lambda name: name.number))


@lru_cache(maxsize=65536)
def spelled(midi: int, chord: Chord, key: Key) -> Pitch:
    """Spell a pitch: as the chord does, else as the key does, else nearest to the key."""
    number = midi % 12
    for name in (*chord.pitch_classes, chord.bass, *key.pitch_classes):
        if name.number == number:
            return spell(midi, name)
    return spell(midi, nearest_spelling(number, key.tonic.fifths + 2))


@lru_cache(maxsize=65536)
def function_of(midi: int, chord: Chord, key: Key) -> str:
    """``chord``, ``scale``, or nothing where the pitch is foreign to both."""
    number = midi % 12
    if number in chord.numbers:
        return "chord"
    return "scale" if number in key.numbers else ""

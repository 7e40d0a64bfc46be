"""Colours: which plain chords get sevenths, ninths and more, the same one alike all the time."""

from __future__ import annotations

from collections.abc import Mapping

from composer.music.seeding import generator, pick
from composer.rulebook import Rulebook
from composer.theory.chord import Chord, ChordQuality
from composer.theory.interval import parse_degree
from composer.theory.key import Key
from composer.writing.choices import Choices

_MAJOR = {"7": "maj7", "9": "maj9", "11": "maj9", "13": "maj13", "6": "6", "69": "6/9"}
_MINOR = {"7": "m7", "9": "m9", "11": "m11", "13": "m9", "6": "m6", "69": "m69"}
_DOMINANT = {"7": "7", "9": "9", "11": "9sus4", "13": "13", "6": "7", "69": "9"}
_ADDED = {"sus2": "sus2", "sus4": "sus4"}
_SYMBOLS: Mapping[str, Mapping[str, str]] = {
    "major": {**_MAJOR, **_ADDED, "add9": "add9"},
    "minor": {**_MINOR, **_ADDED, "add9": "m(add9)"},
    "dominant": {**_DOMINANT, **_ADDED, "add9": "7"},
}
_DOMINANT_DEGREES = (0, 5, 7)
_MOOD = 3.0


def moved(chance: float, colour: float) -> float:
    """A chance as a mood moves it: more with its colour; none stays none.

    >>> moved(0.5, 0.1) > moved(0.5, 0.0) > moved(0.5, -0.1), moved(0.0, 0.1)
    (True, 0.0)
    """
    return min(1.0, max(0.0, chance * (1 + _MOOD * colour)))


class Colourist:
    """Colours plain chords as the style and the mood have it."""

    def __init__(self, choices: Choices, book: Rulebook) -> None:
        self._seed = choices.seed
        self._style = choices.style.harmony
        self._symbols = book.chords.by_symbol
        self._chance = moved(self._style.colour, choices.mood.colour)

    def coloured(self, material: str, chord: Chord, key: Key, *, plain: bool = True) -> Chord:
        """A chord in its colours, or without its third where the style wants it so.

        Args:
            material: Material of the section; within it, a chord is always coloured alike.
            chord: The chord.
            key: The key of the moment.
            plain: Whether it may be coloured.
        """
        style = self._style
        if style.omit_third and parse_degree("5") in chord.quality.tones:
            return Chord(chord.root, self._symbols["5"], chord.bass)
        name = chord.quality.name
        if not plain or name not in ("major", "minor"):
            return chord
        numeral = chord.roman(key.tonic)
        degree = (chord.root.number - key.tonic.number) % 12
        if name == "major" and degree in _DOMINANT_DEGREES and self._is_dominant(degree):
            name = "dominant"
            chord = Chord(chord.root, self._symbols["7"], chord.bass)
        elif name == "major" and degree == 7:
            name = "dominant"
        rng = generator(self._seed, "colour", material, numeral)
        if rng.random() >= self._chance:
            return chord
        fitting = self._fitting(chord, _SYMBOLS[name], key)
        if not fitting:
            return chord
        return Chord(
            chord.root, pick(rng, [q for q, _ in fitting], [w for _, w in fitting]), chord.bass
        )

    def _is_dominant(self, degree: int) -> bool:
        return generator(self._seed, "dominant", degree).random() < self._style.dominant

    def _fitting(
        self, chord: Chord, symbols: Mapping[str, str], key: Key
    ) -> list[tuple[ChordQuality, float]]:
        """Qualities with their weights whose added tones stay in the key."""
        found = []
        for colour, weight in self._style.colours.items():
            quality = self._symbols[symbols[colour]]
            added = {(chord.root + t).number for t in quality.tones} - chord.numbers
            if added <= key.numbers:
                found.append((quality, weight))
        return found

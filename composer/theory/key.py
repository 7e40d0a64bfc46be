"""Keys: a tonic and a scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from composer.errors import nearest
from composer.theory.pitch import PitchClass, parse_pitch_class
from composer.theory.scale import Scale

_KEY = re.compile(r"\s*([A-Ga-g](?:##|bb|#|b|♯|♭)?)\s*[-_ ]?\s*(.*?)\s*")


@dataclass(frozen=True, slots=True)
class Key:
    """A key.

    Args:
        tonic: Spelled tonic.
        scale: Its scale.
    """

    tonic: PitchClass
    scale: Scale

    @property
    def pitch_classes(self) -> tuple[PitchClass, ...]:
        """The spelled pitch classes of the scale, ascending from the tonic."""
        return tuple(self.tonic + degree for degree in self.scale.degrees)

    @property
    def numbers(self) -> frozenset[int]:
        """The pitch-class numbers of the scale."""
        return frozenset(name.number for name in self.pitch_classes)

    @property
    def tune(self) -> tuple[PitchClass, ...]:
        """The spelled pitch classes that tunes keep to, ascending from the tonic."""
        return tuple(self.tonic + degree for degree in self.scale.tune or self.scale.degrees)

    @property
    def signature(self) -> int:
        """Sharps (positive) or flats (negative) of the key signature."""
        return self.tonic.fifths + self.scale.signature

    @property
    def name(self) -> str:
        """Name, such as ``F# minor``."""
        return f"{self.tonic.name} {self.scale.name}"

    def __str__(self) -> str:
        """The name."""
        return self.name


def parse_key(text: str, scales: Mapping[str, Scale], aliases: Mapping[str, str]) -> Key:
    """Read a key such as ``C``, ``F#m``, ``Bb minor``, ``A minor pentatonic`` or ``E blues``.

    Args:
        text: What the user typed. ``m`` and ``min`` mean minor, ``M`` and ``maj`` major; the
            case of the letter says nothing, so ``c`` is C major.
        scales: Scales by name.
        aliases: Other names of scales, such as ``ionian`` for ``major``.

    Raises:
        ValueError: If the tonic or the scale is unknown.

    Returns:
        The key; its enharmonic twin where the signature would need over seven sharps or flats.
    """
    match = _KEY.fullmatch(text)
    if match is None:
        raise ValueError(f'"{text}" is not a key; write C, F#m, "Bb minor" or "D dorian"')
    tonic = parse_pitch_class(match.group(1))
    word = match.group(2)
    if word in ("", "M"):
        word = "major"
    elif word == "m":
        word = "minor"
    minor = re.fullmatch(r"m[-_ ]+(pentatonic|blues)", word)
    if minor is not None:
        word = f"minor-{minor.group(1)}"
    word = re.sub(r"[\s_]+", "-", word.lower())
    word = aliases.get(word, word)
    if word not in scales:
        raise ValueError(f'"{text}" has no known mode; {nearest(word, [*scales, *aliases])}')
    key = Key(tonic, scales[word])
    while key.signature > 7:
        key = Key(key.tonic + -12, key.scale)
    while key.signature < -7:
        key = Key(key.tonic + 12, key.scale)
    return key

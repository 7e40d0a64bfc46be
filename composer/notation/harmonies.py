"""Chord symbols of MusicXML as chords of the rule book's vocabulary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from composer.errors import NotationError, nearest
from composer.music.named_choice import shown
from composer.notation.values import whole, words
from composer.theory.chord import Chord, ChordQuality, ChordVocabulary
from composer.theory.interval import parse_degree
from composer.theory.pitch import PitchClass, parse_pitch_class

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# Degrees of each kind above the root. Elevenths leave out the third and thirteenths the eleventh,
# as they are played; augmented sixth chords stand on the sixth degree, as MusicXML has them.
KINDS = {
    "major": "1 3 5",
    "minor": "1 b3 5",
    "augmented": "1 3 #5",
    "diminished": "1 b3 b5",
    "dominant": "1 3 5 b7",
    "major-seventh": "1 3 5 7",
    "minor-seventh": "1 b3 5 b7",
    "diminished-seventh": "1 b3 b5 bb7",
    "augmented-seventh": "1 3 #5 b7",
    "half-diminished": "1 b3 b5 b7",
    "major-minor": "1 b3 5 7",
    "major-sixth": "1 3 5 6",
    "minor-sixth": "1 b3 5 6",
    "dominant-ninth": "1 3 5 b7 9",
    "augmented-ninth": "1 3 #5 b7 9",
    "major-ninth": "1 3 5 7 9",
    "minor-ninth": "1 b3 5 b7 9",
    "dominant-11th": "1 5 b7 9 11",
    "major-11th": "1 5 7 9 11",
    "minor-11th": "1 b3 5 b7 9 11",
    "dominant-13th": "1 3 5 b7 9 13",
    "major-13th": "1 3 5 7 9 13",
    "minor-13th": "1 b3 5 b7 9 13",
    "suspended-fourth": "1 4 5",
    "suspended-second": "1 2 5",
    "power": "1 5",
    "pedal": "1 5",
    "Neapolitan": "1 3 5",
    "Italian": "1 3 b7",
    "French": "1 3 b5 b7",
    "German": "1 3 5 b7",
    "Tristan": "1 b3 b5 b7",
}
_NO_CHORD = "none"
_OTHER = "other"
# An added degree is counted against a dominant chord: its seventh is minor.
_ADDED_SEVENTH = 7
_FIFTH = 1
_MOST_DEGREES = 12
# What it costs to read a chord as one that lacks a tone, or has one too many, by its degree.
_COSTS = {3: 8.0, 7: 6.0, 4: 5.0, 6: 4.0, 5: 4.0, 2: 2.0, 1: 20.0}


@dataclass(frozen=True, slots=True)
class Harmony:
    """What a chord symbol says.

    Args:
        chord: The chord as it is written; None where none is to sound.
        exact: Whether the vocabulary has just this chord.
        written: The symbol for messages.
    """

    chord: Chord | None
    exact: bool
    written: str


def read_harmony(element: Element, vocabulary: ChordVocabulary) -> Harmony | None:
    """Read a ``<harmony>``.

    A chord that the vocabulary lacks becomes the nearest one: that which differs from it in the
    tones that matter least.

    Args:
        element: The element.
        vocabulary: The chords that there are.

    Returns:
        None where it names no root: roman numerals and functions stand for analysis.

    Raises:
        NotationError: If its root or its kind is none; the message is the rest of a sentence.
    """
    kind = element.find("kind")
    name = words(element, "kind")
    text = "" if kind is None else " ".join(kind.get("text", "").split())
    if name == _NO_CHORD:
        return Harmony(None, True, "N.C.")
    root = _pitch_class(element, "root", "root")
    if root is None:
        return None
    tones = _tones(name, text, vocabulary)
    for degree in element.findall("degree")[:_MOST_DEGREES]:
        _apply(degree, tones)
    quality, exact = _nearest(frozenset(tones.values()), vocabulary)
    bass = _pitch_class(element, "bass", "bass") or _inverted(element, root, quality)
    written = f"{root.name}{shown(text) or name}"
    return Harmony(Chord(root, quality, bass), exact, written)


def _pitch_class(element: Element, path: str, prefix: str) -> PitchClass | None:
    step = words(element, f"{path}/{prefix}-step")
    if not step:
        return None
    if len(step) != 1 or step not in "ABCDEFG":
        raise NotationError(f'"{shown(step)}" in <{prefix}-step> is no note name from A to G')
    alter = whole(element, f"{path}/{prefix}-alter", -2, 2) or 0
    return parse_pitch_class(step) + 7 * alter


def _inverted(element: Element, root: PitchClass, quality: ChordQuality) -> PitchClass:
    """The bass of an inversion that is given by its number."""
    inversion = whole(element, "inversion", 0, 9) or 0
    return root + quality.tones[inversion] if inversion < len(quality.tones) else root


def _tones(name: str, text: str, vocabulary: ChordVocabulary) -> dict[int, int]:
    """The tones of a kind in fifths, by degree."""
    if name in KINDS:
        return {_degree(d): parse_degree(d) for d in KINDS[name].split()}
    named = {quality.name: quality for quality in vocabulary.by_symbol.values()}
    for suffix in (text, name):
        quality = named.get(suffix) or (vocabulary.by_symbol.get(suffix) if suffix else None)
        if quality is not None:
            return {_number(tone): tone for tone in quality.tones}
    if name in ("", _OTHER):
        return {_degree(d): parse_degree(d) for d in KINDS["major"].split()}
    hint = nearest(name, KINDS).partition(" (known")[0]
    raise NotationError(f'"{shown(name)}" in <kind> is no kind of chord; {hint}')


def _number(fifths: int) -> int:
    """The degree that a distance in fifths is, 1 to 7, whatever its accidental."""
    return {0: 1, 2: 2, 4: 3, -1: 4, 1: 5, 3: 6, 5: 7}[(fifths + 1) % 7 - 1]


def _degree(text: str) -> int:
    return int(text.lstrip("#b"))


def _apply(element: Element, tones: dict[int, int]) -> None:
    """Add, alter or leave out a degree."""
    value = whole(element, "degree-value", 1, 14)
    alter = whole(element, "degree-alter", -2, 2) or 0
    if value is None:
        return
    kind = words(element, "degree-type")
    if kind == "subtract":
        for degree in [d for d in tones if d == value or d + 7 == value]:
            del tones[degree]
    elif kind == "alter" and value in tones:
        tones[value] += 7 * alter
    else:
        natural = parse_degree("b7" if value == _ADDED_SEVENTH else str(value))
        tones[value] = natural + 7 * alter


def _nearest(tones: frozenset[int], vocabulary: ChordVocabulary) -> tuple[ChordQuality, bool]:
    """The chord of the vocabulary with these tones, or the nearest, and whether it has them.

    A perfect fifth matters to none.
    """
    qualities = list({quality.name: quality for quality in vocabulary.by_symbol.values()}.values())

    def cost(quality: ChordQuality) -> float:
        differing = tones ^ frozenset(quality.tones)
        return sum(0.5 if tone == _FIFTH else _COSTS[_number(tone)] for tone in differing)

    best = min(qualities, key=cost)
    return best, cost(best) < 1

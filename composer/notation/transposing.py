"""Transposing instruments: from what is written to what sounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from composer.errors import NotationError
from composer.notation.values import whole
from composer.theory.chord import Chord
from composer.theory.pitch import Pitch, PitchClass, nearest_spelling, spell

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_FIFTHS = 7
_MOST_ALTER = 2


@dataclass(frozen=True, slots=True)
class Transposition:
    """How far a part sounds from what is written.

    Args:
        semitones: Semitones, octaves included.
        fifths: The interval on the line of fifths, which says how it is spelled.
    """

    semitones: int
    fifths: int

    def pitch(self, written: Pitch) -> Pitch:
        """A written pitch as it sounds, spelled with two accidentals at most.

        Raises:
            NotationError: If it is outside MIDI's pitches.

        >>> from composer.theory.pitch import parse_pitch_class
        >>> clarinet = Transposition(-2, -2)
        >>> clarinet.pitch(Pitch(parse_pitch_class("D"), 5)).name
        'C5'
        """
        midi = written.midi + self.semitones
        if not 0 <= midi <= 127:
            raise NotationError(f"{written.name} sounds outside MIDI's pitches")
        return spell(midi, _plain(written.pitch_class + self.fifths))

    def signature(self, fifths: int) -> int:
        """A written key signature as it sounds, -7 to 7."""
        sounding = fifths + self.fifths
        while sounding > _MOST_FIFTHS:
            sounding -= 12
        while sounding < -_MOST_FIFTHS:
            sounding += 12
        return sounding

    def chord(self, written: Chord) -> Chord:
        """A written chord as it sounds, its root and bass spelled with two accidentals at most."""
        moved = written.transposed(self.fifths)
        root = _plain(moved.root)
        return Chord(root, moved.quality, _plain(moved.bass + (root.fifths - moved.root.fifths)))


CONCERT = Transposition(0, 0)


def read_transposition(element: Element) -> Transposition:
    """Read a ``<transpose>``.

    Raises:
        NotationError: If a number in it is none, or out of range.
    """
    chromatic = whole(element, "chromatic", -36, 36) or 0
    octaves = whole(element, "octave-change", -4, 4) or 0
    diatonic = whole(element, "diatonic", -22, 22)
    fifths = None if diatonic is None else 7 * chromatic - 12 * diatonic
    if fifths is None or abs(fifths) > 2 * _MOST_FIFTHS:
        # Without a diatonic step that fits, the interval with the fewest accidentals.
        fifths = nearest_spelling(chromatic % 12, 0).fifths
    return Transposition(chromatic + 12 * octaves, fifths)


def _plain(name: PitchClass) -> PitchClass:
    """The name, or its enharmonic twin where it needs more than two accidentals."""
    if abs(name.alter) <= _MOST_ALTER:
        return name
    return nearest_spelling(name.number, 0)

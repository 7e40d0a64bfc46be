"""What a key signature says, and what it leaves to those who hear the notes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.pitch import Pitch, PitchClass, nearest_spelling, spell
from composer.theory.scale import Scale

_MAJOR, _MINOR = "major", "minor"
_RELATIVE_MINOR = 3
"""How far the relative minor's tonic lies from that of the major, in fifths."""

Weighted = Sequence[tuple[int, Fraction]]
"""(MIDI pitch, length in quarters) of the notes of a tune, in order."""


def key_of_signature(
    fifths: int,
    mode: str | None,
    notes: Weighted,
    scales: Mapping[str, Scale],
    last_chord: Chord | None = None,
) -> Key | None:
    """The key that a file's signature means.

    Programs write C major where nobody chose a key, and major where the mode is unknown. So
    without a mode the end tells the relative keys apart, the last chord's root or else the last
    note, and C major must fit the notes.

    Args:
        fifths: Sharps (positive) or flats (negative) of the signature, -7 to 7.
        mode: Name of a scale; None where the file does not say, or says it by default.
        notes: The tune, one note at least.
        scales: Scales by name.
        last_chord: The last chord symbol, where there is one.

    Returns:
        None where the signature tells nothing.

    >>> from composer.rulebook import load_rulebook
    >>> scales = load_rulebook().scales
    >>> end_on_g = [(62, Fraction(1)), (67, Fraction(1))]
    >>> key_of_signature(-2, None, end_on_g, scales).name
    'G minor'
    >>> key_of_signature(0, None, end_on_g, scales) is None
    True
    """
    if mode is not None and mode in scales and (fifths, mode) != (0, _MAJOR):
        return Key(PitchClass(fifths - scales[mode].signature), scales[mode])
    major = Key(PitchClass(fifths), scales[_MAJOR])
    minor = Key(PitchClass(fifths + _RELATIVE_MINOR), scales[_MINOR])
    end = notes[-1][0] % 12 if last_chord is None else last_chord.root.number
    if fifths == 0:
        if any(midi % 12 not in major.numbers for midi, _ in notes):
            return None
        return next((key for key in (major, minor) if key.tonic.number == end), None)
    return minor if minor.tonic.number == end else major


def spelled_in(midi: int, key: Key | None, centre: int) -> Pitch:
    """Spell a pitch: as the key does, or else near to a centre on the line of fifths.

    >>> spelled_in(70, None, -1).name, spelled_in(70, None, 5).name
    ('Bb4', 'A#4')
    """
    for name in key.pitch_classes if key is not None else ():
        if name.number == midi % 12:
            return spell(midi, name)
    return spell(midi, nearest_spelling(midi % 12, centre))


def spelling_centre(key: Key | None, notes: Iterable[tuple[int, Fraction]]) -> int:
    """Where on the line of fifths a tune is spelled: two above its tonic, if it has one.

    Without a key, the signature that holds most of its notes stands in, the plainest of several.
    """
    if key is not None:
        return key.tonic.fifths + 2
    lengths: dict[int, Fraction] = {}
    for midi, length in notes:
        lengths[midi % 12] = lengths.get(midi % 12, Fraction(0)) + length

    def fit(fifths: int) -> tuple[Fraction, int, int]:
        inside = {(fifths + step) * 7 % 12 for step in range(-1, 6)}
        held = sum((lengths.get(number, Fraction(0)) for number in inside), Fraction(0))
        return held, -abs(fifths), fifths

    return max(range(-5, 7), key=fit) + 2

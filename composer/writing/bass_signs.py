"""What the signs of a bass figure sound: degrees, approaches, octaves, pops and ghosts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from composer.music.plan import ChordSpan
from composer.theory.spelling import chord_scale

ACCENTS: Mapping[str, float] = {"R": 1.0, "r": 0.82, "w": 0.86, "g": 0.4, "p": 1.08, "n": 0.9}
"""Share of the bar's velocity; 1 where nothing is said."""

MARKS: Mapping[str, str] = {"g": "muted", "p": "staccato"}
"""`composer.music.score.Note.mark` by sign."""

SHORTEST: Mapping[str, Fraction] = {"g": Fraction(1, 8), "p": Fraction(1, 4)}
"""Signs that never sound longer than so many quarters."""

DEGREES = "234567"
_LETTERS = "CDEFGAB"
_BELOW = 9  # semitones that a degree may lie below its root
_OTHER_SIDE = 3.5  # semitones that it costs to lie on the other side of the root


def degree_pitch(
    sign: str, span: ChordSpan, root: int, window: tuple[int, int], last: int | None = None
) -> int:
    """A degree of the chord near a root: its own tone, else that of the scale in the chord.

    Of the places within an octave above the root and a sixth below it, the one nearest to another
    note; a fifth likes to lie below, the other degrees above.

    Args:
        sign: ``2`` to ``7``.
        span: The chord in its key.
        root: Pitch of the root, MIDI.
        window: Lowest and highest MIDI number.
        last: The note to keep near to, as a rule the one before; the root where it is left out.
    """
    number = _degree_number(sign, span)
    if number is None:
        return root
    low, high = max(window[0], root - _BELOW), min(window[1], root + 12)
    options = [pitch for pitch in range(low, high + 1) if pitch % 12 == number]
    come_from = root if last is None else last
    away = 1 if sign == "5" else -1

    def cost(pitch: int) -> tuple[float, int]:
        return abs(pitch - come_from) + _OTHER_SIDE * ((pitch - root) * away > 0), pitch

    return min(options, key=cost, default=root)


def _degree_number(sign: str, span: ChordSpan) -> int | None:
    chord = span.chord
    letter = _LETTERS[(_LETTERS.index(chord.root.step) + int(sign) - 1) % 7]
    for name in (*chord.pitch_classes, *chord_scale(chord, span.key)):
        if name.step == letter:
            return name.number
    return None


def octave(root: int, sign: str, window: tuple[int, int]) -> int:
    """The octave above a root (``8``, ``p``) or below it (``o``); the other where there is none.

    >>> octave(36, "8", (28, 52)), octave(45, "8", (28, 52)), octave(30, "o", (28, 40))
    (48, 33, 30)
    """
    low, high = window
    ways = (root - 12,) if sign == "o" else (root + 12, root - 12)
    return next((pitch for pitch in ways if low <= pitch <= high), root)

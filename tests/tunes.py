"""Folk tunes, long in the public domain, written down for the tests."""

from __future__ import annotations

from fractions import Fraction

from composer.music.tune import Tune, TuneNote, parse_tune_note


def tune_of(text: str, bar: Fraction | int = 4, pickup: Fraction | int = 0) -> Tune:
    """A tune from words such as ``G4`` (a quarter), ``A4:1/2`` and ``r:2`` (a rest).

    Args:
        text: The words; bar lines are for the eye.
        bar: Length of a bar in quarters.
        pickup: What comes before the first downbeat, in quarters.
    """
    at = -Fraction(pickup)
    notes: list[TuneNote] = []
    for word in text.replace("|", " ").split():
        name, _, length = word.partition(":")
        duration = Fraction(length or 1)
        if name != "r":
            notes.append(parse_tune_note(f"{at} {duration} {name} -"))
        at += duration
    return Tune(tuple(notes), int(-(-at // Fraction(bar))), "a test")


_STAR = "C4 C4 G4 G4 | A4 A4 G4:2 | F4 F4 E4 E4 | D4 D4 C4:2 |"
_MIDDLE = "G4 G4 F4 F4 | E4 E4 D4:2 |"
TWINKLE = tune_of(_STAR + _MIDDLE + _MIDDLE + _STAR)
"""Ah ! vous dirai-je, maman: C major, 4/4."""

GRACE = tune_of(
    "D4 | G4:2 B4:1/2 G4:1/2 | B4:2 A4 | G4:2 E4 | D4:2 D4 | G4:2 B4:1/2 G4:1/2 | B4:2 A4 | D5:3 |"
    "r:2 B4 | D5:2 B4:1/2 G4:1/2 | B4:2 A4 | G4:2 E4 | D4:2 D4 | G4:2 B4:1/2 G4:1/2 | B4:2 A4 |"
    "G4:3 | r:2",
    3,
    1,
)
"""New Britain (Amazing Grace): G major, 3/4, a beat of pick-up."""

_LADY = (
    "C5 D5:1/2 E5:3/4 F5:1/4 E5:1/2 | D5 B4:1/2 G4:3/4 A4:1/4 B4:1/2 |"
    "C5 A4:1/2 A4:3/4 G#4:1/4 A4:1/2 | B4 G#4:1/2 E4 A4:1/2 |"
)
_CLOSE = "C5:3/4 B4:1/4 A4:1/2 G#4:3/4 F#4:1/4 G#4:1/2 | A4:3/2 A4:3/2 |"
GREENSLEEVES = tune_of(
    "A4:1/2 "
    + _LADY
    + "C5 D5:1/2 E5:3/4 F5:1/4 E5:1/2 | D5 B4:1/2 G4:3/4 A4:1/4 B4:1/2 |"
    + _CLOSE
    + "G5:3/2 G5:3/4 F#5:1/4 E5:1/2 | D5 B4:1/2 G4:3/4 A4:1/4 B4:1/2 |"
    + "C5 A4:1/2 A4:3/4 G#4:1/4 A4:1/2 | B4 G#4:1/2 E4:3/2 |"
    + "G5:3/2 G5:3/4 F#5:1/4 E5:1/2 | D5 B4:1/2 G4:3/4 A4:1/4 B4:1/2 |"
    + _CLOSE,
    3,
    Fraction(1, 2),
)
"""Greensleeves: A minor, 6/8, an eighth of pick-up."""

SCARBOROUGH = tune_of(
    "D4:2 D4 | A4 A4 A4 | E4:3/2 F4:1/2 E4 | D4:3 | r A4 C5 | D5:2 C5 | A4 B4 G4 | A4:3 |"
    "r:2 D5 | D5:2 D5 | C5:2 A4 | A4 G4 F4 | E4 C4:2 | D4:2 A4 | G4:2 F4 | E4 D4 C4 | D4:3 | r:3",
    3,
)
"""Scarborough Fair: D dorian, 3/4."""

ODE = tune_of(
    "E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | E4:3/2 D4:1/2 D4:2 |"
    "E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:3/2 C4:1/2 C4:2 |"
    "D4 D4 E4 C4 | D4 E4:1/2 F4:1/2 E4 C4 | D4 E4:1/2 F4:1/2 E4 D4 | C4 D4 G3:2 |"
    "E4 E4 F4 G4 | G4 F4 E4 D4 | C4 C4 D4 E4 | D4:3/2 C4:1/2 C4:2"
)
"""An die Freude: C major, 4/4, AABA."""

SEVEN = tune_of(
    "A4 A4:1/2 B4:1/2 C5 B4:1/2 | A4 G4 A4:3/2 | A4 A4:1/2 B4:1/2 C5 D5:1/2 | E5:2 D5:3/2 |"
    "E5 E5:1/2 D5:1/2 C5 B4:1/2 | C5 B4:1/2 A4:1/2 G4:3/2 | A4 B4 C5 B4:1/2 | A4:7/2",
    Fraction(7, 2),
)
"""Our own: A minor, 7/8."""

CHROMATIC = tune_of(
    "G4:1/2 F#4:1/2 G4:1/2 A4:1/2 Bb4 B4 | E5:3 r | F4:1/2 E4:1/2 F4:1/2 G#4:1/2 A4 C5 | B4:3 r |"
    "E5:1/2 Eb5:1/2 D5:1/2 C#5:1/2 C5 B4 | Bb4 A4:2 r | Ab4 G4 F#4 F4 | E4:3 r"
)
"""Our own: chromatic, 4/4."""

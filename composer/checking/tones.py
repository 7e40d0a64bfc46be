"""What a note is in its harmony, and whether it behaves as its name says.

Pitches are MIDI numbers; ``chord``, ``key`` and ``next_chord`` are pitch-class numbers; ``tonic``
is one. ``previous`` and ``following`` are the neighbours in the same voice, None where it rests,
and ``next_chord`` is the harmony at the onset of ``following``. A step is one or two semitones.
Source: Kostka and Payne, *Tonal Harmony* (7th ed., 2013), chapters 11 and 12; Piston, *Harmony*
(5th ed., 1987), on nonharmonic tones; Levine, *The Jazz Theory Book* (1995), chapter 10; Coker,
*Elements of the Jazz Language* (1991), on enclosures.
"""

from __future__ import annotations

from collections.abc import Collection

CHROMATIC_FUNCTIONS = ("suspension", "passing", "neighbour", "approach", "blue")
"""Functions that a note foreign to key and chord may have, in the order `classify` tries them."""

BLUE_DEGREES = (3, 6, 10)
"""The blue third, fifth and seventh in semitones above the tonic (Levine, chapter 10)."""

_BLUES_STEP = 3


def is_step(before: int | None, after: int | None) -> bool:
    """Whether two pitches are one or two semitones apart.

    >>> is_step(60, 62), is_step(60, 60), is_step(60, None)
    (True, False, False)
    """
    return before is not None and after is not None and 1 <= abs(after - before) <= 2


def is_passing(previous: int | None, pitch: int, following: int | None) -> bool:
    """Whether a note is come to and left by step in one direction.

    Source: Kostka and Payne, chapter 11, on passing tones.

    >>> is_passing(60, 61, 62), is_passing(60, 61, 60)
    (True, False)
    """
    if previous is None or following is None:
        return False
    return (1 <= pitch - previous <= 2 and 1 <= following - pitch <= 2) or (
        1 <= previous - pitch <= 2 and 1 <= pitch - following <= 2
    )


def is_neighbour(previous: int | None, pitch: int, following: int | None) -> bool:
    """Whether a note is come to by step and left by step the other way.

    Source: Kostka and Payne, chapter 11, on neighboring tones.

    >>> is_neighbour(67, 66, 67), is_neighbour(67, 66, 64)
    (True, False)
    """
    if previous is None or following is None:
        return False
    return (1 <= pitch - previous <= 2 and 1 <= pitch - following <= 2) or (
        1 <= previous - pitch <= 2 and 1 <= following - pitch <= 2
    )


def is_approach(pitch: int, following: int | None, next_chord: Collection[int]) -> bool:
    """Whether a note is left by step into a chord tone, whatever it came from.

    The appoggiatura of the treatises and the chromatic approach note of jazz.
    Source: Kostka and Payne, chapter 12, on appoggiaturas; Coker, on enclosures.

    >>> is_approach(63, 64, {0, 4, 7}), is_approach(63, 65, {0, 4, 7})
    (True, False)
    """
    if following is None or not 1 <= abs(following - pitch) <= 2:
        return False
    return following % 12 in next_chord


def is_suspension(previous: int | None, pitch: int, following: int | None) -> bool:
    """Whether a note is prepared by its own pitch and goes down by step.

    Source: Kostka and Payne, chapter 11, on suspensions.

    >>> is_suspension(65, 65, 64), is_suspension(67, 65, 64)
    (True, False)
    """
    return previous == pitch and following is not None and 1 <= pitch - following <= 2


def is_blue(pitch: int, following: int | None, chord: Collection[int], tonic: int) -> bool:
    """Whether a note is a blue third, fifth or seventh of the key that behaves as one.

    It repeats or moves on by a step of the blues scale (1 b3 4 b5 5 b7, whose widest step is
    three semitones); or, as a colour of the tonic, its third or seventh ends the line while the
    harmony holds the tonic.
    Source: Levine, chapter 10; van der Merwe, *Origins of the Popular Style* (1989).

    >>> is_blue(63, 60, {0, 4, 7}, 0), is_blue(66, None, {0, 4, 7}, 0), is_blue(63, 70, {0}, 0)
    (True, False, False)
    """
    degree = (pitch - tonic) % 12
    if degree not in BLUE_DEGREES:
        return False
    if following is None:
        return degree != 6 and tonic % 12 in chord
    return abs(following - pitch) <= _BLUES_STEP


def resolves(
    function: str,
    previous: int | None,
    pitch: int,
    following: int | None,
    chord: Collection[int],
    key: Collection[int],
    tonic: int,
    next_chord: Collection[int],
) -> bool:
    """Whether a note behaves as its function says.

    Args:
        function: One of `composer.music.score.FUNCTIONS`.
        previous: MIDI number before it in its voice, if any.
        pitch: MIDI number of the note.
        following: MIDI number after it in its voice, if any.
        chord: Pitch-class numbers of the harmony at its onset.
        key: Pitch-class numbers of the key.
        tonic: Pitch-class number of the tonic.
        next_chord: Pitch-class numbers of the harmony at the onset of ``following``.

    Raises:
        ValueError: If the function is unknown.

    Source: Kostka and Payne, chapters 11 and 12; Levine, chapter 10.

    >>> c_major = {0, 2, 4, 5, 7, 9, 11}
    >>> resolves("passing", 60, 61, 62, {0, 4, 7}, c_major, 0, {2, 5, 9})
    True
    >>> resolves("passing", 60, 61, 64, {0, 4, 7}, c_major, 0, {2, 5, 9})
    False
    """
    match function:
        case "chord":
            return pitch % 12 in chord
        case "scale":
            return pitch % 12 in key
        case "passing":
            return is_passing(previous, pitch, following)
        case "neighbour":
            return is_neighbour(previous, pitch, following)
        case "approach":
            return is_approach(pitch, following, next_chord)
        case "suspension":
            return is_suspension(previous, pitch, following)
        case "blue":
            return is_blue(pitch, following, chord, tonic)
        case "drum" | "given":
            return True
    raise ValueError(f'"{function}" is not the function of a note')


def is_allowed(
    function: str,
    previous: int | None,
    pitch: int,
    following: int | None,
    chord: Collection[int],
    key: Collection[int],
    tonic: int,
    next_chord: Collection[int],
) -> bool:
    """Whether a pitched note may stand: in the key, in the chord, or chromatic and resolving.

    Arguments as for `resolves`. A note of the key or of the chord may stand whatever it is called.
    Source: Kostka and Payne, chapters 11 and 12.

    >>> is_allowed("chord", None, 61, 62, {9, 1, 4}, {0, 2, 4, 5, 7, 9, 11}, 0, {2, 5, 9})
    True
    >>> is_allowed("chord", None, 61, 65, {0, 4, 7}, {0, 2, 4, 5, 7, 9, 11}, 0, {2, 5, 9})
    False
    """
    number = pitch % 12
    if number in key or number in chord:
        return True
    return function in CHROMATIC_FUNCTIONS and resolves(
        function, previous, pitch, following, chord, key, tonic, next_chord
    )


def classify(
    previous: int | None,
    pitch: int,
    following: int | None,
    chord: Collection[int],
    key: Collection[int],
    tonic: int,
    next_chord: Collection[int],
) -> str | None:
    """Name what a note is in its harmony; None where no function fits.

    Arguments as for `resolves`. ``chord`` comes first, then ``scale``, then the chromatic
    functions from the strictest to the loosest.
    Source: Kostka and Payne, chapters 11 and 12, whose tables tell them apart by approach and
    departure.

    >>> classify(67, 66, 67, {0, 4, 7}, {0, 2, 4, 5, 7, 9, 11}, 0, {0, 4, 7})
    'neighbour'
    >>> classify(60, 66, 60, {0, 4, 7}, {0, 2, 4, 5, 7, 9, 11}, 0, {0, 4, 7}) is None
    True
    """
    if pitch % 12 in chord:
        return "chord"
    if pitch % 12 in key:
        return "scale"
    for function in CHROMATIC_FUNCTIONS:
        if resolves(function, previous, pitch, following, chord, key, tonic, next_chord):
            return function
    return None

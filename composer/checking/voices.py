"""Voice leading between two moments: plain MIDI numbers in, a verdict out.

Writers and masks ask these on every candidate, so they allocate nothing and look nothing up.
Source: Piston, *Harmony* (5th ed., 1987), on voice leading; Kostka and Payne, *Tonal Harmony*
(7th ed., 2013), chapters 5, 6 and 13; Huron, "Tone and Voice", *Music Perception* 19 (2001).
"""

from __future__ import annotations

from collections.abc import Sequence

from composer.theory.instruments import Instrument

OCTAVE = 12
FIFTH = 7


def parallel_perfect(
    low_before: int, high_before: int, low_after: int, high_after: int
) -> str | None:
    """Name the parallel between two voices that go from one moment to the next.

    Both voices must move; an interval that is merely repeated or held is none. Similar motion
    and contrary motion (a fifth that becomes a twelfth) count alike, compound intervals count as
    simple ones, and a unison counts as an octave. Which voice lies lower makes no difference.

    Args:
        low_before: MIDI number of one voice before.
        high_before: MIDI number of the other voice before.
        low_after: MIDI number of the one voice after.
        high_after: MIDI number of the other voice after.

    Returns:
        ``fifth``, ``octave`` or None.

    Source: Kostka and Payne, chapter 5, on parallel and contrary fifths and octaves.

    >>> parallel_perfect(48, 55, 50, 57)
    'fifth'
    >>> parallel_perfect(48, 60, 55, 55)
    'octave'
    >>> parallel_perfect(48, 55, 48, 55) is None
    True
    """
    if low_before == low_after or high_before == high_after:
        return None
    before = abs(high_before - low_before) % OCTAVE
    if before not in (0, FIFTH):
        return None
    if abs(high_after - low_after) % OCTAVE != before:
        return None
    return "octave" if before == 0 else "fifth"


def has_parallels(before: Sequence[int], after: Sequence[int]) -> bool:
    """Whether any two voices move in parallel fifths or octaves between two voicings.

    Args:
        before: MIDI numbers, one a voice.
        after: MIDI numbers of the same voices in the same order; voices without a partner are
            ignored.

    Source: Kostka and Payne, chapter 5.

    >>> has_parallels((48, 64, 67), (50, 62, 65))
    False
    >>> has_parallels((48, 64, 67), (50, 62, 69))
    True
    """
    count = min(len(before), len(after))
    for i in range(count):
        low_before, low_after = before[i], after[i]
        if low_before == low_after:
            continue
        for j in range(i + 1, count):
            if parallel_perfect(low_before, before[j], low_after, after[j]) is not None:
                return True
    return False


def is_crossed(voicing: Sequence[int]) -> bool:
    """Whether the voices, from the lowest up, do not strictly ascend (a unison counts).

    Source: Kostka and Payne, chapter 5, on crossed voices.

    >>> is_crossed((48, 64, 60)), is_crossed((48, 60, 64))
    (True, False)
    """
    return any(voicing[i] >= voicing[i + 1] for i in range(len(voicing) - 1))


def is_spaced(upper: Sequence[int]) -> bool:
    """Whether adjacent upper voices lie at most an octave apart.

    Args:
        upper: MIDI numbers from the lowest up, without the bass, which may lie further off.

    Source: Kostka and Payne, chapter 5, on spacing.

    >>> is_spaced((60, 67, 76)), is_spaced((55, 72, 76))
    (True, False)
    """
    return all(upper[i + 1] - upper[i] <= OCTAVE for i in range(len(upper) - 1))


def in_range(pitch: int, instrument: Instrument) -> bool:
    """Whether a MIDI number lies within what an instrument is written for.

    Source: ``rules/instruments.toml``.
    """
    return instrument.low <= pitch <= instrument.high


def leading_tone_resolves(before: int, after: int, tonic: int, final: frozenset[int]) -> bool:
    """Whether a voice of the dominant treats the leading tone well.

    Args:
        before: MIDI number in the dominant; anything but the leading tone is free.
        after: MIDI number of the same voice in the chord of resolution.
        tonic: Pitch-class number of the tonic.
        final: Pitch-class numbers of the chord of resolution.

    Returns:
        True where the leading tone rises a semitone, or is held as a member of the final chord
        (a tonic major seventh).

    Source: Kostka and Payne, chapter 6; held sevenths: Levine, *The Jazz Theory Book* (1995),
    chapter 3.

    >>> leading_tone_resolves(71, 72, 0, frozenset({0, 4, 7}))
    True
    >>> leading_tone_resolves(71, 67, 0, frozenset({0, 4, 7}))
    False
    """
    if (before - tonic) % OCTAVE != OCTAVE - 1:
        return True
    return after == before + 1 or (after == before and before % OCTAVE in final)


def seventh_resolves(before: int, after: int, final: frozenset[int]) -> bool:
    """Whether the seventh of a chord goes down by step, or is held in the next chord.

    Where the next chord has no tone a step below, as one without its third, nothing is owed.

    Args:
        before: MIDI number of the seventh.
        after: MIDI number of the same voice in the next chord.
        final: Pitch-class numbers of the next chord.

    Source: Kostka and Payne, chapter 13, on the V7 chord.

    >>> seventh_resolves(65, 64, frozenset({0, 4, 7}))
    True
    >>> seventh_resolves(65, 67, frozenset({0, 4, 7}))
    False
    >>> seventh_resolves(65, 67, frozenset({0, 2, 7}))
    True
    """
    if after == before:
        return before % OCTAVE in final
    owed = any((before - step) % OCTAVE in final for step in (1, 2))
    return not owed or 1 <= before - after <= 2

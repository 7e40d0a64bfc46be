"""Each predicate of voice leading on a textbook case that passes and one that fails."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from music21.interval import Interval
from music21.note import Note
from music21.pitch import Pitch
from music21.voiceLeading import VoiceLeadingQuartet

from composer.checking.voices import (
    has_parallels,
    in_range,
    is_crossed,
    is_spaced,
    leading_tone_resolves,
    parallel_perfect,
    seventh_resolves,
)
from tests.unit.checking.pieces import FLUTE

TRIAD = frozenset({0, 4, 7})


@pytest.mark.parametrize(
    ("case", "moves", "kind"),
    [
        # Kostka and Payne, chapter 5: the root-position triads on I and ii side by side.
        ("parallel fifths", (48, 55, 50, 57), "fifth"),
        ("parallel octaves", (48, 60, 50, 62), "octave"),
        ("parallel unisons", (60, 60, 62, 62), "octave"),
        ("compound fifths", (36, 55, 38, 57), "fifth"),
        # Fifths by contrary motion: a fifth that opens into a twelfth.
        ("contrary fifths", (55, 62, 48, 67), "fifth"),
        ("octave to unison", (48, 60, 55, 55), "octave"),
        ("the voices in the other order", (55, 48, 57, 50), "fifth"),
        # Repeated chords, oblique motion, and unequal fifths (perfect to diminished) are no fault.
        ("a fifth repeated", (48, 55, 48, 55), None),
        ("oblique motion", (48, 55, 48, 57), None),
        ("fifth to diminished fifth", (48, 55, 47, 53), None),
        ("hidden fifth", (48, 57, 50, 57 + 12), None),
        ("parallel thirds", (60, 64, 62, 65), None),
        ("parallel fourths", (55, 60, 57, 62), None),
    ],
)
def test_parallel_perfect(case: str, moves: tuple[int, int, int, int], kind: str | None) -> None:
    assert parallel_perfect(*moves) == kind, case


pitches = st.integers(36, 84)


@given(pitches, pitches, pitches, pitches)
def test_parallels_do_not_depend_on_the_order_of_voices_or_on_transposition(
    a: int, b: int, c: int, d: int
) -> None:
    kind = parallel_perfect(a, b, c, d)
    assert parallel_perfect(b, a, d, c) == kind
    assert parallel_perfect(a + 5, b + 5, c + 5, d + 5) == kind
    assert parallel_perfect(c, d, a, b) == kind


# Half of the cases would hold no perfect interval at all; these draw the second voice by interval.
gaps = st.sampled_from([-19, -12, -7, 0, 3, 4, 5, 6, 7, 8, 12, 15, 19, 24, 31])


def _spelled(pitch: int, gap: int) -> tuple[Note, Note]:
    """Two notes, spelled so that seven semitones are a perfect fifth to music21."""
    lower = Pitch(Pitch(min(pitch, pitch + gap)).nameWithOctave)  # else it may be respelled
    upper = lower.transpose(Interval(Interval(abs(gap)).name))
    return (Note(lower), Note(upper)) if gap >= 0 else (Note(upper), Note(lower))


@settings(max_examples=400, deadline=None)
@given(pitches, gaps, pitches, gaps)
def test_parallels_agree_with_music21(low: int, gap: int, low_after: int, gap_after: int) -> None:
    """They differ in one thing: an octave to a unison in similar motion is none to music21."""
    (one, other), (one_after, other_after) = _spelled(low, gap), _spelled(low_after, gap_after)
    # A held voice must keep its spelling, for D sharp to E flat is a motion to music21.
    assume(low != low_after or one == one_after)
    assume(low + gap != low_after + gap_after or other == other_after)
    quartet = VoiceLeadingQuartet(other, other_after, one, one_after)
    ours = parallel_perfect(low, low + gap, low_after, low_after + gap_after)
    theirs = None
    if quartet.parallelFifth():
        theirs = "fifth"
    elif quartet.parallelOctave() or quartet.parallelUnison():
        theirs = "octave"
    unison_and_octave = {gap == 0, gap_after == 0} == {True, False} and quartet.similarMotion()
    if ours == "octave" and unison_and_octave:
        assert theirs is None
    else:
        assert ours == theirs


def test_has_parallels_looks_at_every_pair() -> None:
    # The classic pair: IV to V in root position, all voices up a step against contrary motion.
    assert has_parallels((41, 57, 60, 65), (43, 59, 62, 67))
    assert not has_parallels((41, 57, 60, 65), (43, 55, 59, 62))
    assert has_parallels([60, 64, 67], [62, 62, 69])
    assert not has_parallels([60, 64, 67], [60, 64, 67])
    assert not has_parallels([], [])


def test_is_crossed() -> None:
    assert not is_crossed((48, 55, 64, 72))
    assert is_crossed((48, 64, 55, 72))  # alto below tenor
    assert is_crossed((48, 55, 55, 72))  # two voices on one note
    assert not is_crossed((48,))


def test_is_spaced() -> None:
    assert is_spaced((55, 64, 72))  # open position
    assert is_spaced((60, 72))  # an octave is the limit
    assert not is_spaced((48, 67, 72))  # tenor and alto a twelfth apart
    assert is_spaced(())


def test_in_range() -> None:
    assert in_range(60, FLUTE) and in_range(96, FLUTE)
    assert not in_range(59, FLUTE)
    assert not in_range(97, FLUTE)


def test_leading_tone_resolves() -> None:
    assert leading_tone_resolves(71, 72, 0, TRIAD)
    assert not leading_tone_resolves(71, 67, 0, TRIAD)  # down to the fifth
    assert not leading_tone_resolves(71, 60, 0, TRIAD)  # the tonic, but an octave off
    assert leading_tone_resolves(71, 71, 0, TRIAD | {11})  # held as a major seventh
    assert not leading_tone_resolves(71, 71, 0, TRIAD)
    assert leading_tone_resolves(68, 69, 9, frozenset({9, 0, 4}))  # G sharp in A minor
    assert leading_tone_resolves(67, 60, 0, TRIAD)  # no leading tone


def test_seventh_resolves() -> None:
    assert seventh_resolves(65, 64, TRIAD)  # the seventh of V7 to the third of I
    assert seventh_resolves(65, 63, frozenset({0, 3, 7}))
    assert not seventh_resolves(65, 67, TRIAD)  # up
    assert not seventh_resolves(65, 60, TRIAD)  # by leap
    assert seventh_resolves(60, 60, TRIAD)  # ii7 to V7sus4, to I: held
    assert not seventh_resolves(65, 65, TRIAD)

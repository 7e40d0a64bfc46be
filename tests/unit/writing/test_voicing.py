from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.theory.chord import Chord
from composer.theory.pitch import PitchClass
from composer.writing.voicing import Room, candidates, tone_sets
from tests.strategies import chords, rules

NO_LEADING_TONE = 99


def voicings(
    chord: Chord, voices: int, low: int, high: int, leading_tone: int
) -> tuple[tuple[tuple[int, ...], float], ...]:
    """Candidates of a part that has no more room than it is given."""
    return candidates(chord, Room(voices, low, high, low, high, leading_tone))


def chord(text: str) -> Chord:
    return rules().chords.parse(text, PitchClass(0))


@settings(max_examples=150)
@given(
    chord=chords(),
    voices=st.integers(3, 5),
    low=st.integers(40, 60),
    width=st.integers(19, 36),
    leading_tone=st.integers(0, 11),
)
def test_every_candidate_could_be_sung(
    chord: Chord, voices: int, low: int, width: int, leading_tone: int
) -> None:
    found = voicings(chord, voices, low, low + width, leading_tone)
    tones = {name.number for name in chord.pitch_classes}
    assert found
    for pitches, _ in found:
        assert list(pitches) == sorted(set(pitches))
        assert low <= pitches[0] and pitches[-1] <= low + width
        assert all(b - a <= 12 for a, b in pairwise(pitches))
        assert {pitch % 12 for pitch in pitches} <= tones
        assert chord.essential_numbers <= {pitch % 12 for pitch in pitches}
    assert [cost for _, cost in found] == sorted(cost for _, cost in found)


@pytest.mark.parametrize("text", ["G7", "Cmaj7", "Bm7b5", "D9", "Em", "F", "G7b9", "Am7"])
def test_leading_tone_and_seventh_are_not_doubled(text: str) -> None:
    own = chord(text)
    seventh = own.quality.seventh
    for pitches, _ in voicings(own, 4, 48, 79, 11):
        numbers = [pitch % 12 for pitch in pitches]
        assert numbers.count(11) <= 1
        if seventh is not None:
            assert numbers.count((own.root + seventh).number) == 1


def test_the_fifth_goes_first() -> None:
    three = dict(tone_sets(chord("G7"), 3, NO_LEADING_TONE))
    shell, rootless = (5, 7, 11), (2, 5, 11)
    assert three[shell] < three[rootless]
    assert all({5, 11} <= set(tones) for tones in three)


def test_a_triad_of_four_voices_doubles_its_root() -> None:
    four = dict(tone_sets(chord("C"), 4, NO_LEADING_TONE))
    assert min(four, key=four.__getitem__) == (0, 0, 4, 7)
    assert (0, 4, 4, 7) in four and (0, 4, 7, 7) in four


def test_a_triad_without_its_root_is_the_last_resort() -> None:
    sets = dict(tone_sets(chord("C"), 3, NO_LEADING_TONE))
    assert sets[0, 4, 7] == min(sets.values())
    assert sets[4, 4, 7] == max(sets.values())


def test_a_power_chord_has_root_and_fifth_alone() -> None:
    for pitches, _ in voicings(chord("E5"), 3, 40, 64, NO_LEADING_TONE):
        assert {pitch % 12 for pitch in pitches} == {4, 11}


def test_a_close_voicing_in_the_middle_comes_first() -> None:
    best, _ = voicings(chord("C"), 3, 55, 79, 11)[0]
    assert best[-1] - best[0] <= 12
    assert abs(sum(best) / 3 - 67) <= 4


def test_a_narrow_range_takes_fewer_voices() -> None:
    found = voicings(chord("Cmaj9"), 5, 60, 67, 11)
    assert all(len(pitches) < 5 for pitches, _ in found)
    assert all({4, 11} <= {pitch % 12 for pitch in pitches} for pitches, _ in found)


def test_a_chord_that_needs_more_takes_it_from_the_instrument() -> None:
    tight = Room(4, 60, 66, 60, 66, 11)
    roomy = Room(4, 60, 66, 40, 90, 11)
    assert max(len(pitches) for pitches, _ in candidates(chord("C"), tight)) < 4
    for pitches, _ in candidates(chord("C"), roomy):
        assert len(pitches) == 4
        assert pitches[0] >= 40 and pitches[-1] <= 90

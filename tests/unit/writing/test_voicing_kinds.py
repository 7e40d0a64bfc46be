"""What each kind of voicing looks like, on every chord."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.rulebook.style_parts import VOICINGS
from composer.theory.chord import Chord
from composer.theory.pitch import PitchClass
from composer.writing.voicing import Room, candidates
from composer.writing.voicing_kinds import HAND, layouts
from tests.strategies import chords, rules

WHITE = frozenset({0, 2, 4, 5, 7, 9, 11})
SEVENTHS = ["Dm7", "G7", "Cmaj7", "Am7", "Bm7b5", "F6"]


def chord(text: str) -> Chord:
    return rules().chords.parse(text, PitchClass(0))


def room(kind: str, voices: int = 4) -> Room:
    return Room(voices, 43, 76, 38, 90, 11, kind=kind, scale=WHITE)


def best(text: str, kind: str, voices: int = 4) -> tuple[int, ...]:
    return candidates(chord(text), room(kind, voices))[0][0]


@settings(max_examples=150)
@given(
    chord=chords(),
    kind=st.sampled_from(VOICINGS),
    voices=st.integers(3, 6),
    low=st.integers(36, 55),
    width=st.integers(24, 40),
)
def test_every_candidate_could_be_played(
    chord: Chord, kind: str, voices: int, low: int, width: int
) -> None:
    place = Room(voices, low, low + width, low, low + width, 11, kind=kind, scale=WHITE)
    for space in (place, place.widened()):
        found = candidates(chord, space)
        assert found
        assert len({len(pitches) for pitches, _ in found}) == 1
        allowed = {name.number for name in chord.pitch_classes} | {chord.bass.number}
        allowed |= {(chord.root + tone).number for tone in chord.quality.tensions} & WHITE
        for pitches, _ in found:
            assert list(pitches) == sorted(set(pitches))
            assert low <= pitches[0] and pitches[-1] <= low + width
            assert all(b - a <= 12 for a, b in pairwise(pitches))
            assert chord.essential_numbers <= {pitch % 12 for pitch in pitches}
            assert {pitch % 12 for pitch in pitches} <= allowed


@pytest.mark.parametrize("text", SEVENTHS)
def test_close_voices_lie_within_an_octave(text: str) -> None:
    assert all(p[-1] - p[0] <= 12 for p, _ in candidates(chord(text), room("close")))


@pytest.mark.parametrize("text", SEVENTHS)
def test_drop_2_is_a_close_chord_with_its_second_voice_from_the_top_below(text: str) -> None:
    for pitches, _ in candidates(chord(text), room("drop-2")):
        raised = sorted((pitches[0] + 12, *pitches[1:]))
        assert raised[-1] - raised[0] <= 12
        assert raised.index(pitches[0] + 12) == 2


@pytest.mark.parametrize("text", SEVENTHS)
def test_drop_3_is_a_close_chord_with_its_third_voice_from_the_top_below(text: str) -> None:
    for pitches, _ in candidates(chord(text), room("drop-3")):
        raised = sorted((pitches[0] + 12, *pitches[1:]))
        assert raised[-1] - raised[0] <= 12
        assert raised.index(pitches[0] + 12) == 1


@pytest.mark.parametrize("kind", ["open", "spread"])
def test_open_voices_reach_over_an_octave(kind: str) -> None:
    for text in SEVENTHS:
        for pitches, _ in candidates(chord(text), room(kind)):
            assert pitches[-1] - pitches[0] > 9
            assert kind != "spread" or pitches[1] - pitches[0] >= 7


def test_quartal_chords_are_stacks_of_fourths() -> None:
    for text in ("Dm7", "Cmaj7", "C"):
        for pitches, _ in candidates(chord(text), room("quartal")):
            gaps = [b - a for a, b in pairwise(pitches)]
            assert all(gap in (5, 6) for gap in gaps[:-1]) and gaps[-1] in (3, 4, 5, 6)


def test_so_what_is_there() -> None:
    stacks = {p for p, _ in candidates(chord("Dm7"), room("quartal", 5))}
    assert any(tuple(b - a for a, b in pairwise(p)) == (5, 5, 5, 4) for p in stacks)


def test_rootless_forms_leave_the_root_to_the_bass() -> None:
    forms = {text: best(text, "rootless") for text in ("Dm7", "G7", "Cmaj7")}
    names = {text: {pitch % 12 for pitch in form} for text, form in forms.items()}
    assert names == {"Dm7": {5, 9, 0, 4}, "G7": {5, 9, 11, 4}, "Cmaj7": {4, 7, 11, 2}}
    assert forms["Dm7"][0] % 12 in (5, 0)
    assert forms["G7"][0] % 12 in (5, 11)


def test_tensions_that_the_key_lacks_are_left_out() -> None:
    flat = replace(room("rootless"), scale=frozenset({0, 2, 3, 5, 7, 8, 10}))
    for pitches, _ in candidates(chord("G7"), flat):
        assert {pitch % 12 for pitch in pitches} <= {7, 11, 2, 5}


def test_shells_have_root_third_and_seventh() -> None:
    for text, tones in {"Dm7": {2, 5, 0}, "G7": {7, 11, 5}, "C6": {0, 4, 9}}.items():
        assert {pitch % 12 for pitch in best(text, "shell")} == tones
        assert best(text, "shell")[0] % 12 == chord(text).root.number


def test_power_chords_need_no_third_where_nobody_asks_for_it() -> None:
    loose = replace(room("power", 3), whole=False)
    assert [p - 43 for p in candidates(chord("G"), loose)[0][0]] == [0, 7, 12]
    assert {pitch % 12 for pitch in best("G", "power")} == {7, 11, 2}
    assert {pitch % 12 for pitch in best("G5", "power")} == {7, 2}


@pytest.mark.parametrize("voices", [4, 5, 6])
@pytest.mark.parametrize("text", SEVENTHS)
def test_two_hands_can_hold_it(text: str, voices: int) -> None:
    for pitches, _ in candidates(chord(text), room("hands", voices)):
        left, right = pitches[:2], pitches[2:]
        assert left[-1] - left[0] <= HAND and right[-1] - right[0] <= HAND
        assert len(right) <= 5 and left[-1] < right[0]
        assert left[1] - left[0] >= 7


def test_a_section_is_widest_at_the_bottom() -> None:
    for text in SEVENTHS:
        for pitches, _ in candidates(chord(text), room("section")):
            gaps = [b - a for a, b in pairwise(pitches)]
            assert gaps[0] == max(gaps) and gaps[0] >= 5


def test_layouts_stay_in_their_window() -> None:
    for kind in set(VOICINGS) - {"free", "guitar"}:
        for pitches, _ in layouts(chord("C"), kind, 4, (50, 70), WHITE):
            assert pitches[0] >= 50 and pitches[-1] <= 70

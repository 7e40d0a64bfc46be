"""Every chord that a guitar is given can be held by a hand."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.brief import Brief
from composer.theory.chord import Chord
from composer.theory.pitch import PitchClass
from composer.writing.guitar import FINGERS, REACH, TUNING, grips, grips_of, is_playable
from tests.laws.pieces import compose
from tests.strategies import chords, rules

OPEN = {
    "C": (48, 52, 55, 60, 64),
    "G": (43, 47, 50, 55, 59, 67),
    "D": (50, 57, 62, 66),
    "Am": (45, 52, 57, 60, 64),
    "Em": (40, 47, 52, 55, 59, 64),
    "E": (40, 47, 52, 56, 59, 64),
    "F": (41, 48, 53, 57, 60, 65),
}


def shapes(text: str, voices: int) -> set[tuple[int, ...]]:
    chord = rules().chords.parse(text, PitchClass(0))
    return {pitches for pitches, _ in grips(chord, "guitar", voices, (40, 84), frozenset())}


@pytest.mark.parametrize("text", OPEN)
def test_the_chords_of_the_first_lesson_are_among_them(text: str) -> None:
    assert OPEN[text] in shapes(text, len(OPEN[text]))


def fingers(grip: tuple[int, ...]) -> int:
    """Fingers that a grip takes, the index barring what it can; counted in another way."""
    fretted = {string: fret for string, fret in enumerate(grip) if fret > 0}
    if not fretted:
        return 0
    lowest = min(fretted.values())
    best = len(fretted)
    for first, last in product(range(6), repeat=2):
        covered = [s for s in range(first, last + 1) if fretted.get(s) == lowest]
        if covered and all(grip[s] >= lowest for s in range(first, last + 1)):
            best = min(best, 1 + len(fretted) - len(covered))
    return best


@given(chord=chords(), voices=st.integers(3, 6))
def test_every_grip_is_one_hand(chord: Chord, voices: int) -> None:
    numbers = frozenset(name.number for name in chord.pitch_classes)
    for grip in grips_of(numbers, voices):
        struck = [string for string, fret in enumerate(grip) if fret >= 0]
        assert len(struck) == voices
        assert struck == list(range(struck[0], struck[-1] + 1))
        fretted = [fret for fret in grip if fret > 0]
        assert not fretted or max(fretted) - min(fretted) < REACH
        assert fingers(grip) <= FINGERS
        pitches = [TUNING[string] + grip[string] for string in struck]
        assert pitches == sorted(set(pitches))


def test_a_bar_needs_its_strings_free_of_open_ones() -> None:
    assert is_playable((1, 3, 3, 2, 1, 1))
    assert not is_playable((1, 3, 3, 0, 2, 1))
    assert not is_playable((1, 2, 3, 4, 2, 1))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("style", ["folk", "country", "pop"])
def test_a_guitarist_plays_what_a_hand_can_hold(style: str, seed: int) -> None:
    parts = ("melody=flute", "comping=steel-guitar", "bass=finger-bass")
    piece = compose(Brief(style=style, parts=parts, bars=16, seed=seed))
    (guitar,) = piece.role("comping")
    moments: dict[object, set[int]] = {}
    for note in guitar.notes:
        if note.function == "chord":
            moments.setdefault(note.onset_quarters, set()).add(note.pitch.midi)
    held = [tuple(sorted(pitches)) for pitches in moments.values() if len(pitches) >= 3]
    assert held
    playable = [pitches for pitches in held if can_be_held(pitches)]
    assert len(playable) >= 0.95 * len(held)


def can_be_held(pitches: tuple[int, ...]) -> bool:
    numbers = frozenset(pitch % 12 for pitch in pitches)
    for strings in range(len(pitches), 7):
        for grip in grips_of(numbers, strings):
            sounding = [t + f for t, f in zip(TUNING, grip, strict=True) if f >= 0]
            if set(pitches) <= set(sounding):
                return True
    return False

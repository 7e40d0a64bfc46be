"""Transposition commutes with writing, as far as the ranges of instruments let it.

What commutes exactly, from C to any other key of the same mode: the form, who plays in which bar,
the roman numerals and their moments, the spelled chords (moved by the interval between the tonics),
the drum part note for note, the rhythm of bass and chordal parts, and the onsets of the melody
before it is adorned.
What does not: octaves, inner voices and melodic turns, which the ranges of instruments decide;
where a melody note ends that the next chord would grind with;
and the counter-melody's rhythm, which answers the tune as it sounds.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.music.brief import Brief
from composer.music.score import Part
from composer.writing.context import Context
from composer.writing.melody import MelodyWriter
from tests.laws.pieces import Piece, compose, rhythm
from tests.strategies import rules

FLAT_TO_SHARP = ("Db", "Ab", "Eb", "Bb", "F", "G", "D", "A", "E", "B")


def assert_commutes(home: Piece, away: Piece) -> None:
    interval = away.plan.key.tonic.fifths - home.plan.key.tonic.fifths
    assert away.plan.sections == home.plan.sections
    assert away.plan.bars == home.plan.bars
    assert away.plan.parts == home.plan.parts
    assert away.plan.quarters_per_minute == home.plan.quarters_per_minute
    assert [
        (span.onset_quarters, span.roman_numeral, span.chord.transposed(interval))
        for span in home.plan.chords
    ] == [(span.onset_quarters, span.roman_numeral, span.chord) for span in away.plan.chords]
    assert home.role("drums") == away.role("drums")
    for here, there in zip(home.score.parts, away.score.parts, strict=True):
        role = here.plan.role
        if role in ("bass", "comping", "pad", "figure"):
            assert set(rhythm(here)) == set(rhythm(there)), here.plan.name
        elif role == "melody":
            assert unadorned(home, here) == unadorned(away, there)


def unadorned(piece: Piece, part: Part) -> set[Fraction]:
    """Onsets of a tune without the ornaments that its turns invite."""
    context = Context(piece.plan, rules(), plain=True)
    return {note.onset_quarters for note in MelodyWriter(context, part.plan).write()}


@pytest.mark.parametrize("style", rules().style_names)
@pytest.mark.parametrize("tonic", ["G", "Ab", "E"])
def test_each_style_commutes(style: str, tonic: str) -> None:
    home = compose(Brief(key="C major", style=style, bars=16, seed=5))
    away = compose(Brief(key=f"{tonic} major", style=style, bars=16, seed=5))
    assert_commutes(home, away)


@settings(max_examples=20)
@given(
    style=st.sampled_from(rules().style_names),
    tonic=st.sampled_from(FLAT_TO_SHARP),
    mode=st.sampled_from(("major", "mixolydian", "lydian")),
    bars=st.integers(1, 24),
    seed=st.integers(0, 2**32),
)
def test_any_brief_commutes(style: str, tonic: str, mode: str, bars: int, seed: int) -> None:
    brief = Brief(key=f"C {mode}", style=style, bars=bars, seed=seed)
    assert_commutes(compose(brief), compose(replace(brief, key=f"{tonic} {mode}")))


def test_given_numerals_commute() -> None:
    numerals = "I | vi7 | ii7 V7/V | V7 | I/3 | IVmaj7 | bVII V | I"
    home = compose(Brief(key="C", style="pop", chords=numerals))
    away = compose(Brief(key="A", style="pop", chords=numerals))
    assert_commutes(home, away)

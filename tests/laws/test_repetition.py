"""The same brief gives the same piece, its full brief too; other seeds give other pieces."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings

from composer.music.brief import Brief
from composer.rulebook import load_rulebook
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from composer.writing.write import write_score
from tests.laws.pieces import Piece, compose
from tests.strategies import briefs, rules

Bar = tuple[tuple[tuple[Fraction, str], ...], tuple[tuple[Fraction, Fraction, int], ...]]


@pytest.mark.parametrize("style", rules().style_names)
def test_the_same_brief_gives_the_same_score(style: str) -> None:
    brief = Brief(style=style, bars=20, seed=77)
    first = compose(brief).score
    fresh = load_rulebook()  # nothing may hang on what a rule book has cached
    choices = resolve(brief, fresh)
    assert write_score(make_plan(choices, fresh), fresh, first.title) == first


@settings(max_examples=50)
@given(briefs())
def test_the_full_brief_repeats_the_piece(brief: Brief) -> None:
    piece = compose(brief)
    again = compose(piece.choices.brief)
    assert again.choices.brief == piece.choices.brief
    assert again.plan == piece.plan
    assert again.score == piece.score


@pytest.mark.parametrize("style", rules().style_names)
@pytest.mark.parametrize("seed", range(10))
def test_the_full_brief_repeats_whatever_the_seed_chose(style: str, seed: int) -> None:
    piece = compose(Brief(style=style, seed=seed))
    full = piece.choices.brief
    assert all(
        getattr(full, name) is not None
        for name in ("key", "bars", "tempo", "time_signature", "mood", "parts", "swing", "humanize")
    )
    again = compose(full)
    assert (again.choices.brief, again.plan, again.score) == (full, piece.plan, piece.score)


def bars_of(piece: Piece) -> list[Bar]:
    """Melody and harmony of each bar that has a tune, counted from the bar and the tonic."""
    length = piece.plan.meter.bar_quarters
    tonic = piece.plan.key.tonic.number
    notes = [note for part in piece.role("melody") for note in part.notes]
    bars = []
    for number in range(len(piece.plan.bars)):
        start, end = length * number, length * (number + 1)
        tune = tuple(
            (note.onset_quarters - start, note.duration_quarters, note.pitch.midi - tonic)
            for note in notes
            if start <= note.onset_quarters < end
        )
        harmony = tuple(
            (max(span.onset_quarters - start, Fraction(0)), span.roman_numeral)
            for span in piece.plan.chords
            if span.onset_quarters < end and span.end_quarters > start
        )
        if tune:
            bars.append((harmony, tune))
    return bars


@pytest.mark.parametrize("style", rules().style_names)
def test_twelve_seeds_share_few_bars(style: str) -> None:
    pieces = [
        bars_of(compose(Brief(key="C major", bars=32, style=style, seed=seed)))
        for seed in range(12)
    ]
    assert all(len(bars) >= 8 for bars in pieces)
    shared = {}
    for (one, first), (two, second) in combinations(enumerate(pieces), 2):
        shared[one, two] = sum(bar in second for bar in first) / len(first)
    assert max(shared.values()) <= 0.3


def test_another_seed_changes_tune_harmony_and_form() -> None:
    pieces = [compose(Brief(key="C", bars=32, style="pop", seed=seed)) for seed in range(12)]
    assert len({tuple(bars_of(piece)) for piece in pieces}) == 12
    harmonies = [tuple(span.roman_numeral for span in piece.plan.chords) for piece in pieces]
    assert len(set(harmonies)) == 12
    assert len({tuple(section.kind for section in piece.plan.sections) for piece in pieces}) > 2

"""Inner voices: between tune and bass, complete with them, and led as the books say."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from composer.checking.voices import parallel_perfect
from composer.music.brief import Brief
from composer.music.score import Note, Part
from tests.laws.pieces import Piece, compose

STYLES = ("chorale", "string-quartet")


@pytest.fixture(scope="module", params=[(s, seed) for s in STYLES for seed in (1, 2, 3)])
def piece(request: pytest.FixtureRequest) -> Piece:
    style, seed = request.param
    return compose(Brief(style=style, bars=24, seed=seed, writer="rules"))


def sounding(part: Part, onset: Fraction) -> Note | None:
    return next(
        (n for n in part.notes if n.onset_quarters <= onset < n.end_quarters),
        None,
    )


def test_there_are_four_single_voices(piece: Piece) -> None:
    assert [part.plan.role for part in piece.score.parts] == [
        "melody",
        "counter",
        "counter",
        "bass",
    ]
    for part in piece.score.parts[1:]:
        for one, other in pairwise(part.notes):
            assert one.end_quarters <= other.onset_quarters


def test_they_lie_in_their_order_nearly_always(piece: Piece) -> None:
    tune, high, low, bass = piece.score.parts
    crossed = checked = 0
    for note in low.notes:
        above, below = sounding(high, note.onset_quarters), sounding(bass, note.onset_quarters)
        checked += (above is not None) + (below is not None)
        crossed += above is not None and above.pitch.midi <= note.pitch.midi
        crossed += below is not None and below.pitch.midi >= note.pitch.midi
    for note in high.notes:
        sung = sounding(tune, note.onset_quarters)
        checked += sung is not None
        crossed += sung is not None and sung.pitch.midi <= note.pitch.midi
    assert checked > 40
    assert crossed / checked < 0.04


def test_chords_are_complete(piece: Piece) -> None:
    full = checked = 0
    for span in piece.score.chords:
        notes = [sounding(part, span.onset_quarters) for part in piece.score.parts]
        if sum(note is not None for note in notes) < 4:
            continue
        classes = {note.pitch.midi % 12 for note in notes if note is not None}
        checked += 1
        full += span.chord.essential_numbers <= classes
    assert checked >= 5
    assert full / checked > 0.85


def test_fifths_and_octaves_hardly_run_in_parallel(piece: Piece) -> None:
    _, high, low, bass = piece.score.parts
    spans = piece.score.chords
    faults = checked = 0
    for one, other in ((low, high), (bass, low), (bass, high)):
        for before, after in pairwise(spans):
            notes = [
                sounding(part, span.onset_quarters)
                for span in (before, after)
                for part in (one, other)
            ]
            if any(note is None for note in notes):
                continue
            a, b, c, d = (note.pitch.midi for note in notes if note is not None)
            checked += 1
            faults += parallel_perfect(a, b, c, d) is not None
    assert checked > 20
    assert faults / checked < 0.05


def test_every_voice_goes_by_the_nearest_way(piece: Piece) -> None:
    for part in piece.score.parts[1:3]:
        leaps = [abs(b.pitch.midi - a.pitch.midi) for a, b in pairwise(part.notes)]
        # Broken chords leap by their nature; they are a quartet's, not a choir's.
        least = 0.9 if piece.plan.style == "chorale" else 0.7
        assert sum(leap <= 5 for leap in leaps) / len(leaps) > least


def test_a_phrase_that_comes_back_is_led_alike() -> None:
    one, other = (compose(Brief(style="chorale", bars=16, seed=3)) for _ in range(2))
    assert one.score == other.score

"""Laws of time: whatever the style, meter, length and hits, the end and the hits are met."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from composer.checking.timing_rules import (
    CUE_SECONDS,
    FRAME_SECONDS,
    FURTHEST_BEND,
    landings,
)
from composer.errors import BriefError
from composer.midi.decode import decode
from composer.midi.encode import encode
from composer.midi.units import tempo_map
from composer.music.brief import Brief
from composer.music.performance import PlayedNote
from composer.piece import Piece
from composer.pipeline import compose
from composer.theory.meter import COUNTED_METERS
from tests.strategies import rules

STYLES = rules().style_names


def made(**fields: object) -> Piece:
    return compose(Brief(writer="rules", **fields))  # type: ignore[arg-type]


def exact(piece: Piece, duration: float) -> bool:
    """Whether the file, read back, ends when it was asked to."""
    played = decode(encode(piece.performance))
    return abs(tempo_map(played).seconds(played.end_ticks) - duration) <= 1e-6


@pytest.mark.parametrize("number", range(len(STYLES)))
def test_every_style_lasts_exactly_as_long_as_asked(number: int) -> None:
    duration = (1.0, 3.3, 11.077, 30.0, 47.25)[number % 5]
    meter = COUNTED_METERS[number % len(COUNTED_METERS)]
    piece = made(style=STYLES[number], duration=duration, time_signature=meter, seed=number)
    assert piece.report.ok
    assert exact(piece, duration)


@given(
    st.sampled_from(STYLES),
    st.sampled_from([None, *COUNTED_METERS]),
    st.floats(6, 60),
    st.lists(st.floats(0, 0.97), min_size=1, max_size=4, unique=True),
    st.booleans(),
    st.integers(0, 10**6),
)
@settings(max_examples=10, deadline=None)
def test_hits_are_met_and_struck(
    style: str,
    meter: str | None,
    duration: float,
    places: list[float],
    loop: bool,
    seed: int,
) -> None:
    duration = round(duration, 3)
    hits = tuple(sorted(round(place * duration, 3) for place in places))
    assume(all(b - a >= 1.0 for a, b in pairwise((0.0, *hits))))
    piece = None
    with suppress(BriefError):  # one line, where no tempo meets them
        piece = made(
            style=style, time_signature=meter, duration=duration, hits=hits, loop=loop, seed=seed
        )
    assume(piece is not None)
    assert piece is not None
    assert piece.report.ok and exact(piece, duration)
    found = landings(piece.plan, piece.performance)
    assert [landing.cue.seconds for landing in found] == list(hits)
    for landing in found:
        assert abs(landing.seconds - landing.cue.seconds) <= CUE_SECONDS
        assert landing.struck_seconds is not None
        assert abs(landing.struck_seconds - landing.cue.seconds) <= FRAME_SECONDS
    common = piece.plan.quarters_per_minute
    ratio = [point.quarters_per_minute / common for point in piece.plan.tempos]
    assert max(ratio) <= 1 + FURTHEST_BEND + 0.01


@pytest.mark.parametrize(
    "fields",
    [
        {"style": "pop", "duration": 33.3},
        {"style": "rock", "hits": (5.5, 14.2)},
        {"style": "cinematic", "duration": 24.0, "hits": (0.0, 7.7, 8.9)},
        {"style": "house", "loop": True, "duration": 15.0},
        {"style": "jazz-swing", "loop": True, "bars": 8},
    ],
    ids=str,
)
def test_the_full_brief_composes_the_same_piece_again(fields: dict[str, object]) -> None:
    piece = made(seed=11, **fields)
    again = compose(piece.brief)
    assert again.midi == piece.midi
    assert again.plan == piece.plan
    assert again.brief == piece.brief


@pytest.mark.parametrize("style", ["pop", "string-quartet", "trap", "blues"])
def test_a_loop_leads_on(style: str) -> None:
    piece = made(style=style, loop=True, bars=8, seed=3)
    plan = piece.plan
    assert plan.sections[-1].phrases[-1].cadence.kind in ("half", "open")
    assert len({tempo.microseconds_per_quarter for tempo in piece.performance.tempos}) == 1
    end = piece.performance.end_ticks
    assert end == 8 * plan.meter.bar_quarters * 480
    notes = [note for track in piece.performance.tracks for note in track.notes]
    assert max(note.end_ticks for note in notes) <= end
    assert sum(note.onset_ticks >= end - end // 8 for note in notes) >= 3
    markers = [t.text for t in piece.performance.texts if t.kind == "marker"]
    assert markers[-1] == "loopEnd" and "loopStart" in markers
    assert abs(plan.bars[-1].energy - plan.bars[0].energy) < 0.2


def sounding(notes: tuple[PlayedNote, ...]) -> int:
    return max((note.end_ticks for note in notes), default=0)


def test_an_exact_length_leaves_room_for_the_last_chord() -> None:
    for style in ("pop", "ambient", "classical", "punk"):
        piece = made(style=style, duration=20.0, seed=8)
        clock = tempo_map(piece.performance)
        last = max(sounding(track.notes) for track in piece.performance.tracks)
        assert 20.0 - clock.seconds(last) >= 0.4

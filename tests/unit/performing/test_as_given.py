"""A given tune is played as it is written, whatever the style does to others."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.midi.units import ticks_from_quarters
from composer.music.brief import Brief
from composer.music.performance import Track
from composer.music.tune import Tune, parse_tune_note
from composer.performing import perform
from tests.laws.pieces import Piece, compose
from tests.strategies import rules
from tests.tunes import ODE

STACCATO = Tune(
    tuple(parse_tune_note(f"{i}/2 1/2 {'C4' if i % 3 else 'G4'} {40 + 5 * i}") for i in range(16)),
    2,
)


def lead_of(piece: Piece) -> Track:
    played = perform(piece.plan, piece.score, rules())
    name = next(part.plan.name for part in piece.score.parts if part.plan.role == "melody")
    return next(track for track in played.tracks if track.name == name)


@pytest.mark.parametrize("style", ["jazz-swing", "blues", "lofi-hip-hop", "classical"])
def test_neither_swing_nor_touch_nor_bends_move_it(style: str) -> None:
    piece = compose(
        Brief(melody=STACCATO, style=style, swing=0.7, humanize=2.0, time_signature="4/4")
    )
    track = lead_of(piece)
    assert [(n.onset_ticks, n.duration_ticks) for n in track.notes] == [
        (240 * i, 240) for i in range(16)
    ]
    assert track.bends == ()


def test_the_file_s_velocities_are_kept_and_others_are_shaped() -> None:
    piece = compose(Brief(melody=STACCATO, style="pop", time_signature="4/4"))
    assert [n.velocity for n in lead_of(piece).notes] == [40 + 5 * i for i in range(16)]
    shaped = {n.velocity for n in lead_of(compose(Brief(melody=ODE, style="pop"))).notes}
    assert len(shaped) > 5


def test_off_grid_notes_fall_on_the_nearest_tick() -> None:
    start, length = Fraction(1237, 997), Fraction(311, 1009)
    notes = (replace(ODE.notes[0], onset_quarters=start, duration_quarters=length),)
    piece = compose(Brief(melody=Tune(notes, 1), style="pop", time_signature="4/4"))
    (note,) = lead_of(piece).notes
    assert note.onset_ticks == ticks_from_quarters(start)
    assert note.end_ticks == ticks_from_quarters(start + length)

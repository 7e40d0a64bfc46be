"""Laws of playing: what the wheel may do, how the tempo ends, and what a mood moves."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from composer.checking.bends import hanging_bends, reckless_bends
from composer.midi.units import TempoMap
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.performing import perform
from tests.laws.pieces import Piece, compose
from tests.strategies import briefs, rules

STYLES = rules().style_names


def play(piece: Piece) -> Performance:
    return perform(piece.plan, piece.score, rules())


@settings(max_examples=30)
@given(briefs())
def test_wheels_controllers_and_tempo_keep_their_laws(brief: Brief) -> None:
    piece = compose(brief)
    played = play(piece)
    for track in played.tracks:
        assert not list(hanging_bends(track)) and not list(reckless_bends(track))
        assert all(0 <= change.value <= 127 for change in track.controls)
        assert all(0 <= bend.ticks <= played.end_ticks for bend in track.bends)
    tempos = [tempo.microseconds_per_quarter for tempo in played.tempos]
    assert tempos == sorted(set(tempos))
    seconds = TempoMap(played.tempos).seconds(played.end_ticks)
    mean = float(piece.score.length_quarters) * 60 / seconds
    assert abs(mean / piece.plan.quarters_per_minute - 1) < 0.01
    if piece.plan.humanize == 0:
        assert len(tempos) == 1 and not any(track.bends for track in played.tracks)


def sounding(piece: Piece, energy: float) -> float:
    """Mean share of the written length that sounds, if the same notes are played in a mood."""
    point = rules().moods.mood(0, energy)
    played = perform(replace(piece.plan, mood=point), piece.score, rules())
    share = []
    for part, track in zip(piece.score.parts, played.tracks, strict=True):
        if not part.plan.instrument.is_drums and part.notes:
            written = sum(float(note.duration_quarters) for note in part.notes)
            share.append(sum(note.duration_ticks for note in track.notes) / written)
    return sum(share) / len(share)


@pytest.mark.parametrize("style", STYLES)
def test_the_livelier_the_mood_the_shorter_the_notes(style: str) -> None:
    piece = compose(Brief(style=style, bars=8, seed=2))
    found = [sounding(piece, energy) for energy in (-1, -0.5, 0, 0.5, 1)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("style", STYLES)
def test_the_livelier_the_mood_the_louder(style: str) -> None:
    def mean(energy: float) -> float:
        played = play(compose(Brief(style=style, bars=8, seed=2, mood=f"0,{energy}")))
        found = [note.velocity for track in played.tracks for note in track.notes]
        return sum(found) / len(found)

    assert mean(-0.9) < mean(0) < mean(0.9)

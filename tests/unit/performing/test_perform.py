from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.check import check_performance
from composer.midi.units import ticks_from_quarters
from composer.music.brief import Brief
from composer.music.performance import TICKS_PER_QUARTER, Performance, PlayedNote, Track
from composer.performing.controls import EXPRESSION, PAN, PEDAL, VOLUME
from composer.performing.perform import perform
from composer.performing.player import untangled
from composer.performing.timing import Swing
from composer.theory.meter import METERS, parse_meter
from tests.laws.pieces import Piece, compose
from tests.strategies import rules

STYLES = rules().style_names
SECONDS_LATE = 0.08
SECONDS_ROLLED = 0.16


def play(piece: Piece) -> Performance:
    return perform(piece.plan, piece.score, rules())


def tracks(piece: Piece) -> list[tuple[Track, tuple[tuple[int, int, int, int], ...]]]:
    """Each track with its written notes in ticks."""
    written = []
    for part, track in zip(piece.score.parts, play(piece).tracks, strict=True):
        rows = (
            (
                ticks_from_quarters(note.onset_quarters),
                ticks_from_quarters(note.end_quarters) - ticks_from_quarters(note.onset_quarters),
                note.pitch.midi,
                note.velocity,
            )
            for note in part.notes
        )
        written.append((track, tuple(sorted(rows))))
    return written


@pytest.mark.parametrize("style", STYLES)
def test_humanize_nought_plays_as_written(style: str) -> None:
    piece = compose(Brief(style=style, bars=16, humanize=0, seed=4))
    for track, written in tracks(piece):
        played = [(n.onset_ticks, n.duration_ticks, n.pitch, n.velocity) for n in track.notes]
        assert sorted(played) == list(written)
        assert {control.controller for control in track.controls} == {VOLUME, PAN}
        assert not track.bends
    assert len(play(piece).tempos) == 1


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("humanize", [0.0, 0.5, 1.0, 2.0])
def test_the_rules_of_performances_hold(style: str, humanize: float) -> None:
    piece = compose(Brief(style=style, bars=16, humanize=humanize, seed=4))
    report = check_performance(piece.score, play(piece))
    assert not report.violations[:3]


@pytest.mark.parametrize("style", STYLES)
def test_players_deviate_but_stay_together(style: str) -> None:
    straight = compose(Brief(style=style, bars=16, swing=0.5, seed=4))
    rolled = SECONDS_ROLLED if rules().style(style).feel.roll else 0
    limit = (SECONDS_LATE + rolled) * straight.plan.quarters_per_minute / 60 * TICKS_PER_QUARTER
    moved = 0
    for track, written in tracks(straight):
        onsets = sorted({onset for onset, *_ in written})
        for note in track.notes:
            nearest = min(onsets, key=lambda onset: abs(onset - note.onset_ticks))
            assert abs(nearest - note.onset_ticks) <= limit, track.name
            moved += nearest != note.onset_ticks
    assert moved > 50 or rules().style(style).feel.looseness == 0


def test_more_humanize_is_more_deviation() -> None:
    def spread(humanize: float) -> float:
        piece = compose(Brief(style="pop", bars=16, swing=0.5, humanize=humanize, seed=4))
        offs = []
        for track, written in tracks(piece):
            onsets = sorted({onset for onset, *_ in written})
            offs += [min(abs(n.onset_ticks - onset) for onset in onsets) for n in track.notes]
        return sum(offs) / len(offs)

    assert 0 == spread(0) < spread(0.5) < spread(1) < spread(2)


def test_the_same_plan_is_played_the_same() -> None:
    piece = compose(Brief(style="jazz-swing", bars=12, seed=3))
    assert play(piece) == play(piece)
    other = replace(piece, plan=replace(piece.plan, seed=piece.plan.seed + 1))
    assert play(other) != play(piece)


def test_drums_are_on_channel_ten_and_the_others_apart() -> None:
    parts = ("drums", *("violin",) * 15)
    channels = [track.channel for track in play(compose(Brief(parts=parts, bars=4))).tracks]
    assert channels[0] == 9
    assert sorted(channels) == list(range(16))


@pytest.mark.parametrize("meter", METERS)
def test_maps_and_markers_say_what_was_asked(meter: str) -> None:
    brief = Brief(key="Eb minor", time_signature=meter, tempo=97, bars=9, chords=None, seed=6)
    piece = compose(brief)
    played = play(piece)
    assert [(m.ticks, m.numerator, m.denominator) for m in played.meters] == [
        (0, piece.plan.meter.numerator, piece.plan.meter.denominator)
    ]
    tempo = played.tempos[0]
    assert tempo.microseconds_per_quarter == pytest.approx(60e6 / 97, abs=1)
    markers = [text.text for text in played.texts if text.kind == "marker"]
    assert markers == [section.name for section in piece.plan.sections]
    texts = {text.text for text in played.texts}
    assert {span.chord.symbol for span in piece.plan.chords} <= texts


@pytest.mark.parametrize(
    ("ratio", "unit", "written", "sounds"),
    [
        (0.5, 8, Fraction(7, 2), 3.5),
        (2 / 3, 8, Fraction(1), 1.0),
        (2 / 3, 8, Fraction(3, 2), 5 / 3),
        (2 / 3, 8, Fraction(7, 4), 11 / 6),
        (0.75, 8, Fraction(1, 2), 0.75),
        (0.6, 16, Fraction(1, 2), 0.5),
        (0.6, 16, Fraction(1, 4), 0.3),
        (0.6, 16, Fraction(3, 4), 0.8),
        (0.6, 8, Fraction(17, 2), 8.6),
    ],
)
def test_swing_moves_the_off_beat(
    ratio: float, unit: int, written: Fraction, sounds: float
) -> None:
    assert Swing(parse_meter("4/4"), ratio, unit).warp(written) == pytest.approx(sounds)


@pytest.mark.parametrize("name", METERS)
@pytest.mark.parametrize("unit", [8, 16])
def test_swing_keeps_the_order_and_the_beats(name: str, unit: int) -> None:
    meter = parse_meter(name)
    swing = Swing(meter, 0.7, unit)
    grid = [Fraction(n, 8) for n in range(int(3 * meter.bar_quarters * 8))]
    warped = [swing.warp(onset) for onset in grid]
    assert warped == sorted(warped) and len(set(warped)) == len(warped)
    for bar in range(3):
        for beat in meter.beat_onsets:
            onset = bar * meter.bar_quarters + beat
            assert swing.warp(onset) == float(onset)
    if 2 not in meter.beats:
        assert warped == [float(onset) for onset in grid]
    triplets = [Fraction(n, 3) for n in range(int(3 * meter.bar_quarters * 3)) if n % 3]
    assert [swing.warp(onset) for onset in triplets] == [float(onset) for onset in triplets]


def test_a_note_ends_before_its_pitch_is_struck_again() -> None:
    notes = [PlayedNote(0, 60, 500, 80), PlayedNote(480, 60, 480, 80), PlayedNote(480, 64, 9, 1)]
    assert untangled(notes, 960) == (
        PlayedNote(0, 60, 480, 80),
        PlayedNote(480, 60, 480, 80),
        PlayedNote(480, 64, 9, 1),
    )


def test_of_two_at_once_the_longer_stays() -> None:
    notes = [PlayedNote(0, 60, 100, 80), PlayedNote(0, 60, 300, 70)]
    assert untangled(notes, 960) == (PlayedNote(0, 60, 300, 70),)


def test_the_pedal_changes_with_the_harmony() -> None:
    brief = Brief(style="ballad", parts=("comping=piano",), chords="C | F | G | C", seed=1)
    piece = compose(brief)
    (track,) = play(piece).tracks
    moves = [(c.ticks, c.value) for c in track.controls if c.controller == PEDAL]
    assert [value for _, value in moves] == [127, 0] * 4
    ups = [onset for onset, value in moves if not value]
    assert all(0 < 1920 * (i + 1) - up < 60 for i, up in enumerate(ups))


def test_held_sounds_swell_within_the_phrase() -> None:
    piece = compose(Brief(style="cinematic", parts=("pad=string-ensemble",), bars=8, seed=1))
    (track,) = play(piece).tracks
    values = [c.value for c in track.controls if c.controller == EXPRESSION]
    assert len(values) >= 8 and max(values) - min(values) >= 10
    assert all(1 <= value <= 127 for value in values)

"""The hard rules hold on every brief."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings

from composer.music.brief import Brief
from composer.theory.meter import METERS
from tests.laws.pieces import compose
from tests.strategies import TONICS, briefs, rules

STYLES = rules().style_names
MODES = tuple(sorted(rules().scales))
PRIMES = (7, 11, 13, 17, 19, 23)


@settings(max_examples=60)
@given(briefs())
def test_the_hard_rules_hold(brief: Brief) -> None:
    report = compose(brief).report
    assert not report.violations[:3]
    assert report["length"].verdict == "holds"


@pytest.mark.parametrize(("style", "meter"), list(product(STYLES, METERS)))
def test_every_style_in_every_meter(style: str, meter: str) -> None:
    wrong = {}
    # Three modes each, turned from meter to meter: every style meets every mode.
    for number in range(3):
        mode = MODES[(METERS.index(meter) + 3 * number) % len(MODES)]
        place = STYLES.index(style) * 31 + METERS.index(meter) * 7 + number
        brief = Brief(
            key=f"{TONICS[place % len(TONICS)]} {mode}",
            bars=PRIMES[place % len(PRIMES)],
            time_signature=meter,
            style=style,
            seed=place,
        )
        violations = compose(brief).report.violations
        if violations:
            wrong[brief] = [str(violation) for violation in violations[:3]]
    assert not wrong


@pytest.mark.parametrize("mood", ["-1,-1", "1,1", "-1,1", "1,-1"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_in_every_corner_of_mood(style: str, mood: str) -> None:
    report = compose(Brief(style=style, mood=mood, bars=24, seed=42)).report
    assert not report.violations[:3]


@pytest.mark.parametrize("style", STYLES)
def test_a_long_piece(style: str) -> None:
    piece = compose(Brief(style=style, bars=200, seed=9))
    assert not piece.report.violations[:3]
    assert len(piece.plan.bars) == 200


@pytest.mark.parametrize("bars", range(1, 9))
@pytest.mark.parametrize("style", STYLES)
def test_a_short_piece_has_a_note_at_once_and_rests_on_its_tonic(style: str, bars: int) -> None:
    piece = compose(Brief(style=style, bars=bars, seed=bars))
    assert not piece.report.violations[:3]
    onsets = [note.onset_quarters for part in piece.score.parts for note in part.notes]
    assert min(onsets) < piece.plan.meter.bar_quarters
    assert piece.plan.chords[-1].chord.root == piece.plan.key.tonic


@pytest.mark.parametrize("style", ["cinematic", "classical", "pop"])
@pytest.mark.parametrize("chords", ["C5 | F5 | G5 | C5", "Am | G5 | F | E5 Am"])
def test_power_chords_are_written_and_their_parallels_waived(style: str, chords: str) -> None:
    report = compose(Brief(style=style, key="C", chords=chords, bars=4, seed=2)).report
    assert report.ok, report.violations[:3]
    assert report["parallels"].note == "moves of power chords are waived"
    plain = compose(Brief(style=style, key="C", chords="C | F | G | C", bars=4, seed=2)).report
    assert plain["parallels"].verdict == "holds"
    assert plain["parallels"].note == ""

"""The rhythm of lines: an onset a syllable, stresses on beats, alike where lines scan alike."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.music.seeding import generator
from composer.prosody.read import read_verses
from composer.prosody.verse import MAIN_STRESS
from composer.theory.meter import parse_meter
from composer.writing.lyric_costs import SungLine
from composer.writing.lyric_rhythm import LineSetter
from composer.writing.melody_rhythm import Rhythm, RhythmChain
from tests.strategies import rules
from tests.unit.prosody import texts

METERS = ("4/4", "3/4", "6/8", "7/8", "5/4", "2/4", "12/8", "9/8")


def setter(meter: str = "4/4", *, seed: int = 1, syncopation: float = 0.2) -> LineSetter:
    table = rules().melody("lead")
    return LineSetter(RhythmChain(table, table, parse_meter(meter)), 110.0, seed, syncopation)


def sung(text: str, bars: int = 2, pickup: Fraction = Fraction(0)) -> SungLine:
    line = read_verses(text).lines[0]
    return SungLine(
        line.stresses,
        tuple(s.goes_on for s in line.syllables),
        tuple(s.text[-1] in ",.;:!?" for s in line.syllables),
        bars,
        pickup,
        Fraction(0),
    )


def on_beats(rhythm: Rhythm, line: SungLine, meter: str) -> list[bool]:
    beats, bar = parse_meter(meter).beat_onsets, parse_meter(meter).bar_quarters
    pairs = zip(rhythm, line.stresses, strict=True)
    return [onset % bar in beats for (onset, _), stress in pairs if stress >= MAIN_STRESS]


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("text", texts.STAR.splitlines() + texts.BEARD.splitlines())
def test_every_syllable_has_one_note_in_order_within_the_phrase(meter: str, text: str) -> None:
    line = sung(text, bars=3)
    rhythm = setter(meter).set(line, "verse", "a")
    assert len(rhythm) == len(line.stresses)
    end = parse_meter(meter).bar_quarters * 3
    ends = [onset + length for onset, length in rhythm]
    assert all(length > 0 for _, length in rhythm) and rhythm[0][0] >= 0 and ends[-1] <= end
    assert all(e <= onset for e, (onset, _) in zip(ends, rhythm[1:], strict=False))


def test_stresses_fall_on_beats() -> None:
    found: list[bool] = []
    for seed in range(4):
        for meter in ("4/4", "3/4", "6/8"):
            for text in (*texts.STAR.splitlines(), *texts.TYGER.splitlines()):
                line = sung(text)
                found += on_beats(setter(meter, seed=seed).set(line, "verse", "a"), line, meter)
    assert sum(found) / len(found) > 0.9


def test_an_unstressed_opening_may_come_before_the_bar_line() -> None:
    line = sung("The summer turned to gold", bars=2, pickup=Fraction(2))
    rhythm = setter().set(line, "verse", "a")
    assert rhythm[0][0] < 0 and rhythm[1][0] == 0


def test_the_last_syllable_is_the_longest_and_breathes() -> None:
    for text in texts.STAR.splitlines():
        rhythm = setter().set(sung(text), "verse", "a")
        assert rhythm[-1][1] == max(length for _, length in rhythm)
        assert sum(rhythm[-1]) < 8


def test_what_belongs_to_the_next_line_is_left_to_it() -> None:
    line = replace(sung("How I wonder what you are"), tail=Fraction(3, 2))
    assert sum(setter().set(line, "verse", "a")[-1]) <= 8 - Fraction(3, 2)


def test_the_last_line_reaches_the_last_chord_and_holds_it() -> None:
    line = replace(sung("Like a diamond in the sky"), closing=Fraction(4))
    onset, length = setter().set(line, "verse", "a")[-1]
    assert onset >= 4 and onset + length == 8


def test_lines_that_scan_alike_are_sung_alike() -> None:
    one = setter().set(sung("Twinkle, twinkle, little star,"), "verse", "a")
    two = setter().set(sung("Mother, mother, silent moon,"), "verse", "a")
    assert one == two


def test_other_seeds_find_other_rhythms() -> None:
    line = sung("I wandered lonely as a cloud")
    found = {setter(seed=seed).set(line, "verse", "a") for seed in range(12)}
    assert len(found) >= 4


def test_dense_lines_take_sixteenths_and_still_fit() -> None:
    line = sung("the quick brown fox jumps over the lazy dog and runs away again to me", bars=1)
    rhythm = setter("4/4").set(replace(line, stresses=line.stresses[:15]), "verse", "a")
    assert len(rhythm) == 15 and sum(rhythm[-1]) <= 4


def test_stress_decides_better_than_chance() -> None:
    """Against random onsets of the same number on the same grid."""
    rng = generator(1, "chance")
    ours: list[bool] = []
    chance: list[bool] = []
    for text in (*texts.STAR.splitlines(), *texts.CARRIAGE.splitlines(), *texts.ROSE.splitlines()):
        line = sung(text)
        rhythm = setter().set(line, "verse", "a")
        ours += on_beats(rhythm, line, "4/4")
        grid = [Fraction(i, 2) for i in range(16)]
        order = sorted(grid, key=lambda _: rng.random())
        drawn = sorted(order[: len(rhythm)])
        chance += on_beats(tuple((onset, Fraction(1, 2)) for onset in drawn), line, "4/4")
    assert sum(ours) / len(ours) > sum(chance) / len(chance) + 0.3

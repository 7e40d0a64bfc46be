"""What makes the styles of pop, rock, blues, soul and hip-hop what they are, heard in pieces."""

from __future__ import annotations

import tomllib
from functools import cache
from statistics import mean

import pytest

from composer import Brief, Piece, compose
from composer.errors import RuleError
from composer.music.score import Part
from composer.rulebook import Rulebook, load_rulebook
from composer.rulebook.book import bundled_rules
from composer.rulebook.reader import Table
from composer.rulebook.styles import read_style

STYLES = (
    "pop", "dance-pop", "rock", "punk", "metal", "ballad", "blues", "slow-blues", "soul", "funk",
    "lofi-hip-hop", "trap",
)  # fmt: skip
CHORDAL = ("comping", "pad", "figure")


@cache
def book() -> Rulebook:
    return load_rulebook()


@cache
def piece(style: str, meter: str | None = None, seed: int = 4) -> Piece:
    return compose(
        Brief(style=style, bars=24, seed=seed, time_signature=meter, writer="rules", humanize=0)
    )


def parts(score: Piece, *roles: str) -> list[Part]:
    return [part for part in score.score.parts if part.plan.role in roles]


@pytest.mark.parametrize("name", STYLES)
def test_a_style_says_what_makes_it(name: str) -> None:
    style = book().style(name)
    assert 300 < len(style.description) < 900
    assert style.description.endswith(".")
    assert style.family


@pytest.mark.parametrize("name", STYLES)
def test_a_style_has_a_band_and_much_to_play(name: str) -> None:
    style = book().style(name)
    assert 7 <= len(style.parts) <= 9
    assert 14 <= len(style.figures) <= 48
    assert len(style.harmony.loops) >= 4


@pytest.mark.parametrize("name", STYLES)
def test_figures_and_parts_name_each_other(name: str) -> None:
    style = book().style(name)
    for figure in style.figures:
        for named in figure.parts:
            assert any(p.name == named and p.role == figure.role for p in style.parts), named


@pytest.mark.parametrize("name", STYLES)
def test_a_piece_holds_all_rules_and_most_of_the_band_is_heard(name: str) -> None:
    written = piece(name)
    assert written.report.ok
    assert sum(bool(part.notes) for part in written.score.parts) >= 4


@pytest.mark.parametrize("name", STYLES)
def test_the_tune_lies_above_the_harmony_and_the_bass_below(name: str) -> None:
    written = piece(name)
    tune = mean(n.pitch.midi for p in parts(written, "melody") for n in p.notes)
    harmony = mean(n.pitch.midi for p in parts(written, *CHORDAL) for n in p.notes)
    bass = mean(n.pitch.midi for p in parts(written, "bass") for n in p.notes)
    assert tune > harmony > bass + 5


@pytest.mark.parametrize(
    ("name", "meter"),
    [
        (name, meter)
        for name in ("rock", "metal", "funk", "lofi-hip-hop")
        for meter in ("5/4", "7/8")
    ],
)
def test_odd_meters_have_figures_of_their_own(name: str, meter: str) -> None:
    style = book().style(name)
    assert meter in style.meters
    for role in ("comping", "bass"):
        assert any(meter in f.meters for f in style.figures if f.role == role), role
    assert piece(name, meter).plan.meter.name == meter


@pytest.mark.parametrize("name", ["metal", "punk"])
def test_a_guitar_that_is_recorded_twice_plays_the_same_rhythm(name: str) -> None:
    left, right = parts(piece(name), "comping")[:2]
    bar = piece(name).plan.meter.bar_quarters
    both = {n.onset_quarters // bar for n in left.notes} & {
        n.onset_quarters // bar for n in right.notes
    }
    assert both
    for place in both:
        one, other = (
            {n.onset_quarters for n in part.notes if n.onset_quarters // bar == place}
            for part in (left, right)
        )
        assert one == other


def test_blues_choruses_are_twelve_bars_on_one_four_and_five() -> None:
    for name in ("blues", "slow-blues"):
        written = piece(name)
        assert any(section.bars == 12 for section in written.plan.sections)
        assert all(span.chord.quality.seventh is not None for span in written.plan.chords[:-1])


def test_slow_blues_is_in_twelve_eight() -> None:
    assert set(book().style("slow-blues").meters) == {"12/8"}
    assert piece("slow-blues").plan.meter.name == "12/8"


def test_the_slow_are_slow_and_the_fast_are_fast() -> None:
    middle = {name: sum(book().style(name).tempo) / 2 for name in STYLES}
    assert middle["slow-blues"] < middle["ballad"] < middle["lofi-hip-hop"] < middle["soul"]
    assert (
        middle["pop"] < middle["dance-pop"] < middle["rock"] + 5 < middle["metal"] < middle["punk"]
    )


def test_what_swings_swings() -> None:
    swing = {name: book().style(name).feel.swing for name in STYLES}
    assert max(swing, key=lambda name: swing[name]) == "blues"
    assert swing["lofi-hip-hop"] > swing["funk"] > swing["rock"] == 0.5


def test_punk_plays_roots_in_eighths_and_trap_leaves_them_long() -> None:
    def notes_a_bar(name: str) -> float:
        bass = parts(piece(name), "bass")[0]
        return len(bass.notes) / len({n.onset_quarters // 4 for n in bass.notes})

    assert notes_a_bar("punk") > 6 > 4 > notes_a_bar("trap")


def test_a_part_follows_one_of_its_role() -> None:
    text = (bundled_rules() / "styles" / "punk.toml").read_text(encoding="utf-8")
    wrong = text.replace('follows = "Left Guitar"', 'follows = "Shout"')
    assert wrong != text
    with pytest.raises(RuleError, match='"Shout" is no comping of the style'):
        read_style(Table(tomllib.loads(wrong), "styles/punk.toml"), "punk")

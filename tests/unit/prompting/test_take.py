from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import BriefError, RuleError
from composer.music.brief import Brief
from composer.prompting.take import take_prompt


def test_the_example_of_the_documentation() -> None:
    taken = take_prompt("calm lo-fi for a shop in the morning, no drums")
    assert taken.brief.style == "lofi-hip-hop"
    assert taken.brief.parts == ("-drums",)
    assert taken.notes == (
        "understood: style lofi-hip-hop (lo-fi), mood 0.4,-0.45 (calm, shop, morning), "
        "parts -drums (no drums)",
    )


def test_both_languages_mean_the_same() -> None:
    english = take_prompt("sad solo piano in A minor, 3/4, 90 seconds")
    chinese = take_prompt("悲伤的钢琴独奏，A小调，四三拍，90秒")
    mixed = take_prompt("悲伤的solo piano，A minor，3/4，九十秒")
    assert english.brief == chinese.brief == mixed.brief


def test_what_the_brief_says_stands() -> None:
    asked = Brief(style="rock", tempo=150, seed=9)
    taken = take_prompt("calm jazz at 90 bpm, in D", asked)
    assert (taken.brief.style, taken.brief.tempo, taken.brief.seed) == ("rock", 150, 9)
    assert taken.brief.key == "D major"
    assert "left aside, since the brief says it already: style, tempo" in taken.notes


def test_a_pace_is_a_place_in_the_range_of_the_style() -> None:
    punk, ambient = take_prompt("fast punk").brief.tempo, take_prompt("fast ambient").brief.tempo
    assert punk is not None and ambient is not None
    assert 208 >= punk > 190 > 74 >= ambient > 64
    own = take_prompt("slow", Brief(style="punk")).brief.tempo
    assert own is not None and 160 < own < punk


def test_moods_that_pull_apart_are_averaged_and_named() -> None:
    taken = take_prompt("calm and aggressive")
    assert taken.brief.mood == "-0.1,0.15"
    assert taken.notes[1] == "calm and aggressive pull apart; the mood lies between them"


def test_more_of_a_mood_is_farther_from_the_middle() -> None:
    def energy(words: str) -> float:
        mood = take_prompt(words).brief.mood
        assert mood is not None
        return float(mood.split(",")[1])

    assert energy("very energetic") >= energy("energetic") > energy("a bit energetic") > 0
    assert energy("not energetic") < 0
    assert energy("extremely aggressive") == 1  # the plane ends there


def test_styles_suit_the_occasion_unless_one_is_named() -> None:
    assert take_prompt("music for yoga").brief.style == "ambient"
    assert take_prompt("funk for yoga").brief.style == "funk"
    assert take_prompt("not ambient, for yoga").brief.style is None


def test_one_style_at_a_time() -> None:
    taken = take_prompt("jazz, then some rock")
    assert taken.brief.style == "jazz-swing"
    assert "one style at a time: jazz-swing, not rock" in taken.notes


def test_parts_that_the_style_always_has_are_not_brought_in() -> None:
    assert take_prompt("a house beat").brief.parts is None
    assert take_prompt("drums").brief.parts == ("+drums",)


def test_a_first_quantity_counts_and_the_others_are_named() -> None:
    taken = take_prompt("pop at 90 bpm; chorus at 120 bpm")
    assert taken.brief.tempo == 90
    assert any("counts, not" in note for note in taken.notes)


@pytest.mark.parametrize("text", ["", "   ", "qwzx", "the of a", "！？", "12"])
def test_nothing_understood_shows_an_example(text: str) -> None:
    with pytest.raises(BriefError, match=r"^prompt: .*write \"calm lo-fi"):
        take_prompt(text)


def test_a_prompt_has_an_end() -> None:
    with pytest.raises(BriefError, match="2,001 characters long"):
        take_prompt("x" * 2001)


def test_a_key_that_is_none_is_an_error_of_the_prompt() -> None:
    taken = take_prompt("in B# major")
    assert taken.brief.key == "C major"


def test_the_users_words_go_over_ours(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "english.toml").write_text(
        'source = "own"\n[styles]\nreggae = ["sunday music"]\n[moods]\ncalm = [0.9, -0.9]\n'
    )
    taken = take_prompt("calm sunday music", rules=tmp_path)
    assert (taken.brief.style, taken.brief.mood) == ("reggae", "0.9,-0.9")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[styles]\nregae = ["x"]', 'styles.regae: is no style; did you mean "reggae"'),
        ("[moods]\ncalm = [2, 0]", "moods.calm: must be two numbers from -1 to 1"),
        ('[contexts.x]\nwords = ["y"]\nmood = [0, 0]\nstyles = { nope = 1 }', "styles.nope"),
        ('[groups.brazz]\nwith = "piano"\nwords = ["y"]', "is no role, family or kind"),
        ('[groups.brass]\nwith = "pianno"\nwords = ["y"]', "did you mean"),
        ('[meters]\n"8/4" = ["y"]', "is no meter"),
        ("[paces]\nslow = 9", "paces.slow"),
        ('[words]\nnope = ["y"]', "is not a known key"),
        ('[styles]\nrock = ["a"]\npop = ["a"]', "has another meaning in this file"),
        ('[styles]\nrock = ["-"]', "has no letters"),
        ("[stiles]", "is not a known key"),
    ],
)
def test_faults_of_the_users_words_are_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "english.toml").write_text(f'source = "own"\n{text}\n')
    with pytest.raises(RuleError) as caught:
        take_prompt("calm", rules=tmp_path)
    assert str(caught.value).startswith("prompts/english.toml, ")
    assert message in str(caught.value)

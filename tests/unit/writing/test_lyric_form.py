"""Texts as forms: stanzas are sections, lines are phrases, and everything adds up to the bars."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import BriefError
from composer.prosody.read import read_verses
from composer.rulebook import Rulebook
from composer.theory.meter import parse_meter
from composer.writing.lyric_bars import Pace, filled, line_unit, pause_unit
from composer.writing.lyric_form import song_of
from composer.writing.lyric_labels import phrase_labels, primed
from composer.writing.song import Song, SongWish, lyric_lines
from tests.strategies import rules
from tests.unit.prosody import texts


def wish(style: str = "pop", meter: str = "4/4", tempo: float = 110.0) -> SongWish:
    book: Rulebook = rules()
    found = book.style(style)
    return SongWish(found, book.form(found.form), parse_meter(meter), tempo, 1)


def labels(song: Song) -> list[list[str]]:
    return [[phrase.label for phrase in section.phrases] for section in song.sections]


def test_a_limerick_has_its_rhymes_as_phrases() -> None:
    song = song_of(read_verses(texts.BEARD), wish())
    assert ["a", "a'", "b", "b'", "a''"] in labels(song)


def test_a_song_that_goes_round_neither_opens_nor_closes() -> None:
    for text in (texts.BEARD, texts.STAR):
        plain = song_of(read_verses(text), wish())
        round_ = song_of(read_verses(text), replace(wish(), loop=True))
        assert {"intro", "outro"} & {section.kind for section in plain.sections}
        assert not {"intro", "outro"} & {section.kind for section in round_.sections}
        assert [s.phrases for s in round_.sections if s.phrases] == [
            s.phrases for s in plain.sections if s.phrases
        ]


def test_letters_of_the_form_may_name_the_lines() -> None:
    song = song_of(read_verses(texts.BEARD), replace(wish(), asked_form="AABBB"))
    assert ["a", "a'", "b", "b'", "b''"] in labels(song)
    assert any("AABBB" in note for note in song.notes)


def test_lines_without_rhymes_share_what_stands_alike() -> None:
    stanza = read_verses(texts.ROSE).stanzas[0]
    assert stanza.scheme == "ABCB"
    assert phrase_labels(stanza, (2, 2, 2, 2)) == ("a", "b", "a'", "b'")


def test_labels_count_their_returns() -> None:
    assert primed("AABBB") == ("a", "a'", "b", "b'", "b''")


def test_choruses_share_material_and_stand_apart_from_verses() -> None:
    song = song_of(read_verses(texts.SONG), wish())
    sung = [section for section in song.sections if section.phrases]
    assert [section.kind for section in sung] == ["verse", "chorus", "verse", "chorus"]
    assert sung[1] == sung[3] and sung[0].material != sung[1].material


@pytest.mark.parametrize("style", ["jazz-swing", "chorale", "house", "ambient", "folk", "blues"])
def test_every_style_has_sections_for_verse_and_chorus(style: str) -> None:
    song = song_of(read_verses(texts.SONG), wish(style))
    sung = [section for section in song.sections if section.phrases]
    assert len({section.material for section in sung}) == 2


def test_every_line_lies_in_its_own_phrase() -> None:
    song = song_of(read_verses(texts.SONG), replace(wish(), bars=40))
    lines = lyric_lines(song)
    ends = [line.start_bar + line.bars for line in lines]
    assert all(end <= after.start_bar for end, after in zip(ends, lines[1:], strict=False))
    assert ends[-1] <= song.bars == 40
    assert [text for line in lines for text in line.syllables] == [
        s.sung for line in song.verses.lines for s in line.syllables
    ]


@given(st.integers(4, 48))
@settings(max_examples=30)
def test_bars_are_filled_exactly(bars: int) -> None:
    song = song_of(read_verses(texts.STAR), replace(wish(), bars=bars))
    assert song.bars == bars
    assert all(1 <= p.bars <= 8 for section in song.sections for p in section.phrases)


@pytest.mark.parametrize("bars", [1, 3, 49, 400])
def test_bars_that_do_not_suit_are_refused_with_what_is_needed(bars: int) -> None:
    with pytest.raises(BriefError, match="need 4 to 48") as raised:
        song_of(read_verses(texts.STAR), replace(wish(), bars=bars))
    assert raised.value.field == "bars"


def test_the_length_is_the_text_s_own_and_the_same_when_it_is_asked_for() -> None:
    for text in (texts.STAR, texts.SONG, texts.MOON):
        song = song_of(read_verses(text), wish())
        again = song_of(read_verses(text), replace(wish(), bars=song.bars))
        assert again == song


def test_a_form_is_filled_with_stanzas_in_order() -> None:
    asked = replace(wish(), asked_form="intro:2 verse:8 chorus verse chorus outro:4")
    song = song_of(read_verses(texts.SONG), asked)
    assert [bool(section.phrases) for section in song.sections] == [0, 1, 1, 1, 1, 0]
    assert (song.sections[0].bars, song.sections[1].bars, song.sections[-1].bars) == (2, 8, 4)


def test_a_chorus_written_once_is_sung_wherever_the_form_has_one() -> None:
    refrain = "[Chorus]\nLa la la la la\nLo lo lo lo lo"
    text = f"[Verse]\n{texts.STAR}\n\n{refrain}\n\n[Verse]\n{texts.TYGER}"
    song = song_of(read_verses(text), replace(wish(), asked_form="verse chorus verse chorus"))
    assert song.sections[1].phrases == song.sections[3].phrases != ()


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("verse:3", "verse:3 does not suit its 4 lines of lyrics, which need 4 to 32 bars"),
        ("intro:4 outro:4", "has 0 sections that can be sung, but the lyrics have 1 stanzas"),
        ("verse:99", "which need 4 to 32 bars"),
        ("nonsense", '"nonsense" is no section'),
    ],
)
def test_forms_that_do_not_suit_are_refused(form: str, said: str) -> None:
    with pytest.raises(BriefError, match=re.escape(said)):
        song_of(read_verses(texts.STAR), replace(wish(), asked_form=form))


def test_a_line_too_long_for_the_tempo_is_named() -> None:
    line = "never " * 19
    with pytest.raises(BriefError, match=r'the line "never never .* 38 syllables'):
        song_of(read_verses(line), wish(meter="2/4", tempo=380.0))


def test_more_syllables_want_more_bars() -> None:
    pace = Pace(parse_meter("4/4"), 110.0, 4.8)
    units = [line_unit(pace, [count]) for count in (3, 8, 16, 30)]
    assert [unit.cheapest for unit in units if unit] == sorted(u.cheapest for u in units if u)


def test_filling_is_exact_and_cheapest() -> None:
    units = [pause_unit(2), pause_unit(4)]
    assert filled(units, 6) == (2, 4)
    assert filled(units, 17) is None
    best = min((units[0].costs[a] + units[1].costs[7 - a], (a, 7 - a)) for a in range(8))
    assert filled(units, 7) == best[1]

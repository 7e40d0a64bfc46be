"""Laws of songs: in every style and meter each syllable is sung once, in order, on one note."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer import compose
from composer.errors import BriefError
from composer.evaluating.text_setting import lyrics_report, stress_on_beats
from composer.midi.decode import decode
from composer.music.brief import Brief
from composer.music.tune import Tune, parse_tune_note
from composer.piece import Piece
from tests.strategies import rules
from tests.unit.prosody import texts

STYLES = sorted(rules().style_names)
METERS = ("4/4", "3/4", "6/8", "7/8", "5/4", "2/4", "12/8", "9/8")
TEXTS = (texts.STAR, texts.BEARD, texts.MOON, texts.SONG, "Hush")
NAMES = ("la", "river", "of", "the", "moon", "imagination", "over", "I", "sing")
WORDS = st.lists(st.sampled_from(NAMES), min_size=1, max_size=14).map(" ".join)
LINES = st.lists(WORDS, min_size=1, max_size=6).map("\n".join)


def sung(piece: Piece) -> list[tuple[Fraction, str]]:
    part = next(part for part in piece.score.parts if part.plan.role == "melody")
    return [(note.onset_quarters, note.lyric) for note in part.notes if note.lyric]


def holds(piece: Piece) -> None:
    """Every syllable has one note, in order, at an octave and a half; and one event in MIDI."""
    asked = [text for line in piece.plan.lyrics for text in line.syllables]
    found = sung(piece)
    assert [text for _, text in found] == asked and piece.report.ok
    assert all(a < b for (a, _), (b, _) in itertools.pairwise(found))
    tracks = [track for track in decode(piece.midi).tracks if track.lyrics]
    assert [event.text for track in tracks for event in track.lyrics] == asked
    starts = {note.onset_ticks for note in tracks[0].notes}
    assert all(event.ticks in starts for event in tracks[0].lyrics)


@pytest.mark.parametrize("index", range(len(STYLES)), ids=STYLES)
def test_every_style_sings_every_syllable(index: int) -> None:
    text, meter = TEXTS[index % len(TEXTS)], METERS[index % len(METERS)]
    piece = compose(
        Brief(lyrics=text, style=STYLES[index], time_signature=meter, seed=index, writer="rules")
    )
    holds(piece)
    report = lyrics_report(piece.plan, piece.score)
    assert report["range_semitones"] <= 19


@given(LINES, st.integers(0, 50))
@settings(max_examples=6)
def test_any_lines_are_sung(text: str, seed: int) -> None:
    holds(compose(Brief(lyrics=text, seed=seed, writer="rules")))


@given(st.integers(1, 40))
@settings(max_examples=4)
def test_bars_are_kept_or_refused(bars: int) -> None:
    brief = Brief(lyrics=texts.BEARD, bars=bars, time_signature="4/4", writer="rules")
    if bars >= 5:
        piece = compose(brief)
        assert len(piece.plan.bars) == bars
        holds(piece)
    else:
        with pytest.raises(BriefError, match="need 5 to"):
            compose(brief)


@pytest.mark.parametrize("style", ["pop", "jazz-swing"])
def test_the_full_brief_sings_the_same_song_again(style: str) -> None:
    piece = compose(Brief(lyrics=texts.SONG, style=style, seed=4, writer="rules"))
    assert compose(piece.brief).midi == piece.midi


def test_choruses_are_sung_alike() -> None:
    piece = compose(Brief(lyrics=texts.SONG, style="pop", key="C", seed=3, writer="rules"))
    bar = piece.plan.meter.bar_quarters
    part = next(part for part in piece.score.parts if part.plan.role == "melody")
    starts = [s.start_bar * bar for s in piece.plan.sections if s.kind == "chorus"]
    length = next(s.bars for s in piece.plan.sections if s.kind == "chorus") * bar
    rhythms = [
        [
            (note.onset_quarters - start, note.lyric)
            for note in part.notes
            if start <= note.onset_quarters < start + length - 1
        ]
        for start in starts
    ]
    assert len(starts) == 2 and rhythms[0] == rhythms[1]


def test_stresses_fall_on_beats_more_often_than_not() -> None:
    for text in (texts.STAR, texts.TYGER, texts.MOON):
        piece = compose(Brief(lyrics=text, style="folk", time_signature="4/4", writer="rules"))
        onsets = [onset for onset, _ in sung(piece)]
        found = stress_on_beats(piece.plan.lyrics, onsets, piece.plan.meter)
        assert found["main_on_beats"] >= 0.8


def test_words_are_laid_under_a_given_tune_note_for_note() -> None:
    rows = [f"{i} 1 {'CDEFGAB'[i % 7]}4 -" for i in range(28)]
    tune = Tune(tuple(parse_tune_note(row) for row in rows), 7)
    piece = compose(Brief(melody=tune, lyrics=texts.STAR, time_signature="4/4", writer="rules"))
    holds(piece)
    part = next(part for part in piece.score.parts if part.plan.role == "melody")
    assert [note.onset_quarters for note in part.notes] == list(range(28))


def test_too_many_words_for_a_tune_are_refused() -> None:
    tune = Tune((parse_tune_note("0 4 C4 -"),), 1)
    with pytest.raises(BriefError, match='end in the line "Twinkle'):
        compose(Brief(melody=tune, lyrics=texts.STAR, writer="rules"))


def test_the_model_leaves_the_sung_part_alone() -> None:
    brief = Brief(lyrics=texts.STAR, style="pop", seed=2, writer="rules")
    by_rules, hybrid = compose(brief), compose(replace(brief, writer="transformer"))
    holds(hybrid)
    assert sung(by_rules) == sung(hybrid)

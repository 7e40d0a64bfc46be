"""A lead sheet that we write is one that we read: tune, chords, key, meter and words come back."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from composer.exporting.lead_sheet import tune_score
from composer.exporting.musicxml import musicxml
from composer.importing.lead_sheets import take_lead_sheet
from composer.music.brief import Brief
from composer.music.score import Score
from composer.music.tune import TuneNote
from tests.strategies import rules
from tests.unit.exporting.pieces import made, note, part, score


def back(whole: Score, folder: Path) -> Brief:
    path = folder / "lead-sheet.musicxml"
    path.write_bytes(musicxml(tune_score(whole), concert_pitch=True))
    return take_lead_sheet(path, Brief(), None).brief


def sung(notes: tuple[TuneNote, ...]) -> list[tuple[Fraction, int, str]]:
    return [(n.onset_quarters, n.pitch.midi, n.lyric) for n in notes]


@pytest.mark.parametrize(
    ("style", "meter"), [("ballad", None), ("pop", "6/8"), ("folk", "3+2+2/8"), ("pop", "5/4")]
)
def test_the_tune_of_a_piece_comes_back(style: str, meter: str | None, tmp_path: Path) -> None:
    whole = made(style, meter=meter).score
    brief = back(whole, tmp_path)
    assert brief.melody is not None and brief.melody.bars == whole.bars
    tune = [n for n in tune_score(whole).parts[0].notes if n.mark != "grace"]
    assert sung(brief.melody.notes) == [(n.onset_quarters, n.pitch.midi, n.lyric) for n in tune]
    assert brief.time_signature == whole.meter.counted
    assert brief.key is not None and brief.tempo is not None
    assert brief.tempo == pytest.approx(whole.quarters_per_minute, abs=0.5)


def test_words_come_back(tmp_path: Path) -> None:
    words = ["hel-", "lo", "my", "won-", "der-", "ful", "月", "亮"]
    tune = [note(str(i), "1", 60 + i, word) for i, word in enumerate(words)]
    melody = back(score([part(tune)], bars=2), tmp_path).melody
    assert melody is not None and [n.lyric for n in melody.notes] == words


def test_every_chord_of_the_rule_book_comes_back(tmp_path: Path) -> None:
    book = rules()
    qualities = {q.name: q for q in book.chords.by_symbol.values()}
    symbols = [f"Eb{quality.symbol}" for quality in qualities.values()]
    bars = len(symbols)
    tune = [note(str(4 * i), "4", 63) for i in range(bars)]
    chords = [(str(4 * i), symbol) for i, symbol in enumerate(symbols)]
    whole = score([part(tune)], bars=bars, key="Eb", chords=chords)
    whole = replace(whole, title="All chords")
    text = back(whole, tmp_path).chords
    assert text is not None
    tonic = whole.key.tonic
    found = [book.chords.parse(bar, tonic).quality for bar in text.split("|")]
    # By their tones: a ninth with a suspended fourth is an eleventh.
    assert [set(q.tones) for q in found] == [set(q.tones) for q in qualities.values()]

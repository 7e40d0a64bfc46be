from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from composer.music.brief import Brief
from composer.music.score import Note
from composer.theory.pitch import PitchClass, spell
from composer.transformer.hints import WritingHints, told_parts
from composer.transformer.repetition import Repetition
from composer.transformer.sampling import SamplingOptions
from composer.transformer.sheet import sheet_of
from composer.transformer.writer import ModelWriter, Written
from tests.laws.pieces import Piece, compose
from tests.unit.transformer.fakes import RandomNetwork

BAR = 4
TUNE = (64, 67, 65, 62)


def line(bar: int, pitches: Iterable[int]) -> list[Note]:
    """A bar of quarters."""
    return [
        Note(
            Fraction(BAR * bar + beat),
            Fraction(1),
            spell(midi, PitchClass(midi * 7 % 12)),
            80,
            "scale",
        )
        for beat, midi in enumerate(pitches)
    ]


def piece_of(chords: str, *bars: tuple[int, ...]) -> Piece:
    """A pop piece in C whose tune has these pitches in each bar, and is all that is played."""
    brief = Brief(
        key="C", style="pop", chords=chords, bars=len(bars), seed=2, parts=("melody=flute",)
    )
    piece = compose(brief)
    playing = frozenset(part.name for part in piece.plan.parts)
    bars_ = (replace(bar, active=playing, hits=(), stop=None) for bar in piece.plan.bars)
    every = replace(piece.plan, bars=tuple(bars_))
    notes = tuple(note for bar, found in enumerate(bars) for note in line(bar, found))
    parts = tuple(replace(part, notes=notes) for part in piece.score.parts)
    return replace(piece, plan=every, score=replace(piece.score, parts=parts))


def repeated(piece: Piece) -> list[int | None]:
    """For each bar the one whose tune it repeats."""
    told = told_parts(piece.plan.parts, frozenset())
    repetition = Repetition(sheet_of(piece.plan, piece.score, 8, told))
    return [repetition.repeated(bar, 0) for bar in range(len(piece.plan.bars))]


def written(piece: Piece) -> Written:
    names = frozenset(part.name for part in piece.plan.parts)
    hints = WritingHints(8, dict.fromkeys(names, (60, 84)), names, names)
    options = SamplingOptions(top_p=1.0)
    return ModelWriter(
        piece.plan, piece.score, RandomNetwork(), hints, options, lambda score: score
    ).write()


def test_what_the_draft_repeats_over_the_same_chords_is_repeated() -> None:
    other = (72, 71, 69, 67)
    piece = piece_of("C | F | C | C", TUNE, TUNE, TUNE, other)
    assert repeated(piece) == [None, None, 0, None]


def test_a_slight_variation_is_a_repetition_and_a_great_one_is_not() -> None:
    slight, great = (64, 67, 65, 60), (64, 69, 71, 60)
    piece = piece_of("C | C | C | C", TUNE, slight, great, TUNE)
    assert repeated(piece) == [None, 0, None, 0]


def test_the_same_roots_in_another_colour_do_not_hinder_it() -> None:
    assert repeated(piece_of("C | Cmaj7 | Am7 | C", TUNE, TUNE, TUNE, TUNE)) == [None, 0, None, 0]


def test_drums_repeat_over_any_chords() -> None:
    piece = compose(
        Brief(style="rock", bars=8, seed=2, humanize=0.0, parts=("melody=flute", "drum-kit"))
    )
    told = told_parts(piece.plan.parts, frozenset())
    sheet = sheet_of(piece.plan, piece.score, 8, told)
    repetition = Repetition(sheet)
    kit = next(n for n, part in enumerate(sheet.parts) if part.is_drums)
    first: dict[tuple[int, ...], int] = {}
    for bar in range(8):
        tokens = sheet.cells.get((bar, kit))
        if tokens is not None and tokens in first:
            assert repetition.repeated(bar, kit) is not None
        if tokens is not None:
            first.setdefault(tokens, bar)


def test_a_bar_of_the_same_window_is_repeated_too() -> None:
    other = (72, 71, 69, 67)
    piece = piece_of("C | F | C | F | C", TUNE, other, TUNE, other, TUNE)
    found = written(piece)
    bars: list[list[tuple[Fraction, int]]] = [[] for _ in range(5)]
    for note in found.score.parts[0].notes:
        bars[int(note.onset_quarters // BAR)].append((note.onset_quarters % BAR, note.pitch.midi))
    drafted = [(Fraction(beat), midi) for beat, midi in enumerate(TUNE)]
    assert bars[0] == bars[2] != drafted
    assert bars[1] == bars[3]
    assert bars[4] == drafted

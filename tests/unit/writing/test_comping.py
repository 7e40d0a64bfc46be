"""What each sign of a chordal figure plays: strokes, low roots, runs and lines."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.check import check_score
from composer.music.brief import Brief
from composer.music.score import Note
from composer.writing.chord_signs import voices_of
from composer.writing.comping import ChordWriter
from composer.writing.running import ladder, step_towards
from tests.laws.pieces import Piece, compose
from tests.unit.writing.figures import figure, playing

CHORDS = "C | Am7 | F | G7 | C | Am7 | Dm7 | G7 | C | Am7 | F | G7 | C | F | G7 | C"


@pytest.fixture(scope="module")
def piece() -> Piece:
    parts = ("melody=flute", "figure=piano", "bass=finger-bass")
    return compose(Brief(key="C", style="pop", chords=CHORDS, parts=parts, seed=1))


def written(piece: Piece, pattern: str, role: str = "figure") -> tuple[ChordWriter, list[Note]]:
    part = replace(piece.role("figure")[0].plan, role=role, governed=False)
    context = playing(piece, part, pattern)
    basses = [None] * len(piece.plan.chords)
    tunes = [() for _ in piece.plan.chords]
    writer = ChordWriter(context, part, basses, bass_governed=False, tunes=tunes)
    return writer, writer.write()


def bar_of(piece: Piece, notes: list[Note], bar: int) -> list[Note]:
    return [n for n in notes if bar * 4 <= n.onset_quarters < bar * 4 + 4]


def inner_bar(piece: Piece) -> int:
    ends = {p.start_bar + p.bars - 1 for s in piece.plan.sections for p in s.phrases}
    (part,) = piece.role("figure")
    return next(
        number
        for number, bar in enumerate(piece.plan.bars)
        if number not in ends and not bar.hits and bar.stop is None and part.plan.name in bar.active
    )


def test_strokes_are_marked(piece: Piece) -> None:
    _, notes = written(piece, "D---|d-U-|m-s-|r---")
    found = bar_of(piece, notes, inner_bar(piece))
    marks = {float(n.onset_quarters % 4): n.mark for n in found}
    assert marks == {0: "down", 1: "down", 1.5: "up", 2: "muted", 2.5: "staccato", 3: "rolled"}
    loud = {float(n.onset_quarters % 4): n.velocity for n in found}
    assert loud[0] > loud[1] > loud[1.5] > loud[2]
    assert all(n.duration_quarters <= Fraction(1, 8) for n in found if n.mark == "muted")
    counts = {o: sum(n.onset_quarters % 4 == o for n in found) for o in (0, Fraction(3, 2))}
    assert counts[Fraction(3, 2)] == counts[0] - 1


def test_a_left_hand_strides_from_root_to_fifth(piece: Piece) -> None:
    writer, notes = written(piece, "B---|u---|B---|u---")
    number = inner_bar(piece)
    found = bar_of(piece, notes, number)
    chord = piece.plan.chords[number].chord
    low = [n.pitch.midi for n in found if n.onset_quarters % 4 in (0, 2)]
    assert low[0] % 12 == chord.root.number and low[1] % 12 == (chord.root + 1).number
    voicing = writer.voicings[piece.plan.chords.index(piece.plan.chords[number])]
    assert max(low) <= voicing[0] - 5


def test_runs_go_one_way_for_long(piece: Piece) -> None:
    _, notes = written(piece, ">>>>|>>>>|<<<<|<<<<")
    found = [n.pitch.midi for n in bar_of(piece, notes, inner_bar(piece))]
    assert len(found) == 16
    rises = [b > a for a, b in itertools.pairwise(found)]
    assert sum(a != b for a, b in itertools.pairwise(rises)) <= 7
    chord = piece.plan.chords[inner_bar(piece)].chord
    assert {pitch % 12 for pitch in found} <= chord.numbers


def test_lines_run_through_the_scale(piece: Piece) -> None:
    _, notes = written(piece, "b-n-|n-n-|h-n-|n-n-")
    found = bar_of(piece, notes, inner_bar(piece))
    moves = [abs(b.pitch.midi - a.pitch.midi) for a, b in itertools.pairwise(found)]
    assert 0 not in moves
    assert {n.function for n in found} == {"chord", "scale"}


def test_a_push_is_tied_over_the_bar_line(piece: Piece) -> None:
    _, notes = written(piece, "X---|....|....|..X-||----|....|X---|..X-")
    tied = [n for n in notes if n.onset_quarters % 4 == Fraction(7, 2) and n.duration_quarters > 1]
    assert tied
    for note in tied:
        later = next(s for s in piece.plan.chords if s.end_quarters > note.onset_quarters + EIGHTH)
        assert note.pitch.midi % 12 in later.chord.numbers


EIGHTH = Fraction(1, 2)


def test_comping_holds_the_essential_tones_of_every_chord(piece: Piece) -> None:
    for pattern in ("1---|1---|1---|1---", "B---|h---|B---|h---", "....|..>-|n-n-|...."):
        _, notes = written(piece, pattern, role="comping")
        for span in piece.plan.chords:
            held = {
                n.pitch.midi % 12
                for n in notes
                if span.onset_quarters <= n.onset_quarters < span.end_quarters - EIGHTH
            }
            assert not held or span.chord.essential_numbers <= held


def test_voices_of_signs() -> None:
    assert voices_of("i", 4) == {1, 2} and voices_of("i", 2) == {1}
    assert voices_of("m", 3) == {1, 2} and voices_of("u", 6) == {1, 2, 3, 4, 5}


def test_a_line_arrives_without_repeating_itself() -> None:
    white = ladder({0, 2, 4, 5, 7, 9, 11}, 40, 90)
    for start in (55, 60, 67):
        for target in white[5:-5]:
            for count in range(1, 9):
                line = [start]
                for left in range(count, 0, -1):
                    line.append(step_towards(line[-1], target, left, white))
                line.append(target)
                assert all(a != b for a, b in itertools.pairwise(line)), line
                if abs(target - start) <= count:
                    jumps = [abs(b - a) for a, b in itertools.pairwise(line)]
                    assert max(jumps) <= 4, line


def test_the_most_special_figures_are_taken(piece: Piece) -> None:
    part = piece.role("figure")[0].plan
    context = playing(piece, part, "X---|----|----|----")
    special = figure("figure", "x---|x---|x---", meters=["3/4"])
    ours = figure("figure", "D---|D---|D---|D---", families=["keys"])
    context.style = replace(context.style, figures=(*context.style.figures, special, ours))
    writer = ChordWriter(
        context,
        part,
        [None] * len(piece.plan.chords),
        bass_governed=False,
        tunes=[() for _ in piece.plan.chords],
    )
    assert {event.sign for event in writer.events} <= {"D", "X"}
    assert any(event.sign == "D" for event in writer.events)


def test_no_chord_asks_an_instrument_for_more_notes_than_it_has() -> None:
    # An agogo has three at once, a half-diminished seventh four tones.
    brief = Brief(
        style="jazz-swing", bars=4, chords="G#m7 A#m7b5 | D#7 | C#m7b5 F#7 | G#m7",
        parts=("flute", "figure=agogo", "contrabass"), seed=440, writer="rules",
    )  # fmt: skip
    piece = compose(brief)
    assert check_score(piece.plan, piece.score).ok
    (bells,) = (part for part in piece.score.parts if part.plan.role == "figure")
    onsets = Counter(note.onset_quarters for note in bells.notes)
    assert max(onsets.values()) <= bells.plan.instrument.polyphony == 3

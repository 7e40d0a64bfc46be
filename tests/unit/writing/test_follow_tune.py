"""What follows the tune is made anew where the tune is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from composer.checking.check import check_score
from composer.music.brief import Brief
from composer.music.score import Note, Part, Score
from composer.theory.pitch import spell
from composer.writing.context import Context
from composer.writing.write import follow_tune, followers
from tests.laws.pieces import Piece, compose
from tests.strategies import rules

PARTS = ("melody=flute", "melody=violin", "counter=cello", "comping=piano", "bass=finger-bass")


def piece_of(style: str, parts: tuple[str, ...] | None = PARTS) -> Piece:
    return compose(Brief(style=style, key="C major", bars=16, seed=4, parts=parts))


def an_octave_lower(score: Score) -> Score:
    """The score with its first tune, and nothing else, an octave lower."""
    first = next(part for part in score.parts if part.plan.role == "melody")

    def moved(note: Note) -> Note:
        return replace(note, pitch=spell(note.pitch.midi - 12, note.pitch.pitch_class))

    lower = replace(first, notes=tuple(map(moved, first.notes)))
    return replace(score, parts=tuple(lower if part is first else part for part in score.parts))


def part_of(score: Score, name: str) -> Part:
    return next(part for part in score.parts if part.plan.name == name)


def test_the_same_tune_changes_nothing() -> None:
    piece = piece_of("pop")
    context = Context(piece.plan, rules())
    assert follow_tune(context, piece.score, piece.score, frozenset()) is piece.score


def test_doublings_sing_the_new_tune() -> None:
    piece = piece_of("pop")
    context = Context(piece.plan, rules())
    lower = an_octave_lower(piece.score)
    found = follow_tune(context, piece.score, lower, frozenset())
    tune, doubling = (p for p in found.parts if p.plan.role == "melody")
    assert tune == next(p for p in lower.parts if p.plan.role == "melody")
    onsets = {note.onset_quarters: note.pitch.midi % 12 for note in tune.notes}
    assert doubling.notes
    assert all(
        onsets[note.onset_quarters] == note.pitch.midi % 12
        for note in doubling.notes
        if note.onset_quarters in onsets
    )


@pytest.mark.parametrize("style", ["pop", "string-quartet"])
def test_who_is_kept_and_who_does_not_follow_stays(style: str) -> None:
    piece = piece_of(style, PARTS if style == "pop" else None)
    context = Context(piece.plan, rules())
    counters = frozenset(p.name for p in piece.plan.parts if p.role == "counter")
    assert counters
    lower = an_octave_lower(piece.score)
    kept = follow_tune(context, piece.score, lower, counters)
    for part in piece.plan.parts:
        if part.role != "melody":
            assert part_of(kept, part.name) == part_of(piece.score, part.name)


def test_inner_voices_are_led_anew_under_the_new_tune() -> None:
    piece = piece_of("string-quartet", None)
    context = Context(piece.plan, rules())
    assert followers(context) == {p.name for p in piece.plan.parts if p.role == "counter"}
    found = follow_tune(context, piece.score, an_octave_lower(piece.score), frozenset())
    changed = [
        name for name in followers(context) if part_of(found, name) != part_of(piece.score, name)
    ]
    assert changed
    assert check_score(piece.plan, piece.score).ok
    names = {part.plan.name: len(part.notes) for part in found.parts}
    assert all(names.values())


def test_a_counter_part_that_doubles_the_tune_has_no_line_of_its_own() -> None:
    def doublers(piece: Piece) -> set[str]:
        context = Context(piece.plan, rules())
        models = {part.name: context.model(part) for part in piece.plan.parts}
        return {name for name, model in models.items() if model and model.doubles == "octave"}

    pieces = (compose(Brief(style="house", bars=8, seed=seed)) for seed in range(30))
    piece = next(piece for piece in pieces if doublers(piece))
    assert doublers(piece) <= followers(Context(piece.plan, rules()))

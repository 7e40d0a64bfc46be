"""The rule on a given tune finds every note that is missing, moved, added or played otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.check import check_performance, check_score
from composer.music.brief import Brief
from composer.music.performance import PitchBend
from composer.music.score import Note, Score
from composer.performing import perform
from composer.theory.pitch import Pitch, PitchClass
from tests.laws.pieces import compose
from tests.strategies import rules
from tests.tunes import CHROMATIC, GRACE

PIECE = compose(Brief(melody=GRACE, time_signature="3/4", style="pop", writer="rules"))
PLAYED = perform(PIECE.plan, PIECE.score, rules())
LEAD = next(i for i, part in enumerate(PIECE.score.parts) if part.plan.role == "melody")

Change = Callable[[tuple[Note, ...]], tuple[Note, ...]]


def changed(change: Change) -> Score:
    parts = list(PIECE.score.parts)
    parts[LEAD] = replace(parts[LEAD], notes=change(parts[LEAD].notes))
    return replace(PIECE.score, parts=tuple(parts))


def test_the_tune_is_kept() -> None:
    report = check_score(PIECE.plan, PIECE.score)
    assert report["tune"].verdict == "holds"
    assert report["tune"].checked == len(GRACE.notes)
    assert report["range"].note == "a given tune is played as it is written"


@pytest.mark.parametrize(
    "change",
    [
        lambda notes: notes[1:],
        lambda notes: (replace(notes[0], pitch=Pitch(PitchClass(2), 5)), *notes[1:]),
        lambda notes: (replace(notes[0], duration_quarters=Fraction(1, 2)), *notes[1:]),
        lambda notes: (*notes[:-1], replace(notes[-1], onset_quarters=Fraction(46))),
        lambda notes: (*notes, replace(notes[-1], onset_quarters=Fraction(48))),
        lambda notes: tuple(replace(n, pitch=replace(n.pitch, octave=5)) for n in notes),
    ],
)
def test_a_change_of_any_note_is_a_violation(change: Change) -> None:
    assert check_score(PIECE.plan, changed(change))["tune"].verdict == "violated"


def test_a_piece_without_a_tune_is_not_asked() -> None:
    piece = compose(Brief(bars=4, style="pop", writer="rules"))
    assert check_score(piece.plan, piece.score)["tune"].verdict == "not applicable"


def test_the_tune_is_played_to_the_tick() -> None:
    report = check_performance(PIECE.score, PLAYED, PIECE.plan)
    assert report["performance-tune"].verdict == "holds"


@pytest.mark.parametrize("what", ["late", "long", "softer", "bent"])
def test_a_tune_that_is_played_otherwise_is_a_violation(what: str) -> None:
    tune = tuple(replace(note, velocity=80) for note in PIECE.plan.tune)
    plan = replace(PIECE.plan, tune=tune)
    played = perform(plan, PIECE.score, rules())
    track = played.tracks[LEAD]
    first = track.notes[0]
    moved = {
        "late": replace(first, onset_ticks=first.onset_ticks + 1),
        "long": replace(first, duration_ticks=first.duration_ticks - 1),
        "softer": replace(first, velocity=79),
        "bent": first,
    }[what]
    bends = (PitchBend(first.onset_ticks, -500),) if what == "bent" else ()
    wrong = replace(track, notes=(moved, *track.notes[1:]), bends=bends)
    tracks = (*played.tracks[:LEAD], wrong, *played.tracks[LEAD + 1 :])
    assert check_performance(PIECE.score, played, plan)["performance-tune"].verdict == "holds"
    report = check_performance(PIECE.score, replace(played, tracks=tracks), plan)
    assert report["performance-tune"].verdict == "violated"


def test_harmony_asks_nothing_of_the_tune_and_its_doublings_but_all_of_others() -> None:
    piece = compose(
        Brief(melody=CHROMATIC, time_signature="4/4", style="pop", key="C", writer="rules", seed=1)
    )
    report = check_score(piece.plan, piece.score)
    assert report.ok
    assert "are the user's own tune" in report["tones"].note
    bass = next(i for i, part in enumerate(piece.score.parts) if part.plan.role == "bass")
    parts = list(piece.score.parts)
    wrong = replace(parts[bass].notes[0], pitch=Pitch(PitchClass(6), 2), function="scale")
    parts[bass] = replace(parts[bass], notes=(wrong, *parts[bass].notes[1:]))
    assert not check_score(piece.plan, replace(piece.score, parts=tuple(parts))).ok

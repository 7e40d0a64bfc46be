"""The accompaniment makes room for a given tune: in register, and in number if it must."""

from __future__ import annotations

import pytest

from composer import pipeline
from composer.checking.report import Report
from composer.music.brief import Brief
from composer.music.plan import Plan
from composer.music.tune import TuneNote
from composer.pipeline import compose
from composer.rulebook.styles import CHORDAL_ROLES
from composer.theory.pitch import Pitch
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from composer.writing.tune_player import fewer_players
from composer.writing.tune_register import beneath_tune
from tests.strategies import rules
from tests.tunes import TWINKLE, Tune


def planned(octaves: int) -> Plan:
    notes = tuple(
        TuneNote(
            note.onset_quarters,
            note.duration_quarters,
            Pitch(note.pitch.pitch_class, note.pitch.octave + octaves),
        )
        for note in TWINKLE.notes
    )
    brief = Brief(melody=Tune(notes, TWINKLE.bars), style="pop", seed=1)
    return make_plan(resolve(brief, rules()), rules())


def test_chords_lie_lower_under_a_low_tune_and_stay_under_a_high_one() -> None:
    low, high = planned(0), planned(2)
    for part in low.parts:
        bottom, top = beneath_tune(low, part, 64, 79)
        assert beneath_tune(high, part, 64, 79) == (64, 79)
        if part.role in CHORDAL_ROLES:
            assert 48 <= bottom < 64
        else:
            assert (bottom, top) == (64, 79)


class Refused(Report):
    """A report of a piece that breaks a rule."""

    @property
    def ok(self) -> bool:
        """Never."""
        return False


@pytest.mark.parametrize("most", [5, 1])
def test_where_all_players_find_no_way_there_are_fewer(
    monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    performed = pipeline._performed

    def strict(plan: Plan, *rest: object) -> tuple[object, Report]:
        performance, report = performed(plan, *rest)  # type: ignore[arg-type]
        return performance, report if len(plan.parts) <= most else Refused(report.results)

    monkeypatch.setattr(pipeline, "_performed", strict)
    piece = compose(Brief(melody=TWINKLE, style="pop", seed=1, writer="rules"))
    assert len(piece.plan.parts) <= most
    assert "there are fewer" in piece.notes[-1]
    assert compose(piece.brief).midi == piece.midi


def test_nobody_is_left_out_of_a_tune_alone() -> None:
    plan = planned(0)
    assert fewer_players(plan.parts[:1]) is None

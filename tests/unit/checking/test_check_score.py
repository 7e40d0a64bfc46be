"""An exercise that holds every rule of the score, and what spoils each rule and no other."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.check import SCORE_RULES, check_score
from composer.checking.report import Report, merge
from composer.music.plan import Plan
from composer.music.score import Part, Score
from tests.unit.checking.pieces import (
    bass,
    change,
    drums,
    exercise,
    melody,
    note,
    strings,
)

Piece = tuple[Plan, Score]


def violated(report: Report) -> set[str]:
    return {result.rule for result in report.results if result.verdict == "violated"}


def with_part(new: Part) -> Callable[[], Piece]:
    return lambda: exercise(new)


def with_score(**fields: object) -> Callable[[], Piece]:
    def make() -> Piece:
        plan, score = exercise()
        return plan, replace(score, **fields)  # type: ignore[arg-type]

    return make


def with_kind(kind: str) -> Callable[[], Piece]:
    return lambda: exercise(kind=kind)


def renumbered() -> Piece:
    plan, score = exercise()
    first = replace(score.chords[0], roman_numeral="bVII")
    return plan, replace(score, chords=(first, *score.chords[1:]))


def crowded() -> Piece:
    tune = melody()
    copies = [replace(tune, plan=replace(tune.plan, name=f"flute {i}")) for i in range(15)]
    return exercise(*copies)


def extended(old: Part, onset: int) -> Part:
    """The lowest note at an onset held for a quarter longer."""
    low = min(n.pitch.midi for n in old.notes if n.onset_quarters == onset)
    return change(
        old,
        lambda n: n.onset_quarters == onset and n.pitch.midi == low,
        duration_quarters=Fraction(5),
    )


def added(old: Part, *notes: tuple[float, float, int]) -> Part:
    new = [note(*values, voice=9) for values in notes]
    return replace(old, notes=tuple(sorted((*old.notes, *new), key=lambda n: n.onset_quarters)))


def tune(onset: int, **fields: object) -> Callable[[], Piece]:
    return with_part(change(melody(), lambda n: n.onset_quarters == onset, **fields))


def kit(onset: int, **fields: object) -> Callable[[], Piece]:
    return with_part(change(drums(), lambda n: n.onset_quarters == onset, **fields))


def upper(*bars: str) -> Callable[[], Piece]:
    return with_part(strings(*([int(pitch) for pitch in bar.split()] for bar in bars)))


C, F, G7 = "55 60 64", "57 60 65", "55 59 65"
G5, C3 = note(0, 1, 79).pitch, note(0, 1, 48).pitch
CRASH = note(3, Fraction(1, 4), 49)
SPOILED: list[tuple[str, str, Callable[[], Piece]]] = [
    ("length", "a bar more than planned", with_score(bars=5)),
    ("length", "the last note rings on", with_part(extended(melody(), 12))),
    ("length", "before the start", kit(0, onset_quarters=Fraction(-1, 2))),
    ("tempo-and-meter", "another tempo", with_score(quarters_per_minute=90.0)),
    ("chords", "not as planned", renumbered),
    ("tones", "a neighbour that leaps off", tune(2, pitch=G5)),
    ("tones", "a chromatic note without a name", tune(1, function="scale")),
    ("bass-root", "a sixth chord where F was written", with_part(bass(36, 40, 43, 36))),
    ("essential-tones", "G7 without its third", upper(C, F, "55 57 65", C)),
    ("parallels", "F to G, fifths with the bass", upper(C, F, "59 62 65", "60 62 64")),
    ("crossing", "alto above soprano", upper(C, F, "55 65 59", "55 64 60")),
    ("crossing", "the bass above the tenor", with_part(bass(36, 41, 43, 60))),
    ("spacing", "soprano and alto a tenth apart", upper("55 60 76", F, G7, C)),
    ("cadence-resolution", "the leading tone falls", upper(C, F, G7, "55 57 64")),
    ("cadence-resolution", "the seventh rises", upper(C, F, G7, "55 64 67")),
    ("range", "below the flute", tune(12, pitch=C3)),
    ("cadences", "V to I is not plagal", with_kind("plagal")),
    ("cadences", "the piece cannot stay open", with_kind("open")),
    ("overlap", "a tone struck while it sounds", with_part(extended(strings(), 8))),
    ("overlap", "no length", kit(3, duration_quarters=Fraction(0))),
    ("velocities", "silent", tune(12, velocity=0)),
    ("velocities", "too loud", tune(12, velocity=128)),
    ("velocities", "unknown function", tune(12, function="escape")),
    ("channels", "sixteen flutes and more", crowded),
    ("limbs", "a third hand", with_part(drums(CRASH))),
    ("polyphony", "two notes on a flute", with_part(added(melody(), (12, 4, 76)))),
]


ELSEWHERE = {"lyrics", "tune"}
"""Rules on what the user brings; their faults are found in tests of their own."""


def test_the_exercise_holds_every_rule() -> None:
    report = check_score(*exercise())
    assert report.violations == ()
    assert report.ok
    verdicts = {result.rule: result.verdict for result in report.results}
    asked = {rule: "not applicable" if rule in ELSEWHERE else "holds" for rule in verdicts}
    assert verdicts == asked
    assert report.totals["holds"] == len(SCORE_RULES) - len(ELSEWHERE)


@pytest.mark.parametrize(("rule", "how", "make"), SPOILED, ids=[f"{r}: {h}" for r, h, _ in SPOILED])
def test_each_fault_breaks_exactly_its_rule(rule: str, how: str, make: Callable[[], Piece]) -> None:
    report = check_score(*make())
    assert violated(report) == {rule}, [str(v) for v in report.violations]
    assert not report.ok


def test_every_rule_has_a_fault() -> None:
    assert {rule for rule, _, _ in SPOILED} | ELSEWHERE == {rule.id for rule in SCORE_RULES}


def test_where_counts_bars_and_beats_from_one() -> None:
    plan, score = exercise(drums(note(Fraction(13, 2), Fraction(1, 4), 49), *(
        note(Fraction(13, 2), Fraction(1, 4), key) for key in (38, 51)
    )))  # fmt: skip
    (violation,) = check_score(plan, score).violations
    assert str(violation) == "limbs (bar 2, beat 3.5): 3 strikes at once: [38, 49, 51]"


def test_the_report_is_json_in_a_stable_order() -> None:
    report = check_score(*exercise(strings((64, 60, 55), (57, 60, 65), (59, 62, 65), (55, 60, 64))))
    again = check_score(*exercise(strings((64, 60, 55), (57, 60, 65), (59, 62, 65), (55, 60, 64))))
    text = json.dumps(report.to_dict())
    assert text == json.dumps(again.to_dict())
    data = json.loads(text)
    assert data["ok"] is False
    assert [rule["rule"] for rule in data["rules"]] == [rule.id for rule in SCORE_RULES]
    crossing = data["rules"][7]
    assert crossing["violations"][0]["part"] == "strings"
    assert json.loads(json.dumps(report.to_dict(limit=0)))["rules"][7]["violations"] == []
    assert crossing["violation_count"] == len(report["crossing"].violations)


def test_reports_are_merged_and_asked_by_name() -> None:
    good = check_score(*exercise())
    bad = check_score(*exercise(kind="open"))
    assert len(merge(good, bad).results) == 2 * len(SCORE_RULES)
    assert not merge(good, bad).ok
    with pytest.raises(KeyError):
        good["no such rule"]

from __future__ import annotations

from composer.music.brief import Brief
from composer.rulebook.theory_rules import ROLES
from composer.transformer.hints import told_parts, written_parts
from tests.laws.pieces import compose

PARTS = ("melody=flute", "melody=violin", "counter=clarinet", "bass", "comping=piano")


def by_role(names: frozenset[str]) -> list[str]:
    plan = compose(Brief(key="C", bars=4, style="pop", parts=PARTS)).plan
    return sorted(part.role for part in plan.parts if part.name in names)


def test_the_doublings_of_the_tune_are_neither_written_nor_told() -> None:
    parts = compose(Brief(key="C", bars=4, style="pop", parts=PARTS)).plan.parts
    assert by_role(written_parts(parts, ROLES)) == ["bass", "comping", "counter", "melody"]
    assert by_role(written_parts(parts, ["melody"])) == ["melody"]
    assert by_role(told_parts(parts, frozenset())) == ["bass", "comping", "counter", "melody"]


def test_who_writes_the_tune_is_told_of_no_line_that_follows_it() -> None:
    parts = compose(Brief(key="C", bars=4, style="pop", parts=PARTS)).plan.parts
    tune = written_parts(parts, ["melody"])
    assert by_role(told_parts(parts, tune)) == ["bass", "comping", "melody"]
    both = written_parts(parts, ["melody", "counter"])
    assert by_role(told_parts(parts, both)) == ["bass", "comping", "counter", "melody"]

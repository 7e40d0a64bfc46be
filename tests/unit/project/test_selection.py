"""What words mean in a piece: parts, sections, bars, and what of them is free."""

from __future__ import annotations

from typing import Any

import pytest

from composer.errors import ProjectError
from composer.project.selection import chosen_cells, named_bars, named_parts, named_sections
from tests.unit.project.songs import after, named, song


def test_a_part_is_called_by_name_role_or_instrument_in_any_case() -> None:
    plan = song().plan
    bass = next(part for part in plan.parts if part.role == "bass")
    for word in (bass.name, bass.name.upper(), "bass", "BASS", bass.instrument.name):
        assert named_parts(plan, [word]) == (bass,)


def test_a_role_means_all_parts_that_have_it_in_the_order_of_the_piece() -> None:
    plan = song().plan
    found = named_parts(plan, ["drums", "comping"])
    assert [p.role for p in found][-1] == "drums"
    assert [p for p in plan.parts if p.role in ("comping", "drums")] == list(found)
    assert named_parts(plan, None) == plan.parts


def test_a_kind_means_all_its_sections_and_a_name_one() -> None:
    plan = song().plan
    assert [s.name for s in named_sections(plan, ["Chorus"])] == ["chorus 1", "chorus 2"]
    assert [s.name for s in named_sections(plan, ["chorus 2", "intro"])] == ["intro", "chorus 2"]


@pytest.mark.parametrize("bars", ["9..12", " 9 .. 12 ", "9-12", range(9, 13), (9, 12)], ids=str)
def test_bars_are_counted_from_one(bars: Any) -> None:
    assert named_bars(song().plan, bars) == range(8, 12)


def test_one_bar_is_itself() -> None:
    assert named_bars(song().plan, "9") == named_bars(song().plan, 9) == range(8, 9)


@pytest.mark.parametrize(
    "bars", ["0..4", "12..9", "17..19", "x", "", "1..2..3", range(1, 9, 2), True, (1, 2, 3), 2.0]
)
def test_what_is_no_bars_of_the_piece_is_refused(bars: Any) -> None:
    with pytest.raises(ProjectError, match=r"^bars: "):
        named_bars(song().plan, bars)


def test_unknown_words_are_refused_with_the_nearest() -> None:
    plan = song().plan
    with pytest.raises(ProjectError, match='"bas" is no part of the piece; did you mean "bass"'):
        named_parts(plan, ["bas"])
    with pytest.raises(ProjectError, match='"corus" is no section; did you mean "chorus"'):
        named_sections(plan, ["corus"])
    with pytest.raises(ProjectError, match="parts: is empty"):
        named_parts(plan, [])


def test_what_is_locked_is_left_out_and_alone_refused() -> None:
    state = after(song(), "lock", parts=["bass"], sections=["chorus"])
    bass = named(state, "bass")
    free = chosen_cells(state, ["bass"], None)[bass]
    locked = {bar for s in state.plan.sections if s.kind == "chorus"
              for bar in range(s.start_bar, s.end_bar)}  # fmt: skip
    assert free and not free & locked
    with pytest.raises(ProjectError, match=f"{bass}: is locked there; unlock it first"):
        chosen_cells(state, ["bass"], ["chorus 1"])
    freed = after(state, "unlock", parts=["bass"], sections=["chorus 1"])
    assert chosen_cells(freed, ["bass"], ["chorus"])[bass] <= locked

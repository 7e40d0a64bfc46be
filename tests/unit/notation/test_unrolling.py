"""Repeats and jumps, as a reader at the piano would play them."""

from __future__ import annotations

import pytest

from composer.errors import NotationError
from composer.notation.measures import Marks
from composer.notation.unrolling import MOST_MEASURES, playing_order

FORWARD, BACKWARD = Marks(forward=True), Marks(backward=2)
ONE, TWO = frozenset({1}), frozenset({2})


def played(*marks: Marks) -> str:
    """The measures as letters, in the order in which they are played."""
    return "".join("abcdefgh"[index] for index, _ in playing_order(marks))


@pytest.mark.parametrize(
    ("marks", "order"),
    [
        ([Marks(), Marks()], "ab"),
        ([Marks(), BACKWARD, Marks()], "ababc"),
        ([Marks(), FORWARD, BACKWARD, Marks()], "abcbcd"),
        ([BACKWARD, BACKWARD], "aabb"),
        ([Marks(forward=True, backward=3)], "aaa"),
        ([Marks(), Marks(endings=ONE, backward=2), Marks(endings=TWO), Marks()], "abacd"),
        ([Marks(), Marks(endings=ONE, backward=2), Marks()], "abac"),
        ([Marks(), Marks(endings=ONE, backward=2), Marks(endings=TWO, backward=2)], "abac"),
        (
            [Marks(), Marks(endings=frozenset({1, 2}), backward=2), Marks(endings=frozenset({3}))],
            "ababac",
        ),
        ([Marks(), Marks(fine=True), Marks(da_capo=True)], "abcab"),
        ([Marks(), Marks(segno=True), Marks(dal_segno=True), Marks()], "abcbcd"),
        ([Marks(to_coda=True), Marks(da_capo=True), Marks(coda=True)], "abac"),
        (
            [Marks(), Marks(segno=True, to_coda=True), Marks(dal_segno=True), Marks(coda=True)],
            "abcbd",
        ),
        # After a jump repeats are not taken, and of endings only the last.
        ([BACKWARD, Marks(fine=True), Marks(da_capo=True)], "aabcab"),
        (
            [
                Marks(),
                Marks(endings=ONE, backward=2),
                Marks(endings=TWO),
                Marks(da_capo=True),
            ],
            "abacdacd",
        ),
        # A jump to what is not there goes to the beginning, or goes on.
        ([Marks(), Marks(dal_segno=True), Marks()], "ababc"),
        ([Marks(to_coda=True), Marks(da_capo=True)], "abab"),
    ],
)
def test_orders(marks: list[Marks], order: str) -> None:
    assert played(*marks) == order


def test_rounds_are_counted() -> None:
    assert playing_order([Marks(backward=2), Marks()]) == ((0, 1), (0, 2), (1, 1))


def test_without_bound_is_refused() -> None:
    with pytest.raises(NotationError, match="unroll to more than 4,096 bars"):
        playing_order([Marks(), *[Marks(backward=16)] * (MOST_MEASURES // 8)])


def test_an_ending_that_no_round_has_is_not_played() -> None:
    assert playing_order([Marks(endings=frozenset({16}))] * 2 * MOST_MEASURES) == ()

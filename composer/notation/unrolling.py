"""The order in which measures are played: repeats, endings, da capo, dal segno, coda and fine."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from composer.errors import NotationError
from composer.notation.measures import Marks

MOST_MEASURES = 4096
"""A score that unrolls to more is refused."""


def playing_order(marks: Sequence[Marks]) -> tuple[tuple[int, int], ...]:
    """The measures in the order in which they are played.

    After a jump back repeats are not taken, and of endings only the last is played, as is usual
    where nothing else is written. Each jump is taken once.

    Args:
        marks: The marks of each measure.

    Returns:
        (index of the measure, round of its repeat, counted from 1).

    Raises:
        NotationError: If there are more than `MOST_MEASURES`.

    >>> repeat = [Marks(), Marks(endings=frozenset({1}), backward=2), Marks(endings=frozenset({2}))]
    >>> playing_order(repeat)
    ((0, 1), (1, 1), (0, 2), (2, 2))
    """
    return _Player(marks).play()


class _Player:
    """Plays from the first measure on, and keeps what it has to remember of repeats and jumps."""

    def __init__(self, marks: Sequence[Marks]) -> None:
        self.marks = marks
        self.rounds = _rounds(marks)
        self.at = 0
        self.round = 1
        self.start = 0
        self.jumped = False
        self.taken: set[int] = set()
        self.order: list[tuple[int, int]] = []

    def play(self) -> tuple[tuple[int, int], ...]:
        steps = 0
        while self.at < len(self.marks):
            steps += 1
            if steps > 4 * MOST_MEASURES or len(self.order) > MOST_MEASURES:
                raise NotationError(f"its repeats unroll to more than {MOST_MEASURES:,} bars")
            self._enter()
            if self._is_skipped():
                self.at += 1
                continue
            self.order.append((self.at, self.round))
            if self._is_end():
                break
        return tuple(self.order)

    def _enter(self) -> None:
        """A measure after an ending, or one that begins a repeat, begins a first round."""
        mark = self.marks[self.at]
        left = self.at > 0 and self.marks[self.at - 1].endings and not mark.endings
        if (left and self.at != self.start) or (mark.forward and self.start != self.at):
            self.start, self.round = self.at, 1

    def _is_skipped(self) -> bool:
        endings = self.marks[self.at].endings
        if not endings:
            return False
        if self.jumped:
            return max(endings) < self.rounds[self.at]
        return self.round not in endings

    def _is_end(self) -> bool:
        """Go on from a measure that was played; whether playing ends with it."""
        mark, at = self.marks[self.at], self.at
        self.at += 1
        if self.jumped:
            if mark.fine:
                return True
            if mark.to_coda:
                codas = (i for i, other in enumerate(self.marks) if other.coda and i > at)
                self.at = next(codas, self.at)
            return False
        if mark.backward and self.round < self.rounds[at]:
            self.round += 1
            self.at = self.start
        elif mark.backward and not mark.endings:
            self.start, self.round = at + 1, 1
        if self.at == at + 1 and (mark.da_capo or mark.dal_segno) and at not in self.taken:
            self.taken.add(at)
            self.jumped = True
            self.start, self.round = 0, 1
            segno = [i for i, other in enumerate(self.marks[: at + 1]) if other.segno]
            self.at = segno[-1] if mark.dal_segno and segno else 0
        return False


def _rounds(marks: Sequence[Marks]) -> list[int]:
    """How often what ends in each measure is played: by the endings side by side, or the repeat."""
    rounds = [mark.backward for mark in marks]
    first = 0
    for has_ending, run in groupby(marks, key=lambda mark: bool(mark.endings)):
        group = list(run)
        if has_ending:
            most = max(2, *(number for mark in group for number in mark.endings))
            rounds[first : first + len(group)] = [most] * len(group)
        first += len(group)
    return rounds

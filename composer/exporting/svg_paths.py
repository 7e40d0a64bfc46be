"""The data of SVG paths as moves, lines and curves with absolute places."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"([MmLlHhVvCcSsQqZz])|(-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "Z": 0}

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A stroke of the pen.

    Args:
        kind: ``M`` (move), ``L`` (line), ``C`` (cubic curve) or ``Z`` (close).
        points: Where to, after the control points of a curve.
    """

    kind: str
    points: tuple[Point, ...] = ()


def path_strokes(data: str) -> Iterator[Stroke]:
    """Read the ``d`` of a path.

    Raises:
        ValueError: If it holds something else than moves, lines, curves of degree two and three.

    >>> [stroke.kind for stroke in path_strokes("M1 2l3 4h5z")]
    ['M', 'L', 'L', 'Z']
    """
    here = start = (0.0, 0.0)
    handle: Point | None = None
    for command, numbers in _commands(data):
        kind = command.upper()
        points = _points(kind, numbers, here, relative=command.islower())
        if kind == "Z":
            here, handle = start, None
            yield Stroke("Z")
        elif kind in "MLHV":
            here, handle = points[0], None
            start = here if kind == "M" else start
            yield Stroke("M" if kind == "M" else "L", (here,))
        else:
            first, second, to = _cubic(kind, points, here, handle)
            here, handle = to, second
            yield Stroke("C", (first, second, to))


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    """Each command with its numbers; a command that goes on without its letter is said again."""
    if re.sub(r"[\s,]", "", _TOKEN.sub("", data)):
        raise ValueError(f"no path: {data[:40]}")
    command, numbers = "", list[float]()
    for letter, number in _TOKEN.findall(data):
        if letter:
            command, numbers = letter, []
        elif command:
            numbers.append(float(number))
        needed = _NUMBERS.get(command.upper(), -1)
        if len(numbers) == needed:
            yield command, numbers
            # Further pairs after a move are lines.
            command = {"M": "L", "m": "l"}.get(command, command)
            numbers = []
            if not needed:
                command = ""


def _points(kind: str, numbers: list[float], here: Point, *, relative: bool) -> list[Point]:
    x, y = here if relative else (0.0, 0.0)
    if kind == "H":
        return [(numbers[0] + x, here[1])]
    if kind == "V":
        return [(here[0], numbers[0] + y)]
    return [(numbers[i] + x, numbers[i + 1] + y) for i in range(0, len(numbers), 2)]


def _cubic(
    kind: str, points: list[Point], here: Point, handle: Point | None
) -> tuple[Point, Point, Point]:
    """A curve as a cubic one."""
    if kind == "C":
        return points[0], points[1], points[2]
    if kind == "S":
        # The handle of the curve before, mirrored.
        first = here if handle is None else (2 * here[0] - handle[0], 2 * here[1] - handle[1])
        return first, points[0], points[1]
    middle, to = points
    first, second = (
        (end[0] + (middle[0] - end[0]) * 2 / 3, end[1] + (middle[1] - end[1]) * 2 / 3)
        for end in (here, to)
    )
    return first, second, to

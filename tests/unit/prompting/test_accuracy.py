"""The sets of prompts: how many are understood as a producer would mean them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from benchmarks.prompts import FIELDS, accuracy, right, wrong_fields

DATA = Path(__file__).parents[2] / "data"


def prompts(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((DATA / name).read_text(encoding="utf-8"))[
        "prompts"
    ]
    return found


@pytest.mark.parametrize(
    ("name", "count", "least"),
    [
        ("prompts.toml", 60, 0.95),
        ("prompts_held_out.toml", 30, 0.9),
        ("prompts_unseen.toml", 30, 0.7),
    ],
)
def test_prompts_are_understood(name: str, count: int, least: float) -> None:
    entries = prompts(name)
    assert len(entries) == count
    assert sum(entry["language"] == "zh" for entry in entries) == count / 2
    mistakes = [wrong_fields(entry) for entry in entries]
    share, counts = accuracy(entries, mistakes)
    assert share >= least, [(e["text"], m) for e, m in zip(entries, mistakes, strict=True) if m]
    assert sum(asked for _, asked in counts.values()) > 3 * count


@pytest.mark.parametrize("name", ["prompts.toml", "prompts_held_out.toml", "prompts_unseen.toml"])
def test_the_sets_speak_of_fields_that_there_are(name: str) -> None:
    for entry in prompts(name):
        assert set(entry) <= {"text", "language", "free", *FIELDS}
        assert set(entry.get("free", ())) <= set(FIELDS)


def test_the_measure_is_strict() -> None:
    assert right("parts", ["+a/b", "-c"], ("-c", "+b"))
    assert not right("parts", ["+a"], ("+a", "-c"))
    assert not right("parts", ["a"], ("+a",))
    assert not right("tempo", None, 90.0)
    assert not right("key", "C major", None)
    assert not right("mood", [0.0, 0.0], "0.5,0")

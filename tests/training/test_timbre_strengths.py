"""Strengths: the nearest to the real sound at which the notes stay; none where dry is better."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from composer.training.timbre import strengths
from composer.training.timbre.strengths import Judged, choose


def stems(program: int, strength: float, *found: tuple[bool, float]) -> list[Judged]:
    return [Judged(program, strength, keeps, ratio) for keeps, ratio in found]


def test_the_nearest_of_those_that_keep_every_note_is_chosen() -> None:
    judged = [
        *stems(0, 1.0, (True, 0.5), (False, 0.4)),
        *stems(0, 0.7, (True, 0.6), (True, 0.6)),
        *stems(0, 0.5, (True, 0.7), (True, 0.8)),
    ]
    assert choose(judged) == {0: 0.7}


def test_where_no_strength_keeps_all_most_must_do() -> None:
    some = [*stems(33, 1.0, (True, 0.5), (False, 0.5), (False, 0.5))]
    most = [*stems(33, 0.5, (True, 0.8), (True, 0.8), (False, 0.8))]
    assert choose([*some, *most]) == {33: 0.5}
    assert choose(some) == {33: 0.0}


def test_what_is_no_nearer_stays_dry() -> None:
    assert choose(stems(40, 1.0, (True, 1.1), (True, 0.95))) == {40: 0.0}


def figures(folder: Path, strength: float, ratio: float, *, notes_ok: bool) -> Path:
    stem = {"program": 0, "notes_ok": notes_ok, "mel_ratio": ratio}
    path = folder / f"{strength}.json"
    path.write_text(json.dumps({"trial": {"strength": strength}, "stems": [stem]}))
    return path


def test_the_table_is_what_the_export_reads(tmp_path: Path) -> None:
    paths = [figures(tmp_path, 1.0, 0.5, notes_ok=False)]
    paths += [figures(tmp_path, 0.5, 0.8, notes_ok=True)]
    out = tmp_path / "strengths.json"
    assert strengths.main(["--figures", *map(str, paths), "--out", str(out)]) == 0
    assert json.loads(out.read_text())["programs"] == {"0": {"strength": 0.5}}


def test_a_file_that_holds_no_figures_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text("{}")
    out = tmp_path / "strengths.json"
    assert strengths.main(["--figures", str(broken), "--out", str(out)]) == 2
    error = capsys.readouterr().err
    assert "broken.json" in error and len(error.splitlines()) == 1
    assert not out.exists()

"""`compose evaluate` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from composer import Brief, save
from composer import compose as compose_piece
from tests.cli.conftest import Compose, run_process

_SEEDS = range(12)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve pieces with their briefs, and three files that are no music."""
    base = tmp_path_factory.mktemp("pieces")
    for seed in _SEEDS:
        save(compose_piece(Brief(style="pop", bars=8, seed=seed)), base / f"{seed:02d}")
    (base / "broken.mid").write_bytes(b"MThd but no more")
    (base / "empty.mid").write_bytes(b"")
    (base / "<script>.mid").write_text("<b>not music</b>")
    return base


@pytest.fixture(scope="session")
def evaluated(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("evaluation")
    result = run_process("evaluate", folder, "--out", out, "--jobs", 2)
    assert result.code == 0, result.err
    for words in ("12 pieces", "Lakh", "notes only", "diversity", "key", "evaluation.html"):
        assert words in result.out, result.out
    return out


@pytest.mark.slow
def test_json_holds_comparisons_diversity_controls_and_what_was_skipped(evaluated: Path) -> None:
    data = json.loads((evaluated / "evaluation.json").read_text())
    assert data["pieces"] == len(_SEEDS)
    assert {Path(one["path"]).name for one in data["skipped"]} == {
        "broken.mid",
        "empty.mid",
        "<script>.mid",
    }
    places = [(one["reference"], one["place"]) for one in data["comparisons"]]
    assert [place for _, place in places[:2]] == ["opening", "middle"]
    assert any("pop" in reference for reference, _ in places[2:])
    for comparison in data["comparisons"][:2]:
        features = [(test["features"], test["model"]) for test in comparison["tests"]]
        assert len(set(features)) == 4
        assert all(0 <= test["auc"] <= 1 for test in comparison["tests"])
        assert len(comparison["metrics"]) > 200
    assert data["diversity"]["seed_groups"] == 1
    controls = {one["name"]: one for one in data["controls"]}
    assert controls["bars"]["heard"] == controls["bars"]["asked"] == len(_SEEDS)
    assert controls["key"]["detector_right"] > 0.9


@pytest.mark.slow
def test_the_page_can_be_read_offline_and_escapes_names(evaluated: Path) -> None:
    page = (evaluated / "evaluation.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "<script>.mid" not in page and "&lt;script&gt;.mid" in page
    assert "<link" not in page and 'src="http' not in page
    assert page.count("<svg") > 20


@pytest.mark.slow
def test_the_same_folder_gives_the_same_figures(
    compose: Compose, folder: Path, evaluated: Path, tmp_path: Path
) -> None:
    assert compose("evaluate", folder, "--out", tmp_path, "--jobs", 1, "--quiet").code == 0
    first, second = (
        json.loads((place / "evaluation.json").read_text()) for place in (evaluated, tmp_path)
    )
    for data in (first, second):
        del data["seconds"]
    assert first == second


@pytest.mark.slow
def test_a_folder_of_ones_own_can_be_the_corpus(
    compose: Compose, folder: Path, tmp_path: Path
) -> None:
    result = compose(
        "evaluate", folder, "--against", folder, "--out", tmp_path, "--jobs", 1, "--json"
    )
    assert result.code == 0, result.err
    data = json.loads(result.out)
    (comparison,) = data["comparisons"]
    assert str(folder) in comparison["reference"]
    assert {metric["distance"] for metric in comparison["metrics"].values()} <= {0.0, None}
    assert len(data["files"]) == 2


def test_one_piece_is_measured_but_not_tested(
    compose: Compose, folder: Path, tmp_path: Path
) -> None:
    result = compose("evaluate", folder / "00", "--out", tmp_path, "--jobs", 1, "--json")
    assert result.code == 0, result.err
    data = json.loads(result.out)
    assert data["pieces"] == 1 and data["diversity"] is None
    assert all(comparison["tests"] == [] for comparison in data["comparisons"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "nowhere: no such folder"),
        (["."], "holds no MIDI file"),
        ([".", "--jobs", "0"], "jobs: must be 1 to 64, not 0"),
        ([".", "--jobs", "two"], 'jobs: must be a whole number, not "two"'),
        ([".", "--against", "lahk"], 'did you mean "lakh"'),
        ([".", "--against", ""], "against: is empty"),
    ],
)
def test_what_cannot_be_is_one_line_and_leaves_nothing(
    compose: Compose,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in compose("evaluate", *arguments, "--out", "new/evaluation").refused()
    assert list(tmp_path.iterdir()) == []


def test_only_bad_files_is_one_line_that_names_the_first(compose: Compose, tmp_path: Path) -> None:
    (tmp_path / "bad.mid").write_bytes(b"no")
    message = compose("evaluate", tmp_path, "--out", tmp_path / "out", "--jobs", 1).refused()
    assert "none of its 1 MIDI files can be measured" in message and "bad.mid" in message

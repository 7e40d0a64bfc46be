from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from composer import batch
from composer.batch import Outcome, compose_many
from composer.errors import BriefError, OutputError
from composer.music.brief import Brief

QUICK = Brief(bars=2, writer="rules")


def briefs(count: int) -> list[Brief]:
    return [Brief(bars=2, writer="rules", seed=seed) for seed in range(count)]


def midi(outcomes: tuple[Outcome, ...]) -> list[bytes]:
    return [(outcome.folder / "piece.mid").read_bytes() for outcome in outcomes]


def test_pieces_do_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    told: list[tuple[int, int, bool]] = []
    one = compose_many(briefs(3), tmp_path / "one", jobs=1)
    two = compose_many(
        briefs(3),
        tmp_path / "two",
        jobs=2,
        progress=lambda done, total, outcome: told.append((done, total, outcome.ok)),
    )
    assert midi(one) == midi(two)
    assert [outcome.name for outcome in two] == ["001", "002", "003"]
    assert told == [(1, 3, True), (2, 3, True), (3, 3, True)]
    assert all(path.exists() for outcome in two for path in outcome.files)


def test_a_brief_that_fails_stops_no_other(tmp_path: Path) -> None:
    made = compose_many({"good": QUICK, "bad": Brief(bars=0), "other": QUICK}, tmp_path, jobs=1)
    assert [outcome.ok for outcome in made] == [True, False, True]
    assert made[1].error == "bars: must be from 1 to 1024, not 0"
    assert not made[1].folder.exists()
    assert made[1].to_dict()["error"] and made[0].to_dict()["error"] is None


def test_a_fault_of_ours_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr("composer.pipeline.save", broken)
    (outcome,) = compose_many([QUICK], tmp_path, jobs=1)
    assert outcome.error == "a fault of composer, not of yours: ZeroDivisionError: by zero"


@pytest.mark.parametrize("jobs", [0, -1, 257])
def test_jobs_have_bounds(tmp_path: Path, jobs: int) -> None:
    with pytest.raises(BriefError, match="jobs: must be from 1 to 256"):
        compose_many([QUICK], tmp_path, jobs=jobs)


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".x", "x\0"])
def test_names_stay_in_the_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BriefError, match="is no name of a folder"):
        compose_many({name: QUICK}, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    with pytest.raises(OutputError, match="a file stands where a folder is needed"):
        compose_many([QUICK], tmp_path / "x")


def test_nothing_to_do(tmp_path: Path) -> None:
    assert compose_many([], tmp_path) == ()


def test_a_process_that_is_told_to_stop_undoes_its_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    def stopped(*args: object, **options: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("composer.pipeline.compose", stopped)
    try:
        batch._begin()
        made = compose_many([QUICK, QUICK], tmp_path, jobs=1)
    finally:
        signal.signal(signal.SIGTERM, before[0])
        signal.signal(signal.SIGINT, before[1])
        batch._stopped = False
    assert [outcome.error for outcome in made] == ["interrupted", "interrupted"]
    assert list(tmp_path.iterdir()) == []

"""A Dask cluster of two workers writes the shards that local work writes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from composer.errors import CorpusError
from composer.training.corpus.cluster import DaskWorkers
from composer.training.corpus.prepare import prepare
from composer.training.corpus.reading import Source
from composer.training.corpus.workers import ThisProcess, in_order
from tests.cli.conftest import tree
from tests.training.corpus_files import folder_of

distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def scheduler() -> Iterator[Any]:
    import dask

    settings = {"distributed.scheduler.allowed-failures": 0}
    with (
        dask.config.set(settings),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
    ):
        yield cluster


def test_the_same_shards(scheduler: Any, tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "midi")
    workers = DaskWorkers(scheduler.scheduler_address, folder)
    try:
        assert workers.width == 2
        prepare(folder, tmp_path / "dask", workers, shard_files=4)
    finally:
        workers.close()
    prepare(folder, tmp_path / "here", ThisProcess(), shard_files=4)
    assert tree(tmp_path / "dask") == tree(tmp_path / "here")


def test_a_folder_that_workers_do_not_see(scheduler: Any, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="every worker must, under the same path"):
        DaskWorkers(scheduler.scheduler_address, tmp_path / "elsewhere")


def killed(sources: Sequence[Source]) -> list[str]:
    if any("killer" in source.name for source in sources):
        os._exit(9)
    return [source.name for source in sources]


def gone(source: Source) -> str:
    return f"lost {source.name}"


def test_a_file_that_kills_its_worker_is_lost_and_no_other(scheduler: Any, tmp_path: Path) -> None:
    names = ["a", "killer", "c", "d"]
    groups = [[Source(n, n) for n in names[i : i + 2]] for i in (0, 2)]
    workers = DaskWorkers(scheduler.scheduler_address, tmp_path)
    try:
        found = [name for part in in_order(workers, killed, groups, gone) for name in part]
    finally:
        workers.close()
    assert found == ["a", "lost killer", "c", "d"]


def test_no_scheduler_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("composer.training.corpus.cluster._PATIENCE_SECONDS", 1)
    with pytest.raises(CorpusError, match="no Dask scheduler answers there"):
        DaskWorkers("tcp://127.0.0.1:9", tmp_path)
    with pytest.raises(CorpusError, match="no Dask scheduler answers there"):
        DaskWorkers("nonsense://", tmp_path)


def test_without_dask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(CorpusError, match=r"not installed: pip install"):
        DaskWorkers("tcp://127.0.0.1:9", tmp_path)

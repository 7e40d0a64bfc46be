from __future__ import annotations

import csv
import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from composer.errors import CorpusError, OutputError
from composer.training.corpus import prepare as preparing
from composer.training.corpus.prepare import prepare
from composer.training.corpus.reading import Dropped, Read, Source, prepare_files
from composer.training.corpus.shards import Shard, write_shard
from composer.training.corpus.workers import LocalProcesses, ThisProcess, in_order
from composer.transformer.conditions import STYLES
from tests.cli.conftest import tree
from tests.training.corpus_files import folder_of, song, write


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return folder_of(tmp_path_factory.mktemp("midi"))


def run(folder: Path, out: Path, **more: object) -> dict[str, object]:
    return prepare(folder, out, ThisProcess(), shard_files=4, **more)  # type: ignore[arg-type]


def test_a_folder_becomes_a_corpus(folder: Path, tmp_path: Path) -> None:
    manifest = run(folder, tmp_path / "out", licence="CC0")
    assert manifest["complete"] is True and manifest["files"] == 13
    assert manifest["songs"] == 6 and manifest["licence"] == "CC0"
    assert manifest["title"] == folder.name
    assert manifest["dropped"] == {
        "is no MIDI file": 2,
        "same notes as another file": 2,
        "one part only": 1,
        "the beat is not where the tempo says": 1,
        "under 8 bars": 1,
    }
    shard = Shard(tmp_path / "out/train-0000")
    assert len(shard) > 0 and shard.tokens_of().min() > 0
    name, md5 = shard.about["names"][0], shard.about["files"][0]
    assert hashlib.md5((folder / name).read_bytes(), usedforsecurity=False).hexdigest() == md5
    assert shard.about["licence"] == "CC0" and shard.about["styles"][0] == 0
    with (tmp_path / "out/dropped.tsv").open(newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert {row["file"]: row["reason"] for row in rows}["text.mid"] == "is no MIDI file"
    assert len(rows) == 7


def test_an_index_is_followed(tmp_path: Path) -> None:
    lines = ["md5\tsplit\tnotehash\tsource_genre\tmasd\tmd5_lists"]
    for number, (split, genre) in enumerate([("train", "jazz"), ("valid", ""), ("train", "")]):
        data = song(number).dumps_midi()
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        place = tmp_path / "in" / md5[0] / f"{md5}.mid"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data if number < 2 else song(9).dumps_midi())
        lines.append(f"{md5}\t{split}\t{number}\t{genre}\t\tx")
    lines.append(f"{'0' * 32}\ttrain\t7\t\t\tx")
    (tmp_path / "in/index.tsv").write_text("\n".join(lines) + "\n")
    write(tmp_path / "in/other.mid", song(8))
    manifest = run(tmp_path / "in", tmp_path / "out")
    assert manifest["split_by"] == "index.tsv"
    assert manifest["title"] == (
        "md5-verified subset of 3 files of the Lakh MIDI Dataset (train split), and 1 more "
        "(valid split)"
    )
    assert manifest["dropped"] == {
        "is not the file that the index names": 1,
        "no such file": 1,
        "not in index.tsv": 1,
    }
    train = Shard(tmp_path / "out/train-0000")
    assert train.song(0).style == 1 + STYLES.index("jazz")
    assert len(Shard(tmp_path / "out/valid-0000")) == 1


class Stopping(ThisProcess):
    """Is interrupted after some groups."""

    def __init__(self, groups: int) -> None:
        self.left = groups

    def result(self, handle: object) -> list[object]:
        if not self.left:
            raise KeyboardInterrupt
        self.left -= 1
        return super().result(handle)


@pytest.mark.parametrize("groups", [0, 1, 2])
def test_a_run_that_was_stopped_goes_on(folder: Path, tmp_path: Path, groups: int) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    run(folder, whole)
    with pytest.raises(KeyboardInterrupt):
        prepare(folder, parts, Stopping(groups), shard_files=4)
    assert json.loads((parts / "manifest.json").read_text())["complete"] is False
    before = {path: path.stat().st_mtime_ns for path in parts.rglob("*.npy")}
    run(folder, parts)
    assert tree(parts) == tree(whole)
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())


def test_a_damaged_shard_is_made_again(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out")
    before = tree(tmp_path / "out")
    (tmp_path / "out/train-0000/tokens.npy").write_bytes(b"")
    run(folder, tmp_path / "out")
    assert tree(tmp_path / "out") == before


def test_another_source_is_refused(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out")
    with pytest.raises(CorpusError, match=r'has the title ".*"; choose another --out'):
        run(folder, tmp_path / "out", title="Mine")
    write(tmp_path / "in/a.mid", song(1))
    with pytest.raises(CorpusError, match="was prepared from other files"):
        run(tmp_path / "in", tmp_path / "out")


def test_shards_without_a_manifest_are_not_written_over(folder: Path, tmp_path: Path) -> None:
    write_shard(tmp_path / "out/train-0000", [], {"split": "train"})
    with pytest.raises(CorpusError, match=r"holds train-0000 but no manifest\.json"):
        run(folder, tmp_path / "out")


def test_nothing_of_use(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="is no folder"):
        run(tmp_path / "none", tmp_path / "out")
    (tmp_path / "in").mkdir()
    with pytest.raises(CorpusError, match="holds no MIDI file"):
        run(tmp_path / "in", tmp_path / "out")
    write(tmp_path / "in/a.mid", song(1, parts=1))
    with pytest.raises(CorpusError, match="none of 1 files can be used; 1 of them: one part only"):
        run(tmp_path / "in", tmp_path / "out")
    assert "one part only" in (tmp_path / "out/dropped.tsv").read_text()


def test_a_folder_that_cannot_be_written_to(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="a file stands where a folder is needed"):
        run(folder, tmp_path / "file")


def test_an_empty_shard_is_read(tmp_path: Path) -> None:
    write_shard(tmp_path / "train-0000", [], {"split": "train"})
    assert len(Shard(tmp_path / "train-0000")) == 0


def test_a_song_comes_back_from_its_shard(tmp_path: Path) -> None:
    sources = [
        Source(f"{n}", str(write(tmp_path / f"{n}.mid", song(n, bars=8 + n)))) for n in range(3)
    ]
    found = [one for one in prepare_files(sources) if isinstance(one, Read)]
    assert len(found) == 3
    write_shard(tmp_path / "s", [(one.heard, 2) for one in found], {})
    shard = Shard(tmp_path / "s")
    for number, one in enumerate(found):
        back = shard.song(number)
        assert np.array_equal(back.tokens, one.heard.tokens)
        assert np.array_equal(back.bars, one.heard.bar_table)
        assert np.array_equal(back.parts, one.heard.part_table)
        assert np.array_equal(back.counts.ravel(), one.heard.counts)
        assert np.array_equal(back.bounds[..., 1].ravel(), one.heard.bounds[1:])


def test_a_fault_of_ours_drops_one_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(window: object) -> None:
        raise ValueError("zero\nparts")

    monkeypatch.setattr("composer.training.corpus.reading.listen", broken)
    path = write(tmp_path / "a.mid", song(1))
    (found,) = prepare_files([Source("a", str(path))])
    assert isinstance(found, Dropped)
    assert (found.reason, found.detail) == ("cannot be heard", "ValueError: zero parts")


def killed(sources: Sequence[Source]) -> list[str]:
    if any("killer" in source.name for source in sources):
        os._exit(9)
    return [source.name for source in sources]


def gone(source: Source) -> str:
    return f"lost {source.name}"


@pytest.mark.slow
def test_a_file_that_kills_its_process_is_lost_and_no_other() -> None:
    names = ["a", "b", "killer", "d", "e", "f", "g", "h"]
    groups = [[Source(n, n) for n in names[i : i + 4]] for i in (0, 4)]
    workers = LocalProcesses(2)
    try:
        found = [name for part in in_order(workers, killed, groups, gone) for name in part]
    finally:
        workers.close()
    assert found == ["a", "b", "lost killer", "d", "e", "f", "g", "h"]


@pytest.mark.slow
def test_processes_write_what_one_writes(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "one")
    workers = LocalProcesses(2)
    try:
        told: list[tuple[str, int, int]] = []
        prepare(
            folder,
            tmp_path / "two",
            workers,
            shard_files=4,
            tell=lambda *step: told.append(step),
        )
    finally:
        workers.close()
    assert tree(tmp_path / "two") == tree(tmp_path / "one")
    assert told[-1] == ("prepare", 9, 9) and told[0][0] == "survey"
    assert preparing.SHARD_FILES == 1024

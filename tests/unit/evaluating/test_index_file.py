"""An index is whole, of this version, the same however it is made, or refused in one line."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from composer.errors import EvaluationError, OutputError
from composer.evaluating import indexing
from composer.evaluating.folder_index import index_folder
from composer.evaluating.index_file import MANIFEST, open_index, verify_index
from composer.evaluating.originality import SHIPPED, originality
from tests.unit.evaluating.pieces import STYLES, midi, piece


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("works")
    for style in STYLES:
        for seed in range(3):
            (folder / f"{style}-{seed}.mid").write_bytes(midi(style, seed))
    return folder


@pytest.fixture(scope="module")
def index(works: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made") / "index"
    index_folder(works, out, "works")
    return out


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_it_is_whole(index: Path) -> None:
    opened = open_index(index)
    verify_index(opened)
    assert opened.pieces == 12 and opened.title == "works"
    assert opened.identifiers([0, 11]) == ["classical-0.mid", "rock-2.mid"]
    assert sorted(path.name for path in index.iterdir()) == [
        "bar_units.npy",
        "buckets.npy",
        "manifest.json",
        "pieces.txt",
        "places.npy",
        "remainders.npy",
        "starts.npy",
    ]


def test_the_number_of_processes_does_not_change_it(
    works: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_SHARD_FILES", 4)
    index_folder(works, tmp_path / "two", "works", processes=2)
    assert contents(tmp_path / "two") == contents(index)


def test_a_run_that_was_killed_goes_on(
    works: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_SHARD_FILES", 4)
    out = tmp_path / "index"
    real, calls = indexing._save, []

    def dies(path: Path, shard: object) -> None:
        if len(calls) == 2:
            path.with_name(f".{path.name}").write_bytes(b"half a sh")
            raise KeyboardInterrupt
        calls.append(path)
        real(path, shard)  # type: ignore[arg-type]

    monkeypatch.setattr(indexing, "_save", dies)
    with pytest.raises(KeyboardInterrupt):
        index_folder(works, out, "works")
    with pytest.raises(EvaluationError, match="holds no index"):
        open_index(out)
    # and one of the finished ones was not written to the disk to its end
    calls[0].write_bytes(calls[0].read_bytes()[:100])
    monkeypatch.setattr(indexing, "_save", real)
    built = index_folder(works, out, "works")
    assert built.reused == 4
    assert contents(out) == contents(index)


def test_bad_files_are_listed_and_left_out(works: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Stücke 音楽"
    shutil.copytree(works, folder / "sub")
    (folder / "a.mid").write_bytes(b"no midi")
    (folder / "empty.MID").write_bytes(b"")
    (folder / "cut.midi").write_bytes(midi("pop", 0)[:30])
    (folder / "notes.txt").write_text("not asked for")
    (folder / "nowhere.mid").symlink_to(folder / "is not")
    (folder / "again.mid").symlink_to(folder / "sub" / "pop-0.mid")
    (folder / "ünï.MIDI").write_bytes(midi("pop", 1))
    built = index_folder(folder, tmp_path / "out", "mine")
    assert [name for name, _ in built.unreadable] == ["a.mid", "cut.midi", "empty.MID"]
    assert built.index.pieces == 14
    assert "ünï.MIDI" in built.index.identifiers(range(14))
    assert built.index.manifest["unreadable"] == 3


def test_a_file_that_brings_its_reader_down_is_listed(
    works: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "_SHARD_FILES", 2)
    folder = tmp_path / "works"
    folder.mkdir()
    for name in ("pop-0.mid", "pop-1.mid", "rock-0.mid"):
        shutil.copy(works / name, folder)
    # every new process ends, as by a fault in native code, where it opens this file
    (folder / "fatal.mid").write_bytes(midi("pop", 2))
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "def hook(event, args):\n"
        "    if event == 'open' and str(args[0]).endswith('fatal.mid'):\n"
        "        os._exit(139)\n"
        "sys.addaudithook(hook)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    built = index_folder(folder, tmp_path / "index", "works", processes=2)
    assert built.unreadable == (("fatal.mid", "brings the reader of MIDI files down"),)
    assert built.index.identifiers(range(3)) == ["pop-0.mid", "pop-1.mid", "rock-0.mid"]


def test_files_of_one_note(tmp_path: Path) -> None:
    track = bytes.fromhex("00903c50 60803c00 00ff2f00")
    header = bytes.fromhex("4d546864 00000006 0000 0001 0060") + b"MTrk"
    (tmp_path / "one.mid").write_bytes(header + len(track).to_bytes(4, "big") + track)
    built = index_folder(tmp_path, tmp_path / "out", "one")
    assert built.index.pieces == 1 and built.index.postings == 0
    found = originality(piece("pop", 1), built.index)
    assert found.verdict == "nothing shared" and found.near_match_share == 0


def test_folders_without_works(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="holds no MIDI file"):
        index_folder(tmp_path, tmp_path / "out", "none")
    with pytest.raises(EvaluationError, match="is no folder"):
        index_folder(tmp_path / "none", tmp_path / "out", "none")
    (tmp_path / "bad.mid").write_bytes(b"x")
    with pytest.raises(EvaluationError, match="none of 1 files can be read"):
        index_folder(tmp_path, tmp_path / "out", "none")
    assert not (tmp_path / "out" / MANIFEST).exists()


def test_an_index_that_cannot_be_written(works: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written there"):
        index_folder(works, tmp_path / "file", "works")


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda f: (f / MANIFEST).unlink(), "holds no index"),
        (lambda f: (f / MANIFEST).write_text("{"), "cannot be read"),
        (lambda f: (f / MANIFEST).write_text("[]"), "is not the manifest"),
        (lambda f: (f / "places.npy").unlink(), "places.npy is missing"),
        (lambda f: os.truncate(f / "places.npy", 1000), "places.npy is missing or not"),
        (lambda f: (f / "starts.npy").write_bytes(b"x" * size(f, "starts.npy")), "cannot be read"),
        (lambda f: version(f, 99), "another version"),
    ],
    ids=["missing", "broken", "foreign", "file missing", "truncated", "no array", "version"],
)
def test_what_is_no_index_is_refused(index: Path, tmp_path: Path, harm: object, told: str) -> None:
    folder = tmp_path / "index"
    shutil.copytree(index, folder)
    harm(folder)  # type: ignore[operator]
    with pytest.raises(EvaluationError) as refused:
        open_index(folder)
    assert told in str(refused.value) and str(folder) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_changed_byte_is_seen_by_the_checksums(index: Path, tmp_path: Path) -> None:
    folder = tmp_path / "index"
    shutil.copytree(index, folder)
    data = bytearray((folder / "places.npy").read_bytes())
    data[-1] ^= 1
    (folder / "places.npy").write_bytes(data)
    with pytest.raises(EvaluationError, match="checksum"):
        verify_index(open_index(folder))


def test_the_shipped_index_is_whole_and_small() -> None:
    opened = open_index(SHIPPED)
    verify_index(opened)
    assert opened.pieces == 8009
    assert opened.bytes < 30_000_000
    assert {"windows", "pieces"} == opened.manifest["bands"].keys()
    common = np.load(SHIPPED / "common.npy")
    assert (np.diff(common.astype(np.int64)) > 0).all()


def size(folder: Path, name: str) -> int:
    return (folder / name).stat().st_size


def version(folder: Path, number: int) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | {"version": number}))

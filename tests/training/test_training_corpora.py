"""Packs are read alike from an archive and from a folder, and fail in one clear line."""

from __future__ import annotations

import tarfile
from pathlib import Path

import pytest

from composer.errors import CorpusError
from composer.training import learn_grooves, learn_harmony, learn_melody
from composer.training.corpora import read_pack


def _is_text(inner: str) -> bool:
    return inner.endswith(".txt")


def _pack(folder: Path, name: str) -> Path:
    root = folder / name
    (root / "deep").mkdir(parents=True)
    (root / "b.txt").write_bytes(b"second")
    (root / "deep" / "a.txt").write_bytes(b"first")
    (root / "notes.md").write_bytes(b"unwanted")
    return root


def test_archive_and_folder_give_the_same_files(tmp_path: Path) -> None:
    root = _pack(tmp_path / "unpacked", "groove")
    packed = tmp_path / "packed"
    packed.mkdir()
    with tarfile.open(packed / "groove.tar.xz", "w:xz") as tar:
        tar.add(root, arcname="groove")
    expected = {"b.txt": b"second", "deep/a.txt": b"first"}
    assert read_pack(tmp_path / "unpacked", "groove", _is_text) == expected
    assert read_pack(packed, "groove", _is_text) == expected


def test_the_jazz_pack_may_be_unpacked_under_its_inner_name(tmp_path: Path) -> None:
    _pack(tmp_path, "nc-jazz-chords")
    assert "b.txt" in read_pack(tmp_path, "jazz-chords", _is_text)


def test_missing_pack_names_what_was_looked_for(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"'groove' not found: neither .*groove\.tar\.xz"):
        read_pack(tmp_path, "groove", _is_text)


def test_broken_archive_is_a_corpus_error(tmp_path: Path) -> None:
    (tmp_path / "groove.tar.xz").write_bytes(b"this is no archive")
    with pytest.raises(CorpusError, match="cannot be read"):
        read_pack(tmp_path, "groove", _is_text)


def test_truncated_archive_is_a_corpus_error(tmp_path: Path) -> None:
    root = _pack(tmp_path / "unpacked", "groove")
    (root / "big.txt").write_bytes(bytes(range(256)) * 400)
    archive = tmp_path / "groove.tar.xz"
    with tarfile.open(archive, "w:xz") as tar:
        tar.add(root, arcname="groove")
    archive.write_bytes(archive.read_bytes()[:-60])
    with pytest.raises(CorpusError, match="cannot be read"):
        read_pack(tmp_path, "groove", _is_text)


def test_pack_without_the_expected_files_is_a_corpus_error(tmp_path: Path) -> None:
    _pack(tmp_path, "groove")
    with pytest.raises(CorpusError, match="none of the expected files"):
        read_pack(tmp_path, "groove", lambda inner: inner.endswith(".mid"))


@pytest.mark.parametrize("command", [learn_harmony, learn_melody, learn_grooves])
def test_commands_report_a_missing_pack_in_one_line(
    command: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main = command.main  # type: ignore[attr-defined]
    status = main(["--corpora", str(tmp_path), "--out", str(tmp_path / "rules")])
    error = capsys.readouterr().err
    assert status == 2
    assert "not found" in error
    assert error.count("\n") == 1
    assert "Traceback" not in error
    assert not (tmp_path / "rules").exists()


def test_bad_date_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--corpora", str(tmp_path), "--out", str(tmp_path), "--date", "yesterday"]
    with pytest.raises(SystemExit) as exit_info:
        learn_harmony.main(flags)
    assert exit_info.value.code == 2
    assert "'yesterday' is not a date" in capsys.readouterr().err

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from composer.errors import OutputError
from composer.exporting import files
from composer.exporting.files import FileSet, write_file

not_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every path below a folder with its bytes; `None` for a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def write_set(folder: Path, *names: str, then: type[BaseException] | None = None) -> None:
    with FileSet(folder) as out:
        for name in names:
            out.write(name, b"new")
        if then is not None:
            raise then


def test_a_file_is_written_and_missing_folders_are_made(tmp_path: Path) -> None:
    path = write_file(tmp_path / "a" / "b" / "x.txt", "é")
    assert path.read_bytes() == b"\xc3\xa9"
    write_file(path, b"new")
    assert tree(tmp_path) == {"a": None, "a/b": None, "a/b/x.txt": b"new"}


def test_a_set_appears_together(tmp_path: Path) -> None:
    with FileSet(tmp_path / "out") as out:
        out.write("x.mid", b"1")
        out.path("stems/bass.wav").write_bytes(b"2")
        assert not (tmp_path / "out" / "x.mid").exists()
    assert out.paths == (tmp_path / "out" / "x.mid", tmp_path / "out" / "stems" / "bass.wav")
    assert tree(tmp_path / "out") == {"x.mid": b"1", "stems": None, "stems/bass.wav": b"2"}


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, OutputError, SystemExit])
def test_an_interrupted_set_leaves_all_as_it_was(
    tmp_path: Path, interruption: type[BaseException]
) -> None:
    write_file(tmp_path / "x.mid", b"old")
    before = tree(tmp_path)
    for folder in (tmp_path, tmp_path / "fresh" / "folder"):
        with pytest.raises(interruption):
            write_set(folder, "x.mid", "y.mid", then=interruption)
    assert tree(tmp_path) == before


def test_an_interruption_while_moving_puts_all_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_file(tmp_path / "a", b"old a")
    write_file(tmp_path / "b", b"old b")
    before = tree(tmp_path)
    moved = []
    replace = Path.replace

    def interrupted(self: Path, target: Path) -> Path:
        if ".old" not in self.name:
            moved.append(target)
            if len(moved) == 3:
                raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_set(tmp_path, "a", "new/c", "b")
    assert len(moved) == 3
    assert tree(tmp_path) == before


def test_files_that_are_not_of_the_set_stay(tmp_path: Path) -> None:
    write_file(tmp_path / "keep.txt", b"mine")
    with FileSet(tmp_path) as out:
        out.write("x", b"1")
    assert tree(tmp_path) == {"keep.txt": b"mine", "x": b"1"}


def test_a_file_where_a_folder_is_needed(tmp_path: Path) -> None:
    write_file(tmp_path / "out", b"a file")
    before = tree(tmp_path)
    for folder in (tmp_path / "out", tmp_path / "out" / "below"):
        with pytest.raises(OutputError, match="a file stands where a folder is needed"):
            write_file(folder / "x.mid", b"")
    assert tree(tmp_path) == before


def test_a_folder_where_a_file_is_needed(tmp_path: Path) -> None:
    write_file(tmp_path / "old", b"old")
    (tmp_path / "x.mid").mkdir()
    before = tree(tmp_path)
    with pytest.raises(OutputError, match="a folder stands where a file is needed"):
        write_set(tmp_path, "old", "x.mid")
    assert tree(tmp_path) == before


@not_root
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="no permission"):
        write_file(tmp_path / "x.mid", b"")
    tmp_path.chmod(0o700)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "the disk is full"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "cannot be written"),
    ],
)
def test_every_failure_is_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, words: str
) -> None:
    def fail(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(Path, "write_bytes", fail)
    with pytest.raises(OutputError, match=words) as caught:
        write_file(tmp_path / "x.mid", b"data")
    assert str(tmp_path / "x.mid") in str(caught.value)
    assert "\n" not in str(caught.value)
    assert tree(tmp_path) == {}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_device_is_named() -> None:
    with (
        pytest.raises(OutputError, match="the disk is full"),
        files.output_errors(Path("out/x.mid")),
        Path("/dev/full").open("wb", buffering=0) as file,
    ):
        file.write(b"x")


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", ""])
def test_a_name_cannot_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    with FileSet(tmp_path) as out, pytest.raises(ValueError, match="leads out"):
        out.path(name)


def test_a_set_is_used_within_its_statement(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="with statement"):
        FileSet(tmp_path).path("x")


def test_without_hard_links_old_files_are_still_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    write_file(tmp_path / "x", b"old")
    write_file(tmp_path / "x", b"new")
    assert tree(tmp_path) == {"x": b"new"}

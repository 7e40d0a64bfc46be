"""Projects from strangers: nothing is read, written or removed outside the folder."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from composer.errors import ProjectError
from composer.music.brief import Brief
from composer.project.project import Project
from composer.project.restoring import restore

BRIEF = Brief(style="pop", form="verse:4", key="C", seed=6, writer="rules")


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project; not to be written to."""
    folder = tmp_path_factory.mktemp("stranger") / "song"
    Project.create(folder, BRIEF).close()
    return folder


@pytest.fixture
def song(kept: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(kept, tmp_path / "song"))


def refused(song: Path, message: str) -> None:
    """Opening a project, and putting it in order, fail with a line on the links."""
    for attempt in (Project.open, restore):
        with pytest.raises(ProjectError, match=message):
            attempt(song)


def contents(path: Path) -> bytes | list[Path]:
    return path.read_bytes() if path.is_file() else sorted(path.iterdir())


def test_folders_behind_a_link_are_not_removed(song: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    shutil.move(song / "states", photos)
    (photos / "2024").mkdir()
    (song / "states").symlink_to(photos)
    refused(song, r"states: is a link")
    assert (photos / "2024").is_dir()


@pytest.mark.parametrize("name", [".owner", ".lock", "project.toml", "states/0001/parts"])
def test_files_behind_a_link_are_not_written(song: Path, tmp_path: Path, name: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    if (song / name).exists():
        shutil.move(song / name, elsewhere)
    else:
        elsewhere.write_text("kept", "utf-8")
    before = contents(elsewhere)
    (song / name).unlink(missing_ok=True)
    (song / name).symlink_to(elsewhere)
    refused(song, "is a link")
    after = contents(elsewhere)
    assert after == before


def test_a_link_beside_the_project_is_no_matter(song: Path, tmp_path: Path) -> None:
    (song / "notes.txt").symlink_to(tmp_path / "notes.txt")
    Project.open(song).close()


@pytest.mark.parametrize("name", ["../../secret", "/etc/hostname", "C:/secret", ""])
def test_names_that_lead_out_are_refused(song: Path, name: str) -> None:
    sums = song / "states" / "0001" / "checksums.toml"
    sums.write_text(sums.read_text("utf-8") + f'"{name}" = "0"\n', "utf-8")
    with pytest.raises(ProjectError, match="leads out of the folder"):
        Project.open(song)


def test_a_pipe_is_not_waited_for(song: Path) -> None:
    brief = song / "states" / "0001" / "brief.toml"
    brief.unlink()
    os.mkfifo(brief)
    with pytest.raises(ProjectError, match="no regular file"):
        Project.open(song)


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("locks.toml", "[locked]", "[locked]\nnobody = ['verse']", "the piece has no 'verse'"),
        ("locks.toml", "[locked]", "[locked]\ndrums = 3", "drums must be of kind list"),
        ("operations.toml", "operations = []", "operations = [1]", "a list of tables"),
        ("score/", "notes = [\n", 'notes = [\n"0 1e99999999 C4 80 chord 0 -",\n', "no fraction"),
    ],
)
def test_values_of_a_stranger_are_looked_at(
    song: Path, name: str, old: str, new: str, message: str
) -> None:
    place = song / "states" / "0001"
    path = next(p for p in sorted(place.rglob("*.toml")) if name in p.as_posix())
    before = path.read_bytes()
    changed = before.replace(old.encode(), new.encode())
    assert changed != before
    path.write_bytes(changed)
    sums = place / "checksums.toml"
    digests = [hashlib.sha256(data).hexdigest() for data in (before, changed)]
    sums.write_text(sums.read_text("utf-8").replace(*digests), "utf-8")
    with pytest.raises(ProjectError, match=message):
        Project.open(song)

"""The folder of a project: what is saved, what is found again, and what is refused."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from composer.errors import ComposerError, ProjectError
from composer.exporting.brief_toml import load_brief
from composer.midi.decode import read_midi
from composer.midi.encode import encode
from composer.music.brief import Brief
from composer.music.performance import PlayedNote
from composer.project.ledger import MOST_UNDO, Ledger, read_ledger
from composer.project.operations import replay
from composer.project.project import Project
from composer.project.restoring import restore
from composer.repeating import repeat
from composer.version import __version__

BRIEF = Brief(style="pop", form="verse:4 chorus:4", key="C", seed=6, writer="rules")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two operations; not to be written to."""
    folder = tmp_path_factory.mktemp("project") / "song"
    with Project.create(folder, BRIEF) as project:
        project.lock(parts=["drums"])
        project.regenerate(parts=["bass"], sections=["chorus"])
    return folder


@pytest.fixture
def song(made: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "song"
    shutil.copytree(made, folder)
    return folder


@pytest.fixture
def project(song: Path) -> Iterator[Project]:
    with Project.open(song) as opened:
        yield opened


def edit_bass(folder: Path) -> Path:
    """Change the bass's file as a sequencer would; its path."""
    with Project.open(folder) as opened:
        place = opened.state_folder
    path = next((place / "parts").glob("*bass*"))
    read = read_midi(path)
    track = replace(read.tracks[0], notes=(PlayedNote(0, 36, 400, 99), *read.tracks[0].notes[4:]))
    path.write_bytes(encode(replace(read, tracks=(track,))))
    return path


def test_what_was_saved_is_found_again(song: Path) -> None:
    with Project.open(song) as one:
        state = one.state
        one.vary(0.3)
        one.undo()
    with Project.open(song) as again:
        assert again.state == state
        assert [step.done for step in again.history] == [True, True, True, False]
        assert [step.sentence for step in again.history][1:3] == [
            "lock drums",
            "regenerate bass in chorus",
        ]


def test_a_project_is_a_piece(project: Project) -> None:
    piece = project.piece
    assert piece.report.ok and piece.score is project.state.score
    place = project.state_folder
    assert piece.midi == (place / "piece.mid").read_bytes()
    assert load_brief(place / "brief.toml") == piece.brief
    assert len(list((place / "parts").iterdir())) == len(piece.score.parts)


def test_a_file_of_a_part_is_complete(project: Project) -> None:
    whole = project.piece.performance
    for path, track in zip(
        sorted((project.state_folder / "parts").iterdir()), whole.tracks, strict=True
    ):
        alone = read_midi(path)
        assert (alone.title, alone.tracks) == (track.name, (track,))
        assert (alone.tempos, alone.meters) == (whole.tempos, whole.meters)


def test_what_is_not_asked_for_stays_to_the_byte(project: Project) -> None:
    before = project.state_folder
    project.regenerate(parts=["melody"])
    project.set_chords("3..4", "Am7 | Fmaj7")
    after = project.state_folder
    drums = next((before / "parts").glob("*kit*")).relative_to(before)
    assert (before / drums).read_bytes() == (after / drums).read_bytes()
    melody = sorted((before / "parts").iterdir())[0].relative_to(before)
    assert (before / melody).read_bytes() != (after / melody).read_bytes()


def test_the_log_is_replayed_to_the_byte(project: Project) -> None:
    project.infill(range(3, 5))
    project.transpose(2)
    project.change_style("bass", "reggae")
    again = replay(BRIEF, project.operations)
    assert again.piece().midi == project.piece.midi
    assert again.score == project.state.score


def test_undone_and_done_otherwise(project: Project) -> None:
    first = project.state
    project.regenerate(parts=["melody"])
    once = project.state
    project.undo()
    assert project.state == first
    project.redo()
    assert project.state == once
    project.undo()
    project.regenerate(parts=["melody"])
    assert project.state.score != once.score, "another take after undo is another version"
    with pytest.raises(ProjectError, match="redo: nothing was undone"):
        project.redo()
    for _ in range(3):
        project.undo()
    with pytest.raises(ProjectError, match="undo: nothing was done"):
        project.undo()


def test_a_refused_operation_leaves_the_state(project: Project) -> None:
    before, place = project.state, project.state_folder
    with pytest.raises(ComposerError):
        project.change_style("bass", "nonsense")
    with pytest.raises(ProjectError):
        project.regenerate(parts=["drums"])
    assert (project.state, project.state_folder) == (before, place)


def test_a_full_disk_leaves_the_last_saved_state(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, files = project.state, sorted(project.folder.rglob("*"))

    def full(place: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("composer.project.disk.os.fsync", full)
        with pytest.raises(ProjectError, match="the disk is full; make room"):
            project.lock(parts=["bass"])
    assert project.state == before
    project.close()
    with Project.open(project.folder) as again:
        assert again.state == before
        assert sorted(project.folder.rglob("*")) == files


def test_old_states_are_pruned() -> None:
    ledger = Ledger(1, takes=1, last=1)
    for _ in range(MOST_UNDO + 20):
        ledger = ledger.with_new()
    assert len(ledger.undo) == MOST_UNDO and len(ledger.states) == MOST_UNDO + 1
    back = ledger.undone().undone()
    assert len(back.redo) == 2 and back.redone().redone() == ledger
    assert back.with_new().redo == () and back.with_new().current == ledger.last + 1


def test_states_that_nothing_leads_back_to_are_removed(project: Project) -> None:
    project.vary(0.2)
    given_up = project.state_folder
    project.undo()
    project.vary(0.2)
    assert not given_up.exists()
    assert len(list((project.folder / "states").iterdir())) == 4


def test_what_a_crash_left_is_removed(song: Path) -> None:
    states = song / "states"
    (states / ".new-0004" / "parts").mkdir(parents=True)
    shutil.copytree(states / "0003", states / "0009")
    (song / ".new-project.toml").write_text("half")
    (song / "notes.txt").write_text("the user's own")
    with Project.open(song):
        pass
    assert sorted(p.name for p in states.iterdir()) == ["0001", "0002", "0003"]
    assert {p.name for p in song.iterdir()} == {"project.toml", "states", "notes.txt", ".lock"}


def test_two_at_once_are_refused_and_the_second_is_told_who_is_first(project: Project) -> None:
    import os

    with pytest.raises(
        ProjectError, match=rf"is open elsewhere, by process {os.getpid()} since 20\d\d-"
    ):
        Project.open(project.folder)
    with pytest.raises(ProjectError, match="is open elsewhere"):
        restore(project.folder)


def test_a_part_that_was_changed_elsewhere_is_taken_over(song: Path) -> None:
    path = edit_bass(song)
    mine = path.read_bytes()
    with Project.open(song) as project:
        bass = read_midi(path).tracks[0].name
        assert project.notices[0].startswith(f"{bass}: ")
        assert project.history[-1].operation["name"] == "adopt"
        new = project.state_folder / path.relative_to(song / "states" / "0003")
        assert read_midi(new).tracks[0].notes == _decoded(mine)
        assert project.piece.report.ok
        with pytest.raises(ProjectError, match="is locked there"):
            project.regenerate(parts=["bass"], sections=["verse"])
        log = project.operations
        midi = project.piece.midi
        project.undo()
        assert project.state.operations == log[:-1] and not project.notices[1:]
        project.redo()
    with Project.open(song) as again:
        assert not again.notices and again.piece.midi == midi
    assert replay(BRIEF, log).piece().midi == midi


def _decoded(data: bytes) -> tuple[PlayedNote, ...]:
    from composer.midi.decode import decode

    return decode(data).tracks[0].notes


def test_a_change_while_the_project_is_open_is_taken_over_too(song: Path) -> None:
    path = edit_bass(song)
    data = path.read_bytes()
    restore(song)
    with Project.open(song) as project:
        path.write_bytes(data)
        project.lock(parts=["melody"])
        assert [step.operation["name"] for step in project.history[-2:]] == ["adopt", "lock"]


def test_a_file_that_says_the_same_is_no_change(song: Path) -> None:
    path = next((song / "states" / "0003" / "parts").glob("*bass*"))
    read = read_midi(path)
    path.write_bytes(encode(replace(read, title="as my sequencer calls it")))
    with Project.open(song) as project:
        assert not project.notices and len(project.history) == 3


def test_a_change_of_the_whole_piece_is_taken_over(song: Path) -> None:
    path = song / "states" / "0003" / "piece.mid"
    read = read_midi(path)
    index = next(i for i, track in enumerate(read.tracks) if track.role == "melody")
    tracks = list(read.tracks)
    tracks[index] = replace(tracks[index], notes=tracks[index].notes[:3])
    path.write_bytes(encode(replace(read, tracks=tuple(tracks))))
    with Project.open(song) as project:
        assert [notice.split(":")[0] for notice in project.notices] == [tracks[index].name]
        assert project.piece.performance.tracks[index].notes == tracks[index].notes


def test_a_change_that_cannot_be_read_is_kept_and_restored_on_demand(song: Path) -> None:
    path = next((song / "states" / "0003" / "parts").glob("*bass*"))
    saved = path.read_bytes()
    path.write_bytes(b"not MIDI at all")
    with pytest.raises(ProjectError, match=r"bass\.mid: .*restore"):
        Project.open(song)
    assert path.read_bytes() == b"not MIDI at all"
    assert restore(song).startswith("put back parts/")
    assert path.read_bytes() == saved
    assert restore(song) == "nothing had to be put back"


@pytest.mark.parametrize(
    "name",
    ["brief.toml", "plan.toml", "locks.toml", "about.toml", "operations.toml", "checksums.toml",
     "conductor.mid", "piece.mid", "parts/*bass*", "score/*bass*"],
)  # fmt: skip
def test_a_file_that_is_gone_or_damaged_is_named_and_made_again(song: Path, name: str) -> None:
    place = song / "states" / "0003"
    path = next(place.glob(name))
    saved = path.read_bytes()
    path.unlink()
    with pytest.raises(ProjectError, match=rf"{path.name}: is missing"):
        Project.open(song)
    if path.suffix == ".toml":
        path.write_bytes(saved[: len(saved) // 2])
        with pytest.raises(ProjectError, match=rf"{path.name}: (was|is) damaged"):
            Project.open(song)
    said = restore(song)
    with Project.open(song) as project:
        again = project.state_folder / path.relative_to(place)
        if "newest" not in said:
            assert again.read_bytes() == saved
        assert project.piece.report.ok


def test_a_lost_ledger_is_made_again(song: Path) -> None:
    before = read_ledger(song)
    (song / "project.toml").unlink()
    with pytest.raises(ProjectError, match="is no project"):
        Project.open(song)
    restore(song)
    assert read_ledger(song) == before


def test_a_project_of_a_later_format_is_refused(song: Path) -> None:
    path = song / "project.toml"
    path.write_text(path.read_text().replace("format = 1", "format = 2"))
    with pytest.raises(ProjectError, match=rf"has format 2, and composer {__version__} reads"):
        Project.open(song)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("current = 3", "current = -1", "current must be a whole number"),
        ("current = 3", "current = 'x'", "current must be a whole number"),
        ("current = 3", "current = 1", "contradict each other"),
        ("redo = []", "redo = 4", "redo must be a list"),
        ("format = 1", "format", "is damaged"),
    ],
)
def test_a_damaged_ledger_is_refused(song: Path, old: str, new: str, message: str) -> None:
    path = song / "project.toml"
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ProjectError, match=rf"project\.toml: .*{message}"):
        Project.open(song)


def test_folders_that_are_no_place_for_a_project(tmp_path: Path, song: Path) -> None:
    with pytest.raises(ProjectError, match="no such folder"):
        Project.open(tmp_path / "nowhere")
    with pytest.raises(ProjectError, match="is a project already"):
        Project.create(song, BRIEF)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "photo.jpg").write_text("x")
    with pytest.raises(ProjectError, match=r"holds photo\.jpg already"):
        Project.create(tmp_path / "mine", BRIEF)
    with pytest.raises(ProjectError, match="a file stands there"):
        Project.create(tmp_path / "mine" / "photo.jpg", BRIEF)
    with pytest.raises(ComposerError):
        Project.create(tmp_path / "new", Brief(style="nonsense"))
    assert not (tmp_path / "new").exists()


def test_rules_that_are_gone_are_named(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "moods.toml").write_text("[moods]\nodd = [0.1, 0.1]\n")
    with Project.create(tmp_path / "song", Brief(bars=2, mood="odd", writer="rules"), rules):
        pass
    with Project.open(tmp_path / "song") as project:
        project.vary(0.1)
        assert project.piece.rules == rules
    shutil.rmtree(rules)
    with pytest.raises(ProjectError, match=r"was made with the rules in .*rules, which are gone"):
        Project.open(tmp_path / "song")


def test_export_writes_elsewhere(project: Project, tmp_path: Path) -> None:
    paths = project.export(tmp_path / "out")
    assert {"piece.mid", "manifest.json", "brief.toml"} <= {path.name for path in paths}
    assert (tmp_path / "out" / "piece.mid").read_bytes() == project.piece.midi
    assert repeat(tmp_path / "out").same
    with pytest.raises(ProjectError, match="is the project itself"):
        project.export(project.folder)

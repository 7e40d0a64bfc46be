"""`compose project DIR …` as a user types it, two at once, and kill -9 at any moment."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from composer.music.brief import Brief
from composer.project.project import Project
from tests.cli.conftest import COMMAND, Compose, tree

SMALL = Brief(style="pop", bars=4, key="C", parts=("piano", "bass"), seed=1, writer="rules")


@pytest.fixture
def song(tmp_path: Path) -> Path:
    with Project.create(tmp_path / "song", SMALL):
        pass
    return tmp_path / "song"


def test_a_session(compose: Compose, tmp_path: Path) -> None:
    song = tmp_path / "song"
    flags = ("--style", "pop", "--bars", 4, "--key", "C", "--seed", 3, "--writer", "rules")
    new = compose("project", song, "new", *flags, "--parts", "melody=flute, piano, bass, drums")
    assert new.code == 0 and new.out == f"composed: {song}/states/0001\n", new.err
    for words in (
        ("lock", "--parts", "drums,flute"),
        ("regenerate", "--parts", "bass"),
        ("infill", "2..3"),
        ("set-chords", "3", "Am7"),
        ("vary", 0.5),
        ("change-style", "bass", "reggae"),
        ("unlock",),
        ("transpose", -2),
        ("set-key", "D"),
        ("undo",),
        ("undo",),
        ("redo",),
    ):
        done = compose("project", song, *words)
        assert (done.code, done.err) == (0, ""), done.err
    shown = compose("project", song)
    assert shown == compose("project", song, "show")
    assert "in Bb major" in shown.out and "plays reggae" in shown.out
    history = compose("project", song, "history").out.splitlines()
    assert history[0].endswith("composed") and history[-1].endswith("set-key D  (undone)")
    out = compose(
        "project", song, "export", "--no-audio", "--export", "midi-parts", "--out", tmp_path / "out"
    )
    assert out.code == 0 and str(tmp_path / "out" / "piece.mid") in out.out.splitlines()


def test_answers_as_json(compose: Compose, song: Path) -> None:
    shown = json.loads(compose("project", song, "show", "--json").out)
    assert shown["bars"] == 4 and [part["role"] for part in shown["parts"]][-1] == "bass"
    locked = json.loads(compose("project", song, "lock", "--parts", "bass", "--json").out)
    sections = [section["name"] for section in locked["sections"]]
    assert locked["parts"][-1]["locked"] == sections
    steps = json.loads(compose("project", song, "history", "--json").out)
    assert [step["done"] for step in steps] == [True, True]
    assert steps[1]["operation"] == {"name": "lock", "take": 1, "parts": ["bass"]}


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("regenerate", "--parts", "tuba"), '"tuba" is no part of the piece'),
        (("regenerate", "--parts", ""), "parts: is empty"),
        (("lock", "--sections", "brdge"), '"brdge" is no section'),
        (("infill", "5..9"), "5..9 are not in the piece, whose bars are 1 to 4"),
        (("infill", "x"), '"x" are no bars'),
        (("vary", "2"), "vary: must be from 0"),
        (("vary", "lots"), "vary: must be a number"),
        (("transpose", "up"), "whole semitones"),
        (("set-key", "Cm"), "has another scale"),
        (("set-chords", "1", "Hm"), '"Hm" is not a chord'),
        (("change-style", "bass", "polka-dot"), '"polka-dot" is no style'),
        (("undo",), "nothing was done"),
        (("redo",), "nothing was undone"),
        (("new",), "is a project already"),
        (("regenrate",), '"regenrate" is no command; did you mean "regenerate"'),
        (("show", "--jsn"), '"--jsn" is no option'),
        (("export", "--export", "midifile"), "midifile"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(
    compose: Compose, song: Path, words: tuple[str, ...], message: str
) -> None:
    before = tree(song)
    assert message in compose("project", song, *words).refused()
    after = tree(song)
    after.pop(".lock", None)
    before.pop(".lock", None)
    assert after == before


def test_folders_that_are_no_project(compose: Compose, tmp_path: Path) -> None:
    assert "no such folder" in compose("project", tmp_path / "x", "show").refused()
    (tmp_path / "y").mkdir()
    assert "is no project; `compose project" in compose("project", tmp_path / "y").refused()
    assert "Missing argument 'DIR'" in compose("project").refused()
    assert compose("project", tmp_path / "x", "--help").out.startswith("Usage: compose project")


def test_the_second_process_is_told_and_loses_nothing(song: Path) -> None:
    with Project.open(song) as project:
        second = subprocess.run(
            [*COMMAND, "project", song, "lock"], capture_output=True, text=True, check=False
        )
        assert second.returncode == 2 and second.stderr.count("\n") == 1
        assert "is open elsewhere, by process " in second.stderr
        project.lock()
    with Project.open(song) as project:
        assert [step.sentence for step in project.history] == ["composed", "lock"]


KILLED = """
import os, random, signal, sys, time
from composer.project.project import Project

folder, times = sys.argv[1], int(sys.argv[2])
chance = random.Random(5)
least = 0
for round in range(times):
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        with Project.open(folder) as project:
            while True:
                project.lock(parts=["bass"])
                os.write(theirs, b"%d\\n" % len(project.operations))
                if len(project.operations) % 5 == 0:
                    project.undo()
                    project.redo()
    os.close(theirs)
    told = os.read(ours, 64)
    time.sleep(chance.random() * 0.12)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while block := os.read(ours, 4096):
        told += block
    os.close(ours)
    least = int(told.split()[-1])
    with Project.open(folder) as project:
        found = len(project.operations)
        assert found in (least - 1, least, least + 1), (found, least)
        assert found >= least or found % 5 == 4, "what was said to be saved is there"
        assert project.piece.report.ok
    assert not [name for name in os.listdir(folder + "/states") if name.startswith(".")]
print(least)
"""


def test_kill_9_at_any_moment_leaves_the_last_saved_state(song: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(song), "25"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 25

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from composer import Brief, compose
from composer.errors import EvaluationError, MidiError
from composer.evaluating import measuring
from composer.evaluating.measuring import (
    find_files,
    measure_bytes,
    measure_files,
    measure_song,
    table_of,
)
from composer.evaluating.metrics import METRIC_NAMES, METRICS, measure
from composer.evaluating.reference import load_table, save_table
from composer.evaluating.results import Skipped
from composer.evaluating.windows import opening
from composer.midi.encode import encode
from composer.midi.songs import read_song, song_from_bytes, song_of
from tests.unit.evaluating.songs import composed


@pytest.fixture(scope="module")
def midi() -> bytes:
    return encode(compose(Brief(writer="rules", style="pop", bars=8, seed=3)).performance)


@pytest.fixture
def folder(tmp_path: Path, midi: bytes) -> Path:
    """Two good files, one in a folder below, and four bad ones."""
    (tmp_path / "below").mkdir()
    (tmp_path / "a.mid").write_bytes(midi)
    (tmp_path / "below" / "Ä.MIDI").write_bytes(midi)
    (tmp_path / "empty.mid").write_bytes(b"")
    (tmp_path / "text.mid").write_text("not music")
    (tmp_path / "cut.mid").write_bytes(midi[:200])
    (tmp_path / "gone.mid").symlink_to(tmp_path / "nowhere")
    (tmp_path / "notes.txt").write_text("left alone")
    return tmp_path


def test_metrics_have_names_of_their_own_titles_and_units() -> None:
    assert len(set(METRIC_NAMES)) == len(METRIC_NAMES) > 150
    assert all(metric.title and metric.unit and metric.source for metric in METRICS)
    assert {metric.group for metric in METRICS} == {
        "pitch",
        "rhythm",
        "texture",
        "structure",
        "harmony",
        "theory",
        "performance",
        "instruments",
    }


@pytest.mark.parametrize("style", ["pop", "jazz-swing", "cinematic", "classical"])
def test_a_piece_of_ours_is_measured_the_same_twice_and_nothing_is_infinite(style: str) -> None:
    window = opening(composed(style, 1))
    row = measure(window)
    assert row.shape == (len(METRICS),)
    assert np.array_equal(row, measure(window), equal_nan=True)
    assert not np.isinf(row).any()
    shares = [m.unit == "share" for m in METRICS]
    known = row[shares][~np.isnan(row[shares])]
    assert known.min() >= 0 and known.max() <= 1


def test_a_song_read_from_our_midi_is_that_of_our_performance(midi: bytes) -> None:
    played = song_of(compose(Brief(writer="rules", style="pop", bars=8, seed=3)).performance)
    read = song_from_bytes(midi)
    assert read.notes == played.notes
    assert np.array_equal(measure(opening(read)), measure(opening(played)), equal_nan=True)


def test_notes_only_metrics_do_not_hear_velocity_or_micro_timing() -> None:
    from composer.training.damage import on_the_grid

    piece = composed("jazz-swing", 2)
    flat = on_the_grid(piece, np.random.default_rng(0))
    before, after = measure(opening(piece)), measure(opening(flat))
    grid = [metric.notes_only for metric in METRICS]
    # Theory and harmony read durations and exact onsets: a hair's breadth is allowed them.
    same = np.isclose(before[grid], after[grid], equal_nan=True, rtol=0.05, atol=0.05)
    assert same.mean() > 0.97
    assert not np.allclose(before, after, equal_nan=True)


def test_bad_files_are_listed_and_the_rest_is_measured(folder: Path) -> None:
    found, skipped = measure_files(folder)
    assert [one.path for one in found] == ["a.mid", str(Path("below", "Ä.MIDI"))]
    reasons = {one.path: one.reason for one in skipped}
    assert set(reasons) == {"empty.mid", "text.mid", "cut.mid", "gone.mid"}
    assert all("\n" not in reason for reason in reasons.values())
    assert "MThd" in reasons["text.mid"]
    assert "no such file" in reasons["gone.mid"]


@pytest.mark.slow
def test_processes_find_what_one_finds(folder: Path) -> None:
    told: list[tuple[int, int]] = []
    alone, skipped_alone = measure_files(folder)
    both, skipped = measure_files(folder, jobs=2, progress=lambda *done: told.append(done))
    assert [one.path for one in both] == [one.path for one in alone]
    assert np.array_equal(
        table_of(both, "opening").values, table_of(alone, "opening").values, equal_nan=True
    )
    assert skipped == skipped_alone
    assert told == [(i, 6) for i in range(1, 7)]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_file_that_kills_its_process_is_skipped_and_no_other(
    tmp_path: Path, midi: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in "abcd":
        (tmp_path / f"{name}.mid").write_bytes(midi)
    (tmp_path / "killer.mid").write_bytes(midi)
    monkeypatch.setattr(measuring, "_measure_unless_stopped", _killed_by_killer)
    found, skipped = measure_files(tmp_path, jobs=2)
    assert [one.path for one in found] == ["a.mid", "b.mid", "c.mid", "d.mid"]
    assert skipped == (Skipped("killer.mid", "the process that read it was ended"),)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_run_ends_soon_and_leaves_no_process(tmp_path: Path, midi: bytes) -> None:
    for number in range(60):
        (tmp_path / f"{number:02d}.mid").write_bytes(midi)
    before = set(multiprocessing.active_children())

    def interrupt(done: int, total: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measure_files(tmp_path, jobs=2, progress=interrupt)
    # Asked again and again: the pool's own thread collects its processes too, and while it does, a
    # join here may end early.
    deadline = time.monotonic() + 20
    while set(multiprocessing.active_children()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not set(multiprocessing.active_children()) - before


def _killed_by_killer(path: Path, name: str) -> object:
    if "killer" in name:
        os._exit(9)
    return measure_bytes(path.read_bytes(), name)


def test_nothing_to_measure_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no such folder"):
        find_files(tmp_path / "none")
    with pytest.raises(EvaluationError, match=r"holds no MIDI file \(\.kar"):
        find_files(tmp_path)


def test_one_file_is_a_folder_of_one(folder: Path) -> None:
    found, _ = measure_files(folder / "a.mid")
    assert [one.path for one in found] == ["a.mid"]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"MThd\0\0\0\6\0\1\0\0\1\xe0", "no note|cannot be read"),
        (b"RIFF....", "cannot be read|no note"),
        (b"\x89PNG", "is no MIDI file"),
    ],
)
def test_what_is_not_music_is_refused_with_its_name(data: bytes, message: str) -> None:
    with pytest.raises(MidiError, match=f"^it.mid: .*({message})"):
        song_from_bytes(data, "it.mid")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes and devices")
def test_pipes_and_devices_are_skipped_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mid")
    (tmp_path / "device.mid").symlink_to("/dev/zero")
    found, skipped = measure_files(tmp_path)
    assert found == ()
    assert len(skipped) == 2
    assert all(one.reason.startswith("is no regular file") for one in skipped)


def test_values_are_those_that_a_stored_table_has(tmp_path: Path) -> None:
    found = [measure_song(composed("pop", seed, 16), f"{seed}") for seed in range(3)]
    table = table_of(found, "opening")
    save_table(table, tmp_path / "table.npz")
    assert np.array_equal(load_table(tmp_path / "table.npz").values, table.values, equal_nan=True)


def test_a_folder_in_place_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MidiError, match="is a folder"):
        read_song(tmp_path)

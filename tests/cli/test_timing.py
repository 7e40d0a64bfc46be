"""`--duration`, `--loop` and `--hits` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import soundfile

from composer.midi.decode import read_midi
from composer.midi.units import tempo_map
from tests.cli.conftest import Compose

QUICK = ("--quiet", "--writer", "rules", "--no-audio", "--out")


def report(folder: Path) -> dict[str, object]:
    data = json.loads((folder / "report.json").read_text())
    assert isinstance(data["timing"], dict)
    return data["timing"]


def test_a_length_is_exact_in_every_file(compose: Compose, tmp_path: Path) -> None:
    done = compose(
        *("--duration", "5.25s", "--style", "house", "--stems", "--sample-rate", 48000),
        *("--quiet", "--writer", "rules", "--out", tmp_path),
    )
    assert done.code == 0, done.err
    played = read_midi(tmp_path / "piece.mid")
    assert tempo_map(played).seconds(played.end_ticks) == pytest.approx(5.25, abs=1e-6)
    files = [tmp_path / "mix.wav", *(tmp_path / "stems").iterdir()]
    assert {soundfile.info(str(path)).frames for path in files} == {252_000}
    assert report(tmp_path)["asked_seconds"] == 5.25


def test_hits_are_reported_one_by_one(compose: Compose, tmp_path: Path) -> None:
    done = compose("--hits", "0,6.2s,0:14", "--style", "rock", *QUICK, tmp_path)
    assert done.code == 0, done.err
    hits = report(tmp_path)["hits"]
    assert isinstance(hits, list)
    assert [hit["asked"] for hit in hits] == [0, 6.2, 14]
    for hit in hits:
        assert abs(hit["error_ms"]) < 1 and abs(hit["struck"] - hit["asked"]) < 1 / 60
        assert hit["bar"] >= 1 and hit["beat"] >= 1 and hit["what"]


def test_a_loop_is_marked_in_its_file(compose: Compose, tmp_path: Path) -> None:
    done = compose(
        *("--loop", "--duration", "4s", "--style", "pop"),
        *("--quiet", "--writer", "rules", "--out", tmp_path),
    )
    assert done.code == 0, done.err
    data = (tmp_path / "mix.wav").read_bytes()
    assert b"smpl" in data[-68:]
    assert soundfile.info(str(tmp_path / "mix.wav")).frames == 176_400
    assert report(tmp_path)["loop"] is True


def test_a_saved_brief_keeps_its_time(compose: Compose, tmp_path: Path) -> None:
    first, second = tmp_path / "a", tmp_path / "b"
    asked = ("--duration", "12s", "--hits", "5s", "--loop", "--style", "funk")
    assert compose(*asked, *QUICK, first).code == 0
    assert compose("--brief", first / "brief.toml", *QUICK, second).code == 0
    assert (first / "piece.mid").read_bytes() == (second / "piece.mid").read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--duration", "soon"), 'duration: "soon" is no time; write 90s, 12.5s or 1:30'),
        (("--duration", "0.5s"), "duration: must be from 1 to 1800 seconds, not 0.5"),
        (("--duration", "31:00"), "duration: must be from 1 to 1800 seconds, not 1860"),
        (("--hits", "5,3"), "hits: must ascend, and 3 s comes after 5 s"),
        (("--hits", "5,,6"), 'hits: "" is no time'),
        (("--hits", "70", "--duration", "60"), "hits: 70 s is not before the end at 60 s"),
        (("--hits", "300", "--bars", "8"), "hits: 300 s lies after the end"),
        (
            ("--duration", "60", "--bars", "90", "--tempo", "100", "--time-signature", "4/4"),
            "duration: 90 bars of 4/4 at 100 quarters a minute do not last 60 s; 25 bars would",
        ),
    ],
)
def test_times_that_cannot_be_are_refused(
    compose: Compose, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    out = tmp_path / "out"
    assert compose(*arguments, *QUICK, out).refused().startswith(said)
    assert not (out / "piece.mid").exists()

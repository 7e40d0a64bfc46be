"""`compose --prompt`: words to a brief, and what is said of them."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Compose

QUICK = ("--writer", "rules", "--no-audio")


@pytest.mark.parametrize(
    "prompt",
    [
        "calm lo-fi for a shop in the morning, no drums, 4 bars, in D minor",
        "早晨商店里的平静lo-fi，不要鼓，4小节，D小调",
    ],
)
def test_words_become_a_brief(compose: Compose, tmp_path: Path, prompt: str) -> None:
    result = compose("--prompt", prompt, *QUICK, "--json", "--out", tmp_path)
    assert result.code == 0 and result.err == ""
    report = json.loads(result.out)
    assert (report["style"], report["key"], report["bars"]) == ("lofi-hip-hop", "D minor", 4)
    assert all(part["role"] != "drums" for part in report["parts"])
    assert report["notes"][0].startswith("understood: style lofi-hip-hop (lo-fi), mood 0.4,-0.45 (")
    # The brief needs the prompt no more.
    assert "prompt" not in tomllib.loads((tmp_path / "brief.toml").read_text())


def test_flags_go_over_it_and_what_was_not_understood_is_printed(
    compose: Compose, tmp_path: Path
) -> None:
    asked = ("--prompt", "fast jazz with qwzx", "--tempo", 90, "--bars", 2)
    result = compose(*asked, *QUICK, "--out", tmp_path)
    assert result.code == 0
    assert "90 quarters a minute" in result.out
    assert "left aside, since the brief says it already: tempo" in result.out
    assert "not understood: qwzx" in result.out


def test_the_ensemble_is_changed_by_words_and_by_flags(compose: Compose, tmp_path: Path) -> None:
    flags = ("--style", "pop", "--bars", 2, *QUICK, "--json", "--out", tmp_path)
    by_words = json.loads(compose("--prompt", "oboe, no drums or bass", *flags).out)
    by_flags = json.loads(compose("--parts", "+oboe, -drums, -bass", *flags).out)
    assert by_words["parts"] == by_flags["parts"]
    assert "Oboe" in [part["name"] for part in by_words["parts"]]


def test_bad_input_is_one_line(compose: Compose, tmp_path: Path) -> None:
    out = ("--out", tmp_path / "out")
    assert "says nothing that is known" in compose("--prompt", "qwzx", *out).refused()
    assert "is empty" in compose("--prompt", " ", *out).refused()
    assert "9999" in compose("--prompt", "9999 bars", "--no-audio", *out).refused()
    assert "names nobody" in compose("--parts", "-", "--no-audio", *out).refused()
    assert not (tmp_path / "out").exists()

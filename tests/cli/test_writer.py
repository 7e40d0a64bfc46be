"""Who writes the notes: the flags of the model, what the files say of it, and damaged models."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from composer.rulebook import load_rulebook
from composer.transformer.weights import SHIPPED
from tests.cli.conftest import Compose, run_process

SHORT = ("--key", "C", "--bars", "6", "--style", "pop", "--seed", "2", "--no-audio", "--quiet")


def made(compose: Compose, out: Path, *arguments: object) -> tuple[bytes, dict[str, Any]]:
    """The MIDI file and the report of a short run."""
    result = compose(*SHORT, *arguments, "--out", out)
    assert (result.code, result.err) == (0, "")
    report: dict[str, Any] = json.loads((out / "report.json").read_text())
    return (out / "piece.mid").read_bytes(), report


def test_the_report_says_which_notes_are_whose(compose: Compose, tmp_path: Path) -> None:
    _, report = made(compose, tmp_path, "--writer", "transformer")
    writer = report["writer"]
    assert writer["writer"] == "transformer"
    assert len(writer["model"]["sha256"]) == 64
    for part in report["parts"]:
        counts = writer["parts"][part["name"]]
        assert counts["model"] + counts["rules"] == part["notes"]
        assert all(1 <= bar <= 5 for bar in counts["model_bars"])
    assert sum(part["model"] for part in writer["parts"].values()) > 0
    assert 0 <= writer["masked"] < 0.5
    assert report["rules"]["ok"]


def test_rules_alone_load_no_model(tmp_path: Path) -> None:
    code = (
        "import sys; from composer import Brief, compose; "
        "piece = compose(Brief(bars=4, writer='rules')); "
        "assert not {'onnxruntime', 'torch', 'miditok'} & set(sys.modules); "
        "print(sum(model for model, _ in piece.authorship.notes.values()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0"


def test_composing_with_the_model_needs_neither_torch_nor_miditok() -> None:
    code = (
        "import sys; from composer import Brief, compose; compose(Brief(bars=4)); "
        "assert 'onnxruntime' in sys.modules; "
        "print(sorted({'torch', 'miditok', 'lightning', 'onnx'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_same_bytes_twice_and_in_another_process(compose: Compose, tmp_path: Path) -> None:
    first, _ = made(compose, tmp_path / "a")
    again, _ = made(compose, tmp_path / "b")
    assert first == again
    result = run_process(*SHORT, "--out", tmp_path / "c", PYTHONHASHSEED="77")
    assert result.code == 0
    assert (tmp_path / "c" / "piece.mid").read_bytes() == first


def test_the_brief_beside_the_piece_repeats_it(compose: Compose, tmp_path: Path) -> None:
    first, _ = made(
        compose, tmp_path / "a", "--temperature", "0.9", "--top-p", "0.9", "--candidates", "1"
    )
    brief = tomllib.loads((tmp_path / "a" / "brief.toml").read_text())
    assert (brief["writer"], brief["temperature"], brief["top_p"]) == ("hybrid", 0.9, 0.9)
    assert brief["candidates"] == 1
    result = compose(
        "--brief", tmp_path / "a" / "brief.toml", "--no-audio", "--quiet", "--out", tmp_path / "b"
    )
    assert result.code == 0
    assert (tmp_path / "b" / "piece.mid").read_bytes() == first


@pytest.mark.parametrize("flags", [("--temperature", "0"), ("--temperature", "100")])
def test_the_coldest_and_the_hottest_keep_the_rules(
    compose: Compose, tmp_path: Path, flags: tuple[str, str]
) -> None:
    _, report = made(compose, tmp_path, *flags, "--writer", "transformer")
    assert report["rules"]["ok"]


def test_writers_differ(compose: Compose, tmp_path: Path) -> None:
    rules, by_rules = made(compose, tmp_path / "a", "--writer", "rules")
    model, _ = made(compose, tmp_path / "b", "--writer", "transformer")
    assert rules != model
    assert all(part["model"] == 0 for part in by_rules["writer"]["parts"].values())


def test_the_hybrid_leaves_to_the_rules_what_the_style_says(
    compose: Compose, tmp_path: Path
) -> None:
    _, report = made(compose, tmp_path, "--writer", "hybrid", "--style", "rock")
    roles = {part["name"]: part["role"] for part in report["parts"]}
    left = [name for name in roles if roles[name] not in load_rulebook().style("rock").model_roles]
    assert left
    assert all(report["writer"]["parts"][name]["model"] == 0 for name in left)


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--writer", "transfomer"], 'did you mean "transformer"'),
        (["--writer", ""], "writer: is empty"),
        (["--temperature", "-0.1"], "temperature: must be from 0 to 100, not -0.1"),
        (["--temperature", "101"], "temperature: must be from 0 to 100"),
        (["--temperature", "nan"], "temperature: must be from 0 to 100"),
        (["--temperature", "hot"], "temperature: must be a number"),
        (["--top-p", "0"], "top-p: must be above 0"),
        (["--top-p", "1.1"], "top-p: must be from 0 to 1"),
        (["--candidates", "0"], "candidates: must be from 1 to 16, not 0"),
        (["--candidates", "17"], "candidates: must be from 1 to 16, not 17"),
        (["--candidates", "2.5"], "candidates: must be a whole number"),
        (["--model", "nowhere"], "nowhere: holds no transformer"),
    ],
)
def test_bad_flags_are_refused(
    compose: Compose, tmp_path: Path, flags: list[str], words: str
) -> None:
    out = tmp_path / "out"
    assert words in compose(*SHORT, *flags, "--out", out).refused()
    assert not out.exists()


def damaged(folder: Path, how: str) -> Path:
    """A copy of the model that comes with composer, damaged."""
    shutil.copytree(SHIPPED, folder)
    weights, card = folder / "weights.safetensors", folder / "card.json"
    if how == "missing":
        weights.unlink()
    elif how == "truncated":
        weights.write_bytes(weights.read_bytes()[:-1000])
    elif how == "changed":
        data = bytearray(weights.read_bytes())
        data[-1] ^= 1
        weights.write_bytes(bytes(data))
    elif how == "of another version":
        about = json.loads(card.read_text())
        card.write_text(json.dumps({**about, "version": 99}))
    elif how == "with no heads":
        about = json.loads(card.read_text())
        card.write_text(json.dumps({**about, "shape": {**about["shape"], "heads": 0}}))
    elif how == "with a text for a number":
        about = json.loads(card.read_text())
        card.write_text(json.dumps({**about, "shape": {**about["shape"], "width": "320"}}))
    elif how == "with too many layers":
        about = json.loads(card.read_text())
        card.write_text(json.dumps({**about, "shape": {**about["shape"], "layers": 10**9}}))
    elif how == "without a card":
        card.unlink()
    elif how == "with a card that is none":
        card.write_text("[]")
    return folder


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("missing", "weights.safetensors is missing"),
        ("truncated", "bytes long, not"),
        ("changed", "another checksum"),
        ("of another version", "format 99"),
        ("with no heads", "has 0 for heads"),
        ("with a text for a number", "has '320' for width"),
        ("with too many layers", "for layers, which is 1 to 128"),
        ("without a card", "card.json is missing"),
        ("with a card that is none", "is not the card of a transformer"),
    ],
)
def test_a_damaged_model_is_one_line(
    compose: Compose, tmp_path: Path, how: str, words: str
) -> None:
    model = damaged(tmp_path / "model", how)
    message = compose(*SHORT, "--model", model, "--out", tmp_path / "out").refused()
    assert words in message
    assert str(model) in message
    assert not (tmp_path / "out").exists()


def test_a_folder_of_ones_own_is_used(compose: Compose, tmp_path: Path) -> None:
    shutil.copytree(SHIPPED, tmp_path / "model")
    own, _ = made(compose, tmp_path / "a", "--model", tmp_path / "model")
    shipped, _ = made(compose, tmp_path / "b")
    assert own == shipped

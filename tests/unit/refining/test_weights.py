"""A refiner on disk is whole and of this version, or refused in one line; and it runs."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from composer.errors import RefinerError
from composer.models.card import CARD
from composer.refining import Refiner, weights
from composer.refining.engine import OnnxNetworks
from composer.refining.weights import WEIGHTS, Sampling, load_weights

pytest.importorskip("onnx", reason="the graphs are made by the training extra")

from tests.unit.refining.folders import CODES, WIDTH, random_arrays, write_folder
from tests.unit.refining.sounds import stem
from tests.unit.refining.test_refiner import lenient

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("refiner") / "tiny"
    write_folder(folder)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "refiner"))


def test_it_comes_back(made: Path) -> None:
    read = load_weights(made)
    assert (read.shape.width, read.shape.codes, read.shape.reach) == (WIDTH, CODES, 12)
    assert read.programs == {0: 0.75, 128: 1.0} and read.sampling == Sampling("sample", 1.0)
    assert read.about == {
        "name": "tiny, 7 steps",
        "steps": 7,
        "sha256": hashlib.sha256((made / WEIGHTS).read_bytes()).hexdigest(),
    }
    assert all(array.dtype == np.float32 for array in read.arrays.values())


def test_the_networks_are_those_of_the_graphs(made: Path) -> None:
    networks = OnnxNetworks(load_weights(made), threads=1)
    own = {name: array.astype(np.float32) for name, array in random_arrays().items()}
    rng = np.random.default_rng(1)
    heard = rng.standard_normal((16, 128)).astype(np.float32)
    roll = rng.random((16, 257)).astype(np.float32)
    context = networks.trunk(heard, roll, 128)
    expected = heard @ own["trunk.sound"] + roll @ own["trunk.notes"] + own["trunk.program"][128]
    assert np.abs(context - expected).max() < 1e-4
    coarse, fine = np.array([0, 5, 2, 3]), rng.integers(0, CODES + 1, 16)
    logits = networks.coarse(context, coarse)
    expected = context.reshape(4, -1) @ own["coarse.context"] + own["coarse.codes"][coarse]
    assert np.abs(logits - expected).max() < 1e-4
    logits = networks.fine(context, coarse, fine)
    expected = context @ own["fine.context"] + own["fine.codes"][fine]
    assert np.abs(logits - expected - own["fine.coarse"][coarse].repeat(4, axis=0)).max() < 1e-4
    gain_db, noise_db = networks.decoder(context, coarse, fine)
    assert np.abs(gain_db - context @ own["decoder.gain"] - own["decoder.fine"][fine]).max() < 1e-4
    assert noise_db.shape == (16, 32) and noise_db.mean() < -20


def test_a_stem_is_refined_by_it(made: Path) -> None:
    dry, part = stem(3)
    refiner = Refiner.load(made)
    refiner._judge = lenient  # type: ignore[assignment]
    refined = refiner.refine(dry, part)
    assert refined.wet == 0.75 and refiner.about["steps"] == 7
    other = Refiner.load(str(made), threads=1)
    other._judge = lenient  # type: ignore[assignment]
    assert np.array_equal(other.refine(dry, part).audio.samples, refined.audio.samples)


def card(change: Callable[[dict], object]) -> Damage:
    def damage(folder: Path) -> None:
        found = json.loads((folder / CARD).read_text(encoding="utf-8"))
        change(found)
        (folder / CARD).write_text(json.dumps(found), encoding="utf-8")

    return damage


def flip(name: str) -> Damage:
    def damage(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (shutil.rmtree, r"holds no refiner.*composer\.training\.timbre\.export"),
        (lambda f: (f / WEIGHTS).unlink(), "weights.safetensors is missing; give a folder"),
        (lambda f: (f / "fine.onnx").unlink(), "fine.onnx is missing"),
        (lambda f: (f / "trunk.onnx").write_bytes(b""), "trunk.onnx is 0 bytes long"),
        (flip(WEIGHTS), "weights.safetensors has another checksum than card.json"),
        (flip("decoder.onnx"), "decoder.onnx has another checksum"),
        (lambda f: (f / CARD).write_text("{"), "card.json cannot be read"),
        (card(lambda c: c.update(format="composer transformer")), "is not the card of a refiner"),
        (card(lambda c: c.update(version=2)), "is of format 2, and this composer reads 1"),
        (card(lambda c: c.pop("shape")), "does not give the size"),
        (card(lambda c: c["shape"].update(reach=0)), "has 0 for reach, which is 1 to 4,096"),
        (card(lambda c: c["shape"].update(bands=64)), "other bands than 128 and 32"),
        (card(lambda c: c.pop("sampling")), "has None for sampling.mode, which is none, argmax"),
        (card(lambda c: c["sampling"].update(temperature=-1)), "has -1 for sampling.temperature"),
        (card(lambda c: c.pop("programs")), "names no programs"),
        (card(lambda c: c["programs"].update({"129": {"strength": 1}})), "for program '129'"),
        (card(lambda c: c["programs"].update({"0": {"strength": 1.5}})), "for program '0'"),
        (card(lambda c: c["programs"].update({"0": None})), "None for program '0'"),
    ],
)
def test_damage_is_one_clear_line(folder: Path, damage: Damage, message: str) -> None:
    damage(folder)
    with pytest.raises(RefinerError, match=message) as caught:
        Refiner.load(folder)
    assert "\n" not in str(caught.value) and str(folder) in str(caught.value)


def signed(folder: Path, name: str, data: bytes) -> None:
    """Replace a file, and let the card say that it is so."""
    (folder / name).write_bytes(data)
    entry = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    card(lambda c: c["files"].update({name: entry}))(folder)


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (lambda f: signed(f, WEIGHTS, b"no tensors"), "is no safetensors file"),
        (lambda f: signed(f, "trunk.onnx", b"no graph"), "does not take the refiner"),
        (
            lambda f: signed(f, "trunk.onnx", (f / "fine.onnx").read_bytes()),
            "trunk.onnx is not of the kind|does not take",
        ),
        (card(lambda c: c["shape"].update(codes=9)), r"(coarse|fine|decoder).onnx (fails|is not)"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(folder: Path, forge: Damage, message: str) -> None:
    forge(folder)
    with pytest.raises(RefinerError, match=message) as caught:
        Refiner.load(folder).refine(*stem(0.5))
    assert "\n" not in str(caught.value)


def test_none_that_comes_with_composer_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "SHIPPED", tmp_path / "none")
    with pytest.raises(RefinerError, match="install composer again"):
        Refiner.load()

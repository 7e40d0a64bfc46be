"""A decoder on disk is whole, of this version and vocabulary, or refused in one line."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from composer.errors import CorpusError, TransformerError
from composer.models.card import CARD
from composer.transformer import weights
from composer.transformer.weights import GRAPH, WEIGHTS, load_weights

pytest.importorskip("onnx", reason="the graphs are made by the training extra")

from safetensors.numpy import load, save, save_file

from composer.training import export_transformer
from composer.training.decoder_graph import BLOCK, LARGEST, ZERO, export_decoder, quantise
from composer.training.export_transformer import decoder_shape, export_checkpoint, write_decoder
from composer.transformer.engine import OnnxNetwork, open_network
from tests.unit.transformer.decoders import TINY, random_rows, random_state

Damage = Callable[[Path], object]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("decoder") / "tiny"
    write_decoder(folder, export_decoder(random_state(), TINY), TINY, {"data": "none"})
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "decoder"))


def test_it_comes_back(made: Path) -> None:
    read = load_weights(made)
    assert read.shape == TINY and read.card["data"] == "none"
    assert sorted(p.name for p in made.iterdir()) == sorted([CARD, GRAPH, WEIGHTS])
    tokens, plan = random_rows(2, 9)
    lengths = [9, 4]
    logits = OnnxNetwork(read).start(tokens, plan, lengths)
    assert np.array_equal(open_network(made).start(tokens, plan, lengths), logits)


def test_the_same_checkpoint_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    write_decoder(tmp_path, export_decoder(random_state(), TINY), TINY, {"data": "none"})
    for name in (CARD, GRAPH, WEIGHTS):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


def test_matrices_are_integers_near_the_numbers(made: Path) -> None:
    stored = load((made / WEIGHTS).read_bytes())
    state = random_state()
    assert stored["head"].dtype == np.uint8 and stored["note_embedding"].dtype == np.float16
    assert stored["head"].shape == (TINY.notes, TINY.width // BLOCK, BLOCK)
    integers, scales = quantise(state["head.weight"])
    back = (integers.astype(np.float32) - ZERO) * scales[:, :, None]
    off = np.abs(back.reshape(state["head.weight"].shape) - state["head.weight"])
    assert (off.reshape(integers.shape) <= scales[:, :, None] * 0.501).all()
    assert np.abs(integers.astype(int) - ZERO).max() == LARGEST


def card(change: Callable[[dict], object]) -> Damage:
    def damage(folder: Path) -> None:
        found = json.loads((folder / CARD).read_text(encoding="utf-8"))
        change(found)
        (folder / CARD).write_text(json.dumps(found), encoding="utf-8")

    return damage


def cut(name: str, count: int = 1) -> Damage:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:-count])


def flip(name: str) -> Damage:
    def damage(folder: Path) -> None:
        data = bytearray((folder / name).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / name).write_bytes(data)

    return damage


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda f: (f / CARD).unlink(), "holds no transformer.*export_transformer"),
        (shutil.rmtree, "holds no transformer.*export_transformer"),
        (lambda f: (f / WEIGHTS).unlink(), "weights.safetensors is missing; give a folder"),
        (lambda f: (f / GRAPH).unlink(), "decoder.onnx is missing"),
        (cut(WEIGHTS), r"weights.safetensors is [\d,]+ bytes long, not [\d,]+;"),
        (cut(GRAPH), r"decoder.onnx is [\d,]+ bytes long"),
        (flip(WEIGHTS), "weights.safetensors has another checksum than card.json"),
        (flip(GRAPH), "decoder.onnx has another checksum"),
        (cut(CARD, 9), "card.json cannot be read"),
        (lambda f: (f / CARD).write_bytes(b"\xff\xfe"), "card.json cannot be read"),
        (lambda f: (f / CARD).write_text("[]"), "is not the card of a transformer"),
        (card(lambda c: c.update(format="x")), "is not the card of a transformer"),
        (card(lambda c: c.update(version=2)), "is of format 2, and this composer reads 1"),
        (card(lambda c: c.update(vocabulary_sha256="0")), "another vocabulary"),
        (card(lambda c: c.pop("shape")), "does not give the size"),
        (card(lambda c: c["shape"].pop("heads")), "does not give the size"),
        (card(lambda c: c.pop("files")), "does not describe decoder.onnx"),
        (card(lambda c: c["files"].pop(WEIGHTS)), "does not describe weights.safetensors"),
        (card(lambda c: c["files"][GRAPH].update(bytes="many")), "does not describe"),
    ],
)
def test_damage_is_one_clear_line(folder: Path, damage: Damage, message: str) -> None:
    damage(folder)
    with pytest.raises(TransformerError, match=message) as caught:
        load_weights(folder)
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
        (lambda f: signed(f, WEIGHTS, _without(f, "head")), "does not take the transformer"),
        (lambda f: signed(f, GRAPH, b"no graph"), "does not take the transformer"),
        (card(lambda c: c["shape"].update(heads=4)), "not of the size|does not take"),
        (card(lambda c: c["shape"].update(layers=3)), "not of the size|does not take"),
        (card(lambda c: c["shape"].update(notes=38)), "not of the size"),
    ],
)
def test_what_does_not_fit_is_one_clear_line(folder: Path, forge: Damage, message: str) -> None:
    forge(folder)
    with pytest.raises(TransformerError, match=message) as caught:
        open_network(folder)
    assert "\n" not in str(caught.value)


def test_no_shipped_decoder_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "SHIPPED", tmp_path / "none")
    with pytest.raises(TransformerError, match="install composer again"):
        load_weights()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training run."""
    folder = tmp_path_factory.mktemp("run")
    state = random_state(decoder_shape("tiny"))
    tensors = {f"model.{name}": array for name, array in state.items()}
    tensors["optimizer.0.0.step"] = np.zeros(1, dtype=np.float32)
    save_file(tensors, folder / "checkpoint.safetensors", metadata={"step": "20"})
    (folder / "config.json").write_text('{"size": "tiny", "steps": 40}')
    lines = [
        {"step": 10, "bits_per_token": 5.0, "tokens": 1000},
        {"step": 20, "bits_per_token": 4.0, "tokens": 1100},
        {"step": 20, "valid": {"bits_per_note": 8.5}},
        {"step": 30, "bits_per_token": 3.0, "tokens": 900},
        {"step": 30, "valid": {"bits_per_note": 7.5}},
    ]
    (folder / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    return folder


def test_a_checkpoint_is_exported(run: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (run / "corpus.json").write_text('{"title": "three songs", "licence": "CC0"}')
    command = ["--checkpoint", str(run / "checkpoint.safetensors"), "--out", str(out)]
    assert export_transformer.main(command) == 0
    read = load_weights(out)
    assert read.shape == decoder_shape("tiny")
    assert read.card["training"] == {
        "steps": 20,
        "tokens": 2100,
        "config": {"size": "tiny", "steps": 40},
    }
    assert read.card["validation"] == {"step": 20, "bits_per_note": 8.5}
    assert (read.card["data"], read.card["data_licence"]) == ("three songs", "CC0")
    tokens, plan = random_rows(1, 5, read.shape)
    assert np.isfinite(OnnxNetwork(read).start(tokens, plan, [5])).all()


def test_what_is_no_run_is_refused(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkpoint, config = run / "checkpoint.safetensors", run / "config.json"
    log, out = run / "log.jsonl", tmp_path / "out"
    with pytest.raises(CorpusError, match="is no checkpoint"):
        export_checkpoint(config, config, log, out)
    with pytest.raises(CorpusError, match="is no configuration"):
        export_checkpoint(checkpoint, log, log, out)
    with pytest.raises(CorpusError, match="is no log"):
        export_checkpoint(checkpoint, config, checkpoint, out)
    larger = tmp_path / "larger.json"
    larger.write_text('{"size": "1m"}')
    with pytest.raises(CorpusError, match="is of another model"):
        export_checkpoint(checkpoint, larger, log, out)
    empty = tmp_path / "empty.safetensors"
    empty.write_bytes(save({"other": np.zeros(1)}))
    with pytest.raises(CorpusError, match="holds no model"):
        export_checkpoint(empty, config, log, out)
    assert not out.exists()
    assert export_transformer.main(["--checkpoint", str(empty), "--out", str(out)]) == 2
    assert "is no configuration" in capsys.readouterr().err


def test_neither_needs_torch() -> None:
    code = (
        "import sys, composer.training.export_transformer, composer.transformer.engine;"
        "assert not {'torch', 'onnxruntime'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def _without(folder: Path, name: str) -> bytes:
    tensors = load((folder / WEIGHTS).read_bytes())
    del tensors[name]
    return save(tensors)

"""A training run in one process: it learns, goes on, and says in one line what it cannot do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from composer.errors import CorpusError
from composer.training import train_transformer
from composer.training.batches import Corpus, held_out, validation_batches
from composer.training.runs import CHECKPOINT, RunConfig, RunLog, read_config, read_log
from tests.training.prepared import make_corpus

torch = pytest.importorskip("torch")
pytest.importorskip("lightning")

TINY = (
    *("--size", "tiny", "--rows", "3", "--longest", "200", "--warm-up", "2", "--seed", "5"),
    *("--validate-every", "5", "--validation-rows", "2", "--log-every", "1", "--pad", "32"),
    *("--accelerator", "cpu", "--devices", "1", "--precision", "32-true", "--threads", "1"),
)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return make_corpus(tmp_path / "corpus")


def train(corpus: Path, out: Path, *more: str, steps: int = 6) -> int:
    where = ("--corpus", str(corpus), "--out", str(out), "--steps", str(steps))
    return train_transformer.main([*where, *TINY, *more])


def losses(out: Path) -> list[dict[str, Any]]:
    """The log without what depends on the clock."""
    return [{n: v for n, v in line.items() if n != "tokens_per_second"} for line in read_log(out)]


def one_line(capsys: pytest.CaptureFixture[str]) -> str:
    lines = [line for line in capsys.readouterr().err.splitlines() if "Precision" not in line]
    assert len(lines) == 1, lines
    return lines[0]


def test_the_loss_falls(corpus: Path, tmp_path: Path) -> None:
    assert train(corpus, tmp_path / "run", steps=40) == 0
    bits = [line["bits_per_token"] for line in losses(tmp_path / "run") if "valid" not in line]
    assert len(bits) == 40
    assert np.mean(bits[-5:]) < np.mean(bits[:5]) - 2.0
    valid = [line["valid"] for line in losses(tmp_path / "run") if "valid" in line]
    assert len(valid) == 8
    assert valid[-1]["bits_per_note"] < valid[0]["bits_per_note"]
    for line in valid:
        tokens = line["bits_per_note"] / line["bits_per_token"]
        assert tokens == pytest.approx(line["tokens_per_note"])
        assert line["bits_per_bar"] > line["bits_per_note"]


def test_a_run_in_pieces_is_the_run_in_one(corpus: Path, tmp_path: Path) -> None:
    assert train(corpus, tmp_path / "one", steps=9) == 0
    for stop in ("2", "5", "0"):
        assert train(corpus, tmp_path / "pieces", "--stop-after", stop, steps=9) == 0
    assert losses(tmp_path / "pieces") == losses(tmp_path / "one")
    one, pieces = ((tmp_path / name / CHECKPOINT).read_bytes() for name in ("one", "pieces"))
    assert one == pieces


def test_a_finished_run_stays_as_it_is(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "run"
    assert train(corpus, out) == 0
    before = (out / CHECKPOINT).read_bytes(), (out / "log.jsonl").read_bytes()
    assert train(corpus, out) == 0
    assert ((out / CHECKPOINT).read_bytes(), (out / "log.jsonl").read_bytes()) == before


def test_means_of_several_steps_are_the_same_after_a_stop(tmp_path: Path) -> None:
    whole = RunLog(tmp_path, True, every=4)
    for step in range(8):
        whole.add(step, 1.0 + step, 10 + step, 0.5)
    expected = losses(tmp_path)
    (tmp_path / "log.jsonl").unlink()
    first = RunLog(tmp_path, True, every=4)
    for step in range(6):
        first.add(step, 1.0 + step, 10 + step, 0.5)
    second = RunLog(tmp_path, True, 6, first.sums, every=4)
    for step in range(6, 8):
        second.add(step, 1.0 + step, 10 + step, 0.5)
    assert losses(tmp_path) == expected
    assert [line["step"] for line in expected] == [4, 8]


def test_lines_after_the_checkpoint_are_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text('{"step": 1}\n{"step": 2, "valid": {}}\n{"step": 3}\n{"step": 4, "bi')
    RunLog(tmp_path, True, 2)
    assert path.read_text() == '{"step": 1}\n{"step": 2, "valid": {}}\n'
    RunLog(tmp_path, False, 0)
    assert path.read_text() == '{"step": 1}\n{"step": 2, "valid": {}}\n'


def test_validation_changes_no_random_state(corpus: Path) -> None:
    from composer.training.networks import Decoder, decoder_config
    from composer.training.validation import validate

    model = Decoder(decoder_config("tiny"))
    before, legacy = torch.get_rng_state(), np.random.get_state()[1]  # noqa: NPY002
    batches = validation_batches(Corpus(corpus, "valid"), held_out(200), 3)
    found = validate(model, batches, torch.device("cpu"))
    assert model.training
    assert torch.equal(torch.get_rng_state(), before)
    assert np.array_equal(np.random.get_state()[1], legacy)  # noqa: NPY002
    assert found == validate(model, batches, torch.device("cpu"))
    assert 7.0 < found["bits_per_token"] < 10.0  # about log2 of 307 where nothing is learned


def test_weights_of_another_run_are_a_start(corpus: Path, tmp_path: Path) -> None:
    assert train(corpus, tmp_path / "first", steps=30) == 0
    weights = str(tmp_path / "first" / CHECKPOINT)
    assert train(corpus, tmp_path / "second", "--start", weights, steps=1) == 0
    assert train(corpus, tmp_path / "third", steps=1) == 0
    started, fresh = (losses(tmp_path / name)[0] for name in ("second", "third"))
    assert started["bits_per_token"] < fresh["bits_per_token"] - 1.0


@pytest.mark.parametrize("flag", ["--file-keys", "--no-plan"])
def test_the_variants_train(corpus: Path, tmp_path: Path, flag: str) -> None:
    assert train(corpus, tmp_path / "run", flag, steps=2) == 0
    assert train(corpus, tmp_path / "plain", steps=2) == 0
    assert losses(tmp_path / "run") != losses(tmp_path / "plain")


def test_a_run_asked_for_otherwise(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert train(corpus, out, steps=1) == 0
    capsys.readouterr()
    assert train(corpus, out, "--size", "1m", steps=1) == 2
    message = one_line(capsys)
    assert "size tiny, not 1m" in message
    assert "--out" in message


def test_a_configuration_of_fewer_fields_is_of_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"size": "1m", "steps": 7}')
    assert read_config(tmp_path) == RunConfig(size="1m", steps=7)
    for text in ('{"size": "2m"}', '{"speed": 1}', "[", "[1]", "3"):
        path.write_text(text)
        with pytest.raises(CorpusError, match="no configuration"):
            read_config(tmp_path)


@pytest.mark.parametrize(
    ("splits", "words"),
    [((), "no shard of the train split"), (("train",), "no shard of the valid split")],
)
def test_a_corpus_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], splits: tuple[str, ...], words: str
) -> None:
    make_corpus(tmp_path / "corpus", splits)
    assert train(tmp_path / "corpus", tmp_path / "run") == 2
    assert words in one_line(capsys)


def test_checkpoints_that_are_none(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    assert train(corpus, out, steps=2) == 0
    data = (out / CHECKPOINT).read_bytes()
    capsys.readouterr()
    for number, broken in enumerate((data[: len(data) // 2], data[:20], b"", b"music")):
        (out / CHECKPOINT).write_bytes(broken)
        assert train(corpus, out, steps=2) == 2, number
        assert "is no checkpoint" in one_line(capsys)
    start = tmp_path / "tiny.safetensors"
    start.write_bytes(data)
    words = ("--size", "1m", "--start", str(start))
    assert train(corpus, tmp_path / "other", *words, steps=2) == 2
    assert "is of another model" in one_line(capsys)
    assert train(corpus, tmp_path / "third", "--start", str(tmp_path / "none"), steps=2) == 2
    assert "is no checkpoint" in one_line(capsys)


def test_a_folder_that_cannot_be_made(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert train(corpus, tmp_path / "file" / "run") == 2
    assert "cannot be written" in one_line(capsys)


@pytest.mark.parametrize("library", ["torch", "lightning", "safetensors"])
def test_without_the_training_libraries(
    corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    library: str,
) -> None:
    for name in [n for n in sys.modules if n.partition(".")[0] == library]:
        if library != "torch" or name == "torch":
            monkeypatch.setitem(sys.modules, name, None)
    for name in ("train_loop", "checkpoints") if library != "lightning" else ():
        monkeypatch.delitem(sys.modules, f"composer.training.{name}", raising=False)
    assert train(corpus, tmp_path / "run") == 2
    message = one_line(capsys)
    assert f"training needs {library}" in message
    assert "symbolic-composer[train]" in message
    assert not (tmp_path / "run").exists() or library == "lightning"


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU")
def test_a_gpu_where_there_is_none(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(corpus, tmp_path / "run", "--accelerator", "cuda") == 2
    assert "CUDA" in one_line(capsys)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes"),
    ],
)
def test_out_of_memory(
    corpus: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    from composer.training import train_loop

    def full(*_: object) -> bool:
        raise error

    monkeypatch.setattr(train_loop, "train", full)
    assert train(corpus, tmp_path / "run") == 2
    assert "out of memory: give a smaller --rows" in one_line(capsys)


def test_a_loss_that_is_no_number_is_not_saved(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wild = ("--rate", "1e30", "--matrix-rate", "1e30", "--checkpoint-seconds", "0")
    assert train(corpus, tmp_path / "run", *wild, steps=20) == 2
    assert "is no number" in one_line(capsys)


@pytest.mark.parametrize(
    "words", [("--size", "2m"), ("--steps", "0"), ("--rate", "fast"), ("--rows", "-1")]
)
def test_flags_that_are_wrong(
    corpus: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        train(corpus, tmp_path / "run", *words)
    assert stop.value.code == 2
    assert words[0] in capsys.readouterr().err.splitlines()[-1]


def test_what_was_asked_for_is_kept(corpus: Path, tmp_path: Path) -> None:
    assert train(corpus, tmp_path / "run", steps=1) == 0
    kept = json.loads((tmp_path / "run" / "config.json").read_text())
    assert kept["size"] == "tiny"
    assert kept["steps"] == 1
    assert kept["normalised"] is True

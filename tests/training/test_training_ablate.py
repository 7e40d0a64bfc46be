"""The comparison of variants."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.training.ablate import VARIANTS, main, table
from composer.training.runs import read_config
from tests.training.prepared import make_corpus


def test_the_table_compares_with_the_first() -> None:
    rows = [
        (VARIANTS[0], {"bits_per_note": 4.0, "bits_per_bar": 200.0}),
        (VARIANTS[1], {"bits_per_note": 5.0, "bits_per_bar": 250.0}),
    ]
    lines = table(rows).splitlines()
    assert lines[1].split()[:3] == ["1m", "4.000", "200.0"]
    assert lines[2].split()[:4] == ["no-plan", "5.000", "250.0", "+25.0%"]


@pytest.mark.slow
def test_variants_are_trained_one_after_the_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("torch")
    pytest.importorskip("lightning")
    corpus, out = make_corpus(tmp_path / "corpus"), tmp_path / "out"
    words = [
        *("--corpus", str(corpus), "--out", str(out), "--steps", "1", "--rows", "2"),
        *("--longest", "200", "--validation-rows", "2", "--threads", "1", "--accelerator", "cpu"),
        *("--only", "tiny", "file-keys", "no-infilling"),
    ]
    assert main(words) == 0
    first = capsys.readouterr().out.split("variant")[-1]
    assert len(first.splitlines()) == 4
    assert read_config(out / "tiny").size == "tiny"
    assert not read_config(out / "file-keys").normalised
    assert read_config(out / "no-infilling").mask == "all"
    assert main(words) == 0
    assert capsys.readouterr().out.split("variant")[-1] == first


def test_a_corpus_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("torch")
    words = ["--corpus", str(tmp_path / "none"), "--out", str(tmp_path / "out"), "--steps", "1"]
    assert main(words) == 2
    assert "no shard of the train split" in capsys.readouterr().err

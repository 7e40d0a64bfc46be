"""The page of the styles: what it says of one, and that it is the same when made again."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from PIL import Image

from composer.rulebook import load_rulebook
from composer.training import style_pages

STYLE = "string-quartet"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("pages")
    assert style_pages.main(["--out", str(out), "--style", STYLE, "--bars", "8"]) == 0
    return out


def test_the_page_says_what_the_style_is(folder: Path) -> None:
    page = (folder / "styles.md").read_text(encoding="utf-8")
    assert "\n## String quartet\n" in page
    assert "Two violins, viola and cello" in page
    assert f"**form** `{load_rulebook().style('string-quartet').form}`" in page
    assert "- Viola (counter): viola\n" in page
    assert f"](images/styles/{STYLE}.png)" in page


def test_a_row_a_seed_with_a_cell_a_figure(folder: Path) -> None:
    page = (folder / "styles.md").read_text(encoding="utf-8")
    table = [line for line in page.splitlines() if line.startswith("|")]
    assert len(table) == 2 + len(style_pages.SEEDS)
    assert {line.count("|") for line in table} == {15}
    for seed, line in zip(style_pages.SEEDS, table[2:], strict=True):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        assert cells[0] == str(seed)
        assert re.fullmatch(r"[A-G][b#]? [a-z-]+", cells[1])
        assert 60 <= float(cells[3]) <= 180
        assert float(cells[5]) == 0  # nobody plays chords in a quartet
        assert float(cells[6]) > 0.5
        assert cells[7] == "0.0"


def test_the_picture_is_small(folder: Path) -> None:
    data = (folder / "images" / "styles" / f"{STYLE}.png").read_bytes()
    assert 2_000 < len(data) < style_pages.MOST_BYTES
    assert Image.open(io.BytesIO(data)).width == 1800


def test_made_again_it_is_the_same(folder: Path, tmp_path: Path) -> None:
    assert style_pages.main(["--out", str(tmp_path), "--style", STYLE, "--bars", "8"]) == 0
    for path in folder.rglob("*.*"):
        assert (tmp_path / path.relative_to(folder)).read_bytes() == path.read_bytes()


def test_an_unknown_style_is_said_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert style_pages.main(["--out", str(tmp_path / "out"), "--style", "polka"]) == 2
    err = capsys.readouterr().err
    assert 'style: "polka" is no style' in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out").exists()

"""The notebook of the examples runs from top to bottom, and shows what it promises inline."""

from __future__ import annotations

import base64
import io
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
import soundfile
from PIL import Image

from composer import Brief, Piece, Rendering, compose, render

NOTEBOOK = Path(__file__).parents[2] / "examples" / "notebook.ipynb"


@pytest.fixture(scope="module")
def made() -> tuple[Piece, Rendering]:
    piece = compose(Brief(bars=2, writer="rules", parts=("piano",), seed=1))
    return piece, render(piece.performance)


def data_of(html: str, kind: str) -> bytes:
    (text,) = re.findall(rf'src="data:{kind};base64,([^"]+)"', html)
    return base64.b64decode(text, validate=True)


def test_a_piece_shows_its_facts_and_its_piano_roll(made: tuple[Piece, Rendering]) -> None:
    html = made[0]._repr_html_()
    assert made[0].score.title in html and "Piano (melody)" in html
    with Image.open(io.BytesIO(data_of(html, "image/png"))) as picture:
        assert picture.format == "PNG" and picture.width == 1800


def test_a_rendering_shows_a_player(made: tuple[Piece, Rendering]) -> None:
    html = made[1]._repr_html_()
    sound, rate = soundfile.read(io.BytesIO(data_of(html, "audio/ogg")))
    master = made[1].mix.master
    assert (len(sound), rate) == (master.frames, master.sample_rate)
    assert html == made[1]._repr_html_()


def test_texts_are_escaped(made: tuple[Piece, Rendering]) -> None:
    from dataclasses import replace

    html = replace(made[0], notes=("<script>",))._repr_html_()
    assert "<script>" not in html and "&lt;script&gt;" in html


def test_the_notebook_runs(tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    pytest.importorskip("ipykernel")
    notebook: Any = nbformat.read(NOTEBOOK, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)  # none are committed
    with warnings.catch_warnings():
        # Its event loop and sockets warn of each other; what composer says is in the cells.
        warnings.simplefilter("ignore")
        client = nbclient.NotebookClient(
            notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
        )
        client.execute()
    shown = [
        output.data["text/html"]
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if "data" in output and "text/html" in output.data
    ]
    assert len(shown) == 3
    assert sum("data:image/png" in html for html in shown) == 2
    assert sum("data:audio/ogg" in html for html in shown) == 1
    assert list(tmp_path.iterdir()) == []

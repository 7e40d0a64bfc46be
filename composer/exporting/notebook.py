"""What a notebook shows of pieces and renderings: tables, a picture, a player, in one text of HTML.

Everything is inline, as data: the notebook needs no file beside it, and nothing is fetched.
"""

from __future__ import annotations

import base64
import html
import tempfile
from collections.abc import Sequence
from pathlib import Path

from composer.exporting.audio import write_audio
from composer.music.audio import Audio

Row = tuple[str, str]
"""What a row of a table is about, and what it says."""


def table(title: str, rows: Sequence[Row]) -> str:
    """A heading and a table; texts are escaped.

    >>> table("A & B", [("key", "C <major>")])
    '<p><b>A &amp; B</b></p><table><tr><th>key</th><td>C &lt;major&gt;</td></tr></table>'
    """
    cells = "".join(
        f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>"
        for name, value in rows
    )
    return f"<p><b>{html.escape(title)}</b></p><table>{cells}</table>"


def image(png: bytes, about: str) -> str:
    """A PNG picture.

    Args:
        png: Its bytes.
        about: What it shows, for those who do not see it.
    """
    return (
        f'<img style="max-width:100%" alt="{html.escape(about)}" src="{_data("image/png", png)}">'
    )


def player(audio: Audio) -> str:
    """A player of sound, as Ogg Vorbis: a tenth of what the same sound takes as it is."""
    with tempfile.TemporaryDirectory(prefix="composer-notebook-") as folder:
        path = Path(folder) / "mix.ogg"
        write_audio(audio, path)
        data = path.read_bytes()
    return f'<audio controls preload="metadata" src="{_data("audio/ogg", data)}"></audio>'


def _data(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode('ascii')}"

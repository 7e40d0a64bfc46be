"""Blocks of a Markdown file that are marked as runnable.

A block is runnable when the word ``run`` follows its language::

    ```python run
    ```
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(r"^```(?P<info>[^`\n]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Args:
        file: Name of its file.
        line: Line on which its code begins.
        language: First word of its fence.
        code: What is in it.
    """

    file: str
    line: int
    language: str
    code: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def runnable_blocks(path: Path) -> list[Block]:
    """All runnable blocks of a file, in order."""
    text = path.read_text(encoding="utf-8")
    blocks = []
    for match in _FENCE.finditer(text):
        words = match["info"].split()
        if words[1:] == ["run"]:
            line = text.count("\n", 0, match.start("code")) + 1
            blocks.append(Block(path.name, line, words[0], match["code"]))
    return blocks

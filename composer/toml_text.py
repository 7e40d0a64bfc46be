"""TOML from anyone, bounded before it is parsed.

The parser's memory grows with the square of a key's depth: a dotted key of 200 kB would take all of
a machine's. Nested lists and tables end in a stack that is too deep.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

DEEPEST_KEY = 32
"""Names that a dotted key may have, as ``a.b.c`` has three."""

_NAME = r"""(?:[A-Za-z0-9_-]++|"(?:[^"\\\n]|\\.)*+"|'[^'\n]*+')"""
# Where a key may begin: on a line, in the brackets of a table, or in an inline table.
_DEEP_KEY = re.compile(
    rf"(?:^[ \t]*+\[?\[?|[{{,])[ \t]*+(?:{_NAME}[ \t]*+\.[ \t]*+){{{DEEPEST_KEY}}}", re.MULTILINE
)


def parse_toml(data: bytes | str) -> dict[str, Any]:
    """Read TOML.

    Args:
        data: The text, or its bytes in UTF-8; whoever reads them from a file bounds their number.

    Raises:
        ValueError: If it is no UTF-8, no TOML, or nests too deep; the message says why.

    >>> parse_toml(b"bars = 8")
    {'bars': 8}
    """
    text = data if isinstance(data, str) else data.decode("utf-8")
    if _DEEP_KEY.search(text):
        raise ValueError(f"a key has more than {DEEPEST_KEY} names")
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("its lists or tables nest too deep") from None

"""A symbolic-first composer: from a brief to editable MIDI and finished audio.

>>> piece = compose(Brief(key="C", bars=4, style="pop", seed=1))
>>> piece.score.bars, piece.report.ok
(4, True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = [
    "Audio",
    "Brief",
    "ComposerError",
    "Performance",
    "Piece",
    "Plan",
    "Rendering",
    "Score",
    "__version__",
    "compose",
    "load_brief",
    "render",
    "save",
    "styles",
]

if TYPE_CHECKING:
    from composer.errors import ComposerError
    from composer.exporting.brief_toml import load_brief
    from composer.music.audio import Audio
    from composer.music.brief import Brief
    from composer.music.performance import Performance
    from composer.music.plan import Plan
    from composer.music.score import Score
    from composer.pipeline import Piece, Rendering, compose, render, save

_HOMES = {
    "Audio": "composer.music.audio",
    "Brief": "composer.music.brief",
    "ComposerError": "composer.errors",
    "Performance": "composer.music.performance",
    "Piece": "composer.pipeline",
    "Plan": "composer.music.plan",
    "Rendering": "composer.pipeline",
    "Score": "composer.music.score",
    "compose": "composer.pipeline",
    "load_brief": "composer.exporting.brief_toml",
    "render": "composer.pipeline",
    "save": "composer.pipeline",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``compose --help`` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'composer' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def styles(rules: str | None = None) -> tuple[str, ...]:
    """Names of the styles in the rule book.

    Args:
        rules: A folder of rules to lay over ours.

    >>> "pop" in styles()
    True
    """
    from pathlib import Path

    from composer.rulebook import load_rulebook

    return load_rulebook(Path(rules) if rules is not None else None).style_names

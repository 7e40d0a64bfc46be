"""A symbolic-first composer: from a brief to editable MIDI and finished audio.

>>> from composer import Brief, compose
>>> piece = compose(Brief(key="C", bars=4, style="pop", seed=1))
>>> piece.score.bars, piece.report.ok
(4, True)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from composer.version import __version__

__all__ = [
    "Audio",
    "Brief",
    "ComposerError",
    "Performance",
    "Piece",
    "Plan",
    "Refiner",
    "Refining",
    "Rendering",
    "Score",
    "Song",
    "__version__",
    "check_file",
    "compose",
    "dump_brief",
    "evaluate",
    "load_brief",
    "originality",
    "picture",
    "read_midi",
    "read_song",
    "render",
    "save",
    "save_audio",
    "song_of",
    "styles",
]

if TYPE_CHECKING:
    from pathlib import Path

    from composer.errors import ComposerError
    from composer.evaluating.evaluate import evaluate
    from composer.evaluating.originality import originality
    from composer.exporting.brief_toml import dump_brief, load_brief
    from composer.midi.decode import read_midi
    from composer.midi.songs import read_song, song_of
    from composer.music.audio import Audio
    from composer.music.brief import Brief
    from composer.music.performance import Performance
    from composer.music.plan import Plan
    from composer.music.score import Score
    from composer.music.song import Song
    from composer.piece import Piece, Rendering
    from composer.pipeline import (
        check_file,
        compose,
        picture,
        render,
        save,
        save_audio,
    )
    from composer.refining.refiner import Refiner
    from composer.sounding.options import Refining

_HOMES = {
    "Audio": "composer.music.audio",
    "Brief": "composer.music.brief",
    "ComposerError": "composer.errors",
    "Performance": "composer.music.performance",
    "Piece": "composer.piece",
    "Plan": "composer.music.plan",
    "Refiner": "composer.refining.refiner",
    "Refining": "composer.sounding.options",
    "Rendering": "composer.piece",
    "Score": "composer.music.score",
    "Song": "composer.music.song",
    "check_file": "composer.pipeline",
    "compose": "composer.pipeline",
    "dump_brief": "composer.exporting.brief_toml",
    "evaluate": "composer.evaluating.evaluate",
    "load_brief": "composer.exporting.brief_toml",
    "originality": "composer.evaluating.originality",
    "picture": "composer.pipeline",
    "read_midi": "composer.midi.decode",
    "read_song": "composer.midi.songs",
    "render": "composer.pipeline",
    "save": "composer.pipeline",
    "save_audio": "composer.pipeline",
    "song_of": "composer.midi.songs",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``compose --help`` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'composer' has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The public names, those not yet imported too."""
    return sorted({*globals(), *__all__})


def styles(rules: Path | str | None = None) -> tuple[str, ...]:
    """Names of the styles in the rule book.

    Args:
        rules: A folder of rules to lay over ours.

    >>> "pop" in styles()
    True
    """
    from pathlib import Path

    from composer.rulebook import load_rulebook

    return load_rulebook(Path(rules) if rules is not None else None).style_names

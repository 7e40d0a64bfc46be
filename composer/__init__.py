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
    "Outcome",
    "Performance",
    "Piece",
    "Plan",
    "Project",
    "Refiner",
    "Refining",
    "Rendering",
    "Repetition",
    "Score",
    "Song",
    "Taken",
    "__version__",
    "check_file",
    "compose",
    "compose_many",
    "dump_brief",
    "evaluate",
    "load_brief",
    "originality",
    "picture",
    "read_midi",
    "read_song",
    "render",
    "repeat",
    "save",
    "save_audio",
    "song_of",
    "styles",
    "take_prompt",
]

if TYPE_CHECKING:
    from pathlib import Path

    from composer.batch import Outcome, compose_many
    from composer.checking.midi_file import check_file
    from composer.errors import ComposerError
    from composer.evaluating.evaluate import evaluate
    from composer.evaluating.originality import originality
    from composer.exporting.brief_toml import dump_brief, load_brief
    from composer.midi.decode import read_midi
    from composer.midi.songs import read_song, song_of
    from composer.music.audio import Audio
    from composer.music.brief import Brief, Taken
    from composer.music.performance import Performance
    from composer.music.plan import Plan
    from composer.music.score import Score
    from composer.music.song import Song
    from composer.piece import Piece, Rendering
    from composer.pipeline import compose, picture, render, save, save_audio
    from composer.project.project import Project
    from composer.prompting.take import take_prompt
    from composer.refining.refiner import Refiner
    from composer.repeating import Repetition, repeat
    from composer.sounding.options import Refining


_HOMES = {
    "Audio": "composer.music.audio",
    "Brief": "composer.music.brief",
    "ComposerError": "composer.errors",
    "Outcome": "composer.batch",
    "Performance": "composer.music.performance",
    "Piece": "composer.piece",
    "Plan": "composer.music.plan",
    "Project": "composer.project.project",
    "Refiner": "composer.refining.refiner",
    "Refining": "composer.sounding.options",
    "Rendering": "composer.piece",
    "Repetition": "composer.repeating",
    "Score": "composer.music.score",
    "Song": "composer.music.song",
    "Taken": "composer.music.brief",
    "check_file": "composer.checking.midi_file",
    "compose": "composer.pipeline",
    "compose_many": "composer.batch",
    "dump_brief": "composer.exporting.brief_toml",
    "evaluate": "composer.evaluating.evaluate",
    "load_brief": "composer.exporting.brief_toml",
    "originality": "composer.evaluating.originality",
    "picture": "composer.pipeline",
    "read_midi": "composer.midi.decode",
    "read_song": "composer.midi.songs",
    "render": "composer.pipeline",
    "repeat": "composer.repeating",
    "save": "composer.pipeline",
    "save_audio": "composer.pipeline",
    "song_of": "composer.midi.songs",
    "take_prompt": "composer.prompting.take",
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

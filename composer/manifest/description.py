"""What a manifest says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from composer.exporting.files import FileDigest
from composer.music.brief import Brief

MANIFEST = "manifest.json"
"""Its name, beside the files that it describes."""

FORMAT, VERSION = "composer manifest", 1

Operation = Mapping[str, Any]
"""What was done to a project: plain data."""


@dataclass(frozen=True, slots=True)
class Options:
    """What, beside the brief, decides the bytes of a run.

    Args:
        audio: Whether there is a mix.
        sample_rate: Of the audio, in Hz.
        stems: Whether there is an audio file a part.
        audio_format: ``wav``, ``flac`` or ``ogg``.
        exports: The forms in which the piece was exported as well.
        soundfont: As it was asked for, a path or a name; None for the default one.
        refine: Strength, parts, seed and model of the timbre stage; None where it was not asked.
        rules: The folder of rules that was laid over ours.
        model: The folder of the user's own transformer.
    """

    audio: bool = False
    sample_rate: int = 44_100
    stems: bool = False
    audio_format: str = "wav"
    exports: tuple[str, ...] = ()
    soundfont: str | None = None
    refine: Mapping[str, Any] | None = None
    rules: str | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says, checked.

    Args:
        path: Where it lies.
        version: The version of composer that wrote it.
        brief: The full brief.
        notes: What the run was told, and decided.
        operations: What was done to the project, in order.
        options: What decides the bytes beside the brief.
        ingredients: Versions and checksums of what the run was made of, by name.
        files: What was written.
    """

    path: Path
    version: str
    brief: Brief
    notes: tuple[str, ...]
    operations: tuple[Operation, ...]
    options: Options
    ingredients: Mapping[str, str]
    files: tuple[FileDigest, ...]

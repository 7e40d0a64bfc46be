"""Manifests written: what the run asked for, what it was made of, and what came out."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib import metadata
from pathlib import Path

from composer.exporting.brief_toml import dump_brief
from composer.exporting.files import FileDigest, FileSet
from composer.manifest.description import FORMAT, MANIFEST, VERSION, Operation, Options
from composer.piece import Piece, Rendering
from composer.version import __version__

_LIBRARIES = ("mido", "numpy", "onnxruntime", "pillow", "soundfile")


def write_manifest(
    files: FileSet,
    piece: Piece,
    rendering: Rendering | None = None,
    *,
    stems: bool = False,
    audio_format: str = "wav",
    exports: Sequence[str] = (),
    operations: Sequence[Operation] = (),
) -> None:
    """Write the manifest of a set of files into it: call it when all others are written.

    Args:
        files: The set.
        piece: The piece.
        rendering: Its audio, if there is any.
        stems: Whether the stems were written.
        audio_format: Of the mix and the stems.
        exports: The forms in which the piece was exported as well.
        operations: What was done to the project, in order; plain data.

    Raises:
        OutputError: If it cannot be written.
        SoundFontError: If the SoundFont that was played has gone.
    """
    data = {
        "format": FORMAT,
        "version": VERSION,
        "composer": __version__,
        "title": piece.score.title,
        "seed": piece.brief.seed,
        "brief": dump_brief(piece.brief, __version__, piece.rules),
        "notes": list(piece.notes),
        "operations": [dict(operation) for operation in operations],
        "options": asdict(_options(piece, rendering, stems, audio_format, exports)),
        "ingredients": ingredients(piece, rendering),
        "made_with": _made_with(),
        "files": {digest.name: _plain(digest) for digest in files.digests()},
    }
    files.write(MANIFEST, json.dumps(data, indent=1, ensure_ascii=False) + "\n")


def ingredients(piece: Piece, rendering: Rendering | None = None) -> dict[str, str]:
    """What a run was made of, by name: a version, or a SHA-256.

    Raises:
        SoundFontError: If the SoundFont that was played has gone.
    """
    from composer.rulebook.book import bundled_rules

    found = {"composer": __version__, "rules": folder_checksum(bundled_rules())}
    if piece.rules is not None:
        found["own rules"] = folder_checksum(piece.rules)
    if piece.authorship.model:
        found["transformer"] = str(piece.authorship.model.get("sha256", ""))
    if rendering is None:
        return found
    found["synthesiser"] = rendering.synth
    found |= _soundfont(rendering.soundfont)
    if rendering.refining is not None and rendering.refining.model:
        found["refiner"] = str(rendering.refining.model.get("sha256", ""))
    return found


def folder_checksum(folder: Path) -> str:
    """SHA-256 over the names and bytes of all rule files of a folder, in the order of their names.

    Raises:
        OSError: If a file cannot be read.
    """
    total = hashlib.sha256()
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.toml")}
    for name in sorted(files):
        data = files[name].read_bytes()
        total.update(f"{name}\n{len(data)}\n".encode())
        total.update(data)
    return total.hexdigest()


def _soundfont(asked: str | None) -> dict[str, str]:
    """Name and checksum of the SoundFont that plays; nothing for the built-in synthesiser."""
    from composer.rendering.soundfont import resolve
    from composer.rendering.synth import choose_synth

    if choose_synth(asked).soundfont is None:
        return {}
    font = resolve(asked)
    with font.path.open("rb") as file:
        checksum = hashlib.file_digest(file, "sha256").hexdigest()
    return {"soundfont": font.name, "soundfont file": checksum}


def _options(
    piece: Piece,
    rendering: Rendering | None,
    stems: bool,
    audio_format: str,
    exports: Sequence[str],
) -> Options:
    plain = Options(exports=tuple(exports), rules=_text(piece.rules), model=_text(piece.model))
    if rendering is None:
        return plain
    asked = rendering.asked
    refine = None
    if asked is not None:
        refine = {
            "wet": float(asked.wet),
            "parts": list(asked.parts),
            "seed": asked.seed,
            "model": _text(asked.model),
        }
    return replace(
        plain,
        audio=True,
        sample_rate=rendering.mix.master.sample_rate,
        stems=stems,
        audio_format=audio_format,
        soundfont=rendering.soundfont,
        refine=refine,
    )


def _text(path: Path | str | None) -> str | None:
    return None if path is None else str(path)


def _made_with() -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
        **libraries,
    }


def _plain(digest: FileDigest) -> dict[str, object]:
    return {"bytes": digest.size_bytes, "sha256": digest.sha256}

"""Runs made again from their manifests, and held against what was written the first time.

manifest.json → compose, render, save → the same bytes, or which ingredient is another one
"""

from __future__ import annotations

import contextlib
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from composer.errors import ManifestError
from composer.exporting.files import FileDigest, rehearse
from composer.manifest import Manifest, Options, read_manifest
from composer.piece import Piece
from composer.sounding.options import Refining

Progress = Callable[[str, float], None]

SAME, DIFFERENT, MISSING, NEW = "same", "different", "not made again", "new"
"""What may be said of a file."""

_CHECKSUM_DIGITS = 64


@dataclass(frozen=True, slots=True)
class Difference:
    """An ingredient that is not what it was.

    Args:
        name: The ingredient, such as ``rules``.
        then: Its version or checksum in the manifest; empty if it was not there.
        now: What it is here; empty if it is not there.
    """

    name: str
    then: str
    now: str

    def sentence(self) -> str:
        """In a few words.

        >>> Difference("composer", "0.2.0", "0.3.0").sentence()
        'composer is 0.3.0 here and was 0.2.0'
        """
        return f"{self.name} is {_short(self.now)} here and was {_short(self.then)}"


@dataclass(frozen=True, slots=True)
class Repetition:
    """A run made again.

    Args:
        manifest: The manifest.
        verdicts: By file, ``same``, ``different``, ``not made again`` or ``new``.
        differences: Ingredients that are not what they were.
        changed: Files beside the manifest that are no longer what was written.
    """

    manifest: Path
    verdicts: Mapping[str, str]
    differences: tuple[Difference, ...]
    changed: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether every file came out to the byte as it was written."""
        return all(verdict == SAME for verdict in self.verdicts.values())

    def to_dict(self) -> dict[str, object]:
        """As plain data."""
        return {
            "manifest": str(self.manifest),
            "same": self.same,
            "files": dict(self.verdicts),
            "differences": [
                {"name": d.name, "then": d.then, "now": d.now} for d in self.differences
            ],
            "changed": list(self.changed),
        }


def repeat(
    manifest: Path | str, out: Path | str | None = None, *, progress: Progress | None = None
) -> Repetition:
    """Make a run again, and compare every file with what the manifest says of it.

    Args:
        manifest: The manifest, or the folder in which it lies.
        out: Where to leave what is made; None for a temporary folder, which goes again.
        progress: Told of each step.

    Raises:
        ManifestError: If the manifest cannot be read or describes no run.
        ComposerError: As `composer.compose`, `composer.render` and `composer.save` raise.
    """
    read = read_manifest(manifest)
    with _folder(out, read.path) as folder:
        made = _made_again(read, folder, progress)
        verdicts = _verdicts(read.files, made.files)
    changed = tuple(_changed(read))
    return Repetition(read.path, verdicts, _differences(read, made), changed)


def _made_again(manifest: Manifest, folder: Path, progress: Progress | None) -> Manifest:
    """Make the run again in a folder, and read the manifest of what was made."""
    from composer import pipeline

    rehearse(folder)
    asked, piece = manifest.options, _piece(manifest, progress)
    rendering = None
    if asked.audio:
        rendering = pipeline.render(
            piece.performance,
            soundfont=asked.soundfont,
            sample_rate=asked.sample_rate,
            refine=_refining(asked) or False,
            length_seconds=piece.plan.length_seconds,
            loop=piece.plan.loop,
            progress=progress,
        )
    pipeline.save(
        piece,
        folder,
        rendering=rendering,
        stems=asked.stems,
        audio_format=asked.audio_format,
        exports=asked.exports,
        operations=manifest.operations,
        progress=progress,
    )
    return read_manifest(folder)


def _piece(manifest: Manifest, progress: Progress | None) -> Piece:
    """The piece, composed again; what was done to it in a project is done again."""
    from composer.pipeline import compose
    from composer.project.operations import replay

    rules, model = manifest.options.rules, manifest.options.model
    if manifest.operations:
        state = replay(manifest.brief, manifest.operations, rules, model, progress)
        piece = state.piece(rules, model)
    else:
        piece = compose(manifest.brief, rules=rules, model=model, progress=progress)
    # What the first run was told is no music, but it stands in its report.
    return replace(piece, notes=manifest.notes)


def _refining(options: Options) -> Refining | None:
    if options.refine is None:
        return None
    asked = options.refine
    return Refining(asked["wet"], tuple(asked["parts"]), asked["seed"], asked["model"])


@contextlib.contextmanager
def _folder(out: Path | str | None, manifest: Path) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="composer-repeat-") as folder:
            yield Path(folder)
        return
    if Path(out).resolve() == manifest.parent.resolve():
        raise ManifestError(f"{out}: is the folder of the manifest; choose another for --out")
    yield Path(out)


def _verdicts(then: tuple[FileDigest, ...], now: tuple[FileDigest, ...]) -> dict[str, str]:
    made = {file.name: file for file in now}
    verdicts = {}
    for file in then:
        again = made.pop(file.name, None)
        verdicts[file.name] = MISSING if again is None else SAME if again == file else DIFFERENT
    return verdicts | dict.fromkeys(made, NEW)


def _differences(then: Manifest, now: Manifest) -> tuple[Difference, ...]:
    names = dict.fromkeys((*then.ingredients, *now.ingredients))
    found = (Difference(n, then.ingredients.get(n, ""), now.ingredients.get(n, "")) for n in names)
    return tuple(difference for difference in found if difference.then != difference.now)


def _changed(manifest: Manifest) -> Iterator[str]:
    """Files beside the manifest that are there, and are not what it says of them."""
    for file in manifest.files:
        path = manifest.path.parent / file.name
        if not path.is_file():  # a pipe would never end
            continue
        try:
            with path.open("rb") as beside:
                checksum = hashlib.file_digest(beside, "sha256").hexdigest()
        except OSError:
            continue
        if checksum != file.sha256:
            yield file.name


def _short(text: str) -> str:
    """A version as it is, a checksum by its beginning, or a word for nothing."""
    return (text[:12] if len(text) == _CHECKSUM_DIGITS else text) or "not there"

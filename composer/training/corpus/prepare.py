"""Prepares a corpus: from a folder of MIDI files to shards. A run that was stopped goes on.

    list ──▶ survey (where there is no index) ──▶ choose splits ──▶ read, clean, hear ──▶ shards

What is written depends on the files alone, not on who works nor on how often a run was stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from composer.errors import CorpusError
from composer.exporting.files import output_errors
from composer.midi.files import MIDI_SUFFIXES, midi_files
from composer.training.corpus import survey
from composer.training.corpus.manifest import Origin, begin, finish, listing_of
from composer.training.corpus.reading import Dropped, Read, Source, lost, prepare_files
from composer.training.corpus.shards import Shard, write_shard
from composer.training.corpus.splits import (
    INDEX,
    Choice,
    IndexRow,
    by_content,
    by_index,
    read_index,
)
from composer.training.corpus.workers import GROUP, Workers, in_order

SHARD_FILES = 1024
"""Files of a shard, before any of them is left out."""

_SURVEY = "survey"
_VERIFIED = "md5_lists"  # a column that only the md5-verified subset has

Tell = Callable[[str, int, int], None]
"""Called with what is being done, files done and files in all."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of MIDI files.

    Args:
        path: Where it lies.
        sources: Its files, by their names.
        rows: Lines of its index, if it has one.
        refused: Folders in it that cannot be listed.
    """

    path: Path
    sources: Sequence[Source]
    rows: Sequence[IndexRow] | None
    refused: Sequence[Dropped]


def prepare(
    folder: Path,
    out: Path,
    workers: Workers,
    *,
    title: str | None = None,
    licence: str | None = None,
    shard_files: int = SHARD_FILES,
    tell: Tell | None = None,
) -> dict[str, Any]:
    """Prepare a corpus.

    Args:
        folder: MIDI files, in folders or not; with an ``index.tsv`` that names md5, split and
            notehash of each, as the md5-verified subset of the Lakh MIDI Dataset has one, that is
            followed.
        out: Folder of the corpus.
        workers: Who reads the files.
        title: What the music is called; None: what the index says, else the folder's name.
        licence: Of the collection; None: what the index says, else "not stated".
        shard_files: Files of a shard.
        tell: Is told how far it is.

    Returns:
        The manifest.

    Raises:
        CorpusError: If there is no file, none can be used, or another corpus lies there.
        OutputError: If the folder cannot be written to.
    """
    found = find(folder)
    origin = _origin(found, title, licence, shard_files)
    begin(out, origin)
    choice = _choose(found, out, workers, tell)
    plans = list(_plans(choice, origin, out))
    _make_all(plans, workers, tell)
    shards = [Shard(plan.path) for plan in plans]
    manifest = finish(out, origin, shards, choice.dropped)
    if not manifest["songs"]:
        reason, count = next(iter(manifest["dropped"].items()))
        raise CorpusError(
            f"{folder}: none of {origin.files:,} files can be used; {count:,} of them: {reason}; "
            f"{out / 'dropped.tsv'} lists all"
        )
    return manifest


def find(folder: Path) -> Folder:
    """The files of a folder, and its index.

    Raises:
        CorpusError: If it is no folder, cannot be read, or holds no MIDI file.
    """
    if not folder.is_dir():
        raise CorpusError(f"{folder}: is no folder; give one that holds MIDI files")
    path = folder.resolve()
    refused: list[OSError] = []
    sources = [
        Source(file.relative_to(path).as_posix(), str(file))
        for file in midi_files(path, refused.append)
    ]
    rows = read_index(path)
    if not sources:
        reason = f": {refused[0].strerror}" if refused else ""
        raise CorpusError(f"{folder}: holds no MIDI file ({', '.join(MIDI_SUFFIXES)}){reason}")
    if rows is not None:
        known = {row.source.name for row in rows}
        sources = [source for source in sources if source.name not in known]
        sources += [row.source for row in rows]
    sources.sort(key=lambda source: source.name)
    return Folder(path, sources, rows, [_refused(error) for error in refused])


def _refused(error: OSError) -> Dropped:
    return Dropped(str(error.filename), "", "folder that cannot be listed", error.strerror or "")


def _origin(folder: Folder, title: str | None, licence: str | None, shard_files: int) -> Origin:
    indexed = folder.rows is not None
    verified = indexed and _is_verified(folder.path)
    if verified:
        train = sum(row.source.split == "train" for row in folder.rows or ())
        others = len(folder.rows or ()) - train
        title = title or (
            f"md5-verified subset of {train:,} files of the Lakh MIDI Dataset (train split), and "
            f"{others:,} more (valid split)"
        )
        licence = licence or "CC BY 4.0 (the compilation)"
    return Origin(
        str(folder.path),
        listing_of(folder.path, folder.sources, indexed),
        len(folder.sources),
        INDEX if indexed else "content",
        title or folder.path.name,
        licence or "not stated",
        shard_files,
    )


def _is_verified(folder: Path) -> bool:
    with (folder / INDEX).open(encoding="utf-8") as file:
        return _VERIFIED in file.readline().rstrip("\n").split("\t")


def _choose(folder: Folder, out: Path, workers: Workers, tell: Tell | None) -> Choice:
    """The files of each split."""
    if folder.rows is not None:
        choice = by_index(folder.rows)
        known = {row.source.name for row in folder.rows}
        others = [
            Dropped(source.name, "", f"not in {INDEX}")
            for source in folder.sources
            if source.name not in known
        ]
        return Choice(choice.used, [*choice.dropped, *others, *folder.refused])
    found = list(_survey(folder, out, workers, tell))
    choice = by_content(one for one in found if isinstance(one, survey.Portrait))
    bad = [one for one in found if isinstance(one, Dropped)]
    return Choice(choice.used, [*choice.dropped, *bad, *folder.refused])


def _survey(
    folder: Folder, out: Path, workers: Workers, tell: Tell | None
) -> Iterator[survey.Portrait | Dropped]:
    """Look at every file; what was looked at by an earlier run is read from its pages."""
    size = GROUP * GROUP
    parts = [folder.sources[start : start + size] for start in range(0, len(folder.sources), size)]
    pages = [out / _SURVEY / f"{number:05d}.json" for number in range(len(parts))]
    kept = [survey.load(page, part) for page, part in zip(pages, parts, strict=True)]
    groups = [
        group
        for part, old in zip(parts, kept, strict=True)
        if old is None
        for group in _groups(part)
    ]
    done = 0
    results = in_order(workers, survey.survey, groups, survey.lost)
    for page, part, old in zip(pages, parts, kept, strict=True):
        found = list(old or ())
        while len(found) < len(part):
            found += next(results)
            _tell(tell, "survey", done + len(found), len(folder.sources))
        if old is None:
            _write_page(page, survey.dump(found))
        done += len(part)
        yield from found


def _write_page(page: Path, text: str) -> None:
    """Write a page under a temporary name, which a run that goes on uses again."""
    temporary = page.with_name(f".{page.name}")
    with output_errors(page):
        page.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(page)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A shard to be made: where, of what, and what it says of itself."""

    path: Path
    sources: Sequence[Source]
    about: dict[str, Any]

    def finished(self) -> bool:
        """Whether it was made by an earlier run."""
        try:
            return bool(Shard(self.path).about.get("plan") == self.about["plan"])
        except CorpusError:
            return False


def _plans(choice: Choice, origin: Origin, out: Path) -> Iterator[_Plan]:
    """The shards of a corpus, those of the valid split first."""
    size = origin.shard_files
    for split, sources in choice.used.items():
        for number, start in enumerate(range(0, len(sources), size)):
            part = sources[start : start + size]
            rows = [(source.name, source.md5, source.style) for source in part]
            digest = hashlib.sha256(json.dumps(rows).encode("ascii")).hexdigest()[:16]
            about = {
                "split": split,
                "title": origin.title,
                "licence": origin.licence,
                "plan": digest,
            }
            yield _Plan(out / f"{split}-{number:04d}", part, about)


def _make_all(plans: Sequence[_Plan], workers: Workers, tell: Tell | None) -> None:
    """Make the shards that are not there."""
    todo = [plan for plan in plans if not plan.finished()]
    groups = [group for plan in todo for group in _groups(plan.sources)]
    files = sum(len(plan.sources) for plan in plans)
    done = files - sum(len(plan.sources) for plan in todo)
    _tell(tell, "prepare", done, files)
    results = in_order(workers, prepare_files, groups, lost)
    for plan in todo:
        found: list[Read | Dropped] = []
        while len(found) < len(plan.sources):
            found += next(results)
            _tell(tell, "prepare", done + len(found), files)
        _make(plan, found)
        done += len(plan.sources)


def _make(plan: _Plan, found: Sequence[Read | Dropped]) -> None:
    """Write a shard, with where each song of it comes from."""
    used = [one for one in found if isinstance(one, Read)]
    mended: Counter[str] = Counter()
    for one in used:
        mended.update(one.mended)
    about = {
        **plan.about,
        "files": [one.source.md5 for one in used],
        "names": [one.source.name for one in used],
        "styles": [one.source.style for one in used],
        "dropped": [list(asdict(one).values()) for one in found if isinstance(one, Dropped)],
        "mended": dict(mended),
    }
    write_shard(plan.path, [(one.heard, one.source.style) for one in used], about)


def _groups(sources: Sequence[Source]) -> list[Sequence[Source]]:
    return [sources[start : start + GROUP] for start in range(0, len(sources), GROUP)]


def _tell(tell: Tell | None, step: str, done: int, files: int) -> None:
    if tell is not None:
        tell(step, done, files)

"""Which files are used, in which split, and in what order: by the index, or by their content."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from composer.errors import CorpusError
from composer.training.corpus.reading import Dropped, Source
from composer.training.corpus.survey import Portrait
from composer.transformer.conditions import STYLES

INDEX = "index.tsv"
SPLITS = ("valid", "train")
VALID_SHARE = 0.05

_COLUMNS = {"md5", "split", "notehash"}
_SAME_NOTES = "same notes as another file"

# Genre of the folder that a file was found in, and beginnings of its Million Song Dataset genre;
# the first family that fits is taken.
_FAMILIES: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("metal", (), ("Metal_",)),
    ("electronic", (), ("Dance", "Electronica")),
    ("classical", ("classic", "classical"), ()),
    ("hip-hop", ("rap_hip_hop",), ("Hip_Hop",)),
    ("soul", ("rnb_soul", "gospel", "blues"), ("RnB_",)),
    ("jazz", ("jazz",), ("Jazz_",)),
    ("country", ("country",), ("Country_",)),
    ("rock", ("rock",), ("Rock_",)),
    ("pop", ("pop",), ("Pop_",)),
)


@dataclass(frozen=True, slots=True)
class Choice:
    """The files that a corpus is made of.

    Args:
        used: Per split, in the order in which they stand in the shards.
        dropped: Files that are left out before they are prepared.
    """

    used: Mapping[str, Sequence[Source]]
    dropped: Sequence[Dropped]


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A line of ``index.tsv``: a file with its split, and a hash of its notes."""

    source: Source
    notehash: str


def read_index(folder: Path) -> list[IndexRow] | None:
    """The lines of a folder's ``index.tsv``; None where there is none that names md5 and split.

    Raises:
        CorpusError: If it is there and cannot be read.
    """
    path = folder / INDEX
    if not path.is_file():
        return None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t")
            if not set(reader.fieldnames or ()) >= _COLUMNS:
                return None
            return [_index_row(folder, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise CorpusError(f"{path}: cannot be read: {reason}") from None


def by_index(rows: Iterable[IndexRow]) -> Choice:
    """Split as the index says; of files with the same notes the first is used, valid ones first."""
    used: dict[str, list[Source]] = {split: [] for split in SPLITS}
    dropped: list[Dropped] = []
    names: dict[str, str] = {}
    for row in sorted(rows, key=lambda row: (_rank(row.source.split), row.source.md5)):
        source = row.source
        if source.split not in used:
            dropped.append(Dropped(source.name, source.md5, "held out by the index", source.split))
        elif row.notehash and row.notehash in names:
            dropped.append(Dropped(source.name, source.md5, _SAME_NOTES, names[row.notehash]))
        else:
            names[row.notehash] = source.name
            used[source.split].append(source)
    return Choice(used, dropped)


def by_content(portraits: Iterable[Portrait]) -> Choice:
    """Split by near-duplicate cluster, 5% of the files to ``valid``; same notes are used once.

    What is chosen depends on the files' bytes alone, but for the one of several files of the same
    bytes that is named, which is the first by its path.
    """
    dropped: list[Dropped] = []
    kept: dict[str, Portrait] = {}
    for portrait in sorted(portraits, key=lambda one: (one.source.md5, one.source.name)):
        first = kept.setdefault(portrait.fingerprint, portrait)
        if first is not portrait:
            source = portrait.source
            dropped.append(Dropped(source.name, source.md5, _SAME_NOTES, first.source.name))
    groups = clusters(list(kept.values()))
    valid = _valid(groups, max(round(VALID_SHARE * len(kept)), 1))
    used: dict[str, list[Source]] = {split: [] for split in SPLITS}
    for number, group in enumerate(groups):
        split = "valid" if number in valid else "train"
        used[split] += [replace(one.source, split=split) for one in group]
    for sources in used.values():
        sources.sort(key=lambda source: source.md5)
    return Choice(used, dropped)


def clusters(portraits: Sequence[Portrait]) -> list[list[Portrait]]:
    """Portraits that share a band, directly or by way of others, in the order of fingerprints."""
    parent = list(range(len(portraits)))

    def root(number: int) -> int:
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    first: dict[int, int] = {}
    for number, portrait in enumerate(portraits):
        for band in portrait.bands:
            one, other = root(first.setdefault(band, number)), root(number)
            parent[max(one, other)] = min(one, other)
    members: dict[int, list[Portrait]] = defaultdict(list)
    for number, portrait in enumerate(portraits):
        members[root(number)].append(portrait)
    return sorted(members.values(), key=lambda group: min(one.fingerprint for one in group))


def style_of(genre: str, masd: str) -> int:
    """The style of a file by its genres; 0 where they say nothing that we know.

    Args:
        genre: Of the folder that it was found in.
        masd: Of the Million Song Dataset, as ``Rock_Hard``.

    >>> STYLES[style_of("pop", "Metal_Death") - 1], style_of("", "Folk_International")
    ('metal', 0)
    """
    for name, genres, beginnings in _FAMILIES:
        if genre in genres or masd.startswith(beginnings):
            return 1 + STYLES.index(name)
    return 0


def _index_row(folder: Path, row: Mapping[str, str | None]) -> IndexRow:
    md5 = row["md5"] or ""
    if not re.fullmatch("[0-9a-f]{32}", md5):
        raise CorpusError(f'{folder / INDEX}: "{md5}" is no md5 of 32 hexadecimal digits')
    name = f"{md5[:1]}/{md5}.mid"
    style = style_of(row.get("source_genre") or "", row.get("masd") or "")
    source = Source(name, str(folder / name), md5, row["split"] or "", style)
    return IndexRow(source, row["notehash"] or "")


def _rank(split: str) -> int:
    return SPLITS.index(split) if split in SPLITS else len(SPLITS)


def _valid(groups: Sequence[Sequence[Portrait]], wish: int) -> set[int]:
    """Clusters for the valid split: in their order as they fit, or the smallest where none does."""
    chosen: set[int] = set()
    if len(groups) < 2:
        return chosen
    taken = 0
    for number, group in enumerate(groups):
        if taken + len(group) <= wish:
            chosen.add(number)
            taken += len(group)
    return chosen or {min(range(len(groups)), key=lambda number: len(groups[number]))}

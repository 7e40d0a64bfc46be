"""What a prepared corpus says of itself: ``manifest.json``, and ``dropped.tsv``.

    manifest.json  version, source, title, licence; whether it is complete; songs, bars and tokens
                   of each split; how many files were left out for what reason; what was mended
    dropped.tsv    file, md5, reason and detail of every file that was left out

The manifest is written when a run begins, and says then what it is made of: a run that goes on must
be made of the same.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from composer.errors import CorpusError, MidiError
from composer.exporting.files import write_file
from composer.midi.files import midi_bytes
from composer.training.corpus.reading import Dropped, Source
from composer.training.corpus.shards import VERSION, Shard
from composer.training.corpus.splits import INDEX, SPLITS
from composer.transformer.conditions import STYLES

MANIFEST, DROPPED = "manifest.json", "dropped.tsv"
_LARGEST_INDEX = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Origin:
    """What a corpus is made of.

    Args:
        source: The folder.
        listing: A hash of the names and sizes of its files, and of its index.
        files: How many.
        split_by: ``index.tsv``, or ``content``.
        title: What the music is called.
        licence: Of the collection.
        shard_files: Files of a shard.
    """

    source: str
    listing: str
    files: int
    split_by: str
    title: str
    licence: str
    shard_files: int


def listing_of(folder: Path, sources: Iterable[Source], indexed: bool) -> str:
    """A hash of names and sizes, which tells whether a folder is the one that it was."""
    digest = hashlib.sha256()
    for source in sources:
        try:
            size = Path(source.path).stat().st_size
        except OSError:
            size = -1
        digest.update(json.dumps([source.name, size]).encode("ascii"))
    if indexed:
        try:
            digest.update(midi_bytes(folder / INDEX, _LARGEST_INDEX))
        except MidiError as error:
            raise CorpusError(str(error)) from None
    return digest.hexdigest()[:16]


def begin(out: Path, origin: Origin) -> None:
    """Say what a run is made of, or make sure that the run which lies there is made of the same.

    Raises:
        CorpusError: If it is not.
        OutputError: If the folder cannot be written to.
    """
    before = _read(out)
    if before is None:
        strangers = [path for split in SPLITS for path in out.glob(f"{split}-*")]
        if strangers:
            raise CorpusError(
                f"{out}: holds {strangers[0].name} but no {MANIFEST}; choose another --out"
            )
        _write(out, {**_head(origin), "complete": False})
        return
    if before.get("version") != VERSION:
        raise CorpusError(
            f"{out}: was prepared by another version of composer; choose another --out"
        )
    for key, words in (
        ("listing", f"was prepared from other files ({before.get('source')})"),
        ("split_by", f"was split by {before.get('split_by')}"),
        ("title", f'has the title "{before.get("title")}"'),
        ("licence", f'has the licence "{before.get("licence")}"'),
        ("shard_files", f"has shards of {before.get('shard_files')} files"),
    ):
        if before.get(key) != getattr(origin, key):
            raise CorpusError(f"{out}: {words}; choose another --out")


def finish(
    out: Path, origin: Origin, shards: Sequence[Shard], dropped: Sequence[Dropped]
) -> dict[str, Any]:
    """Write the report of what was left out, and the finished manifest.

    Args:
        out: The corpus.
        origin: What it is made of.
        shards: All of it.
        dropped: Files that were left out before they were prepared.

    Returns:
        The manifest.

    Raises:
        OutputError: If they cannot be written.
    """
    left_out = [*dropped, *(Dropped(*row) for shard in shards for row in shard.about["dropped"])]
    left_out.sort(key=lambda one: (one.reason, one.name))
    write_file(out / DROPPED, _table(left_out))
    mended: Counter[str] = Counter()
    for shard in shards:
        mended.update(shard.about["mended"])
    manifest = {
        **_head(origin),
        "complete": True,
        "songs": sum(len(shard) for shard in shards),
        "splits": {split: _totals(shards, split) for split in SPLITS},
        "styles": _styles(shards),
        "dropped": _sorted(Counter(one.reason for one in left_out)),
        "mended": _sorted(mended),
    }
    _write(out, manifest)
    return manifest


def _head(origin: Origin) -> dict[str, Any]:
    return {"version": VERSION, **asdict(origin)}


def _totals(shards: Sequence[Shard], split: str) -> dict[str, int]:
    mine = [shard for shard in shards if shard.about["split"] == split]
    return {
        "shards": len(mine),
        "songs": sum(len(shard) for shard in mine),
        "bars": sum(int(shard.songs[:, 5].sum()) for shard in mine),
        "tokens": sum(int(shard.tokens_of().sum()) for shard in mine),
    }


def _styles(shards: Sequence[Shard]) -> dict[str, int]:
    counts = Counter(int(style) for shard in shards for style in shard.songs[:, 4])
    names = ("unknown", *STYLES)
    return {names[style]: count for style, count in sorted(counts.items())}


def _sorted(counts: Counter[str]) -> dict[str, int]:
    """The most frequent first."""
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _table(dropped: Iterable[Dropped]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter="\t", lineterminator="\n")
    writer.writerow(["file", "md5", "reason", "detail"])
    for one in dropped:
        name = one.name.encode("utf-8", "backslashreplace").decode("utf-8")
        detail = one.detail.encode("utf-8", "backslashreplace").decode("utf-8")
        writer.writerow([name, one.md5, one.reason, detail])
    return text.getvalue()


def _read(out: Path) -> dict[str, Any] | None:
    path = out / MANIFEST
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        return None  # the error of writing says more
    except (OSError, ValueError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}; choose another --out") from None
    if not isinstance(data, dict):
        raise CorpusError(f"{path}: is no manifest of a corpus; choose another --out")
    return data


def _write(out: Path, manifest: dict[str, Any]) -> None:
    write_file(out / MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=True) + "\n")

"""The index of a catalogue, as a folder of plain arrays that are mapped into memory.

    manifest.json       version, parameters, counts, sizes and checksums of the other files
    buckets.npy         uint32 [2**bucket_bits + 1]   where each bucket of hashes begins
    remainders.npy      uint8  [postings]   the next eight bits of each hash; ascending in a bucket
    places.npy          uint32 or uint64 [postings]   where in the catalogue, times 16, plus the
                        pitch class there
    starts.npy          int64  [pieces + 1]   where in the catalogue each piece begins
    bar_units.npy       float32 [pieces]   length of a bar
    pieces.txt          one identifier a line, as a JSON string

Where in the catalogue is an onset in twelfths of a quarter, the pieces laid end to end. The index
holds hashes of figures and when they begin: no notes can be read out of it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import EvaluationError
from composer.evaluating.fingerprints import FIGURE_NOTES, GRID, Hashes
from composer.music.song import Integers

VERSION = 1
MANIFEST = "manifest.json"
PIECES = "pieces.txt"
PITCH_CLASS_BITS = 4
_REMAINDER_BITS = 8
_ARRAYS = ("buckets", "remainders", "places", "starts", "bar_units")
_PARAMETERS = {"figure_notes": FIGURE_NOTES, "units_a_quarter": GRID}


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """An opened index.

    Args:
        folder: Where it lies.
        title: Whose works it holds, in words.
        pieces: How many.
        bucket_bits: Leading bits of a hash that choose its bucket.
        arrays: The arrays by name, mapped into memory.
        manifest: All that the manifest says.
    """

    folder: Path
    title: str
    pieces: int
    bucket_bits: int
    arrays: dict[str, NDArray[Any]]
    manifest: dict[str, Any]

    @property
    def postings(self) -> int:
        """Number of figures that it holds."""
        return len(self.arrays["places"])

    @property
    def bytes(self) -> int:
        """Size of its files but the manifest."""
        return sum(int(entry["bytes"]) for entry in self.manifest["files"].values())

    def look_up(self, hashes: Hashes) -> tuple[Integers, Integers, Integers]:
        """Find hashes.

        Args:
            hashes: ``[queries]``, without repetition.

        Returns:
            For every posting found: the query it answers, its place in the catalogue in twelfths
            of a quarter, and its pitch class; all ``[hits]``, ordered by query.
        """
        buckets = (hashes >> np.uint32(32 - self.bucket_bits)).astype(np.int64)
        wanted = (hashes >> np.uint32(32 - self.bucket_bits - _REMAINDER_BITS)).astype(np.uint8)
        first = self.arrays["buckets"][buckets].astype(np.int64)
        count = self.arrays["buckets"][buckets + 1].astype(np.int64) - first
        query = np.repeat(np.arange(len(hashes)), count)
        row = np.arange(len(query)) + np.repeat(first - np.cumsum(count) + count, count)
        hit = np.flatnonzero(self.arrays["remainders"][row] == wanted[query])
        places = self.arrays["places"][row[hit]].astype(np.int64)
        return query[hit], places >> PITCH_CLASS_BITS, places & (2**PITCH_CLASS_BITS - 1)

    def piece_of(self, places: Integers) -> Integers:
        """Which piece each place lies in."""
        return np.searchsorted(self.arrays["starts"], places, side="right") - 1

    def identifiers(self, numbers: Iterable[int]) -> list[str]:
        """Identifiers of some pieces.

        Raises:
            EvaluationError: If the list of pieces cannot be read.
        """
        path = self.folder / PIECES
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
            return [str(json.loads(lines[number])) for number in numbers]
        except (OSError, ValueError, IndexError):
            raise _broken(self.folder, f"{PIECES} cannot be read") from None


def open_index(folder: Path | str) -> Index:
    """Open an index; only its manifest is read.

    Raises:
        EvaluationError: If there is none, if it was made by another version, or if a file of it is
            missing, truncated or not what the manifest says.
    """
    folder = Path(folder)
    manifest = _manifest(folder)
    arrays = {}
    for name in _ARRAYS:
        path = folder / f"{name}.npy"
        entry = manifest["files"][path.name]
        if not path.is_file() or path.stat().st_size != entry["bytes"]:
            raise _broken(folder, f"{path.name} is missing or not {entry['bytes']:,} bytes long")
        try:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise _broken(folder, f"{path.name} cannot be read: {error}") from None
        if list(array.shape) != entry["shape"] or array.dtype.str != entry["dtype"]:
            raise _broken(folder, f"{path.name} is not the array that {MANIFEST} describes")
        arrays[name] = array
    return Index(
        folder,
        str(manifest["title"]),
        int(manifest["pieces"]),
        int(manifest["bucket_bits"]),
        arrays,
        manifest,
    )


def verify_index(index: Index) -> None:
    """Compare the checksums of all files: for tests, and for whoever moved an index.

    Raises:
        EvaluationError: If a file is not what it was.
    """
    for name, entry in index.manifest["files"].items():
        if sha256_of(index.folder / name) != entry["sha256"]:
            raise _broken(index.folder, f"{name} has another checksum than {MANIFEST} says")


def postings_arrays(
    hashes: Hashes, places: Integers, pitch_classes: Integers
) -> tuple[int, dict[str, NDArray[Any]]]:
    """Sort postings into the arrays of the file.

    Args:
        hashes: ``[postings]``, in any order.
        places: ``[postings]``, twelfths of a quarter into the catalogue.
        pitch_classes: ``[postings]``, 0 to 11.

    Returns:
        The number of bucket bits, and the three arrays. A bucket holds 16 postings on average.
    """
    bits = int(np.clip(round(np.log2(max(len(hashes), 1) / 16)), 8, 24))
    kept = hashes >> np.uint32(32 - bits - _REMAINDER_BITS)
    packed = (places << PITCH_CLASS_BITS) | pitch_classes
    order = np.lexsort((packed, kept))
    kept, packed = kept[order], packed[order]
    starts = np.searchsorted(kept, np.arange(2**bits + 1, dtype=np.uint64) << _REMAINDER_BITS)
    wide = len(packed) and int(packed.max()) >= 2**32
    return bits, {
        "buckets": starts.astype(np.uint32),
        "remainders": (kept & np.uint32(255)).astype(np.uint8),
        "places": packed.astype(np.uint64 if wide else np.uint32),
    }


def write_index(
    folder: Path,
    title: str,
    bucket_bits: int,
    arrays: dict[str, NDArray[Any]],
    pieces: list[str],
    more: dict[str, Any],
) -> None:
    """Write the files of an index; the manifest comes last, so that half an index has none.

    Raises:
        OSError: If a file cannot be written.
    """
    files: dict[str, Any] = {}
    (folder / MANIFEST).unlink(missing_ok=True)
    for name, array in arrays.items():
        path = folder / f"{name}.npy"
        np.save(path, array, allow_pickle=False)
        files[path.name] = {"dtype": array.dtype.str, "shape": list(array.shape)}
    lines = "".join(f"{json.dumps(piece)}\n" for piece in pieces)
    (folder / PIECES).write_text(lines, encoding="ascii", newline="\n")
    files[PIECES] = {}
    for name, entry in files.items():
        entry["bytes"] = (folder / name).stat().st_size
        entry["sha256"] = sha256_of(folder / name)
    manifest = {
        "format": "composer originality index",
        "version": VERSION,
        "title": title,
        "pieces": len(pieces),
        "postings": len(arrays["places"]),
        "bucket_bits": bucket_bits,
        "parameters": _PARAMETERS,
        "files": files,
        **more,
    }
    write_manifest(folder, manifest)


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest, whole or not at all.

    Raises:
        OSError: If it cannot be written.
    """
    temporary = folder / f".{MANIFEST}"
    temporary.write_text(json.dumps(manifest, indent=1) + "\n", encoding="ascii")
    temporary.replace(folder / MANIFEST)


def sha256_of(path: Path) -> str:
    """Checksum of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        raise EvaluationError(
            f"{folder}: holds no index of a catalogue; make one with `compose index DIR --out "
            f"{folder}`"
        ) from None
    except (OSError, ValueError) as error:
        raise _broken(folder, f"{MANIFEST} cannot be read: {error}") from None
    if not isinstance(manifest, dict) or manifest.get("format") != "composer originality index":
        raise EvaluationError(f"{path}: is not the manifest of an index; give another folder")
    if manifest.get("version") != VERSION or manifest.get("parameters") != _PARAMETERS:
        raise _broken(folder, "was made by another version of composer")
    files = manifest.get("files")
    names = {*(f"{name}.npy" for name in _ARRAYS), PIECES}
    if not isinstance(files, dict) or not names <= files.keys():
        raise _broken(folder, f"{MANIFEST} does not describe all files")
    return manifest


def _broken(folder: Path, what: str) -> EvaluationError:
    return EvaluationError(f"{folder}: {what}; make the index again with `compose index`")

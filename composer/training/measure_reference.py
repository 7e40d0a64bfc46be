r"""Measures real music and writes the tables that `compose evaluate` compares with.

    python -m composer.training.measure_reference --corpora DIR \
        --out composer/evaluating/data/reference

Every table holds one row a song: statistics of 32 bars, never notes. The valid split of
lakh-verified (files with drums and four tracks or more) is the default reference; families of
styles come from both splits by the genre that the index states.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import io
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from rich.progress import track

from composer.errors import ComposerError
from composer.evaluating.measuring import Measured, measure_bytes, table_of
from composer.evaluating.metrics import METRICS
from composer.evaluating.reference import save_table
from composer.evaluating.results import MetricTable, Skipped
from composer.evaluating.two_sample import two_sample_tests
from composer.training.corpora import LICENCES, read_pack

FAMILY_SONGS = 150
"""At most so many songs a family of styles; evenly spread over those in the order of their md5."""

POP909_SONGS = 300
FEWEST_FAMILY_SONGS = 30
_FEWEST_TRACKS = 4
_OTHER_ORIGIN = "freedoom"

_FAMILIES: dict[str, tuple[str, ...]] = {
    "pop": ("pop", "Pop_"),
    "rock": ("rock", "Rock_"),
    "metal": ("Metal_",),
    "jazz": ("jazz", "Jazz_"),
    "country": ("country", "Country_"),
    "hip-hop": ("rap_hip_hop", "Hip_Hop"),
    "soul": ("rnb_soul", "gospel", "blues", "RnB_"),
    "electronic": ("Dance", "Electronica"),
    "classical": ("classic", "classical"),
}


@dataclass(frozen=True, slots=True)
class _Corpus:
    """Files to measure: inner path to bytes, and how the corpus is called."""

    name: str
    title: str
    licence: str
    files: Mapping[str, bytes]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m composer.training.measure_reference", description=__doc__
    )
    parser.add_argument("--corpora", type=Path, required=True, help="folder with the packs")
    parser.add_argument("--out", type=Path, required=True, help="folder for the tables")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default: 2)")
    flags = parser.parse_args(argv)
    try:
        _measure_all(flags.corpora, flags.out, flags.jobs)
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


def _measure_all(corpora: Path, out: Path, jobs: int) -> None:
    out.mkdir(parents=True, exist_ok=True)
    entries: dict[str, object] = {}
    tables: dict[str, tuple[MetricTable, MetricTable]] = {}
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for corpus in _corpora(corpora):
            results = track(
                pool.map(measure_bytes, corpus.files.values(), corpus.files, chunksize=4),
                description=corpus.name,
                total=len(corpus.files),
            )
            measured, dropped = _sorted_out(results)
            if corpus.name == _OTHER_ORIGIN:
                measured = [one for one in measured if _is_like_lakh(one)]
            tables[corpus.name] = (table_of(measured, "opening"), table_of(measured, "middle"))
            entries[corpus.name] = {
                "title": corpus.title,
                "licence": corpus.licence,
                "openings": len(tables[corpus.name][0]),
                "middles": len(tables[corpus.name][1]),
                "dropped": dict(sorted(dropped.items())),
            }
    for name, (openings, middles) in tables.items():
        save_table(openings, out / f"{name}-opening.npz")
        save_table(middles, out / f"{name}-middle.npz")
    yardsticks = _yardsticks(tables)
    data = {
        "command": "python -m composer.training.measure_reference --corpora DIR --out DIR",
        "measured_on": datetime.date.today().isoformat(),
        "references": entries,
        "yardsticks": yardsticks,
    }
    text = json.dumps(data, indent=1, ensure_ascii=False) + "\n"
    (out / "references.json").write_text(text, encoding="utf-8", newline="\n")
    print(json.dumps(yardsticks, indent=1))


def lakh_bands(corpora: Path) -> dict[str, bytes]:
    """The files of the valid split that have drums and four tracks or more, by md5.

    Raises:
        CorpusError: If the pack is missing or unreadable.
    """
    files, rows = lakh_rows(corpora)
    return _chosen(files, rows, lambda row: row["split"] == "valid" and _is_band(row))


def lakh_rows(corpora: Path) -> tuple[dict[str, bytes], list[dict[str, str]]]:
    """The files of lakh-verified by md5, and the rows of its index."""
    pack = read_pack(corpora, "lakh-verified", lambda path: path.endswith((".mid", "index.tsv")))
    index = next(data for path, data in pack.items() if path.endswith("index.tsv"))
    rows = list(csv.DictReader(io.StringIO(index.decode("utf-8")), delimiter="\t"))
    return {Path(path).stem: data for path, data in pack.items() if path.endswith(".mid")}, rows


def _corpora(corpora: Path) -> Iterable[_Corpus]:
    """The corpora, the default reference first."""
    files, rows = lakh_rows(corpora)
    licence = LICENCES["lakh-verified"]
    yield _Corpus(
        "lakh",
        "Lakh, valid split: files with drums and four tracks or more",
        licence,
        _chosen(files, rows, lambda row: row["split"] == "valid" and _is_band(row)),
    )
    songs = read_pack(corpora, "pop909", _is_pop909_song)
    yield _Corpus(
        "pop909",
        "POP909: Chinese pop songs for piano with the tune",
        LICENCES["pop909"],
        _spread({Path(path).stem: data for path, data in songs.items()}, POP909_SONGS),
    )
    for family, words in _FAMILIES.items():
        chosen = _chosen(files, rows, _of_family(family, words))
        if len(chosen) >= FEWEST_FAMILY_SONGS:
            title = f"Lakh, both splits: {family}"
            yield _Corpus(f"family-{family}", title, licence, _spread(chosen, FAMILY_SONGS))
    # Of another origin than Lakh: how far real music may lie from it.
    tunes = read_pack(corpora, "freedoom", lambda path: path.endswith(".mid"))
    yield _Corpus(_OTHER_ORIGIN, "Freedoom: music of a free game", "BSD-style", tunes)


def _chosen(
    files: Mapping[str, bytes],
    rows: Sequence[Mapping[str, str]],
    wanted: Callable[[Mapping[str, str]], bool],
) -> dict[str, bytes]:
    """The files whose row is wanted, one of each cluster of near-duplicates, in order of md5."""
    found: dict[str, bytes] = {}
    clusters: set[str] = set()
    for row in sorted(rows, key=lambda row: row["md5"]):
        if wanted(row) and row["cluster"] not in clusters and row["md5"] in files:
            clusters.add(row["cluster"])
            found[row["md5"]] = files[row["md5"]]
    return found


def _is_band(row: Mapping[str, str]) -> bool:
    return int(row["drums"] or 0) > 0 and int(row["tracks"] or 0) >= _FEWEST_TRACKS


def _is_like_lakh(measured: Measured) -> bool:
    """Whether it has drums and four parts, as what it is compared with."""
    parts = measured.song.parts
    return len(parts) >= _FEWEST_TRACKS and any(part.is_drums for part in parts)


def _of_family(family: str, words: tuple[str, ...]) -> Callable[[Mapping[str, str]], bool]:
    def wanted(row: Mapping[str, str]) -> bool:
        genres = {row["source_genre"], *row["masd"].split("|")} - {""}
        named = any(genre.startswith(word) for genre in genres for word in words)
        return named and (family == "classical" or _is_band(row))

    return wanted


def _is_pop909_song(path: str) -> bool:
    parts = Path(path).parts
    return path.endswith(".mid") and "versions" not in parts


def _spread(files: Mapping[str, bytes], count: int) -> dict[str, bytes]:
    """At most so many files, evenly spread over all."""
    names = list(files)
    chosen = names[:: max(-(-len(names) // count), 1)]
    return {name: files[name] for name in chosen}


def _sorted_out(
    results: Iterable[Measured | Skipped],
) -> tuple[list[Measured], Counter[str]]:
    measured: list[Measured] = []
    dropped: Counter[str] = Counter()
    for result in results:
        if isinstance(result, Skipped):
            dropped[result.reason] += 1
        else:
            measured.append(result)
    return measured, dropped


def _yardsticks(tables: Mapping[str, tuple[MetricTable, MetricTable]]) -> dict[str, float]:
    """AUC on notes only of the gradient boosting between real corpora."""
    lakh, middles = tables["lakh"]
    pairs = {
        "same corpus (odd songs against even ones)": (_rows(lakh, 0), _rows(lakh, 1)),
        "other place (openings against middles, different songs)": (
            _rows(lakh, 0),
            _without(middles, _rows(lakh, 0).songs),
        ),
        "other origin (Freedoom against Lakh)": (tables[_OTHER_ORIGIN][0], lakh),
        "other style (Lakh's jazz against its rock)": (
            tables["family-jazz"][0],
            tables["family-rock"][0],
        ),
        "other style (Lakh's country against its pop)": (
            tables["family-country"][0],
            tables["family-pop"][0],
        ),
    }
    return {name: round(_auc(*pair), 3) for name, pair in pairs.items()}


def _auc(first: MetricTable, second: MetricTable) -> float:
    tests = two_sample_tests(first, second, METRICS)
    return next(
        test.auc
        for test in tests
        if test.features == "notes only" and test.model == "gradient boosting"
    )


def _rows(table: MetricTable, remainder: int) -> MetricTable:
    chosen = range(remainder, len(table), 2)
    return MetricTable(table.metrics, table.values[chosen], tuple(table.songs[i] for i in chosen))


def _without(table: MetricTable, songs: Sequence[str]) -> MetricTable:
    chosen = [i for i, song in enumerate(table.songs) if song not in set(songs)]
    return MetricTable(table.metrics, table.values[chosen], tuple(table.songs[i] for i in chosen))


if __name__ == "__main__":
    sys.exit(main())

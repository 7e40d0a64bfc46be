from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import CorpusError
from composer.training.corpus.reading import Dropped, Source
from composer.training.corpus.splits import (
    IndexRow,
    by_content,
    by_index,
    clusters,
    read_index,
)
from composer.training.corpus.survey import Portrait, dump, load, survey
from tests.training.corpus_files import folder_of, song, write


def portrait(name: str, fingerprint: str = "", *bands: int) -> Portrait:
    return Portrait(Source(name, name, md5=name), fingerprint or name, bands)


def test_files_that_share_a_band_stand_in_one_cluster() -> None:
    found = clusters([portrait("a", "", 1), portrait("b", "", 2), portrait("c", "", 1, 2)])
    assert [[one.source.name for one in group] for group in found] == [["a", "b", "c"]]
    assert len(clusters([portrait("a"), portrait("b")])) == 2


def test_near_duplicates_fall_into_one_split() -> None:
    found = [portrait(f"{number:03d}", "", number // 2) for number in range(400)]
    choice = by_content(found)
    assert len(choice.used["valid"]) == 20
    splits = {one.name: split for split, used in choice.used.items() for one in used}
    assert all(splits[f"{n:03d}"] == splits[f"{n + 1:03d}"] for n in range(0, 400, 2))
    assert by_content(reversed(found)) == choice


def test_a_small_folder_has_a_valid_split_too() -> None:
    assert [len(used) for used in by_content([portrait("a"), portrait("b")]).used.values()] == [
        1,
        1,
    ]
    assert len(by_content([portrait("a")]).used["train"]) == 1


def test_copies_are_left_out_in_any_key(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.mid"))
    found = survey([Source(name, str(folder / name)) for name in names])
    bad = {one.name: one.reason for one in found if isinstance(one, Dropped)}
    assert bad == {"text.mid": "is no MIDI file", "empty.mid": "is no MIDI file"}
    choice = by_content(one for one in found if isinstance(one, Portrait))
    assert sorted(sorted((one.name, one.detail)) for one in choice.dropped) in (
        [["a/00.mid", "copy.mid"], ["b/01.mid", "higher.mid"]],
    )


def test_a_changed_copy_shares_a_band(tmp_path: Path) -> None:
    score = song(9, bars=60)
    changed = song(9, bars=60, up=2)
    for number in range(0, 40, 8):
        changed.tracks[0].notes[number].pitch += 1
    one, other, stranger = survey(
        [
            Source(name, str(write(tmp_path / name, found)))
            for name, found in (("a.mid", score), ("b.mid", changed), ("c.mid", song(10, bars=60)))
        ]
    )
    assert isinstance(one, Portrait) and isinstance(other, Portrait)
    assert isinstance(stranger, Portrait)
    assert one.fingerprint != other.fingerprint
    assert set(one.bands) & set(other.bands)
    assert not set(one.bands) & set(stranger.bands)


def test_a_page_of_the_survey_is_read_back_if_it_is_of_the_same_files(tmp_path: Path) -> None:
    sources = [Source("a", "a"), Source("b", "b")]
    found = [portrait("a", "f", 1, 2), Dropped("b", "", "is no MIDI file", "at all")]
    page = tmp_path / "page.json"
    page.write_text(dump(found))
    back = load(page, sources)
    assert back is not None and back[1] == found[1]
    assert isinstance(back[0], Portrait) and back[0].bands == (1, 2)
    assert load(page, sources[:1]) is None
    page.write_text("{")
    assert load(page, sources) is None


def row(md5: str, split: str, notehash: str = "") -> IndexRow:
    return IndexRow(Source(md5, md5, md5, split), notehash)


def test_the_index_decides() -> None:
    choice = by_index(
        [row("c", "train", "1"), row("b", "valid", "1"), row("a", "train"), row("d", "test")]
    )
    assert [one.name for one in choice.used["valid"]] == ["b"]
    assert [one.name for one in choice.used["train"]] == ["a"]
    assert [(one.name, one.reason, one.detail) for one in choice.dropped] == [
        ("c", "same notes as another file", "b"),
        ("d", "held out by the index", "test"),
    ]


def test_an_index_that_is_not_ours_is_not_read(tmp_path: Path) -> None:
    assert read_index(tmp_path) is None
    (tmp_path / "index.tsv").write_text("title\tcomposer\na\tb\n")
    assert read_index(tmp_path) is None
    (tmp_path / "index.tsv").write_text("md5\tsplit\tnotehash\n../../x\ttrain\t1\n")
    with pytest.raises(CorpusError, match="is no md5"):
        read_index(tmp_path)

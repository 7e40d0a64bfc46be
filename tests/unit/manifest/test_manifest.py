from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from composer import Brief, Piece, compose, save
from composer.errors import ManifestError
from composer.exporting.files import FileSet
from composer.manifest import MANIFEST, read_manifest, write_manifest
from composer.manifest.writing import folder_checksum

Mend = Callable[[dict[str, Any]], Any]


@pytest.fixture(scope="module")
def piece() -> Piece:
    return compose(Brief(bars=2, seed=4, writer="rules", parts=("piano",)))


@pytest.fixture
def folder(piece: Piece, tmp_path: Path) -> Path:
    save(piece, tmp_path / "out")
    return tmp_path / "out"


def test_every_file_is_listed_with_its_length_and_checksum(folder: Path) -> None:
    manifest = read_manifest(folder)
    listed = {file.name: (file.size_bytes, file.sha256) for file in manifest.files}
    assert listed == {
        path.name: (path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in folder.iterdir()
        if path.name != MANIFEST
    }


def test_it_says_what_the_run_was_made_of(piece: Piece, folder: Path) -> None:
    manifest = read_manifest(folder / MANIFEST)
    assert manifest.brief == piece.brief
    assert manifest.notes == piece.notes
    assert not manifest.options.audio and manifest.operations == ()
    assert set(manifest.ingredients) == {"composer", "rules"}
    assert len(manifest.ingredients["rules"]) == 64


def test_the_same_run_writes_the_same_manifest_anywhere(piece: Piece, tmp_path: Path) -> None:
    for name in ("a", "b/c"):
        save(piece, tmp_path / name)
    assert (tmp_path / "a" / MANIFEST).read_bytes() == (tmp_path / "b/c" / MANIFEST).read_bytes()


def test_operations_and_the_model_are_kept(piece: Piece, tmp_path: Path) -> None:
    with FileSet(tmp_path) as files:
        files.write("x", "y")
        write_manifest(files, piece, operations=[{"do": "vary", "amount": 0.5}], exports=["reaper"])
    manifest = read_manifest(tmp_path)
    assert manifest.operations == ({"do": "vary", "amount": 0.5},)
    assert manifest.options.exports == ("reaper",)
    hybrid = compose(Brief(bars=2, writer="hybrid"))
    save(hybrid, tmp_path / "hybrid")
    model = read_manifest(tmp_path / "hybrid").ingredients.get("transformer")
    assert model == hybrid.authorship.model.get("sha256")


def test_a_folder_of_rules_is_another_folder_when_a_byte_or_a_name_changes(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.toml").write_text("1")
    (tmp_path / "notes.txt").write_text("not a rule")
    one = folder_checksum(tmp_path)
    (tmp_path / "notes.txt").write_text("still none")
    assert folder_checksum(tmp_path) == one
    (tmp_path / "a" / "x.toml").write_text("2")
    assert folder_checksum(tmp_path) != one
    (tmp_path / "a" / "x.toml").write_text("1")
    (tmp_path / "a" / "x.toml").rename(tmp_path / "a" / "y.toml")
    assert folder_checksum(tmp_path) != one


def put(*path: str, to: Any) -> Mend:
    def mend(data: dict[str, Any]) -> Any:
        table = data
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = to
        return data

    return mend


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: [], "is no manifest of composer"),
        (lambda data: {}, "is no manifest of composer"),
        (put("version", to=99), "is of format 99, and this composer reads 1"),
        (put("brief", to=7), "brief must be a text"),
        (put("brief", to="x = "), "brief: is not a TOML file"),
        (put("brief", to="barz = 1"), 'did you mean "bars"'),
        (put("composer", to=None), "composer must be a text"),
        (put("notes", to=[1]), "notes must be a list of texts"),
        (put("operations", to=[1]), "operations must be a list of tables"),
        (put("options", to=[]), "options must be a table"),
        (put("options", "audio", to=1), "options.audio must be true or false"),
        (put("options", "sample_rate", to=True), "options.sample_rate must be a whole number"),
        (put("options", "audio_format", to="mp3"), "options.audio_format must be one of wav"),
        (put("options", "exports", to=["nope"]), "options.exports must be a list of"),
        (put("options", "rules", to=3), "options.rules must be a text"),
        (put("options", "refine", to={"wet": "x"}), "refine.wet must be a number"),
        (put("ingredients", "rules", to=3), "ingredients.rules must be a text"),
        (put("files", to=[]), "files must be a table"),
        (put("files", "../x", to={}), "must be a name within the folder"),
        (put("files", "/etc/passwd", to={}), "must be a name within the folder"),
        (put("files", "x", to={"sha256": "00", "bytes": 1}), "must be 64 hexadecimal digits"),
        (put("files", "x", to={"sha256": "0" * 64, "bytes": "1"}), "x.bytes must be a whole"),
        (put("files", to={str(n): {} for n in range(10_001)}), "at most 10,000 files"),
    ],
)
def test_a_damaged_or_hostile_manifest_is_one_clear_line(
    folder: Path, change: Mend, message: str
) -> None:
    path = folder / MANIFEST
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(ManifestError) as caught:
        read_manifest(path)
    assert str(caught.value).startswith(str(path)) and message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no JSON file"),
        (b"\xff\xfe", "is no JSON file"),
        (b'{"a": ', "is no JSON file"),
        (b"[" * 200_000, "is no JSON file: tables lie too deep"),
        (b" " * ((16 << 20) + 1), "is larger than 16 MiB"),
    ],
)
def test_what_is_no_json_file(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "m.json"
    path.write_bytes(data)
    with pytest.raises(ManifestError, match=message):
        read_manifest(path)


def test_a_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"manifest\.json: cannot be read"):
        read_manifest(tmp_path)

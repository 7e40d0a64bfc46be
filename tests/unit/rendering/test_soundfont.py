from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

import pytest

from composer.errors import SoundFontError
from composer.rendering import soundfont
from composer.rendering.manifest import known_soundfonts, read_manifest
from composer.rendering.soundfont import list_soundfonts, resolve, validate


@pytest.fixture(autouse=True)
def no_system_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(soundfont, "SYSTEM_FOLDERS", (tmp_path / "system",))


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def test_the_default_is_the_bundled_one() -> None:
    font = resolve()
    assert (font.name, font.origin) == ("TimGM6mb", "bundled")
    assert font.licence == "GPL-2.0"


def test_the_bundled_one_is_found_without_importing_its_package() -> None:
    had = "pretty_midi" in sys.modules
    resolve()
    assert ("pretty_midi" in sys.modules) == had


def test_the_bundled_file_is_one_of_the_manifest() -> None:
    data = resolve().path.read_bytes()
    entry = next(k for k in known_soundfonts() if k.bundled)
    digests = {(file.size_bytes, file.sha256) for file in entry.files}
    assert (len(data), hashlib.sha256(data).hexdigest()) in digests


def test_every_entry_says_where_to_get_it() -> None:
    for known in known_soundfonts():
        assert known.source
        assert known.licence
        assert known.files


def test_a_system_font_is_no_default(tmp_path: Path, tiny_soundfont: bytes) -> None:
    put(tmp_path / "system" / "FluidR3_GM.sf2", tiny_soundfont)
    assert resolve().origin == "bundled"
    assert resolve("fluidr3_gm").origin == "system"


def test_the_users_folder_comes_before_the_bundled_one(
    tmp_path: Path, tiny_soundfont: bytes
) -> None:
    put(tmp_path / "user" / "Mine.sf2", tiny_soundfont)
    assert resolve().name == "Mine"
    assert resolve("TimGM6mb").origin == "bundled"


def test_the_environment_comes_before_the_users_folder(
    tmp_path: Path, tiny_soundfont: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "user" / "Mine.sf2", tiny_soundfont)
    put(tmp_path / "b" / "Zebra.sf2", tiny_soundfont)
    put(tmp_path / "b" / "FluidR3_GM.sf2", tiny_soundfont)
    folders = os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")])
    monkeypatch.setenv("COMPOSER_SOUNDFONTS", folders)
    assert resolve().name == "FluidR3_GM", "the manifest's order comes before the alphabet's"
    assert resolve("zebra.SF2").path == tmp_path / "b" / "Zebra.sf2"
    monkeypatch.setenv("COMPOSER_SOUNDFONTS", str(tmp_path / "b" / "Zebra.sf2"))
    assert resolve().name == "Zebra"


def test_a_path_comes_first(tmp_path: Path, tiny_soundfont: bytes) -> None:
    path = put(tmp_path / "my font.sf2", tiny_soundfont)
    font = resolve(str(path))
    assert (font.name, font.path, font.origin) == ("my font", path, "path")


@pytest.mark.parametrize(
    ("requested", "words"),
    [
        ("FluidR3", 'did you mean "FluidR3_GM"'),
        ("MuseScore_General", "apt-get install musescore-general-soundfont"),
        ("GeneralUser_GS", "https://"),
        ("/nowhere/x.sf2", "no such file"),
        ("x.sf2", "no such file"),
        ("/", "is a folder"),
    ],
)
def test_what_is_not_there_is_named(requested: str, words: str) -> None:
    with pytest.raises(SoundFontError, match=words):
        resolve(requested)


def test_without_any_font_the_error_names_a_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(soundfont, "bundled_folder", lambda: None)
    with pytest.raises(SoundFontError, match="apt-get install"):
        resolve()


def test_a_broken_file_is_refused(tmp_path: Path, tiny_soundfont: bytes) -> None:
    whole = resolve().path.read_bytes()
    for data, words in (
        (b"", "not a SoundFont"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "not a SoundFont"),
        (b"RIFF\x10\0\0\0DLS colh", "a DLS bank"),
        (whole[: len(whole) // 2], "cut short"),
        (whole[:-1], "cut short"),
        (tiny_soundfont[:-12], "cut short"),
        (b"RIFF\x04\0\0\0sfbk", "lacks its samples"),
        (tiny_soundfont.replace(b"pgen", b"pxxx"), "lacks its samples or presets"),
    ):
        with pytest.raises(SoundFontError, match=words) as caught:
            validate(put(tmp_path / "broken.sf2", data))
        assert "\n" not in str(caught.value)
    validate(put(tmp_path / "whole.sf2", tiny_soundfont))


def test_the_listing_tells_what_is_there_and_what_is_not() -> None:
    listing = list_soundfonts()
    assert listing.default is not None
    assert [font.name for font in listing.found] == ["TimGM6mb"]
    assert {known.name for known in listing.missing} == {
        "MuseScore_General",
        "FluidR3_GM",
        "GeneralUser_GS",
    }


def test_a_broken_manifest_is_named(tmp_path: Path) -> None:
    path = tmp_path / "manifest.toml"
    for text in ("[[soundfont]\n", '[[soundfont]]\nname = "x"\n', "soundfont = 3\n"):
        path.write_text(text)
        with pytest.raises(SoundFontError, match=r"manifest\.toml"):
            read_manifest(path)

"""`compose --lyrics FILE`, as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import mido
import pytest

from tests.cli.conftest import Compose
from tests.unit.prosody import texts


@pytest.fixture
def words(tmp_path: Path) -> Path:
    path = tmp_path / "words.txt"
    path.write_text(texts.BEARD, "utf-8")
    return path


def written(compose: Compose, out: Path, *arguments: object) -> dict[str, object]:
    options = ("--writer", "rules", "--no-audio", "--out", out)
    result = compose(*arguments, *options)
    assert result.code == 0 and result.err == "", result.err
    report: dict[str, object] = json.loads((out / "report.json").read_text("utf-8"))
    return report


def lyrics_of(out: Path) -> list[str]:
    song = mido.MidiFile(out / "piece.mid")
    events = [m.text for track in song.tracks for m in track if m.type == "lyrics"]
    return [text.encode("latin-1").decode("utf-8") for text in events]


def test_the_words_are_in_the_file_and_the_report(
    compose: Compose, words: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    report = written(compose, out, "--lyrics", words, "--style", "folk")
    sung = lyrics_of(out)
    assert sung[:4] == ["There", "was", "an", "Old"] and sung[-1] == "beard!"
    told = report["lyrics"]
    assert isinstance(told, dict) and told["syllables"] == len(sung) == 34
    assert told["stanzas"] == [{"section": "verse", "lines": 5, "rhymes": "AABBA"}]
    assert told["stress"]["main_on_beats"] >= 0.8


def test_chinese_survives_as_utf_8(compose: Compose, words: Path, tmp_path: Path) -> None:
    words.write_text(texts.MOON, "utf-8")
    out = tmp_path / "out"
    written(compose, out, "--lyrics", words, "--style", "ballad")
    assert "".join(lyrics_of(out)) == "床前明月光，疑是地上霜。举头望明月，低头思故乡。"


def test_the_brief_beside_the_song_sings_it_again(
    compose: Compose, words: Path, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    written(compose, first, "--lyrics", words, "--form", "AABBB", "--seed", 5)
    words.unlink()
    written(compose, second, "--brief", first / "brief.toml")
    assert (first / "piece.mid").read_bytes() == (second / "piece.mid").read_bytes()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--bars", 3), "bars: the lyrics need 5 to 56 bars, not 3; change bars, or the text"),
        (("--bars", 500), "bars: the lyrics need 5 to 56 bars, not 500"),
        (("--form", "verse:2"), "form: verse:2 does not suit its 5 lines of lyrics"),
        (("--form", "intro:4"), "form: has 0 sections that can be sung"),
        (("--parts", "drums"), "parts: nobody has a tune to sing the lyrics on"),
    ],
)
def test_what_does_not_fit_is_refused(
    compose: Compose, words: Path, tmp_path: Path, options: tuple[object, ...], said: str
) -> None:
    out = tmp_path / "out"
    result = compose("--lyrics", words, *options, "--no-audio", "--out", out)
    assert said in result.refused() and not out.exists()


@pytest.mark.parametrize("text", ["", "…\n—\n"])
def test_a_text_without_words_is_refused(
    compose: Compose, words: Path, tmp_path: Path, text: str
) -> None:
    words.write_text(text, "utf-8")
    assert "lyrics" in compose("--lyrics", words, "--out", tmp_path / "out").refused()

"""Words out of text files, whatever they are encoded in."""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.errors import BriefError
from composer.importing.lyrics import take_lyrics
from composer.music.brief import Brief

WORDS = "Größer, 小星星\n\nLa la"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_ends_of_lines(tmp_path: Path, encoding: str, end: str) -> None:
    file = tmp_path / "words.txt"
    file.write_bytes((WORDS + "  \n\n").replace("\n", end).encode(encoding))
    taken = take_lyrics(file, Brief(lyrics="old", key="C"), None)
    assert taken.brief == Brief(lyrics=WORDS, key="C")
    assert taken.notes == ("words.txt: 2 lines of words, 7 syllables",)


def test_words_that_cannot_be_sung_are_refused_with_their_file(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("la " * 200)
    with pytest.raises(BriefError) as caught:
        take_lyrics(file, Brief(), None)
    assert str(caught.value).startswith(f"lyrics: {file}: ")

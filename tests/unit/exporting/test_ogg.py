from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.errors import OutputError
from composer.exporting.audio import write_audio
from composer.exporting.ogg import checksum, renumber
from composer.music.audio import Audio


def sound(seconds: float = 1.0) -> Audio:
    times = np.arange(int(44_100 * seconds)) / 44_100
    wave = 0.3 * np.sin(2 * np.pi * 440 * times)
    return Audio(np.stack([wave, wave]).astype(np.float32), 44_100)


def pages(data: bytes) -> list[bytes]:
    return [b"OggS" + page for page in data.split(b"OggS")[1:]]


def slow_checksum(page: bytes) -> int:
    """The checksum bit by bit, as RFC 3533 defines it."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
            value &= 0xFFFFFFFF
    return value


def test_the_checksum_is_that_of_the_specification() -> None:
    for data in (b"", b"a", bytes(range(256)), b"OggS" * 50):
        assert checksum(data) == slow_checksum(data)


def test_the_same_sound_is_the_same_file(tmp_path: Path) -> None:
    for name in ("a.ogg", "b.ogg"):
        write_audio(sound(), tmp_path / name, "ogg", "title")
    assert (tmp_path / "a.ogg").read_bytes() == (tmp_path / "b.ogg").read_bytes()
    assert soundfile.info(tmp_path / "a.ogg").frames == 44_100


def test_every_page_has_the_number_and_its_checksum(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    write_audio(sound(3), path, "ogg")
    before, _ = soundfile.read(path)
    renumber(path, 7)
    found = pages(path.read_bytes())
    assert len(found) > 3
    for page in found:
        assert page[14:18] == (7).to_bytes(4, "little")
        bare = page[:22] + bytes(4) + page[26:]
        assert int.from_bytes(page[22:26], "little") == slow_checksum(bare)
    after, _ = soundfile.read(path)
    assert np.array_equal(before, after)


def test_what_is_no_ogg_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    path.write_bytes(b"RIFF....")
    renumber(path)
    assert path.read_bytes() == b"RIFF...."
    with pytest.raises(OutputError, match="missing"):
        renumber(tmp_path / "missing.ogg")

"""Loop points in audio files: there for who reads them, and no sample of the sound moved."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.errors import OutputError
from composer.exporting.audio import AUDIO_FORMATS, write_audio
from composer.exporting.loop_marks import mark_loop
from composer.music.audio import Audio

RATE = 44_100


def sound(frames: int) -> Audio:
    random = np.random.default_rng(1)
    return Audio((0.1 * random.standard_normal((2, frames))).astype(np.float32), RATE)


@pytest.mark.parametrize("audio_format", AUDIO_FORMATS)
@pytest.mark.parametrize("title", ["", "A title, with é"])
@pytest.mark.parametrize("frames", [1, 1001, 60_000])
def test_the_sound_and_the_title_stay(
    tmp_path: Path, audio_format: str, title: str, frames: int
) -> None:
    path = tmp_path / f"loop.{audio_format}"
    write_audio(sound(frames), path, title=title)
    before, _ = soundfile.read(path)
    mark_loop(path, frames, RATE, audio_format)
    after, rate = soundfile.read(path)
    assert rate == RATE and np.array_equal(before, after) and len(after) == frames
    with soundfile.SoundFile(path) as file:
        assert file.title == title


def chunks(data: bytes) -> dict[bytes, bytes]:
    assert data[:4] == b"RIFF" and int.from_bytes(data[4:8], "little") == len(data) - 8
    found, at = {}, 12
    while at < len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        found[data[at : at + 4]] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return found


@pytest.mark.parametrize("frames", [1001, 60_000])
def test_a_wav_file_tells_samplers(tmp_path: Path, frames: int) -> None:
    path = tmp_path / "loop.wav"
    write_audio(sound(frames), path, title="Title")
    mark_loop(path, frames, RATE, "wav")
    numbers = struct.unpack("<15I", chunks(path.read_bytes())[b"smpl"])
    assert numbers[7] == 1  # one loop
    assert numbers[11:13] == (0, frames - 1)  # from its first frame to its last
    assert numbers[14] == 0  # for ever


@pytest.mark.parametrize("audio_format", ["flac", "ogg"])
def test_comments_tell_games(tmp_path: Path, audio_format: str) -> None:
    path = tmp_path / f"loop.{audio_format}"
    write_audio(sound(30_000), path, title="Title")
    mark_loop(path, 30_000, RATE, audio_format)
    data = path.read_bytes()
    for comment in (b"LOOPSTART=0", b"LOOPLENGTH=30000"):
        assert struct.pack("<I", len(comment)) + comment in data


def test_other_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "loop.aiff"
    with pytest.raises(OutputError, match="wav, flac and ogg only"):
        mark_loop(path, 1, RATE, "aiff")

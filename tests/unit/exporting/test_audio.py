from __future__ import annotations

import shutil
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.acoustics.loudness import true_peak_db
from composer.errors import OutputError
from composer.exporting.audio import (
    AUDIO_FORMATS,
    write_audio,
    write_audio_files,
    write_master,
)
from composer.exporting.files import FileSet
from composer.music.audio import Audio


def tone(seconds: float = 1.0, rate: int = 44_100, level: float = 0.5) -> Audio:
    time = np.arange(int(seconds * rate)) / rate
    wave = level * np.stack([np.sin(2 * np.pi * 440 * time), np.sin(2 * np.pi * 660 * time)])
    return Audio(wave.astype(np.float32), rate)


@pytest.mark.parametrize("kind", ["wav", "flac"])
def test_lossless_files_hold_24_bits(tmp_path: Path, kind: str) -> None:
    path, audio = tmp_path / f"x.{kind}", tone()
    write_audio(audio, path, title="Café")
    info = soundfile.info(path)
    assert (info.subtype, info.samplerate, info.channels) == ("PCM_24", 44_100, 2)
    read, _ = soundfile.read(path, dtype="float32")
    assert read.shape == (audio.frames, 2)
    assert np.abs(read.T - audio.samples).max() <= 2**-23
    with soundfile.SoundFile(path) as file:
        assert file.title == "Café"


def test_ogg_sounds_the_same(tmp_path: Path) -> None:
    path, audio = tmp_path / "x.ogg", tone(rate=48_000)
    write_audio(audio, path)
    read, rate = soundfile.read(path, dtype="float32")
    assert (rate, read.shape) == (48_000, (audio.frames, 2))
    assert np.corrcoef(read[:, 0], audio.samples[0])[0, 1] > 0.99


def test_a_long_ogg_does_not_overflow_the_stack(tmp_path: Path) -> None:
    path = tmp_path / "x.ogg"
    write_audio(tone(120, 8000), path)
    assert soundfile.info(path).frames == 120 * 8000


def test_what_is_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    write_audio(tone(level=2.0), tmp_path / "x.wav")
    read, _ = soundfile.read(tmp_path / "x.wav")
    assert np.abs(read).max() <= 1
    assert np.abs(np.diff(read[:, 0])).max() < 0.3


@pytest.mark.parametrize("kind", AUDIO_FORMATS)
def test_silence_stays_silent(tmp_path: Path, kind: str) -> None:
    write_audio(Audio(np.zeros((2, 20_000), np.float32), 44_100), tmp_path / "x", kind)
    read, _ = soundfile.read(tmp_path / "x")
    assert read.shape == (20_000, 2)
    assert np.abs(read).max() < 1e-6


def test_the_same_audio_gives_the_same_bytes(tmp_path: Path) -> None:
    for kind in ("wav", "flac"):
        for name in ("a", "b"):
            write_audio(tone(), tmp_path / f"{name}.{kind}")
        first, second = (tmp_path / f"{name}.{kind}" for name in ("a", "b"))
        assert first.read_bytes() == second.read_bytes()


def test_several_files_are_written_at_once(tmp_path: Path) -> None:
    files = {tmp_path / f"{i}.wav": tone(0.1 * (i + 1)) for i in range(5)}
    write_audio_files(files, "wav")
    for path, audio in files.items():
        assert soundfile.info(path).frames == audio.frames
    with pytest.raises(OutputError):
        write_audio_files({tmp_path / "x": tone(), tmp_path / "none" / "y": tone()}, "flac")


def test_an_unknown_format_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match='did you mean "flac"'):
        write_audio(tone(), tmp_path / "x.flak")


def test_a_path_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "x.wav", tmp_path):
        with pytest.raises(OutputError) as caught:
            write_audio(tone(), path, "wav")
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


def test_a_full_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1, 1, 0))

    def fail(*_: object) -> None:
        raise RuntimeError("System error.")

    monkeypatch.setattr(soundfile.SoundFile, "write", fail)
    with pytest.raises(OutputError, match="the disk is full"):
        write_audio(tone(), tmp_path / "x.wav")


def test_a_failure_within_a_set_names_the_final_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("System error.")

    def write() -> None:
        with FileSet(tmp_path / "out") as out:
            write_audio(tone(), out.path("x.wav"))

    monkeypatch.setattr(soundfile.SoundFile, "write", fail)
    with pytest.raises(OutputError) as caught:
        write()
    assert str(caught.value).startswith(str(tmp_path / "out" / "x.wav"))
    assert not list(tmp_path.iterdir())


def test_a_lossy_master_keeps_its_ceiling_when_decoded(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).uniform(-1, 1, (2, 44_100)).astype(np.float32)
    audio = Audio(noise * np.float32(0.88), 44_100)
    peaks = {}
    for ceiling in (20.0, -1.0):
        path = tmp_path / f"{ceiling}.ogg"
        write_master(audio, path, "ogg", "", ceiling)
        decoded, rate = soundfile.read(path, dtype="float32", always_2d=True)
        assert rate == 44_100
        peaks[ceiling] = true_peak_db(np.ascontiguousarray(decoded.T))
    assert peaks[20.0] > -1.0  # what the encoder adds
    assert -2.0 < peaks[-1.0] <= -1.0

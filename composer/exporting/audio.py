"""Audio files: 24-bit WAV, 24-bit FLAC, and Ogg Vorbis, through libsndfile."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from composer.errors import OutputError, nearest
from composer.exporting.files import output_errors
from composer.exporting.ogg import renumber
from composer.music.audio import Audio

AUDIO_FORMATS = ("wav", "flac", "ogg")
_SUBTYPES = {"wav": "PCM_24", "flac": "PCM_24", "ogg": "VORBIS"}
_LOSSY = ("ogg",)
_MAX_REWRITES = 4
_MARGIN_DB = 0.1
_BLOCK_FRAMES = 8192
"""libsndfile's Vorbis encoder keeps a whole write on its stack: it overflows on long ones."""


def write_audio(audio: Audio, path: Path, audio_format: str | None = None, title: str = "") -> None:
    """Write an audio file.

    It is not atomic by itself: pass a path of a `FileSet`.

    Args:
        audio: What to write; samples beyond full scale are clipped.
        path: Where to.
        audio_format: One of `AUDIO_FORMATS`; `None` takes it from the path's suffix.
        title: Title, stored in the file; empty for none.

    Raises:
        OutputError: If the format is unknown or the file cannot be written.
    """
    import soundfile

    kind = (audio_format or path.suffix.lstrip(".")).lower()
    if kind not in _SUBTYPES:
        raise OutputError(f'{path}: "{kind}" is no audio format; {nearest(kind, AUDIO_FORMATS)}')
    channels = audio.samples.shape[0]
    try:
        with (
            output_errors(path),
            soundfile.SoundFile(
                path,
                "w",
                audio.sample_rate,
                channels,
                _SUBTYPES[kind],
                format=kind.upper(),
            ) as file,
        ):
            if title:
                file.title = title
            for start in range(0, audio.frames, _BLOCK_FRAMES):
                block = audio.samples[:, start : start + _BLOCK_FRAMES]
                file.write(np.ascontiguousarray(block.T))
    except (RuntimeError, AssertionError) as error:
        # libsndfile says only "System error", and soundfile asserts that all was written.
        raise OutputError(f"{path}: {_reason(path, error)}") from None
    if kind == "ogg":
        renumber(path)


def write_master(
    audio: Audio, path: Path, audio_format: str, title: str, ceiling_db: float
) -> None:
    """Write a master whose true peak keeps a ceiling in the file too.

    A lossy encoder adds peaks of its own: the file is decoded, measured, and written again a little
    more softly until it keeps the ceiling.

    Args:
        audio: The master; it keeps the ceiling itself.
        path: Where to; pass a path of a `FileSet`.
        audio_format: One of `AUDIO_FORMATS`.
        title: Title, stored in the file.
        ceiling_db: Highest true peak, in dBTP.

    Raises:
        OutputError: If the file cannot be written.
    """
    import soundfile

    from composer.acoustics.loudness import true_peak_db

    write_audio(audio, path, audio_format, title)
    if audio_format not in _LOSSY:
        return
    for _ in range(_MAX_REWRITES):
        decoded, _rate = soundfile.read(path, dtype="float32", always_2d=True)
        peak = true_peak_db(np.ascontiguousarray(decoded.T))
        if peak is None or peak <= ceiling_db:
            return
        softer = audio.samples * np.float32(10 ** ((ceiling_db - _MARGIN_DB - peak) / 20))
        audio = Audio(softer, audio.sample_rate)
        write_audio(audio, path, audio_format, title)


def write_audio_files(
    files: Mapping[Path, Audio], audio_format: str | None = None, title: str = ""
) -> None:
    """Write several audio files, on all cores; each as by `write_audio`.

    Raises:
        OutputError: If the format is unknown or a file cannot be written.
    """
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = [
            pool.submit(write_audio, audio, path, audio_format, title)
            for path, audio in files.items()
        ]
        try:
            for job in jobs:
                job.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _reason(path: Path, error: Exception) -> str:
    try:
        if shutil.disk_usage(path.parent).free < 1 << 20:
            return "the disk is full; make room or choose another folder"
        with path.open("ab"):
            pass
    except OSError as reason:
        return f"cannot be written: {reason.strerror}"
    return f"cannot be written: {str(error) or 'the audio library failed'}"

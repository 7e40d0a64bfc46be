"""A recording of one stem: read, refined and written block by block, however long it is."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from composer.acoustics.buffers import Samples, new_buffers
from composer.errors import RefinerError
from composer.exporting.audio import write_audio
from composer.exporting.files import FileSet
from composer.exporting.mixes import valid_title
from composer.music.audio import Audio
from composer.refining.parts import Part
from composer.sounding.jobs import SAMPLE_RATE
from composer.sounding.options import Refining, RefiningReport, StemOutcome
from composer.sounding.stems import NO_STRENGTH, open_refiner

REPORT = ".refining.json"
"""What the name of a recording's report ends with."""

_BLOCK = 1 << 16
_IN_MEMORY_BYTES = 1 << 28
_MOST_HOURS = 4
_UNKNOWN_FRAMES = 1 << 62
_FULL_SCALE = 1.0
_ROOM_DB = 1.0
_THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class RefinedRecording:
    """A recording with another sound.

    Args:
        audio: The sound, as long as the recording.
        report: What the timbre stage did.
        warning: What the user should know about it, or None.
    """

    audio: Audio
    report: RefiningReport
    warning: str | None


def is_midi(path: Path) -> bool:
    """Whether a file is, or is called, a MIDI file; all others are taken for recordings."""
    if path.suffix.lower() in (".mid", ".midi", ".smf", ".kar", ".rmi"):
        return True
    try:
        with path.open("rb") as file:
            head = file.read(12)
    except OSError:
        return False
    return head[:4] == b"MThd" or (head[:4] == b"RIFF" and head[8:] == b"RMID")


def read_recording(path: Path) -> Audio:
    """Read a recording of a stem: WAV, FLAC, Ogg, or what else libsndfile knows.

    Raises:
        RefinerError: If it cannot be read, or is not what can be refined: 44,100 samples a second,
            one or two channels, numbers only, at most four hours.
    """
    import soundfile

    try:
        # libsndfile has no words for what the system says of a path.
        with path.open("rb"), soundfile.SoundFile(path) as file:
            _expect(path, file.samplerate, file.channels, file.frames)
            (samples,) = new_buffers(
                1, file.frames, file.channels, in_memory_bytes=_IN_MEMORY_BYTES
            )
            at = 0
            while at < file.frames:
                block = file.read(_BLOCK, dtype="float32", always_2d=True)
                if not len(block):
                    break
                if not np.isfinite(block).all():
                    raise RefinerError(
                        f"{path}: has samples that are no numbers (NaN or infinite) at "
                        f"{at / SAMPLE_RATE:.1f} s; mend it or cut them out"
                    )
                samples[:, at : at + len(block)] = block.T
                at += len(block)
    except FileNotFoundError:
        raise RefinerError(
            f"{path}: no such file; give the path of a MIDI file or of a recording"
        ) from None
    except OSError as error:
        raise RefinerError(f"{path}: cannot be read: {error.strerror or error}") from None
    except soundfile.LibsndfileError as error:
        reason = str(error.error_string).rstrip(".")
        raise RefinerError(
            f"{path}: is no recording that can be read ({reason}); give a WAV, FLAC or Ogg file, "
            "or a MIDI file"
        ) from None
    if not at:
        raise RefinerError(f"{path}: has no sound in it; it is empty or cut short")
    return Audio(samples[:, :at], SAMPLE_RATE)


def refine_recording(
    audio: Audio,
    part: Part,
    refining: Refining,
    progress: Callable[[float], None] | None = None,
) -> RefinedRecording:
    """Refine a recording of one stem.

    Args:
        audio: The recording.
        part: Who plays it; its notes need not be known.
        refining: How; its parts are of no meaning here.
        progress: Told how much is done, 0 to 1.

    Raises:
        RefinerError: If the refiner is missing or damaged, or the sound cannot be refined.
    """
    about: Mapping[str, object] = {}
    outcome = StemOutcome(part.name, part.program, part.drums, 0.0, NO_STRENGTH)
    sound = audio
    if refining.wet:
        refiner = open_refiner(refining.model, _THREADS)
        refined = refiner.refine(
            audio, part, wet=refining.wet, seed=refining.seed, progress=progress
        )
        about, sound = refiner.about, refined.audio
        outcome = replace(outcome, wet=refined.wet, reason=refined.reason, verdict=refined.verdict)
    report = RefiningReport(about, refining.wet, refining.seed, (outcome,))
    sound, warning = _below_full_scale(sound)
    return RefinedRecording(sound, report, warning)


def save_recording(
    recording: RefinedRecording, path: Path, audio_format: str, title: str
) -> tuple[Path, ...]:
    """Write a refined recording, and beside it what the timbre stage did; both or none.

    Args:
        recording: What to write.
        path: The audio file; the report has its name with ``.refining.json``.
        audio_format: ``wav``, ``flac`` or ``ogg``.
        title: Stored in the file.

    Raises:
        OutputError: If they cannot be written.
    """
    report = {**recording.report.to_dict(), "warning": recording.warning}
    with FileSet(path.parent) as files:
        write_audio(recording.audio, files.path(path.name), audio_format, valid_title(title))
        files.write(f"{path.stem}{REPORT}", json.dumps(report, indent=1) + "\n")
        return files.paths


def _below_full_scale(audio: Audio) -> tuple[Audio, str | None]:
    """What would clip in a file is turned down as a whole, and the user is told."""
    blocks = range(0, audio.frames, _BLOCK)
    peak = max((_peak(audio.samples[:, at : at + _BLOCK]) for at in blocks), default=0.0)
    if peak <= _FULL_SCALE:
        return audio, None
    down_db = 20 * math.log10(peak) + _ROOM_DB
    (softer,) = new_buffers(1, audio.frames, len(audio.samples), in_memory_bytes=_IN_MEMORY_BYTES)
    for at in blocks:
        part = np.s_[:, at : at + _BLOCK]
        np.multiply(audio.samples[part], np.float32(10 ** (-down_db / 20)), out=softer[part])
    warning = f"the sound is turned down by {down_db:.1f} dB, since it would clip in a file"
    return Audio(softer, audio.sample_rate), warning


def _peak(samples: Samples) -> float:
    return max(float(samples.max()), -float(samples.min()))


def _expect(path: Path, sample_rate: int, channels: int, frames: int) -> None:
    if sample_rate != SAMPLE_RATE:
        raise RefinerError(
            f"{path}: has {sample_rate:,} samples a second, and only {SAMPLE_RATE:,} can be "
            f"refined; convert it first, as with `ffmpeg -i IN -ar {SAMPLE_RATE} OUT.wav`"
        )
    if channels not in (1, 2):
        raise RefinerError(f"{path}: has {channels} channels; mono or stereo can be refined")
    if frames >= _UNKNOWN_FRAMES:
        raise RefinerError(
            f"{path}: does not say how long it is (it was written by a program that could not go "
            "back to its head); write it anew, as with `ffmpeg -i IN OUT.wav`"
        )
    if frames > _MOST_HOURS * 3600 * SAMPLE_RATE:
        raise RefinerError(f"{path}: is longer than {_MOST_HOURS} hours; cut it into pieces")

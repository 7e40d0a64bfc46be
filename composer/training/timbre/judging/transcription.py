"""Which notes a transcriber hears in a stem, and how many of those that were played.

The transcriber is basic-pitch's network, run by ONNX Runtime. Its package stands in no extra, since
it asks for TensorFlow, which is not needed: ``pip install --no-deps basic-pitch==0.4.0``.

Source: Bittner et al., "A Lightweight Instrument-Agnostic Model for Polyphonic Note Transcription
and Multipitch Estimation" (ICASSP 2022); `heard_notes` follows that package's note creation
(Spotify, Apache-2.0). Matching: mir_eval (Raffel et al., ISMIR 2014), onsets within 50 ms.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from composer.errors import EvaluationError
from composer.refining.parts import SoundingNote
from composer.refining.spectra import SAMPLE_RATE, Floats

ONSET_SECONDS = 0.05
_RATE = SAMPLE_RATE // 2
_HOP = 256
_WINDOW = 2 * _RATE - _HOP
_EDGE_FRAMES = 15
_FRAMES = 172 - 2 * _EDGE_FRAMES
_STEP = _WINDOW - 2 * _EDGE_FRAMES * _HOP
_LOWEST_PITCH = 21
_ONSET, _SOUNDS = 0.5, 0.3
_SHORTEST_FRAMES, _GAP_FRAMES = 11, 11
_INPUT = "serving_default_input_2:0"
_OUTPUTS = ("StatefulPartitionedCall:1", "StatefulPartitionedCall:2")  # sounding, onsets

Posteriors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class NoteScore:
    """How a transcription agrees with the notes.

    Args:
        precision: Share of the heard notes that were played.
        recall: Share of the played notes that were heard.
        f1: Their harmonic mean.
    """

    precision: float
    recall: float
    f1: float


def available() -> bool:
    """Whether basic-pitch and mir_eval are installed."""
    return all(importlib.util.find_spec(name) for name in ("basic_pitch", "mir_eval"))


@cache
def _session() -> Any:
    import onnxruntime

    spec = importlib.util.find_spec("basic_pitch")
    if spec is None or spec.origin is None:
        raise EvaluationError(
            "basic-pitch is not installed; pip install --no-deps basic-pitch==0.4.0 brings it"
        )
    path = Path(spec.origin).parent / "saved_models" / "icassp_2022" / "nmp.onnx"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def posteriors(mono: Floats) -> tuple[Posteriors, Posteriors]:
    """What the network hears.

    Args:
        mono: ``[N]`` at 44.1 kHz.

    Returns:
        ``[frames, 88]`` twice: whether each key sounds, and whether it is struck, 0 to 1.

    Raises:
        EvaluationError: If basic-pitch is not installed.
    """
    from scipy.signal import resample_poly

    half = resample_poly(mono, 1, 2).astype(np.float32)
    windows = max(1, -(-len(half) // _STEP))
    padded = np.zeros((windows - 1) * _STEP + _WINDOW, np.float32)
    padded[_EDGE_FRAMES * _HOP :][: len(half)] = half[: len(padded) - _EDGE_FRAMES * _HOP]
    cut = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_STEP]
    found: tuple[list[Posteriors], list[Posteriors]] = ([], [])
    for window in cut:
        given = {_INPUT: np.ascontiguousarray(window)[None, :, None]}
        for held, part in zip(found, _session().run(_OUTPUTS, given), strict=True):
            held.append(part[0, _EDGE_FRAMES:-_EDGE_FRAMES])
    return np.concatenate(found[0]), np.concatenate(found[1])


def frame_seconds(frames: NDArray[np.int64]) -> NDArray[np.float64]:
    """When frames of `posteriors` are; windows follow each other by less than their frames."""
    window, inside = np.divmod(frames, _FRAMES)
    return np.asarray((window * _STEP + inside * _HOP) / _RATE)


def heard_notes(sounds: Posteriors, onsets: Posteriors) -> NDArray[np.int64]:
    """Notes of the posteriors: ``[notes, 3]`` of first frame, end frame and pitch."""
    onsets = _with_rises(sounds, onsets)
    left = sounds.copy()
    last = len(sounds) - 1
    found = []
    inner = onsets[1:-1]
    top = (inner > onsets[:-2]) & (inner > onsets[2:]) & (inner >= _ONSET)
    for start, key in reversed(np.argwhere(np.pad(top, ((1, 0), (0, 0))))):
        end = _end(left[:, key], int(start) + 1, last, 1)
        if end - start > _SHORTEST_FRAMES:
            left[start:end, max(key - 1, 0) : key + 2] = 0
            found.append((int(start), end, int(key)))
    found += _without_onset(left, last)
    notes = np.array(found, np.int64).reshape(-1, 3)
    notes[:, 2] += _LOWEST_PITCH
    return notes


def _with_rises(sounds: Posteriors, onsets: Posteriors) -> Posteriors:
    """Onsets, and where what sounds rises as much as at an onset."""
    padded = np.pad(sounds, ((2, 0), (0, 0)))
    rises = np.minimum(padded[2:] - padded[1:-1], padded[2:] - padded[:-2]).clip(min=0)
    rises[:2] = 0
    highest = float(rises.max(initial=0.0))
    if highest <= 0:
        return onsets
    return np.asarray(np.maximum(onsets, rises * (onsets.max() / highest)), np.float32)


def _end(left: Posteriors, at: int, last: int, step: int) -> int:
    """The frame up to which a key sounds, short gaps included, going one way."""
    gap = 0
    while (at < last if step > 0 else at > 0) and gap < _GAP_FRAMES:
        gap = gap + 1 if left[at] < _SOUNDS else 0
        at += step
    return at - step * gap


def _without_onset(left: Posteriors, last: int) -> list[tuple[int, int, int]]:
    """What sounds still, the strongest first; `left` is used up."""
    found = []
    order = np.argsort(left, axis=None)[::-1]
    strengths = left.ravel()[order]
    for place in order[: int(np.searchsorted(-strengths, -_SOUNDS))]:
        middle, key = divmod(int(place), left.shape[1])
        if left[middle, key] <= _SOUNDS:
            continue
        end = _end(left[:, key], middle + 1, last, 1)
        start = _end(left[:, key], middle - 1, last, -1) + 1
        left[max(start, 0) : end, max(key - 1, 0) : key + 2] = 0
        left[middle, key] = 0
        if end - 1 - start > _SHORTEST_FRAMES:
            found.append((start, end - 1, key))
    return found


def transcribe(mono: Floats) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Onsets in seconds and pitches of what the transcriber hears, each ``[notes]``."""
    notes = heard_notes(*posteriors(mono))
    return frame_seconds(notes[:, 0]), notes[:, 2]


def note_score(notes: Sequence[SoundingNote], mono: Floats) -> NoteScore:
    """How well the notes are heard in a sound.

    Args:
        notes: What was played; those beyond a piano's keys or the sound's end do not count.
        mono: ``[N]`` at 44.1 kHz.

    Raises:
        EvaluationError: If basic-pitch or mir_eval is not installed.
    """
    onsets, pitches = transcribe(mono)
    seconds = len(mono) / SAMPLE_RATE
    played = [
        note
        for note in notes
        if _LOWEST_PITCH <= note.pitch < _LOWEST_PITCH + 88 and note.onset_seconds < seconds
    ]
    wanted = np.array([note.onset_seconds for note in played])
    return match(wanted, np.array([note.pitch for note in played]), onsets, pitches)


def match(
    wanted: NDArray[np.float64],
    wanted_pitches: NDArray[np.int64],
    heard: NDArray[np.float64],
    heard_pitches: NDArray[np.int64],
) -> NoteScore:
    """Score of onsets in seconds with their MIDI pitches; ends do not matter."""
    if not len(wanted) or not len(heard):
        empty = float(not len(wanted) and not len(heard))
        return NoteScore(empty, empty, empty)
    try:
        from mir_eval.transcription import precision_recall_f1_overlap
    except ImportError:
        raise EvaluationError("mir_eval is not installed; the extra [dev] brings it") from None
    sides = []
    for onsets, pitches in ((wanted, wanted_pitches), (heard, heard_pitches)):
        onsets = np.maximum(onsets, 0)
        sides += [np.stack([onsets, onsets + 0.1], axis=1), 440 * 2.0 ** ((pitches - 69) / 12)]
    precision, recall, f1, _ = precision_recall_f1_overlap(
        *sides, onset_tolerance=ONSET_SECONDS, offset_ratio=None
    )
    return NoteScore(float(precision), float(recall), float(f1))

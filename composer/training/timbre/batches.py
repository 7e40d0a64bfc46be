"""Batches of clips: short stretches of pairs, every program as likely.

Shapes: B clips, T frames, N = (T + 3) · 512 samples: what the T frames reach.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from composer.errors import ComposerError
from composer.refining.spectra import HOP, N_FFT
from composer.training.timbre.networks import COARSE_FRAMES, ROLL
from composer.training.timbre.shards import VELOCITIES, Shard

_WITHOUT_NOTES = 0.12
_LEVEL_JITTER_DB = 4.0
_FLOOR_LOG10 = -9.0
_MARGIN = 4


class Batch(NamedTuple):
    """Clips as the networks take them; a tuple, which Fabric can convert.

    Args:
        dry: ``[B, N]`` at -20 dBFS.
        real: ``[B, N]``, as loud.
        dry_mel: ``[B, T, 128]``.
        real_mel: ``[B, T, 128]``.
        roll: ``[B, T, 257]``.
        program: ``[B]``.
        highest: ``[B]`` Hz that the recording holds at most.
    """

    dry: Tensor
    real: Tensor
    dry_mel: Tensor
    real_mel: Tensor
    roll: Tensor
    program: Tensor
    highest: Tensor

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        return Batch(*(tensor.to(device) for tensor in self))


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a clip: which shard, which clip, from which frame."""

    shard: int
    clip: int
    frame: int


class Batches:
    """Draws batches for ever.

    Args:
        shards: What to draw from.
        clips: B.
        frames: T, a multiple of 4.
        seed: Seed; batch `i` is the same whenever it is asked for.

    Raises:
        ComposerError: If the clips are too short for so many frames.
    """

    def __init__(self, shards: Sequence[Shard], clips: int, frames: int, seed: int) -> None:
        self._shards, self._clips, self._frames, self._seed = shards, clips, frames, seed
        longest = min(_frames_of(shard) for shard in shards)
        if not 0 < frames <= longest or frames % COARSE_FRAMES:
            raise ComposerError(
                f"--frames: {frames} is no multiple of {COARSE_FRAMES} up to {longest}, "
                "which the shortest clips have"
            )
        # Programs with more clips come a little more often, but far from as often as they have.
        counts = np.array([shard.clips for shard in shards], dtype=np.float64)
        self._weights = np.sqrt(counts) / np.sqrt(counts).sum()

    def __getitem__(self, number: int) -> Batch:
        """Batch of a step."""
        random = np.random.default_rng((self._seed, number))
        drawn = random.choice(len(self._shards), self._clips, p=self._weights)
        places = []
        for index in drawn:
            shard = self._shards[index]
            free = _frames_of(shard) - self._frames
            clip = random.integers(shard.clips)
            frame = _MARGIN + random.integers(free + 1)
            places.append(Place(int(index), int(clip), int(frame)))
        jitter = random.uniform(-_LEVEL_JITTER_DB, _LEVEL_JITTER_DB, self._clips)
        hidden = random.random(self._clips) < _WITHOUT_NOTES
        return gather(self._shards, places, self._frames, jitter, hidden)


def whole_clips(shards: Sequence[Shard], frames: int, each: int) -> Iterator[Batch]:
    """Validation: the same stretch of the first clips of every shard, one batch a shard."""
    for index, shard in enumerate(shards):
        clips = range(min(each, shard.clips))
        places = [Place(index, clip, _MARGIN) for clip in clips]
        nothing = np.zeros(len(places))
        yield gather(shards, places, min(frames, _frames_of(shard)), nothing, nothing > 0)


def _frames_of(shard: Shard) -> int:
    """Frames of a clip whose samples lie all within it, a multiple of four."""
    inside = int(shard.dry_mel.shape[1]) - 2 * _MARGIN
    return inside // COARSE_FRAMES * COARSE_FRAMES


def gather(
    shards: Sequence[Shard],
    places: Sequence[Place],
    frames: int,
    jitter_db: np.ndarray,
    hidden: np.ndarray,
) -> Batch:
    """Clips from their places.

    Args:
        shards: The shards.
        places: One a clip.
        frames: T.
        jitter_db: ``[B]`` by how much louder each is than -20 dBFS.
        hidden: ``[B]`` whose notes are not told.
    """
    count, samples = len(places), (frames + 3) * HOP
    sounds = np.empty((2, count, samples), np.float32)
    mels = np.empty((2, count, frames, 128), np.float32)
    roll = np.zeros((count, frames, ROLL), np.float32)
    for i, place in enumerate(places):
        shard = shards[place.shard]
        start = place.frame * HOP - N_FFT // 2
        inside, span = slice(place.frame, place.frame + frames), slice(start, start + samples)
        factor = float(shard.scale[place.clip]) / 32767 * 10 ** (jitter_db[i] / 20)
        sounds[0, i] = shard.dry[place.clip, span] * np.float32(factor)
        sounds[1, i] = shard.real[place.clip, span] * np.float32(factor)
        for row, source in enumerate((shard.dry_mel, shard.real_mel)):
            mel = source[place.clip, inside].astype(np.float32) + jitter_db[i] / 10
            mels[row, i] = np.maximum(mel, _FLOOR_LOG10)
        if not hidden[i]:
            roll[i] = shard.roll[place.clip, inside]
            roll[i, :, :-1] /= VELOCITIES
    programs = [shards[place.shard].program for place in places]
    highest = [shards[place.shard].highest_hz for place in places]
    dry, real, dry_mel, real_mel = (torch.from_numpy(a) for a in (*sounds, *mels))
    return Batch(
        dry,
        real,
        dry_mel,
        real_mel,
        torch.from_numpy(roll),
        torch.tensor(programs),
        torch.tensor(highest, dtype=torch.float32),
    )

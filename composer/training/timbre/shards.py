"""Pairs as arrays that a training run can hold: one safetensors file a program.

``python -m composer.training.timbre.shards --pairs DIR --out DIR`` makes them from what
`composer.training.timbre.pairs` rendered. Sounds are int16, their log mel spectra halves, rolls
bytes: about 11 MB a minute of pairs.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.errors import ComposerError, CorpusError
from composer.midi.decode import read_midi
from composer.refining.parts import Part, roll
from composer.refining.spectra import SAMPLE_RATE, frame_count, level_of, log_mel

VELOCITIES = 127
_FULL_SCALE = 32767
_PEAK = 0.98


@dataclass(frozen=True, slots=True, eq=False)
class Shard:
    """The pairs of one program, or of a part of them.

    Args:
        program: 0–127, or 128 for drums.
        dry: int16 ``[clips, samples]``: the small SoundFont.
        real: The real instrument, as loud.
        scale: ``[clips]``: what a full int16 stands for.
        dry_mel: float16 ``[clips, T, 128]``: `log_mel` of the dry sound at -20 dBFS.
        real_mel: The same of the real instrument.
        roll: uint8 ``[clips, T, 257]``: velocities of the notes; 1 in the last column.
        highest_hz: Highest frequency that the recordings hold.
    """

    program: int
    dry: NDArray[np.int16]
    real: NDArray[np.int16]
    scale: NDArray[np.float32]
    dry_mel: NDArray[np.float16]
    real_mel: NDArray[np.float16]
    roll: NDArray[np.uint8]
    highest_hz: float = SAMPLE_RATE / 2

    @property
    def clips(self) -> int:
        """Number of pairs."""
        return len(self.dry)


def make_shard(pairs: Path, out: Path, entry: dict[str, object]) -> int:
    """Write the shard of one program of an index; returns its number of clips."""
    from safetensors.numpy import save_file

    listed = entry["pairs"]
    if not isinstance(listed, list) or not listed:
        return 0
    columns: list[dict[str, NDArray[np.generic]]] = [
        _clip(pairs / str(pair["file"])) for pair in listed
    ]
    arrays = {name: np.stack([column[name] for column in columns]) for name in columns[0]}
    part = out / f".{entry['program']}.part"
    highest = str(entry.get("highest_hz", SAMPLE_RATE / 2))
    save_file(arrays, part, metadata={"program": str(entry["program"]), "highest_hz": highest})
    part.replace(out / f"{int(str(entry['program'])):03d}.safetensors")
    return len(columns)


def read_shards(folder: Path) -> list[Shard]:
    """Read all shards of a folder.

    Raises:
        CorpusError: If there is none, or one cannot be read.
    """
    from safetensors import SafetensorError, safe_open

    shards = []
    for path in sorted(folder.glob("*.safetensors")):
        try:
            with safe_open(path, framework="numpy") as file:
                told = file.metadata() or {}
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            shards.append(
                Shard(int(told["program"]), highest_hz=float(told["highest_hz"]), **arrays)
            )
        except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
            raise CorpusError(f"{path}: is no shard of pairs: {error}") from None
    if not shards:
        raise CorpusError(f"{folder}: holds no shards (NNN.safetensors)")
    return shards


def read_pair(path: Path) -> tuple[NDArray[np.float32], NDArray[np.float32], Part]:
    """A rendered pair: the dry sound, the real one, and what they play.

    Raises:
        CorpusError: If the sound is not a pair.
    """
    import soundfile

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise CorpusError(f"{path}: cannot be read: {error}") from None
    if rate != SAMPLE_RATE or samples.shape[1] != 2:
        raise CorpusError(f"{path}: is no pair of sounds at {SAMPLE_RATE} Hz")
    performance = read_midi(path.with_suffix(".mid"))
    dry, real = np.ascontiguousarray(samples.T)
    return dry, real, Part.of(performance, performance.tracks[0])


def _clip(path: Path) -> dict[str, NDArray[np.generic]]:
    dry, real, part = read_pair(path)
    real = real * (level_of(dry) / level_of(real))
    peak = max(float(np.abs(dry).max()), float(np.abs(real).max()))
    played = roll(part, frame_count(len(dry)))
    played[:, :-1] *= VELOCITIES
    return {
        "dry": np.round(dry * (_PEAK / peak * _FULL_SCALE)).astype(np.int16),
        "real": np.round(real * (_PEAK / peak * _FULL_SCALE)).astype(np.int16),
        "scale": np.array(peak / _PEAK * 0.1 / level_of(dry), np.float32),
        "dry_mel": log_mel(dry).astype(np.float16),
        "real_mel": log_mel(real).astype(np.float16),
        "roll": np.round(played).astype(np.uint8),
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.shards")
    parser.add_argument("--pairs", type=Path, required=True, help="folder of rendered pairs")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    parser.add_argument("--jobs", type=int, default=2, help="processes")
    flags = parser.parse_args(argv)
    try:
        index = json.loads((flags.pairs / "index.json").read_text(encoding="utf-8"))
        flags.out.mkdir(parents=True, exist_ok=True)
        with ProcessPoolExecutor(flags.jobs) as pool:
            work = partial(make_shard, flags.pairs, flags.out)
            clips = sum(pool.map(work, index["programs"]))
    except (ComposerError, OSError, ValueError, KeyError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(f"{flags.out}: {clips} pairs")
    return 0


if __name__ == "__main__":
    sys.exit(main())

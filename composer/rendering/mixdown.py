"""Stems to a mix: gains, a common level, and a master at a set loudness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples, new_buffers
from composer.acoustics.limiter import HOP, apply_gain, gain_edges
from composer.acoustics.loudness import (
    HOPS_PER_SECOND,
    gated_loudness,
    hop_peaks,
    hop_powers,
    integrated_loudness,
    true_peak_db,
)
from composer.music.audio import Audio

TARGET_LUFS = -14.0
CEILING_DBTP = -1.0
_LOUDNESS_TOLERANCE_LU = 0.05
_CEILING_MARGIN_DB = 0.1
_PREMASTER_PEAK = 10 ** (-3 / 20)
_MAX_LIMITING_DB = 15.0
_STRETCH = 1 << 16
_STEP_DB = 0.01


@dataclass(frozen=True, slots=True)
class Mix:
    """A mixed piece.

    Args:
        stems: The stems with their gains, at the level at which they add up to `premaster`.
        premaster: Their float32 sum, in their order.
        master: The premaster with gain and limiter.
        loudness_lufs: Integrated loudness of the master; `None` for silence.
        true_peak_dbtp: True peak of the master; `None` for silence.
        master_gain_db: Gain from premaster to master, before the limiter.
        max_limiting_db: How far the limiter turned down the loudest moment.
        loop: Whether its end leads into its beginning.
    """

    stems: Mapping[str, Audio]
    premaster: Audio
    master: Audio
    loudness_lufs: float | None
    true_peak_dbtp: float | None
    master_gain_db: float
    max_limiting_db: float
    loop: bool = False


def mix(
    stems: Mapping[str, Audio],
    gains_db: Mapping[str, float] | None = None,
    *,
    target_lufs: float = TARGET_LUFS,
    ceiling_dbtp: float = CEILING_DBTP,
    loop: bool = False,
) -> Mix:
    """Mix stems and master the sum.

    All stems are scaled by one factor so that the loudest of them and of their sum peaks at
    -3 dBFS. The master is brought to the loudness, its true peaks limited to the ceiling; sound so
    sparse that it would take more than 15 dB of limiting stays softer. Silence stays silent.

    Args:
        stems: Stereo, of one length and sample rate.
        gains_db: Gain of each stem; 0 dB for what it does not name.
        target_lufs: Integrated loudness of the master.
        ceiling_dbtp: Highest true peak of the master.
        loop: Whether the end leads into the beginning: gain, loudness and peaks are then those of
            the loop as it comes round, and nothing jumps where it does.

    Raises:
        ValueError: If there are no stems, or they differ in length, channels or sample rate.
    """
    if len({(audio.samples.shape, audio.sample_rate) for audio in stems.values()}) != 1:
        raise ValueError("a mix needs stems of one length, channel count and sample rate")
    sample_rate = next(iter(stems.values())).sample_rate
    sources = [audio.samples for audio in stems.values()]
    gains = [10 ** ((gains_db or {}).get(name, 0.0) / 20) for name in stems]
    peak = _peak(sources, gains)
    scale = _PREMASTER_PEAK / peak if peak > 0 else 1.0
    scaled, total = _sum(sources, [gain * scale for gain in gains])
    premaster = Audio(total, sample_rate)
    levelled = {
        name: Audio(samples, sample_rate) for name, samples in zip(stems, scaled, strict=True)
    }
    if peak == 0:
        return Mix(levelled, premaster, premaster, None, None, 0.0, 0.0, loop)
    return _master(levelled, premaster, target_lufs, ceiling_dbtp, loop)


def _peak(sources: Sequence[Samples], gains: Sequence[float]) -> float:
    """The highest sample of any gained stem and of their sum."""
    peak = 0.0
    for start in range(0, sources[0].shape[1], _STRETCH):
        total: NDArray[np.float32] | None = None
        for samples, gain in zip(sources, gains, strict=True):
            part = samples[:, start : start + _STRETCH] * np.float32(gain)
            peak = max(peak, float(part.max()), -float(part.min()))
            total = part if total is None else total + part
        if total is not None:
            peak = max(peak, float(total.max()), -float(total.min()))
    return peak


def _sum(sources: Sequence[Samples], gains: Sequence[float]) -> tuple[list[Samples], Samples]:
    """The gained stems, and their float32 sum in their order."""
    *scaled, total = new_buffers(len(sources) + 1, sources[0].shape[1])
    for start in range(0, total.shape[1], _STRETCH):
        place = np.s_[:, start : start + _STRETCH]
        for samples, gain, out in zip(sources, gains, scaled, strict=True):
            np.multiply(samples[place], np.float32(gain), out=out[place])
            total[place] += out[place]
    return scaled, total


def _master(
    stems: Mapping[str, Audio],
    premaster: Audio,
    target_lufs: float,
    ceiling_dbtp: float,
    loop: bool,
) -> Mix:
    samples, rate = premaster.samples, premaster.sample_rate
    with ThreadPoolExecutor(2) as pool:
        measuring = pool.submit(hop_powers, samples, rate, periodic=loop)
        peaks = hop_peaks(samples, HOP, periodic=loop)
        powers = measuring.result()

        def attempt(aim_lufs: float, ceiling_db: float) -> Mix:
            ceiling = 10 ** (ceiling_db / 20)
            gain, edges = _settle(peaks, powers, aim_lufs, ceiling, rate, loop)
            limited = apply_gain(samples, edges, gain, periodic=loop)
            if edges.min() == 1:
                # A gain alone: what was measured before holds.
                loudness = gated_loudness(powers * gain**2)
                peak_db: float | None = 20 * float(np.log10(peaks.max() * gain))
            else:
                measuring = pool.submit(integrated_loudness, limited, rate, periodic=loop)
                peak_db = true_peak_db(limited, periodic=loop)
                loudness = measuring.result()
            return Mix(
                stems=stems,
                premaster=premaster,
                master=Audio(limited, rate),
                loudness_lufs=loudness,
                true_peak_dbtp=peak_db,
                master_gain_db=20 * float(np.log10(gain)),
                max_limiting_db=max(0.0, -20 * float(np.log10(edges.min()))),
                loop=loop,
            )

        return _approach(attempt, target_lufs, ceiling_dbtp)


def _approach(
    attempt: Callable[[float, float], Mix], target_lufs: float, ceiling_dbtp: float
) -> Mix:
    """Correct the aim by what an attempt has missed; mostly the first one is right."""
    aim, ceiling_db = target_lufs, ceiling_dbtp - _CEILING_MARGIN_DB
    result = attempt(aim, ceiling_db)
    for _ in range(3):
        missed = 0.0 if result.loudness_lufs is None else target_lufs - result.loudness_lufs
        excess = max((result.true_peak_dbtp or ceiling_dbtp) - ceiling_dbtp, 0.0)
        if result.max_limiting_db > _MAX_LIMITING_DB - 0.5:
            missed = 0.0
        if excess == 0 and abs(missed) <= _LOUDNESS_TOLERANCE_LU:
            break
        aim += missed
        ceiling_db -= excess + (0.02 if excess else 0)
        result = attempt(aim, ceiling_db)
    return result


def _settle(
    peaks: NDArray[np.float32],
    powers: NDArray[np.float64],
    aim_lufs: float,
    ceiling: float,
    sample_rate: int,
    loop: bool,
) -> tuple[float, NDArray[np.float32]]:
    """The gain, and the limiter's curve, that should bring the loudness to the aim.

    The limiter's gain moves slowly against a hundredth of a second, so that its effect on loudness
    is reckoned from the powers, without filtering the sound again.
    """
    hop_of_edge = np.arange(len(peaks) + 1) * HOP // (sample_rate // HOPS_PER_SECOND)
    counts = np.maximum(np.bincount(hop_of_edge, minlength=len(powers))[: len(powers)], 1)

    def limit(gain: float) -> tuple[NDArray[np.float32], float]:
        edges = gain_edges(peaks * np.float32(gain), ceiling, sample_rate, periodic=loop)
        squares = np.bincount(hop_of_edge, np.square(edges), minlength=len(powers))
        reached = gated_loudness(powers * gain**2 * squares[: len(powers)] / counts)
        return edges, aim_lufs if reached is None else reached

    loudness = gated_loudness(powers)
    low_db = 0.0 if loudness is None else aim_lufs - loudness
    most_db = _MAX_LIMITING_DB + 20 * float(np.log10(ceiling / peaks.max()))
    low_db = high_db = min(low_db, most_db)
    edges, reached = limit(10 ** (low_db / 20))
    # The limiter takes some of the loudness back: step up until there is enough, then halve.
    step = aim_lufs - reached
    while reached < aim_lufs - _LOUDNESS_TOLERANCE_LU / 4 and high_db < most_db:
        low_db, high_db = high_db, min(high_db + 2 * step, most_db)
        step *= 2
        edges, reached = limit(10 ** (high_db / 20))
    gain_db = high_db
    while abs(reached - aim_lufs) > _LOUDNESS_TOLERANCE_LU / 4 and high_db - low_db > _STEP_DB:
        gain_db = (low_db + high_db) / 2
        edges, reached = limit(10 ** (gain_db / 20))
        if reached < aim_lufs:
            low_db = gain_db
        else:
            high_db = gain_db
    return 10 ** (gain_db / 20), edges

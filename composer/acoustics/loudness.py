"""Loudness and true peak, in numpy alone: importing scipy.signal takes longer than the whole mix.

Source: Recommendation ITU-R BS.1770-5 (2023), annex 1 (loudness) and annex 2 (true peak).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples

_FRAME = 1 << 15
_HISTORY = 4096  # K-weighting has died down to 1e-9 after as many frames
_MARGIN = 256
_OVERSAMPLING = 4
HOPS_PER_SECOND = 100
_OFFSET = -0.691
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0


def hop_powers(
    samples: Samples, sample_rate: int, *, periodic: bool = False
) -> NDArray[np.float64]:
    """K-weighted power of both channels together, per hundredth of a second.

    Args:
        samples: float32 ``[channels, frames]``.
        sample_rate: Frames a second.
        periodic: Whether the sound is a loop, heard as it comes round.

    Returns:
        ``[hops]``; a multiple of ten and at least forty, silence (or the loop again) filling what
        is shorter than 0.4 s, and less than a tenth of a second at the end left out.
    """
    hop = sample_rate // HOPS_PER_SECOND
    response = _k_weighting(sample_rate)
    fresh = (_FRAME - _HISTORY) // hop * hop
    count = max(samples.shape[1] // (10 * hop), 4) * 10
    powers = np.zeros(count)
    for start in range(0, count * hop, fresh):
        block = _cut(samples, start - _HISTORY, start + fresh, _FRAME, periodic=periodic)
        weighted = np.fft.irfft(np.fft.rfft(block, axis=1) * response, _FRAME, axis=1)
        squares = np.square(weighted[:, _HISTORY : _HISTORY + fresh]).sum(axis=0)
        means = squares.reshape(-1, hop).mean(axis=1, dtype=np.float64)
        at = start // hop
        powers[at : at + len(means)] = means[: count - at]
    return powers


def gated_loudness(powers: NDArray[np.float64]) -> float | None:
    """Integrated loudness in LUFS from the powers of `hop_powers`; `None` for silence."""
    tenths = powers.reshape(-1, 10).mean(axis=1)
    blocks = np.convolve(tenths, np.full(4, 0.25), "valid")
    loud = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
    if not loud.size:
        return None
    gate = float(loud.mean()) * 10 ** (_RELATIVE_GATE_LU / 10)
    return _OFFSET + 10 * float(np.log10(loud[loud > gate].mean()))


def integrated_loudness(
    samples: Samples, sample_rate: int, *, periodic: bool = False
) -> float | None:
    """Integrated loudness in LUFS; `None` where no 0.4 s is louder than -70 LUFS."""
    return gated_loudness(hop_powers(samples, sample_rate, periodic=periodic))


def hop_peaks(samples: Samples, hop: int, *, periodic: bool = False) -> NDArray[np.float32]:
    """True peak of both channels per hop, from fourfold oversampling.

    Args:
        samples: float32 ``[channels, frames]``.
        hop: Frames per hop, a power of two up to 8192.
        periodic: Whether the sound is a loop, heard as it comes round.

    Returns:
        ``[hops]``, linear; the last hop may be shorter than the others, and of a loop goes on into
        its beginning.
    """
    hops = -(-samples.shape[1] // hop)
    peaks = np.zeros(hops, np.float32)
    at = 0
    for oversampled in _oversampled(samples, periodic=periodic):
        loudest = np.abs(oversampled).max(axis=0).reshape(-1, hop * _OVERSAMPLING).max(axis=1)
        part = loudest[: hops - at]
        peaks[at : at + len(part)] = part
        at += len(part)
    return peaks


def true_peak_db(samples: Samples, *, periodic: bool = False) -> float | None:
    """True peak in dBTP; `None` for digital silence."""
    peak = float(hop_peaks(samples, 8192, periodic=periodic).max(initial=0.0))
    return 20 * float(np.log10(peak)) if peak > 0 else None


def _oversampled(samples: Samples, *, periodic: bool) -> Iterator[Samples]:
    """Stretches of the signal at four times the rate, by zero-padding spectra.

    Each stretch is cut out with margins that fade to nothing, so that its ends do not ring into it.
    """
    fresh = 1 << 14
    size = fresh + 2 * _MARGIN
    slope = np.square(np.sin(np.linspace(0, np.pi / 2, _MARGIN, dtype=np.float32)))
    inner = slice(_MARGIN * _OVERSAMPLING, (_MARGIN + fresh) * _OVERSAMPLING)
    for start in range(0, samples.shape[1], fresh):
        block = _cut(samples, start - _MARGIN, start + fresh + _MARGIN, size, periodic=periodic)
        block[:, :_MARGIN] *= slope
        block[:, -_MARGIN:] *= slope[::-1]
        spectrum = np.fft.rfft(block, axis=1)
        finer = np.fft.irfft(spectrum, size * _OVERSAMPLING, axis=1)[:, inner]
        yield np.asarray(finer * np.float32(_OVERSAMPLING), np.float32)


def _cut(samples: Samples, start: int, stop: int, size: int, *, periodic: bool) -> Samples:
    """A copy of a stretch, `size` frames long; silence or the loop again lies beyond the ends."""
    block = np.zeros((samples.shape[0], size), np.float32)
    frames = samples.shape[1]
    if periodic and frames and (start < 0 or stop > frames):
        block[:, : stop - start] = samples[:, np.arange(start, stop) % frames]
        return block
    first = max(start, 0)
    part = samples[:, first:stop]
    block[:, first - start : first - start + part.shape[1]] = part
    return block


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET) / 10))


def _k_weighting(sample_rate: int) -> NDArray[np.complex64]:
    """Frequency response of the two filters of BS.1770 on the bins of one frame.

    The recommendation gives coefficients at 48 kHz; these analogue figures reproduce them and
    serve every rate. Source: De Man, "Evaluation of implementations of the EBU R128 loudness
    measurement" (2018).
    """
    z = np.exp(-2j * np.pi * np.arange(_FRAME // 2 + 1) / _FRAME)
    gain, root = 10 ** (3.999843853973347 / 20), 0.4996667741545416
    k, q = np.tan(np.pi * 1681.974450955533 / sample_rate), 0.7071752369554196
    shelf = np.polyval(
        [gain - gain**root * k / q + k * k, 2 * (k * k - gain), gain + gain**root * k / q + k * k],
        z,
    ) / np.polyval([1 - k / q + k * k, 2 * (k * k - 1), 1 + k / q + k * k], z)
    k, q = np.tan(np.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    norm = 1 + k / q + k * k
    high_pass = np.polyval([1, -2, 1], z) / (
        np.polyval([1 - k / q + k * k, 2 * (k * k - 1), norm], z) / norm
    )
    return np.asarray(shelf * high_pass, np.complex64)

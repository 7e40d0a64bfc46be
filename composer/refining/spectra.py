"""What the timbre network hears: frames, spectra and mel bands, in numpy's float32.

Frame t is centred at sample ``t * HOP``; beyond its ends a sound is silence. Everything here takes
stretches of a sound, so that an hour of it needs no more memory than a second.

Shapes: C channels, N samples, T frames, K = `BINS` bins, B bands.

Source: Slaney, *Auditory Toolbox* (1998), for the mel scale, which is straight up to 1 kHz.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
N_FFT = 2048
HOP = 512
BANDS = 128
NOISE_BANDS = 32
BINS = N_FFT // 2 + 1
STRETCH = 256
"""Frames that are worked on at once: their spectra fit into a processor's cache."""

LEVEL = 0.1
"""Level (rms) that the network hears every stem at: -20 dBFS."""
FLOOR = 1e-9
"""Least power of a band."""
_WITHIN_DB = 50.0
_AT_ONCE = 64  # frames of one transform: memory is used again rather than asked for
_OVERLAP = N_FFT // HOP
_WINDOW_SUM = 1.5  # squared Hann windows, a quarter of their length apart, add up to it

Floats = NDArray[np.float32]
Spectra = NDArray[np.complex64]


def frame_count(frames: int) -> int:
    """How many spectra (frames of `HOP`) a sound of so many samples has.

    >>> frame_count(0), frame_count(512), frame_count(513)
    (1, 2, 3)
    """
    return 1 - (-frames // HOP)


@cache
def window() -> Floats:
    """The periodic Hann window, ``[N_FFT]``."""
    angles = 2 * np.pi * np.arange(N_FFT) / N_FFT
    return _frozen(0.5 - 0.5 * np.cos(angles))


@cache
def mel_filters(n_fft: int = N_FFT, bands: int = BANDS) -> Floats:
    """Triangles of height 1 on the mel scale from 0 Hz to half the sample rate.

    Args:
        n_fft: Length of the transform.
        bands: Number of triangles.

    Returns:
        ``[n_fft // 2 + 1, bands]``.
    """
    bins = np.arange(n_fft // 2 + 1) * (SAMPLE_RATE / n_fft)
    edges = _mel_points(bands)
    rising = (bins[:, None] - edges[:-2]) / np.diff(edges)[:-1]
    falling = (edges[2:] - bins[:, None]) / np.diff(edges)[1:]
    return _frozen(np.maximum(0.0, np.minimum(rising, falling)))


@cache
def band_widths() -> Floats:
    """Sum of each band's triangle over the bins, ``[BANDS]``."""
    return _frozen(mel_filters().sum(axis=0, dtype=np.float64))


@cache
def gain_matrix() -> Floats:
    """Spreads figures at the centres of the bands over the bins, ``[BANDS, BINS]``.

    Straight lines over frequency between two centres, constant outside: every column adds up to 1.
    """
    return _spreading(BANDS)


@cache
def noise_matrix() -> Floats:
    """As `gain_matrix`, for the bands of the noise: ``[NOISE_BANDS, BINS]``."""
    return _spreading(NOISE_BANDS)


def stretch_of(samples: Floats, first: int, count: int) -> Floats:
    """A copy of some samples, silence where the sound does not reach.

    Args:
        samples: ``[..., N]``.
        first: First sample; may be negative.
        count: How many.

    Returns:
        ``[..., count]``.
    """
    part = np.zeros((*samples.shape[:-1], count), np.float32)
    start, stop = max(first, 0), min(first + count, samples.shape[-1])
    if start < stop:
        part[..., start - first : stop - first] = samples[..., start:stop]
    return part


def stft(samples: Floats, first: int, count: int) -> Spectra:
    """Spectra of the frames ``first … first + count - 1``.

    Args:
        samples: ``[..., N]``.
        first: First frame; may be negative.
        count: T.

    Returns:
        ``[..., T, BINS]``.
    """
    size = (count - 1) * HOP + N_FFT
    return spectra_of(stretch_of(samples, first * HOP - N_FFT // 2, size))


def spectra_of(part: Floats) -> Spectra:
    """Spectra of the frames that lie whole in a stretch.

    Args:
        part: ``[..., (T - 1) * HOP + N_FFT]``.

    Returns:
        ``[..., T, BINS]``.
    """
    frames = np.lib.stride_tricks.sliding_window_view(part, N_FFT, axis=-1)[..., ::HOP, :]
    spectra = np.empty((*frames.shape[:-1], BINS), np.complex64)
    for first in range(0, frames.shape[-2], _AT_ONCE):
        here = np.s_[..., first : first + _AT_ONCE, :]
        np.fft.rfft(frames[here] * window(), out=spectra[here])
    return spectra


def overlapped(spectra: Spectra) -> Floats:
    """Back to samples: windowed, overlapped and added, divided by what inner windows add up to.

    Args:
        spectra: ``[..., T, BINS]``.

    Returns:
        ``[..., (T + 3) * HOP]`` from `N_FFT` / 2 samples before the centre of the first frame; the
        first and the last three hops still lack what the neighbouring frames add.
    """
    frames = np.fft.irfft(spectra, N_FFT)
    frames *= window() / np.float32(_WINDOW_SUM)
    count = frames.shape[-2]
    hops = frames.reshape(*frames.shape[:-1], _OVERLAP, HOP)
    total = np.zeros((*frames.shape[:-2], count + _OVERLAP - 1, HOP), np.float32)
    for part in range(_OVERLAP):
        total[..., part : part + count, :] += hops[..., part, :]
    return total.reshape(*frames.shape[:-2], -1)


@cache
def edge_gain(first: bool, last: bool) -> Floats:
    """What the first and the last hop of a sound are multiplied by, ``[HOP]``.

    There the windows of one frame are missing from the sum.

    Args:
        first: Whether the hop is the first.
        last: Whether it is the last.
    """
    squares = np.square(window().astype(np.float64))
    found = _WINDOW_SUM - first * squares[-HOP:] - last * squares[:HOP]
    return _frozen(_WINDOW_SUM / found)


def istft(spectra: Spectra, frames: int) -> Floats:
    """The sound of all its spectra: the inverse of `stft` over every frame of a sound.

    Args:
        spectra: ``[..., T, BINS]`` with T = `frame_count` of the samples.
        frames: N.

    Returns:
        ``[..., N]``.
    """
    inner = overlapped(spectra)[..., N_FFT // 2 :]
    hops = spectra.shape[-2] - 1
    for hop in {0, hops - 1} if hops else ():
        inner[..., hop * HOP : (hop + 1) * HOP] *= edge_gain(hop == 0, hop == hops - 1)
    return inner[..., :frames]


def hop_powers(mono: Floats) -> Floats:
    """Mean square of each `HOP` samples; silence fills the last one.

    Args:
        mono: ``[N]``.
    """
    hops = -(-len(mono) // HOP)
    rows = stretch_of(mono, 0, hops * HOP).reshape(hops, HOP)
    return np.einsum("ij,ij->i", rows, rows) / np.float32(HOP)  # type: ignore[no-any-return]


def level_of_powers(powers: Floats) -> float:
    """Level from the powers of `hop_powers`: rms of what is within 50 dB of the loudest."""
    loudest = float(powers.max(initial=0.0))
    if loudest <= 0:
        return 0.0
    heard = powers[powers >= loudest * 10 ** (-_WITHIN_DB / 10)]
    return float(np.sqrt(heard.mean(dtype=np.float64)))


def level_of(mono: Floats) -> float:
    """Level of a sound: rms of the hops whose power is within 50 dB of the loudest one's.

    Args:
        mono: ``[N]``.

    Returns:
        Linear; 0 for silence.
    """
    return level_of_powers(hop_powers(mono))


def mel_powers(spectra: Spectra) -> Floats:
    """Power of each mel band, in units of the window's own power.

    Args:
        spectra: ``[T, BINS]``.

    Returns:
        ``[T, BANDS]``.
    """
    squares = np.square(spectra.real) + np.square(spectra.imag)
    norm = np.float32(1 / np.square(window().astype(np.float64)).sum())
    return (squares @ mel_filters()) * norm


def loudest_band(powers: Floats) -> Floats:
    """Root of the highest power density of each frame's bands, ``[T]`` from ``[T, BANDS]``."""
    return np.sqrt((powers / band_widths()).max(axis=-1))  # type: ignore[no-any-return]


def log_powers(powers: Floats) -> Floats:
    """Decimal logarithm, not below that of `FLOOR`."""
    return np.log10(np.maximum(powers, np.float32(FLOOR)))


def log_mel(mono: Floats) -> Floats:
    """What the network hears of a sound, brought to its `LEVEL` first.

    Args:
        mono: ``[N]``: the mean of the channels.

    Returns:
        ``[T, BANDS]``: decimal logarithm of the power of each mel band, at least -9.
    """
    level = level_of(mono)
    scale = np.float32((LEVEL / level) ** 2 if level > 0 else 0.0)
    count = frame_count(len(mono))
    heard = np.empty((count, BANDS), np.float32)
    for first in range(0, count, STRETCH):
        part = stft(mono, first, min(STRETCH, count - first))
        heard[first : first + len(part)] = log_powers(mel_powers(part) * scale)
    return heard


def _mel_points(bands: int) -> NDArray[np.float64]:
    """Frequencies in Hz, evenly spaced on the mel scale: 0, the centres, half the sample rate."""
    straight, per_mel, step = 15.0, 200.0 / 3, np.log(6.4) / 27
    highest = straight + np.log(SAMPLE_RATE / 2 / 1000) / step
    mels = np.linspace(0.0, highest, bands + 2)
    curved = 1000 * np.exp(step * (np.maximum(mels, straight) - straight))
    return np.where(mels < straight, mels * per_mel, curved)


def _spreading(bands: int) -> Floats:
    centres = _mel_points(bands)[1:-1]
    bins = np.arange(BINS) * (SAMPLE_RATE / N_FFT)
    return _frozen(np.stack([np.interp(bins, centres, row) for row in np.eye(bands)]))


def _frozen(values: NDArray[np.float64]) -> Floats:
    """In single precision, read-only: the tables are kept and shared."""
    single = values.astype(np.float32)
    single.flags.writeable = False
    return single

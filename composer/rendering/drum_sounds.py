"""The drum kit of the built-in synthesiser: one sound a General MIDI percussion key."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples

CLOSED_HATS = (42, 44)
OPEN_HAT = 46

_Wave = NDArray[np.float32]

# Key: frequency, seconds, level of the tone, level of the noise, place from -1 to 1.
_DRUMS: dict[int, tuple[float, float, float, float, float]] = {
    35: (45, 0.45, 1.3, 0.05, 0.0),
    36: (50, 0.40, 1.3, 0.08, 0.0),
    41: (80, 0.60, 0.9, 0.06, 0.5),
    43: (95, 0.55, 0.9, 0.06, 0.4),
    45: (115, 0.50, 0.9, 0.06, 0.2),
    47: (135, 0.45, 0.9, 0.06, 0.0),
    48: (160, 0.42, 0.9, 0.06, -0.2),
    50: (190, 0.40, 0.9, 0.06, -0.4),
    60: (400, 0.18, 0.7, 0.04, 0.3),
    61: (300, 0.20, 0.7, 0.04, 0.3),
    62: (340, 0.10, 0.7, 0.06, -0.3),
    63: (330, 0.30, 0.7, 0.04, -0.3),
    64: (250, 0.35, 0.7, 0.04, -0.3),
    65: (420, 0.30, 0.6, 0.08, 0.4),
    66: (330, 0.35, 0.6, 0.08, 0.4),
}
# Key: lowest and highest frequency of the noise, seconds, level, place.
_NOISES: dict[int, tuple[float, float, float, float, float]] = {
    39: (900, 4000, 0.22, 0.7, 0.1),
    42: (7000, 16000, 0.07, 0.45, -0.3),
    44: (5500, 14000, 0.09, 0.35, -0.3),
    46: (6500, 16000, 0.55, 0.45, -0.3),
    49: (2500, 16000, 2.2, 0.55, -0.5),
    51: (4500, 14000, 1.4, 0.25, 0.5),
    52: (1800, 14000, 1.8, 0.55, 0.4),
    54: (6000, 15000, 0.20, 0.35, 0.3),
    55: (4000, 16000, 0.9, 0.50, -0.2),
    57: (2200, 16000, 2.4, 0.55, 0.5),
    58: (1500, 5000, 0.8, 0.40, 0.2),
    59: (4000, 14000, 1.5, 0.28, 0.5),
    69: (6000, 14000, 0.08, 0.35, -0.4),
    70: (7000, 15000, 0.06, 0.35, 0.4),
    73: (3000, 9000, 0.12, 0.35, 0.3),
    74: (3000, 9000, 0.35, 0.35, 0.3),
    82: (6000, 15000, 0.09, 0.35, 0.4),
}
# Key: partials, seconds, level, place.
_RINGING: dict[int, tuple[tuple[float, ...], float, float, float]] = {
    37: ((1700, 2400, 480), 0.05, 0.6, 0.1),
    53: ((3150, 4250, 5320, 6800), 1.3, 0.25, 0.5),
    56: ((562, 845), 0.30, 0.4, 0.2),
    67: ((900, 1350), 0.35, 0.3, 0.3),
    68: ((680, 1020), 0.40, 0.3, 0.3),
    75: ((2500, 3800), 0.06, 0.5, 0.2),
    76: ((1100, 1900), 0.08, 0.5, -0.2),
    77: ((760, 1300), 0.09, 0.5, -0.2),
    80: ((4300, 6900, 9100), 0.10, 0.3, 0.4),
    81: ((4300, 6900, 9100), 1.6, 0.3, 0.4),
}
_SNARES = {38: (185, 0.28), 40: (210, 0.24)}
# Key: strokes a second of what is scraped or rattles.
_RASPS = {58: 24.0, 73: 75.0, 74: 55.0}
# Key: frequency at the start and at the end, warble a second, seconds, level, place.
_CALLS: dict[int, tuple[float, float, float, float, float, float]] = {
    71: (2500, 2350, 38, 0.12, 0.3, -0.2),
    72: (2500, 2350, 38, 0.45, 0.3, -0.2),
    78: (620, 480, 0, 0.12, 0.5, 0.3),
    79: (380, 560, 0, 0.30, 0.5, 0.3),
}


@cache
def drum(key: int, sample_rate: int, *, loud: bool) -> Samples:
    """The sound of a key at full level.

    Args:
        key: General MIDI percussion key, any of 0–127.
        sample_rate: Frames a second.
        loud: The brighter of two layers.

    Returns:
        float32 ``[2, frames]``.
    """
    random = np.random.default_rng(1000 + key)
    if key in _SNARES:
        wave, place = _snare(*_SNARES[key], sample_rate, random), 0.0
    elif key in _NOISES:
        low, high, seconds, level, place = _NOISES[key]
        wave = level * _burst(low, high, seconds, sample_rate, random)
        if key == 39:
            # Many hands: three early bursts.
            for delay in (0.011, 0.022, 0.031):
                shift = int(delay * sample_rate)
                wave[shift:] += 0.6 * wave[: len(wave) - shift]
        if key in _RASPS:
            time = _seconds(seconds, sample_rate)
            wave *= np.float32(1.4) * (0.5 + 0.5 * np.cos(2 * np.pi * _RASPS[key] * time)) ** 2
    elif key in _CALLS:
        first, last, warble, seconds, level, place = _CALLS[key]
        wave = level * _call(first, last, warble, seconds, sample_rate)
    elif key in _RINGING:
        partials, seconds, level, place = _RINGING[key]
        wave = level * _ring(partials, seconds, sample_rate)
    else:
        frequency, seconds, body, noise, place = _DRUMS.get(
            key, (60 + 4.0 * key, 0.15, 0.5, 0.15, 0.0)
        )
        wave = _membrane(frequency, seconds, body, noise, sample_rate, random)
    if not loud:
        wave = np.convolve(wave, np.array([0.25, 0.5, 0.25], np.float32), "same")
    fade = np.minimum(np.arange(len(wave), 0, -1, dtype=np.float32) / 256, 1)
    angle = (place + 1) * np.pi / 4
    sides = np.array([[np.cos(angle)], [np.sin(angle)]], np.float32) * np.float32(np.sqrt(2))
    return np.asarray(0.5 * sides * (wave * fade), np.float32)


def _seconds(seconds: float, sample_rate: int) -> _Wave:
    """Times of all frames; the sound falls by 60 dB within `seconds`."""
    return np.arange(int(seconds * sample_rate), dtype=np.float32) / np.float32(sample_rate)


def _band(count: int, low: float, high: float, rate: int, random: np.random.Generator) -> _Wave:
    """White noise between two frequencies, with soft edges, of unit power."""
    spectrum = np.fft.rfft(random.standard_normal(count, np.float32))
    at = np.fft.rfftfreq(count, 1 / rate)
    spectrum *= 1 / (1 + (low / np.maximum(at, 1)) ** 6) / (1 + (at / high) ** 6)
    noise = np.fft.irfft(spectrum, count)
    return np.asarray(noise / max(float(noise.std()), 1e-9), np.float32)


def _burst(
    low: float, high: float, seconds: float, rate: int, random: np.random.Generator
) -> _Wave:
    time = _seconds(seconds, rate)
    noise = _band(len(time), low, min(high, 0.45 * rate), rate, random)
    return np.asarray(0.35 * noise * np.exp(-6.9 * time / seconds), np.float32)


def _membrane(
    frequency: float,
    seconds: float,
    body: float,
    noise: float,
    rate: int,
    random: np.random.Generator,
) -> _Wave:
    """A struck skin: its pitch falls to rest within the first hundredth of a second."""
    time = _seconds(seconds, rate)
    phase = frequency * (time + 0.04 * (1 - np.exp(-time / 0.02)))
    wave = body * np.sin(2 * np.pi * phase) * np.exp(-6.9 * time / seconds)
    wave += noise * _band(len(time), 1500, 6000, rate, random) * np.exp(-time / 0.006)
    return np.asarray(wave * np.minimum(time / 0.001, 1), np.float32)


def _snare(frequency: float, seconds: float, rate: int, random: np.random.Generator) -> _Wave:
    time = _seconds(seconds, rate)
    skin = _membrane(frequency, seconds, 0.6, 0.1, rate, random)
    wires = _band(len(time), 1200, 9000, rate, random) * np.exp(-6.9 * time / seconds)
    return np.asarray(skin + 0.3 * wires, np.float32)


def _ring(partials: tuple[float, ...], seconds: float, rate: int) -> _Wave:
    time = _seconds(seconds, rate)
    wave = np.zeros(len(time), np.float32)
    for number, frequency in enumerate(partials, start=1):
        wave += np.sin(2 * np.pi * frequency * time) / number
    return np.asarray(wave * np.exp(-6.9 * time / seconds), np.float32)


def _call(first: float, last: float, warble: float, seconds: float, rate: int) -> _Wave:
    """A whistle, whose pea warbles, or a cuica, whose skin is drawn tight or let go."""
    time = _seconds(seconds, rate)
    frequency = first + (last - first) * time / seconds
    frequency *= 1 + np.float32(0.03) * np.sin(2 * np.pi * warble * time)
    phase = 2 * np.pi * np.cumsum(frequency) / rate
    rise = np.minimum(time / 0.008, 1) * np.minimum((seconds - time) / 0.03, 1)
    return np.asarray((np.sin(phase) + 0.25 * np.sin(2 * phase)) * rise, np.float32)

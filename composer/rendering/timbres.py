"""Timbres of the built-in synthesiser, by General MIDI program, and the tones they make.

A tone is a sum of three bands of harmonics with envelopes of their own, read from one-period
tables, so that no harmonic passes half the sample rate; or, for bells and bars, of a few
inharmonic sines. Louder notes have more of the upper bands.
Source: Risset and Mathews, "Analysis of musical-instrument tones" (1969), for brightness that
follows loudness; Fletcher and Rossing, *The Physics of Musical Instruments*, 2nd edition (1998),
for the partials of bars, plates and strings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples

_TABLE = 2048
_BANDS = ((1, 2), (3, 7), (8, 40))
_REFERENCE_PITCH = 60


@dataclass(frozen=True, slots=True)
class Timbre:
    """How an instrument sounds.

    Args:
        slope: Fall of the harmonics' levels: amplitude is 1 / number ** slope.
        odd: Level of even harmonics against odd ones, 1 for a string, 0.1 for a clarinet.
        decay: Seconds in which a held tone at middle C falls by 60 dB; 0 for a sustained tone.
        attack: Seconds to full level.
        release: Seconds to fall by 60 dB once the key is up.
        vibrato: Depth in cents.
        detune: Cents between the two voices of an ensemble; 0 for a single voice.
        noise: Level of breath, bow or pluck.
        partials: Ratio, level and relative decay of inharmonic partials; empty for harmonics.
        level: Loudness against the others.
        brightness: How much of the upper bands a medium note has.
    """

    slope: float = 1.2
    odd: float = 1.0
    decay: float = 0.0
    attack: float = 0.005
    release: float = 0.25
    vibrato: float = 0.0
    detune: float = 0.0
    noise: float = 0.0
    partials: tuple[tuple[float, float, float], ...] = ()
    level: float = 1.0
    brightness: float = 1.0


_BAR = ((1.0, 1.0, 1.0), (3.98, 0.35, 0.35), (10.2, 0.12, 0.12))
_BELL = ((0.5, 0.3, 1.0), (1.0, 1.0, 0.8), (1.19, 0.5, 0.6), (2.0, 0.6, 0.5), (2.74, 0.3, 0.3))
_MEMBRANE = ((1.0, 1.0, 1.0), (1.5, 0.5, 0.6), (1.98, 0.3, 0.4), (2.44, 0.2, 0.3))
_TINE = ((1.0, 1.0, 1.0), (2.0, 0.25, 0.6), (3.0, 0.12, 0.5), (14.0, 0.1, 0.03))

_PIANO = Timbre(slope=1.5, decay=7.0, release=0.3, noise=0.02)
_STRINGS = Timbre(slope=1.1, attack=0.09, release=0.5, vibrato=9, detune=9, level=0.5)
_BRASS = Timbre(slope=0.8, attack=0.045, release=0.2, vibrato=5, level=0.55, brightness=0.8)
_PAD = Timbre(slope=1.5, attack=0.35, release=1.2, detune=12, level=0.5, brightness=0.6)
_GUITAR = Timbre(slope=1.1, decay=4.0, release=0.2, noise=0.05)
_GROUPS = (
    _PIANO,
    Timbre(decay=2.5, release=1.5, partials=_BAR),
    Timbre(slope=1.0, attack=0.008, release=0.08, detune=3, level=0.45, brightness=0.7),
    _GUITAR,
    Timbre(slope=1.3, decay=4.5, release=0.15, noise=0.02, level=1.3, brightness=0.7),
    replace(_STRINGS, detune=0, vibrato=14, attack=0.06),
    _STRINGS,
    _BRASS,
    Timbre(slope=0.9, attack=0.04, release=0.15, vibrato=9, noise=0.01, level=0.5),
    Timbre(slope=2.2, attack=0.05, release=0.15, vibrato=10, noise=0.05, level=0.8),
    Timbre(slope=1.0, attack=0.01, release=0.15, vibrato=6, detune=6, level=0.4),
    _PAD,
    replace(_PAD, attack=0.2, slope=1.2),
    replace(_GUITAR, decay=2.5, slope=0.9),
    Timbre(decay=1.0, release=0.5, partials=_MEMBRANE),
    replace(_PAD, noise=0.4),
)
_PROGRAMS = {
    4: Timbre(decay=5.0, release=0.25, partials=_TINE),
    5: Timbre(decay=5.0, release=0.25, partials=_TINE, brightness=1.4),
    6: Timbre(slope=0.7, decay=4.0, release=0.15, noise=0.04, level=0.7),
    7: Timbre(slope=0.8, odd=0.4, decay=2.5, release=0.12, level=0.8),
    14: Timbre(decay=6.0, release=4.0, partials=_BELL, level=0.8),
    24: replace(_GUITAR, slope=1.5, decay=3.0),
    28: replace(_GUITAR, decay=0.5, release=0.08),
    29: Timbre(slope=0.8, decay=9.0, release=0.15, level=0.5, brightness=1.5),
    30: Timbre(slope=0.7, decay=12.0, release=0.15, level=0.45, brightness=1.8),
    32: Timbre(slope=1.8, decay=3.0, release=0.15, noise=0.03, level=1.4),
    38: Timbre(slope=1.0, decay=6.0, release=0.1, level=1.0),
    39: Timbre(slope=1.6, attack=0.008, release=0.1, level=1.0),
    45: Timbre(slope=1.4, decay=0.8, release=0.25, noise=0.03),
    46: Timbre(slope=1.7, decay=4.5, release=1.5),
    47: Timbre(decay=3.0, release=1.5, partials=_MEMBRANE, level=1.3),
    52: Timbre(slope=1.9, attack=0.12, release=0.5, vibrato=9, detune=10, noise=0.02, level=0.7),
    53: Timbre(slope=1.9, attack=0.10, release=0.4, vibrato=12, detune=8, noise=0.02, level=0.7),
    71: Timbre(slope=1.2, odd=0.15, attack=0.04, release=0.15, vibrato=3, level=0.7),
}


def timbre_of(program: int) -> Timbre:
    """The timbre of a General MIDI program, 0–127."""
    return _PROGRAMS.get(program, _GROUPS[program // 8])


def tone(timbre: Timbre, pitch: int, velocity: int, held: int, sample_rate: int) -> Samples:
    """One note.

    Args:
        timbre: What plays it.
        pitch: MIDI number.
        velocity: 1–127.
        held: Frames until the key, or the pedal, is up.
        sample_rate: Frames a second.

    Returns:
        float32 ``[2, frames]``, longer than `held` by the release.
    """
    release = int(timbre.release * sample_rate)
    frames = held + release
    # Lower strings and bars ring longer.
    decay = timbre.decay * 2 ** ((_REFERENCE_PITCH - pitch) / 24)
    if decay:
        frames = min(frames, max(int(1.2 * decay * sample_rate), release))
    force = velocity / 127
    time = np.arange(frames, dtype=np.float32) / np.float32(sample_rate)
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    shares = np.array([1.0, 1.4 * force, 1.8 * force**2]) * [1, *[timbre.brightness] * 2]
    voices = (-0.5, 0.5) if timbre.detune else (0.0,)
    heard = []
    for voice in voices:
        shifted = frequency * 2 ** (voice * timbre.detune / 1200)
        if timbre.partials:
            heard.append(_inharmonic(timbre, shifted, decay, time, force, sample_rate))
        else:
            heard.append(_harmonic(timbre, shifted, decay, time, shares, sample_rate))
    left, right = heard[0], heard[-1]
    samples = np.stack([left + 0.4 * right, right + 0.4 * left]) / np.float32(1.4)
    if timbre.noise:
        samples += _noise(timbre, pitch, time)
    envelope = np.minimum(time / np.float32(max(timbre.attack, 1 / sample_rate)), 1)
    if frames > held:
        # -60 dB at the end of the release, and from there to zero.
        after = np.linspace(0, 1, frames - held, dtype=np.float32)
        envelope[held:] *= np.exp(-6.9 * after) * (1 - after)
    edge = min(64, frames)
    envelope[frames - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)
    gain = 0.25 * timbre.level * force**1.6
    return np.asarray(samples * (envelope * np.float32(gain)), np.float32)


def _harmonic(
    timbre: Timbre,
    frequency: float,
    decay: float,
    time: NDArray[np.float32],
    shares: NDArray[np.float64],
    sample_rate: int,
) -> NDArray[np.float32]:
    phase = frequency * time.astype(np.float64)
    if timbre.vibrato:
        # Deviation of the phase of a vibrato of 5.5 Hz that sets in after a quarter of a second.
        depth = timbre.vibrato / 1200 * np.log(2) * frequency / (2 * np.pi * 5.5)
        onset = np.clip((time - 0.25) / 0.4, 0, 1)
        phase += depth * onset * np.sin(2 * np.pi * 5.5 * time)
    place = (phase % 1) * _TABLE
    index = place.astype(np.int32)
    fraction = (place - index).astype(np.float32)
    total = np.zeros(len(time), np.float32)
    for band, ((low, high), share) in enumerate(zip(_BANDS, shares, strict=True)):
        table = _table(timbre, low, min(high, int(0.45 * sample_rate / frequency)))
        if table is None:
            continue
        wave = table[index] + fraction * (table[index + 1] - table[index])
        if decay:
            wave *= np.exp(time * np.float32(-6.9 / decay * (1, 2, 4)[band]))
        elif band:
            # Upper harmonics speak later than the fundamental.
            wave *= 1 - np.exp(time * np.float32(-1 / (band * max(timbre.attack, 0.01))))
        total += wave * np.float32(share)
    return total


def _table(timbre: Timbre, low: int, high: int) -> NDArray[np.float32] | None:
    """One period of a band of harmonics, with its first sample again at the end."""
    if high < low:
        return None
    numbers = np.arange(low, high + 1)
    levels = numbers ** -float(timbre.slope) * np.where(numbers % 2 == 0, timbre.odd, 1.0)
    spectrum = np.zeros(_TABLE // 2 + 1, np.complex128)
    # Phases of no particular order keep the crest low; the golden ratio spreads them evenly.
    spectrum[low : high + 1] = levels * np.exp(2j * np.pi * 0.618 * numbers**2)
    period = np.fft.irfft(spectrum, _TABLE) * (_TABLE / 2)
    return np.append(period, period[0]).astype(np.float32)


def _inharmonic(
    timbre: Timbre,
    frequency: float,
    decay: float,
    time: NDArray[np.float32],
    force: float,
    sample_rate: int,
) -> NDArray[np.float32]:
    total = np.zeros(len(time), np.float32)
    for number, (ratio, level, length) in enumerate(timbre.partials):
        if ratio * frequency > 0.45 * sample_rate:
            continue
        share = level * (timbre.brightness * 1.4 * force if number else 1)
        angle = (2 * np.pi * ratio * frequency) * time.astype(np.float64)
        fall = np.exp(time * np.float32(-6.9 / (decay * length)))
        total += np.sin(angle).astype(np.float32) * fall * np.float32(share)
    return total


def _noise(timbre: Timbre, pitch: int, time: NDArray[np.float32]) -> NDArray[np.float32]:
    """Breath that lasts, or the short noise of a pluck or hammer."""
    noise = np.random.default_rng(pitch).standard_normal(len(time), np.float32)
    noise[1:] += noise[:-1]
    fall = np.exp(time * np.float32(-60)) * 6 if timbre.decay else np.exp(-2 * time) * 0.5 + 0.5
    return np.asarray(noise * fall * np.float32(timbre.noise), np.float32)

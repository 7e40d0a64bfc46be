"""From a dry sound and its controls to the wet sound.

The dry sound's spectra are multiplied by the gains, their phases kept; noise is added, shaped by
bands and by the dry sound's short envelope; and all is silent where the dry sound is.

Shapes: C channels, T frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np

from composer.refining import envelopes
from composer.refining.blocks import Controls, Progress
from composer.refining.draws import BLOCK, Draws
from composer.refining.sound import DrySound, mono_of
from composer.refining.spectra import (
    HOP,
    N_FFT,
    Floats,
    Spectra,
    edge_gain,
    gain_matrix,
    noise_matrix,
    overlapped,
    spectra_of,
    window,
)

_TAIL = N_FFT - HOP
_RISE = 64
"""Samples at the very beginning over which all rises from silence: 1.5 ms."""
_DOUBLINGS = float(np.log2(10) / 20)  # in one decibel


@dataclass(frozen=True, slots=True, eq=False)
class Wetting:
    """All that a wet sound is made of.

    Args:
        dry: The dry sound.
        controls: How to change it.
        draws: Random numbers of the noise.
        strength: How much of it, 0 to 1: a factor of the gains in dB and of the noise.
    """

    dry: DrySound
    controls: Controls
    draws: Draws
    strength: float


def synthesise(
    wetting: Wetting, out: Floats, *, threads: int = 2, progress: Progress | None = None
) -> None:
    """Make the wet sound, at the level that comes of it.

    Args:
        wetting: What to make.
        out: ``[C, N]``, of the dry sound's size; written over.
        threads: How many stretches are worked on at once; the result does not depend on it.
        progress: Told after each stretch.
    """
    tail = np.zeros((wetting.dry.channels + 1, _TAIL), np.float32)
    total, done = wetting.dry.spectra, 0
    for stretch in _stretches(wetting, threads):
        stretch.sounds[:, :_TAIL] += tail
        tail = stretch.sounds[:, -_TAIL:]
        _write(stretch, out)
        done = min(done + BLOCK, total)
        if progress is not None:
            progress(done / total)


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """A stretch of the wet sound.

    Args:
        start: Its first sample, a multiple of `HOP`; may be negative.
        sounds: ``[C + 1, samples + tail]``: the channels, then the noise.
        gate: ``[samples]``: multiplies all.
        noise_gains: ``[C, samples]`` or ``[1, samples]``: multiply the noise.
    """

    start: int
    sounds: Floats
    gate: Floats
    noise_gains: Floats


def _stretches(wetting: Wetting, threads: int) -> Iterator[_Stretch]:
    """All stretches in order, some of them in the making."""
    waiting: deque[Future[_Stretch]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for first in range(0, wetting.dry.spectra, BLOCK):
                waiting.append(pool.submit(_make, wetting, first))
                if len(waiting) > threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)


def _make(wetting: Wetting, first: int) -> _Stretch:
    """The stretch of one block of frames."""
    dry = wetting.dry
    count = min(BLOCK, dry.spectra - first)
    start = first * HOP - N_FFT // 2
    is_last = first + count == dry.spectra
    samples = count * HOP + is_last * _TAIL
    whole = dry.stretch(start - envelopes.MARGIN, envelopes.MARGIN + samples + _TAIL)
    framed = whole[:, envelopes.MARGIN : envelopes.MARGIN + (count - 1) * HOP + N_FFT]
    sounds = overlapped(_spectra(wetting, first, count, framed))
    _mend_edges(sounds, start, dry)
    part = whole[:, : samples + 2 * envelopes.MARGIN]
    mono = mono_of(part)
    short, long = envelopes.short_envelope(mono), envelopes.long_envelope(mono)
    noise_gains = envelopes.micro(short, long)[None]
    if dry.channels > 1:
        shares = [envelopes.share(envelopes.long_envelope(channel), long) for channel in part]
        noise_gains = noise_gains * np.stack(shares)
    return _Stretch(start, sounds, envelopes.gate(short), noise_gains)


def _spectra(wetting: Wetting, first: int, count: int, framed: Floats) -> Spectra:
    """Spectra ``[C + 1, count, BINS]`` of the changed channels and of the noise."""
    place = slice(first, first + count)
    controls, strength = wetting.controls, wetting.strength
    spectra = np.empty((len(framed) + 1, count, N_FFT // 2 + 1), np.complex64)
    gain_db = controls.gain_db[place] * np.float32(strength * _DOUBLINGS)
    np.multiply(spectra_of(framed), np.exp2(gain_db @ gain_matrix()), out=spectra[:-1])
    noise_db = controls.noise_db[place] * np.float32(_DOUBLINGS)
    level = np.exp2(noise_db @ noise_matrix())
    level *= controls.loudest[place, None] * np.float32(strength * _noise_scale())
    np.multiply(wetting.draws.normals(first // BLOCK, count), level, out=spectra[-1])
    return spectra


@cache
def _noise_scale() -> float:
    """From a root of power to an amplitude of a spectrum, for normals whose squares have mean 2."""
    return float(np.sqrt(np.square(window().astype(np.float64)).sum() / 2))


def _mend_edges(sounds: Floats, start: int, dry: DrySound) -> None:
    """Make up for the frames that are missing before the first and after the last hop."""
    hops = dry.spectra - 1
    for hop in {0, hops - 1}:
        at = hop * HOP - start
        if 0 <= at < sounds.shape[1]:
            sounds[:, at : at + HOP] *= edge_gain(hop == 0, hop == hops - 1)


def _write(stretch: _Stretch, out: Floats) -> None:
    """Put a stretch where it belongs, as far as it lies within the sound."""
    first = max(0, -stretch.start)
    last = min(len(stretch.gate), out.shape[1] - stretch.start)
    if last <= first:
        return
    place = slice(first, last)
    noise = stretch.sounds[-1, place] * stretch.noise_gains[:, place]
    noise += stretch.sounds[:-1, place]
    noise *= stretch.gate[place]
    if stretch.start + first == 0:
        # What the first frames smear before the sound's beginning would be a step there.
        rise = min(_RISE, noise.shape[1])
        noise[:, :rise] *= np.linspace(0, 1, rise, endpoint=False, dtype=np.float32)
    out[:, stretch.start + first : stretch.start + last] = noise

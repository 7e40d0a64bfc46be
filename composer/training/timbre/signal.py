"""The refined sound in torch, as `composer.refining` makes it, so that losses can hear it.

Shapes: B clips, T frames, F = 1,025 bins, N = (T + 3) · 512 samples that the frames reach.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from composer.refining.spectra import (
    HOP,
    N_FFT,
    gain_matrix,
    mel_filters,
    noise_matrix,
)

_OVERLAP = N_FFT // HOP
_ENVELOPE_STEP = 8
_ENVELOPE_STEPS = 28
_MOST_MICRO = 1.5


class Synthesis(nn.Module):
    """From a dry sound, gains and levels of noise to the refined sound."""

    window: Tensor
    gain: Tensor
    noise: Tensor
    mel: Tensor
    overlap: Tensor

    def __init__(self) -> None:
        super().__init__()

        def constant(name: str, value: Tensor) -> None:
            self.register_buffer(name, value, persistent=False)

        constant("window", torch.hann_window(N_FFT, periodic=True))
        constant("gain", torch.tensor(gain_matrix()))
        constant("noise", torch.tensor(noise_matrix()))
        filters = torch.tensor(mel_filters(N_FFT, 128))
        constant("mel", filters / filters.sum(dim=0))
        squares = self.window.square().reshape(_OVERLAP, HOP).sum(dim=0)
        constant("overlap", squares)

    def forward(
        self, dry: Tensor, gain_db: Tensor, noise_db: Tensor, generator: torch.Generator | None
    ) -> Tensor:
        """Refine.

        Args:
            dry: ``[B, N]``, at -20 dBFS.
            gain_db: ``[B, T, 128]``.
            noise_db: ``[B, T, 32]``.
            generator: Draws the noise.

        Returns:
            ``[B, N]``; its first and last 1,536 samples are not fully covered by frames.
        """
        spectrum = self.analyse(dry)
        tone = self.resynthesise(spectrum * db(gain_db @ self.gain))
        power = spectrum.real.square() + spectrum.imag.square()
        loudest = (power @ self.mel).amax(dim=-1, keepdim=True)
        shape = (2, *spectrum.shape)
        normal = torch.randn(shape, generator=generator, device=dry.device) * 0.5**0.5
        level = torch.sqrt(loudest + 1e-12) * db(noise_db @ self.noise)
        noise = self.resynthesise(torch.complex(normal[0] * level, normal[1] * level))
        return tone + noise * micro_envelope(dry)

    def analyse(self, sound: Tensor) -> Tensor:
        """Spectra ``[B, T, F]`` of the frames that lie whole in a sound ``[B, N]``."""
        frames = sound.unfold(-1, N_FFT, HOP) * self.window
        spectra: Tensor = torch.fft.rfft(frames)
        return spectra

    def resynthesise(self, spectrum: Tensor) -> Tensor:
        """A sound ``[B, N]`` by weighted overlap-add."""
        frames = torch.fft.irfft(spectrum, N_FFT) * (self.window / self.overlap.repeat(_OVERLAP))
        batch, count, _ = frames.shape
        parts = frames.reshape(batch, count, _OVERLAP, HOP)
        sound = sum(
            functional.pad(parts[:, :, i], (0, 0, i, _OVERLAP - 1 - i)) for i in range(_OVERLAP)
        )
        assert isinstance(sound, Tensor)  # noqa: S101
        return sound.reshape(batch, -1)


def db(level: Tensor) -> Tensor:
    """Decibels as a factor of amplitude."""
    return torch.exp(level * 0.11512925464970229)


def micro_envelope(dry: Tensor) -> Tensor:
    """The envelope of 5 ms against that of a frame, ``[B, N]``: noise follows attacks by it.

    As in `composer.refining.envelopes`, the lower of the 5 ms before and those after.
    """
    power = functional.avg_pool1d(dry.square()[:, None], _ENVELOPE_STEP)
    sides = functional.pad(power, (_ENVELOPE_STEPS - 1, _ENVELOPE_STEPS - 1))
    windows = functional.avg_pool1d(sides, _ENVELOPE_STEPS, stride=1)
    steps = power.shape[-1]
    fast = torch.minimum(windows[..., :steps], windows[..., -steps:])
    slow = _moving(power, 3 * HOP // _ENVELOPE_STEP // 2)
    ratio = torch.sqrt(fast / (slow + 1e-12)).clamp(0, _MOST_MICRO)
    return functional.interpolate(ratio, size=dry.shape[-1], mode="linear")[:, 0]


def _moving(power: Tensor, width: int) -> Tensor:
    padded = functional.pad(power, (width // 2, width - 1 - width // 2))
    mean: Tensor = functional.avg_pool1d(padded, width, stride=1)
    return mean

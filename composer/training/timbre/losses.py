"""What the codec is judged by while it learns: spectra at three resolutions, onsets, smooth gains.

Multi-resolution spectral losses: Yamamoto et al. 2020 (Parallel WaveGAN); log mel at several
scales: Kumar et al. 2023 (Descript Audio Codec). The onset loss is our own: what rises in the dry
sound must rise in the refined one.

Shapes: B clips, N samples.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from composer.refining.spectra import SAMPLE_RATE, mel_filters

RESOLUTIONS = ((2048, 128), (1024, 80), (256, 24))
"""Window and mel bands of each scale; windows overlap by half."""
_FLOOR = 1e-8
_RISE_FRAMES = 3
_CLEAR_RISE = 0.4
_KEPT_RISE = 0.8
_BASS_BANDS = 16


class SpectralLosses(nn.Module):
    """Losses of a refined sound against the real one, and against the onsets of the dry one."""

    def __init__(self) -> None:
        super().__init__()
        for window, bands in RESOLUTIONS:
            self.register_buffer(f"window_{window}", torch.hann_window(window), persistent=False)
            filters = torch.tensor(mel_filters(window, bands))
            filters = filters / filters.sum(dim=0).clamp(min=1e-6)
            self.register_buffer(f"mel_{window}", filters, persistent=False)

    def forward(
        self, refined: Tensor, real: Tensor, dry: Tensor, highest: Tensor
    ) -> dict[str, Tensor]:
        """The losses by name.

        Args:
            refined: ``[B, N]``.
            real: ``[B, N]``.
            dry: ``[B, N]``.
            highest: ``[B]`` Hz above which the real recording holds nothing.
        """
        losses = {}
        mel_loss, linear_loss = refined.new_zeros(()), refined.new_zeros(())
        for window, bands in RESOLUTIONS:
            ours, theirs = self._power(refined, window), self._power(real, window)
            known = highest[:, None, None] >= band_centres(bands).to(highest)
            ours_mel, theirs_mel = self._mel(ours, window), self._mel(theirs, window)
            mel_loss = mel_loss + ((ours_mel - theirs_mel).abs() * known).mean()
            linear_loss = linear_loss + _convergence(ours, theirs, window)
            if window == RESOLUTIONS[-1][0]:
                dry_mel = self._mel(self._power(dry, window), window)
                losses["onset"] = onset_loss(ours_mel, dry_mel)
        losses["mel"] = mel_loss / len(RESOLUTIONS)
        losses["linear"] = linear_loss / len(RESOLUTIONS)
        return losses

    def _power(self, sound: Tensor, window: int) -> Tensor:
        shape: Tensor = getattr(self, f"window_{window}")
        frames = sound.unfold(-1, window, window // 2) * shape
        spectrum = torch.fft.rfft(frames)
        power: Tensor = spectrum.real.square() + spectrum.imag.square()
        return power / shape.square().sum()

    def _mel(self, power: Tensor, window: int) -> Tensor:
        mel: Tensor = torch.log10(power @ getattr(self, f"mel_{window}") + _FLOOR)
        return mel


def band_centres(bands: int) -> Tensor:
    """Centre frequencies of mel bands in Hz, ``[bands]``: where their triangles peak."""
    filters = mel_filters(4096, bands)
    return torch.from_numpy(filters.argmax(axis=0) * (SAMPLE_RATE / 4096)).float()


def onset_loss(refined: Tensor, dry: Tensor) -> Tensor:
    """How far clear rises of the dry sound are missing from the refined one.

    Args:
        refined: ``[B, frames, bands]`` log10 powers of short windows.
        dry: The same of the dry sound.
    """
    before, after = dry[:, :-_RISE_FRAMES], dry[:, _RISE_FRAMES:]
    rise = after - before
    loudest = dry.amax(dim=(1, 2), keepdim=True)
    clear = (rise > _CLEAR_RISE) & (after > loudest - 3.5)
    ours = refined[:, _RISE_FRAMES:] - refined[:, :-_RISE_FRAMES]
    missing = functional.relu(_KEPT_RISE * rise - ours) * clear
    loss: Tensor = missing.sum() / (clear.sum() + 100.0)
    return loss


def unsteadiness(gain_db: Tensor) -> Tensor:
    """Mean change of gains from frame to frame in units of 10 dB; the bass counts four times."""
    change = (gain_db[:, 1:] - gain_db[:, :-1]).abs() / 10.0
    loss: Tensor = change.mean() + 3.0 * change[..., :_BASS_BANDS].mean()
    return loss


def _convergence(refined: Tensor, real: Tensor, window: int) -> Tensor:
    """Spectral convergence: the distance of magnitudes over the size of the real ones.

    Where the real sound is all but silent, a size 30 dB under the usual level stands for its own.
    """
    ours, theirs = torch.sqrt(refined + 1e-9), torch.sqrt(real + 1e-9)
    distance = torch.linalg.vector_norm(ours - theirs, dim=(1, 2))
    size = torch.linalg.vector_norm(theirs, dim=(1, 2))
    least = 0.1 * math.sqrt(refined.shape[1] * window / 2048)
    loss: Tensor = (distance / size.clamp(min=least)).mean()
    return loss

"""Who synthesises: the Protocol, and the choice between FluidSynth and the built-in synthesiser."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from composer.errors import BriefError, SoundFontError, nearest
from composer.music.audio import Audio
from composer.music.performance import Performance

DEFAULT_SAMPLE_RATE = 44_100
SAMPLE_RATES = (44_100, 48_000)
ENVIRONMENT_VARIABLE = "COMPOSER_SYNTH"

Progress = Callable[[float], None]
"""Takes how much is done, 0 to 1; called in the caller's thread."""


class Synth(Protocol):
    """Turns a performance into one stem a track."""

    @property
    def name(self) -> str:
        """What reports call it, such as ``FluidSynth 2.3.1, TimGM6mb``."""

    def render_stems(
        self,
        performance: Performance,
        *,
        sample_rate: int = DEFAULT_SAMPLE_RATE,
        progress: Progress | None = None,
    ) -> Mapping[str, Audio]:
        """Render every track by itself.

        The stems are stereo, start together, are of equal length and end in silence: they last
        until all have rung out. Volume, pan and expression of the tracks are in them; they are
        in the order of the tracks.
        """


@dataclass(frozen=True, slots=True)
class SynthChoice:
    """The synthesiser to use.

    Args:
        synth: The synthesiser.
        warning: What the user should know, and the command that mends it; or `None`.
        soundfont: Name of the SoundFont that it plays; `None` for the built-in synthesiser.
    """

    synth: Synth
    warning: str | None
    soundfont: str | None = None


def choose_synth(soundfont: str | None = None) -> SynthChoice:
    """FluidSynth where it can be loaded, or else the built-in synthesiser and a warning.

    The environment variable ``COMPOSER_SYNTH`` (``fluidsynth`` or ``builtin``) forces one.

    Args:
        soundfont: The SoundFont's path or name; `None` for the default one.

    Raises:
        SoundFontError: If the SoundFont that was asked for is not to be had.
        BriefError: If ``COMPOSER_SYNTH`` names no synthesiser, or one that cannot be loaded.
    """
    from composer.rendering.builtin import BuiltinSynth
    from composer.rendering.soundfont import resolve

    forced = os.environ.get(ENVIRONMENT_VARIABLE, "").strip().lower()
    if forced not in ("", "builtin", "fluidsynth"):
        raise BriefError(
            ENVIRONMENT_VARIABLE,
            f'"{forced}" is no synthesiser; {nearest(forced, ["builtin", "fluidsynth"])}',
        )
    font = resolve(soundfont) if soundfont is not None else None
    if forced == "builtin":
        unused = "the built-in synthesiser plays no SoundFont" if font else None
        return SynthChoice(BuiltinSynth(), unused)
    if not fluid_available():
        problem = f"FluidSynth cannot be loaded; {install_command()} installs it"
        if forced == "fluidsynth":
            raise BriefError(ENVIRONMENT_VARIABLE, problem)
        return SynthChoice(BuiltinSynth(), f"{problem}. The built-in synthesiser plays instead")
    from composer.rendering.fluid import FluidSynth

    try:
        font = font or resolve()
        return SynthChoice(FluidSynth(font), None, font.name)
    except SoundFontError as error:
        if soundfont is not None or forced:
            raise
        return SynthChoice(BuiltinSynth(), f"{error}. The built-in synthesiser plays instead")


def fluid_available() -> bool:
    """Whether FluidSynth's library can be loaded; looks the first time it is asked."""
    from composer.rendering.fluid import load_library

    try:
        load_library()
    except (ImportError, OSError):
        return False
    return True


def install_command() -> str:
    """The command that installs FluidSynth's library on this system."""
    if sys.platform == "darwin":
        return "brew install fluid-synth"
    return "apt-get install libfluidsynth3"

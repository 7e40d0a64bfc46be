"""Notes in seconds, played by a SoundFont as one dry mono stem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from composer.music.performance import (
    ControlChange,
    MeterChange,
    Performance,
    PlayedNote,
    TempoChange,
    Track,
)
from composer.refining.parts import SoundingNote
from composer.refining.spectra import SAMPLE_RATE
from composer.rendering.events import CHORUS_SEND, DRUM_CHANNEL, REVERB_SEND
from composer.rendering.fluid import FluidSynth
from composer.rendering.soundfont import resolve

Mono = NDArray[np.float32]

DRUMS = 128
"""The number of the drum kit among the programs."""
_TICKS_PER_SECOND = 960
_MICROSECONDS_PER_QUARTER = 500_000


@dataclass(frozen=True, slots=True)
class Player:
    """A SoundFont that plays clips without effects.

    Args:
        synth: FluidSynth with the SoundFont.
    """

    synth: FluidSynth

    @classmethod
    def of(cls, soundfont: Path | str | None = None) -> Player:
        """With a SoundFont by its path or name; `None` for the bundled one.

        Raises:
            SoundFontError: If it is not to be had.
        """
        return cls(FluidSynth(resolve(None if soundfont is None else str(soundfont))))

    def play(self, program: int, notes: Sequence[SoundingNote], seconds: float) -> Mono:
        """The stem of one program.

        Args:
            program: 0–127, or `DRUMS`.
            notes: What to play.
            seconds: Length; what sounds longer is cut, what is shorter is filled with silence.

        Returns:
            float32 ``[seconds · SAMPLE_RATE]``: the mean of the channels.
        """
        (stem,) = self.synth.render_stems(clip_performance(program, notes)).values()
        frames = round(seconds * SAMPLE_RATE)
        mono = stem.samples.mean(axis=0)[:frames]
        return np.pad(mono, (0, frames - len(mono)))


def clip_performance(program: int, notes: Sequence[SoundingNote]) -> Performance:
    """A performance of one track, without effects, 960 ticks a second."""
    played = sorted(
        PlayedNote(
            round(note.onset_seconds * _TICKS_PER_SECOND),
            note.pitch,
            max(1, round((note.end_seconds - note.onset_seconds) * _TICKS_PER_SECOND)),
            note.velocity,
        )
        for note in notes
    )
    drums = program == DRUMS
    track = Track(
        "clip",
        "",
        DRUM_CHANNEL if drums else 0,
        0 if drums else program,
        0,
        tuple(_apart(played)),
        (ControlChange(0, REVERB_SEND, 0), ControlChange(0, CHORUS_SEND, 0)),
    )
    end = max((note.end_ticks for note in played), default=1)
    tempo, meter = TempoChange(0, _MICROSECONDS_PER_QUARTER), MeterChange(0, 4, 4)
    return Performance("clip", end, (tempo,), (meter,), (), (), (track,))


def _apart(notes: Sequence[PlayedNote]) -> list[PlayedNote]:
    """The notes, each cut where its pitch is struck again; doubled ones are left out."""
    kept: list[PlayedNote] = []
    last: dict[int, int] = {}
    for note in notes:
        before = last.get(note.pitch)
        if before is not None:
            earlier = kept[before]
            if earlier.onset_ticks == note.onset_ticks:
                continue
            if earlier.end_ticks > note.onset_ticks:
                length = note.onset_ticks - earlier.onset_ticks
                kept[before] = PlayedNote(
                    earlier.onset_ticks, earlier.pitch, length, earlier.velocity
                )
        last[note.pitch] = len(kept)
        kept.append(note)
    return kept

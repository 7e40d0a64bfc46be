"""The built-in synthesiser: plays where FluidSynth cannot be loaded. numpy alone, no samples.

It knows program, velocity, pitch bend, modulation (1), volume (7), pan (10), expression (11), pedal
(64) and reverb send (91).
The same performance gives the same samples.
"""

from __future__ import annotations

import bisect
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.acoustics.buffers import Samples, new_buffers
from composer.midi.units import TempoMap, tempo_map
from composer.music.audio import Audio
from composer.music.performance import Performance, Track
from composer.rendering import events
from composer.rendering.bending import Wheels
from composer.rendering.drum_sounds import CLOSED_HATS, OPEN_HAT, drum
from composer.rendering.effects import sends
from composer.rendering.reverb import add_reverb
from composer.rendering.stems import (
    MAX_TAIL_SECONDS,
    end_frame,
    finish_stems,
    rung_out_at,
    stem_names,
)
from composer.rendering.synth import DEFAULT_SAMPLE_RATE, Progress
from composer.rendering.timbres import timbre_of, tone

_DEFAULTS = {events.VOLUME: 100, events.PAN: 64, events.EXPRESSION: 127}
_CURVE_STEP = 64
_VELOCITY_STEP = 4
_LOUD = 80
_CHOKE_SECONDS = 0.03


@dataclass(frozen=True, slots=True)
class BuiltinSynth:
    """A `Synth` that needs nothing but numpy."""

    @property
    def name(self) -> str:
        """What reports call it."""
        return "built-in synthesiser"

    def render_stems(
        self,
        performance: Performance,
        *,
        sample_rate: int = DEFAULT_SAMPLE_RATE,
        progress: Progress | None = None,
    ) -> Mapping[str, Audio]:
        """Render every track by itself; Ctrl-C stops it once the stems at work are done."""
        names = stem_names(performance)
        end = end_frame(performance, sample_rate)
        buffers = new_buffers(len(names), end + int(MAX_TAIL_SECONDS * sample_rate))
        rung_out = [end] * len(names)
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            try:
                futures = {
                    pool.submit(_render, performance, track, buffer, end, sample_rate): number
                    for number, (track, buffer) in enumerate(
                        zip(performance.tracks, buffers, strict=True)
                    )
                }
                for done, future in enumerate(as_completed(futures), start=1):
                    rung_out[futures[future]] = future.result()
                    if progress is not None:
                        progress(done / len(futures))
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        return finish_stems(names, buffers, rung_out, sample_rate)


def _render(
    performance: Performance, track: Track, buffer: Samples, end: int, sample_rate: int
) -> int:
    """Render a track into a silent buffer, and return the frame from which it is quiet."""
    if not track.notes:
        return end
    clock = tempo_map(performance)
    if track.channel == events.DRUM_CHANNEL:
        _play_drums(track, clock, buffer, sample_rate)
    else:
        _play_notes(performance, track, clock, buffer, sample_rate)
    _apply_controls(track, clock, buffer, sample_rate)
    given = [c.value for c in track.controls if c.controller == events.REVERB_SEND]
    add_reverb(buffer, 0.12 * (given[0] if given else sends(track)[0]) / 127, sample_rate)
    return rung_out_at(buffer, end, sample_rate)


def _add(buffer: Samples, at: int, sound: Samples, gain: float = 1.0) -> None:
    part = buffer[:, at : at + sound.shape[1]]
    part += sound[:, : part.shape[1]] * np.float32(gain)


def _play_notes(
    performance: Performance, track: Track, clock: TempoMap, buffer: Samples, sample_rate: int
) -> None:
    timbre = timbre_of(track.program)
    lifts = _pedal_lifts(track, performance.end_ticks)
    wheels = Wheels(track, clock, sample_rate)
    tones: dict[tuple[int, int, int], Samples] = {}
    for note in track.notes:
        at = clock.frame(note.onset_ticks, sample_rate)
        ends = clock.frame(_sounding_end(note.end_ticks, lifts), sample_rate)
        # A grid of velocities and lengths lets repeated notes share their tones.
        velocity = max(note.velocity // _VELOCITY_STEP * _VELOCITY_STEP, 1)
        held = max(-(-(ends - at) // 256), 1) * 256
        key = (note.pitch, velocity, held)
        if key not in tones:
            tones[key] = tone(timbre, note.pitch, velocity, held, sample_rate)
        sound = wheels.bent(tones[key], at)
        _add(buffer, at, sound, (note.velocity / velocity) ** 1.6)


def _pedal_lifts(track: Track, end_ticks: int) -> list[tuple[int, int]]:
    """Stretches of ticks in which the pedal is down."""
    stretches: list[tuple[int, int]] = []
    down: int | None = None
    for change in track.controls:
        if change.controller != events.PEDAL:
            continue
        if change.value >= 64 and down is None:
            down = change.ticks
        elif change.value < 64 and down is not None:
            stretches.append((down, change.ticks))
            down = None
    if down is not None:
        stretches.append((down, end_ticks))
    return stretches


def _sounding_end(ticks: int, pedal: Sequence[tuple[int, int]]) -> int:
    """When a note whose key is up at a tick ends to sound."""
    at = bisect.bisect_right(pedal, ticks, key=lambda stretch: stretch[0]) - 1
    if at >= 0 and pedal[at][0] <= ticks < pedal[at][1]:
        return pedal[at][1]
    return ticks


def _play_drums(track: Track, clock: TempoMap, buffer: Samples, sample_rate: int) -> None:
    hats = (*CLOSED_HATS, OPEN_HAT)
    strokes = [clock.frame(n.onset_ticks, sample_rate) for n in track.notes if n.pitch in hats]
    for note in track.notes:
        at = clock.frame(note.onset_ticks, sample_rate)
        sound = drum(note.pitch, sample_rate, loud=note.velocity >= _LOUD)
        if note.pitch == OPEN_HAT:
            following = bisect.bisect_right(strokes, at)
            if following < len(strokes):
                sound = _choked(sound, strokes[following] - at, sample_rate)
        _add(buffer, at, sound, (note.velocity / 127) ** 1.6)


def _choked(sound: Samples, frames: int, sample_rate: int) -> Samples:
    """A sound that a hand stops after some frames."""
    fade = int(_CHOKE_SECONDS * sample_rate)
    if frames + fade >= sound.shape[1]:
        return sound
    stopped = sound[:, : frames + fade].copy()
    stopped[:, frames:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return stopped


def _apply_controls(track: Track, clock: TempoMap, buffer: Samples, sample_rate: int) -> None:
    volume = _curve(track, events.VOLUME, clock, buffer.shape[1], sample_rate) / 127
    volume *= _curve(track, events.EXPRESSION, clock, buffer.shape[1], sample_rate) / 127
    angle = _curve(track, events.PAN, clock, buffer.shape[1], sample_rate) / 127 * (np.pi / 2)
    # Loudness goes with the square of the controllers, as General MIDI recommends.
    gains = np.square(volume) * np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)])
    steps = np.arange(_CURVE_STEP, dtype=np.float32) / _CURVE_STEP
    hops = 1024
    for hop in range(0, gains.shape[1] - 1, hops):
        here = gains[:, hop : hop + hops + 1].astype(np.float32)
        curve = here[:, :-1, None] + np.diff(here, axis=1)[:, :, None] * steps
        part = buffer[:, hop * _CURVE_STEP : (hop + hops) * _CURVE_STEP]
        part *= curve.reshape(2, -1)[:, : part.shape[1]]


def _curve(
    track: Track, controller: int, clock: TempoMap, frames: int, sample_rate: int
) -> NDArray[np.float64]:
    """A controller's value at every `_CURVE_STEP` frames, the last one beyond the end."""
    changes = [c for c in track.controls if c.controller == controller]
    places = [-1] + [clock.frame(c.ticks, sample_rate) // _CURVE_STEP for c in changes]
    values = np.array([_DEFAULTS[controller]] + [c.value for c in changes], np.float64)
    grid = np.arange(-(-frames // _CURVE_STEP) + 1)
    return values[np.searchsorted(places, grid, side="right") - 1]

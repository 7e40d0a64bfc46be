"""FluidSynth, in process, through pyfluidsynth: the only file that knows it.

Every stem has a synthesiser of its own, so that no stem's sound depends on another; loading a
SoundFont a second time is cheap, since FluidSynth shares the samples. Calls into the library leave
Python's lock, so stems render on as many cores as there are.

FluidSynth begins notes at blocks of 64 frames only (1.5 ms): events go to the nearest one.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event, Lock
from typing import Any

from composer.acoustics.buffers import Samples, new_buffers
from composer.errors import SoundFontError
from composer.midi.units import tempo_map
from composer.music.audio import Audio
from composer.music.performance import Performance, Track
from composer.rendering import events
from composer.rendering.effects import sends
from composer.rendering.soundfont import SoundFontFile
from composer.rendering.stems import (
    MAX_TAIL_SECONDS,
    QUIET,
    end_frame,
    finish_stems,
    stem_names,
)
from composer.rendering.synth import DEFAULT_SAMPLE_RATE, Progress

_BLOCK = 64
_STEP_BLOCKS = 256
_DRUM_BANK = 128
_SET_UP = Lock()
"""FluidSynth fills tables of its own with the first synthesiser, and guards them from no thread."""
_INTEGERS = {
    "synth.polyphony": 256,
    "synth.dynamic-sample-loading": 1,
    "synth.lock-memory": 0,
    "synth.threadsafe-api": 0,
}
_NUMBERS = {
    "synth.gain": 0.5,
    "synth.reverb.room-size": 0.6,
    "synth.reverb.damp": 0.3,
    "synth.reverb.width": 0.8,
    "synth.reverb.level": 0.9,
}


@dataclass(frozen=True, slots=True)
class FluidSynth:
    """A `Synth` that plays a SoundFont.

    Args:
        soundfont: The SoundFont.
    """

    soundfont: SoundFontFile

    @property
    def name(self) -> str:
        """FluidSynth's version and the SoundFont."""
        return f"FluidSynth {load_library().version}, {self.soundfont.name}"

    def render_stems(
        self,
        performance: Performance,
        *,
        sample_rate: int = DEFAULT_SAMPLE_RATE,
        progress: Progress | None = None,
    ) -> Mapping[str, Audio]:
        """Render every track by itself, on all cores; Ctrl-C stops it within a moment.

        Raises:
            SoundFontError: If FluidSynth cannot read the SoundFont.
        """
        names = stem_names(performance)
        end = -(-end_frame(performance, sample_rate) // _BLOCK)
        blocks = end + int(MAX_TAIL_SECONDS * sample_rate) // _BLOCK
        buffers = new_buffers(len(names), blocks * _BLOCK)
        stop = Event()
        jobs = [
            _Job(self.soundfont.path, performance, track, sample_rate, buffer, end, stop)
            for track, buffer in zip(performance.tracks, buffers, strict=True)
        ]
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            try:
                # The longest first, so that no core waits for one at the end.
                order = sorted(jobs, key=lambda job: -len(job.track.notes))
                futures = {pool.submit(job.run) for job in order}
                while True:
                    done, waiting = wait(futures, timeout=0.1, return_when=FIRST_EXCEPTION)
                    for future in done:
                        future.result()
                    if progress is not None:
                        total = sum(job.share for job in jobs) / max(len(jobs), 1)
                        progress(total if waiting else 1.0)
                    if not waiting:
                        break
            except BaseException:
                stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        return finish_stems(names, buffers, [job.rung_out for job in jobs], sample_rate)


@dataclass(slots=True)
class _Job:
    """One stem.

    Args:
        font: Path of the SoundFont.
        performance: The piece.
        track: The track to render.
        sample_rate: Frames a second.
        buffer: ``[2, frames]``, where to render to; the piece and the longest tail fit.
        end: Block at which the piece ends.
        stop: Set when all is to end early.
        share: How much is done, 0 to 1.
        rung_out: Frame from which the stem is quiet.
    """

    font: Path
    performance: Performance
    track: Track
    sample_rate: int
    buffer: Samples
    end: int
    stop: Event
    share: float = 0.0
    rung_out: int = 0

    def run(self) -> None:
        if not self.track.notes:
            self.share, self.rung_out = 1.0, self.end * _BLOCK
            return
        with _SET_UP:
            made = _Voice(self.font, self.track, self.sample_rate)
        with made as voice:
            block, peak = 0, 0.0
            for at, kind, first, second in self._events():
                peak = max(peak, self._play(voice, block, at))
                block = max(block, at)
                voice.send(kind, first, second)
            peak = max(peak, self._play(voice, block, self.end))
            voice.release()
            self._ring_out(voice, peak)
        self.share = 1.0

    def _events(self) -> Iterator[tuple[int, int, int, int]]:
        """Block, kind and two data bytes."""
        clock = tempo_map(self.performance)
        for ticks, kind, first, second in events.timed_events(self.track):
            block = round(clock.frame(ticks, self.sample_rate) / _BLOCK)
            yield min(block, self.end), kind, first, second

    def _play(self, voice: _Voice, block: int, to: int) -> float:
        """Render the blocks from `block` to `to` and return their peak."""
        peak = 0.0
        while block < to and not self.stop.is_set():
            step = min(_STEP_BLOCKS, to - block)
            voice.write(self.buffer, block * _BLOCK, step * _BLOCK)
            part = self.buffer[:, block * _BLOCK : (block + step) * _BLOCK]
            peak = max(peak, float(part.max()), -float(part.min()))
            block += step
            self.share = block * _BLOCK / self.buffer.shape[1]
        return peak

    def _ring_out(self, voice: _Voice, peak: float) -> None:
        block, last = self.end, self.buffer.shape[1] // _BLOCK
        while block < last and not self.stop.is_set():
            to = min(block + _STEP_BLOCKS, last)
            heard = self._play(voice, block, to)
            block = to
            if heard < peak * QUIET:
                break
        self.rung_out = block * _BLOCK


class _Voice:
    """A synthesiser of FluidSynth's with one program on one channel."""

    def __init__(self, font: Path, track: Track, sample_rate: int) -> None:
        self._library = load_library()
        self._channel = track.channel
        api = self._library.api
        self._settings = api.new_fluid_settings()
        for key, number in _INTEGERS.items():
            api.fluid_settings_setint(self._settings, key.encode(), number)
        for key, value in (*_NUMBERS.items(), ("synth.sample-rate", sample_rate)):
            api.fluid_settings_setnum(self._settings, key.encode(), float(value))
        self._synth = api.new_fluid_synth(self._settings)
        try:
            self._choose(font, track)
        except SoundFontError:
            self.__exit__()
            raise

    def _choose(self, font: Path, track: Track) -> None:
        """Load the SoundFont and the preset nearest to what the track asks for."""
        api = self._library.api
        loaded = api.fluid_synth_sfload(self._synth, os.fsencode(font), 0)
        if loaded < 0:
            raise SoundFontError(f"{font}: FluidSynth cannot read it; choose another SoundFont")
        wanted = [(track.bank, track.program), (0, track.program), (0, 0), (_DRUM_BANK, 0)]
        if track.channel == events.DRUM_CHANNEL:
            wanted = [(_DRUM_BANK, track.program), (_DRUM_BANK, 0), (0, 0)]
        for bank, program in wanted:
            select = api.fluid_synth_program_select
            if select(self._synth, self._channel, loaded, bank, program) == 0:
                break
        else:
            raise SoundFontError(f"{font}: has no General MIDI presets; choose another SoundFont")
        given = {change.controller for change in track.controls}
        for controller, value in zip(
            (events.REVERB_SEND, events.CHORUS_SEND), sends(track), strict=True
        ):
            if controller not in given:
                self.send(events.CONTROL, controller, value)

    def send(self, kind: int, first: int, second: int) -> None:
        api = self._library.api
        if kind == events.ON:
            api.fluid_synth_noteon(self._synth, self._channel, first, second)
        elif kind == events.OFF:
            api.fluid_synth_noteoff(self._synth, self._channel, first)
        elif kind == events.BEND:
            api.fluid_synth_pitch_bend(self._synth, self._channel, first)
        else:
            api.fluid_synth_cc(self._synth, self._channel, first, second)

    def release(self) -> None:
        """Lift the pedal and let all notes ring out."""
        self.send(events.CONTROL, events.PEDAL, 0)
        self._library.api.fluid_synth_all_notes_off(self._synth, self._channel)

    def write(self, buffer: Samples, at: int, frames: int) -> None:
        left, right = buffer.ctypes.data, buffer.ctypes.data + buffer.strides[0]
        self._library.write_float(self._synth, frames, left, at, 1, right, at, 1)

    def __enter__(self) -> _Voice:
        return self

    def __exit__(self, *_: object) -> None:
        self._library.api.delete_fluid_synth(self._synth)
        self._library.api.delete_fluid_settings(self._settings)


@dataclass(frozen=True, slots=True)
class _Library:
    """The loaded library: the module `fluidsynth`, a function it lacks, and the version."""

    api: Any
    write_float: Any
    version: str


@cache
def load_library() -> _Library:
    """Load FluidSynth's library and silence its log.

    Raises:
        ImportError: If pyfluidsynth or the library is not there, or is older than 2.0.
    """
    from ctypes import byref, c_int, c_void_p

    homebrew = Path("/opt/homebrew")
    if sys.platform == "darwin" and homebrew.is_dir():
        # A Python that is not Homebrew's does not look there by itself.
        os.environ.setdefault("HOMEBREW_PREFIX", str(homebrew))
    # pyfluidsynth prints where it found the library when the variable CI is set.
    with contextlib.redirect_stdout(io.StringIO()):
        import fluidsynth

    def function(name: str, result: type, *kinds: type) -> Any:
        return fluidsynth.cfunc(name, result, *((f"a{i}", k, 1) for i, k in enumerate(kinds)))

    place = (c_void_p, c_int, c_int)
    write_float = function("fluid_synth_write_float", c_int, c_void_p, c_int, *place, *place)
    numbers = [c_int(), c_int(), c_int()]
    fluidsynth.fluid_version(*(byref(number) for number in numbers))
    if write_float is None or numbers[0].value < 2:
        raise ImportError("FluidSynth 2.0 or newer is needed")
    set_log = function("fluid_set_log_function", c_void_p, c_int, c_void_p, c_void_p)
    for level in range(5):
        set_log(level, None, None)
    version = ".".join(str(number.value) for number in numbers)
    return _Library(fluidsynth, write_float, version)

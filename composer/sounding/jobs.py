"""Refining the dry stems of a piece, several at a time, and putting all of them into one room."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from threading import Event
from typing import TYPE_CHECKING

from composer.acoustics.buffers import Samples, new_buffers
from composer.midi.units import TempoMap, tempo_map
from composer.music.audio import Audio
from composer.music.performance import Performance, Track
from composer.refining.parts import Part
from composer.rendering.effects import eagerness
from composer.rendering.room import TAIL_SECONDS, add_effects
from composer.rendering.stems import end_frame, finish_stems, rung_out_at
from composer.sounding.options import Refining, StemOutcome

if TYPE_CHECKING:
    from composer.refining.refiner import Refiner

SAMPLE_RATE = 44_100
"""The only rate at which stems are refined."""
_MOST_AT_ONCE = 4
_NOT_ASKED = "not asked for"
_EMPTY = "has no notes"


class _StoppedError(Exception):
    """Ends a job early."""


@dataclass(slots=True)
class _Job:
    """One stem.

    Args:
        name: Its name.
        track: Its track.
        part: What the refiner is told of it; `None` where it stays dry.
        audio: The dry stem; let go when it has been used.
        buffer: ``[2, frames]``, where it goes to; its tail in the room fits.
        share: How much is done, 0 to 1.
        outcome: What became of it.
        rung_out: Frame from which it is quiet.
    """

    name: str
    track: Track
    part: Part | None
    audio: Audio | None
    buffer: Samples
    outcome: StemOutcome
    share: float = 0.0
    rung_out: int = 0


@dataclass(slots=True)
class Jobs:
    """The stems of a piece on their way from dry to finished.

    Args:
        performance: The piece.
        dry: Its stems without effects; emptied as they are used.
        refiner: What refines them.
        refining: How.
        chosen: Names of those that are to be refined.
        soundfont: Name of the SoundFont that played them.
    """

    performance: Performance
    dry: dict[str, Audio]
    refiner: Refiner
    refining: Refining
    chosen: frozenset[str]
    soundfont: str
    outcomes: tuple[StemOutcome, ...] = ()
    _stop: Event = field(default_factory=Event)

    def run(self, progress: Callable[[float], None]) -> Mapping[str, Audio]:
        """Refine and finish all stems; Ctrl-C stops it within a moment.

        Returns:
            The stems, in the order of the tracks; `outcomes` says what became of each.

        Raises:
            RefinerError: If the refiner refuses a stem.
        """
        jobs, clock = self._jobs(), tempo_map(self.performance)
        with ThreadPoolExecutor(min(os.cpu_count() or 1, _MOST_AT_ONCE)) as pool:
            try:
                order = sorted(jobs, key=lambda job: job.part is None)
                futures = {pool.submit(self._do, job, clock) for job in order}
                waiting = futures
                while waiting:
                    done, waiting = wait(waiting, timeout=0.1, return_when=FIRST_EXCEPTION)
                    for future in done:
                        future.result()
                    progress(sum(job.share for job in jobs) / len(jobs) if waiting else 1.0)
            except BaseException:
                self._stop.set()
                pool.shutdown(cancel_futures=True)
                raise
        self.outcomes = tuple(job.outcome for job in jobs)
        buffers, rung_out = [job.buffer for job in jobs], [job.rung_out for job in jobs]
        return finish_stems([job.name for job in jobs], buffers, rung_out, SAMPLE_RATE)

    def _jobs(self) -> list[_Job]:
        frames = max((audio.frames for audio in self.dry.values()), default=0)
        buffers = new_buffers(len(self.dry), frames + int(TAIL_SECONDS * SAMPLE_RATE))
        jobs = []
        for (name, track), buffer in zip(
            zip(list(self.dry), self.performance.tracks, strict=True), buffers, strict=True
        ):
            part = Part.of(self.performance, track)
            reason = "" if name in self.chosen else _NOT_ASKED
            reason = reason if track.notes else _EMPTY
            outcome = StemOutcome(name, part.program, part.drums, 0.0, reason)
            # Named as the stem is: no two of them share what is random.
            told = None if reason else replace(part, name=name)
            jobs.append(_Job(name, track, told, self.dry.pop(name), buffer, outcome))
        return jobs

    def _do(self, job: _Job, clock: TempoMap) -> None:
        audio, job.audio = job.audio, None
        if audio is None:
            return
        if job.part is not None:
            refined = self.refiner.refine(
                audio,
                job.part,
                wet=self.refining.wet,
                seed=self.refining.seed,
                progress=lambda done: self._tell(job, done),
            )
            job.outcome = replace(
                job.outcome, wet=refined.wet, reason=refined.reason, verdict=refined.verdict
            )
            audio = refined.audio
        self._tell(job, 1.0)
        job.buffer[:, : audio.frames] = audio.samples
        add_effects(
            job.buffer,
            job.track,
            clock,
            SAMPLE_RATE,
            eagerness=eagerness(self.soundfont, job.track),
        )
        job.rung_out = rung_out_at(
            job.buffer, end_frame(self.performance, SAMPLE_RATE), SAMPLE_RATE
        )

    def _tell(self, job: _Job, done: float) -> None:
        if self._stop.is_set():
            raise _StoppedError
        job.share = done

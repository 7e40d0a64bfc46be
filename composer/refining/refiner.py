"""The timbre stage as its callers see it: a stem in, the same stem with another sound out.

What is made is held against the dry stem (`composer.refining.gate`). Where a check fails, half the
strength is tried, then a quarter, and then the stem stays dry: no note is ever risked for a sound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from composer.acoustics.buffers import new_buffers
from composer.errors import RefinerError, nearest
from composer.music.audio import Audio
from composer.refining.blocks import IN_MEMORY_BYTES, Progress, find_controls
from composer.refining.draws import Draws
from composer.refining.engine import Networks, OnnxNetworks
from composer.refining.gate import GateReport, judge
from composer.refining.levels import loudness_of, match_level
from composer.refining.parts import Part, program_id
from composer.refining.sound import DrySound, measure
from composer.refining.spectra import Floats
from composer.refining.synthesis import Wetting, synthesise
from composer.refining.weights import MODES, Sampling, load_weights

SHARES = (1.0, 0.5, 0.25)
"""Of the strength that is asked for: what is tried, in this order."""
DEFAULT_THREADS = 2
_SILENT = 10 ** (-80 / 20)
_LISTENING = 0.7  # of the time that a refinement takes

Judge = Callable[[Audio, Audio, Part], GateReport]


@dataclass(frozen=True, slots=True, eq=False)
class Refined:
    """A refined stem.

    Args:
        audio: The sound, as long as the dry one; where it stayed dry, the very same object.
        wet: The strength that was used, 0 (dry) to 1.
        verdict: What the gate found at that strength, or at the last one that it refused; `None`
            where nothing was made.
        reason: Why it stayed dry or was lowered; empty where it was refined as asked.
    """

    audio: Audio
    wet: float
    verdict: GateReport | None
    reason: str


class Refiner:
    """Refines stems.

    Args:
        networks: The networks.
        programs: Strength of each program that they know, 0 to 1; 128 is the drums.
        sampling: How codes are chosen where nobody asks for another way.
        about: Which networks they are, for reports.
        threads: How many stretches of a sound are worked on at once.
        judge: Holds wet against dry.
    """

    def __init__(
        self,
        networks: Networks,
        programs: Mapping[int, float],
        sampling: Sampling | None = None,
        *,
        about: Mapping[str, object] | None = None,
        threads: int = DEFAULT_THREADS,
        judge: Judge = judge,
    ) -> None:
        self._networks = networks
        self._programs = dict(programs)
        self._sampling = sampling or Sampling()
        self._about = dict(about or {})
        self._threads = threads
        self._judge = judge

    @classmethod
    def load(cls, folder: Path | str | None = None, *, threads: int | None = None) -> Refiner:
        """The networks of a folder, or those that come with composer, ready to run.

        Args:
            folder: Where they lie.
            threads: Threads of one operator, and stretches worked on at once; 2 unless said.

        Raises:
            RefinerError: If there are none, or they are damaged or of another version.
        """
        weights = load_weights(folder)
        threads = threads or DEFAULT_THREADS
        networks = OnnxNetworks(weights, threads=threads)
        return cls(
            networks, weights.programs, weights.sampling, about=weights.about, threads=threads
        )

    @property
    def about(self) -> dict[str, object]:
        """Which networks they are: ``name``, ``steps`` and ``sha256``, for reports."""
        return dict(self._about)

    def knows(self, part: Part) -> bool:
        """Whether a part's program was trained; others stay dry."""
        return program_id(part) in self._programs

    def refine(
        self,
        audio: Audio,
        part: Part,
        *,
        wet: float = 1.0,
        seed: int = 0,
        mode: str | None = None,
        progress: Progress | None = None,
    ) -> Refined:
        """Give a stem the sound of a recorded instrument.

        Args:
            audio: The dry stem: 44,100 samples a second, one or two channels.
            part: Who plays it, and what.
            wet: How much of it: 0 leaves the stem as it is, 1 is the program's own strength.
            seed: Source of all randomness.
            mode: ``none``, ``argmax`` or ``sample``; `None` for what the networks' card says.
            progress: Told how much is done, 0 to 1.

        Raises:
            RefinerError: If the sound, `wet` or `mode` is not what can be worked with.
        """
        sampling = self._chosen(wet, mode)
        dry = measure(audio)
        strength = wet * self._programs.get(program_id(part), 0.0)
        reason = self._reason_to_stay_dry(dry, part, wet, strength)
        if reason or strength == 0:
            refined = Refined(audio, 0.0, None, reason)
        else:
            refined = self._refine(
                audio, dry, part, strength, Draws(seed, part), sampling, progress
            )
        if progress is not None:
            progress(1.0)
        return refined

    def _refine(
        self,
        audio: Audio,
        dry: DrySound,
        part: Part,
        strength: float,
        draws: Draws,
        sampling: Sampling,
        progress: Progress | None,
    ) -> Refined:
        def listening(done: float) -> None:
            if progress is not None:
                progress(done * _LISTENING)

        controls = find_controls(self._networks, dry, part, sampling, draws, progress=listening)
        loudness = loudness_of(dry.samples)
        buffer = _buffer_like(dry)
        failures: list[str] = []
        verdict: GateReport | None = None
        for number, share in enumerate(SHARES):
            wetting = Wetting(dry, controls, draws, strength * share)
            synthesise(wetting, buffer, threads=self._threads, progress=_later(progress, number))
            match_level(buffer, dry.samples, loudness)
            # A view: what is read-only for the gate may still be written over by the next try.
            made = Audio(buffer[:], audio.sample_rate)
            verdict = self._judge(audio, made, part)
            if verdict.ok:
                return Refined(made, wetting.strength, verdict, _lowered(share, failures))
            failures.append(verdict.first_failure)
        return Refined(audio, 0.0, verdict, f"stays dry at any strength: {failures[-1]}")

    def _chosen(self, wet: float, mode: str | None) -> Sampling:
        if not 0 <= wet <= 1:
            raise RefinerError(f"wet is {wet}, and it can be 0 (dry) to 1")
        if mode is None:
            return self._sampling
        if mode not in MODES:
            raise RefinerError(f'"{mode}" is no mode of the refiner; {nearest(mode, MODES)}')
        return replace(self._sampling, mode=mode)

    def _reason_to_stay_dry(self, dry: DrySound, part: Part, wet: float, strength: float) -> str:
        if wet == 0:
            return ""
        if dry.frames == 0:
            return "is empty"
        if not self.knows(part):
            kind = "drums were" if part.drums else f"program {part.program} was"
            return f"{kind} not trained"
        if strength == 0:
            return "its program is better dry"
        return "is silent" if dry.loudest < _SILENT else ""


def _buffer_like(dry: DrySound) -> Floats:
    (buffer,) = new_buffers(1, dry.frames, dry.channels, in_memory_bytes=IN_MEMORY_BYTES)
    return buffer


def _later(progress: Progress | None, number: int) -> Progress | None:
    """Progress of a try: the first takes what listening has left, others nothing that is known."""
    if progress is None or number > 0:
        return None
    return lambda done: progress(_LISTENING + (1 - _LISTENING) * done * 0.99)


def _lowered(share: float, failures: list[str]) -> str:
    if not failures:
        return ""
    return f"refined at {share:.0%} of its strength: {failures[0]}"

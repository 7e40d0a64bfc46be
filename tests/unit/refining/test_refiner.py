"""A stem in, a stem out: refined, dry with a reason, or one clear line."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from composer.acoustics.loudness import true_peak_db
from composer.errors import RefinerError
from composer.music.audio import Audio
from composer.refining import Part, Refiner
from composer.refining.levels import loudness_of
from composer.refining.spectra import SAMPLE_RATE
from composer.refining.weights import Sampling
from tests.unit.refining.fakes import HandMade
from tests.unit.refining.sounds import stem

PROGRAMS = {0: 1.0, 33: 0.5, 40: 0.0, 128: 1.0}


@dataclass(frozen=True)
class Verdict:
    ok: bool
    first_failure: str = ""


def lenient(dry: Audio, wet: Audio, part: Part) -> Verdict:
    return Verdict(True)


def refiner(**kwargs: object) -> Refiner:
    kwargs = {"judge": lenient, "sampling": Sampling("sample")} | kwargs
    return Refiner(HandMade(noise_db=-30), PROGRAMS, **kwargs)


@pytest.mark.parametrize("seconds", [0.001, 0.02, 0.3, 3.2, 8.0])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_stem_keeps_its_length_and_loudness(seconds: float, channels: int) -> None:
    dry, part = stem(seconds, channels=channels)
    refined = refiner().refine(dry, part)
    if not refined.wet:
        assert seconds == 0.001 and refined.reason == "is silent"
        return
    assert refined.audio.samples.shape == dry.samples.shape
    assert refined.audio.samples.dtype == np.float32
    assert (refined.wet, refined.reason) == (1.0, "")
    assert refined.verdict is not None and refined.verdict.ok
    assert not np.array_equal(refined.audio.samples, dry.samples)
    assert not refined.audio.samples.flags.writeable
    loudness = loudness_of(dry.samples)
    if loudness is not None:
        assert loudness_of(refined.audio.samples) == pytest.approx(loudness, abs=0.1)
    peak = true_peak_db(refined.audio.samples)
    assert peak is not None and peak <= -1


def test_the_seed_decides_all() -> None:
    dry, part = stem(3)
    first, again, other = (
        refiner(threads=n).refine(dry, part, seed=seed) for n, seed in ((1, 5), (3, 5), (2, 6))
    )
    assert np.array_equal(first.audio.samples, again.audio.samples)
    assert not np.array_equal(first.audio.samples, other.audio.samples)


def test_modes_differ() -> None:
    dry, part = stem(3)
    made = [refiner().refine(dry, part, mode=mode).audio for mode in ("none", "argmax", "sample")]
    assert not np.array_equal(made[0].samples, made[1].samples)
    assert not np.array_equal(made[1].samples, made[2].samples)
    shipped = refiner(sampling=Sampling("argmax")).refine(dry, part).audio
    assert np.array_equal(shipped.samples, made[1].samples)


def test_dry_is_the_very_same_sound() -> None:
    dry, part = stem(1)
    refined = refiner().refine(dry, part, wet=0)
    assert refined.audio is dry
    assert (refined.wet, refined.verdict, refined.reason) == (0.0, None, "")


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (Part(5, False, None), "program 5 was not trained"),
        (Part(40, False, None), "its program is better dry"),
    ],
)
def test_programs_that_are_not_known_stay_dry(part: Part, reason: str) -> None:
    dry, _ = stem(1)
    refined = refiner().refine(dry, part)
    assert refined.audio is dry and refined.wet == 0 and refined.reason == reason
    assert refiner().knows(part) == (part.program == 40)


def test_all_drum_kits_are_one_program() -> None:
    dry, _ = stem(1)
    assert refiner().knows(Part(25, True, None))
    assert refiner().refine(dry, Part(25, True, None)).wet == 1.0
    without = Refiner(HandMade(), {0: 1.0}, judge=lenient)
    assert without.refine(dry, Part(25, True, None)).reason == "drums were not trained"


def test_wet_is_a_share_of_the_programs_strength() -> None:
    dry, _ = stem(1, program=33)
    assert refiner().refine(dry, Part(33, False, None), wet=0.5).wet == 0.25


@pytest.mark.parametrize("level", [0.0, 1e-30, 1e-6])
def test_silence_stays_silent(level: float) -> None:
    dry, part = stem(1)
    quiet = Audio(dry.samples * np.float32(level), SAMPLE_RATE)
    refined = refiner().refine(quiet, part)
    assert refined.audio is quiet and refined.reason == "is silent"


def test_empty_sounds_stay_empty() -> None:
    empty = Audio(np.zeros((2, 0), np.float32), SAMPLE_RATE)
    refined = refiner().refine(empty, stem(1)[1])
    assert refined.audio is empty and refined.reason == "is empty"


@pytest.mark.parametrize(("passing", "wet"), [(1, 1.0), (2, 0.5), (3, 0.25)])
def test_what_fails_its_gate_is_tried_with_less(passing: int, wet: float) -> None:
    seen: list[Audio] = []

    def judge(dry: Audio, made: Audio, part: Part) -> Verdict:
        assert not made.samples.flags.writeable
        seen.append(made)
        ok = len(seen) >= passing
        return Verdict(ok, "" if ok else f"onset F1 is 0.{len(seen)}, below 0.95")

    dry, part = stem(2)
    refined = refiner(judge=judge).refine(dry, part)
    assert refined.wet == wet and len(seen) == passing
    if passing == 1:
        assert refined.reason == ""
    else:
        assert (
            refined.reason == f"refined at {wet:.0%} of its strength: onset F1 is 0.1, below 0.95"
        )
    alone = refiner().refine(dry, part, wet=wet)
    assert np.array_equal(refined.audio.samples, alone.audio.samples)


def test_what_fails_at_any_strength_stays_dry() -> None:
    dry, part = stem(2)
    refined = refiner(judge=lambda *_: Verdict(False, "lag is 9 ms")).refine(dry, part)
    assert refined.audio is dry and refined.wet == 0
    assert refined.reason == "stays dry at any strength: lag is 9 ms"
    assert refined.verdict is not None and not refined.verdict.ok


def damaged(value: float, at: int = 30_000) -> Audio:
    samples = stem(1)[0].samples.copy()
    samples[1, at] = value
    return Audio(samples, SAMPLE_RATE)


@pytest.mark.parametrize(
    ("audio", "message"),
    [
        (damaged(np.nan), r"at 0\.68 s that is no number"),
        (damaged(np.inf), "no number"),
        (damaged(-np.inf), "no number"),
        (damaged(20_000), r"reaches 20,000 at 0\.68 s: full scale is 1"),
        (Audio(stem(1)[0].samples.copy(), 48_000), r"48,000 samples a second, and only 44,100"),
        (Audio(np.zeros((3, 99), np.float32), SAMPLE_RATE), "3 channels; 1 or 2"),
        (Audio(np.zeros((0, 99), np.float32), SAMPLE_RATE), "0 channels"),
    ],
)
def test_what_is_no_stem_is_refused_in_one_line(audio: Audio, message: str) -> None:
    with pytest.raises(RefinerError, match=message) as caught:
        refiner().refine(audio, stem(1)[1])
    assert "\n" not in str(caught.value)


def test_bad_wishes_are_refused_in_one_line() -> None:
    dry, part = stem(0.5)
    for wet in (-0.1, 1.1, float("nan")):
        with pytest.raises(RefinerError, match="wet is"):
            refiner().refine(dry, part, wet=wet)
    with pytest.raises(RefinerError, match='did you mean "sample"'):
        refiner().refine(dry, part, mode="samples")


def test_clipped_sound_is_refined() -> None:
    dry, part = stem(2)
    clipped = Audio(np.clip(dry.samples * np.float32(90), -1, 1), SAMPLE_RATE)
    refined = refiner().refine(clipped, part)
    assert refined.wet == 1.0 and np.isfinite(refined.audio.samples).all()


def test_progress_rises_to_one() -> None:
    seen: list[float] = []
    dry, part = stem(8)
    refiner().refine(dry, part, progress=seen.append)
    assert seen == sorted(seen) and seen[-1] == 1.0 and len(seen) > 3


def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    """A mapped file in: beyond the output, what is used at once stays the same."""
    tone = stem(10)[0].samples
    used = []
    for times in (3, 7):
        mapped = np.lib.format.open_memmap(
            tmp_path / f"{times}.npy", "w+", np.float32, (2, times * tone.shape[1])
        )
        for at in range(times):
            mapped[:, at * tone.shape[1] : (at + 1) * tone.shape[1]] = tone
        tracemalloc.start()
        refined = refiner().refine(Audio(mapped, SAMPLE_RATE), stem(1)[1], mode="none")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        controls = 161 * 4 * (mapped.shape[1] // 512 + 1)
        used.append(peak - refined.audio.samples.nbytes - controls)
    assert used[1] < used[0] + 8e6, used


def test_importing_loads_no_runtime() -> None:
    code = (
        "import sys, composer.refining; composer.refining.Refiner;"
        "assert not {'torch', 'onnxruntime', 'scipy'} & set(sys.modules), sorted(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)

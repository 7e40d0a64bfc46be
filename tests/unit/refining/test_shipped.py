"""The networks that come with composer, on sounds that FluidSynth plays: what users hear."""

from __future__ import annotations

import numpy as np
import pytest

from composer.music.audio import Audio
from composer.music.performance import (
    ControlChange,
    MeterChange,
    Performance,
    PlayedNote,
    TempoChange,
    Track,
)
from composer.refining import Part, Refiner
from composer.refining.gate import judge
from composer.rendering.synth import choose_synth, fluid_available

pytestmark = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")

PROGRAMS = {"piano": 0, "nylon guitar": 24, "violin": 40, "trumpet": 56, "flute": 73}


@pytest.fixture(scope="module")
def refiner() -> Refiner:
    return Refiner.load()


def played(program: int, *, drums: bool = False, gap_quarters: int = 0) -> tuple[Audio, Part]:
    """Twelve notes by the bundled SoundFont, with silence between every two where asked."""
    keys = (36, 42, 38, 42) * 3 if drums else (60, 64, 67, 72, 71, 67, 65, 62, 64, 67, 65, 60)
    step = 480 * (1 + gap_quarters)
    notes = tuple(PlayedNote(240 + i * step, key, 400, 60 + 5 * i) for i, key in enumerate(keys))
    dry = ControlChange(0, 91, 0), ControlChange(0, 93, 0)
    track = Track("stem", "", 9 if drums else 0, program, 0, notes, dry)
    tempo, meter = TempoChange(0, 500_000), MeterChange(0, 4, 4)
    end = notes[-1].end_ticks
    performance = Performance("stem", end, (tempo,), (meter,), (), (), (track,))
    (audio,) = choose_synth("TimGM6mb").synth.render_stems(performance).values()
    return audio, Part.of(performance, track)


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_stem_is_changed_and_passes_the_gate(refiner: Refiner, name: str) -> None:
    audio, part = played(PROGRAMS[name])
    refined = refiner.refine(audio, part)
    assert refined.wet > 0, refined.reason
    assert refined.verdict is not None and refined.verdict.ok
    assert judge(audio, refined.audio, part).ok
    change = refined.audio.samples - audio.samples
    assert np.square(change).sum() > 0.01 * np.square(audio.samples).sum()


def test_drums_too(refiner: Refiner) -> None:
    audio, part = played(0, drums=True)
    refined = refiner.refine(audio, part)
    assert refined.wet > 0 and refined.audio.samples.shape == audio.samples.shape


@pytest.mark.parametrize(("program", "drums"), [(0, True), (24, False), (45, False)])
def test_nothing_sounds_before_a_note_that_comes_out_of_silence(
    refiner: Refiner, program: int, drums: bool
) -> None:
    audio, part = played(program, drums=drums, gap_quarters=5)
    refined = refiner.refine(audio, part)
    assert refined.wet > 0, refined.reason
    dry, wet = (np.abs(a.samples).max(axis=0) for a in (audio, refined.audio))
    silent = np.lib.stride_tricks.sliding_window_view(np.pad(dry, (220, 0)), 221).max(axis=1) < 1e-4
    assert silent.sum() > 10_000
    assert wet[silent].max() < 10 ** (-66 / 20)


def test_the_same_seed_gives_the_same_sound(refiner: Refiner) -> None:
    audio, part = played(24)
    first, again = (refiner.refine(audio, part, seed=4).audio.samples for _ in range(2))
    assert np.array_equal(first, again)
    argmax = refiner.refine(audio, part, seed=4, mode="argmax").audio.samples
    drawn = refiner.refine(audio, part, seed=4, mode="sample").audio.samples
    assert not np.array_equal(argmax, drawn)


def test_an_untrained_program_stays_dry(refiner: Refiner) -> None:
    audio, _ = played(89)
    refined = refiner.refine(audio, Part(89, False, None))
    assert refined.audio is audio and "not trained" in refined.reason

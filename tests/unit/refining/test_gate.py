"""The gate lets through what keeps the notes, and refuses what loses, moves or smears one."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from composer.music.audio import Audio
from composer.refining.envelopes import MARGIN, gate, short_envelope
from composer.refining.gate import GateReport, judge
from composer.refining.parts import Part, SoundingNote
from composer.refining.spectra import (
    BANDS,
    SAMPLE_RATE,
    frame_count,
    gain_matrix,
    istft,
    stft,
)
from composer.training.timbre.judging.control import mel_round_trip

Floats = NDArray[np.float32]
SECONDS = 7.0
PIANO, STRINGS = 0, 48


def notes_of(kind: str) -> tuple[SoundingNote, ...]:
    """A tune, four notes a second, on the piano over a bass; drums play the same rhythm."""
    tune = (60, 64, 67, 72, 71, 67, 62, 65, 69, 74, 72, 69)
    length = 0.45 if kind == "drums" else 0.5
    found = []
    for number in range(22):
        onset = 0.5 + number * 0.25 + (0.007 if number % 3 else 0.0)
        found.append(SoundingNote(onset, onset + length, tune[number % 12], 70 + number % 4 * 15))
        if number % 4 == 0 and kind == "piano":
            found.append(SoundingNote(onset, onset + 0.9, tune[number % 12] - 24, 90))
    return tuple(found)


def play(part: Part, cents: float = 0.0, without: int | None = None) -> Floats:
    """A plain synthesiser: partials that decay, or are held, and bursts of noise for drums."""
    sound = np.zeros(round(SECONDS * SAMPLE_RATE), np.float64)
    random = np.random.default_rng(1)
    for number, note in enumerate(part.notes or ()):
        start = round(note.onset_seconds * SAMPLE_RATE)
        seconds = note.end_seconds - note.onset_seconds + (0 if part.drums else 0.3)
        times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        if part.drums:
            voice = random.standard_normal(len(times)) * np.exp(-times * 25)
        else:
            hertz = 440 * 2 ** ((note.pitch - 69 + cents / 100) / 12)
            partials = [h for h in range(1, 13) if h * hertz < 16000]
            phases = random.uniform(0, 6, 12)
            waves = [np.sin(6.2831853 * h * hertz * times + phases[h - 1]) / h for h in partials]
            voice = np.sum(waves, axis=0) * envelope(times, note, part)
        if number != without:
            sound[start : start + len(voice)] += note.velocity / 127 * 0.1 * voice
    return sound.astype(np.float32)


def envelope(times: NDArray[np.float64], note: SoundingNote, part: Part) -> NDArray[np.float64]:
    attack = np.minimum(times / (0.003 if part.program == PIANO else 0.03), 1)
    held = np.clip((note.end_seconds - note.onset_seconds + 0.25 - times) / 0.2, 0, 1)
    return attack * held * (np.exp(-times * 3) if part.program == PIANO else 1)


PARTS = {
    "piano": Part(PIANO, False, notes_of("piano")),
    "strings": Part(STRINGS, False, notes_of("strings")),
    "drums": Part(0, True, notes_of("drums")),
}
DRY = {name: play(part) for name, part in PARTS.items()}
PITCHED = ("piano", "strings")


def audio(*channels: Floats) -> Audio:
    return Audio(np.stack(channels).astype(np.float32), SAMPLE_RATE)


def stereo(mono: Floats) -> Audio:
    return audio(mono, 0.6 * mono)


def report(kind: str, wet: Floats, part: Part | None = None) -> GateReport:
    return judge(stereo(DRY[kind]), stereo(wet), part or PARTS[kind])


def failed(found: GateReport) -> set[str]:
    return {check.name for check in found.checks if not check.ok}


def equalised(mono: Floats, curve: Floats) -> Floats:
    gains = (10 ** (curve @ gain_matrix() / 20)).astype(np.float32)
    spectra = stft(mono, 0, frame_count(len(mono)))
    made = istft(spectra * gains, len(mono)) * gate(short_envelope(np.pad(mono, MARGIN)))
    return made * np.float32(np.sqrt(np.square(mono).sum() / np.square(made).sum()))


@pytest.mark.parametrize("kind", PARTS)
def test_a_stem_is_itself(kind: str) -> None:
    found = report(kind, DRY[kind])
    assert found.ok, found.first_failure
    assert found.first_failure == ""
    names = {check.name for check in found.checks}
    common = {"length", "numbers", "silence", "gaps", "clicks", "loudness", "true peak"}
    common |= {"onsets", "lag", "notes lost"}
    assert names == common | ({"attacks"} if kind == "drums" else {"tuning", "chroma"})


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("seed", range(2))
def test_another_colour_passes(kind: str, seed: int) -> None:
    points = np.random.default_rng(seed).uniform(-12, 12, 9)
    curve = np.interp(np.linspace(0, 1, BANDS), np.linspace(0, 1, 9), points)
    wet = equalised(DRY[kind], curve.astype(np.float32))
    found = report(kind, wet)
    # The plain power is not the loudness: that one may differ.
    assert failed(found) <= {"loudness"}, found.to_dict()


def test_a_sound_before_an_onset_is_heard() -> None:
    first = int(np.flatnonzero(np.abs(DRY["piano"]) > 1e-4)[0])
    assert first > 1000, "the stem begins with silence"
    early = DRY["piano"].copy()
    early[first - 441 : first] += np.float32(3e-3)
    assert "silence" in failed(report("piano", early))


@pytest.mark.parametrize("number", [4, 8, 19])
@pytest.mark.parametrize("kind", PITCHED)
def test_a_lost_note_is_missed(kind: str, number: int) -> None:
    found = report(kind, play(PARTS[kind], without=number))
    assert "notes lost" in failed(found)
    (check,) = (check for check in found.checks if check.name == "notes lost")
    onset = (PARTS[kind].notes or ())[number].onset_seconds
    assert f"at {onset:.2f} s" in check.note or f"at {onset - 0.01:.2f} s" in check.note


def test_a_lost_stroke_is_missed() -> None:
    assert failed(report("drums", play(PARTS["drums"], without=9))) >= {"notes lost"}


def test_without_notes_none_can_be_lost() -> None:
    found = report("piano", play(PARTS["piano"], without=3), Part(PIANO, False, None))
    assert "notes lost" not in {check.name for check in found.checks}


@pytest.mark.parametrize("kind", PARTS)
@pytest.mark.parametrize("milliseconds", [-12, 12])
def test_what_is_moved_is_refused(kind: str, milliseconds: int) -> None:
    found = report(kind, np.roll(DRY[kind], round(milliseconds * SAMPLE_RATE / 1000)))
    assert "lag" in failed(found)
    (lag,) = (check for check in found.checks if check.name == "lag")
    assert lag.value == pytest.approx(milliseconds, abs=0.7)


@pytest.mark.parametrize("kind", PITCHED)
def test_what_is_out_of_tune_is_refused(kind: str) -> None:
    assert not failed(report(kind, play(PARTS[kind], cents=2.0)))
    found = report(kind, play(PARTS[kind], cents=10.0))
    assert "tuning" in failed(found)
    (tuning,) = (check for check in found.checks if check.name == "tuning")
    assert tuning.value == pytest.approx(10, abs=1.5)


def test_another_harmony_is_refused() -> None:
    higher = Part(
        STRINGS,
        False,
        tuple(
            SoundingNote(n.onset_seconds, n.end_seconds, n.pitch + 1, n.velocity)
            for n in PARTS["strings"].notes or ()
        ),
    )
    assert failed(report("strings", play(higher))) >= {"chroma", "tuning"}


@pytest.mark.parametrize("kind", PARTS)
def test_the_negative_control_is_refused(kind: str) -> None:
    found = report(kind, mel_round_trip(DRY[kind]))
    assert ("attacks" if kind == "drums" else "tuning") in failed(found), found.to_dict()


def clicked(mono: Floats) -> Floats:
    wet = mono.copy()
    wet[5 * SAMPLE_RATE] += 0.15
    return wet


def noisy(mono: Floats) -> Floats:
    noise = np.random.default_rng(0).standard_normal(len(mono)) * 10 ** (-65 / 20)
    return (mono + noise).astype(np.float32)


def holed(mono: Floats) -> Floats:
    wet = mono.copy()
    wet[5 * SAMPLE_RATE : round(5.1 * SAMPLE_RATE)] = 0
    return wet


def not_a_number(mono: Floats) -> Floats:
    wet = mono.copy()
    wet[-1] = np.nan
    return wet


@pytest.mark.parametrize(
    ("breaks", "check"),
    [
        (clicked, "clicks"),
        (noisy, "silence"),
        (holed, "gaps"),
        (lambda mono: mono[:-1], "length"),
        (not_a_number, "numbers"),
        (lambda mono: mono * np.float32(1.3), "loudness"),
        (lambda mono: mono * 0, "loudness"),
        (lambda mono: mono * np.float32(2 / np.abs(mono).max()), "true peak"),
    ],
)
@pytest.mark.parametrize("kind", ["piano", "strings"])
def test_each_flaw_has_its_check(kind: str, breaks: Callable[[Floats], Floats], check: str) -> None:
    found = report(kind, breaks(DRY[kind]))
    assert check in failed(found), found.to_dict()
    assert found.first_failure
    json.dumps(found.to_dict())


def test_other_channels_or_rates_are_another_length() -> None:
    dry = DRY["piano"]
    part = PARTS["piano"]
    assert failed(judge(stereo(dry), audio(dry), part)) == {"length"}
    assert failed(judge(audio(dry), Audio(dry[None], 48_000), part)) == {"length"}


def test_a_peak_may_be_as_high_as_the_dry_one() -> None:
    dry = audio(DRY["piano"] * np.float32(1.05 / np.abs(DRY["piano"]).max()))
    assert judge(dry, dry, PARTS["piano"]).ok


@pytest.mark.parametrize("frames", [0, 1, 100, 5000, 40_000])
@pytest.mark.parametrize("level", [0.0, 0.1])
def test_short_and_silent_stems_are_judged(frames: int, level: float) -> None:
    dry = audio(np.full(frames, level, np.float32))
    for part in PARTS.values():
        found = judge(dry, dry, part)
        assert found.ok, found.first_failure


def test_memory_does_not_grow_with_length() -> None:
    noise = np.random.default_rng(0).standard_normal((1, 60 * SAMPLE_RATE)).astype(np.float32)
    noise *= np.float32(0.05)
    peaks = []
    for seconds in (10, 60):
        sound = Audio(noise[:, : seconds * SAMPLE_RATE], SAMPLE_RATE)
        tracemalloc.start()
        judge(sound, sound, Part(STRINGS, False, None))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000

"""The dear gates: what they measure, and that they bite."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from composer.errors import EvaluationError
from composer.music.audio import Audio
from composer.refining.gate import judge as gate
from composer.refining.parts import Part, SoundingNote
from composer.refining.spectra import SAMPLE_RATE
from composer.training.timbre.judging.control import mel_round_trip
from composer.training.timbre.judging.distances import (
    FrameSums,
    as_loud,
    frechet_distance,
    heard_frames,
    highs_db,
    log_mels,
)

Floats = NDArray[np.float32]
PITCHES = (60, 64, 67, 72, 65, 69, 62, 57, 60, 55, 71, 67)
NOTES = tuple(
    SoundingNote(0.3 + 0.5 * number, 0.75 + 0.5 * number, pitch, 90)
    for number, pitch in enumerate(PITCHES)
)
PART = Part(0, False, NOTES)


def plucked(without: frozenset[int] = frozenset(), brightness: float = 1.0) -> Floats:
    """Decaying tones with partials; the fewer, the duller."""
    sound = np.zeros(7 * SAMPLE_RATE)
    random = np.random.default_rng(3)
    times = np.arange(round(0.6 * SAMPLE_RATE)) / SAMPLE_RATE
    for number, note in enumerate(NOTES):
        hertz = 440 * 2 ** ((note.pitch - 69) / 12)
        voice = np.zeros(len(times))
        for partial in range(1, 20):
            voice += (
                partial ** (-1.2 / brightness)
                * np.sin(2 * np.pi * partial * hertz * times + random.uniform(0, 6))
                * np.exp(-times * (3 + partial))
            )
        voice *= np.minimum(times / 0.003, 1) * np.clip((0.6 - times) / 0.1, 0, 1)
        if number not in without:
            start = round(note.onset_seconds * SAMPLE_RATE)
            sound[start : start + len(voice)] += 0.1 * voice
    return sound.astype(np.float32)


DRY = plucked()


def noise(seconds: float, seed: int = 0) -> Floats:
    random = np.random.default_rng(seed)
    return (0.1 * random.standard_normal(round(seconds * SAMPLE_RATE))).astype(np.float32)


def test_a_sound_has_no_distance_from_itself_at_another_level() -> None:
    real, other = log_mels(DRY, as_loud(0.2 * DRY, DRY))
    assert np.abs(real - other).mean() < 1e-3
    assert real.min() == pytest.approx(real.max() - 4.0, abs=1e-4)


def test_the_mel_distance_is_that_of_decimal_logarithms_of_magnitudes() -> None:
    quiet, loud = log_mels(noise(1.0), 0.1 * noise(1.0))
    assert np.median(quiet - loud) == pytest.approx(1.0, abs=1e-3)


def test_highs_are_those_above_eight_kilohertz() -> None:
    times = np.arange(SAMPLE_RATE) / SAMPLE_RATE
    low, high = (np.sin(2 * np.pi * f * times).astype(np.float32) for f in (2000, 10_000))
    assert highs_db(high) == pytest.approx(-3.01, abs=0.1)
    assert highs_db(0.1 * high) == pytest.approx(-23.01, abs=0.1)
    assert highs_db(low) < -60


def test_the_frechet_distance_of_gaussians_that_are_known() -> None:
    random = np.random.default_rng(0)
    frames = random.standard_normal((20_000, 128)).astype(np.float32)
    one, same = FrameSums.of(frames[:10_000]), FrameSums.of(frames[10_000:])
    assert frechet_distance(one, one) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(one, same) < 1.0
    # Mean 1 apart in each of 128 dimensions, and twice the spread: 128 * (1 + (2 - 1) ** 2).
    assert frechet_distance(one, FrameSums.of(1 + 2 * frames[:10_000])) == pytest.approx(256, 0.1)
    halves = FrameSums.of(frames[:5000]) + FrameSums.of(frames[5000:10_000])
    assert frechet_distance(halves, one) == pytest.approx(0, abs=1e-6)


def test_frames_of_silence_are_not_heard() -> None:
    sound = np.concatenate([noise(1.0), np.zeros(SAMPLE_RATE, np.float32)])
    heard = heard_frames(sound)
    assert heard.mean() == pytest.approx(0.5, abs=0.02)
    assert not heard_frames(np.zeros(1000, np.float32)).any()


def test_a_classifier_tells_dull_from_bright() -> None:
    pytest.importorskip("sklearn")
    from composer.training.timbre.judging.classifier import RealnessClassifier, window_features

    def windows(seed: int, brightness: float) -> Floats:
        sound = np.concatenate([plucked(frozenset({seed, seed + 1}), brightness)] * 2)
        return window_features(sound + 1e-4 * noise(14, seed))

    dull = np.concatenate([windows(seed, 0.7) for seed in range(3)])
    bright = np.concatenate([windows(seed, 1.4) for seed in range(3)])
    classifier = RealnessClassifier(dull, bright)
    assert classifier.realness(windows(5, 0.7)) < 0.2
    assert classifier.realness(windows(5, 1.4)) > 0.8
    assert classifier.realness(dull[:0]) == 0.5
    with pytest.raises(EvaluationError, match="needs 8 of each"):
        RealnessClassifier(dull[:2], bright)


def test_codes_in_use() -> None:
    pytest.importorskip("scipy")
    from composer.training.timbre.judging.figures import codes_in_use

    assert codes_in_use(np.zeros((3, 4), np.int64), 10) == (0.1, 1.0)
    assert codes_in_use([], 10) == (0.0, 0.0)


# What follows transcribes.


@pytest.fixture(scope="module")
def transcriber() -> None:
    pytest.importorskip("scipy")
    pytest.importorskip("mir_eval")
    if importlib.util.find_spec("basic_pitch") is None:
        pytest.skip("basic-pitch is not installed")


@pytest.mark.usefixtures("transcriber")
def test_the_transcriber_hears_the_notes_when_they_are() -> None:
    from composer.training.timbre.judging.transcription import note_score, transcribe

    score = note_score(NOTES, DRY)
    assert score.f1 > 0.9 and score.recall == 1.0
    onsets, pitches = transcribe(DRY)
    for note in NOTES:
        (near,) = np.flatnonzero(
            (pitches == note.pitch) & (np.abs(onsets - note.onset_seconds) < 0.05)
        )
        assert onsets[near] == pytest.approx(note.onset_seconds, abs=0.025)


@pytest.mark.usefixtures("transcriber")
def test_lost_notes_are_lost_recall() -> None:
    from composer.training.timbre.judging.transcription import note_score

    score = note_score(NOTES, plucked(frozenset({2, 7, 9})))
    assert score.recall == pytest.approx(9 / 12)


@pytest.mark.usefixtures("transcriber")
def test_the_negative_control_fails_both_gates() -> None:
    from composer.training.timbre.judging.figures import judge_stem

    control = as_loud(mel_round_trip(DRY), DRY)
    pair = (Audio(sound[None].copy(), SAMPLE_RATE) for sound in (DRY, control))
    assert not gate(*pair, PART).ok
    figures = judge_stem(PART, DRY, control, plucked(brightness=1.3), "control")
    assert not figures.notes_ok, figures
    assert figures.gate_failure


@pytest.mark.usefixtures("transcriber")
def test_a_stem_between_dry_and_real_is_nearer() -> None:
    from composer.training.timbre.judging.figures import judge_set, markdown_table, weigh

    real = plucked(brightness=1.4)
    wet = plucked(brightness=1.2)
    evidence = weigh(PART, DRY, wet, real, "a")
    figures = evidence.figures
    assert figures.notes_ok and not figures.gate_failure, figures
    assert 0.2 < figures.mel_ratio < 0.8
    assert figures.highs_dry_db < figures.highs_wet_db < 0
    found = judge_set([evidence, evidence])
    assert found.fd_wet < found.fd_dry and found.stems == 2 and found.notes_ok == 1.0
    table = markdown_table([("piano", found)])
    assert table.count("\n") == 3 and "| piano | 2 |" in table


@pytest.mark.usefixtures("transcriber")
def test_silence_has_no_notes() -> None:
    from composer.training.timbre.judging.transcription import match, note_score

    silence = np.zeros(SAMPLE_RATE, np.float32)
    assert note_score(NOTES, silence).f1 == 0.0
    none = np.zeros(0)
    assert match(none, none.astype(int), none, none.astype(int)).f1 == 1.0


def test_what_was_found_is_kept(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    from composer.training.timbre.judging.figures import StemEvidence, StemFigures
    from composer.training.timbre.judging.keeping import keep, kept
    from composer.training.timbre.judging.transcription import NoteScore

    scores = (NoteScore(1, 1, 1), NoteScore(0.5, 0.5, 0.5), NoteScore(0, 0, 0))
    sums = FrameSums.of(np.ones((4, 128), np.float32))
    windows = np.ones((2, 384), np.float32)
    figures = StemFigures("a", 0, scores, 0.4, 0.2, -12.0, -3.0, "lag")
    evidence = StemEvidence(figures, (sums, sums, sums), (windows, windows, windows))
    keep(tmp_path / "deep" / "a.npz", evidence, {"wet": 0.5})
    again, told = kept(tmp_path / "deep" / "a.npz")
    assert again.figures == figures and told == {"wet": 0.5}
    assert frechet_distance(again.sums[1], sums) == pytest.approx(0)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a.npz"]

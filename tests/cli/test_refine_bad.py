"""What cannot be refined: one line that says what would be right; nothing is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.rendering.synth import fluid_available
from tests.cli.conftest import Compose, tree
from tests.cli.refiners import FakeRefiner
from tests.cli.test_commands import foreign_midi
from tests.cli.test_refine import RATE, no_weights, recording, refiner

__all__ = ["no_weights", "refiner"]

needs_fluidsynth = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")

# flags, and what the message must hold
BAD: list[tuple[list[str], list[str]]] = [
    (["--refine", "--wet", "1.5"], ["wet: must be from 0 to 1, not 1.5"]),
    (["--refine", "--wet", "-0.1"], ["wet: must be from 0 to 1"]),
    (["--refine", "--wet", "nan"], ["wet: must be from 0 to 1, not nan"]),
    (["--refine", "--wet", "much"], ['wet: must be a number, not "much"']),
    (["--wet", "0.5"], ["wet: is about refining", "--refine"]),
    (["--refine-parts", "piano"], ["refine-parts: is about refining"]),
    (["--refine-model", "x"], ["refine-model: is about refining"]),
    (["--refine", "--no-audio"], ["refine: --no-audio leaves out the audio"]),
    (["--refine", "--sample-rate", "48000"], ["refine: needs a sample rate of 44100, not 48000"]),
    (["--refine", "--refine-parts", "paino"], ["refine-parts", 'did you mean "piano"']),
    (["--refine", "--refine-parts", "xyzzy"], ["refine-parts", "instruments.toml"]),
    (["--refine", "--refine-parts", ""], ["refine-parts: is empty"]),
    (["--refine", "--refine-parts", " , "], ["refine-parts: is empty"]),
    (["--refine", "--refine-model", "none"], ["none", "holds no"]),
    (["refine"], ["FILE"]),
    (["refine", ""], ["file: is empty"]),
    (["refine", "no.mid"], ["no.mid: no such file"]),
    (["refine", "no.wav", "--program", "violin"], ["no.wav: no such file", "recording"]),
    (["refine", "no.wav"], ["program: is missing", "violin"]),
    (["refine", "no.mid", "--program", "violin"], ["program: is for recordings"]),
    (["refine", "no.wav", "--program", "violn"], ['did you mean "violin"']),
    (["refine", "no.wav", "--program", "128"], ["program: must be a name, or a number from 0"]),
    (["refine", "no.wav", "--program", "-1"], ["program: must be a name, or a number from 0"]),
    (["refine", "no.wav", "--program", ""], ["program: is empty"]),
    (["refine", "no.wav", "--program", "40", "--stems"], ["stems: is for MIDI files"]),
    (["refine", "no.wav", "--program", "40", "--soundfont", "x"], ["soundfont: is for MIDI files"]),
    (["refine", "a.wav", "--program", "40", "--format", "mp3"], ["no audio format"]),
    (["refine", "a.wav", "--program", "40", "--seed", "-1"], ["seed: must be from 0"]),
    (["refine", "a.wav", "--program", "40", "--format", "ogg", "--out", "b.flac"], ["format: is"]),
    (["refine", "a.mid", "--out", "b.wav"], ["out: must be a folder"]),
]


@needs_fluidsynth
@pytest.mark.parametrize(("flags", "told"), BAD, ids=lambda value: " ".join(value)[:50] or "none")
def test_bad_flags(
    compose: Compose,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: list[str],
    told: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    message = compose(*flags).refused()
    for part in told:
        assert part in message, message
    assert list(tmp_path.iterdir()) == []


def refused(compose: Compose, file: Path, *flags: object) -> str:
    """The message, after making sure that nothing was written."""
    before = tree(file.parent)
    message = compose("refine", file, "--program", "violin", *flags).refused()
    assert tree(file.parent) == before
    return message


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_recordings_of_the_wrong_kind(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    other_rate = refused(compose, recording(tmp_path / "a.wav", rate=48_000))
    assert "a.wav: has 48,000 samples a second" in other_rate and "44100" in other_rate
    assert "has 3 channels" in refused(compose, recording(tmp_path / "b.wav", channels=3))
    assert "has no sound" in refused(compose, recording(tmp_path / "c.wav", seconds=0))
    text = tmp_path / "d.wav"
    text.write_text("no sound at all")
    assert "d.wav: is no recording that can be read" in refused(compose, text)
    empty = tmp_path / "e.wav"
    empty.write_bytes(b"")
    assert "e.wav: is no recording that can be read" in refused(compose, empty)
    folder = tmp_path / "f.wav"
    folder.mkdir()
    assert "f.wav: cannot be read: Is a directory" in refused(compose, folder)
    assert refiner.asked == []


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_recording_with_samples_that_are_no_numbers(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner, value: float
) -> None:
    samples = np.zeros(2 * RATE, np.float32)
    samples[RATE] = value
    soundfile.write(tmp_path / "nan.wav", samples, RATE, subtype="FLOAT")
    assert "nan.wav: has samples that are no numbers" in refused(compose, tmp_path / "nan.wav")


def test_a_recording_that_is_cut_short(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = recording(tmp_path / "short.wav", seconds=2)
    file.write_bytes(file.read_bytes()[: 4 * RATE])
    result = compose("refine", file, "--program", "violin", "--out", tmp_path / "new.wav")
    assert result.code == 0
    assert 0.9 < soundfile.info(tmp_path / "new.wav").duration < 1.1


def test_a_recording_of_many_hours(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("composer.sounding.recording._MOST_HOURS", 0)
    file = recording(tmp_path / "long.wav", seconds=0.1)
    assert "long.wav: is longer than 0 hours" in refused(compose, file)


def test_a_header_that_promises_more_than_there_is(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = recording(tmp_path / "long.wav", seconds=0.1)
    data = bytearray(file.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = (0xFFFF_FFF0).to_bytes(4, "little")
    file.write_bytes(data)
    result = compose("refine", file, "--program", "violin", "--out", tmp_path / "new.wav")
    assert result.code == 0
    assert soundfile.info(tmp_path / "new.wav").duration == pytest.approx(0.1, abs=0.01)


def test_a_recording_of_unknown_length(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = tmp_path / "piped.flac"
    soundfile.write(file, np.zeros(RATE, np.float32), RATE)
    data = bytearray(file.read_bytes())
    data[21] &= 0xF0  # STREAMINFO's count of samples: 36 bits
    data[22:26] = bytes(4)
    file.write_bytes(data)
    assert "piped.flac: does not say how long it is" in refused(compose, file)


def test_a_midi_file_without_notes(compose: Compose, tmp_path: Path, refiner: FakeRefiner) -> None:
    import mido

    midi = mido.MidiFile()
    midi.tracks.append(mido.MidiTrack())
    midi.save(tmp_path / "none.mid")
    result = compose("refine", tmp_path / "none.mid", "--out", tmp_path / "out")
    assert result.code == 2
    assert "none.mid" in result.err and "no" in result.err and result.err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_format_that_is_not_written(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = recording(tmp_path / "a.wav")
    message = refused(compose, file, "--out", tmp_path / "b.mp3")
    assert "names a mp3 file; wav, flac, ogg can be written" in message
    assert not (tmp_path / "b.mp3").exists()


def test_a_recording_is_not_written_over(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = recording(tmp_path / "a.wav")
    assert "out: is the recording itself" in refused(compose, file, "--out", file)


def test_an_output_that_cannot_be_written(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = recording(tmp_path / "a.wav")
    (tmp_path / "taken").write_text("a file")
    message = refused(compose, file, "--out", tmp_path / "taken")
    assert "taken: a file stands where a folder is needed" in message


def test_a_missing_model(compose: Compose, tmp_path: Path) -> None:
    file = recording(tmp_path / "a.wav")
    message = refused(compose, file, "--refine-model", tmp_path / "nowhere")
    assert "nowhere" in message
    midi = foreign_midi(tmp_path / "a.mid")
    before = tree(tmp_path)
    compose("refine", midi, "--refine-model", tmp_path / "nowhere").refused()
    assert tree(tmp_path) == before

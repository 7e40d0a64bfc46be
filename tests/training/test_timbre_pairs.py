"""Pairs: what is played, what fits, what a second call leaves alone; and sets that a user has."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from composer.errors import CorpusError
from composer.midi.encode import encode
from composer.refining.parts import SoundingNote
from composer.refining.spectra import SAMPLE_RATE, level_of
from composer.rendering.synth import fluid_available
from composer.training.timbre import pairs, recordings, survey
from composer.training.timbre.fit import lag_seconds, misfit
from composer.training.timbre.material import indexed_files, random_clip, song_clips
from composer.training.timbre.playing import DRUMS, Player, clip_performance
from composer.training.timbre.shards import main as make_shards
from composer.training.timbre.shards import read_pair, read_shards
from tests.training.timbre_files import make_pairs, melody, played

pytest.importorskip("safetensors")
needs_fluidsynth = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two songs for piano, one in each split, and their index."""
    folder = tmp_path / "corpus"
    rows = ["md5\tsplit\tdrums"]
    for name, split in (("0aaa", "train"), ("9bbb", "valid"), ("1ccc", "valid")):
        notes = [SoundingNote(0.25 * i, 0.25 * i + 0.2, 60 + i % 12, 80) for i in range(80)]
        path = folder / name[0] / f"{name}.mid"
        path.parent.mkdir(parents=True)
        path.write_bytes(encode(clip_performance(0, notes)))
        rows.append(f"{name}\t{split}\t0")
    (folder / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def test_the_splits_share_no_song(corpus: Path) -> None:
    found = {s: [r["md5"] for r in indexed_files(corpus, s)] for s in ("train", "valid", "test")}
    assert found == {"train": ["0aaa"], "valid": ["1ccc"], "test": ["9bbb"]}
    with pytest.raises(CorpusError, match=r"index\.tsv"):
        indexed_files(corpus / "nowhere", "train")


def test_excerpts_stay_within_usable_keys_and_time(corpus: Path) -> None:
    paths = [corpus / "0" / "0aaa.mid"]
    keys = set(range(62, 70))
    random = np.random.default_rng(3)
    ((name, notes),) = song_clips(paths, 0, keys, 6.0, random)
    assert name == "0aaa"
    assert {note.pitch for note in notes} <= keys
    assert all(0 <= note.onset_seconds < 6.0 and 1 <= note.velocity <= 127 for note in notes)
    beats = np.diff([note.onset_seconds for note in notes]) / 0.25
    assert np.allclose(beats, np.round(beats), atol=0.02)
    assert not list(song_clips(paths, 40, keys, 6.0, random))


def test_random_notes_reach_every_key_and_many_dynamics() -> None:
    keys = set(range(40, 60))
    notes = [n for seed in range(12) for n in random_clip(0, keys, 20, np.random.default_rng(seed))]
    assert {note.pitch for note in notes} == keys
    assert min(n.velocity for n in notes) < 40 and max(n.velocity for n in notes) > 105
    again = random_clip(0, keys, 20, np.random.default_rng(0))
    assert again == random_clip(0, keys, 20, np.random.default_rng(0))


def test_what_does_not_fit_is_named() -> None:
    notes = melody(1)
    dry, real = played(notes, 0.4), played(notes, 0.8)
    assert misfit(dry, real, drums=False) == ""
    assert misfit(dry, np.zeros_like(dry), drums=False) == "silent"
    late = np.roll(real, round(0.045 * SAMPLE_RATE))
    assert lag_seconds(dry, late) == pytest.approx(0.045, abs=0.004)
    assert misfit(dry, late, drums=False) == "late"
    wrong = played(
        tuple(SoundingNote(n.onset_seconds, n.end_seconds, n.pitch + 6, 90) for n in notes), 0.8
    )
    assert misfit(dry, wrong, drums=False) == "other notes"
    assert misfit(dry, wrong, drums=True) == ""


def test_doubled_and_overlapping_notes_are_played_one_after_another() -> None:
    notes = [SoundingNote(0, 2, 60, 90), SoundingNote(0, 1, 60, 80), SoundingNote(1, 3, 60, 70)]
    (track,) = clip_performance(DRUMS, notes).tracks
    assert track.channel == 9
    assert [(n.onset_ticks, n.end_ticks) for n in track.notes] == [(0, 960), (960, 2880)]


def test_shards_hold_the_pairs_as_loud_as_each_other(tmp_path: Path) -> None:
    folder = make_pairs(tmp_path / "pairs", programs=(0,), clips=2)
    assert make_shards(["--pairs", str(folder), "--out", str(tmp_path / "s"), "--jobs", "1"]) == 0
    (shard,) = read_shards(tmp_path / "s")
    assert (shard.program, shard.clips) == (0, 2)
    dry, real, part = read_pair(folder / "000" / "000.flac")
    assert part.notes is not None and len(part.notes) == 5
    for sound in (shard.dry, shard.real):
        floats = sound[0].astype(np.float32) * (shard.scale[0] / 32767)
        assert level_of(floats) == pytest.approx(0.1, rel=0.01)
    assert np.corrcoef(shard.dry[0], dry)[0, 1] > 0.9999
    assert np.corrcoef(shard.real[0], real)[0, 1] > 0.9999
    first = shard.roll[0, :, :128]
    assert sorted(set(first[first > 0].tolist())) == [60, 70, 80, 90, 100]
    assert (shard.roll[0, :, 256] == 1).all()
    # The real side is brighter by design, and the spectra say so.
    assert shard.real_mel[0, :, 45:60].mean() > shard.dry_mel[0, :, 45:60].mean() + 0.1


def test_broken_shards_are_named(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="holds no shards"):
        read_shards(tmp_path)
    (tmp_path / "000.safetensors").write_bytes(b"nothing")
    with pytest.raises(CorpusError, match=r"000\.safetensors: is no shard"):
        read_shards(tmp_path)


@needs_fluidsynth
@pytest.mark.slow
def test_pairs_are_rendered_once_and_counted(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey, "PROGRAMS", (0,))
    font = Player.of().synth.soundfont.path
    table = tmp_path / "survey.json"
    assert survey.main(["--real", str(font), "--out", str(table)]) == 0
    keys = survey.read_survey(table)[0]
    assert all(k.usable and k.lag_seconds == 0 and k.cents == 0 for k in keys.values())
    out = tmp_path / "pairs"
    arguments = [
        *("--corpus", str(corpus), "--real", str(font), "--survey", str(table), "--out", str(out)),
        *("--songs", "1", "--random", "1", "--seconds", "4", "--programs", "0", "--jobs", "1"),
    ]
    assert pairs.main(arguments) == 0
    index = json.loads((out / "index.json").read_text(encoding="utf-8"))
    (entry,) = index["programs"]
    assert len(entry["pairs"]) == 4  # two of songs and of random notes: the piano has twice as many
    dry, real, part = read_pair(out / entry["pairs"][0]["file"])
    assert len(dry) == 4 * SAMPLE_RATE
    assert np.abs(dry - real).max() < 1e-3  # one SoundFont against itself
    assert part.notes and not part.drums
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*.flac")}
    assert pairs.main(arguments) == 0
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.flac")} == before


@needs_fluidsynth
def test_nsynth_becomes_pairs_that_end_at_its_highest_frequency(tmp_path: Path) -> None:
    import soundfile

    folder = tmp_path / "nsynth"
    (folder / "audio").mkdir(parents=True)
    examples = {}
    for number in range(2):
        name = f"guitar_acoustic_000-0{60 + number}-100"
        told = {"instrument_family_str": "guitar", "instrument_source_str": "acoustic"}
        examples[name] = {**told, "pitch": 60 + number, "velocity": 100}
        soundfile.write(folder / "audio" / f"{name}.wav", _at_16000(60 + number), 16000)
    electronic = {"instrument_family_str": "guitar", "instrument_source_str": "electronic"}
    examples["other"] = {**electronic, "pitch": 50, "velocity": 1}
    (folder / "examples.json").write_text(json.dumps(examples), encoding="utf-8")
    out = tmp_path / "out"
    command = ["--nsynth", str(folder), "--out", str(out), "--seconds", "8"]
    assert recordings.main(command) == 0
    (entry,) = json.loads((out / "index.json").read_text(encoding="utf-8"))["programs"]
    assert (entry["program"], len(entry["pairs"]), entry["highest_hz"]) == (24, 1, 8000.0)
    _, real, part = read_pair(out / entry["pairs"][0]["file"])
    assert part.notes is not None
    assert sorted(n.pitch for n in part.notes) == [60, 61]
    assert len(real) == 8 * SAMPLE_RATE
    assert make_shards(["--pairs", str(out), "--out", str(tmp_path / "s"), "--jobs", "1"]) == 0
    assert read_shards(tmp_path / "s")[0].highest_hz == 8000.0


def _at_16000(pitch: int) -> np.ndarray:
    time = np.arange(4 * 16000) / 16000
    frequency = 440 * 2 ** ((pitch - 69) / 12)
    waves = [0.5**k * np.sin(2 * np.pi * frequency * (k + 1) * time) for k in range(6)]
    return np.asarray(0.2 * np.sum(waves, axis=0) * np.exp(-2 * time), np.float32)


@needs_fluidsynth
def test_maestro_becomes_pairs(tmp_path: Path) -> None:
    import soundfile

    folder = tmp_path / "maestro"
    (folder / "2018").mkdir(parents=True)
    notes = [SoundingNote(0.5 * i, 0.5 * i + 0.4, 60 + 2 * i, 90) for i in range(12)]
    (folder / "2018" / "a.midi").write_bytes(encode(clip_performance(0, notes)))
    sound = played(tuple(notes), 0.6, seconds=8.0)
    soundfile.write(folder / "2018" / "a.wav", sound, SAMPLE_RATE)
    table = "split,midi_filename,audio_filename\ntrain,2018/a.midi,2018/a.wav\n"
    (folder / "maestro-v3.0.0.csv").write_text(table, encoding="utf-8")
    out = tmp_path / "out"
    command = ["--maestro", str(folder), "--out", str(out), "--seconds", "5", "--clips", "1"]
    assert recordings.main(command) == 0
    (entry,) = json.loads((out / "index.json").read_text(encoding="utf-8"))["programs"]
    assert len(entry["pairs"]) == 1
    dry, real, _ = read_pair(out / entry["pairs"][0]["file"])
    assert abs(lag_seconds(dry, real)) < 0.02


@pytest.mark.parametrize("which", ["--nsynth", "--maestro"])
def test_a_folder_that_is_no_such_set_is_named(
    which: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recordings.main([which, str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert str(tmp_path) in error and len(error.splitlines()) == 1
    assert not (tmp_path / "out").exists()

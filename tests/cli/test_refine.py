"""`compose --refine` and `compose refine`, with a refiner that needs no weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from composer.errors import RefinerError
from composer.rendering.synth import fluid_available
from composer.sounding import recording as recording_module
from composer.sounding import stems as stems_module
from tests.cli.conftest import Compose, tree
from tests.cli.refiners import FakeRefiner
from tests.cli.test_commands import foreign_midi

needs_fluidsynth = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")
RATE = 44_100
SHORT = ("--bars", 2, "--key", "C", "--writer", "rules", "--seed", 3)


@pytest.fixture
def refiner(monkeypatch: pytest.MonkeyPatch) -> FakeRefiner:
    fake = FakeRefiner()
    for module in (stems_module, recording_module):
        monkeypatch.setattr(module, "open_refiner", lambda *_: fake)
    return fake


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: object) -> None:
        raise RefinerError("model: holds no refiner; install composer again")

    for module in (stems_module, recording_module):
        monkeypatch.setattr(module, "open_refiner", missing)


def recording(
    path: Path, *, seconds: float = 0.5, channels: int = 1, rate: int = RATE, peak: float = 0.5
) -> Path:
    time = np.arange(int(seconds * rate)) / rate
    wave = peak * np.sin(2 * np.pi * 440 * time)
    subtype = "FLOAT" if path.suffix == ".wav" else None
    soundfile.write(path, np.stack([wave] * channels, axis=1), rate, subtype=subtype)
    return path


def refining_of(out: Path) -> dict[str, object]:
    found = json.loads((out / "report.json").read_text())["refining"]
    assert isinstance(found, dict)
    return found


@needs_fluidsynth
def test_a_piece_is_refined(compose: Compose, tmp_path: Path, refiner: FakeRefiner) -> None:
    result = compose(*SHORT, "--style", "pop", "--refine", "--wet", 0.8, "--out", tmp_path)
    assert result.code == 0, result.err
    report = json.loads((tmp_path / "report.json").read_text())
    refining = report["refining"]
    assert refining["model"]["name"] == "fake" and refining["wet"] == 0.8 and refining["seed"] == 3
    assert [stem["name"] for stem in refining["stems"]] == [p["name"] for p in report["parts"]]
    outcomes = {stem["name"]: stem["outcome"] for stem in refining["stems"]}
    (kit,) = (part["name"] for part in report["parts"] if part["role"] == "drums")
    assert outcomes.pop(kit) == "dry"
    assert set(outcomes.values()) == {"refined"}
    assert {wet for _, wet, _ in refiner.asked} == {0.8}
    assert {seed for _, _, seed in refiner.asked} == {3}
    assert all(part.notes for part, _, _ in refiner.asked)
    assert f"dry: {kit} (drums were not trained)" in result.out
    assert "\nrefine" not in (tmp_path / "brief.toml").read_text()


@needs_fluidsynth
def test_no_strength_is_no_refining(compose: Compose, tmp_path: Path, no_weights: None) -> None:
    plain, none = tmp_path / "plain", tmp_path / "none"
    for flags in (("--out", plain), ("--refine", "--wet", 0, "--out", none)):
        assert compose(*SHORT, "--stems", *flags).code == 0
    before, after = tree(plain), tree(none)
    assert before.keys() == after.keys()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"manifest.json", "report.json"}
    stems = refining_of(none)["stems"]
    assert isinstance(stems, list) and {s["why"] for s in stems} == {"wet is 0"}
    assert "refining" not in json.loads((plain / "report.json").read_text())


@needs_fluidsynth
def test_some_parts_are_refined_and_all_stand_in_the_room(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    flags = ("--parts", "flute, piano, bass", "--stems", "--refine")
    dry, wet = tmp_path / "dry", tmp_path / "wet"
    assert compose(*SHORT, *flags, "--refine-parts", "piano, bass", "--out", wet).code == 0
    assert {part.program for part, _, _ in refiner.asked} == {0, 33}
    stems = refining_of(wet)["stems"]
    assert isinstance(stems, list)
    assert [s["name"] for s in stems if s["why"] == "not asked for"] == ["Flute"]
    assert compose(*SHORT, *flags[:3], "--out", dry).code == 0
    for file in sorted((wet / "stems").iterdir()):
        ours, _ = soundfile.read(file)
        theirs, _ = soundfile.read(dry / "stems" / file.name)
        assert abs(len(ours) - len(theirs)) < RATE
        # Ours is upside down, or dry: as loud, within what the room differs.
        levels = [10 * np.log10(np.square(s).mean()) for s in (ours, theirs)]
        assert levels[0] == pytest.approx(levels[1], abs=1.5)


@needs_fluidsynth
def test_stems_begin_where_the_notes_do_and_end_in_silence(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = foreign_midi(tmp_path / "scale.mid")
    assert compose("refine", file, "--stems", "--out", tmp_path / "out").code == 0
    mix, _ = soundfile.read(tmp_path / "out" / "mix.wav")
    stem, _ = soundfile.read(tmp_path / "out" / "stems" / "01-channel-1.wav")
    assert len(mix) == len(stem) > 3.0 * RATE
    assert np.abs(stem[-RATE // 20 :]).max() < 1e-3 * np.abs(stem).max()
    assert (stem[-1] == 0).all()


@needs_fluidsynth
def test_refine_a_midi_file(compose: Compose, tmp_path: Path, refiner: FakeRefiner) -> None:
    file, out = foreign_midi(tmp_path / "scale.mid"), tmp_path / "out"
    result = compose("refine", file, "--format", "flac", "--seed", 5, "--out", out)
    assert result.code == 0 and result.err == "", result.err
    assert sorted(path.name for path in out.iterdir()) == ["mix.flac", "refining.json"]
    for path in out.iterdir():
        assert str(path) in result.out
    assert refiner.asked[0][2] == 5
    data = json.loads(compose("refine", file, "--json", "--out", out).out)
    assert data["refining"]["stems"][0]["outcome"] == "refined"
    assert data["audio"]["seconds"] > 2
    assert compose("refine", file, "--quiet", "--out", out).out == ""


@needs_fluidsynth
def test_parts_of_a_foreign_file_by_name(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file, out = foreign_midi(tmp_path / "scale.mid"), tmp_path / "out"
    assert compose("refine", file, "--refine-parts", "channel 1", "--out", out).code == 0
    result = compose("refine", file, "--refine-parts", "piano, violin", "--out", out)
    assert 'no part of this piece is "violin"' in result.err
    message = compose("refine", file, "--refine-parts", "chanel-1", "--out", out).refused()
    assert "refine-parts" in message and 'did you mean "channel-1"' in message


@needs_fluidsynth
def test_another_soundfont_is_refined_with_a_warning(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    from composer.rendering.soundfont import resolve

    font = tmp_path / "Mine.sf2"
    font.symlink_to(resolve("TimGM6mb").path)
    file = foreign_midi(tmp_path / "scale.mid")
    result = compose("refine", file, "--soundfont", font, "--out", tmp_path / "out")
    assert result.code == 0
    assert "trained on TimGM6mb, and may suit Mine less" in result.err
    assert len(refiner.asked) == 1


def test_the_builtin_synthesiser_stays_dry(
    compose: Compose, tmp_path: Path, no_weights: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COMPOSER_SYNTH", "builtin")
    result = compose(*SHORT, "--refine", "--out", tmp_path / "wet")
    assert result.code == 0 and "not that of the built-in synthesiser" in result.err
    assert compose(*SHORT, "--out", tmp_path / "dry").code == 0
    mixes = [(tmp_path / name / "mix.wav").read_bytes() for name in ("wet", "dry")]
    assert mixes[0] == mixes[1]


@pytest.mark.parametrize(("suffix", "channels"), [("wav", 1), ("wav", 2), ("flac", 2), ("ogg", 1)])
def test_refine_a_recording(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner, suffix: str, channels: int
) -> None:
    file = recording(tmp_path / f"solo.{suffix}", channels=channels)
    out = tmp_path / "out"
    result = compose("refine", file, "--program", "violin", "--wet", 0.9, "--out", out)
    assert result.code == 0 and result.err == "", result.err
    written = out / "solo-refined.wav"
    assert sorted(out.iterdir()) == [out / "solo-refined.refining.json", written]
    before, after = (soundfile.read(path, always_2d=True)[0] for path in (file, written))
    assert after.shape == before.shape
    assert np.abs(after + 0.8 * before).max() < 1e-4
    ((part, wet, _),) = refiner.asked
    assert (part.program, part.drums, part.notes, wet) == (40, False, None, 0.9)
    assert json.loads((out / "solo-refined.refining.json").read_text())["stems"][0]["program"] == 40


@pytest.mark.parametrize(
    ("program", "number", "drums"),
    [
        ("40", 40, False),
        ("Acoustic Grand Piano", 0, False),
        ("drums", 0, True),
        ("127", 127, False),
    ],
)
def test_programs_by_name_and_number(
    compose: Compose,
    tmp_path: Path,
    refiner: FakeRefiner,
    program: str,
    number: int,
    drums: bool,
) -> None:
    file = recording(tmp_path / "solo.wav")
    out = tmp_path / "other" / "new.flac"
    data = json.loads(compose("refine", file, "--program", program, "--json", "--out", out).out)
    assert data["files"] == [str(out), str(out.with_suffix(".refining.json"))]
    assert soundfile.info(out).format == "FLAC"
    ((part, _, _),) = refiner.asked
    assert (part.program, part.drums) == (number, drums)
    assert data["refining"]["stems"][0]["why"] == ("drums were not trained" if drums else "")


def test_a_recording_without_strength_is_the_same(
    compose: Compose, tmp_path: Path, no_weights: None
) -> None:
    soundfile.write(tmp_path / "a.wav", np.arange(-500, 500) / 1000, RATE, subtype="PCM_24")
    out = tmp_path / "b.wav"
    flags = ("--program", "40", "--wet", 0, "--out", out)
    assert compose("refine", tmp_path / "a.wav", *flags).code == 0
    first, second = (soundfile.read(p, dtype="int32")[0] for p in (tmp_path / "a.wav", out))
    assert np.array_equal(first, second)


def test_what_would_clip_is_turned_down(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    file = recording(tmp_path / "loud.wav", peak=2.0)
    result = compose("refine", file, "--program", "piano", "--out", tmp_path / "new.wav")
    assert result.code == 0 and "turned down by 7.0 dB" in result.err
    samples, _ = soundfile.read(tmp_path / "new.wav")
    assert 0.85 < np.abs(samples).max() < 0.95


def test_ctrl_c_leaves_nothing(compose: Compose, tmp_path: Path, refiner: FakeRefiner) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    refiner.at_work = stop
    file = recording(tmp_path / "solo.wav")
    result = compose("refine", file, "--program", "piano", "--out", tmp_path / "out")
    assert result.code == 130 and "nothing was written" in result.err
    assert not (tmp_path / "out").exists()


@needs_fluidsynth
def test_ctrl_c_during_a_piece_leaves_nothing(
    compose: Compose, tmp_path: Path, refiner: FakeRefiner
) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    refiner.at_work = stop
    file = foreign_midi(tmp_path / "scale.mid")
    assert compose("refine", file, "--out", tmp_path / "out").code == 130
    assert not (tmp_path / "out").exists()


def test_the_refiner_is_opened_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from composer.refining.refiner import Refiner

    opened: list[object] = []

    def load(folder: object, *, threads: int) -> FakeRefiner:
        opened.append((folder, threads))
        return FakeRefiner()

    monkeypatch.setattr(Refiner, "load", load)
    stems_module.open_refiner.cache_clear()
    assert stems_module.open_refiner() is stems_module.open_refiner()
    stems_module.open_refiner.cache_clear()
    assert opened == [(None, 1)]

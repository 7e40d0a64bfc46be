"""The command reads annotated music as it lies in the packs, and writes what it measured."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from composer import Brief, compose
from composer.evaluating.detector_data import read_detectors
from composer.evaluating.detectors import DetectedKey
from composer.evaluating.melody_heard import MELODY_FEATURES
from composer.evaluating.meter_heard import KINDS
from composer.midi.encode import encode
from composer.training.detector_truth import read_lakh, read_pop909
from composer.training.fit_detectors import (
    fit_melody,
    fit_meter,
    folds_of,
    say_melody,
    say_meter,
)
from composer.training.measure_detectors import main, mirex_score

TEMPO = 120.0


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six songs of our own, dressed as songs of POP909 and files of Lakh."""
    folder = tmp_path_factory.mktemp("corpora")
    _write_pop909(folder / "pop909")
    _write_lakh(folder / "lakh-verified")
    return folder


def _write_pop909(pack: Path) -> None:
    for number in range(1, 4):
        name = f"{number:03}"
        home, structure = pack / "POP909" / name, pack / "structure" / "POP909" / name
        home.mkdir(parents=True)
        structure.mkdir(parents=True)
        brief = Brief(
            key="C", bars=8, tempo=TEMPO, style="pop", seed=number, chords="C | F | G | C"
        )
        (home / f"{name}.mid").write_bytes(_called(brief, "MELODY"))
        beat = 60.0 / TEMPO
        beats = [f"{n * beat} {int(n % 2 == 0)}.0 {int(n % 4 == 0)}.0" for n in range(40)]
        (home / "beat_midi.txt").write_text("\n".join(beats), encoding="utf-8")
        labels = ("C:maj", "F:maj", "G:maj", "C:maj") * 2
        chords = [f"{4 * n * beat}\t{4 * (n + 1) * beat}\t{c}" for n, c in enumerate(labels)]
        (home / "chord_midi.txt").write_text("\n".join(chords), encoding="utf-8")
        (home / "key_audio.txt").write_text("0.0\t16.0\tC:maj\n", encoding="utf-8")
        (structure / "analyzed_key.txt").write_text("C:maj\n", encoding="utf-8")


def _called(brief: Brief, melody: str) -> bytes:
    """A piece as a MIDI file in which the melody's track is called so."""
    performance = compose(replace(brief, writer="rules")).performance
    tracks = (
        replace(track, name=melody) if track.role == "melody" else track
        for track in performance.tracks
    )
    return encode(replace(performance, tracks=tuple(tracks)))


def _write_lakh(pack: Path) -> None:
    rows = ["md5\tcluster\tsplit"]
    for number, (key, meter) in enumerate((("D", "4/4"), ("G", "3/4"), ("C", "6/8"))):
        md5 = f"{number}" * 32
        brief = Brief(key=key, bars=8, style="classical", time_signature=meter, seed=number)
        (pack / md5[0]).mkdir(parents=True)
        (pack / md5[0] / f"{md5}.mid").write_bytes(_called(brief, "Melody"))
        rows.append(f"{md5}\tc{number}\ttrain")
    rows.append(f"{'f' * 32}\tmissing\ttrain")
    (pack / "index.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_pop909_lies_on_its_beats(corpora: Path) -> None:
    songs = list(read_pop909(corpora / "pop909"))

    assert [song.group for song in songs] == ["001", "002", "003"]
    for song in songs:
        assert song.key == (0, False)
        assert song.meter == (4, 4) and song.window.bars == 8
        assert song.chords is not None and len(song.chords) == 16
        assert [chord.root for chord in song.chords[:8] if chord] == [0, 0, 5, 5, 7, 7, 0, 0]


def test_lakh_says_key_meter_and_names(corpora: Path) -> None:
    songs = list(read_lakh(corpora / "lakh-verified"))

    assert [song.key for song in songs] == [(2, False), (7, False), None]  # C is the default
    assert [song.meter for song in songs] == [(4, 4), (3, 4), (6, 8)]
    melodies = [song.window.parts[song.melody].name for song in songs if song.melody is not None]
    assert melodies == ["Melody"] * 3


def test_the_command_writes_what_the_detectors_read(corpora: Path, tmp_path: Path) -> None:
    out = tmp_path / "data" / "detectors.json"
    arguments = ["--corpora", str(corpora), "--out", str(out), "--date", "2026-01-31"]

    assert main(arguments) == 0
    first = out.read_bytes()
    assert main(arguments) == 0
    assert out.read_bytes() == first
    found = json.loads(first)
    assert set(found["accuracy"]) == {"key", "chords", "meter", "melody", "bass"}
    assert found["accuracy"]["key"]["right"] == 1.0
    assert found["accuracy"]["chords"]["right"] > 0.7
    assert found["measured_on"] == "2026-01-31"
    assert np.array(found["meter"]["weights"]).shape[0] == len(KINDS)
    assert len(found["melody"]["weights"]) == len(MELODY_FEATURES)


def test_a_missing_pack_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--corpora", str(tmp_path), "--out", str(tmp_path / "x.json")]) == 2
    message = capsys.readouterr().err
    assert "pop909" in message and message.count("\n") == 1


def test_what_is_shipped_fits_the_code() -> None:
    shipped = read_detectors()

    assert shipped["melody"]["features"] == list(MELODY_FEATURES)
    assert len(shipped["meter"]["weights"]) == len(KINDS)
    assert shipped["accuracy"]["chords"]["root"] > 0.9


@pytest.mark.parametrize(
    ("tonic", "minor", "heard", "score"),
    [
        (0, False, (0, False), 1.0),
        (0, False, (7, False), 0.5),
        (0, False, (5, False), 0.5),
        (0, False, (9, True), 0.3),
        (9, True, (0, False), 0.3),
        (0, False, (0, True), 0.2),
        (0, False, (2, False), 0.0),
        (0, True, (9, True), 0.0),
    ],
)
def test_mirex_scores(tonic: int, minor: bool, heard: tuple[int, bool], score: float) -> None:
    assert mirex_score(tonic, minor, DetectedKey(*heard, 0.9, 0.1)) == score
    assert mirex_score(tonic, minor, None) == 0.0


def test_meter_fit_separates_what_can_be() -> None:
    rng = np.random.default_rng(0)
    kinds = np.repeat([0, 1, 2], (60, 12, 8))
    features = rng.normal(size=(80, 5)) * 0.1
    features[np.arange(80), kinds] += 1.0

    assert (say_meter(fit_meter(features, kinds, 3), features) == kinds).all()


def test_melody_fit_finds_the_telling_feature() -> None:
    rng = np.random.default_rng(0)
    choices = [rng.normal(size=(rng.integers(2, 6), 4)) for _ in range(60)]
    chosen = [int(one[:, 2].argmax()) for one in choices]
    fitted = fit_melody(choices, chosen, np.ones(60))

    assert abs(fitted["weights"]).argmax() == 2
    right = [say_melody(fitted, one) == n for one, n in zip(choices, chosen, strict=True)]
    assert np.mean(right) > 0.9


def test_folds_keep_groups_together() -> None:
    folds = folds_of([f"g{n % 7}" for n in range(70)])

    assert all(len(set(folds[n::7])) == 1 for n in range(7))
    assert set(folds) == set(range(5))

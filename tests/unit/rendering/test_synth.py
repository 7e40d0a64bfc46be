"""What holds for every synthesiser, and how one is chosen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from composer.errors import BriefError, SoundFontError
from composer.music.audio import Audio
from composer.music.performance import ControlChange, Performance, PlayedNote, Track
from composer.rendering import synth as synth_module
from composer.rendering.builtin import BuiltinSynth
from composer.rendering.soundfont import resolve
from composer.rendering.stems import stem_names
from composer.rendering.synth import Synth, choose_synth, fluid_available

needs_fluidsynth = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")
Piece = Callable[..., Performance]


def level_db(samples: np.ndarray) -> float:
    return 10 * float(np.log10(np.mean(np.square(samples.astype(float))) + 1e-20))


def onset_seconds(audio: Audio, threshold: float = 0.1) -> float:
    loud = np.abs(audio.samples).max(axis=0)
    return int(np.argmax(loud > threshold * loud.max())) / audio.sample_rate


def pitch_hz(audio: Audio, start: float, end: float) -> float:
    """The strongest frequency in a stretch."""
    part = audio.samples[:, int(start * audio.sample_rate) : int(end * audio.sample_rate)].sum(0)
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), 1 << 18))
    return float(np.argmax(spectrum)) * audio.sample_rate / (1 << 18)


def one_note(piece: Piece, pitch: int = 69, velocity: int = 90, **track: object) -> Performance:
    note = PlayedNote(480, pitch, 960, velocity)
    base = Track("part", "melody", 0, 73, 0, (note,), ())
    return piece(replace(base, **track))  # type: ignore[arg-type]


def only(synth: Synth, performance: Performance) -> Audio:
    (audio,) = synth.render_stems(performance).values()
    return audio


@pytest.mark.parametrize("sample_rate", [44_100, 48_000])
def test_stems_are_stereo_of_one_length_and_sound(
    synth: Synth, band: Performance, sample_rate: int
) -> None:
    stems = synth.render_stems(band, sample_rate=sample_rate)
    assert list(stems) == ["flute", "bass", "drums"]
    assert len({audio.frames for audio in stems.values()}) == 1
    for audio in stems.values():
        assert audio.samples.shape[0] == 2
        assert audio.sample_rate == sample_rate
        assert 4.05 < audio.seconds <= 10.01
        assert 0.01 < np.abs(audio.samples).max() < 1.5
        assert np.isfinite(audio.samples).all()


def test_the_tail_rings_out_without_a_click(synth: Synth, band: Performance) -> None:
    for audio in synth.render_stems(band).values():
        peak = np.abs(audio.samples).max()
        last = audio.samples[:, -audio.sample_rate // 20 :]
        assert (audio.samples[:, -1] == 0).all()
        assert np.abs(last).max() < 1e-3 * peak
        assert level_db(audio.samples[:, 4 * 44_100 : 4 * 44_100 + 4410]) > level_db(last)


def test_notes_begin_when_they_should(synth: Synth, piece: Piece) -> None:
    drums = one_note(piece, 38, channel=9, program=0)
    assert onset_seconds(only(synth, drums)) == pytest.approx(0.5, abs=0.012)
    piano = one_note(piece, program=0)
    assert onset_seconds(only(synth, piano)) == pytest.approx(0.5, abs=0.03)


def test_nothing_sounds_before_the_first_note(synth: Synth, piece: Piece) -> None:
    audio = only(synth, one_note(piece))
    assert np.abs(audio.samples[:, : int(0.49 * 44_100)]).max() < 1e-4


@pytest.mark.parametrize(("pitch", "hertz"), [(69, 440.0), (60, 261.63), (81, 880.0)])
def test_notes_have_their_pitch(synth: Synth, piece: Piece, pitch: int, hertz: float) -> None:
    found = pitch_hz(only(synth, one_note(piece, pitch)), 0.6, 1.4)
    assert min(abs(12 * np.log2(found / hertz / octave)) for octave in (0.5, 1, 2, 3)) < 0.3


def test_louder_notes_are_louder(synth: Synth, piece: Piece) -> None:
    levels = [level_db(only(synth, one_note(piece, 69, v)).samples) for v in (30, 70, 120)]
    assert levels[0] + 3 < levels[1]
    assert levels[1] + 3 < levels[2]


def test_volume_and_expression_turn_down(synth: Synth, piece: Piece) -> None:
    full = level_db(only(synth, one_note(piece)).samples)
    for controller in (7, 11):
        soft = one_note(piece, controls=(ControlChange(0, controller, 40),))
        assert level_db(only(synth, soft).samples) < full - 6


def test_pan_moves_left_and_right(synth: Synth, piece: Piece) -> None:
    for value, louder, softer in ((0, 0, 1), (127, 1, 0)):
        audio = only(synth, one_note(piece, controls=(ControlChange(0, 10, value),)))
        assert level_db(audio.samples[louder]) > level_db(audio.samples[softer]) + 6


def test_the_pedal_holds_notes(synth: Synth, piece: Piece) -> None:
    dry = one_note(piece, program=0)
    pedal = (ControlChange(0, 64, 127), ControlChange(480 * 7, 64, 0))
    held = one_note(piece, program=0, controls=pedal)
    after = np.s_[:, int(2.5 * 44_100) : 3 * 44_100]
    late = [level_db(only(synth, p).samples[after]) for p in (dry, held)]
    assert late[1] > late[0] + 10


def test_an_empty_part_is_silent_and_as_long(synth: Synth, piece: Piece) -> None:
    note = (PlayedNote(0, 60, 480, 90),)
    two = piece(Track("a", "", 0, 0, 0, note, ()), Track("b", "", 1, 0, 0, (), ()))
    stems = synth.render_stems(two)
    assert not stems["b"].samples.any()
    assert stems["a"].frames == stems["b"].frames


def test_a_piece_without_parts_has_no_stems(synth: Synth, piece: Piece) -> None:
    assert not synth.render_stems(piece())


def test_every_program_and_drum_key_can_be_played(synth: Synth, piece: Piece) -> None:
    note = (PlayedNote(0, 60, 240, 90),)
    tracks = [Track(f"p{p}", "", 0, p, 0, note, ()) for p in range(0, 120, 7)]
    keys = tuple(PlayedNote(12 * i, key, 30, 90) for i, key in enumerate(range(27, 88)))
    stems = synth.render_stems(piece(*tracks, Track("kit", "", 9, 0, 0, keys, ()), quarters=2))
    for name, audio in stems.items():
        assert np.abs(audio.samples).max() > 1e-3, name


def test_a_stem_does_not_depend_on_its_neighbours(synth: Synth, band: Performance) -> None:
    together = synth.render_stems(band)["bass"].samples
    alone = only(synth, replace(band, tracks=(band.tracks[1],))).samples
    # Not the last fade: stems end together, where the last of them has rung out.
    frames = min(together.shape[1], alone.shape[1]) - 44_100 // 10
    assert np.array_equal(together[:, :frames], alone[:, :frames])


def test_the_same_performance_gives_the_same_samples(synth: Synth, band: Performance) -> None:
    first, second = (synth.render_stems(band) for _ in range(2))
    assert all(np.array_equal(first[n].samples, second[n].samples) for n in first)


def test_progress_goes_up_to_one(synth: Synth, band: Performance) -> None:
    shares: list[float] = []
    synth.render_stems(band, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_an_error_in_the_progress_ends_the_work(synth: Synth, band: Performance) -> None:
    def stop(_: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        synth.render_stems(band, progress=stop)


def test_names_are_made_unique(piece: Piece) -> None:
    tracks = [Track(name, "", 0, 0, 0, (), ()) for name in ("a", "a", "", "a 2", " ")]
    assert stem_names(piece(*tracks)) == ("a", "a 2", "track 3", "a 2 2", "track 5")


def test_without_the_library_the_built_in_one_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synth_module, "fluid_available", lambda: False)
    choice = choose_synth()
    assert isinstance(choice.synth, BuiltinSynth)
    assert choice.warning is not None
    assert "install" in choice.warning
    monkeypatch.setenv("COMPOSER_SYNTH", "fluidsynth")
    with pytest.raises(BriefError, match="install"):
        choose_synth()


def test_an_unknown_synthesiser_or_soundfont_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SoundFontError):
        choose_synth("no such font")
    monkeypatch.setenv("COMPOSER_SYNTH", "fluid")
    with pytest.raises(BriefError, match='did you mean "fluidsynth"'):
        choose_synth()


@needs_fluidsynth
def test_fluidsynth_is_the_first_choice_and_says_nothing(
    band: Performance, capfd: pytest.CaptureFixture[str]
) -> None:
    choice = choose_synth()
    assert choice.warning is None
    assert choice.synth.name.startswith("FluidSynth 2")
    choice.synth.render_stems(band)
    assert capfd.readouterr() == ("", "")


@needs_fluidsynth
def test_a_font_that_fluidsynth_cannot_read_is_named(
    band: Performance, tmp_path: object, tiny_soundfont: bytes
) -> None:
    from composer.rendering.fluid import FluidSynth

    font = resolve()
    path = font.path.__class__(str(tmp_path)) / "hollow.sf2"
    path.write_bytes(tiny_soundfont)
    with pytest.raises(SoundFontError, match="hollow"):
        FluidSynth(replace(font, path=path)).render_stems(band)


_LONG_RENDER = """
import sys
from composer.music.performance import *
from composer.rendering.synth import choose_synth
notes = tuple(PlayedNote(i * 60, 40 + i % 50, 600, 90) for i in range(20000))
tracks = tuple(Track(str(i), "", i % 9, 48, 0, notes, ()) for i in range(4))
piece = Performance("", 1300000, (TempoChange(0, 500000),), (), (), (), tracks)
synth = choose_synth().synth
print("ready", flush=True)
try:
    synth.render_stems(piece)
except KeyboardInterrupt:
    sys.exit(130)
"""


@needs_fluidsynth
@pytest.mark.skipif(os.name != "posix", reason="sends a POSIX signal")
def test_ctrl_c_stops_rendering_soon() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _LONG_RENDER], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        assert process.wait(timeout=30) == 130
    assert time.monotonic() - began < 5

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from composer.music.performance import (
    ControlChange,
    MeterChange,
    Performance,
    PlayedNote,
    TempoChange,
    Track,
)
from composer.rendering.synth import Synth, choose_synth, fluid_available

Piece = Callable[..., Performance]
needs_fluidsynth = pytest.mark.skipif(not fluid_available(), reason="libfluidsynth is not there")


@pytest.fixture(params=["builtin", pytest.param("fluidsynth", marks=needs_fluidsynth)])
def synth(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Synth:
    monkeypatch.setenv("COMPOSER_SYNTH", request.param)
    return choose_synth().synth


@pytest.fixture
def piece() -> Piece:
    """Makes a piece at 120 quarters a minute out of tracks."""

    def make(*tracks: Track, quarters: int = 8) -> Performance:
        tempos, meters = (TempoChange(0, 500_000),), (MeterChange(0, 4, 4),)
        return Performance("test", quarters * 480, tempos, meters, (), (), tracks)

    return make


@pytest.fixture
def band(piece: Piece) -> Performance:
    """Flute, bass and drums for four seconds."""
    flute = tuple(PlayedNote(i * 480, 72 + i % 5, 460, 90) for i in range(8))
    bass = tuple(PlayedNote(i * 960, 36 + i, 900, 100) for i in range(4))
    beats = tuple(PlayedNote(i * 480, 36 if i % 2 == 0 else 38, 60, 100) for i in range(8))
    return piece(
        Track("flute", "melody", 0, 73, 0, flute, (ControlChange(0, 10, 40),)),
        Track("bass", "bass", 1, 33, 0, bass, ()),
        Track("drums", "drums", 9, 0, 0, beats, ()),
    )


@pytest.fixture
def tiny_soundfont() -> bytes:
    """The chunks of a SoundFont without a sound in it."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return name + len(data).to_bytes(4, "little") + data

    records = {"phdr": 38, "pbag": 4, "pmod": 10, "pgen": 4, "inst": 22}
    records |= {"ibag": 4, "imod": 10, "igen": 4, "shdr": 46}
    presets = b"".join(chunk(name.encode(), bytes(size)) for name, size in records.items())
    lists = (b"INFO", b"sdta", b"pdta" + presets)
    return chunk(b"RIFF", b"sfbk" + b"".join(chunk(b"LIST", part) for part in lists))


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on what the machine's user has set or stored."""
    monkeypatch.delenv("COMPOSER_SOUNDFONTS", raising=False)
    monkeypatch.delenv("COMPOSER_SYNTH", raising=False)
    monkeypatch.setattr("composer.rendering.soundfont.user_folder", lambda: tmp_path / "user")

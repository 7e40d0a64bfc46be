from __future__ import annotations

import io
import time
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image

from composer.exporting.picture_colours import part_colours
from composer.exporting.picture_layout import KIT, kit_piece, lay_out
from composer.exporting.pictures import draw_piano_roll
from composer.music.plan import ChordSpan, PartPlan, Section
from composer.music.score import Note, Part, Score
from composer.theory.chord import Chord, ChordQuality
from composer.theory.instruments import Instrument
from composer.theory.key import Key
from composer.theory.meter import parse_meter
from composer.theory.pitch import nearest_spelling, parse_pitch_class, spell
from composer.theory.scale import Scale

C = parse_pitch_class("C")
MAJOR = Scale("major", (0, 2, 4, -1, 1, 3, 5), "major", 0)
TRIAD = ChordQuality("maj", "", "", (0, 4, 1), (4,), (), False)


def part(name: str, role: str, pitches: list[int], quarters: Fraction) -> Part:
    family = "drums" if role == "drums" else "keys"
    player = Instrument("grand-piano", 0, 0, 127, family, False, 8, (role,))
    notes = tuple(
        Note(Fraction(i), Fraction(1), spell(p, nearest_spelling(p, 0)), 30 + i % 90)
        for i, p in enumerate(pitches * int(quarters / len(pitches) + 1))
        if i < quarters
    )
    return Part(PartPlan(name, role, player, False, 0, 0), notes)


def score(bars: int, meter: str = "4/4", parts: int = 3) -> Score:
    beat = parse_meter(meter)
    length = beat.bar_quarters * bars
    made = [
        part("lead", "melody", [72, 76, 79], length),
        part("keys", "melody", [60, 64], length),
        part("kit", "drums", [36, 42, 38, 42, 49, 3], length),
    ]
    chords = tuple(
        ChordSpan(beat.bar_quarters * i, beat.bar_quarters, Chord(C, TRIAD, C), "I", Key(C, MAJOR))
        for i in range(bars)
    )
    half = bars // 2
    sections = tuple(
        Section(name, name, name, 0, start, size, energy, ())
        for name, start, size, energy in (("verse", 0, half, 0.4), ("odd", half, bars - half, 1.0))
        if size
    )
    return Score("A title", Key(C, MAJOR), beat, 96.5, bars, tuple(made[:parts]), chords, sections)


def picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


@pytest.mark.parametrize(("bars", "meter"), [(1, "4/4"), (7, "6/8"), (31, "5/4"), (32, "12/8")])
def test_a_piece_of_any_length_is_drawn(bars: int, meter: str) -> None:
    data = draw_piano_roll(score(bars, meter), [i / bars for i in range(bars)])
    image = picture(data)
    assert image.format == "PNG"
    assert image.width == 1800
    assert 200 < image.height < 2000


def test_the_longest_piece_is_drawn_soon_and_stays_small() -> None:
    piece = score(1024)
    began = time.perf_counter()
    data = draw_piano_roll(piece)
    assert time.perf_counter() - began < 6, "3 s on an idle machine"
    assert picture(data).height < 12_000
    assert len(data) < 4_000_000


def test_the_same_score_gives_the_same_bytes() -> None:
    assert draw_piano_roll(score(8)) == draw_piano_roll(score(8))


def test_a_score_without_parts_or_sections_is_drawn() -> None:
    assert picture(draw_piano_roll(score(1, parts=0))).width == 1800
    assert picture(draw_piano_roll(score(1))).width == 1800


def test_every_note_leaves_its_colour_where_it_belongs() -> None:
    piece = score(16)
    layout = lay_out(piece, with_energy=False)
    pixels = np.asarray(picture(draw_piano_roll(piece)).convert("RGB")).astype(int)
    for lane in layout.lanes:
        for note in lane.part.notes:
            x = round(layout.x(0, note.onset_quarters)) + 2
            y = layout.top(0) + round(lane.y(note.pitch.midi) + lane.step / 2)
            assert pixels[y, x].max() > 70, (lane.part.plan.name, note)


def test_a_note_goes_on_in_the_next_system() -> None:
    piece = score(32)
    long = Note(Fraction(60), Fraction(8), spell(72, C), 127)
    held = Part(piece.parts[0].plan, (long,))
    piece = Score(
        piece.title, piece.key, piece.meter, 120, 32, (held,), piece.chords, piece.sections
    )
    layout = lay_out(piece, with_energy=False)
    pixels = np.asarray(picture(draw_piano_roll(piece)).convert("RGB")).astype(int)
    (lane,) = layout.lanes
    for system, bar in ((0, 15), (1, 16)):
        x = round(layout.x(system, bar * 4 + 2))
        y = layout.top(system) + round(lane.y(72)) + 1
        assert pixels[y, x - 5].max() > 150


def test_parts_have_colours_of_their_own() -> None:
    parts = [part(f"p{i}", "melody", [60], Fraction(1)) for i in range(9)]
    assert len(set(part_colours(parts).values())) == 9


def test_every_drum_key_has_a_row() -> None:
    rows = {name for name, _ in KIT} | {"other"}
    assert {kit_piece(key) for key in range(128)} == rows

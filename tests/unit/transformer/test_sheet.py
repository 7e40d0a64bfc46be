from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from composer.music.brief import Brief
from composer.music.plan import Plan
from composer.theory.pitch import PitchClass, spell
from composer.transformer.cells import CellNote, decode_cell
from composer.transformer.conditions import ROLES, chord_token
from composer.transformer.hints import told_parts
from composer.transformer.sheet import Sheet, is_minor, quality_of, sheet_of
from tests.laws.pieces import Piece, compose
from tests.strategies import rules


def sheet(piece: Piece) -> Sheet:
    names = told_parts(piece.plan.parts, frozenset())
    return sheet_of(piece.plan, piece.score, 8, names)


def plan_of(key: str) -> Plan:
    return compose(Brief(key=key, bars=2, style="pop")).plan


def test_keys_that_are_a_transposition_apart_give_the_same_sheet() -> None:
    numerals = "I | vi | IV | V"
    home = sheet(compose(Brief(key="C", style="pop", chords=numerals, seed=2)))
    away = sheet(compose(Brief(key="E", style="pop", chords=numerals, seed=2)))
    assert set(home.shifts) == {0}
    assert set(away.shifts) == {-4}
    assert (home.tables.bars == away.tables.bars).all()
    assert (home.tables.parts[:, :2] == away.tables.parts[:, :2]).all()


@pytest.mark.parametrize(
    ("key", "minor"),
    [("C major", False), ("D dorian", True), ("G mixolydian", False), ("A harmonic-minor", True)],
)
def test_modes_are_told_by_their_third(key: str, minor: bool) -> None:
    assert is_minor(plan_of(key).key) is minor


def test_chords_stand_in_c_major() -> None:
    piece = compose(Brief(key="D", style="pop", chords="D | Bm7 | G A7 | D", bars=4, seed=1))
    bars = sheet(piece).tables.bars
    assert bars[:, 4].tolist() == [
        chord_token(0, "maj"),
        chord_token(9, "min7"),
        chord_token(5, "maj"),
        chord_token(0, "maj"),
    ]
    assert bars[2, 5] == chord_token(7, "7")


@pytest.mark.parametrize(
    ("tones", "kind"),
    [
        ({0, 4, 7}, "maj"),
        ({0, 3, 6, 10}, "m7b5"),
        ({0, 4, 7, 10, 2}, "7"),
        ({0, 4, 7, 11, 2}, "maj7"),
    ],
)
def test_chords_are_told_as_the_nearest_kind(tones: set[int], kind: str) -> None:
    assert quality_of(frozenset(tones)) == kind


def test_cells_hold_the_notes_of_the_draft() -> None:
    piece = compose(Brief(key="C", bars=4, style="rock", seed=3))
    made = sheet(piece)
    for number, part in enumerate(made.parts):
        for bar, notes in part.notes.items():
            start = piece.plan.meter.bar_quarters * bar
            expected = {
                (made.clock.slot(n.onset_quarters - start), n.pitch.midi)
                for n in notes
                if made.clock.slot(n.onset_quarters - start) < 48
            }
            found: tuple[CellNote, ...] = decode_cell(made.cells[bar, number])
            assert expected <= {(n.position, n.pitch) for n in found}


def test_parts_stand_in_the_order_of_their_roles() -> None:
    made = sheet(compose(Brief(key="C", bars=8, style="pop", seed=5)))
    roles = [part.role for part in made.parts]
    assert roles == sorted(roles)
    assert {ROLES[role] for role in roles} >= {"drums", "bass", "melody", "comping"}


def test_doublings_of_the_tune_are_not_told() -> None:
    parts = ("melody=flute", "melody=violin", "bass", "comping=piano")
    piece = compose(Brief(key="C", bars=4, style="pop", parts=parts))
    assert sum(ROLES[part.role] == "melody" for part in sheet(piece).parts) == 1


def modulated(piece: Piece, key: str, bar: int) -> Piece:
    """The piece with its chords from a bar on said to be in another key."""
    start = piece.plan.meter.bar_quarters * bar
    chords = tuple(
        replace(span, key=rules().key(key)) if span.onset_quarters >= start else span
        for span in piece.plan.chords
    )
    return replace(piece, plan=replace(piece.plan, chords=chords))


@pytest.mark.parametrize(
    ("home", "away", "shifts"),
    [
        ("C", "D", (0, -2)),
        ("F", "F#", (-5, -6)),
        ("F#", "G", (6, 5)),
        ("C", "A minor", (0, 0)),
        ("C", "C minor", (0, -3)),
        ("B", "C", (1, 0)),
    ],
)
def test_every_bar_moves_from_its_own_key(home: str, away: str, shifts: tuple[int, int]) -> None:
    piece = compose(Brief(key=home, style="pop", chords="I | IV | I | IV", bars=4, seed=2))
    made = sheet(modulated(piece, away, 2))
    assert made.shifts == (shifts[0], shifts[0], shifts[1], shifts[1])
    minor = np.broadcast_to(made.tables.minor, 4).tolist()
    assert minor == [0, 0, *[int("minor" in away)] * 2]


def test_what_comes_again_in_another_key_is_the_same_to_the_model() -> None:
    piece = compose(Brief(key="C", style="pop", chords="C | C | D | D", bars=4, seed=2))
    made = sheet(modulated(piece, "D", 2))
    assert made.tables.bars[0, 4] == made.tables.bars[2, 4] == chord_token(0, "maj")
    tune = next(n for n, part in enumerate(made.parts) if ROLES[part.role] == "melody")
    first = made.parts[tune].notes.get(0) or made.parts[tune].notes[1]
    bar = 0 if 0 in made.parts[tune].notes else 1
    moved = tuple(
        replace(
            note,
            onset_quarters=note.onset_quarters + 8,
            pitch=spell(note.pitch.midi + 2, PitchClass((note.pitch.midi + 2) * 7 % 12)),
        )
        for note in first
    )
    assert made.encoded(moved, bar + 2, tune) == made.encoded(first, bar, tune)

from __future__ import annotations

from composer.transformer.cells import CellNote, encode_cell
from composer.transformer.conditions import ROLES
from composer.transformer.sampling import Candidate
from composer.transformer.worth import outer_worth, tune_worth, worth

ROLES_OF_PARTS = [ROLES.index("bass"), ROLES.index("melody")]


def line(*pitches: int, step: int = 12) -> list[CellNote]:
    return [CellNote(step * i, step, pitch) for i, pitch in enumerate(pitches)]


def candidate(likelihood: float, tune: list[CellNote], tokens: int = 100) -> Candidate:
    cells = {(0, 1): tuple(encode_cell(tune, drums=False))}
    return Candidate(cells, likelihood * tokens, tokens)


def test_the_likelier_is_better() -> None:
    tune = line(60, 62, 64, 62)
    likely, unlikely = candidate(-1.0, tune), candidate(-1.2, tune)
    assert worth(likely, ROLES_OF_PARTS) > worth(unlikely, ROLES_OF_PARTS)


def test_cells_come_before_likelihood() -> None:
    whole = candidate(-3.0, line(60, 62))
    whole.cells[1, 1] = whole.cells[0, 1]
    assert worth(whole, ROLES_OF_PARTS) > worth(candidate(-1.0, line(60, 62)), ROLES_OF_PARTS)


def test_one_repeated_pitch_is_worse_than_a_line() -> None:
    assert tune_worth({0: line(60, 60, 60, 60)}) < tune_worth({0: line(60, 62, 64, 62)})


def test_leaps_beyond_the_octave_are_worse() -> None:
    assert tune_worth({0: line(60, 74, 60, 62)}) < tune_worth({0: line(60, 67, 60, 62)})


def test_one_climax_is_better_than_two() -> None:
    assert tune_worth({0: line(60, 64, 62, 60)}) > tune_worth({0: line(60, 64, 62, 64)})


def test_outer_voices_in_parallels_cost() -> None:
    tune = {0: line(72, 74, 76, 77)}
    assert outer_worth(tune, {0: line(48, 50, 52, 53)}) < 0
    assert outer_worth(tune, {0: line(48, 47, 45, 50)}) == 0


def test_silence_is_worth_nothing() -> None:
    assert tune_worth({}) == 0
    assert outer_worth({}, {}) == 0

"""Two small scores, note for note, so that a change of music is seen in review.

``pytest tests/golden --update-golden`` writes them anew; a missing one fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from composer.music.brief import Brief
from tests.golden.dump import dump
from tests.laws.pieces import compose

FOLDER = Path(__file__).parent
BRIEFS = {
    "pop-4-bars": Brief(key="C", bars=4, style="pop", seed=1),
    "classical-4-bars": Brief(key="A minor", bars=4, style="classical", seed=2),
}


@pytest.mark.parametrize("name", BRIEFS)
def test_the_score_is_as_it_was(name: str, pytestconfig: pytest.Config) -> None:
    piece = compose(BRIEFS[name])
    text = dump(piece.plan, piece.score)
    path = FOLDER / f"{name}.txt"
    if pytestconfig.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    if not path.is_file():
        pytest.fail(f"{path.name} is missing; write it with --update-golden and read it")
    assert text == path.read_text(encoding="utf-8")


def test_no_golden_file_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} <= set(BRIEFS)


def test_a_dump_tells_scores_apart() -> None:
    one, two = (compose(Brief(key="C", bars=4, style="pop", seed=seed)) for seed in (1, 2))
    assert dump(one.plan, one.score) != dump(two.plan, two.score)
    assert dump(one.plan, one.score) == dump(one.plan, one.score)

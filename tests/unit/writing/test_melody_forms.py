"""How the bars of phrases relate."""

from __future__ import annotations

import numpy as np
import pytest

from composer.rulebook.style_melody import PHRASES
from composer.writing.melody_forms import phrase_signs, with_call


@pytest.mark.parametrize("form", PHRASES)
@pytest.mark.parametrize("bars", range(1, 20))
def test_a_phrase_has_a_sign_a_bar(form: str, bars: int) -> None:
    for seed in range(12):
        signs = phrase_signs(form, bars, 0.3, 0.5, np.random.default_rng(seed))
        assert len(signs) == bars
        assert set(signs) <= set("msifvngodrce")
        assert signs[0] != "r"
        assert "rr" not in signs


def test_a_period_says_its_idea_twice_a_sentence_its_sequence_and_fragments() -> None:
    period = {phrase_signs("period", 4, 0, 1, np.random.default_rng(s)) for s in range(60)}
    assert {"mnmc"} <= period
    assert all(signs[0] == "m" and signs[2] in "mo" for signs in period)
    sentence = {phrase_signs("sentence", 8, 0, 1, np.random.default_rng(s)) for s in range(60)}
    assert all(signs[2] == "s" and "f" in signs[4:] for signs in sentence)
    assert all(
        signs.startswith("mm")
        for signs in (phrase_signs("aaba", 4, 0, 1, np.random.default_rng(s)) for s in range(60))
    )


def test_a_riff_is_one_motif() -> None:
    drawn = [phrase_signs("riff", 4, 0, 1, np.random.default_rng(s)) for s in range(60)]
    assert all(signs.count("m") >= 2 for signs in drawn)
    assert "mmmm" in drawn


def test_literal_repetition_grows_with_repeat() -> None:
    def share(repeat: float) -> float:
        drawn = "".join(
            phrase_signs("aaba", 8, 0, repeat, np.random.default_rng(s)) for s in range(100)
        )
        return drawn.count("m") / len(drawn)

    assert share(0.0) < share(0.5) < share(1.0)


def test_a_call_leaves_its_second_half_open() -> None:
    assert with_call("mnmvmnmc") == "mnmcrrrr"
    assert with_call("mnc") == "mnc"

"""Chord chains: constrained sampling is the conditional distribution, and never gets stuck."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from composer.music.seeding import generator
from composer.writing import chains
from composer.writing.chains import START, ChordChain, build_chain
from tests.strategies import rules

TOKENS = [START, "I", "IV", "V", "ii"]
SIZE = len(TOKENS)


def tiny_chain(seed: int) -> ChordChain:
    """A chain with unlike probabilities and forbidden paths, without self-transitions."""
    weights = np.random.default_rng(seed).gamma(0.5, size=(SIZE, SIZE, SIZE))
    weights[:, :, 0] = 0.0
    weights[:, range(SIZE), range(SIZE)] = 0.0
    weights[1, 2, 3] = 0.0  # I IV never goes to V
    return ChordChain(TOKENS, weights / weights.sum(axis=2, keepdims=True))


def by_enumeration(
    chain: ChordChain, length: int, before: Sequence[str], after: Sequence[str], sharpness: float
) -> dict[tuple[str, ...], float]:
    """The conditional distribution, by trying every sequence."""
    weights = {}
    for drawn in product(chain.tokens[1:], repeat=length):
        line = [chain.index[token] for token in (*before, *drawn, *after)]
        steps = zip(line, line[1:], line[2:], strict=False)
        weights[drawn] = float(np.prod([chain.transition[step] for step in steps])) ** sharpness
    total = sum(weights.values())
    return {drawn: weight / total for drawn, weight in weights.items() if weight > 0}


def probability(
    monkeypatch: pytest.MonkeyPatch,
    chain: ChordChain,
    wanted: Sequence[str],
    before: tuple[str, str],
    after: Sequence[str],
    sharpness: float,
) -> float:
    """The probability with which `sample` draws a sequence: the product of what it offers."""
    found = [1.0]
    todo = [chain.index[token] for token in wanted]

    def forced(_rng: object, items: Sequence[int], weights: Iterable[float]) -> int:
        values = list(weights)
        choice = todo.pop(0)
        found.append(values[choice] / sum(values))
        return items[choice]

    with monkeypatch.context() as patch:
        patch.setattr(chains, "pick", forced)
        drawn = chain.sample(len(wanted), before, after, generator(0), sharpness)
    assert drawn == list(wanted)
    return float(np.prod(found))


@pytest.mark.parametrize("after", [(), ("V",), ("IV", "I"), ("V", "I", "IV")])
@pytest.mark.parametrize("sharpness", [1.0, 1.7])
@pytest.mark.parametrize("length", [1, 2, 4])
def test_sampling_is_the_conditional_distribution(
    monkeypatch: pytest.MonkeyPatch, length: int, sharpness: float, after: tuple[str, ...]
) -> None:
    chain = tiny_chain(7)
    before = ("IV", "I")
    # The messages look two tokens ahead, which is all that an order-2 chain can feel.
    expected = by_enumeration(chain, length, before, after[:2], sharpness)
    for drawn, share in expected.items():
        got = probability(monkeypatch, chain, drawn, before, after, sharpness)
        assert got == pytest.approx(share, rel=1e-9)
    assert sum(expected.values()) == pytest.approx(1)


def test_draws_follow_the_distribution() -> None:
    chain = tiny_chain(11)
    expected = by_enumeration(chain, 3, (START, START), ("V", "I"), 1.0)
    rng = generator(3, "chi-square")
    drawn = Counter(tuple(chain.sample(3, (START, START), ("V", "I"), rng)) for _ in range(4000))
    assert set(drawn) <= set(expected)
    common = [line for line in expected if expected[line] * 4000 >= 5]
    rest = 4000 - sum(drawn[line] for line in common)
    counts = [*(drawn[line] for line in common), rest]
    shares = [expected[line] for line in common]
    shares.append(1 - sum(shares))
    if shares[-1] < 1e-12:
        assert counts.pop() == 0 and shares.pop() < 1e-12
    assert chisquare(counts, [share * 4000 for share in shares]).pvalue > 0.001


def test_nothing_is_drawn_for_no_room() -> None:
    assert tiny_chain(1).sample(0, (START, START), ("V", "I"), generator(1)) == []


def test_an_unknown_goal_does_not_constrain(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = tiny_chain(5)
    free = by_enumeration(chain, 2, ("I", "V"), (), 1.0)
    for drawn, share in free.items():
        got = probability(monkeypatch, chain, drawn, ("I", "V"), ("N.C.",), 1.0)
        assert got == pytest.approx(share)


TABLES = ("pop", "rock", "jazz", "classical")


@pytest.mark.parametrize("parent", ["major", "minor"])
@pytest.mark.parametrize("table", TABLES)
def test_learned_chains_are_distributions_without_repeats(table: str, parent: str) -> None:
    progressions = rules().progressions(table)
    tokens = {token: token for token in progressions.unigrams[parent]}
    chain = build_chain(progressions, parent, "any", tokens)
    matrix = chain.transition
    assert (matrix >= 0).all()
    assert np.allclose(matrix.sum(axis=2), 1)
    assert not matrix[:, range(len(chain.tokens)), range(len(chain.tokens))].any()
    assert not matrix[:, :, 0].any()


@settings(max_examples=80)
@given(
    table=st.sampled_from(TABLES),
    parent=st.sampled_from(("major", "minor")),
    length=st.integers(1, 12),
    seed=st.integers(0, 10**6),
    data=st.data(),
)
def test_draws_change_at_every_step_and_lead_into_the_cadence(
    table: str, parent: str, length: int, seed: int, data: st.DataObject
) -> None:
    progressions = rules().progressions(table)
    tokens = {token: token for token in progressions.unigrams[parent]}
    chain = build_chain(progressions, parent, "any", tokens)
    goal = data.draw(st.sampled_from([t for t in ("V", "V7", "IV", "iv", "I") if t in chain.index]))
    last = data.draw(st.sampled_from([START, *list(tokens)[:12]]))
    resolution = "vi" if goal == "I" and parent == "major" else "I" if goal != "I" else "V"
    drawn = chain.sample(length, (START, last), (goal, resolution), generator(seed))
    line = [last, *drawn, goal]
    assert len(drawn) == length
    assert START not in drawn
    assert all(a != b for a, b in pairwise(line))
    places = [chain.index[token] for token in [START, *line]]
    steps = zip(places, places[1:], places[2:], strict=False)
    assert all(chain.transition[step] > 0 for step in steps)

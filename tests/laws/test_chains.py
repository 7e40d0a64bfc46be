"""Chord chains: sampling is the conditional distribution, wishes hold, and time is linear."""

from __future__ import annotations

import time
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
from composer.writing.chains import START, ChordChain, Wishes
from composer.writing.learned_chains import build_chain
from tests.strategies import rules

TOKENS = [START, "I", "IV", "V", "ii"]
SIZE = len(TOKENS)


def tiny_chain(seed: int, sharpness: float = 1.0) -> ChordChain:
    """A chain with unlike probabilities and forbidden paths, without self-transitions."""
    weights = np.random.default_rng(seed).gamma(0.5, size=(SIZE, SIZE, SIZE))
    weights[:, :, 0] = 0.0
    weights[:, range(SIZE), range(SIZE)] = 0.0
    weights[1, 2, 3] = 0.0  # I IV never goes to V
    return ChordChain(TOKENS, weights / weights.sum(axis=2, keepdims=True), sharpness)


def rocks(line: Sequence[object]) -> bool:
    """Whether two chords alternate twice in a row."""
    return any(line[i : i + 2] == line[i + 2 : i + 4] for i in range(len(line) - 3))


def holds(line: Sequence[object], run: Sequence[object]) -> bool:
    """Whether a line contains a run."""
    return any(tuple(line[i : i + len(run)]) == tuple(run) for i in range(len(line)))


def by_enumeration(
    chain: ChordChain, length: int, wishes: Wishes, sharpness: float = 1.0
) -> dict[tuple[str, ...], float]:
    """The conditional distribution, by trying every sequence."""
    weights = {}
    for drawn in product(chain.tokens[1:], repeat=length):
        full = (*wishes.before, *drawn, *wishes.after)
        line = [chain.index[token] for token in full[len(wishes.before) - 2 :]]
        steps = zip(line, line[1:], line[2:], strict=False)
        weight = float(np.prod([chain.transition[step] for step in steps])) ** sharpness
        for place, token in zip(wishes.places, drawn, strict=False):
            weight *= 1.0 if place is None else float(place[chain.index[token]])
        if not wishes.rocking and rocks(full):
            weight = 0.0
        if any(holds(full, run) for run in wishes.forbidden):
            weight = 0.0
        weights[drawn] = weight
    total = sum(weights.values())
    return {drawn: weight / total for drawn, weight in weights.items() if weight > 0}


def probability(
    monkeypatch: pytest.MonkeyPatch, chain: ChordChain, wanted: Sequence[str], wishes: Wishes
) -> float:
    """The probability with which a lattice draws a sequence: the product of what it offers."""
    found = [1.0]
    todo = [chain.index[token] for token in wanted]

    def forced(_rng: object, items: Sequence[int], weights: Iterable[float]) -> int:
        values = list(weights)
        choice = todo.pop(0)
        found.append(values[choice] / sum(values))
        return items[choice]

    with monkeypatch.context() as patch:
        patch.setattr(chains, "pick", forced)
        drawn = chain.lattice(len(wanted), wishes).draw(generator(0))
    assert drawn == list(wanted)
    return float(np.prod(found))


@pytest.mark.parametrize("after", [(), ("V",), ("IV", "I"), ("V", "I", "IV")])
@pytest.mark.parametrize("sharpness", [1.0, 1.7])
@pytest.mark.parametrize("length", [1, 2, 4])
def test_sampling_is_the_conditional_distribution(
    monkeypatch: pytest.MonkeyPatch, length: int, sharpness: float, after: tuple[str, ...]
) -> None:
    chain = tiny_chain(7, sharpness)
    wishes = Wishes(("IV", "I"), after)
    expected = by_enumeration(chain, length, wishes, sharpness)
    for drawn, share in expected.items():
        assert probability(monkeypatch, chain, drawn, wishes) == pytest.approx(share, rel=1e-9)
    assert sum(expected.values()) == pytest.approx(1)


def everything(chain: ChordChain) -> Wishes:
    """All kinds of wish at once."""
    taste = chain.preference({"I": 3.0, "II": 0.2})
    return Wishes(
        before=("V", "ii", "I"),
        after=("V", "I"),
        places=(None, taste, None, chain.anchor("IV"), None),
        forbidden=(("IV", "ii", "IV"), ("ii", "V"), ("I", "IV", "ii")),
        rocking=False,
    )


def test_all_wishes_together_are_the_conditional_distribution(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chain = tiny_chain(3)
    wishes = everything(chain)
    expected = by_enumeration(chain, 5, wishes)
    assert len(expected) > 3
    for drawn, share in expected.items():
        assert drawn[3] == "IV"
        assert probability(monkeypatch, chain, drawn, wishes) == pytest.approx(share, rel=1e-9)


@pytest.mark.parametrize("wished", ["goal", "everything"])
def test_draws_follow_the_distribution(wished: str) -> None:
    chain = tiny_chain(11)
    wishes = Wishes((START, START), ("V", "I")) if wished == "goal" else everything(chain)
    length = 3 if wished == "goal" else 5
    expected = by_enumeration(chain, length, wishes)
    rng = generator(3, "chi-square")
    lattice = chain.lattice(length, wishes)
    drawn = Counter(tuple(lattice.draw(rng)) for _ in range(4000))
    assert set(drawn) <= set(expected)
    common = [line for line in expected if expected[line] * 4000 >= 5]
    rest = 4000 - sum(drawn[line] for line in common)
    counts = [*(drawn[line] for line in common), rest]
    shares = [expected[line] for line in common]
    shares.append(1 - sum(shares))
    if shares[-1] < 1e-12:
        assert counts.pop() == 0 and shares.pop() < 1e-12
    assert chisquare(counts, [share * 4000 for share in shares]).pvalue > 0.001


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), length=st.integers(1, 5), data=st.data())
def test_wishes_hold_or_are_known_to_be_impossible(
    seed: int, length: int, data: st.DataObject
) -> None:
    chain = tiny_chain(seed % 50)
    token = st.sampled_from(TOKENS[1:])
    runs = st.lists(st.lists(token, min_size=1, max_size=4).map(tuple), max_size=3)
    before = data.draw(st.permutations(TOKENS[1:]).map(lambda line: tuple(line[:3])))
    after = data.draw(st.lists(token, max_size=3).map(tuple))
    places = [
        chain.anchor(t) if t else None
        for t in data.draw(st.lists(st.none() | token, min_size=length, max_size=length))
    ]
    rocking = data.draw(st.booleans())
    forbidden = [run for run in data.draw(runs) if not holds(before, run)]
    wishes = Wishes(before, after, places, forbidden, rocking)
    try:
        expected = by_enumeration(chain, length, wishes)
    except ZeroDivisionError:
        expected = {}
    lattice = chain.lattice(length, wishes)
    assert lattice.feasible == bool(expected)
    if expected:
        assert tuple(lattice.draw(generator(seed))) in expected


def test_nothing_is_drawn_for_no_room() -> None:
    assert tiny_chain(1).sample(0, Wishes((START, START), ("V", "I")), generator(1)) == []


def test_an_unknown_goal_does_not_constrain(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = tiny_chain(5)
    free = by_enumeration(chain, 2, Wishes(("I", "V")))
    wishes = Wishes(("I", "V"), ("N.C.",))
    for drawn, share in free.items():
        assert probability(monkeypatch, chain, drawn, wishes) == pytest.approx(share)


def test_wishes_that_nothing_fulfils_are_given_up() -> None:
    chain = tiny_chain(5)
    every = [(token,) for token in TOKENS[1:]]
    impossible = Wishes((START, START), ("V", "I"), forbidden=every)
    assert not chain.lattice(3, impossible).feasible
    assert len(chain.sample(3, impossible, generator(2))) == 3


def test_time_is_linear_in_the_length() -> None:
    """Forty times the length takes at most a hundred times as long, on the best of some tries."""
    table = rules().progressions("pop")
    chain = build_chain(table, "major", "any", {t: t for t in table.unigrams["major"]})
    wishes = Wishes(forbidden=[("I", "V", "vi", "IV")], rocking=False)

    def best(length: int) -> float:
        times = []
        for seed in range(3):
            start = time.process_time()
            chain.sample(length, wishes, generator(seed))
            times.append(time.process_time() - start)
        return min(times)

    best(5)
    assert best(400) < 100 * best(10)


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


@settings(max_examples=60, deadline=None)
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
    wishes = Wishes((START, last), (goal, resolution), rocking=False)
    drawn = chain.sample(length, wishes, generator(seed))
    line = [last, *drawn, goal]
    assert len(drawn) == length
    assert START not in drawn
    assert all(a != b for a, b in pairwise(line))
    assert not rocks(line)
    places = [chain.index[token] for token in [START, *line]]
    steps = zip(places, places[1:], places[2:], strict=False)
    assert all(chain.transition[step] > 0 for step in steps)

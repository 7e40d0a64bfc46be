from __future__ import annotations

import numpy as np
import pytest

from composer.transformer.cells import token_ids
from composer.transformer.conditions import stream_columns
from composer.transformer.sampling import SamplingOptions, Target, sample
from composer.transformer.sequence import CONTEXT, TARGET, Cell, PlanTables, assemble
from composer.transformer.vocabulary import vocabulary
from tests.unit.transformer.fakes import RandomNetwork
from tests.unit.transformer.test_masks import rules

IDS = token_ids()
TABLES = PlanTables(
    0,
    4,
    0,
    1,
    np.array([[0, bar, 3, 2, 1 + bar, 20 + bar] for bar in range(4)], dtype=np.int64),
    np.array([[2, 73, 5, 3], [1, 33, 2, 3]], dtype=np.int64),
)


class Recorder(RandomNetwork):
    """Remembers all that each row was fed."""

    def __init__(self, seed: int = 0) -> None:
        super().__init__(seed)
        self.fed: list[tuple[np.ndarray, np.ndarray]] = []

    def start(self, tokens, plan, lengths):  # type: ignore[no-untyped-def]
        self.fed = [(np.array(tokens[0]), np.array(plan[0]))]
        return super().start(tokens, plan, lengths)

    def extend(self, tokens, plan):  # type: ignore[no-untyped-def]
        self.fed.append((np.array(tokens[:1]), np.array(plan[:1])))
        return super().extend(tokens, plan)


def targets() -> list[Target]:
    return [Target(bar, bar, part, rules()) for bar in range(2) for part in range(2)]


def generators(number: int) -> list[np.random.Generator]:
    return [np.random.default_rng([9, i]) for i in range(number)]


def test_what_is_fed_is_what_training_would_have_been() -> None:
    network = Recorder()
    context = [Cell(CONTEXT, 2, 2, 0, (IDS.position, IDS.duration, IDS.pitch + 60))]
    (candidate,) = sample(network, TABLES, context, targets(), generators(1), SamplingOptions())
    written = [
        Cell(TARGET, t.slot, t.bar, t.part, candidate.cells[t.bar, t.part]) for t in targets()
    ]
    row = assemble([*context, *written], TABLES)
    tokens = np.concatenate([tokens for tokens, _ in network.fed])
    plan = np.concatenate([plan for _, plan in network.fed])
    assert tokens.tolist() == row.tokens[: len(tokens)].tolist()
    assert plan.tolist() == row.plan[: len(plan)].tolist()
    # Only the last token, after which the last cell ends, is fed to nobody.
    assert len(row.tokens) - len(tokens) <= 1


def test_candidates_are_drawn_each_by_its_own_generator() -> None:
    found = sample(RandomNetwork(), TABLES, [], targets(), generators(3), SamplingOptions())
    assert len({tuple(sorted(one.cells.items())) for one in found}) == 3
    assert all(set(one.cells) == {(0, 0), (0, 1), (1, 0), (1, 1)} for one in found)


def test_temperature_nought_takes_the_likeliest() -> None:
    cold = SamplingOptions(temperature=0.0)
    one, other = (
        sample(RandomNetwork(4), TABLES, [], targets()[:1], generators(seed)[-1:], cold)[0]
        for seed in (1, 2)
    )
    assert one.cells == other.cells


@pytest.mark.parametrize("temperature", [0.0, 0.5, 1.0, 100.0])
@pytest.mark.parametrize("top_p", [0.01, 0.9, 1.0])
def test_any_temperature_and_top_p_give_whole_cells(temperature: float, top_p: float) -> None:
    options = SamplingOptions(temperature, top_p)
    (found,) = sample(RandomNetwork(2), TABLES, [], targets(), generators(1), options)
    assert len(found.cells) == 4
    assert all(found.cells.values())
    assert found.tokens > 0
    assert 0 <= found.removed <= found.tokens


def test_logits_that_rule_out_all_that_is_allowed_are_survived() -> None:
    class Stubborn(RandomNetwork):
        def _logits(self) -> np.ndarray:
            logits = np.full((self._rows, len(vocabulary().notes)), -1e9, dtype=np.float32)
            logits[:, IDS.pad] = 1e9
            return logits

    (found,) = sample(Stubborn(), TABLES, [], targets(), generators(1), SamplingOptions())
    assert len(found.cells) == 4


def test_the_place_and_the_chord_follow_the_position() -> None:
    columns = stream_columns()
    cell = Cell(
        TARGET, 0, 0, 0, (IDS.position, IDS.duration, IDS.pitch + 60, IDS.position + 24, IDS.pitch)
    )
    row = assemble([cell], TABLES)
    inner = row.plan - columns.offsets
    assert inner[:, columns.columns["place"]].tolist() == [0, 1, 1, 1, 25, 25]
    assert inner[:, columns.columns["chord"]].tolist() == [1, 1, 1, 1, 20, 20]
    assert inner[:, columns.columns["next_chord"]].tolist() == [20, 20, 20, 20, 2, 2]
    assert row.targets.tolist() == [*row.tokens[1:].tolist(), IDS.cell]

from __future__ import annotations

from composer.music.brief import Brief
from composer.rulebook.theory_rules import ROLES
from composer.transformer.cells import token_ids
from composer.transformer.hints import WritingHints, told_parts, written_parts
from composer.transformer.sampling import LONGEST, SamplingOptions
from composer.transformer.writer import ModelWriter
from composer.writing.context import Context
from tests.laws.pieces import Piece, compose
from tests.strategies import rules
from tests.unit.transformer.fakes import RandomNetwork


def writer(
    piece: Piece, network: RandomNetwork, *, written: frozenset[str] | None = None
) -> ModelWriter:
    context = Context(piece.plan, rules())
    mine = written_parts(piece.plan.parts, ROLES) if written is None else written
    hints = WritingHints(
        context.style.feel.swing_unit,
        {part.name: context.window(part) for part in piece.plan.parts},
        told_parts(piece.plan.parts, mine),
        mine,
    )
    options = SamplingOptions(top_p=1.0, candidates=1)
    return ModelWriter(piece.plan, piece.score, network, hints, options, lambda score: score)


def test_rows_stay_within_what_the_model_was_trained_on() -> None:
    network = RandomNetwork()
    writer(compose(Brief(bars=24, style="pop", seed=3)), network).write()
    assert network.read
    assert max(map(len, network.read)) < LONGEST


def test_what_was_written_before_is_given() -> None:
    network = RandomNetwork()
    writer(compose(Brief(bars=16, style="pop", seed=3)), network).write()
    first, *others = network.read
    assert len(first) < min(map(len, others))
    assert all(row[-1] == token_ids().cell for row in network.read)


def test_parts_that_are_not_the_models_stay_as_they_are() -> None:
    piece = compose(Brief(bars=8, style="pop", seed=3))
    drums = frozenset(part.name for part in piece.plan.parts if part.role == "drums")
    found = writer(piece, RandomNetwork(), written=drums).write()
    for drafted, part in zip(piece.score.parts, found.score.parts, strict=True):
        assert (drafted.notes == part.notes) == (part.plan.role != "drums")
    assert {name for name, bars in found.bars.items() if bars} == drums


def test_nothing_to_write_asks_nothing() -> None:
    piece = compose(Brief(bars=8, style="pop", seed=3))
    network = RandomNetwork()
    found = writer(piece, network, written=frozenset()).write()
    assert network.read == []
    assert found.score == piece.score
    assert (found.tokens, found.removed, found.resampled, found.fallen_back) == (0, 0.0, 0, 0)


def test_sections_that_come_again_repeat_what_the_model_wrote() -> None:
    piece = compose(Brief(bars=32, style="pop", form="verse:8 chorus:8 verse:8 chorus:8", seed=4))
    found = writer(piece, RandomNetwork()).write()
    bar = piece.plan.meter.bar_quarters
    same = total = 0
    for part in found.score.parts:
        for number in range(7):  # the last bar of a section may vary
            if number not in found.bars.get(part.plan.name, ()):
                continue
            first, again = (
                [
                    (n.onset_quarters - bar * start, n.pitch.midi)
                    for n in part.notes
                    if bar * start <= n.onset_quarters < bar * (start + 1)
                ]
                for start in (number, number + 16)
            )
            total += 1
            same += first == again
    assert 0.3 < same / total < 1.0


def test_progress_is_told_to_the_end() -> None:
    told: list[float] = []
    writer(compose(Brief(bars=8, style="pop", seed=3)), RandomNetwork()).write(told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0

"""Who writes the score: the rules alone, or the rules and the model.

Plan → draft by the rules → cells of it by the model, under masks → Score.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING

from composer.music.brief import Brief
from composer.music.plan import Plan
from composer.music.score import Score
from composer.rulebook import Rulebook
from composer.rulebook.theory_rules import ROLES
from composer.writing.context import Context
from composer.writing.tune_player import tune_part
from composer.writing.write import follow_tune, followers, write_score

if TYPE_CHECKING:
    from composer.transformer.engine import Network
    from composer.transformer.hints import WritingHints
    from composer.transformer.sampling import SamplingOptions

RULES, TRANSFORMER, HYBRID = "rules", "transformer", "hybrid"

_PLAINLY = "the chords leave no way that keeps every rule with figures, so they are written plainly"
_BY_RULES = "what the model wrote broke a hard rule when it was played, so the rules wrote it all"
_BACK_TO_RULES = "nothing that the model wrote kept every hard rule, so the rules wrote it all"


@dataclass(frozen=True, slots=True)
class Model:
    """A network, and which one it is.

    Args:
        network: What draws.
        about: Its name and the checksum of its weights.
    """

    network: Network
    about: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who wrote which bars, and how the model fared.

    Args:
        writer: ``rules``, ``transformer`` or ``hybrid``, as it was asked for.
        model: Name and checksum of the model; empty where it wrote nothing.
        bars: By part, the bars (counted from 1) that the model wrote; all others are the rules'. A
            planned crash that is kept in a bar of the model's drums counts as the model's.
        notes: By part, how many notes are the model's, and how many the rules'.
        masked: Mean probability that the masks took from the model at a token, 0 to 1.
        tokens: Tokens that the model drew, all candidates together.
        resampled: Cells that broke a rule and were drawn again.
        fallen_back: Cells that went back to the rules' version.
        note: What the user should know of it, if anything.
    """

    writer: str
    model: Mapping[str, str]
    bars: Mapping[str, tuple[int, ...]]
    notes: Mapping[str, tuple[int, int]]
    masked: float = 0.0
    tokens: int = 0
    resampled: int = 0
    fallen_back: int = 0
    note: str = ""

    def sentence(self) -> str:
        """In a few words.

        >>> Authorship("hybrid", {}, {}, {"Lead": (30, 2)}).sentence()
        'hybrid: 30 of 32 notes by the model, the others by the rules'
        """
        model = sum(own for own, _ in self.notes.values())
        total = sum(sum(counts) for counts in self.notes.values())
        if self.writer == RULES:
            return RULES
        return f"{self.writer}: {model:,} of {total:,} notes by the model, the others by the rules"

    def to_dict(self) -> dict[str, object]:
        """As plain data, for the report."""
        parts = {
            name: {"model": model, "rules": rules, "model_bars": list(self.bars.get(name, ()))}
            for name, (model, rules) in self.notes.items()
        }
        return {
            "writer": self.writer,
            "model": dict(self.model),
            "parts": parts,
            "masked": round(self.masked, 4),
            "tokens": self.tokens,
            "resampled_cells": self.resampled,
            "fallen_back_cells": self.fallen_back,
        }


Write = Callable[[], tuple[Score, Authorship]]


def ways_to_write(
    plan: Plan,
    book: Rulebook,
    title: str,
    brief: Brief,
    model: Path | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[Write, ...]:
    """Ways to write a score, the one asked for first; the next is taken where one breaks a rule.

    Args:
        plan: The plan.
        book: The rule book.
        title: Title of the piece.
        brief: The full brief: the writer, and how it draws.
        model: Folder of the model; None for the one that comes with composer.
        progress: Told how much of the model's work is done, 0 to 1.
    """
    asked = brief.writer or HYBRID

    def by_rules() -> tuple[Score, Authorship]:
        score, about = write_by_rules(plan, book, title, plain=False)
        return score, about if asked == RULES else replace(about, note=_BY_RULES)

    def plainly() -> tuple[Score, Authorship]:
        score, about = write_by_rules(plan, book, title, plain=True)
        return score, replace(about, note=_PLAINLY)

    if asked == RULES:
        return by_rules, plainly
    return (
        lambda: write_with_model(plan, book, title, brief, open_model(model), progress),
        by_rules,
        plainly,
    )


def write_by_rules(
    plan: Plan, book: Rulebook, title: str, *, plain: bool
) -> tuple[Score, Authorship]:
    """The rule writers' score."""
    score = write_score(plan, book, title, plain=plain)
    return score, _authorship(RULES, {}, score, plan, {})


def write_with_model(
    plan: Plan,
    book: Rulebook,
    title: str,
    brief: Brief,
    model: Model,
    progress: Callable[[float], None] | None = None,
) -> tuple[Score, Authorship]:
    """A score that the rules drafted and the model wrote anew where it may.

    Args:
        plan: The plan.
        book: The rule book.
        title: Title of the piece.
        brief: The full brief: the writer, and how it draws.
        model: What draws the notes.
        progress: Told how much is done, 0 to 1.
    """
    from composer.transformer.writer import ModelWriter

    draft = write_score(plan, book, title)
    context = Context(plan, book)
    writer = brief.writer or HYBRID
    own = parts_of_model(context, writer)

    def finish(score: Score) -> Score:
        return follow_tune(context, draft, score, own)

    written = ModelWriter(
        plan, draft, model.network, hints_of(context, own), sampling_of(brief), finish
    ).write(progress)
    about = _authorship(writer, model.about, written.score, plan, written.bars)
    lost = written.fallen_back and not about.model
    return written.score, replace(
        about,
        masked=written.removed,
        tokens=written.tokens,
        resampled=written.resampled,
        fallen_back=written.fallen_back,
        note=_BACK_TO_RULES if lost else "",
    )


def parts_of_model(context: Context, writer: str) -> frozenset[str]:
    """Names of the parts that the model writes, as it was asked for.

    A tune of the user's own is never among them, nor one with words.

    Args:
        context: Plan and rules.
        writer: ``transformer`` or ``hybrid``.
    """
    from composer.transformer.hints import written_parts

    roles = ROLES if writer == TRANSFORMER else context.style.model_roles
    own = written_parts(context.plan.parts, roles) - followers(context)
    player = tune_part(context.plan.parts)
    kept = context.plan.tune or context.plan.lyrics
    return own - {player.name} if kept and player is not None else own


def hints_of(context: Context, own: frozenset[str]) -> WritingHints:
    """What the model must know of a style.

    Args:
        context: Plan and rules.
        own: Names of the parts that it writes.
    """
    from composer.transformer.hints import WritingHints, told_parts

    return WritingHints(
        context.style.feel.swing_unit,
        {part.name: context.window(part) for part in context.plan.parts},
        told_parts(context.plan.parts, own),
        own,
        context.style.family,
    )


def sampling_of(brief: Brief) -> SamplingOptions:
    """How boldly the model draws, as a brief has it."""
    from composer.transformer.sampling import SamplingOptions

    return SamplingOptions(
        brief.temperature if brief.temperature is not None else 1.0,
        brief.top_p if brief.top_p is not None else 1.0,
        brief.candidates or 1,
    )


_of_thread = local()


def open_model(folder: Path | None = None) -> Model:
    """The model of a folder, or the one that comes with composer.

    It is kept, one a thread: a network holds the rows that it is reading.

    Raises:
        TransformerError: If it is missing, damaged, or of another version.
    """
    from composer.transformer.engine import OnnxNetwork
    from composer.transformer.weights import load_weights

    known: tuple[Path | None, Model] | None = getattr(_of_thread, "model", None)
    if known is None or known[0] != folder:
        weights = load_weights(folder)
        known = (folder, Model(OnnxNetwork(weights, threads=1), weights.about))
        _of_thread.model = known
    return known[1]


def _authorship(
    writer: str,
    model: Mapping[str, str],
    score: Score,
    plan: Plan,
    bars: Mapping[str, tuple[int, ...]],
) -> Authorship:
    notes = {}
    for part in score.parts:
        own = frozenset(bars.get(part.plan.name, ()))
        count = sum(
            int(note.onset_quarters // plan.meter.bar_quarters) in own for note in part.notes
        )
        notes[part.plan.name] = (count, len(part.notes) - count)
    counted = {name: tuple(bar + 1 for bar in found) for name, found in bars.items() if found}
    wrote = any(own for own, _ in notes.values())
    return Authorship(writer, model if wrote else {}, counted, notes)

"""What comes again: which earlier bar a bar is modelled on, and which cells repeat one outright."""

from __future__ import annotations

from composer.music.plan import Section
from composer.transformer.cells import decode_cell
from composer.transformer.conditions import QUALITIES
from composer.transformer.sheet import Sheet

_LIKE = 0.5
"""How much of two bars the draft must have in common (Jaccard index of onsets with their pitches)
for the later one to be repeated: half. Metrics call bars near from 0.7, all parts together."""

_CHORDS = slice(4, 6)  # columns of a sheet's bar table

Roots = tuple[int, ...]
Struck = frozenset[tuple[int, int]]


class Repetition:
    """What comes again in a piece.

    Args:
        sheet: The piece.
    """

    def __init__(self, sheet: Sheet) -> None:
        self._twins = _twins(sheet.plan.sections)
        self._repeated = _repeated(sheet)

    def twin(self, bar: int) -> int | None:
        """The earlier bar that a bar is modelled on, if any.

        That is of its section's first time, else of the phrase with its letter in its own section.
        """
        return self._twins[bar]

    def repeated(self, bar: int, part: int) -> int | None:
        """The earlier bar whose cell a cell repeats outright, if any.

        What the draft repeats over the same roots is repeated, wherever it stood first, be it in
        another key; and what it varies slightly is repeated too.
        """
        return self._repeated.get((bar, part))


def _repeated(sheet: Sheet) -> dict[tuple[int, int], int]:
    """For each cell that is like an earlier one of the draft, the bar of the one it is most like.

    Drums need not have the same roots.
    """
    known: dict[tuple[int, Roots], list[tuple[int, Struck]]] = {}
    found: dict[tuple[int, int], int] = {}
    for (bar, part), tokens in sorted(sheet.cells.items()):
        roots = () if sheet.parts[part].is_drums else _roots(sheet, bar)
        models = known.setdefault((part, roots), [])
        here = frozenset((note.position, note.pitch) for note in decode_cell(tokens))
        likest = max(models, key=lambda model: (_likeness(here, model[1]), -model[0]), default=None)
        if likest is None or _likeness(here, likest[1]) < _LIKE:
            models.append((bar, here))
        else:
            found[bar, part] = likest[0]
    return found


def _likeness(here: Struck, there: Struck) -> float:
    return len(here & there) / max(len(here | there), 1)


def _roots(sheet: Sheet, bar: int) -> Roots:
    """The roots of a bar's chords."""
    return tuple(
        (chord - 1) // len(QUALITIES) for chord in sheet.tables.bars[bar, _CHORDS].tolist()
    )


def _twins(sections: tuple[Section, ...]) -> tuple[int | None, ...]:
    """For each bar the earlier one that it is modelled on."""
    found: list[int | None] = []
    first: dict[str, Section] = {}
    for section in sections:
        model = first.setdefault(section.material, section)
        for bar in range(section.start_bar, section.end_bar):
            twin = model.start_bar + bar - section.start_bar
            if model is not section and twin < model.end_bar:
                found.append(twin)
            else:
                found.append(_phrase_twin(section, bar))
    return tuple(found)


def _phrase_twin(section: Section, bar: int) -> int | None:
    """The same bar of an earlier phrase of a section with the same letter."""
    own = next((p for p in section.phrases if p.start_bar <= bar < p.start_bar + p.bars), None)
    if own is None:
        return None
    for phrase in section.phrases:
        if phrase.start_bar >= own.start_bar:
            return None
        if phrase.label.rstrip("'") == own.label.rstrip("'"):
            twin = phrase.start_bar + bar - own.start_bar
            return twin if twin < phrase.start_bar + phrase.bars else None
    return None

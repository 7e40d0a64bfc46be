"""What comes again: which earlier bar a bar is modelled on, and which cells repeat it outright."""

from __future__ import annotations

from composer.music.plan import Section
from composer.music.seeding import generator
from composer.transformer.sheet import Sheet

_REPEATED = {"melody": 0.55, "counter": 0.55, "drums": 0.85}
_REPEATED_ELSE = 0.75
"""How often a part repeats a phrase or section that comes again, where the draft varies it."""

_CHORDS = slice(4, 6)  # columns of a sheet's bar table


class Repetition:
    """What comes again in a piece.

    Args:
        sheet: The piece.
    """

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._twins = _twins(sheet.plan.sections)

    def twin(self, bar: int) -> int | None:
        """The earlier bar that a bar is modelled on, if any.

        That is of its section's first time, else of the phrase with its letter in its own section.
        """
        return self._twins[bar]

    def repeats(self, bar: int, part: int) -> bool:
        """Whether a cell repeats that of its bar's twin, in which the part plays.

        The chords must be the same. What the draft repeats note for note is repeated; of the rest a
        part repeats a whole phrase or section, or none of it, but never a section's last bar.
        """
        twin = self._twins[bar]
        tables, draft = self._sheet.tables, self._sheet.cells
        if twin is None or (tables.bars[bar, _CHORDS] != tables.bars[twin, _CHORDS]).any():
            return False
        if draft[bar, part] == draft[twin, part]:
            return True
        plan, player = self._sheet.plan, self._sheet.parts[part].plan
        section = plan.sections[plan.bars[bar].section]
        if bar == section.end_bar - 1:
            return False
        random = generator(plan.seed, "repeat", player.name, _phrase_start(section, bar))
        return random.random() < _REPEATED.get(player.role, _REPEATED_ELSE)


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


def _phrase_start(section: Section, bar: int) -> int:
    """First bar of a bar's phrase."""
    starts = [phrase.start_bar for phrase in section.phrases if phrase.start_bar <= bar]
    return starts[-1] if starts else section.start_bar

"""The ensemble as the arrangement sees it: each part with the energy from which it plays."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from composer.music.plan import PartPlan, Section
from composer.music.seeding import generator
from composer.rulebook.forms import Form
from composer.rulebook.styles import StylePart
from composer.writing.choices import Choices
from composer.writing.ensemble import models

Rota = dict[str, list[bool]]
"""By name of part, whether it plays in each bar of a section; parts that rest are left out."""

QUIET = 0.55
"""Energy under which a section is quiet."""
REACH = 0.4
"""Energy by which a player may enter before its time."""
FULL_BAND = 6
"""Players with whom a style's energies hold; fewer play nearly always."""

_COLOURS = ("figure", "pad", "counter")
_BACKBONE_FROM = 0.3  # energy from which a drum kit plays that the style has no part for


@dataclass(frozen=True, slots=True)
class Player:
    """A part of the ensemble as the arrangement sees it.

    Args:
        part: The part.
        model: The style's part that it is modelled on.
        from_energy: It plays where the energy is at least this.
        colour: Whether the music stands without it.
    """

    part: PartPlan
    model: StylePart | None
    from_energy: float
    colour: bool

    @property
    def name(self) -> str:
        """Name of the part."""
        return self.part.name

    @property
    def role(self) -> str:
        """Role of the part."""
        return self.part.role

    def may_play(self, section: Section, form: Form) -> bool:
        """Whether the style and the form let it play in a section at all."""
        if self.model is not None and self.model.sections:
            return section.kind in self.model.sections
        return self.role != "melody" or form.sections[section.kind].tune


def players_of(choices: Choices) -> tuple[Player, ...]:
    """The ensemble, each part with the energy from which it plays.

    In a small ensemble everyone plays nearly always; in a large one every colour has its own taste,
    so that two pieces of a style do not gather alike. A dense mood lets all enter earlier.
    """
    count = len(choices.parts)
    small = min(1.0, max(0.0, (count - 2) / (FULL_BAND - 2)))
    looseness = 0.2 * choices.style.arrangement.layers * small
    met: Counter[str] = Counter()
    found = []
    for part, model in zip(choices.parts, models(choices.parts, choices.style), strict=True):
        colour = part.role in _COLOURS or (met[part.role] > 0 and part.role != "drums")
        threshold = model.from_energy if model is not None else _BACKBONE_FROM
        if part.role == "melody" and not met["melody"]:
            threshold = 0.0
        if colour:
            threshold += looseness * (generator(choices.seed, "taste", part.name).random() - 0.5)
        threshold = threshold * small - 0.25 * (choices.mood.density - 1)
        met[part.role] += 1
        found.append(Player(part, model, threshold, colour))
    return tuple(found)

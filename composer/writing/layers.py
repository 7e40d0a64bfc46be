"""Who comes and goes within a section: layers between phrases, and backgrounds behind a tune."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.music.plan import Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook.forms import Form
from composer.writing.choices import Choices
from composer.writing.players import QUIET, REACH, Player, Rota

_PATTERNS = {  # of the phrases of a section, those in which a colour plays
    "second half": 3.0,
    "every other": 1.2,
    "not last": 1.0,
    "last": 0.8,
    "first half": 0.8,
}


def layer(
    choices: Choices,
    section: Section,
    cast: Sequence[Player],
    rota: Rota,
    occurrence: int,
) -> None:
    """Let colours play in some phrases only, and the rhythm section wait where a tune begins.

    A kind of section is layered alike two times running, but for its first time. Bass and drums
    wait in the first half of a piece only.
    """
    spare = min(1.0, max(0.0, (len(cast) - 3) / 3))
    restless = choices.style.arrangement.layers * spare
    halves = _stretches(section)
    if restless <= 0 or len(halves) < 2:
        return
    for player in cast:
        who = player.name if player.colour else "rhythm section"  # bass and drums wait together
        path = ("layer", section.kind, (occurrence + 1) // 2, who)
        rng = generator(choices.seed, *path)
        if player.colour and rng.random() < 1.3 * restless * (1.2 - section.energy):
            plays = _phrases_played(rng, len(halves))
        elif player.role in ("bass", "drums") and section.energy < QUIET and occurrence == 0:
            early = 2 * section.start_bar < choices.bars
            waits = early and rng.random() < 0.4 * restless
            plays = [not waits or i > 0 for i in range(len(halves))]
        else:
            continue
        rota[player.name] = [plays[_stretch_of(halves, bar)] for bar in range(section.bars)]


def _phrases_played(rng: np.random.Generator, count: int) -> list[bool]:
    pattern = pick_key(rng, _PATTERNS)
    late = int(rng.random() < 0.5)
    match pattern:
        case "second half":
            return [i >= (count + 1) // 2 for i in range(count)]
        case "every other":
            return [i % 2 == late for i in range(count)]
        case "not last":
            return [i < count - 1 for i in range(count)]
        case "last":
            return [i == count - 1 for i in range(count)]
    return [i < (count + 1) // 2 for i in range(count)]


def _stretches(section: Section) -> list[int]:
    """Bars at which players may enter: the phrases, or the halves of a section of one phrase."""
    starts = [phrase.start_bar - section.start_bar for phrase in section.phrases]
    if len(starts) == 1 and section.bars >= 4:
        return [0, section.bars // 2]
    return starts


def _stretch_of(starts: Sequence[int], bar: int) -> int:
    return max(i for i, start in enumerate(starts) if start <= bar)


def add_background(
    choices: Choices, form: Form, section: Section, players: Sequence[Player], rota: Rota
) -> None:
    """Let a colour lie behind the second half of a quiet section that has the tune."""
    rng = generator(choices.seed, "background", section.name)
    quiet = section.energy < QUIET and form.sections[section.kind].tune
    if not quiet or rng.random() >= choices.style.arrangement.backgrounds:
        return
    starts = _stretches(section)
    resting = [
        p
        for p in players
        if p.colour
        and p.role in ("pad", "counter")
        and p.name not in rota
        and p.may_play(section, form)
        and p.from_energy < section.energy + REACH
    ]
    if resting and len(starts) > 1 and len(players) > 3:
        chosen = pick(rng, resting, [1.0] * len(resting))
        entry = starts[(len(starts) + 1) // 2]
        rota[chosen.name] = [bar >= entry for bar in range(section.bars)]

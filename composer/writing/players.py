"""Who plays in which section, and from when to when: layers, newcomers, backgrounds, rests.

A style says from which energy on each of its parts plays. That alone would make every verse alike,
so each kind of section keeps a colour back for its return, colours come and go between phrases, and
now and then one lies behind a quiet section. In Lakh's files a part plays in 0.69 of the bars of
its window, and one enters or leaves every second bar (`compose evaluate`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from composer.music.plan import PartPlan, Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook.forms import Form
from composer.rulebook.styles import CHORDAL_ROLES, StylePart
from composer.writing.choices import Choices
from composer.writing.energies import movements_of, peak_of
from composer.writing.ensemble import models

Rota = dict[str, list[bool]]
"""By name of part, whether it plays in each bar of a section; parts that rest are left out."""

_COLOURS = ("figure", "pad", "counter")
_BACKBONE_FROM = 0.3  # energy from which a drum kit plays that the style has no part for
_FULL_BAND = 6  # players with whom a style's energies hold; fewer play nearly always
_QUIET = 0.55
_RESTING = 0.8  # of the style's variation: chance that a colour rests for a movement
_BARE_OUTROS = 0.4  # of outros go on without the tune
_REACH = 0.4  # energy by which a player may enter before its time
_PATTERNS = {  # of the phrases of a section, those in which a colour plays
    "second half": 3.0,
    "every other": 1.2,
    "not last": 1.0,
    "last": 0.8,
    "first half": 0.8,
}


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
    small = min(1.0, max(0.0, (count - 2) / (_FULL_BAND - 2)))
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


def plan_rotas(choices: Choices, form: Form, sections: Sequence[Section]) -> list[Rota]:
    """Who plays in each bar of each section, before openings and turns."""
    players = players_of(choices)
    peak = peak_of(sections)
    kinds = Counter(section.kind for section in sections)
    heard: Counter[str] = Counter()
    rotas = []
    for index, section in enumerate(sections):
        occurrence = heard[section.kind]
        heard[section.kind] += 1
        full = index == peak and section.energy > _QUIET
        returns = kinds[section.kind] > occurrence + 1
        cast = _cast(choices, form, players, section, occurrence, full=full, returns=returns)
        cast = _handed_over(section, cast)
        if not full:
            cast = _of_movement(choices, section, cast)
        if index == len(sections) - 1:
            cast = _afterword(choices, section, cast)
        rota = {player.name: [True] * section.bars for player in cast}
        if not full:
            _layer(choices, section, cast, rota, occurrence)
            _background(choices, form, section, players, rota)
        _ground(players, rota, section.bars)
        rotas.append(rota)
    return rotas


def _cast(
    choices: Choices,
    form: Form,
    players: Sequence[Player],
    section: Section,
    occurrence: int,
    *,
    full: bool,
    returns: bool,
) -> list[Player]:
    """Who plays in a section: those whom its energy calls, less and more for variety."""
    able = [player for player in players if player.may_play(section, form)]
    cast = [p for p in able if full or section.energy >= p.from_energy]
    if not cast:
        cast = [p for p in able if p.role != "melody"][:1] or able[:1] or list(players[:1])
    if full or len(players) < 4:
        return cast
    rng = generator(choices.seed, "newcomer", section.kind)
    varied = rng.random() < choices.style.arrangement.variation**0.5
    order = [p for _, p in sorted(((rng.random(), p) for p in able if p.colour), key=_first)]
    playing = [p for p in order if p in cast]
    resting = [p for p in order if p not in cast and p.from_energy < section.energy + _REACH]
    if not varied:
        return cast
    if occurrence == 0 and returns and playing and len(cast) > 3:
        return [p for p in cast if p is not playing[0]]  # it is kept for the return
    if occurrence % 2 == 1 and resting and (occurrence > 1 or not playing):
        return [p for p in able if p in cast or p is resting[0]]
    if occurrence >= 2 and resting and len(playing) > 1:
        return [p for p in able if (p in cast or p is resting[-1]) and p is not playing[-1]]
    return cast


def _handed_over(section: Section, cast: list[Player]) -> list[Player]:
    """The cast of a solo without the first player of the tune, where another has the solos."""
    tunes = [player for player in cast if player.role == "melody"]
    soloists = [p for p in tunes[1:] if p.model is not None and p.model.sections]
    if not soloists or not section.kind.startswith("solo"):
        return cast
    return [player for player in cast if player is not tunes[0]]


def _of_movement(choices: Choices, section: Section, cast: list[Player]) -> list[Player]:
    """The cast without the colours that rest for a whole movement of a long piece."""
    movements = movements_of(choices.bars)
    if movements < 2:
        return cast
    movement = section.start_bar * movements // choices.bars
    chance = choices.style.arrangement.variation

    def rests(player: Player) -> bool:
        rng = generator(choices.seed, "movement", movement, player.name)
        return player.colour and rng.random() < _RESTING * chance

    return [player for player in cast if not rests(player)] or cast


def _afterword(choices: Choices, section: Section, cast: list[Player]) -> list[Player]:
    """The cast of an outro, now and then without the tune: all has been said."""
    others = [player for player in cast if player.role != "melody"]
    bare = section.kind == "outro" and section.bars >= 4 and len(others) >= _FULL_BAND - 2
    rng = generator(choices.seed, "afterword")
    return others if bare and rng.random() < _BARE_OUTROS else cast


def _first(ranked: tuple[float, Player]) -> float:
    return ranked[0]


def _layer(
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
        path = ("layer", section.kind, (occurrence + 1) // 2, player.name)
        rng = generator(choices.seed, *path)
        if player.colour and rng.random() < 1.3 * restless * (1.2 - section.energy):
            plays = _phrases_played(rng, len(halves))
        elif player.role in ("bass", "drums") and section.energy < _QUIET and occurrence == 0:
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


def _background(
    choices: Choices, form: Form, section: Section, players: Sequence[Player], rota: Rota
) -> None:
    """Let a colour lie behind the second half of a quiet section that has the tune."""
    rng = generator(choices.seed, "background", section.name)
    quiet = section.energy < _QUIET and form.sections[section.kind].tune
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
        and p.from_energy < section.energy + _REACH
    ]
    if resting and len(starts) > 1 and len(players) > 3:
        chosen = pick(rng, resting, [1.0] * len(resting))
        entry = starts[(len(starts) + 1) // 2]
        rota[chosen.name] = [bar >= entry for bar in range(section.bars)]


def hear_all(
    form: Form, sections: Sequence[Section], players: Sequence[Player], rotas: Sequence[Rota]
) -> None:
    """Let who would play nowhere play in the loudest section that it may play in.

    Args:
        form: The form.
        sections: The sections.
        players: The ensemble.
        rotas: Who plays in each section; changed in place.
    """
    heard = {name for rota in rotas for name, bars in rota.items() if any(bars)}
    for player in players:
        if player.name not in heard:
            able = [i for i, s in enumerate(sections) if player.may_play(s, form)]
            index = max(able or range(len(sections)), key=lambda i: (sections[i].energy, -i))
            rotas[index][player.name] = [True] * sections[index].bars


def _ground(players: Sequence[Player], rota: Rota, bars: int) -> None:
    """See that somebody with a pitch accompanies, or sings, in every bar of a section."""
    roles = {player.name: player.role for player in players}
    able = [p for p in players if p.role in (*CHORDAL_ROLES, "bass")]
    able = able or [p for p in players if p.role != "drums"]
    for bar in range(bars):
        heard = any(plays[bar] and roles[name] != "drums" for name, plays in rota.items())
        if able and not heard:
            rota.setdefault(able[0].name, [False] * bars)[bar] = True

"""Who plays in which section, and from when to when: layers, newcomers, backgrounds, rests.

A style says from which energy on each of its parts plays. That alone would make every verse alike,
so each kind of section keeps a colour back for its return, colours come and go between phrases, and
now and then one lies behind a quiet section. In Lakh's files a part plays in 0.69 of the bars of
its window, and one enters or leaves every second bar (`compose evaluate`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from composer.music.plan import Section
from composer.music.seeding import generator
from composer.rulebook.forms import Form
from composer.rulebook.styles import CHORDAL_ROLES
from composer.writing.choices import Choices
from composer.writing.energies import movements_of, peak_of
from composer.writing.layers import add_background, layer
from composer.writing.players import FULL_BAND, QUIET, REACH, Player, Rota, players_of

_RESTING = 0.8  # of the style's variation: chance that a colour rests for a movement
_BARE_OUTROS = 0.4  # of outros go on without the tune


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
        goes_on = index == 0 and choices.brief.continues is not None
        full = goes_on or (index == peak and section.energy > QUIET)
        returns = kinds[section.kind] > occurrence + 1
        cast = _cast(choices, form, players, section, occurrence, full=full, returns=returns)
        cast = _handed_over(section, cast)
        if not full:
            cast = _of_movement(choices, section, cast)
        if index == len(sections) - 1:
            cast = _afterword(choices, section, cast)
        rota = {player.name: [True] * section.bars for player in cast}
        if not full:
            layer(choices, section, cast, rota, occurrence)
            add_background(choices, form, section, players, rota)
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
    resting = [p for p in order if p not in cast and p.from_energy < section.energy + REACH]
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
    bare = section.kind == "outro" and section.bars >= 4 and len(others) >= FULL_BAND - 2
    rng = generator(choices.seed, "afterword")
    return others if bare and rng.random() < _BARE_OUTROS else cast


def _first(ranked: tuple[float, Player]) -> float:
    return ranked[0]


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

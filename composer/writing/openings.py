"""How a piece begins and ends: who is there first, who comes when, and who leaves last.

Source: Moore, *Rock: The Primary Text* (2001), chapter 2, on layers; Osborn and Hesselink on
introductions that gather their players; Everett, *The Foundations of Rock* (2009), on endings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from composer.music.plan import ChordSpan, Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook.forms import Form
from composer.theory.meter import Meter
from composer.writing.choices import Choices
from composer.writing.players import Player, Rota

_RIFFS = ("figure", "comping", "bass", "pad", "counter")
_ORDER = {"comping": 0, "figure": 0, "pad": 0, "counter": 1, "melody": 1, "bass": 2, "drums": 3}
_BEAT = ("drums", "bass", "comping", "figure", "pad", "counter", "melody")
_RHYTHM = ("drums", "bass", "comping")
_BAND = 4  # players with whom an introduction can gather them
_EIGHTH = Fraction(1, 2)


def opening_of(choices: Choices, players: Sequence[Player]) -> str:
    """How the piece begins: one of `composer.rulebook.style_arrangement.INTROS`."""
    roles = {player.role for player in players}
    if choices.brief.continues is not None:
        return "full"  # what goes on does not open
    weights = dict(choices.style.arrangement.intro)
    if "drums" not in roles:
        weights |= dict.fromkeys(("drums", "pickup"), 0.0)
    if "pad" not in roles:
        weights["swell"] = 0.0
    if not roles & {"comping", "figure", "pad"}:
        weights |= dict.fromkeys(("tune", "riff"), 0.0)
    if len(players) < _BAND or not any(weight > 0 for weight in weights.values()):
        return "full"
    return pick_key(generator(choices.seed, "opening"), weights)


def open_piece(
    choices: Choices, form: Form, section: Section, players: Sequence[Player], rota: Rota
) -> str:
    """Let the players of the first section enter as the opening has it.

    Args:
        choices: What was chosen.
        form: The form.
        section: The first section.
        players: The ensemble.
        rota: Who plays in it; changed in place.

    Returns:
        The kind of opening, ``full`` where the section leaves no room for another.
    """
    kind = opening_of(choices, players)
    sung = form.sections[section.kind].tune
    if section.bars < 2 or (section.bars < 4 and sung) or (sung and kind == "pickup"):
        return "full"
    if kind == "full":
        return kind
    able = [p for p in players if p.may_play(section, form) or (p.role in _RIFFS and not p.model)]
    entries = _entries(choices, section, kind, able or players, rota)
    tune = next((p.name for p in players if p.role == "melody"), "")
    if tune and (kind == "tune" or (sung and tune in rota)):
        entries[tune] = 0
    elif tune:
        entries.pop(tune, None)
    rota.clear()
    for name, entry in entries.items():
        if entry < section.bars:
            rota[name] = [bar >= entry for bar in range(section.bars)]
    return kind


def _entries(
    choices: Choices, section: Section, kind: str, able: Sequence[Player], rota: Rota
) -> dict[str, int]:
    """Bar in which each player enters."""
    rng = generator(choices.seed, "entries")
    ranked = [(rng.random(), player) for player in able]
    half = max(1, section.bars // 2)
    wanted = [(rank, p) for rank, p in ranked if p.name in rota]
    match kind:
        case "pickup":
            return {p.name: int(p.role != "drums") for _, p in wanted} | {
                p.name: 0 for p in able if p.role == "drums"
            }
        case "rhythm":
            first = _first_of(ranked, _RHYTHM)
            return {p.name: half for _, p in wanted} | dict.fromkeys(first, 0)
        case "riff":
            riff = _first_of([pair for pair in ranked if pair[1].role == _riff(ranked)], _RIFFS)[:1]
            late = section.bars * 3 // 4  # for colours, if the next section has them
            late = late if section.bars < choices.bars else half
            later = {p.name: late if p.colour else half for _, p in wanted}
            return later | dict.fromkeys(riff, 0)
        case "swell":
            pads = [p.name for _, p in ranked if p.role == "pad"]
            drums = section.bars * 3 // 4
            later = {p.name: drums if p.role == "drums" else half for _, p in wanted}
            return later | dict.fromkeys(pads, 0)
        case "tune":
            alone = _first_of(ranked, ("comping", "figure", "pad"))[:1]
            return {p.name: half for _, p in wanted} | dict.fromkeys(alone, 0)
    order = _BEAT if kind == "drums" else ()
    return _gathered(choices, section, [*wanted, *_missing(ranked, wanted, order)], order)


def _missing(
    ranked: Sequence[tuple[float, Player]],
    wanted: Sequence[tuple[float, Player]],
    order: Sequence[str],
) -> list[tuple[float, Player]]:
    """Who opens, though the section's energy would not call it: the first of the order."""
    here = {p.role for _, p in wanted}
    return [pair for pair in ranked if order and pair[1].role == order[0] and not here & {order[0]}]


def _riff(ranked: Sequence[tuple[float, Player]]) -> str:
    roles = [p.role for _, p in sorted(ranked, key=lambda pair: pair[0]) if p.role in _RIFFS[:3]]
    return roles[0] if roles else _RIFFS[-1]


def _first_of(ranked: Sequence[tuple[float, Player]], roles: Sequence[str]) -> list[str]:
    """Name of the player of each role that comes first."""
    found = []
    for role in roles:
        same = sorted((rank, p.name) for rank, p in ranked if p.role == role)
        found += [same[0][1]] if same else []
    return found


def _gathered(
    choices: Choices,
    section: Section,
    ranked: Sequence[tuple[float, Player]],
    usual: Sequence[str],
) -> dict[str, int]:
    """Players enter in groups two bars apart (four in a long section), in an order of roles."""
    opens = choices.style.arrangement.opens or usual
    place = {role: i - 10 for i, role in enumerate(opens)}
    order = sorted(
        ranked, key=lambda pair: place.get(pair[1].role, _ORDER[pair[1].role]) + 0.9 * pair[0]
    )
    step = 4 if section.bars >= 16 else 2 if section.bars >= 4 else 1
    groups = max(1, section.bars // step)
    return {
        p.name: step * min(groups - 1, i * groups // len(order)) for i, (_, p) in enumerate(order)
    }


def thin_out(choices: Choices, section: Section, players: Sequence[Player], rota: Rota) -> None:
    """Let players of the last section leave one by one; tune, bass and harmony stay to the end."""
    rng = generator(choices.seed, "leaving")
    leaving = [p for p in players if p.name in rota and (p.colour or p.role == "drums")]
    leaving = [p for p in leaving if p.role != "melody"]
    order = sorted(leaving, key=lambda p: rng.random() + (p.role == "drums"))
    span = max(1, section.bars - 1)
    for place, player in enumerate(order):
        end = max(1, -(-span * (place + 1) // (len(order) + 1)))
        rota[player.name] = [plays and bar < end for bar, plays in enumerate(rota[player.name])]


@dataclass(frozen=True, slots=True)
class Ending:
    """How the last bar is played.

    Args:
        kind: One of `composer.rulebook.style_arrangement.ENDINGS`.
        hits: Its hits.
        stop: From when on it is silent.
    """

    kind: str
    hits: tuple[Fraction, ...] = ()
    stop: Fraction | None = None


def ending_of(choices: Choices, chords: Sequence[ChordSpan], bars: int) -> Ending:
    """How the piece ends; every chord of the last bar is struck."""
    weights = choices.style.arrangement.ending
    kind = pick_key(generator(choices.seed, "ending"), weights)
    if kind not in ("hit", "stabs") or bars < 2:
        return Ending(kind)
    meter = choices.meter
    start = meter.bar_quarters * (bars - 1)
    struck = sorted(
        {max(Fraction(0), c.onset_quarters - start) for c in chords if c.end_quarters > start}
    )
    if kind == "stabs":
        struck += _stabs(choices, meter, struck[-1])
    last = struck[-1]
    length = _EIGHTH if kind == "stabs" else meter.beat_quarters[0]
    return Ending(kind, tuple(struck), min(meter.bar_quarters, last + length))


def _stabs(choices: Choices, meter: Meter, after: Fraction) -> list[Fraction]:
    """Hits after the last chord of the bar: one more, or two close together."""
    beats = [onset for onset in meter.beat_onsets if onset > after]
    rng = generator(choices.seed, "stabs")
    if len(beats) > 1 and rng.random() < 0.5:
        first = pick(rng, range(len(beats) - 1), [1.0] * (len(beats) - 1))
        return [beats[first], beats[first + 1]]
    if not beats:
        return []
    late = pick(rng, beats, [1.0] * len(beats))
    return [late - _EIGHTH, late] if late - after > _EIGHTH and rng.random() < 0.4 else [late]

"""Who sings: the first part with the tune, a voice where the user names no instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from composer.errors import BriefError
from composer.music.plan import PartPlan, Plan, Section
from composer.rulebook import Rulebook
from composer.writing.song import Song

if TYPE_CHECKING:
    from composer.writing.players import Player, Rota

VOICE = "voice"
_SINGERS = ("voice", "choir", "synth-voice", "lead-6-voice")
_LOWEST, _HIGHEST = 52, 79
_WIDEST = 19  # semitones: an octave and a half, and a step
_LEAST = 12


def singer_of(parts: Sequence[PartPlan]) -> PartPlan | None:
    """The part that sings: the first with the tune.

    >>> singer_of(()) is None
    True
    """
    return next((part for part in parts if part.role == "melody"), None)


def with_singer(
    parts: tuple[PartPlan, ...], book: Rulebook, *, chosen: bool
) -> tuple[PartPlan, ...]:
    """The ensemble with somebody who sings the words.

    Args:
        parts: The ensemble.
        book: The rule book.
        chosen: Whether the user chose it: then it stays as it is. Else the tune has a voice, where
            it has none.

    Raises:
        BriefError: If nobody of those whom the user chose has the tune.
    """
    singer = singer_of(parts)
    if singer is None:
        raise BriefError("parts", "nobody has a tune to sing the lyrics on; add melody=voice")
    if chosen or singer.instrument.name in _SINGERS:
        return parts
    taken = {part.name for part in parts}
    name = next(n for n in ("Voice", "Lead Voice", "Solo Voice") if n not in taken)
    sung = replace(singer, name=name, instrument=book.instruments[VOICE])
    return tuple(sung if part is singer else part for part in parts)


def sing(
    song: Song, sections: Sequence[Section], players: Sequence[Player], rotas: Sequence[Rota]
) -> None:
    """Let the singer sing wherever there are words, and rest where others can go on without.

    Args:
        song: The text as a form.
        sections: The sections.
        players: The ensemble.
        rotas: Who plays in each section; changed in place.
    """
    name = next((player.name for player in players if player.role == "melody"), None)
    if name is None:
        return
    for part, section, rota in zip(song.sections, sections, rotas, strict=True):
        others = any(any(plays) for other, plays in rota.items() if other != name)
        if part.phrases:
            rota[name] = [True] * section.bars
        elif others and not section.kind.startswith("solo"):
            accompanied = [
                any(plays[bar] for other, plays in rota.items() if other != name)
                for bar in range(section.bars)
            ]
            if all(accompanied):
                rota.pop(name, None)


def singable(plan: Plan, part: PartPlan, low: int, high: int) -> tuple[int, int]:
    """The range of a part, narrowed to what a voice sings at ease where the part has words.

    Args:
        plan: The plan.
        part: The part.
        low: Its lowest pitch.
        high: Its highest pitch.

    Returns:
        At most an octave and a half, between E3 and G5 where the part reaches there.
    """
    if not plan.lyrics or plan.tune or part != singer_of(plan.parts):
        return low, high
    bottom, top = max(low, _LOWEST), min(high, _HIGHEST)
    if top - bottom < _LEAST:
        bottom, top = low, high
    spare = max(0, top - bottom - _WIDEST)
    return bottom + spare // 2, top - (spare - spare // 2)

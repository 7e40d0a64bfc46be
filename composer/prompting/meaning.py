"""What a reading asks of the brief: one value a field, and the words that it was heard in."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from composer.errors import BriefError
from composer.prompting.quantities import Quantity
from composer.prompting.reading import Mention, Reading
from composer.rulebook import Rulebook
from composer.rulebook.prompts import (
    CONTEXT,
    INSTRUMENT,
    INSTRUMENTAL,
    LOOP,
    METER,
    MOOD,
    PACE,
    STYLE,
    SWING,
    TEMPO,
    Lexeme,
)

_ANY_TEMPO = (60.0, 150.0)
"""From slow to fast, where no style says what that is."""

_CONTEXT_WEIGHT = 0.5
_NEGATED_DEGREE = -0.5
_NEGATED_WEIGHT = 0.5
_APART = 1.2
"""Moods that lie farther apart on the plane pull against each other."""


@dataclass(frozen=True, slots=True)
class Meant:
    """A field as the prompt asks for it.

    Args:
        field: Name of the field of the brief.
        value: What it is to be.
        words: The words that say so.
        note: What was decided about words that pull against each other; empty for nothing.
    """

    field: str
    value: Any
    words: tuple[str, ...]
    note: str = ""


def meant(reading: Reading, text: str, style: str | None, book: Rulebook) -> tuple[Meant, ...]:
    """The fields that a reading fills.

    Args:
        reading: The reading.
        text: The prompt that was read.
        style: The style that the brief asks for already; else the prompt's own counts.
        book: The rule book.
    """
    found = [*_styles(reading.mentions)]
    named = style or next((meaning.value for meaning in found), None)
    found += _moods(reading.mentions)
    found += _tempos(reading, text, named, book)
    found += _parts(reading, named, book)
    for field in ("duration", "bars", "key", "time_signature", "form", "hits"):
        found += _quantities(reading.quantities, field, text, book)
    if not any(meaning.field == "time_signature" for meaning in found):
        found += _first(reading.mentions, METER, "time_signature", lambda lexeme: lexeme.name)
    found += _first(reading.mentions, SWING, "swing", lambda lexeme: lexeme.number)
    found += _first(reading.mentions, LOOP, "loop", lambda lexeme: True)
    return tuple(found)


def _wanted(mentions: Sequence[Mention], *kinds: str) -> list[Mention]:
    return [m for m in mentions if m.lexeme.kind in kinds and m.wanted]


def _words(mentions: Sequence[Mention]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(mention.text for mention in mentions))


def _first(
    mentions: Sequence[Mention], kind: str, field: str, value: Callable[[Lexeme], Any]
) -> Iterator[Meant]:
    """The first that is wanted of a kind."""
    for mention in _wanted(mentions, kind)[:1]:
        yield Meant(field, value(mention.lexeme), (mention.text,))


def _styles(mentions: Sequence[Mention]) -> Iterator[Meant]:
    """The style that is named most often, or else the one that suits where it is to be heard."""
    refused = {m.lexeme.name for m in mentions if m.lexeme.kind == STYLE and not m.wanted}
    named = [m for m in _wanted(mentions, STYLE) if m.lexeme.name not in refused]
    if named:
        counts: dict[str, int] = {}
        for mention in named:
            counts[mention.lexeme.name] = counts.get(mention.lexeme.name, 0) + 1
        chosen = max(counts, key=lambda name: counts[name])
        others = [m.text for m in named if m.lexeme.name != chosen]
        note = f"one style at a time: {chosen}, not {', '.join(others)}" if others else ""
        yield Meant("style", chosen, _words([m for m in named if m.lexeme.name == chosen]), note)
        return
    weights: dict[str, float] = {}
    contexts = _wanted(mentions, CONTEXT)
    for mention in contexts:
        for name, weight in mention.lexeme.styles.items():
            if name not in refused:
                weights[name] = weights.get(name, 0.0) + weight
    if weights:
        best = max(weights, key=lambda name: weights[name])
        told = [m for m in contexts if best in m.lexeme.styles]
        yield Meant("style", best, _words(told))


def _moods(mentions: Sequence[Mention]) -> Iterator[Meant]:
    """The mean of all moods, in which those of the occasion count half."""
    heard = [m for m in mentions if m.lexeme.kind in (MOOD, CONTEXT)]
    heard = [m for m in heard if m.wanted or m.lexeme.kind == MOOD]
    if not heard:
        return
    points = [_weighed(mention) for mention in heard]
    total = sum(weight for _, _, weight in points)
    valence = sum(v * weight for v, _, weight in points) / total
    energy = sum(e * weight for _, e, weight in points) / total
    words = tuple(
        dict.fromkeys(m.text if m.wanted and m.degree > 0 else f"not {m.text}" for m in heard)
    )
    yield Meant("mood", f"{_place(valence):g},{_place(energy):g}", words, _tension(heard))


def _weighed(mention: Mention) -> tuple[float, float, float]:
    """Valence, energy and weight of a mention."""
    valence, energy = mention.lexeme.point
    if mention.lexeme.kind == CONTEXT:
        return valence, energy, _CONTEXT_WEIGHT
    degree = mention.degree if mention.wanted else _NEGATED_DEGREE * abs(mention.degree)
    weight = 1.0 if degree > 0 else _NEGATED_WEIGHT
    return valence * degree, energy * degree, weight


def _place(number: float) -> float:
    """A number of the plane; adding 0 makes no minus of nothing."""
    return round(min(1.0, max(-1.0, number)), 2) + 0.0


def _tension(heard: Sequence[Mention]) -> str:
    """What is to be said where two moods lie far apart."""
    plain = [m for m in heard if m.lexeme.kind == MOOD and m.wanted and m.degree > 0]
    for index, one in enumerate(plain):
        for other in plain[index + 1 :]:
            if math.dist(one.lexeme.point, other.lexeme.point) > _APART:
                return f"{one.text} and {other.text} pull apart; the mood lies between them"
    return ""


def _tempos(reading: Reading, text: str, style: str | None, book: Rulebook) -> Iterator[Meant]:
    """The tempo in numbers, by its Italian or Chinese name, or as a place in the style's range."""
    numbers = list(_quantities(reading.quantities, "tempo", text, book))
    if numbers:
        yield from numbers
        return
    if named := _wanted(reading.mentions, TEMPO):
        yield Meant("tempo", named[0].lexeme.number, (named[0].text,))
        return
    paces = [m for m in reading.mentions if m.lexeme.kind == PACE]
    if not paces:
        return
    pace = paces[0]
    degree = pace.degree if pace.wanted else _NEGATED_DEGREE
    low, high = book.style(style).tempo if style is not None else _ANY_TEMPO
    place = 0.5 + (pace.lexeme.number - 0.5) * degree
    word = pace.text if pace.wanted and pace.degree > 0 else f"not {pace.text}"
    yield Meant("tempo", float(round(low + place * (high - low))), (word,))


def _parts(reading: Reading, style: str | None, book: Rulebook) -> Iterator[Meant]:
    """Who plays: the instruments alone, or the style's ensemble with some and without others."""
    instruments = [m for m in reading.mentions if m.lexeme.kind == INSTRUMENT]
    refused = [m for m in instruments if not m.wanted]
    out = dict.fromkeys(m.lexeme.without for m in refused)
    words = [f"no {m.text}" for m in refused]
    for mention in _wanted(reading.mentions, INSTRUMENTAL):
        out["voice"] = None
        words.append(mention.text)
    wanted = [m for m in instruments if m.wanted and m.lexeme.without not in out]
    if not reading.only:
        # What the style always has needs not be brought in: a beat for house, pads for ambient.
        there = {part.role for part in book.style(style).parts if part.chance == 1} if style else ()
        wanted = [m for m in wanted if m.lexeme.without not in ("melody", *there)]
    into = dict.fromkeys(m.lexeme.name for m in wanted)
    if reading.only and into:
        yield Meant("parts", tuple(into), ("only", *_words(wanted)))
    elif into or out:
        parts = (*(f"+{name}" for name in into), *(f"-{name}" for name in out))
        yield Meant("parts", parts, (*_words(wanted), *dict.fromkeys(words)))


def _quantities(
    found: Sequence[Quantity], field: str, text: str, book: Rulebook
) -> Iterator[Meant]:
    """The first quantity of a field; others are named."""
    own = [quantity for quantity in found if quantity.field == field]
    if not own:
        return
    value = own[0].value
    if field == "key":
        try:
            value = book.key(value).name
        except BriefError as error:
            raise BriefError("prompt", str(error)) from None
    said = [text[quantity.start : quantity.end].strip() for quantity in own]
    others = [words for quantity, words in zip(own, said, strict=True) if quantity.value != value]
    note = f"{said[0]} counts, not {', '.join(others)}" if others and field != "key" else ""
    yield Meant(field, value, (said[0],), note)

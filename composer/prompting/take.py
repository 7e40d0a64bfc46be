"""``--prompt``: a brief in words, English or Chinese."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from composer.errors import BriefError
from composer.music.brief import Brief, Taken
from composer.prompting.meaning import Meant, meant
from composer.prompting.reading import normal, read
from composer.rulebook import load_rulebook

_LONGEST = 2000  # characters
_EXAMPLE = '"calm lo-fi for a shop in the morning, 90 seconds, no drums"'


def take_prompt(text: str, brief: Brief | None = None, rules: Path | None = None) -> Taken:
    """Fill the gaps of a brief with what a prompt asks for.

    Args:
        text: The prompt, in English, Chinese or both, up to 2,000 characters.
        brief: What is asked for already, and stands.
        rules: A folder of rules to lay over ours.

    Raises:
        BriefError: If nothing of the prompt is understood, or it is too long.
        RuleError: If a rule file is wrong.

    >>> taken = take_prompt("calm lo-fi, 90 seconds, no drums")
    >>> taken.brief.style, taken.brief.mood, taken.brief.duration, taken.brief.parts
    ('lofi-hip-hop', '0.3,-0.7', 90.0, ('-drums',))
    >>> take_prompt("平静的爵士，D小调").brief.key
    'D minor'
    """
    brief = brief or Brief()
    if len(text) > _LONGEST:
        raise BriefError("prompt", f"is {len(text):,} characters long, over {_LONGEST:,}; cut it")
    book = load_rulebook(rules)
    reading = read(text, book)
    found = meant(reading, normal(text), brief.style, book)
    if not found:
        raise BriefError("prompt", f'"{text}" says nothing that is known; write {_EXAMPLE}')
    used = [meaning for meaning in found if _open(brief, meaning.field)]
    values: dict[str, Any] = {meaning.field: meaning.value for meaning in used}
    return Taken(replace(brief, **values), tuple(_notes(found, used, reading.unknown)))


def _open(brief: Brief, field: str) -> bool:
    """Whether the brief leaves a field to us."""
    return getattr(brief, field) in (None, False)


def _notes(found: tuple[Meant, ...], used: list[Meant], unknown: tuple[str, ...]) -> list[str]:
    """What is to be said to the user."""
    notes = []
    if used:
        notes.append(f"understood: {', '.join(_understood(meaning) for meaning in used)}")
    aside = [meaning.field.replace("_", "-") for meaning in found if meaning not in used]
    if aside:
        notes.append(f"left aside, since the brief says it already: {', '.join(aside)}")
    notes += [meaning.note for meaning in used if meaning.note]
    if unknown:
        notes.append(f"not understood: {', '.join(dict.fromkeys(unknown))}")
    return notes


def _understood(meaning: Meant) -> str:
    """A field as it was understood, and the words that say so."""
    field, value = meaning.field.replace("_", "-"), meaning.value
    if isinstance(value, tuple):
        value = ",".join(f"{part:g}" if isinstance(part, float) else part for part in value)
    elif isinstance(value, float):
        value = f"{value:g}"
    shown = field if value is True else f"{field} {value}"
    return f"{shown} ({', '.join(meaning.words)})"

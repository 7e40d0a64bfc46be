"""Syllables under notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_CHARACTERS = 100
_MOST_VERSES = 12
_ELISION = "‿"


def read_lyrics(note: Element) -> tuple[tuple[int, str], ...]:
    """The syllables of a note by verse, each with a hyphen where its word goes on.

    Verses are counted by their numbers, or by their order where they have names.
    """
    found: dict[int, str] = {}
    for order, lyric in enumerate(note.findall("lyric")[:_MOST_VERSES], start=1):
        name = lyric.get("number", "")
        plain = name.isascii() and name.isdigit() and 1 <= int(name[:3]) <= _MOST_VERSES
        verse = int(name[:3]) if plain else order
        text = _text(lyric)
        if text:
            found.setdefault(verse, text)
    return tuple(sorted(found.items()))


def _text(lyric: Element) -> str:
    """The text of a lyric; syllables that are sung as one are joined by a tie."""
    parts: list[str] = []
    syllabic = ""
    for element in lyric:
        if element.tag == "syllabic":
            syllabic = (element.text or "").strip()
        elif element.tag == "elision":
            parts.append(_ELISION)
        elif element.tag == "text":
            parts.append(element.text or "")
    text = "".join(parts)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    line = line[:MOST_CHARACTERS].strip(_ELISION).rstrip("-")
    return f"{line}-" if line and syllabic in ("begin", "middle") else line

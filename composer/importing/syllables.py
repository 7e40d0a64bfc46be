"""Syllables of MIDI lyrics, in the several ways in which files mark where words end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from composer.music.performance import LyricEvent, TextEvent

MOST_CHARACTERS = 100
"""A longer syllable is cut."""
_BREAKS = "\r\n/\\"


def karaoke_events(texts: Iterable[TextEvent]) -> tuple[LyricEvent, ...]:
    r"""The words of a karaoke file (.kar), which are texts; none where its header is missing.

    The header are texts that begin with ``@``; ``/`` and ``\`` before a syllable begin a line.
    """
    found = [text for text in texts if text.kind == "text"]
    if not any(text.text.startswith("@") for text in found):
        return ()
    return tuple(LyricEvent(t.ticks, t.text) for t in found if t.text and t.text[0] != "@")


def syllables(events: Sequence[LyricEvent], *, karaoke: bool = False) -> tuple[LyricEvent, ...]:
    """Syllables as `TuneNote` has them: with a hyphen where the word goes on.

    Where any syllable has a space at its end or its beginning, spaces end words (Karaoke, RP-017);
    else hyphens say where words go on, and all other syllables end theirs.

    Args:
        events: What the file has.
        karaoke: Whether they are a karaoke file's, where spaces and new lines always end words.

    >>> said = [LyricEvent(0, "Hel"), LyricEvent(9, "lo "), LyricEvent(18, "world")]
    >>> [event.text for event in syllables(said)]
    ['Hel-', 'lo', 'world']
    """
    by_space = karaoke or any(_edges(event.text) for event in events)
    found: list[LyricEvent] = []
    for index, event in enumerate(events):
        text = _clean(event.text)
        if not text.strip("-"):
            continue
        goes_on = text.endswith("-")
        if by_space and not goes_on:
            after = next((e.text for e in events[index + 1 :] if _clean(e.text)), " ")
            ended = event.text[-1:].isspace() or after[:1].isspace() or after[0] in _BREAKS
            goes_on = not ended
        found.append(LyricEvent(event.ticks, text.rstrip("-") + "-" if goes_on else text))
    return tuple(found)


def _edges(text: str) -> bool:
    """Whether a space stands before or after a syllable."""
    inner = text.strip(_BREAKS)
    return bool(inner.strip()) and inner != inner.strip()


def _clean(text: str) -> str:
    """A syllable alone, on one line."""
    printable = "".join(c if c.isprintable() else " " for c in text.strip(_BREAKS))
    return " ".join(printable.split())[:MOST_CHARACTERS]

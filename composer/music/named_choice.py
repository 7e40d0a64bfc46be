"""Which of a file's tracks or parts the user means."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import nearest

_MOST_LISTED = 24
_LONGEST_NAME = 40


def chosen(kind: str, voices: Sequence[tuple[str, int]], asked: str) -> int:
    """Find what is asked for by its name (any case), its number, or the beginning of its name.

    Args:
        kind: What they are: ``track`` or ``part``.
        voices: The name and the number of notes of each.
        asked: What the user typed.

    Returns:
        Its index.

    Raises:
        LookupError: If none or several are meant; the message is the rest of a sentence that begins
            with the file.

    >>> chosen("track", [("Violin", 12), ("Bass", 8)], "vio"), chosen("part", [("Alto", 3)], "1")
    (0, 0)
    """
    wanted = asked.strip().lower()
    names = [name.strip().lower() for name, _ in voices]
    meant = [index for index, name in enumerate(names) if name == wanted]
    if not meant and wanted.isascii() and wanted.isdigit():
        if 1 <= int(wanted[:9]) <= len(voices):
            return int(wanted[:9]) - 1
        raise LookupError(f"has no {kind} {shown(asked)}; it has {listing(voices)}")
    if not meant and wanted:
        meant = [index for index, name in enumerate(names) if name.startswith(wanted)]
    if len(meant) == 1:
        return meant[0]
    if meant and wanted:
        many = f'{len(meant)} {kind}s called "{shown(asked)}"'
        raise LookupError(f"has {many}; choose one by its number: {listing(voices)}")
    hint = nearest(wanted, [shown(name) for name, _ in voices]).partition(" (known")[0]
    all_of_them = f"it has {listing(voices)}"
    if not hint.startswith("known"):
        all_of_them = f"{hint} It has {listing(voices)}"
    raise LookupError(f'has no {kind} "{shown(asked)}"; {all_of_them}')


def listing(voices: Sequence[tuple[str, int]]) -> str:
    """All of them by number, name and number of notes.

    >>> listing([("Violin", 12), ("Bass", 1)])
    '1 "Violin" (12 notes), 2 "Bass" (1 note)'
    """
    listed = [
        f'{number} "{shown(name)}" ({count} {"note" if count == 1 else "notes"})'
        for number, (name, count) in enumerate(voices[:_MOST_LISTED], start=1)
    ]
    if len(voices) > _MOST_LISTED:
        listed.append(f"and {len(voices) - _MOST_LISTED} more")
    return ", ".join(listed)


def shown(text: str) -> str:
    """A word of a file for a message: on one line, printable, cut where it is long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"

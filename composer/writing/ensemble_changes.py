"""The style's ensemble as the user changes it: ``-drums`` without them, ``+flute`` with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from composer.errors import BriefError, nearest
from composer.rulebook import Rulebook
from composer.rulebook.theory_rules import ROLES
from composer.theory.instruments import Instrument

Chosen = list[tuple[str, Instrument]]
"""Role and instrument of each part."""

WITHOUT, WITH = "-", "+"


def is_change(text: str) -> bool:
    """Whether a part is a change of the style's ensemble.

    >>> is_change("-drums"), is_change("drums")
    (True, False)
    """
    return text.strip()[:1] in (WITHOUT, WITH)


def changed(
    base: Chosen,
    changes: Sequence[str],
    book: Rulebook,
    read: Callable[[str, Rulebook], tuple[str, Instrument]],
) -> Chosen:
    """Apply the user's changes to an ensemble: what goes first, then what comes.

    ``-word`` takes out every part of that role, that family of instruments or that instrument, and
    instruments whose names end with the word (``-sax``: all saxophones), whether the ensemble has
    one or not, since that may be for the seed to say. ``+instrument`` plays in place of the part
    whose role suits it best, or beside all if none does; with a role, ``+melody=flute``, in place
    of the first part with it. ``+role`` is content with the style's own.

    Args:
        base: The style's ensemble.
        changes: What to change.
        book: The rule book.
        read: Reads an instrument, with or without a role before it.

    Raises:
        BriefError: If a part changes nothing, names nothing that is known, or if nobody is left.
    """
    for text in changes:
        if not is_change(text):
            raise BriefError(
                "parts",
                f'"{text}" names a part, and others change the style\'s; either name all that '
                "play, or begin each with + or -",
            )
    words = [(text.strip()[0], text.strip()[1:].strip()) for text in changes]
    for (_, word), text in zip(words, changes, strict=True):
        if not word[:1].isalnum():
            raise BriefError("parts", f'"{text}" names nobody; write -drums or +flute')
    chosen = list(base)
    for word in (word for sign, word in words if sign == WITHOUT):
        meant = _meant(word, book)
        chosen = [part for part in chosen if not meant(*part)]
    kept: set[int] = set()
    for word in (word for sign, word in words if sign == WITH):
        if word.lower() not in [role for role, _ in chosen]:
            kept.add(_add(chosen, *read(word, book), kept))
    if not chosen:
        raise BriefError("parts", "takes out every part of the style; leave one of them in")
    return chosen


def _meant(word: str, book: Rulebook) -> Callable[[str, Instrument], bool]:
    """What a word takes out: a role, a family, or an instrument.

    Raises:
        BriefError: If it is none of them.
    """
    name = word.lower()
    known = {*ROLES, *(i.family for i in book.instruments.values())}
    called = {i.name for i in book.instruments.values() if _ends(i.name, name)}
    if name not in known and not called:
        try:
            called = {book.instrument(word).name}
        except BriefError:
            hint = nearest(name, known)
            message = f'"-{word}" is no role, family or instrument; {hint}'
            raise BriefError("parts", message) from None
    return lambda role, instrument: name in (role, instrument.family) or instrument.name in called


def _ends(name: str, word: str) -> bool:
    return f"-{name}".endswith(f"-{word}")


def _add(chosen: Chosen, role: str, instrument: Instrument, kept: set[int]) -> int:
    """Put an instrument into an ensemble, in nobody's place that was put there before.

    Returns:
        Where it plays.
    """
    for index, part in enumerate(chosen):
        if index not in kept and part[1] == instrument and role in ("", part[0]):
            return index
    for wanted in [role] if role else _suited(instrument):
        for index, part in enumerate(chosen):
            if index not in kept and part[0] == wanted:
                chosen[index] = (wanted, instrument)
                return index
    chosen.append((role or _suited(instrument)[0], instrument))
    return len(chosen) - 1


def _suited(instrument: Instrument) -> list[str]:
    """The roles of an instrument, best first; who can sing a tune takes nobody's bass away."""
    sings = "melody" in instrument.roles
    return sorted(instrument.roles, key=lambda role: sings and role == "bass")

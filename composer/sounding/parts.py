"""Which parts of a piece a user means by a few words."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import BriefError, nearest
from composer.music.performance import Performance, Track
from composer.rendering.events import DRUM_CHANNEL
from composer.rendering.stems import stem_names
from composer.rulebook import Rulebook, load_rulebook
from composer.sounding.options import ALL, Refining
from composer.theory.instruments import Instrument

FIELD = "refine-parts"
_MOST_PROGRAM = 127


def chosen_stems(
    performance: Performance, refining: Refining
) -> tuple[frozenset[str], tuple[str, ...]]:
    """The stems that are meant, and words that mean none of this piece.

    A word means every part in whose name, role or General MIDI instrument it occurs: ``bass`` an
    acoustic bass, ``piano`` an electric one too.

    Raises:
        BriefError: If a word is neither a part of the piece nor an instrument or a role.
    """
    names = stem_names(performance)
    if refining.everything:
        return frozenset(names), ()
    book = load_rulebook()
    chosen: set[str] = set()
    idle = []
    for word in refining.parts:
        pairs = zip(names, performance.tracks, strict=True)
        found = {name for name, track in pairs if _means(word, name, track, book)}
        if not found:
            if not _is_known(word, book):
                hint = nearest(_slug(word), [*map(_slug, names), ALL])
                raise BriefError(FIELD, f'"{word}" is no part of this piece; {hint}')
            idle.append(word)
        chosen |= found
    return frozenset(chosen), tuple(idle)


def check_words(refining: Refining) -> None:
    """See, before a piece is there, that words could mean parts that composer writes.

    Raises:
        BriefError: If one is neither an instrument nor a role.
    """
    if refining.everything:
        return
    book = load_rulebook()
    for word in refining.parts:
        if not _is_known(word, book):
            known = [*book.instruments, *_roles(book), ALL]
            hint = nearest(_slug(word), known).partition(" (known")[0]
            raise BriefError(FIELD, f'"{word}" is no instrument or role; {_first_words(hint)}')


def program_of(text: str) -> tuple[int, bool]:
    """The program of a General MIDI name or number, and whether it is a drum kit.

    Raises:
        BriefError: If there is none.

    >>> program_of("violin"), program_of("40"), program_of("drums")
    ((40, False), (40, False), (0, True))
    """
    if text.strip().lstrip("+-").isdecimal():
        number = int(text)
        if not 0 <= number <= _MOST_PROGRAM:
            raise BriefError("program", f"must be a name, or a number from 0 to 127, not {number}")
        return number, False
    try:
        instrument = load_rulebook().instrument(text)
    except BriefError as error:
        raise BriefError("program", str(error).removeprefix("parts: ")) from None
    return instrument.program, instrument.is_drums


def _means(word: str, name: str, track: Track, book: Rulebook) -> bool:
    slug, drums = _slug(word), track.channel == DRUM_CHANNEL
    texts = [name, track.role, *(["drums"] if drums else _played_by(track, book))]
    if slug and any(f"-{slug}-" in f"-{_slug(text)}-" for text in texts):
        return True
    instrument = _instrument(word, book)
    if instrument is None or instrument.is_drums or drums:
        return instrument is not None and instrument.is_drums and drums
    return instrument.program == track.program


def _played_by(track: Track, book: Rulebook) -> list[str]:
    found = book.instruments.values()
    return [i.name for i in found if i.program == track.program and not i.is_drums]


def _is_known(word: str, book: Rulebook) -> bool:
    """Whether a word may mean a part of some piece: its number left out, if it has one."""
    slug = _slug(word).rstrip("0123456789").rstrip("-")
    known = [*book.instruments, *_roles(book)]
    return _instrument(word, book) is not None or bool(
        slug and any(f"-{slug}-" in f"-{name}-" for name in known)
    )


def _instrument(word: str, book: Rulebook) -> Instrument | None:
    try:
        return book.instrument(word)
    except BriefError:
        return None


def _roles(book: Rulebook) -> Sequence[str]:
    return sorted({role for i in book.instruments.values() for role in i.roles})


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _first_words(hint: str) -> str:
    """A hint, unless it lists a hundred instruments."""
    if hint.startswith("did you mean"):
        return hint
    return "README.md names the roles, rules/instruments.toml the instruments"


def split_words(text: str) -> tuple[str, ...]:
    """The words of a comma-separated list.

    Raises:
        BriefError: If there are none.

    >>> split_words("piano, bass,")
    ('piano', 'bass')
    """
    words = tuple(word.strip() for word in text.split(",") if word.strip())
    if not words:
        raise BriefError(FIELD, f"is empty; name a part, or {ALL}")
    return words

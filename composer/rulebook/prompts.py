"""Reader of ``prompts/*.toml``: what words of a prompt mean, in each language."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from composer.errors import nearest
from composer.rulebook.reader import Table
from composer.theory.meter import COUNTED_METERS

LANGUAGES = ("english", "chinese")
"""Names of the files, in the order in which they are read."""

NOT, NOT_AFTER, ONLY, AND, BUT, LOOP, INSTRUMENTAL, IGNORED = (
    "not",
    "not_after",
    "only",
    "and",
    "but",
    "loop",
    "instrumental",
    "ignored",
)
WORDS = (NOT, NOT_AFTER, ONLY, AND, BUT, LOOP, INSTRUMENTAL, IGNORED)
"""Kinds of words that mean nothing but themselves; "not after" stands after what is not to be."""

STYLE, MOOD, CONTEXT, INSTRUMENT = "style", "mood", "context", "instrument"
METER, PACE, TEMPO, SWING, SECTION = "meter", "pace", "tempo", "swing", "section"
DEGREE, DEGREE_AFTER = "degree", "degree after"


@dataclass(frozen=True, slots=True)
class Lexeme:
    """What a phrase means.

    Args:
        kind: One of the kinds of this module, which says what else is set.
        name: A style, an instrument, a meter, a section, or the name of a context.
        number: Of a pace, 0 (the style's slow end) to 1; of a tempo, in quarters a minute; of a
            swing, 0.5 to 0.75; of a degree, what it multiplies a mood by.
        point: Valence and energy, each -1 to 1, of a mood or a context.
        styles: Weights of the styles that a context suggests.
        without: Of an instrument, what goes where it is not wanted: a role, a family, an
            instrument, or what several are called.
    """

    kind: str
    name: str = ""
    number: float = 0.0
    point: tuple[float, float] = (0.0, 0.0)
    styles: Mapping[str, float] = field(default_factory=dict)
    without: str = ""


@dataclass(frozen=True, slots=True)
class Names:
    """What the rule book knows by name, and what prompts may therefore speak of.

    Args:
        styles: Names of styles.
        instruments: Names of instruments and their aliases, each with the instrument's name.
        roles: Roles and families, which may be left out of an ensemble.
        moods: Points by word.
    """

    styles: Collection[str]
    instruments: Mapping[str, str]
    roles: Collection[str]
    moods: Mapping[str, tuple[float, float]]


def folded(phrase: str) -> str:
    """A phrase as it is looked up: lower case, single spaces for hyphens, no apostrophes.

    >>> folded("Lo-Fi"), folded("café"), folded("Rock & Roll")
    ('lo fi', 'cafe', 'rock and roll')
    """
    plain = unicodedata.normalize("NFKD", phrase.lower()).replace("’", "'").replace("&", " and ")
    kept = "".join(c for c in plain if not unicodedata.combining(c) and c != "'")
    return " ".join("".join(" " if c in "-_/" else c for c in kept).split())


def known_lexemes(names: Names) -> dict[str, Lexeme]:
    """What needs no entry: names of styles, instruments and moods mean themselves."""
    found = {
        folded(word): Lexeme(INSTRUMENT, name, without=name)
        for word, name in names.instruments.items()
    }
    found |= {folded(word): Lexeme(MOOD, point=point) for word, point in names.moods.items()}
    return found | {folded(name): Lexeme(STYLE, name) for name in names.styles}


def read_prompts(file: Table, names: Names) -> dict[str, Lexeme]:
    """Read a file of prompts.

    Args:
        file: The file.
        names: What it may speak of.

    Returns:
        The meaning of each phrase.

    Raises:
        RuleError: If an entry is malformed, speaks of what is not there, or a phrase has two
            meanings.
    """
    file.text("source")
    found: dict[str, Lexeme] = {}
    for place, phrase, lexeme in _entries(file, names):
        key = folded(phrase)
        if not key:
            raise file.fail(place, f'"{phrase}" has no letters')
        if key in found and found[key] != lexeme:
            raise file.fail(place, f'"{phrase}" has another meaning in this file; keep one')
        found[key] = lexeme
    file.done()
    return found


def _entries(file: Table, names: Names) -> Iterator[tuple[str, str, Lexeme]]:
    """All entries of a file: where each stands, its phrase and its meaning."""
    yield from _named(file, "styles", STYLE, names.styles)
    yield from _points(file)
    yield from _contexts(file, names)
    instruments = set(names.instruments.values())
    for place, phrase, lexeme in _named(file, "instruments", INSTRUMENT, instruments):
        yield place, phrase, Lexeme(INSTRUMENT, lexeme.name, without=lexeme.name)
    yield from _groups(file, names)
    yield from _named(file, "meters", METER, COUNTED_METERS)
    yield from _numbers(file, "paces", PACE, -0.5, 1.5)
    yield from _numbers(file, "tempos", TEMPO, 20, 400)
    yield from _numbers(file, "swings", SWING, 0.5, 0.75)
    yield from _numbers(file, "degrees", DEGREE, -1, 2)
    yield from _numbers(file, "degrees_after", DEGREE_AFTER, -1, 2)
    sections = file.table("sections", {})
    for name in sections.data:
        phrases = (name, *sections.texts(name))
        yield from ((f"sections.{name}", phrase, Lexeme(SECTION, name)) for phrase in phrases)
    words = file.table("words", {})
    for kind in WORDS:
        yield from ((f"words.{kind}", word, Lexeme(kind)) for word in words.texts(kind, ()))
    words.done()


def _named(
    file: Table, key: str, kind: str, known: Iterable[str]
) -> Iterator[tuple[str, str, Lexeme]]:
    """Phrases by the name of what they mean."""
    table = file.table(key, {})
    for name in table.data:
        if name not in known:
            raise table.fail(name, f"is no {kind}; {nearest(name, known)}")
        for phrase in table.texts(name):
            yield f"{key}.{name}", phrase, Lexeme(kind, name)


def _points(file: Table) -> Iterator[tuple[str, str, Lexeme]]:
    table = file.table("moods", {})
    for word in table.data:
        yield f"moods.{word}", word, Lexeme(MOOD, point=_point(table, word))


def _point(table: Table, key: str) -> tuple[float, float]:
    valence, energy = table.numbers(key, 2)
    if not (-1 <= valence <= 1 and -1 <= energy <= 1):
        raise table.fail(key, "must be two numbers from -1 to 1")
    return valence, energy


def _contexts(file: Table, names: Names) -> Iterator[tuple[str, str, Lexeme]]:
    for name, table in file.table("contexts", {}).items():
        styles = table.weights_of("styles", tuple(names.styles)) if table.has("styles") else {}
        lexeme = Lexeme(CONTEXT, name, point=_point(table, "mood"), styles=styles)
        for phrase in table.texts("words"):
            yield f"contexts.{name}.words", phrase, lexeme
        table.done()


def _groups(file: Table, names: Names) -> Iterator[tuple[str, str, Lexeme]]:
    """Words for many instruments: a role, a family, or the last word of their names."""
    called = {name.rpartition("-")[2] for name in names.instruments.values()}
    groups = file.table("groups", {})
    for name, table in groups.items():
        if name not in names.roles and name not in called:
            hint = nearest(name, {*names.roles, *called})
            raise groups.fail(name, f"is no role, family or kind of instrument; {hint}")
        lexeme = Lexeme(INSTRUMENT, table.text("with"), without=name)
        if lexeme.name not in names.instruments and lexeme.name not in names.roles:
            raise table.fail("with", f"is no instrument; {nearest(lexeme.name, names.instruments)}")
        for phrase in table.texts("words"):
            yield f"groups.{name}.words", phrase, lexeme
        table.done()


def _numbers(
    file: Table, key: str, kind: str, low: float, high: float
) -> Iterator[tuple[str, str, Lexeme]]:
    table = file.table(key, {})
    for phrase in table.data:
        number = table.number(phrase, low, high)
        yield f"{key}.{phrase}", phrase, Lexeme(kind, number=number)

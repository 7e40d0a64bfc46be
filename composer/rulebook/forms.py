"""Reader of ``forms/*.toml``: grammars that go from the piece to its sections."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table
from composer.rulebook.theory_rules import CADENCE_KINDS

_TUNELESS = ("intro", "break", "build", "stillness", "dub", "breakdown", "interlude")
_RECALLS = 4


@dataclass(frozen=True, slots=True)
class Expansion:
    """One way to expand a symbol of the grammar."""

    symbols: tuple[str, ...]
    weight: float


@dataclass(frozen=True, slots=True)
class SectionKind:
    """What a kind of section is like.

    Args:
        name: Its kind, such as ``chorus``.
        lengths: Weight by length in bars.
        energy: Energy at its start, 0–1.
        rise: Change of energy from its start to its end, -1 to 1.
        cadences: Weight by kind of its last cadence.
        material: Kind of section whose music it shares; its own name if none.
        tune: Whether the tune plays in it.
        build: Whether its bars build up to what follows.
    """

    name: str
    lengths: Mapping[int, float]
    energy: float
    rise: float
    cadences: Mapping[str, float]
    material: str
    tune: bool
    build: bool


@dataclass(frozen=True, slots=True)
class Form:
    """A form: a grammar with its section kinds.

    Args:
        name: Name of the file.
        grammar: Expansions by symbol; ``Piece`` is the start.
        sections: Section kinds by name.
        phrases: Weight of each label sequence by number of phrases.
        recalls: How often a kind of section is heard before its music is written anew.
    """

    name: str
    grammar: Mapping[str, tuple[Expansion, ...]]
    sections: Mapping[str, SectionKind]
    phrases: Mapping[int, Mapping[str, float]]
    recalls: int


def read_form(file: Table, name: str) -> Form:
    """Read a form.

    Raises:
        RuleError: If a symbol is undefined, or a section is malformed.
    """
    file.text("source")
    sections = {kind: _section(table, kind) for kind, table in file.table("sections").items()}
    for kind in sections.values():
        if kind.material not in sections:
            raise file.fail(f"sections.{kind.name}.material", f'"{kind.material}" is no section')
    grammar_table = file.table("grammar")
    known = {*sections, *grammar_table.data}
    grammar = {}
    for symbol in grammar_table.data:
        expansions = []
        for table in grammar_table.tables(symbol):
            symbols = table.texts("to")
            for item in symbols:
                if item not in known:
                    raise table.fail("to", f'"{item}" is neither a section nor a symbol')
            if not symbols or symbols == (symbol,):
                raise table.fail("to", "must name at least one other symbol")
            expansions.append(Expansion(symbols, table.number("weight", 0, 1000)))
        grammar[symbol] = tuple(expansions)
    if "Piece" not in grammar:
        raise file.fail("grammar.Piece", "is missing: every grammar starts with it")
    phrases = _phrases(file.table("phrases"))
    recalls = file.integer("recalls", 1, 1024, _RECALLS)
    file.done()
    return Form(name, grammar, sections, phrases, recalls)


def _section(table: Table, kind: str) -> SectionKind:
    lengths = {}
    for text, weight in table.weights("length").items():
        if not text.isdigit() or not 1 <= int(text) <= 64:
            raise table.fail(f"length.{text}", "must be a number of bars from 1 to 64")
        lengths[int(text)] = weight
    cadences = table.weights("cadence")
    for name in cadences:
        if name not in CADENCE_KINDS:
            raise table.fail(f"cadence.{name}", f"must be one of {', '.join(CADENCE_KINDS)}")
    rise = table.number("rise", 0, 1, 0.0) - table.number("fall", 0, 1, 0.0)
    section = SectionKind(
        name=kind,
        lengths=lengths,
        energy=table.number("energy", 0, 1),
        rise=rise,
        cadences=cadences,
        material=table.text("material", kind),
        tune=table.flag("tune", kind not in _TUNELESS),
        build=table.flag("build", kind == "build"),
    )
    table.done()
    return section


def _phrases(table: Table) -> dict[int, dict[str, float]]:
    phrases: dict[int, dict[str, float]] = {}
    for count in table.data:
        weights = table.weights(count)
        for labels in weights:
            if not count.isdigit() or len(labels.split()) != int(count):
                raise table.fail(f'{count}."{labels}"', f"must hold {count} phrase labels")
        phrases[int(count)] = weights
    for number in (1, 2, 3, 4):
        if number not in phrases:
            raise table.fail(str(number), "is missing: say how that many phrases relate")
    return phrases

"""Readers of the rule files about theory: scales, chords, instruments, moods and cadences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table
from composer.theory.chord import ChordQuality, ChordVocabulary
from composer.theory.instruments import Instrument
from composer.theory.interval import parse_degree
from composer.theory.scale import Scale

GENRES = (
    "pop", "rock", "metal", "jazz", "country", "hip-hop", "soul", "electronic", "classical",
)  # fmt: skip
"""Genres that the files of the training corpus are marked with, as far as they are used."""

ROLES = ("melody", "counter", "comping", "pad", "figure", "bass", "drums")
FAMILIES = (
    "keys",
    "mallet",
    "guitar",
    "bass",
    "strings",
    "brass",
    "reed",
    "pipe",
    "voice",
    "synth",
    "plucked",
    "percussion",
    "drums",
)
CADENCE_KINDS = ("authentic", "plagal", "modal", "half", "deceptive", "open")


@dataclass(frozen=True, slots=True)
class CadenceFormula:
    """The last chords of a phrase.

    Args:
        chords: Roman numerals, the last one being the goal.
        weight: Relative frequency.
    """

    chords: tuple[str, ...]
    weight: float


def _degrees(table: Table, key: str) -> tuple[int, ...]:
    try:
        return tuple(parse_degree(text) for text in table.texts(key))
    except ValueError as error:
        raise table.fail(key, str(error)) from error


def read_scales(file: Table) -> tuple[dict[str, Scale], dict[str, str]]:
    """Read ``scales.toml``: scales by name, and other names for them."""
    file.text("source")
    scales = {}
    for name, table in file.table("scales").items():
        scales[name] = Scale(
            name,
            _degrees(table, "degrees"),
            table.choice("parent", ("major", "minor")),
            table.integer("signature", -7, 7),
            _degrees(table, "tune") if table.has("tune") else (),
        )
        if scales[name].degrees[:1] != (0,):
            raise table.fail("degrees", 'must begin with the tonic, "1"')
        table.done()
    aliases = _aliases(file, scales)
    file.done()
    return scales, aliases


def _aliases(file: Table, known: Mapping[str, object]) -> dict[str, str]:
    table = file.table("aliases", {})
    return {name: table.choice(name, known) for name in table.data}


def read_chords(file: Table) -> ChordVocabulary:
    """Read ``chords.toml``."""
    file.text("source")
    by_symbol: dict[str, ChordQuality] = {}
    by_roman: dict[tuple[bool, str], ChordQuality] = {}
    for name, table in file.table("chords").items():
        quality = ChordQuality(
            name=name,
            symbol=table.text("symbol"),
            roman_suffix=table.text("roman"),
            tones=_degrees(table, "tones"),
            essential=_degrees(table, "essential"),
            tensions=_degrees(table, "tensions"),
            minor=table.flag("minor"),
        )
        if not set(quality.essential) <= set(quality.tones):
            raise table.fail("essential", "must be among the tones")
        for symbol in (quality.symbol, *table.texts("aliases")):
            by_symbol.setdefault(symbol, quality)
        for suffix in (quality.roman_suffix, *table.texts("roman_aliases")):
            by_roman.setdefault((quality.minor, suffix), quality)
        table.done()
    file.done()
    return ChordVocabulary(by_symbol, by_roman)


def read_instruments(file: Table) -> tuple[dict[str, Instrument], dict[str, str]]:
    """Read ``instruments.toml``: instruments by name, and other names for them."""
    file.text("source")
    instruments = {}
    for name, table in file.table("instruments").items():
        low, high = table.span("range", 0, 127)
        roles = table.texts("roles")
        if not roles or not set(roles) <= set(ROLES):
            raise table.fail("roles", f"must be some of {', '.join(ROLES)}")
        polyphony = table.integer("polyphony", 1, 16)
        if polyphony < 3 and set(roles) & {"comping", "pad", "figure"}:
            raise table.fail("roles", "comping, pad and figure need a polyphony of 3 or more")
        family = table.choice("family", FAMILIES)
        instruments[name] = Instrument(
            name=name,
            program=table.integer("program", 0, 127),
            low=int(low),
            high=int(high),
            family=family,
            sustained=table.flag("sustained"),
            polyphony=polyphony,
            roles=roles,
            bank=128 if family == "drums" else 0,
        )
        table.done()
    aliases = _aliases(file, instruments)
    file.done()
    return instruments, aliases


def read_levels(file: Table) -> dict[str, float]:
    """Read ``levels.toml``: how loud each instrument sounds, in dB; empty where nobody measured."""
    table = file.table("levels", {})
    return {name: table.number(name, -24, 24) for name in table.data}


def read_cadences(file: Table) -> dict[tuple[str, str, str], tuple[CadenceFormula, ...]]:
    """Read ``cadences.toml``: formulas by (style family, scale, kind)."""
    file.text("source")
    formulas = {}
    for family in file.data:
        if family == "source":
            continue
        for mode, table in file.table(family).items():
            for kind in table.data:
                if kind not in CADENCE_KINDS:
                    raise table.fail(kind, f"must be one of {', '.join(CADENCE_KINDS)}")
                entries = [
                    CadenceFormula(t.texts("chords"), t.number("weight", 0, 1000))
                    for t in table.tables(kind)
                ]
                if not entries or any(not entry.chords for entry in entries):
                    raise table.fail(kind, "needs at least one formula with chords")
                formulas[family, mode, kind] = tuple(entries)
    return formulas

"""Reader of ``devices.toml``: what harmonic devices put in the place of what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table
from composer.theory.chord import ChordVocabulary
from composer.theory.pitch import PitchClass

_MODES = ("major", "minor")
_CLICHE_CHORDS = 4
_MOST_BARS = 2
_TONIC = PitchClass(0)


@dataclass(frozen=True, slots=True)
class Substitution:
    """A chord that may stand for another.

    Args:
        chord: Numeral of the chord that is replaced, by root and third.
        becomes: Numeral of what stands there instead.
        before: Numerals, by root, of the chords that may follow; empty for any.
        splits: Whether the chord sounds first, and what it becomes takes its second half.
        weight: How often, beside the others.
    """

    chord: str
    becomes: str
    before: tuple[str, ...]
    splits: bool
    weight: float


@dataclass(frozen=True, slots=True)
class Turnaround:
    """Chords that lead from the tonic back to it.

    Args:
        family: Family of cadences that it belongs to; ``any`` serves those without their own.
        mode: ``major`` or ``minor``.
        bars: The numerals of each bar, one bar or two.
        weight: How often, beside the others.
    """

    family: str
    mode: str
    bars: tuple[tuple[str, ...], ...]
    weight: float


@dataclass(frozen=True, slots=True)
class DeviceTables:
    """All tables of devices; modes are ``major`` and ``minor``.

    Args:
        borrowed: Modal mixture by mode.
        mediant: Chromatic mediants by mode.
        cliches: Chords over one root, by mode, four each.
        turnarounds: Turnarounds.
    """

    borrowed: Mapping[str, tuple[Substitution, ...]]
    mediant: Mapping[str, tuple[Substitution, ...]]
    cliches: Mapping[str, tuple[tuple[str, ...], ...]]
    turnarounds: tuple[Turnaround, ...]

    def turns(self, family: str, mode: str) -> tuple[Turnaround, ...]:
        """Turnarounds of a family of cadences."""
        fitting = [t for t in self.turnarounds if t.mode == mode]
        own = tuple(t for t in fitting if t.family == family)
        return own or tuple(t for t in fitting if t.family == "any")


def read_devices(file: Table, vocabulary: ChordVocabulary) -> DeviceTables:
    """Read ``devices.toml``.

    Args:
        file: The parsed file.
        vocabulary: How chords are read.

    Raises:
        RuleError: If a key is missing, unknown or out of range, or a numeral is none.
    """
    file.text("source")
    tables = DeviceTables(
        borrowed=_substitutions(file.table("borrowed"), vocabulary),
        mediant=_substitutions(file.table("mediant"), vocabulary),
        cliches=_cliches(file.table("cliches"), vocabulary),
        turnarounds=tuple(_turnaround(t, vocabulary) for t in file.tables("turnarounds")),
    )
    file.done()
    return tables


def _substitutions(
    table: Table, vocabulary: ChordVocabulary
) -> dict[str, tuple[Substitution, ...]]:
    found = {
        mode: tuple(_substitution(entry, vocabulary) for entry in table.tables(mode, ()))
        for mode in _MODES
    }
    table.done()
    return found


def _substitution(table: Table, vocabulary: ChordVocabulary) -> Substitution:
    found = Substitution(
        chord=table.text("chord"),
        becomes=table.text("becomes"),
        before=table.texts("before", ()),
        splits=table.flag("splits", False),
        weight=table.number("weight", 0, 1000, 1.0),
    )
    for key, numerals in (
        ("chord", (found.chord,)),
        ("becomes", (found.becomes,)),
        ("before", found.before),
    ):
        _check(table, key, numerals, vocabulary)
    table.done()
    return found


def _cliches(table: Table, vocabulary: ChordVocabulary) -> dict[str, tuple[tuple[str, ...], ...]]:
    found: dict[str, tuple[tuple[str, ...], ...]] = {}
    for mode in _MODES:
        lines = tuple(tuple(text.split()) for text in table.texts(mode, ()))
        for line in lines:
            _check(table, mode, line, vocabulary)
            if len(line) != _CLICHE_CHORDS:
                raise table.fail(mode, "must hold four chords each")
        found[mode] = lines
    table.done()
    return found


def _turnaround(table: Table, vocabulary: ChordVocabulary) -> Turnaround:
    bars = tuple(tuple(bar.split()) for bar in table.text("chords").strip("| ").split("|"))
    if not 1 <= len(bars) <= _MOST_BARS or not all(bars):
        raise table.fail("chords", "must be one bar of chords, or two")
    for bar in bars:
        _check(table, "chords", bar, vocabulary)
    found = Turnaround(
        family=table.text("family", "any"),
        mode=table.choice("mode", _MODES),
        bars=bars,
        weight=table.number("weight", 0, 1000, 1.0),
    )
    table.done()
    return found


def _check(table: Table, key: str, numerals: Iterable[str], vocabulary: ChordVocabulary) -> None:
    """See that all are chords.

    Raises:
        RuleError: If one is not.
    """
    for text in numerals:
        try:
            vocabulary.parse(text, _TONIC)
        except ValueError as error:
            raise table.fail(key, str(error)) from error

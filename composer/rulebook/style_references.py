"""Whether all that a style names is there: tables, scales, chords, instruments, sections, parts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from composer.errors import RuleError, nearest
from composer.rulebook.reader import Table
from composer.rulebook.styles import CHORDAL_ROLES, LEAST_POLYPHONY, Style
from composer.theory.pitch import PitchClass

if TYPE_CHECKING:
    from composer.rulebook.book import Rulebook

_C, _D = PitchClass(0), PitchClass(2)  # a numeral means another chord on each, a name the same
_KINDS_OF_MODE = ("major", "minor")


def check_references(style: Style, file: Table, book: Rulebook) -> Style:
    """See that what a style names is there.

    Args:
        style: The style as read.
        file: Its file, for messages.
        book: Where the other rules are.

    Returns:
        The style.

    Raises:
        RuleError: If something is not; it names the file, the key and the nearest name.
    """
    _check_tables(style, file, book)
    _check_harmony(style, file, book)
    _check_drums(style, file, book)
    _check_instruments(style, file, book)
    _check_sections(style, file, book.form(style.form).sections)
    return style


def _check_tables(style: Style, file: Table, book: Rulebook) -> None:
    named = [
        ("form", "forms", style.form),
        ("harmony.table", "progressions", style.harmony.table),
        ("melody.table", "melody", style.melody.table),
        ("melody.rhythm", "melody", style.melody.rhythm),
        ("drums.groove", "grooves", style.drums.groove),
        ("feel.groove", "grooves", style.feel.groove),
    ]
    for key, kind, name in named:
        known = book.names(kind)
        if name and name not in known:
            raise file.fail(key, f'"{name}" is not in {kind}/; {nearest(name, known)}')


def _check_harmony(style: Style, file: Table, book: Rulebook) -> None:
    families = book.cadence_families
    if style.harmony.cadences not in families:
        hint = nearest(style.harmony.cadences, families)
        raise file.fail("harmony.cadences", f'"{style.harmony.cadences}" is no family; {hint}')
    for mode in style.modes:
        _known(file, f"modes.{mode}", mode, book.scales, "scale", quoted=False)
    for index, loop in enumerate(style.harmony.loops):
        if loop.mode not in _KINDS_OF_MODE:
            _known(file, f"loops[{index}].mode", loop.mode, book.scales, "scale")
        for token in (token for bar in loop.bars for token in bar):
            if problem := _no_numeral(token, book):
                raise file.fail(f"loops[{index}].chords", problem)


def _no_numeral(token: str, book: Rulebook) -> str:
    """What is wrong with a chord of a loop; empty if nothing is."""
    try:
        roots = {book.chords.parse(token, tonic).root for tonic in (_C, _D)}
    except ValueError:
        return f'"{token}" is no numeral; write I, ii7, bVII, V/V or I/3'
    if len(roots) == 1:
        return f'"{token}" is a chord of one key only; write a numeral such as I, ii7 or bVII'
    return ""


def _check_drums(style: Style, file: Table, book: Rulebook) -> None:
    if not style.drums.beats:
        return
    beats = {beat.name for beat in book.groove(style.drums.groove, style.name).beats}
    for name in style.drums.beats:
        _known(file, "drums.beats", name, beats, "beat")


def _check_instruments(style: Style, file: Table, book: Rulebook) -> None:
    for index, part in enumerate(style.parts):
        key = f"parts[{index}].instruments"
        for name in part.instruments:
            _known(file, key, name, book.instruments, "instrument")
            instrument = book.instruments[name]
            if part.role in CHORDAL_ROLES and instrument.polyphony < LEAST_POLYPHONY:
                raise file.fail(
                    key,
                    f"a {name} cannot play the chords of a {part.role}; name one that plays "
                    f"{LEAST_POLYPHONY} notes at once, or make the part melody or counter",
                )


def _check_sections(style: Style, file: Table, sections: Collection[str]) -> None:
    named: list[tuple[str, Iterable[str]]] = [
        *((f"parts[{i}].sections", part.sections) for i, part in enumerate(style.parts)),
        *((f"figures[{i}].sections", figure.sections) for i, figure in enumerate(style.figures)),
        *((f"loops[{i}].sections", loop.sections) for i, loop in enumerate(style.harmony.loops)),
        ("melody.register", style.melody.register),
        ("arrangement.pace", style.arrangement.pace),
    ]
    for key, kinds in named:
        for kind in kinds:
            if kind not in sections:
                hint = nearest(kind, sections)
                raise file.fail(key, f'"{kind}" is no section of the form; {hint}')


def _known(
    file: Table, key: str, name: str, known: Collection[str], what: str, *, quoted: bool = True
) -> None:
    """See that a name is known.

    Raises:
        RuleError: If it is not.
    """
    if name not in known:
        said = f'"{name}" is no {what}' if quoted else f"is no {what}"
        error: RuleError = file.fail(key, f"{said}; {short(nearest(name, known))}")
        raise error


def short(hint: str) -> str:
    """Cut a listing of over a hundred names."""
    return hint if len(hint) < 200 else hint[:160].rsplit(",", 1)[0] + ", …)"

"""Frozen dataclasses as plain data for TOML, and back: what is written reads to an equal value.

Theory is written by its names and read by the rule book: keys, meters, instruments, chords as root,
quality and bass. Times are exact fractions, written as ``7/2``. Fields that are None are left out.
"""

from __future__ import annotations

import dataclasses
import functools
import re
import types
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from composer.errors import ComposerError
from composer.music.score import Note
from composer.music.tune import TuneNote, parse_tune_note
from composer.rulebook import Rulebook
from composer.theory.chord import Chord
from composer.theory.instruments import Instrument
from composer.theory.key import Key
from composer.theory.meter import Meter, parse_meter
from composer.theory.pitch import Pitch, PitchClass, parse_pitch, parse_pitch_class

T = TypeVar("T")

_WHOLE = re.compile(r"[0-9]{1,3}")
_FRACTION = re.compile(r"-?[0-9]{1,40}(/0*[1-9][0-9]{0,39})?")


class RecordError(Exception):
    """Data is not what a type needs; the message says where and what would be right."""


_WRITERS: dict[type, Callable[[Any], object]] = {
    Fraction: str,
    Key: lambda key: key.name,
    Meter: lambda meter: meter.counted,
    Instrument: lambda instrument: instrument.name,
    PitchClass: lambda name: name.name,
    Pitch: lambda pitch: pitch.name,
    Chord: lambda chord: [chord.root.name, chord.quality.name, chord.bass.name],
    Note: lambda note: note_line(note),  # noqa: PLW0108 - defined below
    TuneNote: lambda note: note.text,
}


def to_data(value: object) -> Any:
    """A value as what TOML can hold."""
    writer = _WRITERS.get(type(value))
    if writer is not None:
        return writer(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            name: to_data(getattr(value, name))
            for name in _fields(type(value))
            if getattr(value, name) is not None
        }
    if isinstance(value, frozenset):
        return sorted(to_data(one) for one in value)
    if isinstance(value, tuple | list):
        return [to_data(one) for one in value]
    if isinstance(value, Mapping):
        return {str(key): to_data(one) for key, one in value.items()}
    return value


def from_data(kind: type[T], data: object, book: Rulebook, where: str = "") -> T:
    """A value of a type, from what `to_data` made of it.

    Args:
        kind: The type.
        data: Plain data.
        book: Knows what names mean.
        where: Place in the file, for messages.

    Raises:
        RecordError: If the data is not of that type.
    """
    value: T = _read(kind, data, book, where)
    return value


def _read(kind: Any, data: object, book: Rulebook, where: str) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        options = [option for option in get_args(kind) if option is not type(None)]
        return None if data is None else _read(options[0], data, book, where)
    if origin in (tuple, frozenset):
        return _many(origin, get_args(kind), data, book, where)
    if origin is not None and issubclass(origin, Mapping):
        one = get_args(kind)[1]
        table = _of(dict, data, where)
        return {key: _read(one, value, book, f"{where}.{key}") for key, value in table.items()}
    reader = _readers(book).get(kind)
    if reader is not None:
        return _named(reader, data, where)
    if dataclasses.is_dataclass(kind):
        return _record(kind, data, book, where)
    if kind is float and isinstance(data, int) and not isinstance(data, bool):
        return float(data)
    return _of(kind, data, where)


def _many(origin: Any, kinds: tuple[Any, ...], data: object, book: Rulebook, where: str) -> Any:
    rows = _of(list, data, where)
    if origin is frozenset or (len(kinds) == 2 and kinds[1] is Ellipsis):
        kinds = (kinds[0],) * len(rows)
    if len(kinds) != len(rows):
        raise RecordError(f"{where}: must have {len(kinds)} entries, not {len(rows)}")
    return origin(
        _read(kind, row, book, f"{where}[{number}]")
        for number, (kind, row) in enumerate(zip(kinds, rows, strict=True), start=1)
    )


def _record(kind: Any, data: object, book: Rulebook, where: str) -> Any:
    table = _of(dict, data, where)
    hints = _fields(kind)
    for name in table:
        if name not in hints:
            raise RecordError(f'{_at(where, name)}: "{name}" is unknown here')
    values = {
        name: _read(hints[name], value, book, _at(where, name)) for name, value in table.items()
    }
    for field in dataclasses.fields(kind):
        optional = type(None) in get_args(hints[field.name])
        if field.name not in values and field.default is dataclasses.MISSING:
            if not optional:
                raise RecordError(f"{_at(where, field.name)}: is missing")
            values[field.name] = None
    return kind(**values)


@functools.lru_cache(maxsize=64)
def _fields(kind: Any) -> dict[str, Any]:
    """The fields of a dataclass in order, with their types."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


@functools.lru_cache(maxsize=4)
def _readers(book: Rulebook) -> dict[Any, Callable[[Any], object]]:
    qualities = {quality.name: quality for quality in book.chords.by_symbol.values()}
    instruments = book.instruments

    def chord(words: Any) -> Chord:
        root, quality, bass = words
        return Chord(_spelled(root), qualities[quality], _spelled(bass))

    return {
        Fraction: lambda text: _exact(_text(text)),
        Key: lambda text: _key(_text(text), book),
        Meter: lambda text: parse_meter(_text(text)),
        Instrument: lambda text: instruments[text],
        PitchClass: lambda text: _spelled(_text(text)),
        Pitch: lambda text: parse_pitch(_text(text)),
        Chord: chord,
        Note: lambda text: parse_note(_text(text)),
        TuneNote: lambda text: parse_tune_note(_text(text)),
    }


def _key(text: str, book: Rulebook) -> Key:
    """A key by its name as it is spelled, without a turn to its enharmonic twin."""
    tonic, _, scale = text.partition(" ")
    return Key(_spelled(tonic), book.scales[scale])


def _named(reader: Callable[[Any], object], data: object, where: str) -> object:
    try:
        return reader(data)
    except (KeyError, ValueError, TypeError, ZeroDivisionError, ComposerError) as error:
        unknown = isinstance(error, KeyError)
        why = f"{error} is not in the rule book" if unknown else str(error)
        raise RecordError(f"{where}: {data!r} cannot be read: {why}") from None


def _of(kind: type[Any], data: object, where: str) -> Any:
    if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
        raise RecordError(f"{where}: must be of kind {kind.__name__}, not {data!r:.60}")
    return data


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise TypeError("it must be a text")
    return data


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def note_line(note: Note) -> str:
    """A written note as a line: onset, length, pitch, velocity, function, voice, mark, syllable.

    A dash stands for no mark.

    >>> note_line(Note(Fraction(0), Fraction(1, 2), Pitch(PitchClass(1), 4), 80))
    '0 1/2 G4 80 chord 0 -'
    """
    line = (
        f"{note.onset_quarters} {note.duration_quarters} {note.pitch.name} {note.velocity} "
        f"{note.function} {note.voice} {note.mark or '-'}"
    )
    return f"{line} {note.lyric}" if note.lyric else line


def parse_note(text: str) -> Note:
    """Read a note as `note_line` writes it.

    Raises:
        ValueError: If the line is no note.
    """
    words = text.split(" ", 7)
    if len(words) < 7 or not (_WHOLE.fullmatch(words[3]) and _WHOLE.fullmatch(words[5])):
        raise ValueError('a note is "onset length pitch velocity function voice mark"')
    return Note(
        _exact(words[0]),
        _exact(words[1]),
        parse_pitch(words[2]),
        int(words[3]),
        words[4],
        int(words[5]),
        "" if words[6] == "-" else words[6],
        words[7] if len(words) > 7 else "",
    )


def _exact(text: str) -> Fraction:
    """Read a fraction as it is written: ``1e99999999``, which would fill the memory, is none."""
    if _FRACTION.fullmatch(text) is None:
        raise ValueError(f'"{text[:40]}" is no fraction such as 7/2')
    return Fraction(text)


def _spelled(letters: str) -> PitchClass:
    """A pitch class with as many sharps or flats as a transposed piece may need."""
    alter = letters.count("#") - letters[1:].count("b")
    return parse_pitch_class(letters[:1]) + 7 * alter

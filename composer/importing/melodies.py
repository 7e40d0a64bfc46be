"""A melody that the user brings, MIDI or MusicXML, for `Brief.melody`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from composer.errors import MidiError
from composer.importing.brought import Brought, asked_meter, filled
from composer.importing.material_files import MIDI, OTHER, kind_of, material_bytes
from composer.importing.midi_tunes import midi_tune
from composer.importing.notated_tunes import notated_tune
from composer.music.brief import Brief, Taken
from composer.rulebook import Rulebook, load_rulebook

_WANTED = "a melody as MIDI (.mid) or MusicXML (.musicxml, .mxl)"


def take_melody(path: Path, brief: Brief, rules: Path | None, *, track: str | None) -> Taken:
    """Fill the gaps of a brief from a melody: the tune, its key, time signature and tempo.

    Args:
        path: A MIDI or MusicXML file; its content says which, not its name.
        brief: What was asked for; it stands.
        rules: A folder of rules laid over ours.
        track: Name, beginning of a name, or number of the track or part; None for the only one.

    Raises:
        MidiError: If the file is neither, cannot be read, or no track is one melody.
        NotationError: If it is a MusicXML file that cannot be read, or has no melody.
    """
    book = load_rulebook(rules)
    data = material_bytes(path, _WANTED, MidiError)
    brought = read_melody(data, str(path), brief, book, track)
    source = path.name
    return filled(brief, replace(brought, tune=replace(brought.tune, source=source)))


def read_melody(
    data: bytes, name: str, brief: Brief, book: Rulebook, track: str | None = None
) -> Brought:
    """Read a melody from the bytes of a file.

    Args:
        data: The bytes.
        name: What messages call the file.
        brief: What was asked for: its key spells, its time signature counts.
        book: The rule book.
        track: What the user calls the track or part; None for nothing.

    Raises:
        MidiError: If it is neither MIDI nor MusicXML, or a MIDI file without such a melody.
        NotationError: If it is a MusicXML file that cannot be read, or without such a melody.
    """
    kind = kind_of(data)
    if kind == OTHER:
        raise MidiError(
            f'{name}: is neither MIDI (it should begin with "MThd") nor MusicXML ("<?xml"); '
            f"give {_WANTED}"
        )
    if kind == MIDI:
        key = book.key(brief.key) if brief.key is not None else None
        return midi_tune(data, name, book, track=track, meter=asked_meter(brief), key=key)
    brought = notated_tune(data, name, brief, book, part=track)
    if brought.chords is None:
        return brought
    said = "its chord symbols are not used; --lead-sheet takes them as well"
    return replace(brought, chords=None, notes=(*brought.notes, said))

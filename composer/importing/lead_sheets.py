"""A lead sheet that the user brings: melody, chord symbols and words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from composer.errors import NotationError
from composer.importing.brought import filled
from composer.importing.material_files import MIDI, MUSICXML, kind_of, material_bytes
from composer.importing.notated_tunes import notated_tune
from composer.music.brief import Brief, Taken
from composer.rulebook import load_rulebook

_WANTED = "a lead sheet as MusicXML (.musicxml, .xml, .mxl)"


def take_lead_sheet(path: Path, brief: Brief, rules: Path | None) -> Taken:
    """Fill the gaps of a brief from a lead sheet.

    What fills them: the tune with its words, the chords, the key, the time signature, the tempo.

    Args:
        path: A MusicXML file, compressed or not; its content says so, not its name.
        brief: What was asked for; it stands.
        rules: A folder of rules laid over ours.

    Raises:
        NotationError: If it is no MusicXML that can be read, or has no tune.
    """
    book = load_rulebook(rules)
    data = material_bytes(path, _WANTED, NotationError)
    kind = kind_of(data)
    if kind == MIDI:
        raise NotationError(f"{path}: is MIDI, which has no chord symbols; --melody takes it")
    if kind != MUSICXML:
        raise NotationError(f'{path}: is no MusicXML ("<?xml" should begin it); give {_WANTED}')
    brought = notated_tune(data, str(path), brief, book)
    notes = list(brought.notes)
    if brought.chords is None:
        notes.append("it has no chord symbols; chords are found for the melody")
    sung = sum(bool(note.lyric) for note in brought.tune.notes)
    if sung:
        notes.append(f"{sung} {'syllable is' if sung == 1 else 'syllables are'} sung on it")
    tune = replace(brought.tune, source=path.name)
    return filled(brief, replace(brought, tune=tune, notes=tuple(notes)))

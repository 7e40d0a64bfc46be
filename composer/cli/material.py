"""The options of what the user brings: words, a melody, a lead sheet, lyrics, a piece."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from composer.cli.values import Command, path, text, with_options
from composer.errors import BriefError
from composer.music.brief import Brief, Taken

MATERIAL = ("melody", "lead_sheet", "continued", "arrange")
"""The options that bring a tune: one of them at most."""

MATERIAL_OPTIONS = ("prompt", *MATERIAL, "track", "lyrics_file")
"""Names of all options of material, in the order in which they are taken."""

_PROMPT = click.option(
    "--prompt", callback=text, help='In words: "calm lo-fi for a shop, 90 seconds, no drums".'
)
_MELODY = click.option(
    "--melody", callback=path, metavar="PATH", help="A tune (MIDI, MusicXML), kept note for note."
)
_TRACK = click.option(
    "--track", callback=text, help="The track of --melody: its name or number. Default: the only."
)
_LEAD_SHEET = click.option(
    "--lead-sheet", callback=path, metavar="PATH", help="MusicXML: tune, chord symbols and lyrics."
)
_LYRICS = click.option(
    "--lyrics", "lyrics_file", callback=path, metavar="PATH", help="Text to be sung, a line a line."
)
_CONTINUE = click.option(
    "--continue", "continued", callback=path, metavar="PATH", help="A MIDI file to carry on from."
)
_ARRANGE = click.option(
    "--arrange", callback=path, metavar="PATH", help="A MIDI file to set in another --style."
)


def material_options(command: Command) -> Command:
    """Give a command the options of what the user brings."""
    options = (_PROMPT, _MELODY, _TRACK, _LEAD_SHEET, _LYRICS, _CONTINUE, _ARRANGE)
    return with_options(command, *options)


def taken(brief: Brief, rules: Path | None, given: Mapping[str, Any]) -> Taken:
    """The brief with its gaps filled from what the user brings.

    Words come first, files second: what is said wins over what is heard.

    Raises:
        BriefError: If two files bring a tune, or a word or file asks for what cannot be.
        MidiError: If a MIDI file cannot be read or is not what is asked for.
        NotationError: If a MusicXML file cannot be read or is not what is asked for.
    """
    brought = [name for name in MATERIAL if given[name] is not None]
    if len(brought) > 1:
        one, two = (name.replace("_", "-").replace("continued", "continue") for name in brought[:2])
        raise BriefError(two, f"brings a tune, and so does --{one}; give one of the two")
    if given["track"] is not None and given["melody"] is None:
        raise BriefError("track", "names a track of --melody; add --melody FILE")
    asked, notes = brief, list[str]()
    for name, value in given.items():
        if value is None or name == "track":
            continue
        found = _take(name, value, given["track"], brief, rules)
        brief = found.brief
        notes += found.notes
    return _in_time(asked, Taken(brief, tuple(notes)))


def _in_time(asked: Brief, found: Taken) -> Taken:
    """Without the tempo that was found, where bars and a length say what it is.

    Only a tempo that somebody asked for may contradict the two.
    """
    brief = found.brief
    if asked.tempo is not None or None in (brief.tempo, brief.bars, brief.duration):
        return found
    told = f"its tempo of {brief.tempo:g} gives way to the length asked for"
    return Taken(replace(brief, tempo=None), (*found.notes, told))


def _take(name: str, value: Any, track: str | None, brief: Brief, rules: Path | None) -> Taken:
    """Take one thing; each is read by a module of its own."""
    if name == "prompt":
        from composer.prompting.take import take_prompt

        return take_prompt(value, brief, rules)
    if name == "melody":
        from composer.importing.melodies import take_melody

        return take_melody(value, brief, rules, track=track)
    if name == "lead_sheet":
        from composer.importing.lead_sheets import take_lead_sheet

        return take_lead_sheet(value, brief, rules)
    if name == "continued":
        from composer.importing.continuing import take_continuation

        return take_continuation(value, brief, rules)
    if name == "arrange":
        from composer.importing.arranging import take_arrangement

        return take_arrangement(value, brief, rules)
    from composer.importing.lyrics import take_lyrics

    return take_lyrics(value, brief, rules)

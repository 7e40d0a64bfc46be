"""Lead sheets on paper as what a brief takes: the tune, its chords bar by bar, key and tempo."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.importing.brought import Brought, asked_meter
from composer.importing.key_signatures import key_of_signature
from composer.importing.tempi import held_longest
from composer.music.brief import Brief
from composer.music.lead_sheet import LeadSheet, SheetChord
from composer.notation.lead_sheet import read_lead_sheet
from composer.rulebook import Rulebook
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.given import bar_onsets
from composer.writing.tune_place import full_bars


def notated_tune(
    data: bytes, name: str, brief: Brief, book: Rulebook, *, part: str | None = None
) -> Brought:
    """Read a lead sheet.

    Args:
        data: The bytes of a MusicXML file, compressed or not.
        name: What messages call it.
        brief: What was asked for: its time signature counts the bars.
        book: The rule book.
        part: What the user calls the part with the tune; None to find it.

    Raises:
        NotationError: If it is no MusicXML that can be read, or has no tune.
    """
    sheet = read_lead_sheet(data, name, book.chords, part=part)
    meter = asked_meter(brief) or sheet.meter
    length = sheet.tune.bars * sheet.meter.bar_quarters
    tune = replace(sheet.tune, bars=max(1, math.ceil(length / meter.bar_quarters)))
    # As many bars as the tune is counted to have, so that there is a chord for each.
    tune = replace(tune, bars=full_bars(tune, meter))
    notes = list(sheet.notes)
    tempo = None
    if sheet.tempos:
        end = tune.notes[-1].end_quarters
        tempos = sorted(sheet.tempos)
        tempo, varies = held_longest(tempos, tune.notes[0].onset_quarters, end)
        if varies:
            notes.append(f"its tempo changes; {tempo:.6g}, which holds longest, is taken")
    if sheet.title:
        notes.insert(0, f'its title is "{sheet.title}"')
    chords = chord_bars(sheet.chords, tune.bars, meter, notes) if sheet.chords else None
    key = _key(sheet, book)
    return Brought(tune, meter, sheet.notated, key, tempo, chords, tuple(notes), sheet.title)


def _key(sheet: LeadSheet, book: Rulebook) -> Key | None:
    """The key of the signature, with the mode that it names or the end tells."""
    if sheet.signature is None:
        return None
    heard = tuple((note.pitch.midi, note.duration_quarters) for note in sheet.tune.notes)
    mode = None if sheet.mode is None else book.scale_aliases.get(sheet.mode, sheet.mode)
    last = sheet.chords[-1].chord if sheet.chords else None
    return key_of_signature(sheet.signature, mode, heard, book.scales, last)


def chord_bars(chords: Sequence[SheetChord], bars: int, meter: Meter, notes: list[str]) -> str:
    """Chord symbols as a brief has them: bar by bar, full bars only, on beats.

    A chord between two beats moves to the nearer one, from the middle to the later; of two on one
    beat the later stays. Bars before the first chord have it as well.

    Args:
        chords: By onset from the first full bar's downbeat; below 0 in a pick-up.
        bars: How many bars to fill.
        meter: The time signature.
        notes: Is told of what was moved.

    >>> from composer.rulebook import load_rulebook
    >>> from composer.theory.meter import parse_meter
    >>> from composer.theory.pitch import PitchClass
    >>> parse = load_rulebook().chords.parse
    >>> sheet = [
    ...     SheetChord(Fraction(at), parse(text, PitchClass(0)))
    ...     for at, text in ((0, "C"), (2, "G7"), (7, "Am"))
    ... ]
    >>> chord_bars(sheet, 2, parse_meter("4/4"), [])
    'C G7 | G7 G7 Am'
    """
    beats = [bar * meter.bar_quarters + onset for bar in range(bars) for onset in meter.beat_onsets]
    sounding, moved = _on_beats(chords, beats)
    if moved:
        symbols = "chord symbol is" if moved == 1 else "chord symbols are"
        notes.append(f"{moved} {symbols} moved to the nearest beat")
    if chords[0].onset_quarters > 0 and beats:
        notes.append("the first chord symbol also stands under what comes before it")
    size = len(meter.beat_onsets)
    written = [
        " ".join(chord.symbol for chord in _fewest(sounding[at : at + size], meter))
        for at in range(0, len(sounding), size)
    ]
    return " | ".join(written)


def _on_beats(chords: Sequence[SheetChord], beats: Sequence[Fraction]) -> tuple[list[Chord], int]:
    """The chord that sounds on each beat, and how many had to move."""
    begins: dict[int, Chord] = {}
    opening = chords[0].chord
    moved = 0
    at = 0
    for marked in chords:
        onset = marked.onset_quarters
        if onset < 0:
            opening = marked.chord
            continue
        while at + 1 < len(beats) and _nearer(onset, beats[at], beats[at + 1]):
            at += 1
        moved += onset != beats[at] and onset < beats[-1]
        begins[at] = marked.chord
    sounding: list[Chord] = []
    for index in range(len(beats)):
        before = sounding[-1] if sounding else opening
        sounding.append(begins.get(index, before))
    return sounding, moved


def _nearer(onset: Fraction, beat: Fraction, following: Fraction) -> bool:
    """Whether a moment is nearer to the following beat, or in the middle."""
    return onset - beat >= following - onset


def _fewest(beats: Sequence[Chord], meter: Meter) -> tuple[Chord, ...]:
    """The chords of a bar, as few as say the same."""
    places = meter.beat_onsets
    for count in range(1, len(places)):
        onsets = bar_onsets(count, meter)
        if onsets is None:
            continue
        chosen = [beats[places.index(onset)] for onset in onsets]
        held = [chosen[sum(onset <= place for onset in onsets) - 1] for place in places]
        if held == list(beats):
            return tuple(chosen)
    return tuple(beats)

"""MusicXML files as lead sheets: one part's tune, its chord symbols and words, repeats unrolled."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from composer.errors import NotationError
from composer.music.brief import MAX_BARS
from composer.music.lead_sheet import LeadSheet, SheetChord
from composer.music.named_choice import shown
from composer.music.tune import Tune, TuneNote
from composer.notation.documents import document
from composer.notation.measures import Marks, Measure
from composer.notation.part_reader import PartReader
from composer.notation.parts import Part, choose_part, parts_of
from composer.notation.sung_voice import sung_voice
from composer.notation.timeline import Timeline, timeline
from composer.notation.unrolling import playing_order
from composer.notation.values import words
from composer.theory.chord import ChordVocabulary

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_SAID = 6
_LAST_RESTS = 2
"""So many bars of rest at the end belong to the tune; more are an empty page."""


def read_lead_sheet(
    data: bytes, name: str, vocabulary: ChordVocabulary, *, part: str | None = None
) -> LeadSheet:
    """Read a score.

    Args:
        data: The bytes of a MusicXML file, compressed or not.
        name: What messages call it.
        vocabulary: The chords that its symbols may mean.
        part: What the user calls the part with the tune; None to find it.

    Raises:
        NotationError: If it is no MusicXML that can be read, or has no tune.
    """
    score = document(data, name)
    try:
        return _lead_sheet(score, name, vocabulary, part)
    except NotationError as error:
        raise NotationError(f"{name}: {error}") from None


def _lead_sheet(
    score: Element, name: str, vocabulary: ChordVocabulary, asked: str | None
) -> LeadSheet:
    parts = parts_of(score)
    part, said = choose_part(parts, asked)
    left_out: Counter[str] = Counter()
    measures = _measures(part, parts, vocabulary, left_out)
    order = playing_order([measure.marks for measure in measures])
    laid = timeline(measures, order)
    notes = [said, *laid.notes]
    if len(order) > len(measures):
        notes.append(f"its repeats are written out: {len(order)} bars of {len(measures)}")
    voice = sung_voice(laid, notes)
    if not voice:
        raise NotationError("holds no notes that are played")
    chords = _chords(laid, notes)
    origin = _origin(laid, voice, chords, notes)
    voice = [replace(n, onset_quarters=n.onset_quarters - origin) for n in voice]
    chords = [replace(c, onset_quarters=c.onset_quarters - origin) for c in chords]
    bars = _bars(laid, voice, chords, laid.end_quarters - origin)
    signature, mode = _signature(laid, notes)
    notes += _said(left_out)
    return LeadSheet(
        tune=Tune(tuple(voice), bars, name),
        chords=tuple(chords),
        meter=laid.meter,
        notated=laid.notated.name,
        signature=signature,
        mode=mode,
        tempos=tuple(
            (m.start_quarters + onset - origin, tempo)
            for m in laid.measures
            for onset, tempo in m.measure.tempos
        ),
        title=shown(words(score, "work/work-title") or words(score, "movement-title")),
        notes=tuple(note for note in notes if note),
    )


def _measures(
    part: Part, parts: Sequence[Part], vocabulary: ChordVocabulary, left_out: Counter[str]
) -> list[Measure]:
    """The measures of the part with the tune.

    Chord symbols, tempi and signs that stand over another part hold for it as well: over the first
    one that has them.
    """
    measures, reader = _read(part, vocabulary)
    left_out += reader.left_out
    over = parts[0]
    if over is not part:
        above, _ = _read(over, vocabulary)
        bare = not any(measure.tempos for measure in measures)
        for index, (own, other) in enumerate(zip(measures, above, strict=False)):
            tempos = other.tempos if bare else own.tempos
            measures[index] = replace(own, marks=_joined(own.marks, other.marks), tempos=tempos)
    if not part.has("harmony"):
        led = next((other for other in parts if other.has("harmony")), None)
        if led is not None:
            above, reader = _read(led, vocabulary)
            left_out += Counter({k: n for k, n in reader.left_out.items() if " is read " in k})
            for index, (own, other) in enumerate(zip(measures, above, strict=False)):
                measures[index] = replace(own, chords=other.chords)
    return measures


def _read(part: Part, vocabulary: ChordVocabulary) -> tuple[list[Measure], PartReader]:
    reader = PartReader(vocabulary)
    return [reader.read(element, index) for index, element in enumerate(part.measures)], reader


def _joined(own: Marks, other: Marks) -> Marks:
    """The marks of a measure in two parts."""
    return Marks(
        forward=own.forward or other.forward,
        backward=max(own.backward, other.backward),
        endings=own.endings or other.endings,
        segno=own.segno or other.segno,
        coda=own.coda or other.coda,
        to_coda=own.to_coda or other.to_coda,
        fine=own.fine or other.fine,
        da_capo=own.da_capo or other.da_capo,
        dal_segno=own.dal_segno or other.dal_segno,
    )


def _chords(laid: Timeline, notes: list[str]) -> list[SheetChord]:
    """All chord symbols, on the clock of the tune."""
    found: list[SheetChord] = []
    silent = 0
    for played in laid.measures:
        for onset, chord in played.measure.chords:
            if chord is None:
                silent += 1
            else:
                found.append(SheetChord(played.start_quarters + onset, chord))
    if silent:
        places = "place" if silent == 1 else "places"
        notes.append(f"no chord (N.C.) is asked for in {silent} {places}; the chord before goes on")
    return sorted(found, key=lambda chord: chord.onset_quarters)


def _origin(
    laid: Timeline, voice: Sequence[TuneNote], chords: Sequence[SheetChord], notes: list[str]
) -> Fraction:
    """Where the first downbeat is: behind bars of rest, and behind a pick-up that rests fill up."""
    first, bar = voice[0].onset_quarters, laid.notated.bar_quarters
    if first < 0 or (chords and chords[0].onset_quarters < max(first, bar)):
        return Fraction(0)
    empty = first // bar
    if empty:
        bars = "bar of rest before it is" if empty == 1 else f"{empty} bars of rest before it are"
        notes.append(f"the {bars} left out")
    origin = empty * bar
    if first - origin >= bar / 2 and voice[-1].end_quarters > origin + bar:
        origin += bar
    return Fraction(origin)


def _bars(
    laid: Timeline, voice: Sequence[TuneNote], chords: Sequence[SheetChord], end: Fraction
) -> int:
    """Full bars to the end of the last that sounds or has a chord symbol, and `_LAST_RESTS` more.

    Raises:
        NotationError: If there are more than a piece may have.
    """
    bar = laid.meter.bar_quarters
    bars = max(1, math.ceil(voice[-1].end_quarters / bar))
    if chords:
        bars = max(bars, math.floor(chords[-1].onset_quarters / bar) + 1)
    written = math.ceil(end / bar)
    if written <= bars + _LAST_RESTS:
        bars = max(bars, written)
    if bars > MAX_BARS:
        raise NotationError(f"lasts {bars:,} bars; {MAX_BARS:,} is the most")
    return bars


def _signature(laid: Timeline, notes: list[str]) -> tuple[int | None, str | None]:
    """The key signature that holds first, and its mode."""
    found = [m.measure.signature for m in laid.measures if m.measure.signature is not None]
    if not found:
        return None, None
    if any(other[0] != found[0][0] for other in found):
        notes.append("its key signature changes later; it is harmonised in the first key")
    return found[0]


def _said(left_out: Counter[str]) -> list[str]:
    """What was left out, or read as something near, a sentence each."""
    said = []
    for what, count in left_out.items():
        if " is read " in what:
            said.append(what)
        else:
            said.append(f"left out: {what}" if count == 1 else f"left out: {what}, {count} times")
    if len(said) > _MOST_SAID:
        said = [*said[:_MOST_SAID], f"and {len(said) - _MOST_SAID} more of the kind"]
    return said

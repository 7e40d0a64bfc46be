"""The measures of one part as MusicXML."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from xml.etree import ElementTree as ET

from composer.exporting.engraving.chord_kinds import chord_kind
from composer.exporting.engraving.paper import PaperPart, VoiceBar
from composer.exporting.musicxml_notes import DIVISIONS, Notes, divisions
from composer.music.plan import ChordSpan
from composer.music.score import Score
from composer.theory.key import Key
from composer.theory.pitch import PitchClass

_MOST_SHARPS = 7
_MODES = ("dorian", "phrygian", "lydian", "mixolydian", "locrian")
_SWUNG = 0.55
"""From here on a player is told to swing."""


def texts_by_bar(score: Score, swing: float) -> Mapping[int, Sequence[ET.Element]]:
    """What is written over the staves, by bar: rehearsal marks, the tempo, the word for swing."""
    found: dict[int, list[ET.Element]] = {0: [_tempo(score)]}
    if swing >= _SWUNG:
        found[0].append(_direction("words", "Swing"))
    for section in score.sections:
        mark = _direction("rehearsal", section.name)
        found.setdefault(section.start_bar, []).insert(0, mark)
    return found


def _direction(kind: str, text: str) -> ET.Element:
    direction = ET.Element("direction", placement="above")
    ET.SubElement(ET.SubElement(direction, "direction-type"), kind).text = text
    return direction


def _tempo(score: Score) -> ET.Element:
    """The metronome mark, in beats as they are counted, and the tempo for playback."""
    direction = ET.Element("direction", placement="above")
    mark = ET.SubElement(ET.SubElement(direction, "direction-type"), "metronome")
    compound = set(score.meter.beat_quarters) == {Fraction(3, 2)}
    ET.SubElement(mark, "beat-unit").text = "quarter"
    if compound:
        ET.SubElement(mark, "beat-unit-dot")
    beats = score.quarters_per_minute / (1.5 if compound else 1)
    ET.SubElement(mark, "per-minute").text = f"{beats:.4g}"
    ET.SubElement(direction, "sound", tempo=f"{score.quarters_per_minute:.6g}")
    return direction


class Measures:
    """Writes the measures of one part, in order.

    Args:
        score: The piece.
        part: The part as it stands on paper.
        identifier: The part's identifier, to which those of its drums are added.
    """

    def __init__(self, score: Score, part: PaperPart, identifier: str) -> None:
        self._score = score
        self._part = part
        self._notes = Notes(part, identifier)
        self._keys = _keys_by_bar(score)
        self._chords = _symbols_by_bar(score)
        self._first = identifier == "P1"
        self._last_bar = score.bars - 1
        self._begins = {section.start_bar for section in score.sections}

    def measure(self, bar: int, texts: Sequence[ET.Element]) -> ET.Element:
        """A measure.

        Args:
            bar: Which, from 0.
            texts: What is written over it.
        """
        measure = ET.Element("measure", number=str(bar + 1))
        if bar == 0 or bar in self._keys:
            measure.append(self._attributes(bar))
        measure.extend(texts)
        key = self._keys[max(start for start in self._keys if start <= bar)]
        self._notes.start_bar(self._signature(key), self._part.bars[bar])
        length = self._score.meter.bar_quarters
        for index, voice in enumerate(self._part.bars[bar]):
            if index:
                backup = ET.SubElement(measure, "backup")
                ET.SubElement(backup, "duration").text = divisions(length)
            self._voice(measure, voice, self._chords.get(bar, ()) if index == 0 else ())
        if bar == self._last_bar or bar + 1 in self._begins:
            line = ET.SubElement(measure, "barline", location="right")
            style = "light-heavy" if bar == self._last_bar else "light-light"
            ET.SubElement(line, "bar-style").text = style
        return measure

    def _voice(self, measure: ET.Element, voice: VoiceBar, chords: Sequence[ChordSpan]) -> None:
        pending = list(chords) if self._first else []
        staves = len(self._part.clefs)
        bar = self._score.meter.bar_quarters
        for written in voice.content:
            while pending and pending[0].onset_quarters % bar < written.end_quarters:
                span = pending.pop(0)
                offset = span.onset_quarters % bar - written.onset_quarters
                measure.append(_harmony(span, offset, staves))
            measure.extend(self._notes.elements(written, voice))

    def _attributes(self, bar: int) -> ET.Element:
        """Divisions, key, time, staves, clefs and transposition, in the order of the schema."""
        attributes = ET.Element("attributes")
        if bar == 0:
            ET.SubElement(attributes, "divisions").text = str(DIVISIONS)
        key = ET.SubElement(attributes, "key")
        ET.SubElement(key, "fifths").text = str(self._signature(self._keys[bar]))
        ET.SubElement(key, "mode").text = _mode(self._keys[bar])
        if bar == 0:
            self._time(attributes)
            self._clefs(attributes)
            self._transpose(attributes)
        return attributes

    def _signature(self, key: Key) -> int:
        """The written signature; drums have none."""
        if self._part.instrument.is_drums:
            return 0
        sharps = key.signature + self._part.transposition.fifths
        return max(-_MOST_SHARPS, min(_MOST_SHARPS, sharps))

    def _time(self, attributes: ET.Element) -> None:
        """The time signature: as it is counted, where that is not the usual way."""
        meter = self._score.meter
        time = ET.SubElement(attributes, "time")
        ET.SubElement(time, "beats").text = meter.counted.split("/")[0]
        ET.SubElement(time, "beat-type").text = str(meter.denominator)

    def _clefs(self, attributes: ET.Element) -> None:
        clefs = self._part.clefs
        if len(clefs) > 1:
            ET.SubElement(attributes, "staves").text = str(len(clefs))
        for number, clef in enumerate(clefs, start=1):
            element = ET.SubElement(attributes, "clef")
            if len(clefs) > 1:
                element.set("number", str(number))
            ET.SubElement(element, "sign").text = clef.sign
            if clef.line:
                ET.SubElement(element, "line").text = str(clef.line)

    def _transpose(self, attributes: ET.Element) -> None:
        shift = self._part.transposition
        if not shift.semitones:
            return
        transpose = ET.SubElement(attributes, "transpose")
        octaves = abs(shift.semitones) // 12 * (1 if shift.semitones > 0 else -1)
        ET.SubElement(transpose, "diatonic").text = str(7 * octaves - shift.steps)
        ET.SubElement(transpose, "chromatic").text = str(12 * octaves - shift.semitones)
        if octaves:
            ET.SubElement(transpose, "octave-change").text = str(-octaves)


def _mode(key: Key) -> str:
    return key.scale.name if key.scale.name in _MODES else key.scale.parent


def _keys_by_bar(score: Score) -> Mapping[int, Key]:
    """The key signatures by the bar in which they begin: where the key of the chords changes."""
    bar = score.meter.bar_quarters
    found = {0: score.chords[0].key if score.chords else score.key}
    for before, after in pairwise(score.chords):
        if before.key != after.key:
            found[int(after.onset_quarters // bar)] = after.key
    return found


def _symbols_by_bar(score: Score) -> Mapping[int, Sequence[ChordSpan]]:
    """The chords to name, by bar: where the harmony changes, and where a section begins."""
    bar = score.meter.bar_quarters
    begins = {section.start_bar * bar for section in score.sections}
    found: dict[int, list[ChordSpan]] = {}
    before = None
    for span in score.chords:
        if span.chord.symbol != before or span.onset_quarters in begins:
            found.setdefault(int(span.onset_quarters // bar), []).append(span)
        before = span.chord.symbol
    return found


def _harmony(span: ChordSpan, offset: Fraction, staves: int) -> ET.Element:
    """A chord symbol, at an offset from the note before which it stands."""
    harmony = ET.Element("harmony")
    _step(ET.SubElement(harmony, "root"), "root", span.chord.root)
    kind, degrees = chord_kind(span.chord.quality)
    ET.SubElement(harmony, "kind", text=span.chord.quality.symbol).text = kind
    if span.chord.bass.number != span.chord.root.number:
        _step(ET.SubElement(harmony, "bass"), "bass", span.chord.bass)
    for degree in degrees:
        # The text of the kind says all already.
        element = ET.SubElement(harmony, "degree", {"print-object": "no"})
        ET.SubElement(element, "degree-value").text = str(degree.value)
        ET.SubElement(element, "degree-alter").text = str(degree.alter)
        ET.SubElement(element, "degree-type").text = degree.type
    if offset:
        ET.SubElement(harmony, "offset").text = divisions(offset)
    if staves > 1:
        ET.SubElement(harmony, "staff").text = "1"
    return harmony


def _step(element: ET.Element, prefix: str, pitch_class: PitchClass) -> None:
    ET.SubElement(element, f"{prefix}-step").text = pitch_class.step
    if pitch_class.alter:
        ET.SubElement(element, f"{prefix}-alter").text = str(pitch_class.alter)

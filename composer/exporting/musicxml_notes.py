"""Notes and rests of one part as MusicXML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from xml.etree import ElementTree as ET

from composer.exporting.engraving.drum_kit import drum
from composer.exporting.engraving.paper import Head, NoteValue, PaperPart, VoiceBar, Written
from composer.theory.pitch import Pitch

DIVISIONS = 24
"""Divisions of a quarter, which all written lengths are whole numbers of."""

_ACCIDENTALS = {
    -3: "triple-flat",
    -2: "flat-flat",
    -1: "flat",
    0: "natural",
    1: "sharp",
    2: "double-sharp",
    3: "triple-sharp",
}
_ARTICULATIONS = {"staccato": "staccato", "tenuto": "tenuto", "accent": "accent"}
_UPPER_DRUMS = 1
_SHARP_ORDER = "FCGDAEB"


def divisions(quarters: Fraction) -> str:
    """A length in divisions.

    Raises:
        ValueError: If it lies between them.
    """
    found = quarters * DIVISIONS
    if found.denominator != 1:
        raise ValueError(f"{quarters} quarters are no whole number of divisions")
    return str(found.numerator)


class Notes:
    """Writes notes and rests of a part, and keeps account of accidentals and syllables.

    Args:
        part: The part as it stands on paper.
        identifier: The part's identifier, to which those of its drums are added.
    """

    def __init__(self, part: PaperPart, identifier: str) -> None:
        self._part = part
        self._identifier = identifier
        self._shown: set[tuple[int, Fraction, Pitch]] = set()
        self._within_word = False

    def start_bar(self, sharps: int, voices: Sequence[VoiceBar]) -> None:
        """Find out which heads of a bar need an accidental: what comes first in time shows it.

        Args:
            sharps: The key signature, flats below 0.
            voices: All voices of the bar.
        """
        named = _SHARP_ORDER if sharps >= 0 else _SHARP_ORDER[::-1]
        signature = dict.fromkeys(named[: abs(sharps)], 1 if sharps > 0 else -1)
        altered: dict[tuple[int, str, int], int] = {}
        heads = [
            (w, voice, head)
            for voice in voices
            for w in voice.content
            for head in (*(Head(grace) for grace in w.graces), *w.heads)
        ]
        self._shown = set()
        for written, voice, head in sorted(heads, key=lambda h: h[0].onset_quarters):
            name = head.pitch.pitch_class
            place = voice.staff, name.step, head.pitch.octave
            known = altered.get(place, signature.get(name.step, 0))
            # A tie carries an accidental over the bar line.
            if known != name.alter and not head.tied_from:
                altered[place] = name.alter
                self._shown.add((voice.number, written.onset_quarters, head.pitch))

    def elements(self, written: Written, voice: VoiceBar) -> Iterator[ET.Element]:
        """The elements of a note, chord or rest of a voice."""
        if not written.heads:
            yield self._rest(written, voice)
            return
        for grace in written.graces:
            yield self._grace(written, voice, Head(grace))
        for index, head in enumerate(written.heads):
            yield self._note(written, voice, head, index)

    def _rest(self, written: Written, voice: VoiceBar) -> ET.Element:
        note = ET.Element("note")
        if voice.number % 4 != 1:
            # A second voice is silent without a sign: the first one shows the beats.
            note.set("print-object", "no")
        rest = ET.SubElement(note, "rest")
        if written.value is None:
            rest.set("measure", "yes")
        ET.SubElement(note, "duration").text = divisions(written.duration_quarters)
        self._voice_and_value(note, written, voice)
        return note

    def _grace(self, written: Written, voice: VoiceBar, head: Head) -> ET.Element:
        note = ET.Element("note")
        ET.SubElement(note, "grace", slash="yes")
        self._pitch(note, head)
        short = replace(written, value=NoteValue("eighth"))
        self._voice_and_value(note, short, voice, head)
        return note

    def _note(self, written: Written, voice: VoiceBar, head: Head, index: int) -> ET.Element:
        """One head of a chord; the first carries beams, lyrics and marks."""
        note = ET.Element("note")
        if index:
            ET.SubElement(note, "chord")
        self._pitch(note, head)
        ET.SubElement(note, "duration").text = divisions(written.duration_quarters)
        for tied, kind in ((head.tied_from, "stop"), (head.tied_to, "start")):
            if tied:
                ET.SubElement(note, "tie", type=kind)
        if head.drum is not None:
            ET.SubElement(note, "instrument", id=f"{self._identifier}-I{head.drum + 1}")
        self._voice_and_value(note, written, voice, head)
        if index == 0:
            for level, beam in enumerate(written.beams, start=1):
                ET.SubElement(note, "beam", number=str(level)).text = beam
        self._notations(note, written, head, first=index == 0)
        if index == 0 and written.lyric:
            self._lyric(note, written.lyric)
        return note

    def _voice_and_value(
        self, note: ET.Element, written: Written, voice: VoiceBar, head: Head | None = None
    ) -> None:
        """Voice, type, dots, accidental, time modification, stem, note head and staff."""
        ET.SubElement(note, "voice").text = str(voice.number)
        value = written.value
        if value is not None:
            ET.SubElement(note, "type").text = value.type
            for _ in range(value.dots):
                ET.SubElement(note, "dot")
        if head is not None and self._is_shown(written, voice, head):
            alter = head.pitch.pitch_class.alter
            ET.SubElement(note, "accidental").text = _ACCIDENTALS[alter]
        if value is not None and value.triplet:
            modification = ET.SubElement(note, "time-modification")
            ET.SubElement(modification, "actual-notes").text = "3"
            ET.SubElement(modification, "normal-notes").text = "2"
        if head is not None and head.drum is not None:
            ET.SubElement(note, "stem").text = "up" if voice.number == _UPPER_DRUMS else "down"
            shape = drum(head.drum).head
            if shape != "normal":
                ET.SubElement(note, "notehead").text = shape
        if len(self._part.clefs) > 1:
            ET.SubElement(note, "staff").text = str(voice.staff)

    def _is_shown(self, written: Written, voice: VoiceBar, head: Head) -> bool:
        """Whether a head needs an accidental."""
        place = voice.number, written.onset_quarters, head.pitch
        return head.drum is None and place in self._shown

    def _pitch(self, note: ET.Element, head: Head) -> None:
        name, octave = head.pitch.pitch_class, str(head.pitch.octave)
        if head.drum is not None:
            unpitched = ET.SubElement(note, "unpitched")
            ET.SubElement(unpitched, "display-step").text = name.step
            ET.SubElement(unpitched, "display-octave").text = octave
            return
        pitch = ET.SubElement(note, "pitch")
        ET.SubElement(pitch, "step").text = name.step
        if name.alter:
            ET.SubElement(pitch, "alter").text = str(name.alter)
        ET.SubElement(pitch, "octave").text = octave

    def _notations(self, note: ET.Element, written: Written, head: Head, *, first: bool) -> None:
        notations = ET.Element("notations")
        for tied, kind in ((head.tied_from, "stop"), (head.tied_to, "start")):
            if tied:
                ET.SubElement(notations, "tied", type=kind)
        if first and written.tuplet:
            ET.SubElement(notations, "tuplet", type=written.tuplet, bracket="yes")
        if first and written.mark in _ARTICULATIONS:
            articulations = ET.SubElement(notations, "articulations")
            ET.SubElement(articulations, _ARTICULATIONS[written.mark])
        if written.mark == "rolled" and len(written.heads) > 1:
            ET.SubElement(notations, "arpeggiate")
        if len(notations):
            note.append(notations)

    def _lyric(self, note: ET.Element, lyric: str) -> None:
        """A syllable: whether its word began before it and goes on after it."""
        goes_on = lyric.endswith("-") and len(lyric) > 1
        names = {(False, False): "single", (False, True): "begin", (True, True): "middle"}
        element = ET.SubElement(note, "lyric", number="1")
        syllabic = names.get((self._within_word, goes_on), "end")
        ET.SubElement(element, "syllabic").text = syllabic
        ET.SubElement(element, "text").text = lyric[:-1] if goes_on else lyric
        self._within_word = goes_on

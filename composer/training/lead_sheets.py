"""Reads OpenEWLD: lead sheets in compressed MusicXML."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from xml.etree import ElementTree

from composer.training.chord_sections import PITCH_CLASSES
from composer.training.corpora import Tally
from composer.training.melodies import METERS, Melody, Meter, Note, monophonic, problem

PACK = "openewld"

_MINOR_KINDS = ("minor", "diminished", "half-diminished")


class UnusableScoreError(Exception):
    """A score cannot be used; the message is the reason."""


@dataclass(slots=True)
class _Reading:
    """What is known while a part is read from left to right."""

    divisions: int = 1
    fifths: int | None = None
    meter: Meter | None = None
    position: Fraction = Fraction(0)
    notes: list[Note] = field(default_factory=list)
    last_chord: tuple[int, bool] | None = None
    off_bars: int = 0


def wanted(inner: str) -> bool:
    """Whether a file of the pack is a score."""
    return inner.endswith(".mxl")


def read_lead_sheets(files: Mapping[str, bytes], tally: Tally) -> list[Melody]:
    """Reads every lead sheet that has one key and one meter.

    Args:
        files: inner path to content.
        tally: is told of the scores used and dropped.
    """
    melodies = []
    for content in files.values():
        try:
            melody = parse_score(_unzip(content))
        except UnusableScoreError as reason:
            tally.drop(str(reason))
            continue
        tally.used += 1
        melodies.append(melody)
    return melodies


def _unzip(content: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [n for n in archive.namelist() if n.endswith((".xml", ".musicxml"))]
            names = [name for name in names if not name.startswith("META-INF")]
            if not names:
                raise UnusableScoreError("no score inside")
            return archive.read(names[0])
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise UnusableScoreError("unreadable archive") from error


def parse_score(xml: bytes) -> Melody:
    """Parses the first part of a MusicXML score.

    The mode is minor where the last chord, or without chords the last note, is the tonic of
    the relative minor key. Repeats are not unfolded.

    Raises:
        UnusableScoreError: the score has several keys or meters, or bars that do not fill.
    """
    if b"<!ENTITY" in xml:
        raise UnusableScoreError("defines XML entities")
    try:
        part = ElementTree.fromstring(xml).find("part")  # noqa: S314 - no entities, see above
    except ElementTree.ParseError as error:
        raise UnusableScoreError("unreadable XML") from error
    if part is None:
        raise UnusableScoreError("no part")
    reading = _Reading()
    measures = part.findall("measure")
    for index, measure in enumerate(measures):
        _read_measure(reading, measure, index)
    if reading.fifths is None or reading.meter is None:
        raise UnusableScoreError("no key or meter")
    if reading.off_bars > 0.1 * len(measures):
        raise UnusableScoreError("bars that do not fill")
    notes = monophonic(reading.notes)
    tonic, mode = _key(reading, notes)
    melody = Melody(reading.meter, tonic, mode, notes)
    if reason := problem(melody):
        raise UnusableScoreError(reason)
    return melody


def _read_measure(reading: _Reading, measure: ElementTree.Element, index: int) -> None:
    start = reading.position
    first_note = len(reading.notes)
    for element in measure:
        if element.tag == "attributes":
            _read_attributes(reading, element)
        elif element.tag == "harmony":
            _read_harmony(reading, element)
        elif element.tag == "note":
            _read_note(reading, element)
        elif element.tag == "backup":
            raise UnusableScoreError("several voices")
        elif element.tag == "forward":
            reading.position += _duration(reading, element)
    if reading.meter is None:
        return
    length = reading.position - start
    if index == 0 and 0 < length < reading.meter.bar_steps:
        shift = reading.meter.bar_steps - length
        reading.position += shift
        reading.notes[first_note:] = [
            note._replace(onset_steps=note.onset_steps + shift)
            for note in reading.notes[first_note:]
        ]
    elif start % reading.meter.bar_steps:
        reading.off_bars += 1


def _read_attributes(reading: _Reading, attributes: ElementTree.Element) -> None:
    divisions = attributes.findtext("divisions")
    if divisions:
        reading.divisions = max(1, int(divisions))
    fifths = attributes.findtext("key/fifths")
    if fifths:
        if reading.fifths not in (None, int(fifths)):
            raise UnusableScoreError("several keys")
        reading.fifths = int(fifths)
    beats, unit = attributes.findtext("time/beats"), attributes.findtext("time/beat-type")
    if beats and unit:
        meter = METERS.get((int(beats), int(unit))) if (beats + unit).isdigit() else None
        if meter is None:
            raise UnusableScoreError("unusual meter")
        if reading.meter not in (None, meter):
            raise UnusableScoreError("several meters")
        reading.meter = meter


def _read_harmony(reading: _Reading, harmony: ElementTree.Element) -> None:
    step = harmony.findtext("root/root-step")
    if step in PITCH_CLASSES:
        alter = int(float(harmony.findtext("root/root-alter") or 0))
        kind = harmony.findtext("kind") or ""
        root = (PITCH_CLASSES[step] + alter) % 12
        reading.last_chord = (root, kind.startswith(_MINOR_KINDS))


def _read_note(reading: _Reading, note: ElementTree.Element) -> None:
    if note.find("grace") is not None or note.find("chord") is not None:
        return
    length = _duration(reading, note)
    step = note.findtext("pitch/step")
    if step in PITCH_CLASSES:
        alter = int(float(note.findtext("pitch/alter") or 0))
        octave = int(note.findtext("pitch/octave") or 4)
        pitch = 12 * (octave + 1) + PITCH_CLASSES[step] + alter
        ties = {tie.get("type") for tie in note.findall("tie")}
        last = reading.notes[-1] if reading.notes else None
        if "stop" in ties and last and last.pitch == pitch and last.end_steps == reading.position:
            reading.notes[-1] = last._replace(length_steps=last.length_steps + length)
        else:
            reading.notes.append(Note(reading.position, length, pitch))
    reading.position += length


def _duration(reading: _Reading, element: ElementTree.Element) -> Fraction:
    text = element.findtext("duration") or "0"
    return Fraction(int(float(text)) * 4, reading.divisions)


def _key(reading: _Reading, notes: tuple[Note, ...]) -> tuple[int, str]:
    major = 7 * (reading.fifths or 0) % 12
    minor = (major + 9) % 12
    if reading.last_chord is not None:
        is_minor = reading.last_chord == (minor, True)
    else:
        is_minor = bool(notes) and notes[-1].pitch % 12 == minor
    return (minor, "minor") if is_minor else (major, "major")

"""The project file of a DAWproject: structure, then arrangement. Clock: beats, each a quarter."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from composer.exporting.channel_strips import (
    MIXER_CONTROLLERS,
    ChannelStrip,
    channel_strips,
)
from composer.exporting.mixes import Stem
from composer.exporting.musicxml import printable
from composer.exporting.picture_colours import INK, section_colour
from composer.music.performance import Performance, Track
from composer.music.score import Score
from composer.version import __version__

_MASTER, _CHORDS = "master", "chords"
_TEMPO, _METER = "tempo", "meter"
_MOST_GAIN = 2
_BEND_RANGE = 16383
_BEND_CENTRE = 8192
_OCTAVE_OF_CHORDS = 60

Placed = Sequence[tuple[Stem, str]]
"""Stems, each with its path within the project."""


def project_xml(score: Score, performance: Performance, stems: Placed = ()) -> bytes:
    """The project file.

    Args:
        score: The written piece, for chords, sections and colours.
        performance: The played piece.
        stems: Stems and where they lie.
    """
    return _Project(score, performance, stems).xml()


class _Project:
    def __init__(self, score: Score, performance: Performance, stems: Placed) -> None:
        self._score = score
        self._performance = performance
        self._stems = stems
        self._strips = channel_strips(score, performance)
        self._per_quarter = performance.ticks_per_quarter

    def xml(self) -> bytes:
        """The file."""
        root = ET.Element("Project", version="1.0")
        ET.SubElement(root, "Application", name="composer", version=__version__)
        self._transport(ET.SubElement(root, "Transport"))
        self._structure(ET.SubElement(root, "Structure"))
        arrangement = ET.SubElement(root, "Arrangement", id="arrangement")
        self._lanes(arrangement)
        self._sections(ET.SubElement(arrangement, "Markers", id="markers", timeUnit="beats"))
        self._tempos(arrangement)
        self._meters(arrangement)
        ET.indent(root, " ")
        return xml_bytes(root)

    def _transport(self, transport: ET.Element) -> None:
        tempo = self._performance.tempos[0]
        bpm = _number(60_000_000 / tempo.microseconds_per_quarter)
        limits = {"min": "20", "max": "666"}
        ET.SubElement(transport, "Tempo", limits, id=_TEMPO, name="Tempo", unit="bpm", value=bpm)
        meter = self._performance.meters[0]
        ET.SubElement(transport, "TimeSignature", _signature(meter.numerator, meter.denominator))

    def _structure(self, structure: ET.Element) -> None:
        """A track a part, a track a stem, the chords, and the master that all run into."""
        muted = bool(self._stems)
        for number, (track, strip) in enumerate(
            zip(self._performance.tracks, self._strips, strict=True), start=1
        ):
            element = _track(structure, f"notes-{number}", track.name, strip.hex, "notes")
            element.set("comment", _patch(track))
            _channel(element, f"notes-{number}", strip, muted=muted)
        names = [track.name for track in self._performance.tracks]
        colours = {n: strip.colour for n, strip in zip(names, self._strips, strict=True)}
        for number, (stem, _) in enumerate(self._stems, start=1):
            strip = ChannelStrip(1.0, 0.0, colours.get(stem.name, INK))
            element = _track(structure, f"audio-{number}", f"{stem.name} audio", strip.hex, "audio")
            _channel(element, f"audio-{number}", strip, muted=False)
        plain = ChannelStrip(1.0, 0.0, INK)
        chords = _track(structure, _CHORDS, "Chords", plain.hex, "notes markers")
        _channel(chords, _CHORDS, plain, muted=True)
        master = _track(structure, _MASTER, "Master", plain.hex, "audio notes")
        _channel(master, _MASTER, plain, muted=False, role="master")

    def _lanes(self, arrangement: ET.Element) -> None:
        lanes = ET.SubElement(arrangement, "Lanes", id="lanes", timeUnit="beats")
        for number, (track, strip) in enumerate(
            zip(self._performance.tracks, self._strips, strict=True), start=1
        ):
            lane = ET.SubElement(lanes, "Lanes", id=f"lane-{number}", track=f"notes-{number}")
            self._notes(ET.SubElement(lane, "Clips", id=f"clips-{number}"), track, strip, number)
        for number, (stem, path) in enumerate(self._stems, start=1):
            name = f"audio-{number}"
            lane = ET.SubElement(lanes, "Lanes", id=f"lane-{name}", track=name)
            # In seconds: no tempo map moves what is recorded.
            clips = ET.SubElement(lane, "Clips", id=f"clips-{name}", timeUnit="seconds")
            _audio(clips, stem, path)
        lane = ET.SubElement(lanes, "Lanes", id="lane-chords", track=_CHORDS)
        self._chord_markers(ET.SubElement(lane, "markers", id="chord-markers"))
        self._chord_clips(ET.SubElement(lane, "Clips", id="clips-chords"))

    def _notes(self, clips: ET.Element, track: Track, strip: ChannelStrip, number: int) -> None:
        """One clip over the whole piece: a clip a section would cut what is held over its end."""
        clip = _clip(clips, 0, self._performance.end_ticks / self._per_quarter, track.name)
        clip.set("color", strip.hex)
        lanes = ET.SubElement(clip, "Lanes", id=f"content-{number}")
        notes = ET.SubElement(lanes, "Notes", id=f"content-notes-{number}")
        for note in track.notes:
            attributes = {
                "time": self._beats(note.onset_ticks),
                "duration": self._beats(note.duration_ticks),
                "channel": str(track.channel),
                "key": str(note.pitch),
                "vel": _number(note.velocity / 127),
                "rel": "0",
            }
            ET.SubElement(notes, "Note", attributes)
        self._controllers(lanes, track, number)

    def _controllers(self, lanes: ET.Element, track: Track, number: int) -> None:
        """Controllers and bends as automation, each held until its next value."""
        channel = str(track.channel)
        used = sorted({c.controller for c in track.controls} - MIXER_CONTROLLERS)
        for controller in used:
            points = _points(lanes, f"content-cc{controller}-{number}", "normalized")
            what = {"expression": "channelController", "controller": str(controller)}
            ET.SubElement(points, "Target", what, channel=channel)
            for change in track.controls:
                if change.controller == controller:
                    self._point(points, change.ticks, change.value / 127)
        if track.bends:
            points = _points(lanes, f"content-bend-{number}", "normalized")
            ET.SubElement(points, "Target", expression="pitchBend", channel=channel)
            for bend in track.bends:
                self._point(points, bend.ticks, (bend.value + _BEND_CENTRE) / _BEND_RANGE)

    def _point(self, points: ET.Element, ticks: int, value: float) -> None:
        place = {"time": self._beats(ticks), "value": _number(value), "interpolation": "hold"}
        ET.SubElement(points, "RealPoint", place)

    def _chord_markers(self, markers: ET.Element) -> None:
        for span in self._score.chords:
            time = _number(float(span.onset_quarters))
            ET.SubElement(markers, "Marker", name=span.chord.symbol, time=time)

    def _chord_clips(self, clips: ET.Element) -> None:
        """A clip a chord, with its name and its tones in close position."""
        for number, span in enumerate(self._score.chords, start=1):
            length = float(span.duration_quarters)
            clip = _clip(clips, float(span.onset_quarters), length, span.chord.symbol)
            notes = ET.SubElement(clip, "Notes", id=f"chord-{number}")
            pitches = {_OCTAVE_OF_CHORDS - 12 + span.chord.bass.number}
            pitches |= {_OCTAVE_OF_CHORDS + tone.number for tone in span.chord.pitch_classes}
            for pitch in sorted(pitches):
                note = {"time": "0", "duration": _number(length), "channel": "0", "key": str(pitch)}
                ET.SubElement(notes, "Note", note, vel="0.5", rel="0")

    def _sections(self, markers: ET.Element) -> None:
        bar = self._score.meter.bar_quarters
        materials = list(dict.fromkeys(section.material for section in self._score.sections))
        for section in self._score.sections:
            colour = section_colour(section.kind, materials.index(section.material), section.energy)
            ET.SubElement(
                markers,
                "Marker",
                name=printable(section.name),
                color=ChannelStrip(1, 0, colour).hex,
                time=_number(float(section.start_bar * bar)),
            )

    def _tempos(self, arrangement: ET.Element) -> None:
        points = _points(arrangement, "tempo-automation", "bpm", "TempoAutomation")
        points.set("timeUnit", "beats")
        ET.SubElement(points, "Target", parameter=_TEMPO)
        for tempo in self._performance.tempos:
            self._point(points, tempo.ticks, 60_000_000 / tempo.microseconds_per_quarter)

    def _meters(self, arrangement: ET.Element) -> None:
        points = ET.SubElement(
            arrangement, "TimeSignatureAutomation", id="meter-automation", timeUnit="beats"
        )
        ET.SubElement(points, "Target", parameter=_METER)
        for meter in self._performance.meters:
            place = {"time": self._beats(meter.ticks), "numerator": str(meter.numerator)}
            ET.SubElement(points, "TimeSignaturePoint", place, denominator=str(meter.denominator))

    def _beats(self, ticks: int) -> str:
        return _number(ticks / self._per_quarter)


def xml_bytes(root: ET.Element) -> bytes:
    """An element as a file."""
    data: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return data + b"\n"


def _track(parent: ET.Element, name: str, title: str, colour: str, content: str) -> ET.Element:
    what = {"id": name, "name": printable(title), "color": colour}
    return ET.SubElement(parent, "Track", what, contentType=content, loaded="true")


def _channel(
    track: ET.Element, name: str, strip: ChannelStrip, *, muted: bool, role: str = "regular"
) -> None:
    channel = ET.SubElement(track, "Channel", id=f"{name}-channel", audioChannels="2", role=role)
    if role != "master":
        channel.set("destination", f"{_MASTER}-channel")
    channel.set("solo", "false")
    mute = {"id": f"{name}-mute", "name": "Mute", "value": str(muted).lower()}
    ET.SubElement(channel, "Mute", mute)
    place = {"min": "0", "max": "1", "unit": "normalized", "value": _number((strip.pan + 1) / 2)}
    ET.SubElement(channel, "Pan", place, id=f"{name}-pan", name="Pan")
    level = {"min": "0", "max": str(_MOST_GAIN), "unit": "linear", "value": _number(strip.gain)}
    ET.SubElement(channel, "Volume", level, id=f"{name}-volume", name="Volume")


def _clip(clips: ET.Element, time: float, duration: float, name: str) -> ET.Element:
    what = {"name": printable(name), "time": _number(time), "duration": _number(duration)}
    return ET.SubElement(clips, "Clip", what, playStart="0")


def _audio(clips: ET.Element, stem: Stem, path: str) -> None:
    """A stem from the start of the piece to its end, as it was recorded."""
    clip = _clip(clips, 0, stem.seconds, stem.name)
    clip.set("contentTimeUnit", "seconds")
    what = {"channels": str(stem.channels), "sampleRate": str(stem.sample_rate)}
    audio = ET.SubElement(clip, "Audio", what, duration=_number(stem.seconds), algorithm="raw")
    ET.SubElement(audio, "File", path=path)


def _points(parent: ET.Element, name: str, unit: str, tag: str = "Points") -> ET.Element:
    return ET.SubElement(parent, tag, id=name, unit=unit)


def _signature(numerator: int, denominator: int) -> dict[str, str]:
    size = {"numerator": str(numerator), "denominator": str(denominator)}
    return {"id": _METER, "name": "Time Signature", **size}


def _patch(track: Track) -> str:
    """What a player of General MIDI would load: programs are counted from 1, as on its keys."""
    kit = ", drum kit" if track.channel == 9 else ""
    return f"General MIDI program {track.program + 1}{kit}, channel {track.channel + 1}"


def _number(value: float) -> str:
    """A number as short as it can be, to a millionth."""
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"

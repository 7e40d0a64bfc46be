"""Where drums stand on five lines.

Source: Weinberg, *Guide to Standardized Drumset Notation* (1998); the names are General MIDI's.
"""

from __future__ import annotations

from dataclasses import dataclass

from composer.theory.pitch import Pitch, parse_pitch_class


@dataclass(frozen=True, slots=True)
class Drum:
    """How one drum or cymbal is written.

    Args:
        name: Its name.
        place: Place on the staff, read in the treble clef.
        head: Note head as MusicXML calls it.
    """

    name: str
    place: Pitch
    head: str = "normal"


FEET = frozenset({35, 36, 44})
"""Keys that feet strike: the lower voice, with stems down."""

_UNKNOWN = "Percussion"
# General MIDI key: name, place, note head.
_KIT: dict[int, tuple[str, str, str]] = {
    27: ("High Q", "C6", "slash"),
    28: ("Slap", "C6", "slash"),
    31: ("Sticks", "C5", "slash"),
    33: ("Metronome Click", "C6", "x"),
    35: ("Acoustic Bass Drum", "E4", "normal"),
    36: ("Bass Drum", "F4", "normal"),
    37: ("Side Stick", "C5", "x"),
    38: ("Snare Drum", "C5", "normal"),
    39: ("Hand Clap", "D5", "x"),
    40: ("Electric Snare", "C5", "diamond"),
    41: ("Low Floor Tom", "G4", "normal"),
    42: ("Closed Hi-Hat", "G5", "x"),
    43: ("High Floor Tom", "A4", "normal"),
    44: ("Pedal Hi-Hat", "D4", "x"),
    45: ("Low Tom", "B4", "normal"),
    46: ("Open Hi-Hat", "G5", "circle-x"),
    47: ("Low-Mid Tom", "D5", "normal"),
    48: ("Hi-Mid Tom", "E5", "normal"),
    49: ("Crash Cymbal", "A5", "x"),
    50: ("High Tom", "F5", "normal"),
    51: ("Ride Cymbal", "F5", "x"),
    52: ("Chinese Cymbal", "C6", "circle-x"),
    53: ("Ride Bell", "F5", "diamond"),
    54: ("Tambourine", "B5", "triangle"),
    55: ("Splash Cymbal", "A5", "diamond"),
    56: ("Cowbell", "E5", "triangle"),
    57: ("Crash Cymbal 2", "B5", "x"),
    58: ("Vibraslap", "B5", "slash"),
    59: ("Ride Cymbal 2", "E5", "x"),
    60: ("High Bongo", "E5", "diamond"),
    61: ("Low Bongo", "D5", "diamond"),
    62: ("Mute High Conga", "E5", "circle-x"),
    63: ("Open High Conga", "E5", "square"),
    64: ("Low Conga", "D5", "square"),
    65: ("High Timbale", "F5", "square"),
    66: ("Low Timbale", "A4", "square"),
    67: ("High Agogo", "F5", "triangle"),
    68: ("Low Agogo", "D5", "triangle"),
    69: ("Cabasa", "B5", "diamond"),
    70: ("Maracas", "A5", "slash"),
    71: ("Short Whistle", "C6", "triangle"),
    72: ("Long Whistle", "C6", "inverted triangle"),
    73: ("Short Guiro", "B4", "slash"),
    74: ("Long Guiro", "A4", "slash"),
    75: ("Claves", "G5", "triangle"),
    76: ("High Wood Block", "G5", "square"),
    77: ("Low Wood Block", "A4", "triangle"),
    78: ("Mute Cuica", "B4", "circle-x"),
    79: ("Open Cuica", "B4", "diamond"),
    80: ("Mute Triangle", "C6", "diamond"),
    81: ("Open Triangle", "C6", "square"),
    82: ("Shaker", "G5", "slash"),
    83: ("Jingle Bell", "B5", "square"),
    84: ("Bell Tree", "A5", "square"),
    85: ("Castanets", "G5", "diamond"),
    86: ("Mute Surdo", "E4", "x"),
    87: ("Open Surdo", "E4", "square"),
}


def drum(key: int) -> Drum:
    """How a General MIDI percussion key is written; a key without a name stands above the staff.

    >>> drum(42).name, drum(42).head
    ('Closed Hi-Hat', 'x')
    """
    name, place, head = _KIT.get(key, (f"{_UNKNOWN} {key}", "C6", "normal"))
    return Drum(name, Pitch(parse_pitch_class(place[:-1]), int(place[-1])), head)

"""Which staves a part has: clefs, one staff or two, and written against sounding pitch.

Parts are written as players read them: a clarinet's in B flat, a guitar's an octave above its
sound. Source: Adler, *The Study of Orchestration* (2002), appendix A.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median_low

from composer.exporting.engraving.paper import Clef, Transposition
from composer.music.score import Note, Part
from composer.theory.instruments import Instrument

TREBLE, ALTO, BASS = Clef("G", 2), Clef("C", 3), Clef("F", 4)
PERCUSSION = Clef("percussion", 0)

_CONCERT = Transposition()
_UP, _DOWN, _TWO_DOWN = Transposition(0, 12), Transposition(0, -12), Transposition(0, -24)
_BY_INSTRUMENT: dict[str, Transposition] = {
    "clarinet": Transposition(2, 2),
    "trumpet": Transposition(2, 2),
    "muted-trumpet": Transposition(2, 2),
    "soprano-sax": Transposition(2, 2),
    "tenor-sax": Transposition(2, 14),
    "alto-sax": Transposition(3, 9),
    "baritone-sax": Transposition(3, 21),
    "french-horn": Transposition(1, 7),
    "english-horn": Transposition(1, 7),
    "contrabass": _UP,
    "banjo": _UP,
    "piccolo": _DOWN,
    "recorder": _DOWN,
    "celesta": _DOWN,
    "xylophone": _DOWN,
    "glockenspiel": _TWO_DOWN,
}
_BY_FAMILY: dict[str, Transposition] = {"guitar": _UP, "bass": _UP}
_CLEFS: dict[str, Clef] = {
    "violin": TREBLE,
    "fiddle": TREBLE,
    "viola": ALTO,
    "cello": BASS,
    "contrabass": BASS,
    "trombone": BASS,
    "tuba": BASS,
    "bassoon": BASS,
    "timpani": BASS,
    "french-horn": TREBLE,
    "baritone-sax": TREBLE,
    "tenor-sax": TREBLE,
}
_CLEFS_BY_FAMILY: dict[str, Clef] = {"guitar": TREBLE, "bass": BASS, "drums": PERCUSSION}
_TWO_STAVES = frozenset({"keys", "plucked", "strings", "synth", "voice"})
_ONE_LINE = frozenset({"violin", "fiddle", "viola", "cello", "contrabass", "banjo"})
_MIDDLE_C, _HAND = 60, 14
_LOW, _HIGH = 53, 66
_ENHARMONIC = 12


def transposition(instrument: Instrument, signatures: Iterable[int] = ()) -> Transposition:
    """How far an instrument is written above what sounds.

    Args:
        instrument: The instrument.
        signatures: Sharps of the keys of the piece: where an instrument would read fewer sharps or
            flats in the enharmonic keys, it reads those.
    """
    usual = _BY_INSTRUMENT.get(instrument.name) or _BY_FAMILY.get(instrument.family, _CONCERT)
    if not usual.fifths:
        return usual
    keys = list(signatures) or [0]
    twin = Transposition(usual.fifths - _ENHARMONIC, usual.semitones)
    return min(usual, twin, key=lambda way: max(abs(key + way.fifths) for key in keys))


def clefs(part: Part) -> tuple[Clef, ...]:
    """The clefs of a part, one a staff, from above: by its instrument, then by its notes."""
    instrument = part.plan.instrument
    fixed = _CLEFS.get(instrument.name) or _CLEFS_BY_FAMILY.get(instrument.family)
    if fixed is not None:
        return (fixed,)
    heard = [note.pitch.midi for note in part.notes]
    many = instrument.polyphony > 1 and instrument.name not in _ONE_LINE
    wide = bool(heard) and min(heard) < _LOW and max(heard) > _HIGH
    if many and wide and instrument.family in _TWO_STAVES:
        return (TREBLE, BASS)
    shift = transposition(instrument).semitones
    centre = median_low(heard) if heard else (instrument.low + instrument.high) // 2
    return (TREBLE if centre + shift >= _MIDDLE_C - 3 else BASS,)


def hands(notes: Sequence[Note]) -> tuple[tuple[Note, ...], tuple[Note, ...]]:
    """Notes of two staves: what the right hand takes, and the left.

    What is struck together and lies within a ninth stays in one hand; what is wider is parted where
    its gap around middle C is widest.
    """
    together: dict[object, list[Note]] = {}
    for note in notes:
        together.setdefault(note.onset_quarters, []).append(note)
    upper: list[Note] = []
    lower: list[Note] = []
    for chord in together.values():
        least = _least_of_right(sorted(note.pitch.midi for note in chord))
        for note in chord:
            (upper if note.pitch.midi >= least else lower).append(note)
    return tuple(upper), tuple(lower)


def _least_of_right(pitches: Sequence[int]) -> int:
    """Lowest pitch of a chord that the right hand takes."""
    low, high = pitches[0], pitches[-1]
    if high - low <= _HAND:
        return low if low + high >= 2 * _MIDDLE_C else high + 1
    cuts = range(1, len(pitches))
    best = max(
        cuts, key=lambda i: (pitches[i] - pitches[i - 1] - abs(pitches[i] - _MIDDLE_C) / 2, -i)
    )
    return pitches[best]

"""What stands on paper: parts with staves, and bars with voices of written notes and rests."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from composer.theory.instruments import Instrument
from composer.theory.pitch import Pitch, PitchClass, spell

TYPES: tuple[tuple[str, Fraction], ...] = (
    ("whole", Fraction(4)),
    ("half", Fraction(2)),
    ("quarter", Fraction(1)),
    ("eighth", Fraction(1, 2)),
    ("16th", Fraction(1, 4)),
    ("32nd", Fraction(1, 8)),
    ("64th", Fraction(1, 16)),
)
"""Note values by name, as MusicXML calls them, with their lengths in quarters."""


@dataclass(frozen=True, slots=True)
class NoteValue:
    """A note value.

    Args:
        type: Name, one of `TYPES`.
        dots: 0 or 1.
        triplet: Whether three stand in the time of two.
    """

    type: str
    dots: int = 0
    triplet: bool = False


@dataclass(frozen=True, slots=True)
class Head:
    """A note head.

    Args:
        pitch: Where it stands: the written pitch; on a drum staff, its place on five lines.
        tied_from: Whether a tie leads to it.
        tied_to: Whether a tie leads on from it.
        drum: General MIDI key of what is struck; None for a pitch.
    """

    pitch: Pitch
    tied_from: bool = False
    tied_to: bool = False
    drum: int | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A note, a chord or a rest at one place of a voice.

    Args:
        onset_quarters: Onset from the start of its bar.
        duration_quarters: Length.
        value: How it is written; None for the rest that fills a bar.
        heads: From below; none for a rest.
        graces: Written pitches of short notes before it, which take no time on paper.
        lyric: The syllable, with a hyphen where its word goes on; empty for none.
        mark: One of `composer.music.score.MARKS`.
        tuplet: ``start``, ``stop`` or empty.
        beams: What each of its beams does, from the outermost: ``begin``, ``continue``, ``end``,
            ``forward hook`` or ``backward hook``.
    """

    onset_quarters: Fraction
    duration_quarters: Fraction
    value: NoteValue | None
    heads: tuple[Head, ...] = ()
    graces: tuple[Pitch, ...] = ()
    lyric: str = ""
    mark: str = ""
    tuplet: str = ""
    beams: tuple[str, ...] = ()

    @property
    def end_quarters(self) -> Fraction:
        """First moment after it."""
        return self.onset_quarters + self.duration_quarters


@dataclass(frozen=True, slots=True)
class VoiceBar:
    """One voice of one bar, filled from its start to its end.

    Args:
        number: 1–4 on the upper or only staff, 5–8 on the lower one; odd ones lead.
        staff: 1, or 2 for the lower of two.
        content: Notes and rests, in order and without gaps.
    """

    number: int
    staff: int
    content: tuple[Written, ...]


@dataclass(frozen=True, slots=True)
class Clef:
    """A clef.

    Args:
        sign: ``G``, ``F``, ``C`` or ``percussion``.
        line: Its line, from below; 0 where it has none.
    """

    sign: str
    line: int


@dataclass(frozen=True, slots=True)
class Transposition:
    """How far written pitches lie above sounding ones.

    Args:
        fifths: On the line of fifths: 2 for a clarinet in B flat.
        semitones: In sound: 2 for it.
    """

    fifths: int = 0
    semitones: int = 0

    def written(self, pitch: Pitch) -> Pitch:
        """The written pitch of a sounding one.

        >>> from composer.theory.pitch import PitchClass
        >>> Transposition(2, 2).written(Pitch(PitchClass(-2), 4)).name
        'C5'
        """
        return spell(pitch.midi + self.semitones, pitch.pitch_class + self.fifths)

    @property
    def steps(self) -> int:
        """Letters between the two pitches."""
        middle_c = self.written(Pitch(PitchClass(0), 4))
        return "CDEFGAB".index(middle_c.pitch_class.step) + 7 * (middle_c.octave - 4)


@dataclass(frozen=True, slots=True)
class PaperPart:
    """A part on paper.

    Args:
        name: Its name.
        instrument: Who plays it.
        clefs: One a staff, from above.
        transposition: How far it is written above what sounds.
        bars: Per bar its voices, from above.
    """

    name: str
    instrument: Instrument
    clefs: tuple[Clef, ...]
    transposition: Transposition
    bars: tuple[tuple[VoiceBar, ...], ...]

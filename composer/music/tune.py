"""A tune that the user brings, note for note. Clock: quarters from its first full bar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from composer.theory.pitch import Pitch, parse_pitch

_FIELDS = 4
_TIME = re.compile(r"-?[0-9]{1,9}(/[0-9]{1,9})?")  # bounded: a brief may come from a stranger
_WHOLE = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class TuneNote:
    """A note of a given tune.

    Args:
        onset_quarters: Onset from the downbeat of the first full bar; below 0 in a pick-up.
        duration_quarters: Length, above 0.
        pitch: Spelled pitch.
        velocity: 1–127; None where the source does not say.
        lyric: The syllable sung on it, with a hyphen where its word goes on (``hel-``, ``lo``);
            empty for none. A syllable over several notes stands on the first.
    """

    onset_quarters: Fraction
    duration_quarters: Fraction
    pitch: Pitch
    velocity: int | None = None
    lyric: str = ""

    @property
    def end_quarters(self) -> Fraction:
        """First moment after it."""
        return self.onset_quarters + self.duration_quarters

    @property
    def text(self) -> str:
        """As one line: onset, length, pitch, velocity (``-`` for none) and syllable.

        >>> from composer.theory.pitch import PitchClass
        >>> TuneNote(Fraction(-1, 2), Fraction(1, 2), Pitch(PitchClass(1), 4), None, "hel-").text
        '-1/2 1/2 G4 - hel-'
        """
        loud = "-" if self.velocity is None else str(self.velocity)
        line = f"{self.onset_quarters} {self.duration_quarters} {self.pitch.name} {loud}"
        return f"{line} {self.lyric}" if self.lyric else line


@dataclass(frozen=True, slots=True)
class Tune:
    """A given tune: one voice, kept note for note.

    Args:
        notes: Ordered by onset; each ends before the next begins, at the latest when it begins.
        bars: Its length in full bars, from the first downbeat to the end of its last bar.
        source: Name of the file that it comes from, for messages.
    """

    notes: tuple[TuneNote, ...]
    bars: int
    source: str = ""

    @property
    def pickup_quarters(self) -> Fraction:
        """How much of it sounds before its first downbeat."""
        return max(Fraction(0), -self.notes[0].onset_quarters) if self.notes else Fraction(0)


def parse_tune_note(text: str) -> TuneNote:
    """Read a note as `TuneNote.text` writes it.

    Raises:
        ValueError: If the line is no note; the message is the rest of a sentence.

    >>> parse_tune_note("-1/2 1/2 G4 - hel-").lyric
    'hel-'
    """
    words = text.split(" ", _FIELDS)
    if len(words) < _FIELDS:
        raise ValueError('a note is "onset length pitch velocity", such as "0 1/2 G4 80"')
    if not (_TIME.fullmatch(words[0]) and _TIME.fullmatch(words[1])):
        raise ValueError("onset and length are quarters, such as 3 or 1/2")
    onset, length = Fraction(words[0]), Fraction(words[1])
    pitch = parse_pitch(words[2])
    if words[3] != "-" and not _WHOLE.fullmatch(words[3]):
        raise ValueError(f'"{words[3][:20]}" is no velocity of 1 to 127, nor - for none')
    velocity = None if words[3] == "-" else int(words[3])
    if length <= 0 or not 0 <= pitch.midi <= 127 or velocity not in (None, *range(1, 128)):
        raise ValueError(
            "a note needs a length above 0, a pitch of MIDI and a velocity of 1 to 127"
        )
    return TuneNote(onset, length, pitch, velocity, words[_FIELDS] if len(words) > _FIELDS else "")

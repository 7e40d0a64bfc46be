"""What a continuation knows of the piece that it carries on. Clock: quarters.

It is all that the plan and the writers ask for, so that a brief that holds it composes the same
continuation again where the file is long gone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from composer.music.tune import Tune

_FIELDS = 8
_MOST_ONSETS = 64
_QUARTERS = re.compile(r"[0-9]{1,6}(/[1-9][0-9]{0,5})?")


@dataclass(frozen=True, slots=True)
class PrecedentPart:
    """A part of the piece before, as it was towards its end.

    Args:
        role: What it did: ``melody``, ``counter``, ``comping``, ``pad``, ``bass`` or ``drums``.
        instrument: Name of the instrument that it is carried on with.
        chunk: Which track chunk of the file it is in, counted from 0; -1 where that is not known.
        channel: Its MIDI channel, counted from 0.
        program: Its General MIDI program as the file has it, 0–127.
        low: Lowest pitch of its usual range.
        high: Highest pitch of its usual range.
        velocity: Its mean velocity, 1–127.
        onsets: Where in a bar it usually strikes, in quarters from the bar line.
    """

    role: str
    instrument: str
    chunk: int
    channel: int
    program: int
    low: int
    high: int
    velocity: int
    onsets: tuple[Fraction, ...] = ()

    @property
    def text(self) -> str:
        """As one line: all of it in the order of the fields, onsets last.

        >>> PrecedentPart("bass", "finger-bass", 3, 1, 33, 28, 43, 90, (Fraction(0),)).text
        'bass finger-bass 3 1 33 28 43 90 0'
        """
        numbers = (self.chunk, self.channel, self.program, self.low, self.high, self.velocity)
        head = f"{self.role} {self.instrument} {' '.join(map(str, numbers))}"
        return " ".join([head, *map(str, self.onsets)])


@dataclass(frozen=True, slots=True)
class Precedent:
    """The piece before, as far as its continuation asks.

    Args:
        source: The file that it comes from, as the user named it.
        digest: SHA-256 of the file, by which it is known again when the two are joined.
        end_quarters: The bar line after its end, counted from the file's beginning.
        chords: Its last bars of chords, ``Am7 | F | C G``.
        tune: Its last phrases, to take motifs from; None where no tune was heard.
        energy: How strong it was at its end, 0–1.
        parts: Its parts.
        drums: The bar that its drummer mostly played: a limb a line and its cells, such as
            ``kick X...|....|X...|....``; empty without drums.
    """

    source: str
    digest: str
    end_quarters: Fraction
    chords: str
    tune: Tune | None
    energy: float
    parts: tuple[PrecedentPart, ...]
    drums: tuple[str, ...] = ()


def parse_quarters(text: str) -> Fraction:
    """Read a number of quarters: ``3`` or ``7/2``.

    Raises:
        ValueError: If it is none, or has more than six digits; the message is the rest of a
            sentence.

    >>> parse_quarters("7/2")
    Fraction(7, 2)
    """
    if not _QUARTERS.fullmatch(text):
        raise ValueError(f'"{text[:20]}" is no number of quarters, such as 3 or 7/2')
    return Fraction(text)


def parse_precedent_part(text: str) -> PrecedentPart:
    """Read a part as `PrecedentPart.text` writes it.

    Raises:
        ValueError: If the line is no part; the message is the rest of a sentence.

    >>> parse_precedent_part("bass finger-bass 3 1 33 28 43 90 0 5/2").onsets[1]
    Fraction(5, 2)
    """
    words = text.split()
    if len(words) < _FIELDS:
        raise ValueError('a part is "role instrument chunk channel program low high velocity …"')
    chunk, channel, program, low, high, velocity = (int(word) for word in words[2:_FIELDS])
    if not (
        chunk >= -1
        and 0 <= channel <= 15
        and 0 <= program <= 127
        and 0 <= low <= high <= 127
        and 1 <= velocity <= 127
    ):
        raise ValueError("a part needs a channel of 0 to 15, and what MIDI can hold elsewhere")
    onsets = tuple(parse_quarters(word) for word in words[_FIELDS:][:_MOST_ONSETS])
    return PrecedentPart(words[0], words[1], chunk, channel, program, low, high, velocity, onsets)

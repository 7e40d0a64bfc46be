"""A text as it is sung: stanzas of lines of syllables."""

from __future__ import annotations

from dataclasses import dataclass

MAIN_STRESS = 0.6
"""A syllable that is stressed as much as this, or more, wants a strong beat."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """A syllable.

    Args:
        text: As it is written, with its punctuation, without a hyphen of its own.
        stress: 0 (none) to 1 (main stress of a weighty word).
        goes_on: Whether its word goes on.
    """

    text: str
    stress: float
    goes_on: bool = False

    @property
    def sung(self) -> str:
        """As it stands under a note.

        >>> Syllable("hel", 0.0, goes_on=True).sung
        'hel-'
        """
        return f"{self.text}-" if self.goes_on else self.text


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text.

    Args:
        text: As the user wrote it, without spaces around it.
        syllables: At least one.
        rhyme: Its rhyme within the stanza, ``A``, ``B`` …: lines with one letter rhyme.
    """

    text: str
    syllables: tuple[Syllable, ...]
    rhyme: str = ""

    @property
    def stresses(self) -> tuple[float, ...]:
        """The stress of each syllable."""
        return tuple(syllable.stress for syllable in self.syllables)


@dataclass(frozen=True, slots=True)
class Stanza:
    """A stanza.

    Args:
        role: ``verse``, ``chorus``, ``prechorus`` or ``bridge``.
        lines: At least one.
    """

    role: str
    lines: tuple[Line, ...]

    @property
    def scheme(self) -> str:
        """Its rhyme scheme, such as ``AABBA``."""
        return "".join(line.rhyme for line in self.lines)

    @property
    def syllables(self) -> int:
        """How many syllables it has."""
        return sum(len(line.syllables) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Verses:
    """A whole text.

    Args:
        language: ``en``, ``zh``, ``de`` …, that of most of its words.
        stanzas: At least one, in the order in which they are sung.
    """

    language: str
    stanzas: tuple[Stanza, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines, in order."""
        return tuple(line for stanza in self.stanzas for line in stanza.lines)

"""The score: spelled notes on exact time. Clock: quarters as fractions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from composer.music.plan import ChordSpan, PartPlan, Section
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.theory.pitch import Pitch

MARKS = ("", "down", "up", "rolled", "staccato", "tenuto", "accent", "muted", "grace")
FUNCTIONS = (
    "chord",
    "scale",
    "passing",
    "neighbour",
    "approach",
    "suspension",
    "blue",
    "drum",
    "given",
)


@dataclass(frozen=True, slots=True)
class Note:
    """A written note.

    Args:
        onset_quarters: Onset from the start of the piece.
        duration_quarters: Written length.
        pitch: Spelled pitch; for drums the General MIDI percussion key, spelled anyhow.
        velocity: Written loudness, 1–127, before any performance.
        function: What it is in its harmony, one of `FUNCTIONS`: a ``chord`` tone; a ``scale`` tone
            (of the key, foreign to the chord); or a chromatic note named by how it resolves:
            ``passing`` and ``neighbour`` by step, ``approach`` by a semitone or tone into a chord
            tone, ``suspension`` down by step from a held note, ``blue`` by step or as a colour of
            the tonic. What is none of these in a tune of the user's own is ``given``.
        voice: Index of the voice within a chordal part, 0 the lowest.
        mark: How it is to be struck, one of `MARKS`; empty where the player decides.
        lyric: The syllable sung on it, with a hyphen where its word goes on (``hel-``, ``lo``);
            empty for none. A syllable over several notes stands on the first.
    """

    onset_quarters: Fraction
    duration_quarters: Fraction
    pitch: Pitch
    velocity: int
    function: str = "chord"
    voice: int = 0
    mark: str = ""
    lyric: str = ""

    @property
    def end_quarters(self) -> Fraction:
        """First moment after it."""
        return self.onset_quarters + self.duration_quarters


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its notes.

    Args:
        plan: Who plays it, and in which role.
        notes: Ordered by onset, then pitch.
    """

    plan: PartPlan
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """The written piece.

    Args:
        title: Title, written into the files.
        key: Key.
        meter: Time signature.
        quarters_per_minute: Tempo.
        bars: Length in bars.
        parts: The parts.
        chords: The harmony.
        sections: The form, for markers.
    """

    title: str
    key: Key
    meter: Meter
    quarters_per_minute: float
    bars: int
    parts: tuple[Part, ...]
    chords: tuple[ChordSpan, ...]
    sections: tuple[Section, ...]

    @property
    def length_quarters(self) -> Fraction:
        """Length of the piece."""
        return self.meter.bar_quarters * self.bars

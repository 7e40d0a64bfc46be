"""The performance: what a player does. Clock: integer ticks."""

from __future__ import annotations

from dataclasses import dataclass

TICKS_PER_QUARTER = 480


@dataclass(frozen=True, slots=True, order=True)
class PlayedNote:
    """A note as played.

    Args:
        onset_ticks: Onset.
        duration_ticks: Length, at least 1.
        pitch: MIDI number, 0–127.
        velocity: 1–127.
    """

    onset_ticks: int
    pitch: int
    duration_ticks: int
    velocity: int

    @property
    def end_ticks(self) -> int:
        """First tick after it."""
        return self.onset_ticks + self.duration_ticks


@dataclass(frozen=True, slots=True, order=True)
class ControlChange:
    """A controller's new value.

    Args:
        ticks: When.
        controller: MIDI controller number, 0–127.
        value: 0–127.
    """

    ticks: int
    controller: int
    value: int


@dataclass(frozen=True, slots=True, order=True)
class PitchBend:
    """A new position of the bend wheel.

    Args:
        ticks: When.
        value: -8192 to 8191; 0 is the middle, the ends are two semitones off (General MIDI).
    """

    ticks: int
    value: int


@dataclass(frozen=True, slots=True, order=True)
class LyricEvent:
    """A syllable.

    Args:
        ticks: When it is sung: the onset of a note of its track.
        text: The syllable, with a hyphen where its word goes on (``hel-``, ``lo``).
    """

    ticks: int
    text: str


@dataclass(frozen=True, slots=True)
class Track:
    """One part on one channel.

    Args:
        name: Track name.
        role: Role of the part; empty where a file does not say.
        channel: MIDI channel counted from 0; 9 is the drum channel.
        program: General MIDI program, 0–127.
        bank: Bank (controller 0), 0–127.
        notes: Ordered; no two of one pitch overlap.
        controls: Ordered; volume (7), pan (10), pedal (64), expression (11) …
        bends: Ordered; the wheel rests in the middle before the first.
        lyrics: Ordered; what is sung on its notes.
    """

    name: str
    role: str
    channel: int
    program: int
    bank: int
    notes: tuple[PlayedNote, ...]
    controls: tuple[ControlChange, ...]
    bends: tuple[PitchBend, ...] = ()
    lyrics: tuple[LyricEvent, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class TempoChange:
    """A tempo from a tick on.

    Args:
        ticks: When.
        microseconds_per_quarter: As MIDI stores it.
    """

    ticks: int
    microseconds_per_quarter: int


@dataclass(frozen=True, slots=True, order=True)
class MeterChange:
    """A time signature from a tick on."""

    ticks: int
    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True, order=True)
class KeyChange:
    """A key signature from a tick on.

    Args:
        ticks: When.
        sharps: -7 (flats) to 7 (sharps).
        minor: The mode flag of the MIDI event.
    """

    ticks: int
    sharps: int
    minor: bool


@dataclass(frozen=True, slots=True, order=True)
class TextEvent:
    """A marker or text.

    Args:
        ticks: When.
        kind: ``marker`` (sections) or ``text`` (chord symbols and the key's full name).
        text: Latin-1 text.
    """

    ticks: int
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Performance:
    """The played piece.

    Args:
        title: Title.
        end_ticks: Length; nothing sounds after it.
        tempos: Ordered, the first at tick 0.
        meters: Ordered, the first at tick 0.
        keys: Ordered.
        texts: Ordered.
        tracks: One a part.
        ticks_per_quarter: Resolution.
    """

    title: str
    end_ticks: int
    tempos: tuple[TempoChange, ...]
    meters: tuple[MeterChange, ...]
    keys: tuple[KeyChange, ...]
    texts: tuple[TextEvent, ...]
    tracks: tuple[Track, ...]
    ticks_per_quarter: int = TICKS_PER_QUARTER

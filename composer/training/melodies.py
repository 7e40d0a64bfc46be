"""A melody on the grid of sixteenths, as every melody corpus is read into.

One step is a sixteenth. Onsets and lengths are fractions, so that triplets keep their place;
cells that hold one are left out of the rhythm tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from composer.training.corpora import Tally

# A phrase ends before a rest of a beat, and after a note as long as three quarters.
HELD_STEPS = 12

_SCALES: Mapping[str, Mapping[int, int]] = {
    "major": {0: 1, 2: 2, 4: 3, 5: 4, 7: 5, 9: 6, 11: 7},
    # Sixth and seventh in both forms, as melodies use them.
    "minor": {0: 1, 2: 2, 3: 3, 5: 4, 7: 5, 8: 6, 9: 6, 10: 7, 11: 7},
}


class Note(NamedTuple):
    """One note: onset and length in sixteenths, MIDI pitch."""

    onset_steps: Fraction
    length_steps: Fraction
    pitch: int

    @property
    def end_steps(self) -> Fraction:
        """When the note ends, in sixteenths."""
        return self.onset_steps + self.length_steps


class Meter(NamedTuple):
    """How bars are cut into beats."""

    name: str
    beats: int
    steps_per_beat: int

    @property
    def bar_steps(self) -> int:
        """Length of a bar in sixteenths."""
        return self.beats * self.steps_per_beat

    @property
    def is_compound(self) -> bool:
        """Whether beats are dotted quarters."""
        return self.steps_per_beat == 6

    def position(self, beat: int) -> str:
        """The weight of a beat: `1` first, `2` secondary strong, `w` other.

        Examples:
            >>> [METERS[4, 4].position(beat) for beat in range(4)]
            ['1', 'w', '2', 'w']
        """
        if beat % self.beats == 0:
            return "1"
        halves = self.beats % 2 == 0 and (self.beats > 2 or self.is_compound)
        return "2" if halves and beat % self.beats == self.beats // 2 else "w"


METERS: Mapping[tuple[int, int], Meter] = {
    (4, 4): Meter("4_4", 4, 4),
    (2, 2): Meter("4_4", 4, 4),
    (3, 4): Meter("3_4", 3, 4),
    (2, 4): Meter("2_4", 2, 4),
    (6, 8): Meter("6_8", 2, 6),
    (9, 8): Meter("9_8", 3, 6),
    (12, 8): Meter("12_8", 4, 6),
}


@dataclass(frozen=True, slots=True)
class Melody:
    """A monophonic melody in one key and one meter; step 0 is a downbeat.

    Attributes:
        meter: how bars are cut into beats.
        tonic: pitch class.
        mode: `major` or `minor`.
        notes: in order of onset, not overlapping.
        phrase_starts: onsets of notes that are known to start a phrase.
    """

    meter: Meter
    tonic: int
    mode: str
    notes: tuple[Note, ...]
    phrase_starts: frozenset[Fraction] = frozenset()

    def degree(self, pitch: int) -> int | None:
        """Scale degree 1 to 7 of a pitch; None for a chromatic one."""
        return _SCALES[self.mode].get((pitch - self.tonic) % 12)

    def height(self, pitch: int) -> int | None:
        """Scale steps above the tonic of octave 0; None for a chromatic pitch."""
        degree = self.degree(pitch)
        return None if degree is None else (pitch - self.tonic) // 12 * 7 + degree - 1

    def chromatic_notes(self) -> int:
        """How many notes lie outside the scale."""
        return sum(self.degree(note.pitch) is None for note in self.notes)

    def phrases(self) -> list[tuple[Note, ...]]:
        """Cuts the melody at rests of a beat and more, after long held notes, at known starts."""
        phrases: list[list[Note]] = []
        for note in self.notes:
            if phrases and not self._is_end(phrases[-1][-1], note):
                phrases[-1].append(note)
            else:
                phrases.append([note])
        return [tuple(phrase) for phrase in phrases]

    def _is_end(self, note: Note, following: Note) -> bool:
        if following.onset_steps in self.phrase_starts:
            return True
        rest = following.onset_steps - note.end_steps
        return rest >= self.meter.steps_per_beat or note.length_steps >= HELD_STEPS


def monophonic(notes: list[Note]) -> tuple[Note, ...]:
    """Sorts notes, keeps the highest of those that start together, and ends overlaps."""
    notes = sorted(notes, key=lambda note: (note.onset_steps, -note.pitch))
    kept: list[Note] = []
    for note in notes:
        if note.length_steps <= 0 or (kept and note.onset_steps == kept[-1].onset_steps):
            continue
        if kept and kept[-1].end_steps > note.onset_steps:
            shorter = note.onset_steps - kept[-1].onset_steps
            kept[-1] = kept[-1]._replace(length_steps=shorter)
        kept.append(note)
    return tuple(kept)


def problem(melody: Melody) -> str | None:
    """Why a melody is not to be learned from; None where it is."""
    if len(melody.notes) < 16:
        return "fewer than 16 notes"
    if melody.chromatic_notes() > 0.25 * len(melody.notes):
        return "does not fit its key"
    return None


def counted(parsed: Iterable[Melody | str], tally: Tally) -> list[Melody]:
    """The melodies of what was parsed; the tally is told of them, and why others are left out.

    Args:
        parsed: melodies, or the reasons why there is none.
        tally: counts them.
    """
    melodies = []
    for melody in parsed:
        if isinstance(melody, str):
            tally.drop(melody)
        else:
            tally.used += 1
            melodies.append(melody)
    return melodies

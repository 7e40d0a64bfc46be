"""What a governed bass must mind: voices above it that move with it, and that it must not cross."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from composer.checking.voices import parallel_perfect
from composer.music.score import Note


class Above:
    """The voices of governed parts, by the onsets at which they strike.

    Args:
        parts: The notes of each part.
        bar: Length of a bar in quarters: a voice that rests longer begins anew.
    """

    def __init__(self, parts: Iterable[Sequence[Note]], bar: Fraction) -> None:
        self._bar = bar
        self._moves: dict[Fraction, list[tuple[int | None, int]]] = {}
        for notes in parts:
            last: dict[int, Note] = {}
            for note in notes:
                before = last.get(note.voice)
                recent = before is not None and before.end_quarters >= note.onset_quarters - bar
                pitch = before.pitch.midi if before is not None and recent else None
                moves = self._moves.setdefault(note.onset_quarters, [])
                moves.append((pitch, note.pitch.midi))
                last[note.voice] = note

    @property
    def sounds(self) -> bool:
        """Whether there is any such voice."""
        return bool(self._moves)

    def ceiling(self, onset: Fraction) -> int:
        """The lowest note that strikes at an onset; 128 where none does."""
        return min((after for _, after in self._moves.get(onset, ())), default=128)

    def clashes(self, before: int | None, after: int, onset: Fraction) -> bool:
        """Whether a bass that moves so at an onset crosses a voice or runs parallel with it."""
        moves = self._moves.get(onset)
        if not moves:
            return False
        if any(after >= pitch for _, pitch in moves):
            return True
        return before is not None and self.runs_parallel(before, after, onset)

    def runs_parallel(self, before: int, after: int, onset: Fraction) -> bool:
        """Whether a bass that moves so at an onset runs in fifths or octaves with a voice."""
        return any(
            pitch is not None and parallel_perfect(before, pitch, after, now) is not None
            for pitch, now in self._moves.get(onset, ())
        )

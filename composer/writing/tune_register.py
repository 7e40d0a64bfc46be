"""Where the accompaniment lies beneath a given tune, which is where the user put it."""

from __future__ import annotations

from functools import lru_cache

from composer.music.plan import PartPlan, Plan
from composer.music.tune import TuneNote
from composer.rulebook.styles import CHORDAL_ROLES

_BENEATH = 7  # semitones from the tune's middle down to that of its chords: as real tunes lie
_DEEPEST = 48  # C3: close chords below it are mud
_MOST = 12  # semitones that a part is moved down


def beneath_tune(plan: Plan, part: PartPlan, low: int, high: int) -> tuple[int, int]:
    """The range of a chordal part, moved down as far as a given tune lies low.

    Our own tunes are written above their chords; one that is given may lie among them.

    Args:
        plan: The plan.
        part: The part.
        low: Its lowest pitch.
        high: Its highest.
    """
    if not plan.tune or part.role not in CHORDAL_ROLES:
        return low, high
    wanted = (low + high) // 2 - (_middle(plan.tune) - _BENEATH)
    room = low - max(part.instrument.low, _DEEPEST)
    move = max(0, min(wanted, room, _MOST))
    return low - move, high - move


@lru_cache(maxsize=16)
def _middle(tune: tuple[TuneNote, ...]) -> int:
    """The pitch above and below which a tune is heard for half of its time."""
    notes = sorted(tune, key=lambda note: note.pitch.midi)
    half = sum(note.duration_quarters for note in notes) / 2
    for note in notes:
        half -= note.duration_quarters
        if half <= 0:
            return note.pitch.midi
    return notes[-1].pitch.midi

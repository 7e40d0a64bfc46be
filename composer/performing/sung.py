"""Words on played notes: a syllable is sung when its note begins."""

from __future__ import annotations

from collections.abc import Sequence

from composer.midi.units import ticks_from_quarters
from composer.music.performance import LyricEvent, PlayedNote
from composer.music.score import Note


def lyric_events(notes: Sequence[Note], played: Sequence[PlayedNote]) -> tuple[LyricEvent, ...]:
    """The syllables of a part, each at the onset of its note as it is played.

    Args:
        notes: The written notes of the part.
        played: Its notes as played, in order.
    """
    if not any(note.lyric for note in notes):
        return ()
    if len(notes) == len(played):
        pairs = zip(notes, played, strict=True)
        return tuple(LyricEvent(p.onset_ticks, note.lyric) for note, p in pairs if note.lyric)
    events = []
    for note in notes:
        if note.lyric:
            written = ticks_from_quarters(note.onset_quarters)
            same = [p for p in played if p.pitch == note.pitch.midi] or list(played)
            nearest = min(same, key=lambda p: (abs(p.onset_ticks - written), p.onset_ticks))
            events.append(LyricEvent(nearest.onset_ticks, note.lyric))
    return tuple(sorted(events))

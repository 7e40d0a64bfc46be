"""``joined.mid``: the piece that was carried on, and its continuation, in one file."""

from __future__ import annotations

import hashlib

from composer.errors import MidiError
from composer.midi.files import midi_bytes
from composer.midi.joining import Seat, joined
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.writing.carrying_on import carried_on


def joined_midi(plan: Plan, performance: Performance) -> bytes | None:
    """The file of the piece before with the new bars after its end.

    Args:
        plan: The plan of the new bars.
        performance: The new bars as they are played.

    Returns:
        None for a piece that carries nothing on, and where the file is no longer there or no longer
        what it was.
    """
    precedent = plan.continues
    if precedent is None or not precedent.digest:
        return None
    try:
        data = midi_bytes(precedent.source, regular=True)
        if hashlib.sha256(data).hexdigest() != precedent.digest:
            return None
        seats = [
            None if before is None else Seat(before.chunk, before.channel, before.program)
            for before in carried_on(precedent, plan.parts)
        ]
        by_name = dict(zip((part.name for part in plan.parts), seats, strict=True))
        own = [by_name.get(track.name) for track in performance.tracks]
        return joined(data, performance, precedent.end_quarters, own, precedent.source)
    except MidiError:
        return None

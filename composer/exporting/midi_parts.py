"""One MIDI file a part, each complete by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from composer.exporting.mixes import numbered_names
from composer.midi.encode import encode
from composer.music.performance import Performance


def midi_parts(performance: Performance) -> Mapping[str, bytes]:
    """Each part as a type 1 MIDI file with the tempo, meter and key map, markers and its name.

    The first track of each file is the conductor's, as in the whole piece; the second is the part,
    on the channel that it has there, so that the files laid over each other are the piece.

    Returns:
        The files by name, such as ``01-flute.mid``, in the order of the parts.

    Raises:
        ValueError: If the performance is not valid.
    """
    names = numbered_names(track.name for track in performance.tracks)
    return {
        f"{name}.mid": encode(replace(performance, tracks=(track,)))
        for name, track in zip(names, performance.tracks, strict=True)
    }

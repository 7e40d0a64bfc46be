"""Reads the Groove MIDI dataset: one drummer's clip per file, played to a metronome.

Source: J. Gillick, A. Roberts, J. Engel, D. Eck, D. Bamman, "Learning to Groove with Inverse
Sequence Transformations", ICML 2019 (the dataset and its drum map).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import NamedTuple

import mido

from composer.errors import CorpusError
from composer.training.corpora import Tally

PACK = "groove"

LIMBS = (
    "kick", "snare", "rim", "hat", "open_hat", "pedal_hat", "ride", "crash",
    "tom_high", "tom_mid", "tom_low",
)  # fmt: skip
FEET = ("kick", "pedal_hat")

# Roland TD-11 keys: heads, rims and edges of each pad.
_LIMB_OF_KEY: Mapping[int, str] = {
    36: "kick", 38: "snare", 40: "snare", 37: "rim", 42: "hat", 22: "hat", 46: "open_hat",
    26: "open_hat", 44: "pedal_hat", 51: "ride", 59: "ride", 53: "ride", 49: "crash",
    55: "crash", 57: "crash", 52: "crash", 48: "tom_high", 50: "tom_high", 45: "tom_mid",
    47: "tom_mid", 43: "tom_low", 58: "tom_low",
}  # fmt: skip

_SHUFFLES = ("funk/purdieshuffle", "rock/shuffle", "blues/shuffle", "neworleans/shuffle")
_FAMILY_OF_STYLE: Mapping[str, str] = {
    **dict.fromkeys(_SHUFFLES, "shuffle"),
    "jazz/funk": "fusion", "jazz/fusion": "fusion", "jazz/march": "neworleans",
    "jazz/klezmer": "", "jazz/linear": "fusion", "latin/brazilian-bossa": "bossa",
    "latin/brazilian-samba": "samba", "latin/samba": "samba",
    "latin/reggaeton": "hiphop", "funk/rock": "rock", "funk/latin": "latin",
    "rock/folk": "country", "rock/rockabilly": "shuffle", "middleeastern": "",
}  # fmt: skip
_FAMILY_OF_GENRE: Mapping[str, str] = {
    "highlife": "afrobeat", "dance": "disco", "gospel": "soul", "blues": "shuffle",
}  # fmt: skip

# Loud music has no cross-sticks: what the pad takes for one is a rimshot gone wide.
_RIMSHOT_FAMILIES = ("punk",)


class Hit(NamedTuple):
    """One stroke: what is struck, when in quarters from the clip's start, how hard."""

    limb: str
    onset_quarters: float
    velocity: int


class Clip(NamedTuple):
    """One file: its family, whether it is a fill, and its strokes in order of time."""

    name: str
    family: str
    is_fill: bool
    hits: tuple[Hit, ...]


def wanted(inner: str) -> bool:
    """Whether a file of the pack is the index or a clip."""
    return inner.endswith((".mid", "info.csv"))


def family_of(style: str) -> str:
    """The family a style of the dataset belongs to, "" for one that is left out.

    Examples:
        >>> family_of("rock/halftime"), family_of("funk/purdieshuffle")
        ('rock', 'shuffle')
        >>> family_of("latin/brazilian-samba"), family_of("soul/groove3")
        ('samba', 'soul')
    """
    if style in _FAMILY_OF_STYLE:
        return _FAMILY_OF_STYLE[style]
    genre = style.partition("/")[0]
    return _FAMILY_OF_GENRE.get(genre, genre)


def read_clips(files: Mapping[str, bytes], tally: Tally) -> list[Clip]:
    """Reads all clips in 4/4 that the index lists.

    Args:
        files: inner path to content, the index among them.
        tally: is told of the clips used and dropped.

    Raises:
        CorpusError: the index is missing or lacks a column.
    """
    index = next((inner for inner in files if inner.endswith("info.csv")), None)
    if index is None:
        raise CorpusError(f"corpus pack '{PACK}' has no info.csv")
    folder = index.removesuffix("info.csv")
    clips = []
    for row in csv.DictReader(io.StringIO(files[index].decode("utf-8", "replace"))):
        try:
            name, style = row["midi_filename"], row["style"]
            meter, kind = row["time_signature"], row["beat_type"]
        except KeyError as error:
            raise CorpusError(f"corpus pack '{PACK}': info.csv lacks {error}") from error
        family = family_of(style)
        content = files.get(folder + name)
        if meter != "4-4":
            tally.drop(f"in {meter}")
        elif not family:
            tally.drop("style without a family")
        elif content is None:
            tally.drop("file is missing")
        else:
            hits = read_hits(content)
            if family in _RIMSHOT_FAMILIES:
                hits = tuple(h._replace(limb="snare") if h.limb == "rim" else h for h in hits)
            if len(hits) < 4:
                tally.drop("unreadable or nearly empty")
            else:
                clips.append(Clip(name, family, kind == "fill", hits))
    return sorted(clips)


def read_hits(content: bytes) -> tuple[Hit, ...]:
    """Reads the strokes of a MIDI file; empty where it cannot be read."""
    try:
        midi = mido.MidiFile(file=io.BytesIO(content))
    except (OSError, EOFError, ValueError, KeyError, IndexError):
        return ()
    hits = []
    for track in midi.tracks:
        tick = 0
        for message in track:
            tick += message.time
            if message.type != "note_on" or message.velocity == 0:
                continue
            limb = _LIMB_OF_KEY.get(message.note)
            if limb is not None:
                hits.append(Hit(limb, tick / midi.ticks_per_beat, message.velocity))
    return tuple(sorted(hits, key=lambda hit: (hit.onset_quarters, LIMBS.index(hit.limb))))

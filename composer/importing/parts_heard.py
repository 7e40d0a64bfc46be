"""Who plays in anyone's file: the role, instrument, range and loudness of each part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from composer.evaluating.roles import roles, single_line_share
from composer.evaluating.windows import Window
from composer.importing.skylines import unswung
from composer.music.song import SongPart
from composer.rulebook import Rulebook
from composer.rulebook.styles import LEAST_POLYPHONY
from composer.theory.instruments import Instrument
from composer.theory.meter import Meter

_NOISES = frozenset(range(112, 128)) - {114}  # bells without a pitch, drums, effects
_SINGLE = 0.8  # share of onsets with one note from which a part is a line
_HELD = 1.6  # quarters that a pad's notes last on average
_BUSY = 1.6  # onsets a quarter from which a line breaks chords
_FEWEST = 8
_SILENT = 10.0  # mean velocity under which nobody hears a part
_BROKEN = 1.8  # notes a stroke under which busy chords are broken ones
_USUAL = 0.45  # share of the bars in which it plays that a part strikes a place


@dataclass(frozen=True, slots=True, eq=False)
class HeardPart:
    """A part of anyone's file.

    Args:
        part: Its notes, counted from the passage's first bar line.
        role: ``melody``, ``counter``, ``comping``, ``pad``, ``figure``, ``bass`` or ``drums``.
        instrument: The instrument of its program.
        low: The pitch under which one note in twenty lies.
        high: The pitch over which one note in twenty lies.
        velocity: Mean velocity.
        onsets: Places of a bar, in quarters, that it strikes as a rule.
    """

    part: SongPart
    role: str
    instrument: Instrument
    low: int
    high: int
    velocity: int
    onsets: tuple[Fraction, ...]

    @property
    def name(self) -> str:
        """What the file calls it, or else its instrument."""
        return self.part.name.strip() or self.instrument.name


def parts_heard(
    window: Window, meter: Meter, book: Rulebook, swing: float = 0.5
) -> tuple[HeardPart, ...]:
    """The parts of a window, but effects, pitched drums, and what has fewer than eight notes.

    The roles of drums, bass and melody are those of `composer.evaluating.roles`; what plays the
    harmony is told apart by whether it is a line, how long its notes last and how busy it is.
    """
    by_program = {i.program: i for i in book.instruments.values() if not i.is_drums}
    kits = {i.program: i for i in book.instruments.values() if i.is_drums}
    found = []
    for role, part in zip(roles(window), window.parts, strict=True):
        if len(part) < _FEWEST or float(part.velocity.mean()) < _SILENT:
            continue
        if not part.is_drums and part.program in _NOISES:
            continue
        if part.is_drums:
            instrument = kits.get(part.program) or kits.get(part.program // 8 * 8) or kits[0]
        else:
            instrument = by_program.get(part.program) or book.instruments["piano"]
        low, high = (int(np.percentile(part.pitch, share)) for share in (5, 95))
        found.append(
            HeardPart(
                part,
                _role(role, part, instrument),
                instrument,
                low,
                high,
                round(float(part.velocity.mean())),
                usual_onsets((part,), window, meter, swing),
            )
        )
    return tuple(found)


def _role(heard: str, part: SongPart, instrument: Instrument) -> str:
    """One of our roles for one that is heard."""
    if heard != "harmony":
        return heard
    single = single_line_share(part) >= _SINGLE
    able = instrument.polyphony >= LEAST_POLYPHONY
    span = max(1.0, part.end_quarters - float(part.onset_quarters[0]))
    strokes = len(np.unique(np.round(part.onset_quarters * 4)))
    busy = strokes / span
    if single or not able:
        return "figure" if able and busy >= _BUSY else "counter"
    if len(part) / strokes < _BROKEN and busy >= _BUSY:
        return "figure"
    return "pad" if float(part.duration_quarters.mean()) >= _HELD else "comping"


def usual_onsets(
    parts: Sequence[SongPart], window: Window, meter: Meter, swing: float = 0.5
) -> tuple[Fraction, ...]:
    """Sixteenths of a bar that parts strike in about half of the bars in which they play.

    Returns:
        Onsets from the bar line in quarters, ascending.
    """
    slots = int(meter.bar_quarters * 4)
    struck = np.zeros((window.bars, slots), dtype=bool)
    for part in parts:
        places = np.floor(unswung(part.onset_quarters, swing) * 4 + 0.5).astype(np.int64)
        places = places[places < window.bars * slots]
        struck[places // slots, places % slots] = True
    playing = struck.any(axis=1)
    if not playing.any():
        return ()
    shares = struck[playing].mean(axis=0)
    return tuple(Fraction(slot, 4) for slot in np.flatnonzero(shares >= _USUAL).tolist())


def ensemble(parts: Sequence[HeardPart], most: int = 12) -> tuple[HeardPart, ...]:
    """The players of a piece: one drum kit, one melody, of all others the busiest.

    Two parts of one role and instrument are one, since what they have in common is written once.
    Where nobody sings, the highest line does.
    """
    chosen: list[int] = []
    for index in sorted(range(len(parts)), key=lambda index: -len(parts[index].part)):
        part, others = parts[index], [parts[other] for other in chosen]
        same = any((p.role, p.instrument) == (part.role, part.instrument) for p in others)
        second_kit = part.role == "drums" and any(p.role == "drums" for p in others)
        if not same and not second_kit and len(chosen) < most:
            chosen.append(index)
    found = {index: parts[index] for index in sorted(chosen)}
    lines = [index for index, part in found.items() if part.role in ("counter", "figure")]
    if lines and all(part.role != "melody" for part in found.values()):
        highest = max(lines, key=lambda index: found[index].low + found[index].high)
        found[highest] = replace(found[highest], role="melody")
    return tuple(found.values())

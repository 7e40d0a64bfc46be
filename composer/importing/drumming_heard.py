"""What the drummer of anyone's file plays: the usual bar, how busy it is, and how far it swings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from composer.evaluating.windows import Window
from composer.importing.skylines import unswung
from composer.music.song import Floats
from composer.theory.meter import Meter

# Limb of the rows of a beat by General MIDI percussion key; the rest is a second player's.
_LIMBS = {
    35: "kick", 36: "kick", 37: "rim", 38: "snare", 40: "snare", 39: "clap", 42: "hat", 44: "hat",
    46: "open_hat", 51: "ride", 59: "ride", 53: "bell", 41: "tom_floor", 43: "tom_low",
    45: "tom_low", 47: "tom_mid", 48: "tom_high", 50: "tom_high",
}  # fmt: skip
_LOUD, _SOFT = 1.1, 0.62  # velocity over a limb's mean from which a stroke is accented, or a ghost
_BARS_ASKED = 96  # different bars of which one is chosen, the commonest
_FEWEST = 24  # off-beats that must be heard before they are said to swing
_OFF_BEATS = (0.42, 0.76)
_STRAIGHT = 0.545
_AGREE = 0.6  # share of off-beats that lie near the one place that is called the swing


def usual_bar(window: Window, meter: Meter, swing: float = 0.5) -> tuple[str, ...]:
    """The bar that the drummer mostly plays, a limb a line and a cell a beat.

    Of all bars the one whose strokes are most alike to those of the others is taken; toms and
    cymbals that colour single bars are seldom in it. What swings is written straight.

    Returns:
        Lines such as ``kick X...|....|X...|....``; empty without drums, or where hardly any are.
    """
    slots = sum(2 * eighths for eighths in meter.beats)
    strokes = [set[tuple[str, int]]() for _ in range(window.bars)]
    loud: dict[tuple[int, str, int], float] = {}
    means: dict[str, list[int]] = {}
    for part in window.drums:
        places = np.floor(unswung(part.onset_quarters, swing) * 4 + 0.5).astype(np.int64)
        for place, key, velocity in zip(
            places.tolist(), part.pitch.tolist(), part.velocity.tolist(), strict=True
        ):
            limb, bar = _LIMBS.get(key), place // slots
            if limb is not None and bar < window.bars:
                strokes[bar].add((limb, place % slots))
                at = (bar, limb, place % slots)
                loud[at] = max(loud.get(at, 0.0), float(velocity))
                means.setdefault(limb, []).append(velocity)
    heard = [frozenset(bar) for bar in strokes if len(bar) > 1]
    counts = Counter(dict(Counter(heard).most_common(_BARS_ASKED)))
    if len(heard) < max(2, window.bars // 4):
        return ()
    best = max(counts, key=lambda bar: (_typical(bar, counts), sorted(bar)))
    number = next(i for i, bar in enumerate(strokes) if frozenset(bar) == best)
    rows = []
    for limb in sorted({limb for limb, _ in best}):
        mean = float(np.mean(means[limb]))
        signs = ["."] * slots
        for own, place in sorted(best):
            if own == limb:
                share = loud[number, limb, place] / mean
                signs[place] = "X" if share >= _LOUD else "g" if share < _SOFT else "x"
        rows.append(f"{limb} {_in_cells(''.join(signs), meter.beats)}")
    return tuple(rows)


def _typical(bar: frozenset[tuple[str, int]], counts: Counter[frozenset[tuple[str, int]]]) -> float:
    """How much a bar is like all others: the sum of its Jaccard indices."""
    return sum(count * len(bar & other) / len(bar | other) for other, count in counts.items())


def _in_cells(signs: str, beats: Sequence[int]) -> str:
    edges = [0, *np.cumsum([2 * eighths for eighths in beats]).tolist()]
    return "|".join(signs[a:b] for a, b in pairwise(edges))


def swing_of(window: Window, meter: Meter) -> float:
    """Where in the quarter the off-beats lie, 0.5 to 0.75; 0.5 where they do not agree.

    What begins well between two quarters is an off-beat, unless the second sixteenth of the pair
    or a triplet's second note is struck too. Drums are asked first, since they keep time.
    Compound meters do not swing.
    """
    if set(meter.beats) == {3}:
        return 0.5
    for parts in (window.drums, window.pitched):
        onsets = [part.onset_quarters for part in parts]
        found = _off_beat(np.unique(np.round(np.concatenate(onsets), 3))) if onsets else 0.0
        if found:
            return found if found >= _STRAIGHT else 0.5
    return 0.5


def _off_beat(onsets: Floats) -> float:
    """The place of the off-beats; 0 where too few are heard, or they do not agree."""
    place = onsets % 1.0
    beats = np.floor(onsets).astype(np.int64)
    low, high = _OFF_BEATS
    inner = (place > 0.12) & (place < 0.88)
    alone = np.bincount(beats[inner], minlength=int(beats.max(initial=0)) + 1) == 1
    off = place[inner & alone[beats] & (place >= low) & (place <= high)]
    if len(off) < _FEWEST or len(off) < 0.4 * int(alone.sum()):
        return 0.0
    middle = float(np.median(off))
    if float((np.abs(off - middle) < 0.07).mean()) < _AGREE:
        return 0.0
    return round(min(0.75, max(0.5, middle)), 2)

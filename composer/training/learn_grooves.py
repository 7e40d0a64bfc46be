"""Learns drum grooves from the Groove MIDI dataset: `rules/grooves/*.toml`.

Run it as `python -m composer.training.learn_grooves --corpora DIR --out rules`.
"""

from __future__ import annotations

import sys
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from composer.training.command import Request, run
from composer.training.corpora import Tally, read_pack
from composer.training.drum_bars import Bar, cut_bars, fill_beats, is_beat, pattern, weight
from composer.training.drum_clips import PACK, Clip, read_clips, wanted
from composer.training.drum_grid import STRAIGHT, PlacedHit, Swing, estimate_take, place
from composer.training.drum_prototypes import choose
from composer.training.drummer_feels import feel_tables
from composer.training.groove_feel import Feel
from composer.training.tables import toml_document, toml_table

MODULE = "composer.training.learn_grooves"

_LEAST_BARS = 40
_BEATS = 24
_LEAST_BEATS = 12
_KIN_SHARE = 0.004
_NO_BACKBEAT = ("afrobeat", "afrocuban", "bossa", "fusion", "jazz", "latin", "neworleans", "samba")
_FILLS = {4: 10, 2: 6, 1: 4}
# What carries a family's beats: which beats serve it in other meters.
_PULSES = {
    "afrobeat": "latin", "afrocuban": "latin", "bossa": "bossa",
    "disco": "four-on-the-floor", "fusion": "breakbeat", "jazz": "swing", "latin": "latin",
    "reggae": "one-drop", "samba": "samba", "shuffle": "shuffle",
}  # fmt: skip

_COMMENT = """\
Learned drum grooves; written by a command, see [provenance].
A row is a bar of sixteenths in cells of one beat: X accent (100 and more), x normal (60-99),
g ghost (below 60), . nothing. feel.offset: how late (+) a stroke is, in beats, against a grid
that swings as feel.swing says; feel.velocity: mean MIDI velocity; feels: the same of single
drummers, offsets in thousandths of a beat, for what they played. count: bars of the corpus
nearer to this one than to any other here; energy: share of the family's bars that are
lighter. Beats come in order of count, fills in order of energy."""


class PlacedClip(NamedTuple):
    """A clip on the grid that fits it."""

    clip: Clip
    swing: Swing
    placed: list[PlacedHit]
    bars: list[Bar]


def learn(request: Request) -> None:
    """Reads the pack and writes one file per family that has enough bars.

    Raises:
        ComposerError: the pack is missing or unreadable, or a file cannot be written.
    """
    tally = Tally(PACK)
    families: defaultdict[str, list[Clip]] = defaultdict(list)
    for clip in read_clips(read_pack(request.corpora, PACK, wanted), tally):
        families[clip.family].append(clip)
    for family, clips in sorted(families.items()):
        own = Tally(PACK, dropped=tally.dropped.copy())
        swing, kept = place_family(clips, own)
        bars = sum(len(member.bars) for member in kept if not member.clip.is_fill)
        if bars < _LEAST_BARS:
            print(f"grooves/{family}.toml: not written, {bars} bars are too few")
            continue
        own.used = len(kept)
        request.write(f"grooves/{family}.toml", _document(request, family, swing, kept, own))


def place_clip(clip: Clip, swings: Sequence[Swing] | None = None) -> PlacedClip:
    """Quantises a clip against the swing that fits it, of those given or of all."""
    take = estimate_take(clip.hits, swings)
    placed = place(clip.hits, take)
    return PlacedClip(clip, take.swing, placed, cut_bars(clip.name, placed))


def place_family(clips: Sequence[Clip], tally: Tally) -> tuple[Swing, list[PlacedClip]]:
    """Decides whether a family swings its eighths, and leaves out the clips that differ.

    Swing of sixteenths is slight and common, so it never leaves a clip out; a family takes
    it where most bars have it. Fills are too short to tell, so they follow the family.

    Returns:
        The family's swing (median of the bars kept), and the clips on their grids.
    """
    beats = [place_clip(clip) for clip in clips if not clip.is_fill]
    total = sum(len(member.bars) for member in beats)
    swung = sum(len(member.bars) for member in beats if member.swing.swings_eighths)
    swings = swung * 2 > total
    kept = []
    for member in beats:
        if member.swing.swings_eighths == swings:
            kept.append(member)
        else:
            tally.drop("straight in a swung family" if swings else "swung in a straight family")
    ratios = [member.swing for member in kept for _ in member.bars]
    if swings:
        swing = Swing(round(median(each.ratio for each in ratios), 2), 8)
    else:
        uneven = [each.ratio for each in ratios if each.unit == 16]
        swing = Swing(round(median(uneven), 2), 16) if len(uneven) * 2 > total else STRAIGHT
    kept += [place_clip(clip, [swing]) for clip in clips if clip.is_fill]
    return swing, kept


def _document(
    request: Request, family: str, swing: Swing, kept: Sequence[PlacedClip], tally: Tally
) -> str:
    feel = Feel()
    for member in kept:
        if not member.clip.is_fill:
            feel.add(member.placed)
    beat_bars = [bar for m in kept if not m.clip.is_fill for bar in m.bars]
    note = (
        f"{len(beat_bars)} bars of beats, from which alone feel is taken; clips in 4/4 only; each"
        " clip quantised against the swing that fits it; prototypes are real bars chosen by"
        " greedy facility location on cosine similarity; at most two hands and two feet at a"
        " step; dropped counts include clips of all families for reasons that do not depend on"
        " the family."
    )
    lines = toml_table("provenance", request.provenance([tally], note))
    for name, rows in feel.tables(swing).items():
        lines += toml_table(name, rows)
    takes = [(m.clip.name, len(m.bars), m.placed) for m in kept if not m.clip.is_fill]
    lines += feel_tables(takes)
    lines += beat_tables(family, beat_bars)
    lines += fill_tables(family, fill_bars(kept))
    head = {"family": family, "pulse": _PULSES.get(family, "backbeat")}
    return toml_document(head, lines, _COMMENT)


def beat_tables(family: str, bars: Sequence[Bar]) -> list[str]:
    """Writes the prototype beats of a family."""
    weights = sorted(weight(bar) for bar in bars)
    lines: list[str] = []
    backbeat = family not in _NO_BACKBEAT
    kin = max(2, round(len(bars) * _KIN_SHARE))
    size = min(_BEATS, max(_LEAST_BEATS, len(bars) // 12))
    prototypes = choose(bars, [is_beat(bar, backbeat) for bar in bars], size, kin=kin)
    for number, prototype in enumerate(prototypes, start=1):
        energy = bisect_left(weights, weight(prototype.bar)) / max(1, len(weights) - 1)
        head = {"name": f"{family}-{number:02}", "count": prototype.bars}
        rows = {**head, "energy": round(min(1.0, energy), 2), **pattern(prototype.bar)}
        lines += toml_table("beats", rows, array=True)
    return lines


def fill_bars(members: Sequence[PlacedClip]) -> list[Bar]:
    """Collects fills: the last bar of each fill clip, and busy bars before a crash."""
    bars = []
    for member in members:
        if member.clip.is_fill:
            bars += member.bars[-1:]
            continue
        for bar, following in pairwise(member.bars):
            toms = bar.strokes("tom_high", "tom_mid", "tom_low")
            if following.row("crash")[0] and toms >= 3:
                bars.append(bar)
    return [bar for bar in bars if fill_beats(bar)]


def fill_tables(family: str, bars: Sequence[Bar]) -> list[str]:
    """Writes the prototype fills of a family, of four, two and one beats, lightest first."""
    found = []
    for beats, size in _FILLS.items():
        group = [bar for bar in bars if fill_beats(bar) == beats]
        chosen = choose(group, [True] * len(group), size, beats)
        found += [(weight(prototype.bar, beats), beats, prototype) for prototype in chosen]
    found.sort(key=lambda entry: (entry[0], entry[1], entry[2].bar))
    lines: list[str] = []
    for number, (_, beats, prototype) in enumerate(found, start=1):
        rows = {
            "name": f"{family}-fill-{number:02}",
            "beats": beats,
            "count": prototype.bars,
            "energy": round((number - 1) / max(1, len(found) - 1), 2),
            **pattern(prototype.bar, beats),
        }
        lines += toml_table("fills", rows, array=True)
    return lines


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command with the given flags, or those of the process."""
    return run(MODULE, "Learn drum grooves from the Groove MIDI dataset.", learn, argv)


if __name__ == "__main__":
    sys.exit(main())

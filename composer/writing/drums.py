"""Drums: beats and fills that drummers played, chosen by energy, fitted to the meter."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from composer.checking.drums import limb
from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.rulebook.figures import strokes
from composer.rulebook.grooves import DrumBar, Groove
from composer.theory.pitch import nearest_spelling, spell
from composer.writing.context import Context

KEYS = {  # General MIDI percussion keys
    "kick": 36,
    "snare": 38,
    "rim": 37,
    "hat": 42,
    "open_hat": 46,
    "pedal_hat": 44,
    "ride": 51,
    "crash": 49,
    "tom_low": 43,
    "tom_mid": 47,
    "tom_high": 50,
}
# What a sign is worth on each limb. The signs are absolute velocities of an electronic kit, whose
# kick and cross-stick speak softly and whose hi-hat speaks loudly; this evens them out.
_ACCENT = {"X": 1.06, "x": 0.84, "g": 0.46}
_ACCENTS = {
    "kick": {"X": 1.06, "x": 1.0, "g": 0.86},
    "rim": {"X": 1.0, "x": 0.92, "g": 0.72},
    "hat": {"X": 0.88, "x": 0.74, "g": 0.54},
    "ride": {"X": 0.86, "x": 0.74, "g": 0.58},
    "open_hat": {"X": 0.86, "x": 0.74, "g": 0.6},
    "pedal_hat": {"X": 0.6, "x": 0.54, "g": 0.44},
    "crash": {"X": 1.05, "x": 0.95, "g": 0.85},
    "tom_low": {"X": 1.05, "x": 0.9, "g": 0.7},
    "tom_mid": {"X": 1.05, "x": 0.9, "g": 0.7},
    "tom_high": {"X": 1.05, "x": 0.9, "g": 0.7},
}
_SWING = {0, 4, 6, 8, 12, 14}  # sixteenths of the ride's figure: one, two and, three, four and
_LEVELS = (0.25, 0.5, 0.8)  # energies that have a beat of their own
_RIDE_FROM = 0.72  # energy from which the right hand may move from the hi-hat to the ride
# Which hands a drummer drops first when a third would be needed.
_KEEP = (49, 38, 37, 50, 47, 43, 46, 51, 42)
_LENGTH = Fraction(1, 4)
_HAT, _RIDE = KEYS["hat"], KEYS["ride"]


class DrumWriter:
    """Writes the drum part.

    Args:
        context: Plan and rules.
        part: The part.
    """

    def __init__(self, context: Context, part: PartPlan) -> None:
        self.context = context
        self.part = part
        style = context.style
        self.groove: Groove = context.book.groove(style.drums.groove or "rock", style.name)
        wanted = style.drums.beats
        beats = [b for b in self.groove.beats if not wanted or b.name in wanted]
        self.beats = beats or list(self.groove.beats)

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        for bar in range(len(self.context.plan.bars)):
            if not self.context.is_active(self.part, bar):
                continue
            if bar == len(self.context.plan.bars) - 1:
                hits = self._final_hits()
            else:
                hits = self._bar_hits(bar)
            notes += self._notes(bar, hits)
        return notes

    def _beat(self, bar: int) -> DrumBar:
        """The bar's beat: one for all sections of like energy, varied where a phrase ends.

        A song has a beat for its verses and one for its choruses, not one a section.
        """
        context = self.context
        section = context.section_of(bar)
        target = min(_LEVELS, key=lambda level: abs(level - section.energy))
        near = sorted(self.beats, key=lambda b: (abs(b.energy - target), b.name))[:10]
        # The commonest of the near beats: a groove that holds a song together is a plain one.
        rng = generator(context.plan.seed, "beat", target)
        weights = [
            beat.count * self._soundness(beat) * 0.02 ** abs(beat.energy - target) for beat in near
        ]
        main = pick(rng, near, weights)
        others = [b for b in near if b is not main] or [main]
        variant = pick(rng, others, [self._soundness(b) * self._likeness(b, main) for b in others])
        phrase_end = any(p.start_bar + p.bars == bar + 1 for p in section.phrases if p.bars > 1)
        varied = phrase_end and section.energy > 0.35 and not context.plan.bars[bar].fill
        return variant if varied else main

    def kicks(self, bar: int) -> frozenset[Fraction]:
        """Onsets of the kick within a bar, fills apart."""
        row = self._rows(bar).get("kick")
        if row is None:
            return frozenset()
        return frozenset(stroke.onset for stroke in strokes(row, self.context.plan.meter))

    def _rows(self, bar: int) -> dict[str, tuple[str, ...]]:
        """The rows of the bar's beat; loud sections may keep time on the ride."""
        rows = dict(self._beat(bar).rows)
        section = self.context.section_of(bar)
        strokes_of_hat = sum(c != "." for c in "".join(rows.get("hat", ())))
        if section.energy < _RIDE_FROM or "ride" in rows or not 1 <= strokes_of_hat <= 8:
            return rows
        if generator(self.context.plan.seed, "ride", section.kind).random() < 0.6:
            rows["ride"] = rows.pop("hat")
        return rows

    def _soundness(self, beat: DrumBar) -> float:
        """How well a beat holds a band together: the drummers' own bars include their asides."""
        rows = {name: "".join(cells) for name, cells in beat.rows.items()}
        struck = {name: {i for i, c in enumerate(row) if c != "."} for name, row in rows.items()}
        hands = [struck.get(name, set()) for name in ("hat", "ride", "open_hat")]
        score = 1.0 if 0 in struck.get("kick", ()) else 0.3
        score *= 0.15 ** sum(name.startswith("tom") for name in rows)
        if self.context.style.drums.pulse == "swing":
            return score * (0.05 + max(len(_SWING & h) - 0.5 * len(h - _SWING) for h in hands) / 6)
        steady = any(h >= {0, 4, 8, 12} or h >= {2, 6, 10, 14} for h in hands)
        score *= 1.0 if steady else 0.12
        if self.context.style.drums.pulse == "backbeat":
            loud = {
                i
                for name in ("snare", "rim")
                for i, c in enumerate(rows.get(name, ""))
                if c in "Xx"
            }
            score *= (1.0 if {4, 12} <= loud else 0.08) * 0.6 ** len(loud - {4, 12})
        return max(score, 1e-6)

    @staticmethod
    def _likeness(one: DrumBar, other: DrumBar) -> float:
        """Share of strokes that two beats have in common, 0.05–1.05."""
        a, b = (
            {
                (limb_, i)
                for limb_, cells in bar.rows.items()
                for i, c in enumerate("".join(cells))
                if c != "."
            }
            for bar in (one, other)
        )
        return 0.05 + len(a & b) / max(1, len(a | b))

    def _bar_hits(self, bar: int) -> dict[Fraction, dict[int, float]]:
        hits = self._row_hits(self._rows(bar))
        plan = self.context.plan.bars[bar]
        if plan.fill:
            self._add_fill(hits, bar, plan.fill)
        if plan.crash:
            hits.setdefault(Fraction(0), {})
            hits[Fraction(0)].update({KEYS["crash"]: 1.05, KEYS["kick"]: 1.0})
        return hits

    def _row_hits(self, rows: Mapping[str, tuple[str, ...]]) -> dict[Fraction, dict[int, float]]:
        hits: dict[Fraction, dict[int, float]] = {}
        for name, cells in rows.items():
            for stroke in strokes(cells, self.context.plan.meter):
                accent = _ACCENTS.get(name, _ACCENT)[stroke.sign]
                hits.setdefault(stroke.onset, {})[KEYS[name]] = accent
        return hits

    def _add_fill(self, hits: dict[Fraction, dict[int, float]], bar: int, length: Fraction) -> None:
        """Replace the end of the bar by a fill of about that length."""
        context = self.context
        meter = context.plan.meter
        total = meter.bar_quarters
        beats = sum(1 for onset in meter.beat_onsets if onset >= total - length)
        sizes = [size for size in self.groove.fills if size <= max(beats, 1)]
        if not sizes:
            return
        size = max(sizes)
        section = context.section_of(bar)
        fills = self.groove.fills[size]
        rng = generator(context.plan.seed, "fill", section.material, bar - section.start_bar)
        fill = pick(rng, fills, [self._fitness(f, section.energy) for f in fills])
        start = meter.beat_onsets[len(meter.beats) - min(size, len(meter.beats))]
        for onset in [o for o in hits if o >= start]:
            del hits[onset]
        for name, cells in fill.rows.items():
            for onset, sign in self._fill_strokes(cells, start):
                hits.setdefault(onset, {})[KEYS[name]] = _ACCENTS.get(name, _ACCENT)[sign]

    @staticmethod
    def _fitness(fill: DrumBar, energy: float) -> float:
        """How well a fill suits an energy; rolls on the toms are kept for the loud ones."""
        toms = sum(
            c != "." for n, row in fill.rows.items() if n.startswith("tom") for c in "".join(row)
        )
        return (0.1 + 0.5 * energy) ** toms / (0.25 + abs(fill.energy - energy))

    def _fill_strokes(self, cells: tuple[str, ...], start: Fraction) -> list[tuple[Fraction, str]]:
        """Place the cells of a fill on the last beats, in eighths and sixteenths of each."""
        meter = self.context.plan.meter
        first = len(meter.beats) - min(len(cells), len(meter.beats))
        found = []
        for cell, beat in zip(
            cells[-len(meter.beats) :], range(first, len(meter.beats)), strict=True
        ):
            step = meter.beat_quarters[beat] / (6 if meter.beats[beat] == 3 else 4)
            places = (0, 2, 3, 5) if meter.beats[beat] == 3 else (0, 1, 2, 3)
            for place, sign in zip(places, cell, strict=False):
                if sign in _ACCENT:
                    found.append((meter.beat_onsets[beat] + step * place, sign))
        return [(onset, sign) for onset, sign in found if onset >= start]

    def _final_hits(self) -> dict[Fraction, dict[int, float]]:
        """The last bar: one hit together, and silence."""
        energy = self.context.plan.bars[-1].energy
        cymbal = KEYS["crash"] if self.context.style.drums.crash and energy > 0.4 else _RIDE
        return {Fraction(0): {KEYS["kick"]: 0.95, cymbal: 0.9}}

    def _notes(self, bar: int, hits: dict[Fraction, dict[int, float]]) -> list[Note]:
        context = self.context
        start = context.bar_starts[bar]
        notes = []
        for onset in sorted(hits):
            for key in playable(hits[onset]):
                velocity = context.velocity(self.part, bar, hits[onset][key])
                pitch = spell(key, nearest_spelling(key % 12, 0))
                notes.append(Note(start + onset, _LENGTH, pitch, velocity, "drum"))
        return notes


def playable(keys: dict[int, float]) -> list[int]:
    """Thin out what one drummer cannot strike at once: two hands and two feet.

    >>> playable({42: 1.0, 38: 1.0, 49: 1.0, 36: 1.0})
    [36, 38, 49]
    """
    hands = [key for key in keys if limb(key) == "hand"]
    if 42 in hands and 46 in hands:
        hands.remove(42)
    ranked = sorted(hands, key=lambda k: _KEEP.index(k) if k in _KEEP else len(_KEEP))
    feet = [key for key in keys if limb(key) == "foot"]
    return sorted(ranked[:2] + feet[:2])

"""Drums: beats and fills that drummers play, chosen by energy, fitted to the meter."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.music.plan import PartPlan
from composer.music.score import Note
from composer.music.seeding import generator, pick
from composer.rulebook.grooves import KEYS, DrumBar, Groove
from composer.theory.meter import Meter
from composer.theory.pitch import nearest_spelling, spell
from composer.writing import drum_touch
from composer.writing.carrying_on import beat_before
from composer.writing.context import Context
from composer.writing.drum_beats import alike, cells_of, choices, marks, with_feet_of
from composer.writing.drum_fills import FALLEN, MACHINES, Turns
from composer.writing.drum_pace import halved_pace, paced
from composer.writing.drum_strokes import (
    FASTEST_ROLL,
    Strikes,
    copied,
    cut,
    strike_rows,
    without_third_hands,
)
from composer.writing.percussion import Percussionist

_LEVELS = (0.25, 0.5, 0.8)  # energies that have a beat of their own
_NEAR = 10  # beats next in energy, of which one is chosen
_RIDE_CHANCE = 0.6
_OPEN_FROM = 0.85  # energy from which all of the hi-hat may be open
_COMPING = 4  # bars after which the left hand of a jazz drummer comes round
_FAR = 0.0005  # weight of a beat whose energy is the whole range away
_AGAIN = 0.25  # how gladly a louder section takes the beat of a softer one
_TWO_BARS = 0.25  # chance that a beat is one of two bars
_KIN = 0.5  # likeness from which another beat is a variant of this one
_LENGTH = Fraction(1, 4)
_CRASHES = (49, 57)
_RIDE, _KICK = KEYS["ride"], KEYS["kick"]


class DrumWriter:
    """Writes the drum part.

    Args:
        context: Plan and rules.
        part: The part.
    """

    def __init__(self, context: Context, part: PartPlan) -> None:
        self.context = context
        self.part = part
        self.style = context.style.drums
        plan = context.plan
        self.quick = plan.quarters_per_minute <= FASTEST_ROLL
        self.groove: Groove = context.book.groove(self.style.groove or "rock", context.style.name)
        archetypes = context.book.pulses(plan.meter)
        self.beats, self.halved = choices(self.groove, self.style, archetypes, plan.meter)
        self.heard = beat_before(plan.continues, plan.meter)
        if self.heard is not None:
            self.halved = False
        self.pulse = self.groove.pulse if self.style.pulse == "free" else self.style.pulse
        self.turns = Turns(context, self.groove, self.pulse, quick=self.quick)
        self.second = Percussionist(context, part, self.pulse)
        self._chosen: dict[float, tuple[DrumBar, DrumBar | None]] = {}
        self._bars: dict[tuple[object, ...], Strikes] = {}

    def write(self) -> list[Note]:
        """All notes of the part."""
        notes: list[Note] = []
        for bar in range(len(self.context.plan.bars)):
            if self.context.is_active(self.part, bar):
                last = bar == self.context.plan.final_bar
                notes += self._notes(bar, self._final() if last else self._bar(bar))
        return notes

    def kicks(self, bar: int) -> frozenset[Fraction]:
        """Onsets of the kick within a bar, fills apart."""
        return frozenset(onset for onset, keys in self._beat(bar).items() if _KICK in keys)

    def _level(self, bar: int) -> float:
        """Which of the beats a section has: a song has one for verses, one for choruses."""
        plan = self.context.plan
        energy = self.context.section_of(bar).energy + 0.25 * (plan.mood.density - 1)
        return min(_LEVELS, key=lambda level: abs(level - energy))

    def _choose(self, level: float) -> tuple[DrumBar, DrumBar | None]:
        """The beat of an energy, and one whose kick and backbeat may vary it if one is alike.

        The commonest of the near beats is the likeliest: what holds a song together is plain.
        """
        if level not in self._chosen:
            meter = self.context.plan.meter
            near = sorted(self.beats, key=lambda b: (abs(b[0].energy - level), b[0].name))[:_NEAR]
            rng = generator(self.context.plan.seed, "beat", level)
            taken = [self._choose(lower)[0] for lower in _LEVELS if lower < level]
            weights = [
                weight * _FAR ** abs(beat.energy - level) * _AGAIN ** (beat in taken)
                for beat, weight in near
            ]
            main = self.heard or pick(rng, [beat for beat, _ in near], weights)
            own = marks(main, meter)
            kin = [(b, w * alike(own, marks(b, meter)) ** 3) for b, w in near if b is not main]
            kin = [(b, w) for b, w in kin if _akin(main, b, meter) and w > 0]
            varied = pick(rng, [b for b, _ in kin], [w for _, w in kin]) if kin else None
            self._chosen[level] = main, varied
        return self._chosen[level]

    def _place(self, bar: int) -> str:
        """Where in its pattern a bar lies: its ``main`` bars, the ``second`` of two, the ``last``.

        A bar with a fill is a main one up to the fill. Where the ride swings, the left hand comps
        in a turn of four bars.
        """
        context = self.context
        section = context.section_of(bar)
        offset = bar - section.start_bar
        if context.plan.bars[bar].fill:
            return "main"
        ends = any(p.start_bar + p.bars == bar + 1 for p in section.phrases if p.bars > 1)
        turns = offset % self.style.period == self.style.period - 1 and self.style.period > 1
        if (ends or turns) and section.energy > 0.35:
            return "last"
        if self.pulse == "swing":
            return f"comping {offset % _COMPING}" if offset % 2 else "main"
        two = generator(context.plan.seed, "two bars", self._level(bar)).random() < _TWO_BARS
        return "second" if two and offset % 2 else "main"

    def _beat(self, bar: int) -> Strikes:
        """The bar's beat without what its section does to it; equal bars are equal for good."""
        section = self.context.section_of(bar)
        seed = self.context.plan.seed
        ride = section.energy >= self.style.ride_from and (
            generator(seed, "ride", section.kind).random() < _RIDE_CHANCE
        )
        state = (
            self._level(bar),
            self._place(bar),
            ride,
            section.energy >= self.style.bell_from and self.style.bell_from < 1,
            section.energy < self.style.rim_below,
            section.energy >= _OPEN_FROM
            and generator(seed, "open hats", section.kind).random() < self.style.open_hats,
            self.context.plan.bars[bar].pace,
        )
        if state not in self._bars:
            self._bars[state] = self._make(*state)
        return self._bars[state]

    def _make(
        self, level: float, place: str, ride: bool, bell: bool, rim: bool, wide: bool, pace: str
    ) -> Strikes:
        """Make a beat: rows, what the drummer adds to them, and how they end."""
        meter, seed = self.context.plan.meter, self.context.plan.seed
        main, other = self._choose(level)
        rows = main.rows
        if other is not None and place == "last":
            rows = with_feet_of(main, other)
        strikes = strike_rows(rows, meter, quick=self.quick)
        if self.halved:
            halved_pace(strikes, meter)
        if self.style.ghosts:
            touch = generator(seed, "ghosts", level)
            drum_touch.ghosted(strikes, meter, self.style.ghosts, touch)
        rng = generator(seed, "variation", level, place)
        if place == "second" or (place == "last" and other is None):
            drum_touch.varied(strikes, meter, self.pulse, rng)
        if place.startswith("comping"):
            drum_touch.comped(strikes, meter, rng)
        elif place != "main" and rng.random() < self.style.open_hats:
            drum_touch.opened(strikes, meter)
        if self.quick and rng.random() < self.style.rolls:
            drum_touch.rolled(strikes, meter, rng)
        if ride and _RIDE not in {key for keys in strikes.values() for key in keys}:
            drum_touch.on_ride(strikes, meter)
        elif wide:
            drum_touch.wide_open(strikes)
        if bell:
            drum_touch.on_bell(strikes)
        if rim:
            drum_touch.with_rim(strikes)
        if self.part.instrument.name == "brush-kit":
            drum_touch.brushed(strikes, meter)
        paced(strikes, meter, pace)
        return strikes

    def _bar(self, bar: int) -> Strikes:
        """All that is struck in a bar."""
        plan = self.context.plan.bars[bar]
        if plan.build > 0:
            strikes = self.turns.build(bar)
        elif plan.hits:
            strikes = self.turns.together(bar)
        else:
            strikes = copied(self._beat(bar)) if plan.stop != 0 else {}
            if plan.fill:
                self.turns.add_fill(strikes, bar)
        if plan.crash:
            kind = self.context.section_of(bar).kind
            cymbal = pick(generator(self.context.plan.seed, "crash", kind), _CRASHES, (2, 1))
            strikes.setdefault(Fraction(0), {}).update({cymbal: 1.05, _KICK: 1.0})
        if not plan.hits:
            for onset, keys in self.second.bar(bar, self._level(bar)).items():
                strikes.setdefault(onset, {}).update(keys)
        if plan.stop is not None and not (plan.stop == 0 and plan.fill):
            cut(strikes, plan.stop)
        if plan.build >= FALLEN and self.pulse in MACHINES:
            cut(strikes, self.context.plan.meter.beat_onsets[-1])  # a breath before the drop
        return strikes

    def _final(self) -> Strikes:
        """The last bar: a stroke together, or the band's last ones, and silence."""
        plan = self.context.plan.bars[-1]
        cymbal = _CRASHES[0] if self.style.crash and plan.energy > 0.4 else _RIDE
        ends = plan.hits or (Fraction(0),)
        strikes: Strikes = {onset: {_KICK: 0.9, self.turns.rolled: 0.86} for onset in ends[:-1]}
        strikes[ends[-1]] = {_KICK: 0.95, cymbal: 0.9}
        return strikes

    def _notes(self, bar: int, strikes: Strikes) -> list[Note]:
        context = self.context
        start = context.bar_starts[bar]
        notes: list[Note] = []
        previous: dict[int, int] = {}
        kept = without_third_hands(strikes)
        for onset in sorted(kept):
            for key, loud in sorted(kept[onset].items()):
                pitch = spell(key, nearest_spelling(key % 12, 0))
                velocity = context.velocity(self.part, bar, loud)
                before = previous.get(key)
                if before is not None and notes[before].end_quarters > start + onset:
                    length = start + onset - notes[before].onset_quarters
                    notes[before] = replace(notes[before], duration_quarters=length)
                previous[key] = len(notes)
                length = min(_LENGTH, context.plan.meter.bar_quarters - onset)
                notes.append(Note(start + onset, length, pitch, velocity, "drum"))
        return notes


def _akin(beat: DrumBar, other: DrumBar, meter: Meter) -> bool:
    """Whether a beat may stand in for another at the end of a phrase."""
    same = cells_of(beat) == cells_of(other)
    return same and alike(marks(beat, meter), marks(other, meter)) >= _KIN

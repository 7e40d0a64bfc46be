"""Plans, parts and notes made by hand, so that what a player does can be told apart."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from composer.music.mood import NEUTRAL, Mood
from composer.music.performance import Track
from composer.music.plan import BarPlan, Cadence, ChordSpan, PartPlan, Phrase, Plan, Section
from composer.music.score import Note, Part, Score
from composer.performing.player import Player
from composer.rulebook.grooves import Groove
from composer.rulebook.reader import Table
from composer.rulebook.style_feel import FeelStyle, read_feel
from composer.theory.meter import parse_meter
from composer.theory.pitch import nearest_spelling, spell
from tests.strategies import rules


def feel(**keys: Any) -> FeelStyle:
    """A feel without deviations but for what is asked."""
    still: dict[str, Any] = {
        "looseness": 0,
        "uneven": 0,
        "accents": 0,
        "slurs": 0,
        "strum": 0,
        "bends": 0,
        "vibrato": 0,
        "crescendo": 0,
        "swells": 0,
        "pedal": False,
    }
    return read_feel(Table(still | keys, "a style"))


def part_plan(instrument: str = "tenor-sax", role: str = "melody") -> PartPlan:
    """A part."""
    return PartPlan(instrument, role, rules().instrument(instrument), False, 0.0, 0.0)


def make_plan(
    part: PartPlan,
    *,
    energies: Sequence[float] = (0.5,),
    bars: int = 4,
    tempo: float = 120,
    humanize: float = 1,
    mood: Mood = NEUTRAL,
    chords: str = "C",
    meter: str = "4/4",
    swing: float = 0.5,
    seed: int = 1,
    style: str = "pop",
) -> Plan:
    """A plan in C major with a section of so many bars for each energy, a phrase each."""
    key = rules().key("C major")
    time = parse_meter(meter)
    bar = time.bar_quarters
    sections = []
    for number, energy in enumerate(energies):
        start = number * bars
        cadence = Cadence("authentic", bar * (start + bars - 1))
        phrase = Phrase(start, bars, "a", cadence)
        sections.append(
            Section(f"verse {number}", "verse", "verse", number, start, bars, energy, (phrase,))
        )
    total = bars * len(energies)
    names = chords.split()
    spans = tuple(
        ChordSpan(bar * i, bar, rules().chords.parse(names[i % len(names)], key.tonic), "I", key)
        for i in range(total)
    )
    plans = tuple(
        BarPlan(i // bars, energies[i // bars], frozenset([part.name]), Fraction(0), False)
        for i in range(total)
    )
    return Plan(
        style=style,
        key=key,
        meter=time,
        quarters_per_minute=tempo,
        swing=swing,
        humanize=humanize,
        mood=mood,
        seed=seed,
        sections=tuple(sections),
        bars=plans,
        chords=spans,
        parts=(part,),
        chords_given=False,
    )


def note(onset: float, length: float, pitch: int, **keys: Any) -> Note:
    """A note of velocity 80."""
    where, long = (Fraction(value).limit_denominator(48) for value in (onset, length))
    spelled = spell(pitch, nearest_spelling(pitch % 12, 0))
    return Note(where, long, spelled, keys.pop("velocity", 80), **keys)


def line(*pitches: int, length: float = 0.5, start: float = 0, **keys: Any) -> list[Note]:
    """Notes one after another."""
    return [note(start + i * length, length, pitch, **keys) for i, pitch in enumerate(pitches)]


def chord(onset: float, length: float, *pitches: int, **keys: Any) -> list[Note]:
    """Notes at once, from the lowest voice."""
    return [note(onset, length, pitch, voice=v, **keys) for v, pitch in enumerate(pitches)]


def play(
    plan: Plan, notes: Sequence[Note], style: FeelStyle, groove: Groove | None = None
) -> Track:
    """The only part of a plan, as it is played."""
    channel = 9 if plan.parts[0].instrument.is_drums else 0
    return Player(plan, style, groove).track(Part(plan.parts[0], tuple(notes)), channel)


def score_of(plan: Plan, notes: Sequence[Note]) -> Score:
    """The only part of a plan as a score."""
    return Score(
        "By hand",
        plan.key,
        plan.meter,
        plan.quarters_per_minute,
        len(plan.bars),
        (Part(plan.parts[0], tuple(notes)),),
        plan.chords,
        plan.sections,
    )

"""A small piece that holds every rule, and the means to spoil it.

Four bars of C major in four-four, C | F | G7 | C: flute, strings (governed, three voices), bass
(governed) and drums. The part writing is that of a first harmony exercise.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.mood import NEUTRAL
from composer.music.performance import (
    KeyChange,
    MeterChange,
    Performance,
    PlayedNote,
    TempoChange,
    TextEvent,
    Track,
)
from composer.music.plan import BarPlan, Cadence, ChordSpan, PartPlan, Phrase, Plan, Section
from composer.music.score import Note, Part, Score
from composer.theory.chord import ChordQuality, ChordVocabulary
from composer.theory.instruments import Instrument
from composer.theory.interval import parse_degree
from composer.theory.key import Key
from composer.theory.meter import parse_meter
from composer.theory.pitch import PitchClass, nearest_spelling, spell
from composer.theory.scale import Scale


def _quality(name: str, roman: str, tones: str, essential: str, *, minor: bool) -> ChordQuality:
    return ChordQuality(
        name,
        name,
        roman,
        tuple(map(parse_degree, tones.split())),
        tuple(map(parse_degree, essential.split())),
        (),
        minor,
    )


QUALITIES = (
    _quality("", "", "1 3 5", "3", minor=False),
    _quality("m", "", "1 b3 5", "b3", minor=True),
    _quality("7", "7", "1 3 5 b7", "3 b7", minor=False),
    _quality("m7", "7", "1 b3 5 b7", "b3 b7", minor=True),
    _quality("maj7", "maj7", "1 3 5 7", "3 7", minor=False),
    _quality("dim", "°", "1 b3 b5", "b3 b5", minor=True),
    _quality("5", "5", "1 5", "", minor=False),
)
VOCABULARY = ChordVocabulary(
    {quality.symbol: quality for quality in QUALITIES},
    {(quality.minor, quality.roman_suffix): quality for quality in QUALITIES},
)


def _scale(name: str, degrees: str, parent: str, signature: int) -> Scale:
    return Scale(name, tuple(map(parse_degree, degrees.split())), parent, signature)


SCALES = {
    "major": _scale("major", "1 2 3 4 5 6 7", "major", 0),
    "minor": _scale("minor", "1 2 b3 4 5 b6 b7", "minor", -3),
}
C_MAJOR = Key(PitchClass(0), SCALES["major"])
A_MINOR = Key(PitchClass(3), SCALES["minor"])
FLUTE = Instrument("flute", 73, 60, 96, "pipe", True, 1, ("melody",))
STRINGS = Instrument("strings", 48, 36, 96, "strings", True, 8, ("pad",))
PIANO = Instrument("piano", 0, 21, 108, "keys", False, 10, ("comping",))
BASS = Instrument("bass", 33, 28, 60, "bass", False, 1, ("bass",))
KIT = Instrument("kit", 0, 27, 87, "drums", False, 16, ("drums",), 128)
INSTRUMENTS = {i.program: i for i in (FLUTE, STRINGS, PIANO, BASS)}


def note(
    onset: float | Fraction,
    length: float | Fraction,
    midi: int,
    function: str = "chord",
    voice: int = 0,
    velocity: int = 80,
) -> Note:
    pitch = spell(midi, nearest_spelling(midi, 0))
    return Note(Fraction(onset), Fraction(length), pitch, velocity, function, voice)


def part(
    name: str, role: str, instrument: Instrument, notes: Sequence[Note], *, governed: bool = False
) -> Part:
    ordered = sorted(notes, key=lambda n: (n.onset_quarters, n.pitch.midi))
    return Part(PartPlan(name, role, instrument, governed, 0.0, 0.0), tuple(ordered))


def voicings(*chords: Sequence[int], length: int = 4) -> list[Note]:
    return [
        note(bar * length, length, midi, voice=voice)
        for bar, chord in enumerate(chords)
        for voice, midi in enumerate(chord)
    ]


def melody() -> Part:
    lines = [(0, 1, 76), (1, 1, 75), (2, 2, 76), (4, 4, 77), (8, 2, 74), (10, 2, 71), (12, 4, 72)]
    notes = [note(o, d, p, "neighbour" if p == 75 else "chord") for o, d, p in lines]
    return part("melody", "melody", FLUTE, notes)


def strings(*chords: Sequence[int]) -> Part:
    default = ((55, 60, 64), (57, 60, 65), (55, 59, 65), (55, 60, 64))
    return part("strings", "pad", STRINGS, voicings(*(chords or default)), governed=True)


def bass(*pitches: int) -> Part:
    notes = voicings(*([pitch] for pitch in pitches or (36, 41, 43, 36)))
    return part("bass", "bass", BASS, notes, governed=True)


def drums(*extra: Note) -> Part:
    beats = [note(beat, Fraction(1, 4), 36 if beat % 2 == 0 else 38) for beat in range(16)]
    hats = [note(beat, Fraction(1, 4), 42) for beat in range(16)]
    return part("drums", "drums", KIT, [*beats, *hats, *extra])


def make_plan(
    parts: Sequence[Part],
    chords: str = "C F G7 C",
    kind: str = "authentic",
    key: Key = C_MAJOR,
    span: int = 4,
) -> Plan:
    """A plan of one section and one phrase, with chords of equal length."""
    spans = []
    for number, symbol in enumerate(chords.split()):
        chord = VOCABULARY.parse(symbol, key.tonic)
        spans.append(
            ChordSpan(Fraction(number * span), Fraction(span), chord, chord.roman(key.tonic), key)
        )
    bars = len(spans) * span // 4
    phrase = Phrase(0, bars, "a", Cadence(kind, spans[-1].onset_quarters))
    section = Section("verse", "verse", "A", 0, 0, bars, 0.5, (phrase,))
    active = frozenset(p.plan.name for p in parts)
    return Plan(
        style="pop",
        key=key,
        meter=parse_meter("4/4"),
        quarters_per_minute=120.0,
        swing=0.5,
        humanize=0.0,
        mood=NEUTRAL,
        seed=0,
        sections=(section,),
        bars=tuple(BarPlan(0, 0.5, active, Fraction(0), False) for _ in range(bars)),
        chords=tuple(spans),
        parts=tuple(p.plan for p in parts),
        chords_given=kind == "given",
    )


def make_score(plan: Plan, parts: Sequence[Part]) -> Score:
    return Score(
        "Exercise",
        plan.key,
        plan.meter,
        plan.quarters_per_minute,
        len(plan.bars),
        tuple(parts),
        plan.chords,
        plan.sections,
    )


def exercise(
    *parts: Part, chords: str = "C F G7 C", kind: str = "authentic", key: Key = C_MAJOR
) -> tuple[Plan, Score]:
    """The piece, with some of its parts replaced by others of the same name, or added."""
    chosen = {p.plan.name: p for p in (melody(), strings(), bass(), drums(), *parts)}
    plan = make_plan(list(chosen.values()), chords, kind, key)
    return plan, make_score(plan, list(chosen.values()))


def alone(
    *parts: Part, chords: str, kind: str = "open", key: Key = C_MAJOR, span: int = 4
) -> tuple[Plan, Score]:
    """A piece of nothing but these parts."""
    plan = make_plan(parts, chords, kind, key, span)
    return plan, make_score(plan, parts)


def change(old: Part, choose: Callable[[Note], bool], **fields: object) -> Part:
    """A part with some notes changed."""
    notes = tuple(replace(n, **fields) if choose(n) else n for n in old.notes)  # type: ignore[arg-type]
    return replace(old, notes=notes)


def play(score: Score) -> Performance:
    """The score as it stands, one channel a part, with its key and chords as texts."""
    tracks = []
    free = (channel for channel in range(16) if channel != 9)
    for written in score.parts:
        is_drums = written.plan.role == "drums"
        notes = tuple(
            PlayedNote(
                int(n.onset_quarters * 480),
                n.pitch.midi,
                int(n.duration_quarters * 480),
                n.velocity,
            )
            for n in written.notes
        )
        tracks.append(
            Track(
                written.plan.name,
                written.plan.role,
                9 if is_drums else next(free),
                written.plan.instrument.program,
                0,
                notes,
                (),
            )
        )
    texts = [TextEvent(0, "text", f"Key: {score.key}")]
    texts += [TextEvent(int(s.onset_quarters * 480), "text", s.chord.symbol) for s in score.chords]
    return Performance(
        score.title,
        int(score.length_quarters * 480),
        (TempoChange(0, round(60_000_000 / score.quarters_per_minute)),),
        (MeterChange(0, score.meter.numerator, score.meter.denominator),),
        (KeyChange(0, score.key.signature, score.key.scale.parent == "minor"),),
        tuple(texts),
        tuple(tracks),
    )

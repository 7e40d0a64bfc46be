"""The plan: what happens where, before any note is written. Clock: bars and quarters."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from composer.music.mood import Mood
from composer.music.precedent import Precedent
from composer.music.tune import TuneNote
from composer.theory.chord import Chord
from composer.theory.instruments import Instrument
from composer.theory.key import Key
from composer.theory.meter import Meter


@dataclass(frozen=True, slots=True)
class Cadence:
    """How a phrase ends.

    Args:
        kind: ``authentic``, ``plagal``, ``modal``, ``half``, ``deceptive``, ``open`` (the phrase
            runs on) or ``given`` (the user's own chords end it).
        onset_quarters: Onset of the cadence's last chord.
    """

    kind: str
    onset_quarters: Fraction


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase of melody and harmony.

    Args:
        start_bar: First bar, counted from 0 at the start of the piece.
        bars: Length in bars.
        label: Its material within the section: ``a``, ``a'`` (varied), ``b`` …
        cadence: How it ends.
    """

    start_bar: int
    bars: int
    label: str
    cadence: Cadence


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the form.

    Args:
        name: Name for the user, such as ``verse 2``.
        kind: ``intro``, ``verse``, ``prechorus``, ``chorus``, ``bridge``, ``solo``, ``outro`` …
        material: Sections with the same material share melody and harmony.
        occurrence: How many sections of that material came before, 0 for the first.
        start_bar: First bar.
        bars: Length in bars.
        energy: 0 (still) to 1 (all that the style has).
        phrases: Its phrases, which fill it exactly.
    """

    name: str
    kind: str
    material: str
    occurrence: int
    start_bar: int
    bars: int
    energy: float
    phrases: tuple[Phrase, ...]

    @property
    def end_bar(self) -> int:
        """First bar after the section."""
        return self.start_bar + self.bars


@dataclass(frozen=True, slots=True)
class ChordSpan:
    """A chord and where it sounds.

    Args:
        onset_quarters: Onset from the start of the piece.
        duration_quarters: Length.
        chord: The chord.
        roman_numeral: Its numeral in its key.
        key: The key of the moment; that of the piece, but where the music modulates.
    """

    onset_quarters: Fraction
    duration_quarters: Fraction
    chord: Chord
    roman_numeral: str
    key: Key

    @property
    def end_quarters(self) -> Fraction:
        """First moment after it."""
        return self.onset_quarters + self.duration_quarters


@dataclass(frozen=True, slots=True)
class PartPlan:
    """A part of the arrangement.

    Args:
        name: Track name, unique in the piece.
        role: ``melody``, ``counter``, ``comping``, ``pad``, ``figure``, ``bass`` or ``drums``.
        instrument: Who plays it.
        governed: Whether the voice-leading rules govern its voices.
        gain_db: Level in the mix relative to the style's mean.
        pan: Place in the stereo image, -1 (left) to 1 (right).
    """

    name: str
    role: str
    instrument: Instrument
    governed: bool
    gain_db: float
    pan: float


@dataclass(frozen=True, slots=True)
class BarPlan:
    """What one bar is for.

    Args:
        section: Index of its section.
        energy: 0–1, the section's energy with its rise and fall.
        active: Names of the parts that play.
        fill: Quarters of drum fill at the end of the bar; 0 for none.
        crash: Whether the bar opens with a crash.
        weight: How heavy the fill is, 0–1: that of the section that it leads into.
        hits: Onsets within the bar that the accompaniment strikes together, resting in between;
            empty for a bar that is played through.
        stop: Onset within the bar from which the accompaniment is silent; None where it is not.
        build: How far a build-up has come, 0 (none) to 1 (the bar before the drop).
        pace: How fast the drums feel: ``normal``, ``half`` or ``double``.
    """

    section: int
    energy: float
    active: frozenset[str]
    fill: Fraction
    crash: bool
    weight: float = 0.5
    hits: tuple[Fraction, ...] = ()
    stop: Fraction | None = None
    build: float = 0.0
    pace: str = "normal"


@dataclass(frozen=True, slots=True)
class TempoPoint:
    """A tempo from an onset on, in quarters a minute."""

    onset_quarters: Fraction
    quarters_per_minute: float


@dataclass(frozen=True, slots=True)
class Cue:
    """A moment at which the user wants something to happen.

    Args:
        seconds: When, from the start of the sound.
        onset_quarters: The place of the music that falls there.
        kind: ``start`` (the piece begins), ``section`` (a section does) or ``accent``.
    """

    seconds: float
    onset_quarters: Fraction
    kind: str


@dataclass(frozen=True, slots=True)
class LyricLine:
    """A line of a text, and where it is sung.

    Args:
        start_bar: First bar of its phrase.
        bars: Bars of its phrase.
        syllables: As they are sung, with a hyphen where a word goes on (``hel-``, ``lo``).
        stresses: Stress of each syllable, 0 (none) to 1 (main stress of a weighty word).
        label: Rhyme within its stanza: lines with one label rhyme.
    """

    start_bar: int
    bars: int
    syllables: tuple[str, ...]
    stresses: tuple[float, ...]
    label: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan.

    Args:
        style: Name of the style.
        key: Key of the piece, in which it begins and ends unless it modulates for good.
        meter: Time signature.
        quarters_per_minute: Tempo.
        swing: Place of the off-beat in the beat, 0.5 is straight.
        humanize: Scale of the performance's deviations, 0 is none.
        mood: The mood, as what it moves.
        seed: The seed of all steps, that of the brief branched by style.
        sections: The form; its sections fill the piece exactly.
        bars: One entry a bar.
        chords: The harmony, gapless from the first bar to the last.
        parts: The arrangement's parts.
        chords_given: Whether the chords are the user's own.
        tune: The user's own tune, with onsets from the start of the piece; empty for none. The
            part with the tune plays these notes, and no others.
        lyrics: The user's text, line by line; empty for none.
        tempos: Tempo by tempo, the first at 0; empty where there is one tempo, which may slow at
            the end.
        loop: Whether the end leads into the beginning.
        length_seconds: Length of the sound, exactly; None for as long as it takes.
        cues: Moments that the user asked for, ascending; the tempo is bent so that they are met.
        continues: The piece that this one carries on; None for a piece that begins.
    """

    style: str
    key: Key
    meter: Meter
    quarters_per_minute: float
    swing: float
    humanize: float
    mood: Mood
    seed: int
    sections: tuple[Section, ...]
    bars: tuple[BarPlan, ...]
    chords: tuple[ChordSpan, ...]
    parts: tuple[PartPlan, ...]
    chords_given: bool
    tune: tuple[TuneNote, ...] = ()
    lyrics: tuple[LyricLine, ...] = ()
    tempos: tuple[TempoPoint, ...] = ()
    loop: bool = False
    length_seconds: float | None = None
    cues: tuple[Cue, ...] = ()
    continues: Precedent | None = None

    @property
    def final_bar(self) -> int | None:
        """Index of the bar in which the music comes to rest; None in a loop, which never does."""
        return None if self.loop else len(self.bars) - 1

    @property
    def cue_bars(self) -> frozenset[int]:
        """Indices of the bars in which a cue falls."""
        return frozenset(int(cue.onset_quarters // self.meter.bar_quarters) for cue in self.cues)

    @property
    def length_quarters(self) -> Fraction:
        """Length of the piece."""
        return self.meter.bar_quarters * len(self.bars)

"""The brief: what the user asks for. `None` leaves a choice to the style and the seed."""

from __future__ import annotations

from dataclasses import dataclass

from composer.music.precedent import Precedent
from composer.music.tune import Tune

DEFAULT_BARS = 32
MAX_BARS = 1024
MAX_CANDIDATES = 16
LONGEST_TITLE = 200
WRITERS = ("rules", "transformer", "hybrid")


@dataclass(frozen=True, slots=True)
class Brief:
    """What to write. Clock: bars.

    Args:
        key: Key such as ``C``, ``F#m``, ``Bb minor``, ``D dorian``.
        bars: Length in bars, 1–1024.
        tempo: Quarters a minute (dotted quarters count as one and a half), 20–400.
        time_signature: ``2/4 3/4 4/4 5/4 6/8 7/8 9/8 12/8``, or counted otherwise: ``2+3/4``,
            ``3+2+2/8``, ``2+3+2/8``.
        style: Name of a style in the rule book.
        mood: A word such as ``calm``, or ``valence,energy`` as two numbers from -1 to 1.
        form: ``intro:4 verse:8 chorus:8`` or letters such as ``AABA``.
        chords: The user's own, bar by bar, ``Am7 | F | C/E G | %``; roman numerals too.
        parts: Instruments, such as ``piano``, or with a role, ``melody=flute``; or changes of the
            style's: ``-drums`` takes a role, family or instrument out, ``+flute`` brings one in.
        swing: Place of the off-beat within the beat, 0.5 (straight) to 0.75.
        humanize: Scale of timing, velocity, pedal and expression, 0 (none) to 2.
        seed: Source of all randomness, 0 to 2**63 - 1.
        writer: Who writes the notes: ``rules``, ``transformer`` (the model writes whatever the
            rules let it write), or ``hybrid`` (the parts that it is good at).
        temperature: How boldly the model draws, 0 (always the likeliest) to 100.
        top_p: The share of probability that the model draws from, above 0 to 1.
        candidates: How many versions the model writes of each passage, 1 to 16.
        title: Title of the piece, one line of 200 characters at most; None for style, key and seed.
        melody: A tune that is kept note for note, harmonised and arranged.
        lyrics: Text to be sung, a line a line, stanzas apart; every syllable gets a note.
        duration: Length in seconds, exact to the sample.
        loop: Whether the end leads into the beginning, without a gap.
        hits: Seconds at which an accent falls or a section begins, ascending.
        continues: The piece that this one carries on, as far as it must be known.
    """

    key: str | None = None
    bars: int | None = None
    tempo: float | None = None
    time_signature: str | None = None
    style: str | None = None
    mood: str | None = None
    form: str | None = None
    chords: str | None = None
    parts: tuple[str, ...] | None = None
    swing: float | None = None
    humanize: float | None = None
    seed: int = 0
    writer: str | None = None
    temperature: float | None = None
    top_p: float | None = None
    candidates: int | None = None
    title: str | None = None
    melody: Tune | None = None
    lyrics: str | None = None
    duration: float | None = None
    loop: bool = False
    hits: tuple[float, ...] | None = None
    continues: Precedent | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A brief with gaps filled from material or words that the user brought.

    Args:
        brief: The brief. What it said before still stands; only what it left open was filled.
        notes: What was understood and decided, one sentence each, for the user to read.
    """

    brief: Brief
    notes: tuple[str, ...] = ()

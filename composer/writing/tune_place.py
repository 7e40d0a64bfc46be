"""Where a given tune lies in the piece: checked, counted in bars, repeated whole. Clock: bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from composer.errors import BriefError
from composer.music.brief import MAX_BARS
from composer.music.tune import Tune, TuneNote
from composer.theory.meter import Meter

MAX_NOTES = 16_384
"""Most notes of a given tune."""
SHORTEST = Fraction(1, 480)
"""Shortest note, in quarters: one tick of what is played."""
_MAX_SYLLABLE = 200
_FINEST = 10**9  # parts of a quarter
_INTROS = (8, 4, 2)  # bars before a tune, where as many are left after it
_FRAMES = (4, 8)  # bars around a tune, where a length in seconds asks for more than it has
_FRAME_COST = 0.05
_MIDI_PITCHES = 128


@dataclass(frozen=True, slots=True)
class TunePlace:
    """Where a tune lies.

    Args:
        starts: The bars on whose downbeats its copies have their first downbeat.
        bars: Length of a copy in full bars.
        lead: Bars before each copy in which its pick-up begins; 0 for a tune without one.
        notes: What was decided, a sentence each.
    """

    starts: tuple[int, ...]
    bars: int
    lead: int
    notes: tuple[str, ...] = ()

    @property
    def end(self) -> int:
        """First bar after the last copy."""
        return self.starts[-1] + self.bars


def check_tune(tune: Tune) -> None:
    """See that a tune is one voice that can be played, and no larger than we take.

    Raises:
        BriefError: If it has no notes, too many, two at once, or one that no instrument has.
    """
    if not tune.notes:
        raise BriefError("melody", "has no notes; give a tune of at least one note")
    if len(tune.notes) > MAX_NOTES:
        raise BriefError("melody", f"has {len(tune.notes)} notes; {MAX_NOTES} is the most")
    bars: object = tune.bars
    if isinstance(bars, bool) or not isinstance(bars, int) or not 1 <= bars <= MAX_BARS:
        raise BriefError("melody", f"must last 1 to {MAX_BARS} bars, not {bars}")
    for number, note in enumerate(tune.notes, start=1):
        _check_note(number, note)
    for number, (before, after) in enumerate(pairwise(tune.notes), start=1):
        if after.onset_quarters < before.end_quarters:
            raise BriefError(
                "melody",
                f"notes {number} and {number + 1} sound at once; a melody is one voice, "
                "each note ending before the next begins",
            )


def _check_note(number: int, note: TuneNote) -> None:
    times: tuple[object, object] = (note.onset_quarters, note.duration_quarters)
    if not all(isinstance(time, Fraction | int) for time in times):
        raise BriefError("melody", f"note {number}: its onset and length must be fractions")
    if note.duration_quarters < SHORTEST:
        raise BriefError(
            "melody",
            f"note {number} lasts {note.duration_quarters} of a quarter; "
            f"{SHORTEST} is the shortest that is played",
        )
    if not 0 <= note.pitch.midi < _MIDI_PITCHES:
        raise BriefError("melody", f"note {number}: {note.pitch.name} is outside MIDI's pitches")
    if note.velocity is not None and not 1 <= note.velocity <= 127:
        raise BriefError("melody", f"note {number}: velocity must be from 1 to 127")
    if len(note.lyric) > _MAX_SYLLABLE:
        raise BriefError("melody", f"note {number}: its syllable is too long")


def full_bars(tune: Tune, meter: Meter) -> int:
    """Full bars of a tune in a meter, from its first downbeat.

    What the tune says counts, unless it was counted in another meter: then its notes do.

    >>> from composer.music.tune import parse_tune_note
    >>> from composer.theory.meter import parse_meter
    >>> tune = Tune((parse_tune_note("0 8 C4 -"),), 2)
    >>> full_bars(tune, parse_meter("4/4")), full_bars(tune, parse_meter("2/4"))
    (2, 4)
    """
    sounding = max(1, math.ceil(tune.notes[-1].end_quarters / meter.bar_quarters))
    silent = tune.bars - sounding
    return tune.bars if 0 <= silent <= max(2, sounding // 4) else sounding


def pickup_bars(tune: Tune, meter: Meter) -> int:
    """Bars that the pick-up of a tune reaches back."""
    return math.ceil(tune.pickup_quarters / meter.bar_quarters)


def own_bars(tune: Tune, meter: Meter) -> int:
    """Bars of a tune that is heard once, with those that its pick-up opens.

    Raises:
        BriefError: If it is no tune that can be played.
    """
    check_tune(tune)
    return pickup_bars(tune, meter) + full_bars(tune, meter)


def place(tune: Tune, meter: Meter, bars: int, form: Sequence[tuple[str, int]] | None) -> TunePlace:
    """Place a tune in so many bars, as often as it fits whole.

    The bars that are left over come before it (at most `_INTROS`) and after it. Where there is a
    form, the tune begins with the section nearest to that.

    Args:
        tune: The tune.
        meter: The time signature.
        bars: Length of the piece.
        form: Kinds and lengths of the sections, if they are known.

    Raises:
        BriefError: If the tune does not fit into the bars.
    """
    check_tune(tune)
    own, lead = full_bars(tune, meter), pickup_bars(tune, meter)
    if bars < lead + own:
        pickup = f" and {lead} more for its pick-up" if lead else ""
        raise BriefError(
            "bars",
            f"the melody takes {own} bars{pickup}, but bars is {bars}; give {lead + own} or more",
        )
    step = _step(tune, meter)
    copies = 1 + (bars - lead - own) // step
    free = bars - lead - own - (copies - 1) * step
    start = lead + _intro(free)
    if form is not None:
        start = _aligned(form, start, lead, lead + free)
    starts = tuple(start + copy * step for copy in range(copies))
    notes = []
    if copies > 1:
        notes.append(f"the melody of {own} bars is heard {copies} times in {bars} bars")
    return TunePlace(starts, own, lead, tuple(notes))


def _step(tune: Tune, meter: Meter) -> int:
    """Bars from one copy to the next: one more where its pick-up has no room in the copy before."""
    own = full_bars(tune, meter)
    room = own * meter.bar_quarters - tune.notes[-1].end_quarters
    return own if tune.pickup_quarters <= room else own + pickup_bars(tune, meter)


def bars_near(tune: Tune, meter: Meter, wanted: float, *, framed: bool = True) -> int:
    """How many bars come nearest to a number of them, with the tune in them whole, once or more.

    Args:
        tune: The tune.
        meter: The time signature.
        wanted: How many bars there would be at the tune's own tempo.
        framed: Whether a few bars may be left over, for an introduction and an ending.

    Raises:
        BriefError: If it is no tune that can be played.
    """
    once, step = own_bars(tune, meter), _step(tune, meter)
    copies = max(0, math.floor((min(wanted, MAX_BARS) - once) / step))
    frames = [bars for bars in (0, *_FRAMES) if bars == 0 or (framed and 2 * bars <= step)]
    counts = {
        once + again * step + bars: bars
        for bars in reversed(frames)
        for again in (copies, copies + 1)
        if once + again * step + bars <= MAX_BARS
    }
    return min(counts or {once: 0}, key=lambda bars: _strain(bars, wanted, framed=counts[bars] > 0))


def _strain(bars: int, wanted: float, *, framed: bool) -> float:
    """How much the tempo must change for so many bars, a little more with a frame around."""
    return max(bars / wanted, wanted / bars) + (_FRAME_COST if framed else 0.0)


def _intro(free: int) -> int:
    """How many of the bars that are left over come before the tune."""
    return next((bars for bars in _INTROS if free >= 2 * bars), 0)


def _aligned(form: Sequence[tuple[str, int]], start: int, first: int, last: int) -> int:
    """The bar in which a tune begins in a form: with the section that is nearest to a bar.

    Args:
        form: Kinds and lengths of the sections.
        start: Where it would begin without a form.
        first: The first bar in which it can begin; where that is also `start`, it stays.
        last: The last one.
    """
    if form[0][0] == "intro" and len(form) > 1 and first <= form[0][1] <= last:
        return form[0][1]
    begins, at = [start] if start == first else [], 0
    for _, length in form:
        begins.append(at)
        at += length
    fitting = [bar for bar in begins if first <= bar <= last]
    return min(fitting, key=lambda bar: (abs(bar - start), -bar), default=start)


def placed(tune: Tune, place: TunePlace, meter: Meter) -> tuple[TuneNote, ...]:
    """The notes of all copies of a tune, with onsets from the start of the piece.

    Times that have no common grid worth the name are those of the ticks at which they are played.
    """
    exact = _has_grid(tune)
    found = []
    for bar in place.starts:
        at = bar * meter.bar_quarters
        for note in tune.notes:
            onset, end = at + note.onset_quarters, at + note.end_quarters
            if not exact:
                onset, end = _nearest_tick(onset), _nearest_tick(end)
            length = Fraction(end - onset)
            found.append(TuneNote(Fraction(onset), length, note.pitch, note.velocity, note.lyric))
    return tuple(found)


def _has_grid(tune: Tune) -> bool:
    """Whether all times of a tune are multiples of one that is not too fine to reckon with."""
    common = 1
    for note in tune.notes:
        for time in (note.onset_quarters, note.duration_quarters):
            common = math.lcm(common, Fraction(time).denominator)
            if common > _FINEST:
                return False
    return True


def _nearest_tick(quarters: Fraction) -> Fraction:
    return math.floor(quarters / SHORTEST + Fraction(1, 2)) * SHORTEST


def chords_under(
    chord_bars: list[list[str]], place: TunePlace, bars: int, notes: list[str]
) -> list[list[str]]:
    """Given chords, bar by bar, under each copy of a tune.

    Bars before and after it have the last chords of the tune.

    Raises:
        BriefError: If they do not fill the tune evenly.
    """
    times, rest = divmod(place.bars, len(chord_bars))
    if rest or times < 1:
        raise BriefError(
            "chords",
            f"{len(chord_bars)} bars of chords do not fill the melody's {place.bars} bars evenly; "
            f"give {place.bars} bars of chords, or a number that divides it",
        )
    if times > 1:
        notes.append(f"{len(chord_bars)} bars of chords are played {times} times in the melody")
    own = chord_bars * times
    filled: list[list[str] | None] = [None] * bars
    for start in place.starts:
        filled[start : start + place.bars] = own
    for index in range(bars):
        later = next((start for start in place.starts if start > index), bars)
        filled[index] = filled[index] or own[(index - later) % len(own)]
    return [symbols or own[0] for symbols in filled]

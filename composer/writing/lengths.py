"""How long the piece is: whatever the user gives says so, and all of it must agree.

The bars that are asked for come first, then the form. Where neither is given, the sources of
`SOURCES` are asked in order, and the first that knows sets the length; all others must then fit
into it, or say in one line why they do not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from composer.errors import BriefError
from composer.music.brief import DEFAULT_BARS, MAX_BARS, Brief
from composer.music.tune import Tune
from composer.prosody.read import read_verses
from composer.rulebook import Rulebook
from composer.rulebook.styles import Style
from composer.theory.meter import Meter
from composer.writing import cue_forms, durations, given, tune_place
from composer.writing.lyric_form import song_of
from composer.writing.lyric_underlay import copies_wanted
from composer.writing.song import Song, SongWish
from composer.writing.tune_form import GivenTune, form_of_tune, given_tune
from composer.writing.tune_place import TunePlace

FormBars = tuple[tuple[str, int], ...]
"""Kinds of sections with their lengths in bars."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the sources of the length may look at.

    Args:
        brief: The brief.
        style: The style.
        book: The rule book.
        meter: The time signature.
        quarters_per_minute: The tempo that was asked for or drawn.
        seed: The seed, branched by style.
        chord_bars: The given chords bar by bar; None for none.
    """

    brief: Brief
    style: Style
    book: Rulebook
    meter: Meter
    quarters_per_minute: float
    seed: int
    chord_bars: list[list[str]] | None


@dataclass(frozen=True, slots=True)
class Length:
    """The length, and what must fill it.

    Args:
        bars: Length in bars.
        form: Kinds of sections with their lengths; None where the grammar is to draw them.
        chord_bars: The given chords, one entry a bar; None for none.
        tune: The given tune in its place; None for none.
        notes: What was decided, a sentence each.
        song: The given text as a form; None for none, or where a given tune has the form.
    """

    bars: int
    form: FormBars | None
    chord_bars: list[list[str]] | None
    tune: GivenTune | None
    notes: tuple[str, ...]
    song: Song | None = None


Source = Callable[[Asked], int | None]
"""Tells how many bars its material takes; None where the brief has no such material."""


def _of_tune(asked: Asked) -> int | None:
    tune = asked.brief.melody
    if tune is None:
        return None
    if asked.brief.duration is not None and asked.brief.lyrics is None:
        return _of_tune_in_time(asked, tune, asked.brief.duration)
    again = copies_wanted(asked.brief) - 1
    own = tune_place.own_bars(tune, asked.meter)
    return own + again * tune_place.full_bars(tune, asked.meter)


def _of_tune_in_time(asked: Asked, tune: Tune, seconds: float) -> int:
    """Bars of a tune that is repeated rather than played at half its tempo."""
    own = tune_place.own_bars(tune, asked.meter)
    if asked.chord_bars and tune_place.full_bars(tune, asked.meter) % len(asked.chord_bars):
        return own  # such chords lie under the tune once, or say in one line why they do not
    wanted = seconds * asked.quarters_per_minute / (60 * float(asked.meter.bar_quarters))
    return tune_place.bars_near(tune, asked.meter, wanted, framed=not asked.brief.loop)


def _of_chords(asked: Asked) -> int | None:
    return len(asked.chord_bars) if asked.chord_bars else None


def _of_duration(asked: Asked) -> int | None:
    return durations.bars_of(asked)


SOURCES: tuple[Source, ...] = (_of_tune, _of_duration, _of_chords)
"""In the order in which they are asked."""

FormSource = Callable[[Asked, int], FormBars | None]
"""Tells the form that its material takes in so many bars; None to leave it to others."""


FORM_SOURCES: tuple[FormSource, ...] = (cue_forms.form_of,)
"""Asked in order where neither the user nor a tune gives a form."""


def length_of(asked: Asked) -> Length:
    """Reconcile bars, form, and the lengths of all that is given.

    Raises:
        BriefError: If they cannot agree.
    """
    brief, notes = asked.brief, list[str]()
    bars = _asked_bars(brief)
    if brief.lyrics is not None and brief.melody is None:
        return _sung(asked, bars)
    natural = _natural(asked)
    form = None
    if brief.form is not None:
        known = asked.book.form(asked.style.form, asked.style.name).sections
        form = given.parse_form(brief.form, bars or natural, known)
        total = sum(length for _, length in form)
        if bars is not None and total != bars:
            raise BriefError(
                "form", f"its sections add up to {total} bars, but bars is {bars}; change one"
            )
        bars = total
    if bars is None:
        bars = natural or DEFAULT_BARS
    if not 1 <= bars <= MAX_BARS:
        raise BriefError("bars", f"must be from 1 to {MAX_BARS}, not {bars}")
    tune = None
    if brief.melody is not None:
        place = tune_place.place(brief.melody, asked.meter, bars, form)
        tune = given_tune(brief.melody, place, asked.meter)
        notes += place.notes
    chord_bars = _filled(asked.chord_bars, bars, tune.place if tune else None, notes)
    if form is None and tune is not None:
        form = form_of_tune(tune, bars, asked.book.form(asked.style.form, asked.style.name))
    elif form is None:
        form = _found_form(asked, bars)
    return Length(bars, form, chord_bars, tune, tuple(notes))


def _sung(asked: Asked, bars: int | None) -> Length:
    """The length of a text, which has the form."""
    brief = asked.brief
    wish = SongWish(
        asked.style,
        asked.book.form(asked.style.form, asked.style.name),
        asked.meter,
        asked.quarters_per_minute,
        asked.seed,
        bars,
        durations.bars_of(asked) if brief.duration is not None else None,
        len(asked.chord_bars) if asked.chord_bars else 1,
        brief.form,
        brief.loop,
    )
    song = song_of(read_verses(brief.lyrics or ""), wish)
    notes = list(song.notes)
    chord_bars = _filled(asked.chord_bars, song.bars, None, notes)
    return Length(song.bars, song.form, chord_bars, None, tuple(notes), song)


def _asked_bars(brief: Brief) -> int | None:
    bars = brief.bars
    if bars is None:
        return None
    if isinstance(bars, bool) or not isinstance(bars, int):
        raise BriefError("bars", f"must be a whole number from 1 to {MAX_BARS}, not {bars!r}")
    if not 1 <= bars <= MAX_BARS:
        raise BriefError("bars", f"must be from 1 to {MAX_BARS}, not {bars}")
    return bars


def _natural(asked: Asked) -> int | None:
    """The length of the first material that has one."""
    return next((bars for bars in (source(asked) for source in SOURCES) if bars), None)


def _found_form(asked: Asked, bars: int) -> FormBars | None:
    found = (source(asked, bars) for source in FORM_SOURCES)
    return next((form for form in found if form is not None), None)


def _filled(
    chord_bars: list[list[str]] | None, bars: int, place: TunePlace | None, notes: list[str]
) -> list[list[str]] | None:
    """The given chords repeated until they fill the piece, under each copy of a given tune."""
    if chord_bars is None or len(chord_bars) == bars:
        return chord_bars
    if place is not None:
        return tune_place.chords_under(chord_bars, place, bars, notes)
    times, rest = divmod(bars, len(chord_bars))
    if rest or times < 1:
        raise BriefError(
            "chords",
            f"{len(chord_bars)} bars of chords do not fill {bars} bars evenly; "
            f"give {bars} bars of chords, or a number that divides it",
        )
    notes.append(f"{len(chord_bars)} bars of chords are played {times} times to fill {bars} bars")
    return chord_bars * times

"""Whatever tune is given, in whatever style: it is in the MIDI bytes, note for note."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.midi.decode import decode
from composer.midi.encode import encode
from composer.midi.units import ticks_from_quarters
from composer.music.brief import Brief
from composer.music.tune import Tune, TuneNote
from composer.performing import perform
from composer.theory.meter import METERS, parse_meter
from composer.theory.pitch import nearest_spelling, spell
from tests.laws.pieces import Piece, compose
from tests.strategies import rules
from tests.tunes import GRACE, GREENSLEEVES, ODE, SCARBOROUGH, SEVEN

STYLES = rules().style_names
KNOWN = ((GRACE, "3/4"), (GREENSLEEVES, "6/8"), (ODE, "4/4"), (SCARBOROUGH, "3/4"), (SEVEN, "7/8"))


@st.composite
def tunes(draw: st.DrawFn) -> tuple[Tune, str]:
    """Tunes of every range, length and rhythm, on the grid and off it, some with a pick-up."""
    meter = draw(st.sampled_from(METERS))
    bar = parse_meter(meter).bar_quarters
    grid = draw(
        st.sampled_from((Fraction(1, 4), Fraction(1, 3), Fraction(7, 480), Fraction(13, 97)))
    )
    low = draw(st.integers(12, 100))
    span = draw(st.integers(0, 27))
    at = -draw(st.sampled_from((Fraction(0), Fraction(0), Fraction(1, 2), bar + 1)))
    notes = []
    for _ in range(draw(st.integers(1, 24))):
        at += grid * draw(st.integers(0, 3)) * draw(st.booleans())
        length = grid * draw(st.integers(1, 12))
        midi = low + draw(st.integers(0, span))
        velocity = draw(st.one_of(st.none(), st.integers(1, 127)))
        notes.append(TuneNote(at, length, spell(midi, nearest_spelling(midi % 12, 2)), velocity))
        at += length
    bars = max(1, int(-(-at // bar)))
    return Tune(tuple(notes), bars), meter


def heard(piece: Piece) -> list[tuple[int, int, int]]:
    """Onset, pitch and length in ticks of the melody's track, read from the bytes."""
    played = decode(encode(perform(piece.plan, piece.score, rules())))
    name = next(part.plan.name for part in piece.score.parts if part.plan.role == "melody")
    track = next(track for track in played.tracks if track.name == name)
    return sorted((n.onset_ticks, n.pitch, n.duration_ticks) for n in track.notes)


def written(tune: Tune, piece: Piece) -> list[tuple[int, int, int]]:
    """What the file must hold: every copy of the tune."""
    place = piece.choices.tune
    assert place is not None
    bar = piece.plan.meter.bar_quarters
    return sorted(
        (
            ticks_from_quarters(bar * start + note.onset_quarters),
            note.pitch.midi,
            ticks_from_quarters(bar * start + note.end_quarters)
            - ticks_from_quarters(bar * start + note.onset_quarters),
        )
        for start in place.place.starts
        for note in tune.notes
    )


@settings(max_examples=25)
@given(tunes(), st.sampled_from(STYLES), st.integers(0, 2**32), st.integers(0, 9))
def test_every_note_is_there_and_nothing_else(
    given_: tuple[Tune, str], style: str, seed: int, more: int
) -> None:
    tune, meter = given_
    own = compose(Brief(melody=tune, time_signature=meter, style=style, seed=seed))
    assert not own.report.violations[:3]
    assert heard(own) == written(tune, own)
    if more > 6:
        bars = own.choices.bars + more
        longer = compose(Brief(melody=tune, time_signature=meter, style=style, bars=bars))
        assert len(longer.plan.bars) == bars
        assert not longer.report.violations[:3]
        assert heard(longer) == written(tune, longer)


@pytest.mark.parametrize("style", STYLES)
def test_every_style_arranges_known_tunes(style: str) -> None:
    number = STYLES.index(style)
    tune, meter = KNOWN[number % len(KNOWN)]
    piece = compose(Brief(melody=tune, time_signature=meter, style=style, seed=number))
    assert not piece.report.violations[:3]
    assert heard(piece) == written(tune, piece)
    others = [part for part in piece.score.parts if part.plan.role != "melody"]
    assert sum(len(part.notes) for part in others) > len(tune.notes)


def test_the_full_brief_makes_the_same_piece() -> None:
    for tune, meter in KNOWN[:3]:
        first = compose(Brief(melody=tune, time_signature=meter, style="folk", bars=44))
        form = " ".join(f"{s.kind}:{s.bars}" for s in first.plan.sections)
        from dataclasses import replace

        again = compose(replace(first.choices.brief, form=form))
        assert again.plan == first.plan
        assert again.score == first.score

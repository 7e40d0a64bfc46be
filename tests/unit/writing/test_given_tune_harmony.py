"""A given tune is harmonised as a good musician would, its returns alike, and its ends closed."""

from __future__ import annotations

from fractions import Fraction

import pytest

from composer.music.brief import Brief
from composer.music.plan import Plan
from composer.music.tune import Tune
from composer.theory.meter import parse_meter
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from composer.writing.tune_chords import palette_of
from composer.writing.tune_fit import fit_costs, sung_in
from composer.writing.tune_harmony import harmonise
from composer.writing.tune_key import key_of_tune
from composer.writing.tune_likeness import phrases_of
from composer.writing.tune_place import full_bars
from tests.strategies import rules
from tests.tunes import CHROMATIC, GRACE, GREENSLEEVES, ODE, SCARBOROUGH, SEVEN, TWINKLE

TUNES = (
    (TWINKLE, "4/4"),
    (GRACE, "3/4"),
    (GREENSLEEVES, "6/8"),
    (SCARBOROUGH, "3/4"),
    (ODE, "4/4"),
    (SEVEN, "7/8"),
)


def chords_of(tune: Tune, meter: str, style: str, lead: int = 0) -> dict[Fraction, str]:
    """Symbols by bar, as a fraction."""
    measure = parse_meter(meter)
    bars = full_bars(tune, measure)
    found = harmonise(
        tune.notes,
        phrases_of(tune.notes, measure, bars),
        key_of_tune(tune.notes, measure, rules().scales),
        measure,
        rules().style(style),
        rules(),
        lead=lead,
    )
    return {onset / measure.bar_quarters: chord.symbol for onset, chord in found}


def planned(tune: Tune, meter: str, style: str, **fields: object) -> Plan:
    brief = Brief(melody=tune, time_signature=meter, style=style, **fields)  # type: ignore[arg-type]
    return make_plan(resolve(brief, rules()), rules())


def downbeats(chords: dict[Fraction, str]) -> list[str]:
    return [chords[bar] for bar in sorted(chords) if bar.denominator == 1]


def test_what_everybody_plays_under_a_nursery_song() -> None:
    assert downbeats(chords_of(TWINKLE, "4/4", "folk"))[:4] == ["C", "F", "F", "G7"]


@pytest.mark.parametrize("style", ["pop", "folk", "jazz-swing", "chorale"])
def test_a_middle_part_ends_on_the_dominant_and_its_bars_come_again(style: str) -> None:
    found = chords_of(TWINKLE, "4/4", style)
    assert found[Fraction(15, 2)].startswith("G")
    halves = [[found[bar + Fraction(i, 2)][0] for i in range(2)] for bar in (8, 9, 10, 11)]
    assert halves == [[found[bar + Fraction(i, 2)][0] for i in range(2)] for bar in (0, 1, 2, 3)]


def test_an_ode_stands_on_tonic_and_dominant() -> None:
    found = chords_of(ODE, "4/4", "classical")
    assert downbeats(found)[1:3] == downbeats(found)[5:7] == ["G7", "C"]
    assert found[Fraction(0)] == "C"
    assert found[Fraction(7, 2)] == "G7"  # a half cadence, and then a whole one
    assert found[Fraction(15, 2)] == "C"
    assert found[Fraction(31, 2)] == "C"


def test_minor_tunes_close_with_their_major_dominant() -> None:
    found = chords_of(GREENSLEEVES, "6/8", "folk", lead=1)
    assert downbeats(found)[1:4] == ["Am", "G", "Am"]
    assert found[Fraction(29, 2)] in ("E", "E7")
    assert downbeats(found)[-1] == "Am"


def test_a_dorian_tune_has_its_own_subdominant_and_no_leading_tone() -> None:
    found = set(chords_of(SCARBOROUGH, "3/4", "folk").values())
    assert "G" in found
    assert not found & {"Gm", "A", "A7", "Bb"}


@pytest.mark.parametrize("style", ["pop", "jazz-swing", "classical", "chorale", "metal"])
@pytest.mark.parametrize(("tune", "meter"), TUNES)
def test_strong_long_notes_are_in_their_chords(tune: Tune, meter: str, style: str) -> None:
    measure = parse_meter(meter)
    found = chords_of(tune, meter, style)
    onsets = sorted(found)
    beat = measure.beat_quarters[0]
    fits = []
    for note in tune.notes:
        place = note.onset_quarters / measure.bar_quarters
        if note.duration_quarters < beat or place < 0 or place.denominator != 1:
            continue
        chord = rules().chords.parse(
            found[max(o for o in onsets if o <= place)], rules().key("C").tonic
        )
        fits.append(note.pitch.midi % 12 in chord.numbers)
    assert sum(fits) >= 0.7 * len(fits)


@pytest.mark.parametrize("style", ["pop", "string-quartet", "lofi-hip-hop"])
def test_the_piece_ends_on_the_tonic_and_its_returns_are_alike(style: str) -> None:
    plan = planned(ODE, "4/4", style, bars=32)
    last = plan.chords[-1]
    assert last.chord.root == plan.key.tonic == last.chord.bass
    roots = []
    for beat in range(128):
        span = next(s for s in reversed(plan.chords) if s.onset_quarters <= beat)
        roots.append(span.chord.root.name)
    assert roots[:64] == roots[64:]


def test_chromatic_notes_are_harmonised_too() -> None:
    found = chords_of(CHROMATIC, "4/4", "jazz-swing")
    assert len(set(found.values())) > 2


def test_a_colour_does_not_grind_with_the_tune() -> None:
    plan = planned(ODE, "4/4", "lofi-hip-hop", seed=4)
    for span in plan.chords:
        added = span.chord.numbers - span.key.numbers
        assert not added
        held = [
            note.pitch.midi % 12
            for note in plan.tune
            if span.onset_quarters <= note.onset_quarters < span.end_quarters
            and note.duration_quarters >= 2
        ]
        for number in held:
            sevenths = {(number - 1) % 12} & span.chord.numbers
            assert not sevenths or number != span.chord.root.number


def test_foreign_dominants_lead_on() -> None:
    key = rules().key("C")
    palette = palette_of(key, rules().style("folk"), rules())
    names = [chord.symbol for chord in palette.chords]
    costs = palette.steps[names.index("D7")]
    assert costs[names.index("G")] < costs[names.index("F")]
    assert costs[names.index("G")] < costs[names.index("C")]


def test_a_passing_note_costs_less_than_one_that_is_leapt_to() -> None:
    from composer.music.tune import parse_tune_note

    key = rules().key("C")
    palette = palette_of(key, rules().style("folk"), rules())
    tonic = [chord.symbol for chord in palette.chords].index("C")
    measure = parse_meter("4/4")

    def cost(*pitches: str) -> int:
        notes = [parse_tune_note(f"{i}/2 1/2 {pitch} -") for i, pitch in enumerate(pitches)]
        slots = sung_in(notes, [Fraction(0), Fraction(2)], measure)
        return int(fit_costs(slots, palette, key)[0][tonic])

    assert cost("C4", "D4", "E4") < cost("C4", "A4", "E4") < cost("C4", "F#4", "C4")

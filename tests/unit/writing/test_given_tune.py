"""A given tune is checked, placed, heard in its key and meter, and cut into its phrases."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.errors import BriefError
from composer.midi.units import ticks_from_quarters
from composer.music.brief import Brief
from composer.music.tune import Tune, TuneNote, parse_tune_note
from composer.theory.meter import parse_meter
from composer.writing.choices import Choices, resolve
from composer.writing.plan import make_plan
from composer.writing.tune_form import form_of_tune, given_tune
from composer.writing.tune_key import key_of_tune
from composer.writing.tune_likeness import likeness, phrases_of
from composer.writing.tune_meter import meter_of_tune
from composer.writing.tune_place import check_tune, full_bars, own_bars, place
from tests.strategies import rules
from tests.tunes import (
    GRACE,
    GREENSLEEVES,
    ODE,
    SCARBOROUGH,
    SEVEN,
    TWINKLE,
    tune_of,
)

FOUR, THREE, SIX = (parse_meter(name) for name in ("4/4", "3/4", "6/8"))


def chosen(tune: Tune, **fields: object) -> Choices:
    fields = {"style": "pop", "writer": "rules", **fields}
    return resolve(Brief(melody=tune, **fields), rules())  # type: ignore[arg-type]


def _note(text: str) -> TuneNote:
    return parse_tune_note(text)


# -- the tune itself ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("notes", "bars", "said"),
    [
        ((), 1, "has no notes"),
        (("0 1 C4 -", "1/2 1 E4 -"), 1, "notes 1 and 2 sound at once"),
        (("0 1/1000 C4 -",), 1, "lasts 1/1000 of a quarter"),
        (("0 1 C4 -",), 0, "must last 1 to 1024 bars"),
        (("0 1 C4 -",), 2000, "must last 1 to 1024 bars"),
    ],
)
def test_a_tune_that_cannot_be_played_is_refused(
    notes: tuple[str, ...], bars: int, said: str
) -> None:
    with pytest.raises(BriefError, match=said):
        check_tune(Tune(tuple(_note(text) for text in notes), bars))


def test_a_tune_with_too_many_notes_is_refused() -> None:
    notes = tuple(
        TuneNote(Fraction(i), Fraction(1), _note("0 1 C4 -").pitch) for i in range(20_000)
    )
    with pytest.raises(BriefError, match="16384 is the most"):
        check_tune(Tune(notes, 1000))


def test_its_bars_are_counted_anew_in_another_meter() -> None:
    assert full_bars(TWINKLE, FOUR) == 12
    assert full_bars(TWINKLE, parse_meter("2/4")) == 24
    assert full_bars(TWINKLE, THREE) == 16


# -- where it lies --------------------------------------------------------------------------------


def test_a_pick_up_opens_a_bar_of_its_own() -> None:
    found = place(GRACE, THREE, own_bars(GRACE, THREE), None)
    assert (found.starts, found.bars, found.lead) == ((1,), 16, 1)


def test_it_is_repeated_whole_as_often_as_it_fits() -> None:
    found = place(ODE, FOUR, 16 * 3 + 8, None)
    assert found.starts == (4, 20, 36)


def test_a_pick_up_lies_in_the_last_bar_of_the_copy_before_if_there_is_room() -> None:
    assert place(GRACE, THREE, 33, None).starts == (1, 17)
    full = replace(
        GRACE, notes=(*GRACE.notes[:-1], replace(GRACE.notes[-1], duration_quarters=Fraction(6)))
    )
    assert place(full, THREE, 34, None).starts == (1, 18)


def test_too_few_bars_are_one_clear_error() -> None:
    with pytest.raises(BriefError, match="takes 16 bars and 1 more for its pick-up, but bars is 8"):
        place(GRACE, THREE, 8, None)


def test_a_form_says_where_it_begins() -> None:
    form = (("intro", 6), ("verse", 8), ("chorus", 8), ("outro", 2))
    assert place(ODE, FOUR, 24, form).starts == (6,)


def test_times_without_a_common_grid_are_those_of_the_ticks() -> None:
    primes = (101, 103, 107, 109, 113, 127, 131)
    notes = tuple(
        replace(
            TWINKLE.notes[0],
            onset_quarters=i + Fraction(1, prime),
            duration_quarters=Fraction(1, 2),
        )
        for i, prime in enumerate(primes)
    )
    plan = make_plan(chosen(Tune(notes, 2), time_signature="4/4"), rules())
    assert {480 % note.onset_quarters.denominator for note in plan.tune} == {0}
    assert [ticks_from_quarters(n.onset_quarters) for n in plan.tune] == [
        ticks_from_quarters(n.onset_quarters) for n in notes
    ]


# -- key and meter --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tune", "meter", "key"),
    [
        (TWINKLE, "4/4", "C major"),
        (GRACE, "3/4", "G major"),
        (GREENSLEEVES, "6/8", "A minor"),
        (SCARBOROUGH, "3/4", "D dorian"),
        (ODE, "4/4", "C major"),
        (SEVEN, "7/8", "A minor"),
        (tune_of("G4 A4 B4 G4 | F4 G4 A4 F4 | G4 A4 B4 D5 | F4 A4 G4:2"), "4/4", "G mixolydian"),
        (tune_of("Eb4 F4 G4 Ab4 | Bb4 Ab4 G4 F4 | Bb4 D5 Eb5:2"), "4/4", "Eb major"),
    ],
)
def test_key_and_meter_are_heard(tune: Tune, meter: str, key: str) -> None:
    assert meter_of_tune(tune.notes).name == meter
    assert key_of_tune(tune.notes, parse_meter(meter), rules().scales).name == key


def test_a_tune_in_every_key_is_heard_in_that_key() -> None:
    from composer.theory.pitch import Pitch, PitchClass

    found = []
    for fifths in range(-5, 7):
        notes = tuple(
            replace(n, pitch=Pitch(PitchClass(n.pitch.pitch_class.fifths + fifths), 4))
            for n in ODE.notes
        )
        key = key_of_tune(notes, FOUR, rules().scales)
        found.append((key.tonic.fifths, key.scale.name))
    assert found == [(fifths, "major") for fifths in range(-5, 7)]


def test_what_the_brief_says_wins_over_what_is_heard() -> None:
    choices = chosen(ODE, key="A minor", time_signature="2/4")
    assert (choices.key.name, choices.meter.name, choices.bars) == ("A minor", "2/4", 32)


def test_what_is_heard_is_told() -> None:
    assert chosen(ODE).notes[0] == "the melody is heard in C major; --key says otherwise"


# -- phrases and form -----------------------------------------------------------------------------


def test_bars_are_alike_exactly_transposed_or_in_rhythm() -> None:
    tune = tune_of("C4 D4 E4 F4 | C4 D4 E4 F4 | G4 A4 B4 C5 | E4 C4 G4 D4 | C4:4")
    alike = likeness(tune.notes, FOUR, 5)
    assert [int(alike[0, bar]) for bar in range(1, 5)] == [100, 80, 45, 25]


def test_phrases_are_cut_where_the_tune_rests_and_comes_back() -> None:
    found = [(p.start_bar, p.bars, p.label) for p in phrases_of(ODE.notes, FOUR, 16)]
    assert found == [(0, 4, "a"), (4, 4, "a"), (8, 4, "b"), (12, 4, "a")]


def test_three_bar_phrases_are_found() -> None:
    line = "C4 E4 G4 E4 | F4 A4 G4 F4 | E4:3 r |"
    other = "D4 F4 A4 F4 | G4 F4 E4 D4 | C4:3 r |"
    found = phrases_of(tune_of(line + other + line + other).notes, FOUR, 12)
    assert [(p.bars, p.label) for p in found] == [(3, "a"), (3, "b"), (3, "a"), (3, "b")]


@pytest.mark.parametrize("name", ["song", "jazz", "edm", "binary", "variations", "folk", "loop"])
@pytest.mark.parametrize("bars", [16, 17, 20, 32, 50, 64])
def test_the_form_fills_the_bars_and_begins_with_the_tune(name: str, bars: int) -> None:
    form = rules().form(name)
    tune = given_tune(ODE, place(ODE, FOUR, bars, None), FOUR)
    found = form_of_tune(tune, bars, form)
    assert sum(length for _, length in found) == bars
    assert {kind for kind, _ in found} <= set(form.sections)
    again = place(ODE, FOUR, bars, found)
    assert again.starts == tune.place.starts, "a form that was found places the tune as it was"


def test_returns_of_a_tune_grow() -> None:
    form = rules().form("song")
    tune = given_tune(SEVEN, place(SEVEN, parse_meter("7/8"), 32, None), parse_meter("7/8"))
    assert [kind for kind, _ in form_of_tune(tune, 32, form)] == ["verse", "chorus"] * 2


def test_a_section_has_the_material_that_its_tune_has() -> None:
    plan = make_plan(chosen(ODE, bars=32, form="verse:8 chorus:8 verse:8 chorus:8"), rules())
    first, second, third, fourth = plan.sections
    assert first.material == third.material != second.material == fourth.material
    assert [p.label for p in second.phrases] == ["b", "a"]


# -- who plays it ---------------------------------------------------------------------------------


def test_the_lead_changes_where_its_range_is_too_small() -> None:
    low = tune_of("E2 G2 A2 B2 | D3 B2 A2 G2 | E2:4")
    choices = chosen(low, style="jazz-swing", seed=2)
    lead = next(part for part in choices.parts if part.role == "melody")
    assert lead.instrument.low <= 40
    assert not lead.governed


def test_who_the_user_names_plays_it_whatever_it_asks() -> None:
    low = tune_of("E2 G2 A2 B2 | E2:4")
    choices = chosen(low, parts=("melody=flute", "piano", "bass"))
    assert choices.parts[0].instrument.name == "flute"
    assert "it is played as it is written" in choices.notes[-1]


def test_nobody_for_the_tune_is_one_clear_error() -> None:
    with pytest.raises(BriefError, match="nobody plays the melody"):
        chosen(ODE, parts=("comping=piano", "bass"))


# -- given chords ---------------------------------------------------------------------------------


def test_given_chords_lie_under_every_copy() -> None:
    choices = chosen(ODE, bars=40, chords="C | G7 | C | G7 C")
    assert choices.chords is not None
    spans = make_plan(choices, rules()).chords
    under = {
        start: [s.chord.symbol for s in spans if 4 * start <= s.onset_quarters < 4 * (start + 4)]
        for start in (4, 8, 20, 24)
    }
    assert set(map(tuple, under.values())) == {("C", "G7", "C", "G7", "C")} or all(
        chords[-4:] == ["G7", "C", "G7", "C"] for chords in under.values()
    )


def test_chords_that_do_not_fill_the_tune_are_one_clear_error() -> None:
    with pytest.raises(BriefError, match="do not fill the melody's 16 bars evenly"):
        chosen(ODE, chords="C | G | F")


def test_what_goes_away_and_comes_home_is_three_sections() -> None:
    phrases = phrases_of(TWINKLE.notes, FOUR, 12)
    assert [phrase.label for phrase in phrases] == ["a", "b", "a"]
    plan = make_plan(chosen(TWINKLE), rules())
    assert [section.bars for section in plan.sections] == [4, 4, 4]
    assert plan.sections[-1].kind == "chorus"


def test_a_long_pickup_belongs_to_the_phrase_after_it() -> None:
    saints = tune_of(
        "C4 E4 F4 | G4:4 | r C4 E4 F4 | G4:4 | r C4 E4 F4 | G4:2 E4:2 | C4:2 E4:2 | D4:4 |"
        "r E4 E4 D4 | C4:3 C4 | E4:2 G4 G4 | F4:4 | r E4 F4:2 | G4:2 E4:2 | C4:2 D4:2 | C4:4 | r",
        4,
        3,
    )
    starts = [phrase.start_bar for phrase in phrases_of(saints.notes, FOUR, 16)]
    assert starts == [0, 4, 8, 12]


def test_a_tune_with_both_thirds_has_no_mode_by_them() -> None:
    riff = "C4:1/2 Eb4:1/2 E4:1/2 G4:1/2 A4 G4 | Bb4:1/2 A4:1/2 G4:1/2 E4:1/2 C4:2 |"
    key = key_of_tune(tune_of(riff + riff).notes, FOUR, rules().scales)
    assert (key.tonic.name, key.scale.parent) == ("C", "major")

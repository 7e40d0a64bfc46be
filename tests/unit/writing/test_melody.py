"""Tunes: their scales, their shape, what moods do to them, and what comes back."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import combinations, pairwise
from statistics import mean

import pytest

from composer.music.brief import Brief
from composer.music.mood import NEUTRAL
from composer.music.plan import Plan
from composer.music.score import Note
from composer.rulebook import Rulebook
from composer.theory.key import Key
from composer.writing.choices import resolve
from composer.writing.context import Context
from composer.writing.melody import MelodyWriter
from composer.writing.melody_breath import breathing
from composer.writing.melody_ladder import make_ladder
from composer.writing.plan import make_plan
from tests.strategies import rules

STYLES = rules().style_names


@cache
def planned(brief: Brief) -> Plan:
    return make_plan(resolve(brief, rules()), rules())


def tune_of(plan: Plan, *, plain: bool = False, **melody: object) -> list[Note]:
    """The tune of a plan, its style's manner of singing changed as asked."""
    context = Context(plan, rules(), plain=plain)
    context.style = replace(context.style, melody=replace(context.style.melody, **melody))
    part = next(part for part in plan.parts if part.role == "melody")
    return MelodyWriter(context, part).write()


def key_at(plan: Plan, onset: Fraction) -> Key:
    return next(span.key for span in plan.chords if span.end_quarters > onset)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("key", ["A minor-pentatonic", "Eb major-pentatonic"])
def test_a_pentatonic_key_has_pentatonic_tunes(style: str, key: str) -> None:
    plan = planned(Brief(style=style, key=key, bars=16, seed=4))
    notes = tune_of(plan)
    assert notes
    for note in notes:
        tune = {name.number for name in key_at(plan, note.onset_quarters).tune}
        assert note.pitch.midi % 12 in tune


@pytest.mark.parametrize("seed", range(4))
def test_a_style_may_ask_for_pentatonic_tunes(seed: int) -> None:
    plan = planned(Brief(style="pop", key="G major", bars=24, seed=seed))
    notes = tune_of(plan, plain=True, tune="pentatonic")
    home = [n for n in notes if key_at(plan, n.onset_quarters) == plan.key]
    assert {n.pitch.midi % 12 for n in home} <= {7, 9, 11, 2, 4}


def test_a_blues_sings_blue_notes() -> None:
    found: Counter[int] = Counter()
    for seed in range(6):
        plan = planned(Brief(style="pop", key="C blues", bars=24, seed=seed))
        for note in tune_of(plan, blue=0.6, idiom="blues", approach=0.0, chromatic=0.0):
            found[(note.pitch.midi - key_at(plan, note.onset_quarters).tonic.number) % 12] += 1
    total = sum(found.values())
    assert found[3] + found[6] + found[10] >= 0.2 * total
    assert sum(found[degree] for degree in (0, 3, 4, 5, 6, 7, 10)) >= 0.8 * total


def test_what_is_brighter_lies_higher_and_what_is_livelier_has_more_notes() -> None:
    brief = Brief(style="pop", key="C", bars=32, time_signature="4/4", tempo=110)
    plans = [planned(replace(brief, seed=seed)) for seed in range(8)]

    def measured(**feature: float) -> tuple[float, float]:
        tunes = [tune_of(replace(p, mood=replace(NEUTRAL, **feature)), plain=True) for p in plans]
        pitch = mean(note.pitch.midi for notes in tunes for note in notes)
        return pitch, mean(len(notes) for notes in tunes)

    heights = [measured(register=lift)[0] for lift in (-3.0, -1.5, 0.0, 1.5, 3.0)]
    assert heights == sorted(heights)
    assert 2.0 <= heights[-1] - heights[0] <= 8.0
    counts = [measured(density=factor)[1] for factor in (0.6, 0.8, 1.0, 1.25, 1.6)]
    assert counts == sorted(counts)
    assert counts[-1] > 1.3 * counts[0]


def test_leaps_and_roughness_grow_with_the_mood() -> None:
    brief = Brief(style="ballad", key="C", bars=32, time_signature="4/4", tempo=90)
    plans = [planned(replace(brief, seed=seed)) for seed in range(8)]

    def leaps(leap: float) -> float:
        found = []
        for plan in plans:
            notes = tune_of(replace(plan, mood=replace(NEUTRAL, leap=leap)), plain=True)
            found += [abs(b.pitch.midi - a.pitch.midi) >= 5 for a, b in pairwise(notes)]
        return mean(found)

    def off_beats(roughness: float) -> float:
        found = []
        for plan in plans:
            notes = tune_of(replace(plan, mood=replace(NEUTRAL, roughness=roughness)), plain=True)
            found += [note.onset_quarters.denominator > 1 for note in notes]
        return mean(found)

    assert leaps(-0.3) < leaps(0.4)
    assert off_beats(-0.3) < off_beats(0.3)


@pytest.mark.parametrize("style", ["pop", "folk", "classical"])
def test_a_section_has_one_climax_past_its_middle(style: str) -> None:
    once, places = [], []
    for seed in range(6):
        plan = planned(Brief(style=style, key="C", bars=32, seed=seed))
        notes = tune_of(plan, plain=True)
        bar = plan.meter.bar_quarters
        for section in plan.sections:
            start, end = bar * section.start_bar, bar * section.end_bar
            sung = [n for n in notes if start <= n.onset_quarters < end]
            if section.bars < 8 or len(sung) < 12:
                continue
            top = max(n.pitch.midi for n in sung)
            highest = [n for n in sung if n.pitch.midi == top]
            once.append(len(highest) == 1)
            places.append(float((highest[0].onset_quarters - start) / (end - start)))
    assert len(once) >= 8
    assert mean(once) >= 0.6
    assert 0.5 <= mean(places) <= 0.8


def test_a_phrase_that_returns_is_sung_again_but_for_its_end() -> None:
    same = bars = 0
    for seed in range(8):
        plan = planned(Brief(style="pop", key="C", form="chorus:16", seed=seed))
        notes, bar = tune_of(plan, plain=True), plan.meter.bar_quarters
        phrases = plan.sections[0].phrases

        def heard(start: int, count: int, notes: list[Note] = notes, bar: Fraction = bar) -> list:
            return [
                [
                    (n.onset_quarters - bar * b, n.pitch.midi)
                    for n in notes
                    if bar * b <= n.onset_quarters < bar * (b + 1)
                ]
                for b in range(start, start + count)
            ]

        for first, again in combinations(phrases, 2):
            if first.label.rstrip("'") == again.label.rstrip("'") and first.bars == again.bars:
                one, two = (heard(p.start_bar, p.bars - 1) for p in (first, again))
                same += sum(a == b for a, b in zip(one, two, strict=True))
                bars += first.bars - 1
    assert bars >= 12
    assert same >= 0.5 * bars


def test_fifty_seeds_share_at_most_a_fifth_of_their_bars() -> None:
    pieces = []
    for seed in range(50):
        plan = planned(Brief(style="pop", key="C", bars=16, time_signature="4/4", seed=seed))
        bar, found = plan.meter.bar_quarters, {}
        for note in tune_of(plan):
            place = note.onset_quarters % bar
            found.setdefault(note.onset_quarters // bar, []).append((place, note.pitch.midi))
        pieces.append({tuple(notes) for notes in found.values() if len(notes) > 1})
    for one, two in combinations(pieces, 2):
        assert len(one & two) <= 0.2 * max(1, min(len(one), len(two)))


@pytest.mark.parametrize(
    "meter", ["2/4", "5/4", "2+3/4", "7/8", "3+2+2/8", "2+3+2/8", "9/8", "12/8"]
)
@pytest.mark.parametrize("style", ["pop", "classical", "jazz-swing"])
def test_tunes_are_grouped_as_their_meter_is(style: str, meter: str) -> None:
    plan = planned(Brief(style=style, time_signature=meter, bars=24, seed=6))
    notes = tune_of(plan, plain=True)
    beats = plan.meter.beat_onsets
    places = Counter(note.onset_quarters % plan.meter.bar_quarters for note in notes)
    assert len(notes) >= 20
    assert all(a.end_quarters <= b.onset_quarters for a, b in pairwise(notes))
    assert sum(places[beat] for beat in beats) >= 0.3 * len(notes)


def test_a_modulated_theme_is_transposed() -> None:
    book: Rulebook = rules()
    home, up = book.key("C"), book.key("D")
    low = make_ladder(home, home, 55, 79, "scale")
    high = make_ladder(up, home, 55, 79, "scale")
    moved = dict(zip(high.steps, high.naturals, strict=True))
    for step, pitch in zip(low.steps, low.naturals, strict=True):
        if step in moved:
            assert moved[step] == pitch + 2
    down = make_ladder(book.key("A"), home, 55, 79, "scale")
    assert dict(zip(down.steps, down.naturals, strict=True))[low.steps[4]] == low.naturals[4] - 3


def test_minor_tunes_have_no_augmented_seconds() -> None:
    wide = moves = 0
    for seed in range(8):
        plan = planned(Brief(style="classical", key="A harmonic-minor", bars=24, seed=seed))
        for a, b in pairwise(tune_of(plan, plain=True)):
            moves += 1
            pair = {a.pitch.midi % 12, b.pitch.midi % 12}
            wide += pair == {5, 8} and abs(a.pitch.midi - b.pitch.midi) == 3
    assert wide <= 0.02 * moves


def test_winds_breathe_and_strings_need_not() -> None:
    plan = planned(Brief(style="pop", key="C", bars=8, seed=1))
    like = tune_of(plan, plain=True)[0]
    line = [
        replace(like, onset_quarters=Fraction(i), duration_quarters=Fraction(1)) for i in range(24)
    ]
    assert breathing(line, "strings") == line
    blown = breathing(line, "reed")
    gaps = [b.onset_quarters - a.end_quarters for a, b in pairwise(blown)]
    assert sum(gap > 0 for gap in gaps) >= 2
    assert [n.pitch for n in blown] == [n.pitch for n in line]


@pytest.mark.parametrize(
    "manner",
    [
        {"idiom": "jazz", "approach": 0.8, "enclosure": 0.5, "chromatic": 0.5},
        {"idiom": "folk", "grace": 1.0},
        {"idiom": "classical", "grace": 1.0, "suspension": 1.0},
        {"triplets": 1.0},
        {"blue": 1.0},
    ],
    ids=["jazz", "folk", "classical", "triplets", "blue"],
)
def test_ornaments_are_heard_and_named(manner: dict[str, object]) -> None:
    bare: dict[str, object] = dict.fromkeys(
        ("approach", "enclosure", "chromatic", "grace", "suspension", "triplets", "blue"), 0.0
    )
    heard = 0
    for seed in range(4):
        plan = planned(Brief(style="ballad", key="C", bars=24, seed=seed))
        adorned, simple = tune_of(plan, **{**bare, **manner}), tune_of(plan, **bare)
        heard += [(n.onset_quarters, n.pitch.midi) for n in adorned] != [
            (n.onset_quarters, n.pitch.midi) for n in simple
        ]
        assert all(a.end_quarters <= b.onset_quarters for a, b in pairwise(adorned))
        assert all(n.duration_quarters > 0 for n in adorned)
    assert heard >= 3


def test_repeated_and_rest_do_what_they_say() -> None:
    plans = [planned(Brief(style="pop", key="C", bars=32, seed=seed)) for seed in range(6)]

    def repeats(repeated: float) -> float:
        pairs = [
            (a.pitch.midi, b.pitch.midi)
            for plan in plans
            for a, b in pairwise(tune_of(plan, plain=True, repeated=repeated))
        ]
        return mean(a == b for a, b in pairs)

    def sung(rest: float) -> float:
        return mean(
            float(sum(n.duration_quarters for n in tune_of(plan, plain=True, rest=rest)))
            for plan in plans
        )

    assert repeats(0.05) < repeats(0.2) < repeats(0.4)
    assert sung(0.5) < sung(0.25) < sung(0.0)

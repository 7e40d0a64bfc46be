"""Harmony of whole pieces: cadences, loops, modes, modulation and colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.checking.form_rules import CLOSING_KINDS, cadence_fits
from composer.music.brief import Brief
from composer.music.plan import ChordSpan, Section
from composer.rulebook.reader import Table
from composer.rulebook.style_harmony import DEVICES, MODULATIONS, HarmonyStyle, Loop, read_loop
from composer.theory.key import Key
from composer.theory.meter import METERS, parse_meter
from composer.writing.choices import Choices, resolve
from composer.writing.colouring import Colourist
from composer.writing.form import plan_sections
from composer.writing.harmony import plan_harmony
from composer.writing.loops import fits, unrolled
from composer.writing.modes import favour, translation
from tests.strategies import key_texts, rules

Piece = tuple[Choices, tuple[Section, ...], tuple[ChordSpan, ...]]
ALL_DEVICES = dict.fromkeys(DEVICES, 0.7)


def loop(chords: str, **more: object) -> Loop:
    """A loop as a style file has it."""
    return read_loop(Table({"chords": chords, **more}, "test.toml"))


def harmony(brief: Brief, **changes: Any) -> Piece:
    """The harmony of a brief, the style's treatment changed; no loops but those that are given."""
    choices = resolve(brief, rules())
    plain: dict[str, Any] = {"loop_chance": 0.0, "loops": (), "modulation": {"none": 1.0}}
    own: HarmonyStyle = replace(choices.style.harmony, **{**plain, **changes})
    choices = replace(choices, style=replace(choices.style, harmony=own))
    sections, spans = plan_harmony(choices, plan_sections(choices, rules()), rules())
    return choices, sections, spans


def assert_sound(piece: Piece) -> None:
    """Chords fill the piece, and each section ends as its cadence says."""
    choices, sections, spans = piece
    bar = choices.meter.bar_quarters
    position = Fraction(0)
    for span in spans:
        assert span.onset_quarters == position
        assert span.duration_quarters > 0
        assert rules().chords.parse(span.roman_numeral, span.key.tonic) == span.chord
        position = span.end_quarters
    assert position == bar * choices.bars
    for section in sections:
        cadence = section.phrases[-1].cadence
        inside = [s for s in spans if s.end_quarters > cadence.onset_quarters]
        inside = [s for s in inside if s.onset_quarters < bar * section.end_bar]
        goal = inside[0]
        other = [s for s in spans if s.onset_quarters < goal.onset_quarters]
        other = [s for s in other if s.chord.root.number != goal.chord.root.number]
        before = other[-1].chord if other else None
        assert cadence_fits(cadence.kind, before, goal.chord, goal.key.tonic.number)
        if cadence.kind != "open":
            assert {s.chord.root.number for s in inside} == {goal.chord.root.number}
    last = spans[-1]
    assert sections[-1].phrases[-1].cadence.kind in CLOSING_KINDS
    assert last.chord.root == last.key.tonic == last.chord.bass


@settings(max_examples=40, deadline=None)
@given(
    style=st.sampled_from(("pop", "jazz-swing", "classical", "rock")),
    key=key_texts(),
    meter=st.sampled_from(METERS),
    bars=st.integers(1, 70),
    devices=st.sampled_from(({}, ALL_DEVICES)),
    modulation=st.sampled_from(MODULATIONS),
    seed=st.integers(0, 10**6),
)
def test_every_piece_is_whole(
    style: str,
    key: str,
    meter: str,
    bars: int,
    devices: Mapping[str, float],
    modulation: str,
    seed: int,
) -> None:
    brief = Brief(style=style, key=key, bars=bars, time_signature=meter, seed=seed)
    assert_sound(harmony(brief, devices=devices, modulation={modulation: 1.0}))


LOOPS = (
    "I | V | vi | IV",
    "I7 | IV7 | I7 | % | IV7 | % | I7 | % | V7 | IV7 | I7 | V7",
    "I bVII | IV",
    "Imaj9",
    "vi | IV | I | V",
)


@settings(max_examples=30, deadline=None)
@given(
    chords=st.sampled_from(LOOPS),
    bars=st.integers(1, 60),
    meter=st.sampled_from(METERS),
    devices=st.sampled_from(({}, ALL_DEVICES)),
    seed=st.integers(0, 10**6),
)
def test_loops_end_as_they_say(
    chords: str, bars: int, meter: str, devices: Mapping[str, float], seed: int
) -> None:
    brief = Brief(style="pop", key="Eb", bars=bars, time_signature=meter, seed=seed)
    assert_sound(harmony(brief, loop_chance=1.0, loops=(loop(chords),), devices=devices))


def test_a_blues_goes_over_its_twelve_bars() -> None:
    brief = Brief(style="pop", key="C", form="verse:12 verse:12 verse:12", bars=36, seed=4)
    blues = loop(LOOPS[1])
    _, sections, spans = harmony(
        brief, loop_chance=1.0, loops=(blues,), colour=0.0, devices={}, cadences="blues"
    )
    roots = {
        int(s.onset_quarters / 4): s.chord.symbol
        for s in spans
        if s.onset_quarters.denominator == 1
    }
    assert [roots.get(bar, "%") for bar in range(11)] == [
        "C7", "F7", "C7", "%", "F7", "%", "C7", "%", "G7", "F7", "C7",
    ]  # fmt: skip
    assert sections[-1].phrases[-1].cadence.kind in CLOSING_KINDS
    assert spans[-1].chord.symbol == "C7"


def test_a_shared_loop_serves_all_sections() -> None:
    brief = Brief(style="pop", key="C", bars=32, seed=9)
    loops = tuple(loop(text) for text in LOOPS[:3])
    found = set()
    for seed in range(6):
        _, sections, spans = harmony(
            replace(brief, seed=seed),
            loop_chance=1.0,
            loop_shared=1.0,
            loops=loops,
            devices={},
            colour=0.0,
        )
        starts = set()
        for section in sections:
            inside = [
                s for s in spans if section.start_bar <= s.onset_quarters / 4 < section.end_bar
            ]
            starts.add(tuple(s.chord.root.name for s in inside[:2]))
        found.add(len(starts))
    assert min(found) == 1


@pytest.mark.parametrize(
    ("chords", "key", "expected"),
    [
        ("I | bVII | IV", "G mixolydian", True),
        ("I | V | vi | IV", "G mixolydian", False),
        ("I | V | vi | IV", "G blues", True),
        ("i7 | IV7", "D dorian", True),
        ("i | bVI | bVII", "D dorian", False),
        ("i | bVI | bVII", "D minor", True),
        ("i | bVI | bVII", "D major", False),
    ],
)
def test_loops_keep_to_their_mode(chords: str, key: str, expected: bool) -> None:
    assert fits(loop(chords), rules().key(key), rules().chords) == expected


def test_a_loop_too_long_gives_its_last_bars() -> None:
    slots = unrolled(loop("I | ii | IV | V"), 2, parse_meter("3/4"))
    assert slots == [(Fraction(0), "IV"), (Fraction(3), "V")]
    slots = unrolled(loop("I vi | IV V"), 3, parse_meter("6/8"))
    assert [token for _, token in slots] == ["I", "vi", "IV", "V", "I", "vi"]
    assert slots[1][0] == Fraction(3, 2)


@pytest.mark.parametrize(
    ("mode", "own"),
    [("dorian", "IV"), ("phrygian", "bII"), ("lydian", "II"), ("mixolydian", "bVII")],
)
def test_modes_bring_out_their_own_chords(mode: str, own: str) -> None:
    key = rules().key(f"D {mode}")
    parent = Key(key.tonic, rules().scales[key.scale.parent])
    counts = rules().progressions("pop").unigrams[key.scale.parent]
    moved = translation(counts, key, parent, rules().chords, powerless=True)
    assert own in moved.values()
    assert "V7" not in moved.values()
    assert favour(counts, moved, key, parent, rules().chords)[own] > 1
    for token in moved.values():
        assert rules().chords.parse(token, key.tonic).numbers <= key.numbers


@pytest.mark.parametrize("mode", ["dorian", "phrygian", "lydian", "mixolydian"])
def test_modal_pieces_stay_in_their_mode(mode: str) -> None:
    special = total = 0
    for seed in range(12):
        key = rules().key(f"D {mode}")
        _, _, spans = harmony(Brief(style="pop", key=f"D {mode}", bars=24, seed=seed), devices={})
        parent = Key(key.tonic, rules().scales[key.scale.parent])
        for span in spans:
            assert span.chord.numbers <= key.numbers, span.chord.symbol
            if span.chord.root != key.tonic:
                total += 1
                special += bool(span.chord.numbers & (key.numbers - parent.numbers))
    assert special / total > 0.3


def modulated(kind: str, key: str = "C", seeds: int = 8) -> list[Piece]:
    """Pieces long enough to modulate."""
    return [
        harmony(Brief(style="pop", key=key, bars=64, seed=seed), modulation={kind: 1.0})
        for seed in range(seeds)
    ]


@pytest.mark.parametrize(
    ("kind", "key", "away"),
    [
        ("step-up", "C", "D major"),
        ("half-step-up", "C", "Db major"),
        ("half-step-up", "E", "F major"),
        ("minor-third-up", "A minor", "C minor"),
        ("relative", "C", "A minor"),
        ("relative", "D dorian", "C major"),
        ("dominant", "F minor", "C minor"),
        ("subdominant", "G mixolydian", "C mixolydian"),
        ("parallel", "C", "C minor"),
        ("parallel", "E minor", "E major"),
    ],
)
def test_modulations_go_where_they_say(kind: str, key: str, away: str) -> None:
    pieces = modulated(kind, key)
    found = [{span.key.name for span in spans} for _, _, spans in pieces]
    assert all(names <= {rules().key(key).name, away} for names in found)
    assert sum(away in names for names in found) > len(found) / 3
    for piece, names in zip(pieces, found, strict=True):
        assert_sound(piece)
        home = piece[2][-1].key.name
        if away in names:
            assert home == (away if kind.endswith("-up") else rules().key(key).name)


def test_new_keys_are_prepared() -> None:
    """A new key begins before its section does, with a chord that leads to its tonic."""
    checked = 0
    for kind in ("step-up", "relative", "dominant"):
        for choices, sections, spans in modulated(kind):
            starts = {choices.meter.bar_quarters * section.start_bar for section in sections}
            for before, after in pairwise(spans):
                if before.key != after.key:
                    checked += 1
                    assert after.onset_quarters not in starts
                    assert after.chord.root != after.key.tonic
    assert checked > 5


def test_short_pieces_and_given_chords_stay() -> None:
    everything = {kind: 1.0 for kind in MODULATIONS if kind != "none"}
    short = harmony(Brief(style="pop", key="C", bars=23, seed=1), modulation=everything)
    assert len({span.key for span in short[2]}) == 1
    given_chords = Brief(style="pop", key="C", chords="C | F | G | C", bars=32, seed=1)
    assert len({s.key for s in harmony(given_chords, modulation=everything)[2]}) == 1


def test_themes_come_back_transposed() -> None:
    """The last chorus goes up with the chords of the one before."""
    checked = 0
    for choices, sections, spans in modulated("step-up"):
        bar = choices.meter.bar_quarters
        away = [s for s in sections if _key_at(spans, bar * s.start_bar) != choices.key]
        for section in away[:1]:
            first = next(s for s in sections if s.material == section.material)
            if first.bars != section.bars:
                continue
            here = _numerals(spans, bar * section.start_bar, bar * 2)
            assert here == _numerals(spans, bar * first.start_bar, bar * 2)
            checked += 1
    assert checked


def _key_at(spans: tuple[ChordSpan, ...], onset: Fraction) -> Key:
    return next(s.key for s in spans if s.onset_quarters <= onset < s.end_quarters)


def _numerals(spans: tuple[ChordSpan, ...], start: Fraction, length: Fraction) -> list[str]:
    return [
        s.roman_numeral
        for s in spans
        if s.end_quarters > start and s.onset_quarters < start + length
    ]


def test_moods_colour_monotonically() -> None:
    """A richer mood never colours less."""

    def coloured(colour: float) -> int:
        count = 0
        for seed in range(8):
            brief = Brief(style="pop", key="C", bars=32, seed=seed)
            choices = resolve(brief, rules())
            own = replace(choices.style.harmony, colour=0.4, loops=(), loop_chance=0.0, devices={})
            choices = replace(
                choices,
                mood=replace(choices.mood, colour=colour),
                style=replace(choices.style, harmony=own),
            )
            _, spans = plan_harmony(choices, plan_sections(choices, rules()), rules())
            count += sum(len(s.chord.quality.tones) > 3 for s in spans)
        return count

    assert coloured(-0.2) < coloured(0.0) < coloured(0.2)


@pytest.mark.parametrize(
    ("numeral", "allowed"),
    [
        ("I", {"maj7", "maj9", "maj13", ""}),
        ("V", {"7", "9", "13", ""}),
        ("ii", {"m7", "m9", "m11", "m"}),
    ],
)
def test_colours_suit_their_degree(numeral: str, allowed: set[str]) -> None:
    found = set()
    for seed in range(30):
        choices = resolve(Brief(style="pop", key="C", seed=seed), rules())
        own = replace(
            choices.style.harmony, colour=0.9, colours={"7": 2, "9": 1, "13": 1}, dominant=0
        )
        choices = replace(choices, style=replace(choices.style, harmony=own))
        chord = rules().chords.parse(numeral, choices.key.tonic)
        made = Colourist(choices, rules()).coloured("verse", chord, choices.key)
        assert made.root == chord.root
        assert made.numbers <= choices.key.numbers
        found.add(made.quality.symbol)
    assert len(found) > 2
    assert found <= allowed

"""The bend wheel, and the vibrato beside it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.checking.bends import hanging_bends, reckless_bends
from composer.music.performance import ControlChange, Track
from composer.music.score import Note
from composer.performing.bends import may_bend
from composer.performing.controls import MODULATION
from tests.strategies import rules
from tests.unit.performing.lines import chord, feel, line, make_plan, note, part_plan, play

SAX = part_plan("tenor-sax")
GUITAR = part_plan("overdriven-guitar")
BENDING = ("tenor-sax", "trumpet", "voice", "violin", "overdriven-guitar", "saw-lead", "harmonica")
STIFF = ("piano", "vibraphone", "church-organ", "harpsichord", "nylon-guitar", "string-ensemble")


def values(track: Track, start: float = 0, end: float = 1000) -> list[int]:
    """Places of the wheel between two times in quarters."""
    return [b.value for b in track.bends if 480 * start <= b.ticks < 480 * end]


def modulation(track: Track) -> list[ControlChange]:
    return [c for c in track.controls if c.controller == MODULATION]


def phrases(*pitches: int) -> list[Note]:
    """Long notes, each a phrase by itself."""
    return [note(4 * i, 2, pitch) for i, pitch in enumerate(pitches)]


@pytest.mark.parametrize("name", BENDING)
def test_a_scoop_comes_from_below_into_the_middle(name: str) -> None:
    track = play(make_plan(part_plan(name), bars=16), phrases(*[67] * 12), feel(bends=1))
    assert track.bends
    onsets = {n.onset_ticks for n in track.notes}
    scoops = [b for b in track.bends if b.ticks in onsets and b.value]
    assert scoops and all(b.value < 0 for b in scoops)
    assert track.bends[-1].value == 0


@pytest.mark.parametrize("name", STIFF)
def test_what_cannot_bend_does_not(name: str) -> None:
    part = part_plan(name)
    assert not may_bend(part)
    track = play(make_plan(part, bars=16), phrases(*[67] * 12), feel(bends=1, vibrato=1))
    assert not track.bends and not modulation(track)


def test_chords_are_not_bent() -> None:
    notes = [n for i in range(8) for n in chord(2 * i, 2, 60, 64)]
    assert not play(make_plan(GUITAR), notes, feel(bends=1)).bends


def test_guitars_bend_whole_tones_of_the_key_and_semitones_elsewhere() -> None:
    for pitch, deepest in ((67, -200), (65, -100), (69, -200)):
        found = set()
        for seed in range(6):
            track = play(
                make_plan(GUITAR, bars=16, seed=seed), phrases(*[pitch] * 12), feel(bends=1)
            )
            onsets = {n.onset_ticks for n in track.notes}
            found |= {round(b.value * 200 / 8192) for b in track.bends if b.ticks in onsets}
        assert min(found) == deepest, pitch


def test_blue_notes_curl_upwards() -> None:
    blue = [note(4 * i, 1, 63, function="blue") for i in range(6)]
    track = play(make_plan(GUITAR, bars=8), blue, feel(bends=1))
    assert max(values(track)) == pytest.approx(40 * 8192 / 200, abs=1)


def test_phrases_fall_off_at_their_ends() -> None:
    falls = []
    for seed in range(8):
        plan = make_plan(part_plan("trumpet"), bars=16, seed=seed)
        track = play(plan, phrases(*[67] * 12), feel(bends=1))
        ends = {n.end_ticks for n in track.notes}
        falls += [b for b in track.bends if b.ticks in ends and b.value < -4000]
        assert track.bends[-1].value == 0
    assert falls


def test_basses_glide_into_near_notes() -> None:
    part = part_plan("synth-bass", "bass")
    track = play(make_plan(part), line(36, 38, 36, 38, 36, 45, length=1), feel(bends=1))
    assert max(values(track)) == pytest.approx(8191, abs=40)
    assert not values(track, 4.5, 5.5)


def test_more_bends_are_more() -> None:
    counts = []
    for amount in (0, 0.2, 0.6, 1):
        plan = make_plan(SAX, bars=32)
        counts.append(len(play(plan, phrases(*[67] * 30), feel(bends=amount)).bends))
    assert counts == sorted(counts) and counts[0] == 0 < counts[1] < counts[3]


def test_grace_notes_and_staccato_stay_straight() -> None:
    notes = [note(4 * i, 2, 67, mark=mark) for i, mark in enumerate(["grace", "staccato"] * 4)]
    assert not play(make_plan(SAX, bars=8), notes, feel(bends=1)).bends


@st.composite
def lines(draw: st.DrawFn) -> list[Note]:
    """Lines with rests, ties, chords and blue notes."""
    at, notes = 0.0, []
    for _ in range(draw(st.integers(1, 24))):
        length = draw(st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.0]))
        pitch = draw(st.integers(55, 75))
        function = draw(st.sampled_from(["chord", "blue"]))
        notes.append(note(at, length, pitch, function=function))
        if draw(st.integers(0, 5)) == 0:
            notes.append(note(at, length / 2, pitch + 4, voice=1))
        at += length + draw(st.sampled_from([0.0, 0.0, 0.5, 1.5]))
    return [n for n in notes if n.end_quarters <= 64]


def check(track: Track) -> None:
    """The laws of the wheel."""
    assert not list(hanging_bends(track)) and not list(reckless_bends(track))
    assert all(-8192 <= bend.value <= 8191 for bend in track.bends)
    ticks = [bend.ticks for bend in track.bends]
    assert ticks == sorted(set(ticks))
    assert all(0 <= c.value <= 127 for c in track.controls)


@given(
    lines(),
    st.sampled_from((*BENDING, "synth-bass")),
    st.floats(40, 240),
    st.floats(0, 2),
    st.integers(0, 999),
)
def test_the_wheel_is_at_rest_where_two_notes_sound_and_before_each(
    notes: Sequence[Note], name: str, tempo: float, humanize: float, seed: int
) -> None:
    part = part_plan(name, "bass" if name == "synth-bass" else "melody")
    plan = make_plan(part, bars=16, tempo=tempo, humanize=humanize, seed=seed)
    track = play(plan, notes, feel(bends=1, vibrato=1, slurs=1, looseness=2, uneven=1))
    check(track)
    if humanize == 0:
        assert not track.bends


def test_vibrato_sets_in_late_and_ends_with_the_note() -> None:
    track = play(make_plan(SAX), [note(0, 3, 67), note(3, 1, 65)], feel(vibrato=1))
    first, *_ = modulation(track)
    assert first.ticks >= 200
    assert 40 <= max(c.value for c in modulation(track)) <= 110
    end = track.notes[0].end_ticks
    assert next(c.value for c in modulation(track) if c.ticks >= end) == 0


def test_short_notes_have_no_vibrato() -> None:
    assert not modulation(play(make_plan(SAX), line(60, 62, 64, 65), feel(vibrato=1)))


def test_deeper_vibrato_is_deeper() -> None:
    deepest = []
    for depth in (0, 0.3, 1):
        track = play(make_plan(SAX), [note(0, 3, 67)], feel(vibrato=depth))
        deepest.append(max((c.value for c in modulation(track)), default=0))
    assert deepest == sorted(set(deepest))


def test_every_bending_family_is_known() -> None:
    families = {rules().instrument(name).family for name in BENDING}
    assert families == {"reed", "brass", "voice", "strings", "guitar", "synth"}

"""How loud: arches, crescendi, accents, voices of a chord."""

from __future__ import annotations

from dataclasses import replace

from composer.music.mood import NEUTRAL
from composer.music.performance import Track
from composer.performing.dynamics import Crescendo, PhraseShape
from tests.unit.performing.lines import chord, feel, line, make_plan, note, part_plan, play

PIANO = part_plan("piano", "comping")
BASS = part_plan("finger-bass", "bass")
REPEATED = line(*[60] * 64)


def velocities(track: Track) -> list[int]:
    return [n.velocity for n in track.notes]


def test_a_phrase_rises_to_its_height_and_falls() -> None:
    shape = PhraseShape(make_plan(PIANO))
    heights = [shape.swell(quarters) for quarters in range(16)]
    top = heights.index(max(heights))
    assert 8 <= top <= 11 and heights[0] == -1
    assert heights[: top + 1] == sorted(heights[: top + 1])
    assert heights[top:] == sorted(heights[top:], reverse=True)


def test_the_last_bars_swell_into_a_louder_section() -> None:
    crescendo = Crescendo(make_plan(PIANO, energies=(0.3, 0.9, 0.4)))
    rising = [crescendo.share(quarters) for quarters in range(16)]
    assert rising == sorted(rising) and rising[0] == 0 and rising[-1] > 0.8
    falling = [crescendo.share(quarters) for quarters in range(16, 32)]
    assert falling == sorted(falling, reverse=True)
    assert falling[0] > 0.5 and falling[8] == 0 > falling[-1]
    assert all(crescendo.share(quarters) == 0 for quarters in range(32, 48))


def test_a_build_up_swells_too() -> None:
    plan = make_plan(PIANO)
    bars = tuple(replace(bar, build=i / 3) for i, bar in enumerate(plan.bars))
    crescendo = Crescendo(replace(plan, bars=bars))
    assert crescendo.velocity(0) == 0 < crescendo.velocity(6) < crescendo.velocity(14)


def test_a_style_says_how_much_it_swells() -> None:
    plan = make_plan(PIANO, energies=(0.3, 0.9))
    ends = [velocities(play(plan, REPEATED, feel(crescendo=c)))[31] for c in (0, 0.5, 1)]
    assert ends[0] < ends[1] < ends[2]


def test_the_metre_is_heard_as_far_as_the_style_says() -> None:
    def accent(amount: float) -> float:
        found = velocities(play(make_plan(BASS), REPEATED, feel(accents=amount)))
        return sum(found[0::8]) / 4 - sum(found[1::8]) / 4

    assert accent(0) < accent(0.5) < accent(2)
    assert accent(2) - accent(0) > 10


def test_a_note_held_over_the_beat_takes_its_accent() -> None:
    pushed = [note(3.5, 1.5, 60), note(6.5, 0.5, 60)]
    first, second = velocities(play(make_plan(BASS), pushed, feel(accents=2)))
    assert first > second + 5


def test_a_mood_scales_the_contrast() -> None:
    def spread(contrast: float) -> int:
        mood = replace(NEUTRAL, contrast=contrast)
        found = velocities(play(make_plan(PIANO, mood=mood), REPEATED, feel(accents=1)))
        return max(found) - min(found)

    assert spread(0.6) < spread(1) < spread(1.5)


def test_the_top_of_a_chord_sings() -> None:
    low, middle, high = velocities(play(make_plan(PIANO), chord(4, 2, 55, 60, 64), feel()))
    assert middle < low < high


def test_high_notes_of_a_line_are_louder() -> None:
    sax = part_plan("tenor-sax")
    notes = line(60, 60, 60, 60, 60, 60, 72, length=1)
    found = velocities(play(make_plan(sax, bars=16), notes, feel()))
    assert found[6] >= max(found[:6]) + 2


def test_accents_are_heard() -> None:
    (plain,) = velocities(play(make_plan(PIANO), [note(1, 1, 60)], feel()))
    (marked,) = velocities(play(make_plan(PIANO), [note(1, 1, 60, mark="accent")], feel()))
    assert marked - plain >= 8


def test_unevenness_is_scaled() -> None:
    def spread(uneven: float) -> int:
        found = velocities(play(make_plan(PIANO), REPEATED, feel(uneven=uneven)))
        return len(set(found))

    assert spread(0) <= spread(0.5) < spread(2)


def test_velocities_stay_in_range() -> None:
    for velocity in (1, 127):
        notes = line(*[60] * 64, velocity=velocity)
        plan = make_plan(PIANO, energies=(0.1, 1.0), humanize=2)
        found = velocities(play(plan, notes, feel(uneven=3, accents=2, crescendo=1)))
        assert min(found) >= 1 and max(found) <= 127

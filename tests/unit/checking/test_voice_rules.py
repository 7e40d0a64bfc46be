"""The finer points of voice leading over a whole score."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from composer.checking.index import ScoreIndex
from composer.checking.voice_rules import (
    judge_cadence_resolution,
    judge_crossing,
    judge_parallels,
    judge_spacing,
)
from composer.music.score import Note, Part
from tests.unit.checking.pieces import (
    A_MINOR,
    BASS,
    PIANO,
    STRINGS,
    alone,
    bass,
    exercise,
    note,
    part,
    strings,
    voicings,
)


def index(*parts: Part, chords: str = "C Dm") -> ScoreIndex:
    return ScoreIndex(*alone(*parts, chords=chords))


def pad(notes: list[Note], name: str = "pad") -> Part:
    return part(name, "pad", STRINGS, notes, governed=True)


FIFTHS = voicings((60, 67), (62, 69))


def test_parallels_only_where_voices_attack_together() -> None:
    assert judge_parallels(index(pad(FIFTHS))).verdict == "violated"
    # The upper voice syncopated: the fifths no longer come together.
    late = [replace(n, onset_quarters=n.onset_quarters + n.voice) for n in FIFTHS]
    late[-1] = replace(late[-1], duration_quarters=Fraction(3))
    assert judge_parallels(index(pad(late))).verdict == "not applicable"


def test_parallels_are_forgotten_after_a_bar_of_rest() -> None:
    apart = voicings((60, 67)) + [replace(n, onset_quarters=Fraction(9)) for n in FIFTHS[2:]]
    assert judge_parallels(index(pad(apart), chords="C C Dm")).verdict == "not applicable"
    near = voicings((60, 67)) + [replace(n, onset_quarters=Fraction(8)) for n in FIFTHS[2:]]
    assert judge_parallels(index(pad(near), chords="C C Dm")).verdict == "violated"


def test_ungoverned_parts_are_free() -> None:
    rock = part("pad", "pad", STRINGS, FIFTHS)
    assert judge_parallels(index(rock)).verdict == "not applicable"
    assert judge_crossing(index(rock)).verdict == "not applicable"


def test_doubling_between_harmony_parts_is_no_parallel() -> None:
    one, two = voicings((60,), (62,)), voicings((72,), (74,))
    assert judge_parallels(index(pad(one), pad(two, "violins"))).verdict == "not applicable"
    # The same octaves against the bass are.
    low = part("bass", "bass", BASS, voicings((48,), (50,)), governed=True)
    finding = judge_parallels(index(pad(one), low))
    assert [v.where.bar for v in finding.violations] == [2]
    assert "octaves with bass" in finding.violations[0].message


def test_crossing_counts_held_voices() -> None:
    notes = [note(0, 8, 60), note(0, 4, 64, voice=1), note(4, 4, 57, voice=1)]
    (violation,) = judge_crossing(index(pad(notes))).violations
    assert violation.where.bar == 2


def test_two_notes_in_one_voice_cannot_be_followed() -> None:
    assert judge_crossing(index(pad([note(0, 4, 60), note(0, 4, 60)]))).verdict == "violated"


def test_spacing_leaves_the_bass_out() -> None:
    wide = voicings((36, 60, 64), (38, 62, 65))
    piano = part("piano", "comping", PIANO, wide, governed=True)
    assert judge_spacing(index(piano)).verdict == "holds"
    # Beside a bass the piano's lowest voice is an upper one.
    low = part("bass", "bass", BASS, voicings((36,), (38,)), governed=True)
    assert judge_spacing(index(piano, low)).verdict == "violated"


def test_leading_tone_of_a_minor_key() -> None:
    def cadence(third: int) -> ScoreIndex:
        upper = strings((57, 60, 64), (56, 59, 64), (third, 60, 64))
        low = bass(45, 40, 45)
        return ScoreIndex(*alone(upper, low, chords="Am E Am", kind="authentic", key=A_MINOR))

    assert judge_cadence_resolution(cadence(57)).verdict == "holds"
    assert judge_cadence_resolution(cadence(52)).verdict == "violated"


def test_only_authentic_cadences_are_judged() -> None:
    plan, score = exercise(kind="half")
    assert judge_cadence_resolution(ScoreIndex(plan, score)).verdict == "not applicable"


def test_a_voice_that_ends_before_the_cadence_is_free() -> None:
    upper = strings((55, 60, 64), (57, 60, 65), (55, 59, 65), (55,))
    finding = judge_cadence_resolution(ScoreIndex(*exercise(upper)))
    assert finding.verdict == "holds"
    assert finding.checked == 2  # the lowest voice and the bass

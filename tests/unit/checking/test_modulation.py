"""The rules where the music changes its key: the key of the moment is what counts."""

from __future__ import annotations

from dataclasses import replace

from composer.checking.check import check_performance, check_score
from composer.checking.midi_file import check_midi
from composer.music.performance import KeyChange, Performance, TextEvent
from composer.music.plan import Plan
from composer.music.score import Part, Score
from composer.theory.key import Key
from composer.theory.pitch import PitchClass
from tests.unit.checking.pieces import (
    BASS,
    C_MAJOR,
    FLUTE,
    INSTRUMENTS,
    SCALES,
    VOCABULARY,
    alone,
    note,
    part,
    play,
)

D_MAJOR = Key(PitchClass(2), C_MAJOR.scale)
CHORDS = "C F G7 C D G A7 D"


def modulating(tune: Part) -> tuple[Plan, Score]:
    """Four bars of C major, then four of D major."""
    line = part(
        "bass",
        "bass",
        BASS,
        [note(4 * i, 4, p) for i, p in enumerate((36, 41, 43, 36, 38, 43, 45, 38))],
    )
    plan, score = alone(tune, line, chords=CHORDS, kind="authentic")
    spans = tuple(
        replace(s, key=D_MAJOR, roman_numeral=s.chord.roman(D_MAJOR.tonic))
        if s.onset_quarters >= 16
        else s
        for s in plan.chords
    )
    return replace(plan, chords=spans), replace(score, chords=spans)


def tune(*extra: tuple[float, float, int]) -> Part:
    own = [(0, 4, 76), (4, 4, 77), (8, 4, 74), (12, 4, 72), (16, 4, 78), (20, 4, 79), (28, 4, 78)]
    lines = sorted([*own, *(extra or ((24, 4, 76),))])
    return part("tune", "melody", FLUTE, [note(*line) for line in lines])


def rules(report: object) -> set[str]:
    return {v.rule for v in report.violations}  # type: ignore[attr-defined]


def test_each_key_has_its_own_notes_and_its_own_cadence() -> None:
    plan, score = modulating(tune())
    report = check_score(plan, score)
    assert report.ok, report.violations


def test_a_note_of_the_old_key_is_foreign_in_the_new_one() -> None:
    # F natural, at home in C major, stands unexplained over D major's dominant.
    plan, score = modulating(tune((24, 2, 77), (26, 2, 83)))
    assert rules(check_score(plan, score)) == {"tones"}


def test_a_note_held_into_a_key_that_lacks_it_must_fall() -> None:
    held = part("tune", "melody", FLUTE, [note(8, 4, 74), note(12, 8, 72), note(20, 4, 79)])
    assert "tones" in rules(check_score(*modulating(held)))


def test_the_piece_ends_in_the_key_that_it_has_come_to() -> None:
    plan, score = modulating(tune())
    old = tuple(replace(span, key=C_MAJOR) for span in plan.chords)
    assert "cadences" in rules(check_score(replace(plan, chords=old), replace(score, chords=old)))


def played(score: Score, *sharps: int) -> Performance:
    performance = play(score)
    changes = tuple(KeyChange(7680 * i, n, False) for i, n in enumerate(sharps))
    texts = (*performance.texts, TextEvent(7680, "text", f"Key: {D_MAJOR}"))
    return replace(performance, keys=changes, texts=tuple(sorted(texts)))


def test_the_key_map_follows_the_music() -> None:
    _, score = modulating(tune())
    assert "performance-tempo-and-meter" not in rules(check_performance(score, played(score, 0, 2)))
    assert "performance-tempo-and-meter" in rules(check_performance(score, played(score, 0, 1)))
    assert "performance-tempo-and-meter" in rules(check_performance(score, played(score, 0)))


def test_a_file_that_says_its_keys_is_judged_by_them() -> None:
    _, score = modulating(tune())
    good = check_midi(played(score, 0, 2), SCALES, {}, VOCABULARY, INSTRUMENTS)
    assert good.ok, good.violations
    told = {r.rule: r.note for r in good.results}
    assert told["tones"] == "the file says C major then D major"

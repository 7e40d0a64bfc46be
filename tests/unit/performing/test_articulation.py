"""How long notes sound: detached, tied, breathed, marked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from composer.music.mood import NEUTRAL
from composer.music.performance import Track
from composer.music.score import Note
from tests.unit.performing.lines import chord, feel, line, make_plan, note, part_plan, play

SAX = part_plan("tenor-sax")
PIANO = part_plan("piano", "comping")
SCALE = (60, 62, 64, 65, 67, 69, 71, 72)


def shares(track: Track, notes: list[Note]) -> list[float]:
    """Sounding length by written length."""
    return [
        played.duration_ticks / (480 * float(written.duration_quarters))
        for played, written in zip(track.notes, notes, strict=True)
    ]


def share(**keys: float) -> float:
    notes = line(*SCALE)
    track = play(make_plan(SAX), notes, feel(articulation=keys))
    return sum(shares(track, notes)) / len(notes)


def test_a_role_sounds_as_long_as_its_style_says() -> None:
    assert share(melody=0.5) == pytest.approx(0.5, abs=0.05)
    assert share(melody=0.8) == pytest.approx(0.8, abs=0.05)


@given(st.floats(0.7, 1.3), st.floats(0.7, 1.3))
def test_a_mood_moves_the_sounding_share_one_way(one: float, two: float) -> None:
    def mean(articulation: float) -> float:
        notes = line(*SCALE, *reversed(SCALE))
        mood = replace(NEUTRAL, articulation=articulation)
        track = play(make_plan(SAX, mood=mood), notes, feel(slurs=0.6))
        return sum(shares(track, notes))

    less, more = sorted((one, two))
    assert mean(less) <= mean(more) + 0.01


def test_louder_bars_are_a_little_shorter() -> None:
    notes = line(*SCALE)
    soft = play(make_plan(SAX, energies=(0.1,)), notes, feel())
    loud = play(make_plan(SAX, energies=(0.9,)), notes, feel())
    assert sum(shares(loud, notes)) < sum(shares(soft, notes))


def test_the_gap_after_a_long_note_is_not_in_proportion() -> None:
    notes = [note(0, 4, 60), note(4, 4, 62)]
    track = play(make_plan(SAX), notes, feel(articulation={"melody": 0.8}))
    assert 0.8 < shares(track, notes)[0] < 1


def overlaps(track: Track) -> list[int]:
    """Ticks by which each note sounds into the next."""
    pairs = zip(track.notes, track.notes[1:], strict=False)
    return [here.end_ticks - after.onset_ticks for here, after in pairs]


def test_slurred_lines_overlap_where_the_pitch_changes() -> None:
    track = play(make_plan(SAX), line(*SCALE), feel(slurs=1))
    tied = [ticks for ticks in overlaps(track) if ticks > 0]
    assert len(tied) >= 4 and all(5 <= ticks <= 30 for ticks in tied)


def test_pianos_tie_nothing_and_repeated_notes_are_never_tied() -> None:
    piano = part_plan("piano", "melody")
    assert max(overlaps(play(make_plan(piano), line(*SCALE), feel(slurs=1)))) <= 0
    assert max(overlaps(play(make_plan(SAX), line(*[60] * 8), feel(slurs=1)))) <= 0


def test_no_slur_goes_over_the_end_of_a_phrase() -> None:
    plan = make_plan(SAX, energies=(0.5, 0.5), bars=1)
    track = play(plan, line(*SCALE, *SCALE), feel(slurs=1))
    ends = [n for n in track.notes if n.onset_ticks < 1920]
    assert ends[-1].end_ticks < 1900


@pytest.mark.parametrize(
    ("mark", "low", "high"),
    [("staccato", 0.35, 0.5), ("", 0.8, 0.95), ("tenuto", 0.93, 1.05), ("muted", 0.05, 0.25)],
)
def test_marks_are_played(mark: str, low: float, high: float) -> None:
    notes = chord(0, 1, 60, 64, 67, mark=mark)
    track = play(make_plan(PIANO), notes, feel())
    assert all(low <= found <= high for found in shares(track, notes))


def test_a_short_stab_is_not_clipped_any_further() -> None:
    notes = chord(0, 0.25, 60, 64, 67, mark="staccato")
    track = play(make_plan(PIANO), notes, feel())
    assert all(found > 0.7 for found in shares(track, notes))


def test_nothing_is_empty_or_runs_over_the_end() -> None:
    notes = line(*[60, 62] * 64, length=1 / 12)
    track = play(make_plan(SAX), notes, feel(articulation={"melody": 0.2}, looseness=3))
    assert all(n.duration_ticks >= 1 for n in track.notes)
    assert all(n.end_ticks <= 4 * 1920 for n in track.notes)

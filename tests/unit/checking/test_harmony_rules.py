"""The finer points of tones, bass and essential tones."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from composer.checking.harmony_rules import judge_bass_root, judge_essential_tones, judge_tones
from composer.checking.index import ScoreIndex
from composer.checking.report import Finding
from composer.music.plan import Plan
from composer.music.score import Note, Score
from tests.unit.checking.pieces import BASS, FLUTE, PIANO, alone, note, part

EIGHTH = Fraction(1, 2)


def line(*notes: Note) -> Finding:
    """A tune over C, A (whose C sharp is chromatic) and D minor, four quarters each."""
    return judge_tones(ScoreIndex(*alone(part("tune", "melody", FLUTE, notes), chords="C A Dm")))


def bass_line(*notes: Note, chords: str = "C F") -> Finding:
    return judge_bass_root(ScoreIndex(*alone(part("bass", "bass", BASS, notes), chords=chords)))


def comping(*notes: Note, chords: str = "C G7", span: int = 4) -> Finding:
    piano = part("piano", "comping", PIANO, notes)
    return judge_essential_tones(ScoreIndex(*alone(piano, chords=chords, span=span)))


def only_active_from(piece: tuple[Plan, Score], bar: int) -> ScoreIndex:
    plan, score = piece
    empty = frozenset[str]()
    bars = [replace(b, active=empty) if i < bar else b for i, b in enumerate(plan.bars)]
    return ScoreIndex(replace(plan, bars=tuple(bars)), score)


class TestTones:
    def test_a_chromatic_tone_of_the_chord_may_stand(self) -> None:
        assert line(note(4, 4, 73)).verdict == "holds"

    def test_but_not_in_another_chord(self) -> None:
        assert line(note(0, 2, 73)).verdict == "violated"

    def test_it_may_anticipate_its_chord_by_an_eighth(self) -> None:
        # Piston: the anticipation is a note of the next chord that comes too soon.
        assert line(note(4 - EIGHTH, 2, 73)).verdict == "holds"
        assert line(note(3, 2, 73)).verdict == "violated"

    def test_held_over_it_must_belong_or_fall_by_step(self) -> None:
        held = note(6, 3, 73)
        assert line(held).verdict == "violated"
        # Kostka and Payne, chapter 11: the suspension goes down by step.
        assert line(held, note(9, 1, 72)).verdict == "holds"
        assert line(held, note(9, 1, 74)).verdict == "violated"  # a retardation goes up

    def test_a_note_of_the_key_may_be_held(self) -> None:
        assert line(note(0, 12, 72)).verdict == "holds"

    def test_a_neighbour_further_off_than_a_bar_is_none(self) -> None:
        assert line(note(1, 1, 63, "approach"), note(4, 1, 64)).verdict == "holds"
        assert line(note(1, 1, 63, "approach"), note(9, 1, 64)).verdict == "violated"

    def test_neighbours_are_those_of_the_same_voice(self) -> None:
        lower = [note(0, 1, 64), note(1, 1, 63, "neighbour"), note(2, 1, 64)]
        upper = [note(time + EIGHTH, EIGHTH, 79, voice=1) for time in range(3)]
        assert line(*lower, *upper).verdict == "holds"
        # The same notes in one voice are a neighbour no more.
        same = [replace(n, voice=0) for n in upper]
        assert line(*lower, *same).verdict == "violated"

    def test_of_chords_in_one_voice_the_nearest_note_is_the_neighbour(self) -> None:
        chords = [note(0, 1, 60), note(0, 1, 64), note(1, 1, 63, "neighbour"), note(2, 1, 64)]
        assert line(*chords, note(2, 1, 60)).verdict == "holds"

    def test_the_message_tells_what_would_fit(self) -> None:
        (violation,) = line(note(0, 1, 64), note(1, 1, 63), note(2, 1, 64)).violations
        assert violation.message == (
            'Eb (63) is neither in C major nor in C and is called "chord"; "neighbour" would fit'
        )


class TestBass:
    def test_root_and_inversion(self) -> None:
        assert bass_line(note(0, 4, 36), note(4, 4, 41)).verdict == "holds"
        assert bass_line(note(0, 4, 40), note(4, 4, 41), chords="C/E F").verdict == "holds"
        assert bass_line(note(0, 4, 36), note(4, 4, 41), chords="C/E F").verdict == "violated"

    def test_walking_on_is_free(self) -> None:
        walk = [note(i, 1, p) for i, p in enumerate((36, 38, 40, 43, 41))]
        assert bass_line(*walk).verdict == "holds"

    def test_a_pedal_must_be_written(self) -> None:
        assert bass_line(note(0, 8, 36)).verdict == "violated"
        assert bass_line(note(0, 8, 36), chords="C F/C").verdict == "holds"

    def test_an_onset_on_the_change_wins_over_a_held_note(self) -> None:
        assert bass_line(note(0, 5, 36), note(4, 4, 41)).verdict == "holds"

    def test_an_anticipated_bass_is_held_into_its_chord(self) -> None:
        assert bass_line(note(0, 3, 36), note(4 - EIGHTH, 4, 41)).verdict == "holds"
        assert bass_line(note(4 - EIGHTH, 4, 41)).verdict == "holds"

    def test_the_first_note_counts_even_if_it_is_late(self) -> None:
        assert bass_line(note(1, 3, 43), note(4, 4, 41)).verdict == "violated"

    def test_a_pick_up_into_the_first_bar_of_the_bass(self) -> None:
        notes = [note(3, 1, 40), note(4, 4, 41)]
        piece = alone(part("bass", "bass", BASS, notes), chords="C F")
        assert judge_bass_root(ScoreIndex(*piece)).verdict == "violated"
        assert judge_bass_root(only_active_from(piece, 1)).verdict == "holds"

    def test_nothing_to_judge(self) -> None:
        assert bass_line().verdict == "not applicable"


class TestEssentialTones:
    def test_thirds_and_sevenths(self) -> None:
        shell = [note(0, 4, 52), note(4, 4, 53), note(4, 4, 59)]
        assert comping(*shell).verdict == "holds"
        (violation,) = comping(*shell[:2]).violations
        assert violation.message == "G7 lacks B"

    def test_an_arpeggio_holds_them_in_turn(self) -> None:
        broken = [note(4 + i, 1, p) for i, p in enumerate((55, 59, 62, 65))]
        assert comping(note(0, 4, 52), *broken).verdict == "holds"

    def test_a_power_chord_has_none(self) -> None:
        assert comping(note(0, 4, 48), note(4, 4, 55), chords="C5 G5").verdict == "not applicable"

    def test_a_chord_shorter_than_a_beat_is_free(self) -> None:
        piano = part("piano", "comping", PIANO, [note(0, 4, 67)])
        plan, score = alone(piano, chords="C G7")
        short = replace(score.chords[1], onset_quarters=Fraction(7, 2), duration_quarters=EIGHTH)
        score = replace(score, chords=(short,))
        assert judge_essential_tones(ScoreIndex(plan, score)).verdict == "not applicable"

    def test_an_anticipation_alone_does_not_sound_the_chord(self) -> None:
        push = [note(4 - EIGHTH, 4, 53), note(4 - EIGHTH, 4, 59)]
        assert comping(*push).verdict == "holds"

    def test_a_tail_into_a_bar_of_rest_is_free(self) -> None:
        notes = [note(0, 5, 67), note(4, 4, 53), note(4, 4, 59)]
        piece = alone(part("piano", "comping", PIANO, notes), chords="C G7")
        assert judge_essential_tones(ScoreIndex(*piece)).verdict == "violated"
        assert judge_essential_tones(only_active_from(piece, 1)).verdict == "holds"

    @pytest.mark.parametrize("role", ["melody", "figure", "counter"])
    def test_other_roles_are_free(self, role: str) -> None:
        piece = alone(part("tune", role, PIANO, [note(0, 4, 67)]), chords="C G7")
        assert judge_essential_tones(ScoreIndex(*piece)).verdict == "not applicable"

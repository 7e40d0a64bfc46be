"""A piece is carried on: its key, tempo, meter, players, chords, motifs and beat go on."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from composer import Brief, compose
from composer.exporting.brief_toml import dump_brief, parse_brief
from composer.exporting.joining import joined_midi
from composer.importing.continuing import take_continuation
from composer.midi.decode import decode
from composer.midi.reader import END_OF_TRACK, META, RawEvent, read_raw
from composer.music.brief import Taken
from composer.music.precedent import Precedent
from composer.piece import Piece
from composer.rulebook import Rulebook
from composer.theory.meter import parse_meter
from composer.writing.carrying_on import (
    form_on,
    led_on,
    likeness_of_rhythm,
    loop_before,
    motifs_before,
    tokens_before,
)
from composer.writing.form_grammar import draw_sections
from tests.unit.importing.foreign import ForeignTrack, band, foreign_file


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    path = tmp_path_factory.mktemp("continuing") / "piece.mid"
    path.write_bytes(foreign_file(band()))
    return take_continuation(path, Brief(bars=8, writer="rules"))


@pytest.fixture(scope="module")
def precedent(taken: Taken) -> Precedent:
    assert taken.brief.continues is not None
    return taken.brief.continues


@pytest.fixture(scope="module")
def piece(taken: Taken) -> Piece:
    return compose(taken.brief)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "piece.mid"
    path.write_bytes(foreign_file(band()))
    return path


def test_what_is_heard_fills_the_brief(file: Path) -> None:
    taken = take_continuation(file, Brief())
    brief = taken.brief
    assert (brief.key, brief.time_signature, brief.tempo) == ("A minor", "4/4", 110.0)
    assert (brief.bars, brief.swing) == (16, 0.5)
    assert set(brief.parts or ()) == {
        "melody=flute", "pad=string-ensemble", "bass=finger-bass", "drums=drums",
    }  # fmt: skip
    assert brief.continues is not None
    assert brief.continues.end_quarters == 64
    assert brief.continues.chords.startswith("Am | F | G | Am")
    assert len(taken.notes) == 3


def test_it_keeps_the_rules_and_what_it_carries_on(piece: Piece) -> None:
    plan = piece.plan
    assert piece.report.ok
    assert (plan.key.name, plan.meter.name, plan.quarters_per_minute) == ("A minor", "4/4", 110.0)
    assert all(section.kind != "intro" for section in plan.sections)
    assert plan.bars[0].active == {part.name for part in plan.parts}
    assert [span.chord.root.name for span in plan.chords][:3] == ["A", "F", "G"]


def test_its_drummer_plays_on(piece: Piece) -> None:
    kit = next(part for part in piece.score.parts if part.plan.role == "drums")
    kicks = {n.onset_quarters for n in kit.notes if n.pitch.midi == 36 and n.onset_quarters < 4}
    assert kicks == {Fraction(0), Fraction(2)}


def test_its_tune_has_the_rhythm_and_steps_of_the_last_phrase(piece: Piece) -> None:
    tune = next(part for part in piece.score.parts if part.plan.role == "melody")
    bars: dict[int, list[Fraction]] = {}
    for note in tune.notes:
        bars.setdefault(int(note.onset_quarters // 4), []).append(note.onset_quarters % 4)
    known = [Fraction(0), Fraction(1), Fraction(3, 2), Fraction(2)]
    assert sum(onsets == known for onsets in bars.values()) >= 2


def test_the_brief_composes_it_again_without_the_file(file: Path) -> None:
    brief = take_continuation(file, Brief(bars=4, writer="rules")).brief
    file.unlink()
    again = parse_brief(dump_brief(brief))
    assert again == brief
    assert compose(again).midi == compose(brief).midi


def _own(events: tuple[RawEvent, ...]) -> list[RawEvent]:
    return [e for e in events if not (e.status == META and e.meta == END_OF_TRACK)]


@pytest.mark.parametrize("kind", [0, 1])
def test_joined_holds_every_event_of_the_piece_before(tmp_path: Path, kind: int) -> None:
    path = tmp_path / "piece.mid"
    path.write_bytes(foreign_file(band(), kind=kind))
    brief = take_continuation(path, Brief(bars=4, writer="rules")).brief
    made = compose(brief)
    data = joined_midi(made.plan, made.performance)
    assert data is not None
    before, both = read_raw(path.read_bytes()), read_raw(data)
    assert both.kind == before.kind
    assert len(both.tracks) == len(before.tracks)
    join = 64 * before.ticks_per_quarter
    for old, new in zip(before.tracks, both.tracks, strict=True):
        assert [e for e in _own(new) if e.ticks < join] == [e for e in _own(old) if e.ticks < join]
        late = [e for e in _own(new) if e.ticks >= join]
        assert all(e in late for e in _own(old) if e.ticks >= join)
    played = decode(data)
    ends = {t.channel: max(n.onset_ticks for n in t.notes) for t in played.tracks if t.notes}
    assert set(ends) == {0, 1, 2, 9}
    assert all(last >= join for last in ends.values())
    assert {t.program for t in played.tracks if t.channel == 0} == {73}


def test_a_newcomer_has_a_track_and_a_channel_of_its_own(file: Path) -> None:
    asked = Brief(
        bars=4, writer="rules", parts=("melody=flute", "bass=finger-bass", "comping=piano")
    )
    made = compose(take_continuation(file, asked).brief)
    data = joined_midi(made.plan, made.performance)
    assert data is not None
    new = [t for t in decode(data).tracks if t.program == 0 and t.channel != 9]
    assert len(new) == 1
    assert new[0].channel not in (0, 1, 2)
    assert min(n.onset_ticks for n in new[0].notes) >= 64 * 96


def test_nothing_is_joined_to_a_file_that_is_gone_or_changed(taken: Taken, piece: Piece) -> None:
    file = Path(str(taken.brief.continues and taken.brief.continues.source))
    data = file.read_bytes()
    assert joined_midi(piece.plan, piece.performance) is not None
    file.write_bytes(foreign_file(band(12)))
    assert joined_midi(piece.plan, piece.performance) is None
    file.unlink()
    assert joined_midi(piece.plan, piece.performance) is None
    file.write_bytes(data)


def test_what_rings_out_is_waited_for(tmp_path: Path) -> None:
    tracks = band(8)
    ringing = [*tracks[1].notes, (32.0, 7.0, 57, 60)]
    tracks[1] = ForeignTrack("Streicher", 1, 48, ringing)
    path = tmp_path / "ringing.mid"
    path.write_bytes(foreign_file(tracks))
    precedent = take_continuation(path, Brief(bars=4)).brief.continues
    assert precedent is not None
    assert precedent.end_quarters == 40


def test_without_a_tune_it_is_carried_on_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "chords.mid"
    path.write_bytes(foreign_file(band(tune=False)))
    brief = take_continuation(path, Brief(bars=4, writer="rules")).brief
    assert compose(brief).report.ok


# -- what the plan takes over ----------------------------------------------------------------------


def test_a_loop_is_heard_where_chords_go_round(precedent: Precedent, book: Rulebook) -> None:
    key = book.key("A minor")
    loop = loop_before(precedent, key, book.chords)
    assert loop is not None
    assert loop.bars == (("i",), ("bVI",), ("bVII",), ("i",))
    wandering = replace(precedent, chords="Am | F | G | C | Dm | E | Am | Bb")
    assert loop_before(wandering, key, book.chords) is None


def test_a_chain_goes_on_from_the_last_two_chords(precedent: Precedent, book: Rulebook) -> None:
    known = ["i", "iv7", "V", "bVI", "bVII", "V7"]
    gone = replace(precedent, chords="Am | Dm7 E7")
    assert tokens_before(gone, book.key("A minor"), book.chords, known) == ("iv7", "V7")
    assert tokens_before(None, book.key("A minor"), book.chords, known) == ("^", "^")


def test_motifs_are_the_bars_of_the_last_phrase(precedent: Precedent, book: Rulebook) -> None:
    motifs = motifs_before(precedent, book.key("A minor"), parse_meter("4/4"))
    assert len(motifs) == 4
    steps = [tone.step - motifs[0][0].step for tone in motifs[0]]
    assert steps == [0, -1, -2, -4]


@pytest.mark.parametrize("bars", [1, 2, 3, 4, 5, 7, 8, 12, 16, 31])
def test_every_form_goes_on_without_an_introduction(
    bars: int, precedent: Precedent, book: Rulebook
) -> None:
    for name in book.names("forms"):
        drawn = draw_sections(form_on(book.form(name), precedent), bars, seed=4)
        assert sum(length for _, length in drawn) == bars
        assert drawn[0][0] != "intro"


def test_energy_leads_from_the_end_to_the_form(precedent: Precedent) -> None:
    loud = replace(precedent, energy=0.9)
    assert led_on([0.4, 0.5, 0.6, 0.6], loud) == (0.9, 0.8, 0.75, 0.6)


def test_figures_that_strike_alike_weigh_more(precedent: Precedent) -> None:
    bass = next(part for part in precedent.parts if part.role == "bass")
    beats = [Fraction(beat) for beat in range(4)]
    assert likeness_of_rhythm(beats, bass) > 1 > likeness_of_rhythm([Fraction(1, 2)], bass)

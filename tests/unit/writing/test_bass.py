"""What each sign of a bass figure plays, and how figures are locked, tied and led on."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import pytest

from composer.music.brief import Brief
from composer.music.score import Note
from composer.writing.bass import BassWriter
from composer.writing.bass_guard import Above
from composer.writing.bass_roots import bass_roots
from composer.writing.bass_signs import degree_pitch
from tests.laws.pieces import Piece, compose
from tests.unit.writing.figures import playing

CHORDS = "C | Am7 | F | G7 | C | Am7 | Dm7 | G7 | C | Am7 | F | G7 | C | F | G7 | C"


def plain(style: str = "pop", chords: str = CHORDS, meter: str = "4/4", seed: int = 1) -> Piece:
    parts = ("melody=flute", "comping=piano", "bass=finger-bass")
    return compose(
        Brief(key="C", style=style, chords=chords, parts=parts, time_signature=meter, seed=seed)
    )


def played(piece: Piece, pattern: str, **keys: object) -> tuple[BassWriter, list[Note]]:
    kicks = keys.pop("kicks", None)
    (bass,) = piece.role("bass")
    context = playing(piece, bass.plan, pattern, **keys)
    writer = BassWriter(context, bass.plan, bass_roots(context, bass.plan), (), kicks)  # type: ignore[arg-type]
    return writer, writer.write()


def in_bar(notes: list[Note], bar: int, quarters: int = 4) -> list[tuple[float, int]]:
    start = Fraction(bar * quarters)
    return [
        (float(n.onset_quarters - start), n.pitch.midi)
        for n in notes
        if start <= n.onset_quarters < start + quarters
    ]


def quiet_bar(piece: Piece, notes: list[Note]) -> int:
    """A bar on C that is played through and ends no phrase."""
    ends = {p.start_bar + p.bars - 1 for s in piece.plan.sections for p in s.phrases}
    for bar, plan in enumerate(piece.plan.bars[:-1]):
        chord = piece.plan.chords[bar].chord.symbol
        played_through = not plan.hits and plan.stop is None
        if chord == "C" and bar not in ends and played_through and in_bar(notes, bar):
            return bar
    raise AssertionError("no such bar")


def test_degrees_octaves_pops_and_ghosts() -> None:
    piece = plain()
    writer, notes = played(piece, "R-3-|5-8-|7-6-|g-p-")
    found = in_bar(notes, quiet_bar(piece, notes))
    assert [pitch % 12 for _, pitch in found] == [0, 4, 7, 0, 11, 9, 9, 0]
    pitches = [pitch for _, pitch in found]
    assert pitches[3] - pitches[0] == 12 and pitches[7] - pitches[0] == 12
    marks = {n.mark for n in notes}
    assert {"muted", "staccato"} <= marks
    ghost = next(n for n in notes if n.mark == "muted")
    pop = next(n for n in notes if n.mark == "staccato")
    assert ghost.velocity < 0.6 * pop.velocity and ghost.duration_quarters <= Fraction(1, 8)
    assert writer.beats[0].first


@pytest.mark.parametrize("sign", ["a", "c", "d"])
def test_approaches_lead_to_the_next_root(sign: str) -> None:
    writer, notes = played(plain(), f"R---|R---|R---|{sign}---")
    steps = {"a": {1, 2}, "c": {1}, "d": {5, 7}}[sign]
    led = 0
    for (beat, note), (after, root) in pairwise(zip(writer.beats, notes, strict=True)):
        if beat.sign == sign and not beat.first and after.first and after.onset == beat.end:
            led += 1
            size = abs(root.pitch.midi - note.pitch.midi)
            assert size in steps or (sign == "d" and size in (1, 2))
    assert led >= 8


def test_a_tumbao_takes_the_next_root_early_and_rests_on_one() -> None:
    piece = plain()
    writer, notes = played(piece, "R---|--5-|----|t---||----|--5-|----|t---")
    early = 0
    for beat, note in zip(writer.beats, notes, strict=True):
        span = piece.plan.chords[beat.chord]
        if beat.sign == "t" and beat.onset < span.onset_quarters:
            early += 1
            assert note.pitch.midi % 12 == span.chord.bass.number
            assert note.end_quarters > span.onset_quarters
            assert all(n.onset_quarters != span.onset_quarters for n in notes)
    assert early >= 3


def test_a_figure_may_rest_on_one_and_meets_its_chord_on_the_root() -> None:
    piece = plain()
    writer, notes = played(piece, "....|3-R-|5---|....")
    firsts = [n for b, n in zip(writer.beats, notes, strict=True) if b.first]
    for beat, note in zip((b for b in writer.beats if b.first), firsts, strict=True):
        assert note.pitch.midi % 12 == piece.plan.chords[beat.chord].chord.bass.number
    late = [n for n in firsts if n.onset_quarters % 4 == 1]
    assert len(late) >= 6


def test_a_locked_figure_strikes_with_the_kick() -> None:
    piece = plain()
    kicks = frozenset({Fraction(0), Fraction(3, 4), Fraction(5, 2)})
    _, notes = played(piece, "R---|5---|8---|5-a-", lock=True, kicks=lambda _: kicks)
    bar = quiet_bar(piece, notes)
    found = in_bar(notes, bar)
    assert {onset for onset, _ in found} >= {0.0, 0.75, 2.5}
    assert {onset for onset, _ in found} <= {0.0, 0.75, 2.5, 3.5}
    assert [pitch % 12 for onset, pitch in found if onset == 2.5] == [0]


def test_bars_repeat_to_the_letter_within_a_phrase() -> None:
    piece = plain(chords="C | C | C | C | F | F | F | F | C | C | C | C | F | F | F | C")
    _, notes = played(piece, "R--R|--5-|6--5|--R-")
    same = sum(in_bar(notes, b) == in_bar(notes, b + 1) for b in (0, 1, 4, 5, 8, 9))
    assert same >= 5


def test_phrases_are_led_on_at_their_ends_only() -> None:
    pattern = "R-R-|R-R-|R-R-|R-R-"
    changed, bars, ends = set(), 0, set()
    for seed in range(8):
        piece = plain(seed=seed)
        _, notes = played(piece, pattern)
        ends = {p.start_bar + p.bars - 1 for s in piece.plan.sections for p in s.phrases}
        for bar in range(len(piece.plan.bars) - 1):
            plan = piece.plan.bars[bar]
            if plan.hits or plan.stop is not None or not in_bar(notes, bar):
                continue
            tail = [pitch % 12 for onset, pitch in in_bar(notes, bar) if onset >= 3]
            if set(tail) != {piece.plan.chords[bar].chord.root.number}:
                changed.add((seed, bar))
                assert bar in ends
            bars += bar in ends
    assert len(changed) >= bars / 8


def test_runs_go_by_step() -> None:
    _, notes = played(plain(), "R---|R---|n-n-|n-n-")
    moves = [abs(b.pitch.midi - a.pitch.midi) for a, b in pairwise(notes)]
    assert sum(move <= 4 for move in moves) >= 0.8 * len(moves)


@pytest.mark.parametrize("meter", ["3/4", "5/4", "6/8", "7/8", "12/8"])
def test_all_meters_are_filled(meter: str) -> None:
    piece = plain(chords="C | Am7 | F | G7 | C | F | G7 | C", meter=meter)
    _, notes = played(piece, "R--R|--5-|R--g|t-a-||--R-|w-w-|5-n-|p-c-")
    bars = {int(n.onset_quarters // piece.plan.meter.bar_quarters) for n in notes}
    assert bars >= {b for b, plan in enumerate(piece.plan.bars) if plan.stop is None} - {0}
    assert all(a.end_quarters <= b.onset_quarters for a, b in pairwise(notes))


def test_degrees_lie_near_the_note_before() -> None:
    span = plain().plan.chords[0]
    assert degree_pitch("5", span, 36, (28, 52)) == 31
    assert degree_pitch("5", span, 36, (28, 52), last=48) == 43
    assert degree_pitch("3", span, 36, (28, 52), last=38) == 40
    assert degree_pitch("7", span, 48, (28, 52), last=48) == 47


def test_the_guard_hears_parallels_and_crossings() -> None:
    piece = plain()
    (chords,) = piece.role("comping")
    first = chords.notes[0]
    above = Above([chords.notes], Fraction(4))
    onset = first.onset_quarters
    assert above.ceiling(onset) == first.pitch.midi
    assert above.clashes(None, first.pitch.midi, onset)
    assert not above.clashes(None, first.pitch.midi - 12, onset)
    assert above.ceiling(Fraction(1, 7)) == 128

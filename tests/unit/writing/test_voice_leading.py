"""Voice leading on progressions that invite every fault."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest

from composer.checking.check import check_score
from composer.checking.voices import has_parallels
from composer.music.brief import Brief
from composer.music.score import Note, Part
from tests.laws.pieces import Piece, compose

CHROMATIC = "C Db D Eb E F Gb G Ab A Bb B"
HARD = {
    "parallel triads": "C | D | E | F | G | F | E | D | C",
    "parallel minor triads": "Am | Bm | Cm | Dm | Em | Dm | Cm | Bm | Am",
    "all chromatic major sevenths": " | ".join(f"{root}maj7" for root in CHROMATIC.split()),
    "all chromatic sevenths": " | ".join(f"{root}7" for root in CHROMATIC.split()),
    "diminished sevenths": "Bdim7 | Cdim7 | C#dim7 | Ddim7 | C",
    "tritones": "C | F# | C | F# | Bb | E | C",
    "thirds": "C | E | Ab | C | A | Eb | C",
    "ninths": "Dm9 | G9 | Cmaj9 | Fmaj9 | Bm7b5 | E7#9 | Am9 | D9 | C6/9",
    "inversions": "C | G/B | Am | C/G | F | C/E | Dm7 | G7 | C",
    "two a bar": "C D | E F | G A | Bb C | D E | F G | C",
    "suspensions": "C | Gsus4 G | Csus4 C | Fsus2 F | G7sus4 G7 | C",
    "augmented": "C | Caug | Am | Eaug | E | Am | C",
}
EIGHTH = Fraction(1, 2)
STYLES = ("pop", "classical", "jazz-swing", "cinematic", "bossa-nova")


def voices(piece: Piece, part: Part) -> list[tuple[int, ...]]:
    """The voicing of each chord, from the lowest voice up, however its notes are broken."""
    voicings = []
    for span in piece.plan.chords:
        sung = {
            note.voice: note.pitch.midi
            for note in part.notes
            if span.onset_quarters <= note.onset_quarters < span.end_quarters - EIGHTH
        }
        voicings.append(tuple(pitch for _, pitch in sorted(sung.items())))
    most = max(map(len, voicings))
    return [voicing for voicing in voicings if len(voicing) == most]


def governed(piece: Piece) -> list[Part]:
    chordal = [part for part in piece.score.parts if part.plan.role in ("pad", "comping")]
    return [part for part in chordal if part.plan.governed and part.notes]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", HARD)
def test_hard_progressions_are_led_by_the_rules(name: str, style: str) -> None:
    piece = compose(Brief(key="C", style=style, chords=HARD[name], mood="0,0.8", seed=2))
    report = piece.report
    assert not report.violations[:3]
    assert report["parallels"].checked > 0
    parts = governed(piece)
    assert parts
    for part in parts:
        for voicing in voices(piece, part):
            assert list(voicing) == sorted(set(voicing))


@pytest.mark.parametrize("name", HARD)
def test_block_chords_run_without_parallels(name: str) -> None:
    piece = compose(Brief(key="C", chords=HARD[name], parts=("pad=string-ensemble",), seed=1))
    (strings,) = governed(piece)
    led = voices(piece, strings)
    assert len(led) == len(piece.plan.chords)
    for before, after in pairwise(led):
        assert not has_parallels(before, after), (before, after)


@pytest.mark.parametrize("style", STYLES)
def test_voices_move_little(style: str) -> None:
    piece = compose(Brief(key="C", style=style, chords="C | Am | F | G | C | F | G7 | C", seed=1))
    for part in governed(piece):
        moves = [
            abs(b - a)
            for before, after in pairwise(voices(piece, part))
            for a, b in zip(before, after, strict=True)
        ]
        assert sum(moves) / len(moves) <= 3.0, part.plan.name
        assert max(moves) <= 12


def test_the_dominant_resolves_at_the_close() -> None:
    piece = compose(Brief(key="C", style="classical", bars=8, seed=4))
    result = piece.report["cadence-resolution"]
    assert result.checked > 0 and result.verdict == "holds"


def test_the_checker_hears_a_parallel_that_is_put_in() -> None:
    """The test of the tests: moving one voice against the rules must be noticed."""
    piece = compose(Brief(key="C", style="classical", chords=HARD["parallel triads"], seed=2))
    part = governed(piece)[0]

    def spoiled(note: Note) -> Note:
        chord = next(
            span.chord for span in piece.plan.chords if span.end_quarters > note.onset_quarters
        )
        third, fifth = (chord.root + 4), (chord.root + 1)
        name = (chord.root, third, fifth)[min(note.voice, 2)]
        octave = 4 + (note.voice > 2)
        return replace(note, pitch=replace(note.pitch, pitch_class=name, octave=octave))

    notes = tuple(spoiled(note) for note in part.notes)
    score = replace(
        piece.score,
        parts=tuple(replace(p, notes=notes) if p is part else p for p in piece.score.parts),
    )
    assert replace(piece, score=score).report["parallels"].violations


def test_where_four_voices_find_no_way_three_do() -> None:
    # Four bells within eighteen semitones: some changes leave them no way without octaves.
    parts = (
        "overdriven-guitar", "comping=tubular-bells", "melody=tubular-bells", "slap-bass-2",
        "lead-6-voice",
    )  # fmt: skip
    brief = Brief(
        key="Cb mixolydian", bars=111, time_signature="9/8", style="ballad", mood="romantic",
        parts=parts, seed=0, tempo=268.0,
    )  # fmt: skip
    piece = compose(brief)
    assert check_score(piece.plan, piece.score).ok

"""Pieces to export: composed ones, and scores made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import ChordSpan, PartPlan, Section
from composer.music.score import Note, Part, Score
from composer.performing import perform
from composer.theory.key import parse_key
from composer.theory.meter import parse_meter
from composer.theory.pitch import Pitch, nearest_spelling, spell
from tests.laws.pieces import compose
from tests.strategies import rules


@dataclass(frozen=True)
class Made:
    score: Score
    performance: Performance
    swing: float


@cache
def made(style: str, bars: int = 8, seed: int = 3, meter: str | None = None) -> Made:
    brief = Brief(style=style, bars=bars, seed=seed, time_signature=meter, writer="rules")
    piece = compose(brief)
    return Made(piece.score, perform(piece.plan, piece.score, rules()), piece.plan.swing)


def pitch(midi: int) -> Pitch:
    return spell(midi, nearest_spelling(midi, 0))


def note(onset: str, length: str, midi: int, lyric: str = "", mark: str = "") -> Note:
    return Note(Fraction(onset), Fraction(length), pitch(midi), 80, lyric=lyric, mark=mark)


def part(
    notes: Sequence[Note], instrument: str = "flute", role: str = "melody", name: str = "Lead"
) -> Part:
    player = rules().instruments[instrument]
    return Part(PartPlan(name, role, player, False, 0.0, 0.0), tuple(notes))


def score(
    parts: Sequence[Part],
    *,
    meter: str = "4/4",
    bars: int = 1,
    key: str = "C",
    chords: Sequence[tuple[str, str]] = (),
    keys: Sequence[tuple[str, str]] = (),
) -> Score:
    """A score: chords by onset (without any, C throughout), keys by the onset they begin at."""
    beats, book = parse_meter(meter), rules()
    home = parse_key(key, book.scales, book.scale_aliases)
    length = beats.bar_quarters * bars
    named = [(Fraction(onset), text) for onset, text in (chords or [("0", "C")])]
    ends = [*(onset for onset, _ in named[1:]), length]
    spans = []
    for (onset, text), end in zip(named, ends, strict=True):
        chord = book.chords.parse(text, home.tonic)
        spans.append(ChordSpan(onset, end - onset, chord, "I", home))
    for onset, text in keys:
        later = parse_key(text, book.scales, book.scale_aliases)
        spans = [replace(s, key=later) if s.onset_quarters >= Fraction(onset) else s for s in spans]
    sections = (Section("verse", "verse", "verse", 0, 0, bars, 0.5, ()),)
    return Score("A title", home, beats, 96.0, bars, tuple(parts), tuple(spans), sections)

"""What a mood moves, heard in the music: each feature goes one way as the mood does.

Single pieces differ by much else, so means over seeds and styles are compared. Sources of the
directions: `rules/moods.toml`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from statistics import mean

import pytest

from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Note, Score
from composer.performing import perform
from composer.rulebook import load_rulebook
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from composer.writing.write import write_score

STYLES = ("pop", "jazz-swing", "rock", "classical")
SEEDS = range(4)
PLACES = (-1.0, 0.0, 1.0)


@dataclass(frozen=True)
class Heard:
    """A piece in a mood."""

    plan: Plan
    score: Score
    performance: Performance

    def notes(self, *roles: str) -> list[Note]:
        """The notes of some roles."""
        return [n for p in self.score.parts if p.plan.role in roles for n in p.notes]


@cache
def pieces(valence: float, energy: float) -> tuple[Heard, ...]:
    """Pieces that differ by style and seed alone."""
    book = load_rulebook()
    found = []
    for style in STYLES:
        for seed in SEEDS:
            mood = f"{valence:g},{energy:g}"
            brief = Brief(style=style, bars=16, time_signature="4/4", mood=mood, seed=seed)
            plan = make_plan(resolve(brief, book), book)
            score = write_score(plan, book, "Mood")
            found.append(Heard(plan, score, perform(plan, score, book)))
    return tuple(found)


def over(axis: str, feature: Callable[[Heard], float]) -> list[float]:
    """Mean of a feature at three places of an axis, the other one in the middle."""
    moods = [(p, 0.0) if axis == "valence" else (0.0, p) for p in PLACES]
    return [mean(feature(piece) for piece in pieces(*mood)) for mood in moods]


def tempo(piece: Heard) -> float:
    return piece.plan.quarters_per_minute


def is_major(piece: Heard) -> float:
    return float(piece.plan.key.scale.parent == "major")


def loudness(piece: Heard) -> float:
    return mean(n.velocity for t in piece.performance.tracks for n in t.notes)


def density(piece: Heard) -> float:
    return len(piece.notes("melody", "comping", "figure", "bass")) / len(piece.plan.bars)


def players(piece: Heard) -> float:
    return mean(len(bar.active) / len(piece.plan.parts) for bar in piece.plan.bars)


def register(piece: Heard) -> float:
    return mean(n.pitch.midi for n in piece.notes("melody"))


def legato(piece: Heard) -> float:
    """How much of the written length sounds, of the tune."""
    tune = next(t for t in piece.performance.tracks if t.role == "melody")
    written = sum(float(n.duration_quarters) for n in piece.notes("melody"))
    return sum(n.duration_ticks for n in tune.notes) / 480 / written


def colour(piece: Heard) -> float:
    return mean(len(span.chord.quality.tones) > 3 for span in piece.plan.chords)


@pytest.mark.parametrize(
    ("axis", "feature", "direction", "least"),
    [
        ("energy", tempo, 1, 10.0),
        ("energy", loudness, 1, 5.0),
        ("energy", density, 1, 1.0),
        ("energy", players, 1, 0.03),
        ("energy", legato, -1, 0.02),
        ("valence", is_major, 1, 0.3),
        ("valence", tempo, 1, 1.0),
        ("valence", register, 1, 0.5),
        ("valence", colour, -1, 0.0),
    ],
)
def test_a_feature_goes_one_way(
    axis: str, feature: Callable[[Heard], float], direction: int, least: float
) -> None:
    low, middle, high = (direction * value for value in over(axis, feature))
    assert low < middle < high, f"{feature.__name__} over {axis}: {low}, {middle}, {high}"
    assert high - low > least

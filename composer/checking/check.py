"""The hard rules in two tables, and the two questions asked of them."""

from __future__ import annotations

from composer.checking.form_rules import (
    judge_cadences,
    judge_chords,
    judge_length,
    judge_tempo_and_meter,
)
from composer.checking.harmony_rules import judge_bass_root, judge_essential_tones, judge_tones
from composer.checking.index import ScoreIndex
from composer.checking.lyric_rules import judge_lyrics, judge_played_lyrics
from composer.checking.played import PlayedIndex
from composer.checking.played_rules import (
    judge_played_channels,
    judge_played_length,
    judge_played_limbs,
    judge_played_maps,
    judge_played_overlap,
    judge_played_velocities,
)
from composer.checking.report import Report, Rule
from composer.checking.sounding_rules import (
    judge_channels,
    judge_limbs,
    judge_overlap,
    judge_polyphony,
    judge_velocities,
)
from composer.checking.timing_rules import judge_played_duration, judge_played_hits
from composer.checking.tune_rules import judge_played_tune, judge_tune
from composer.checking.voice_rules import (
    judge_cadence_resolution,
    judge_crossing,
    judge_parallels,
    judge_range,
    judge_spacing,
)
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score

SCORE_RULES: tuple[Rule[ScoreIndex], ...] = (
    Rule("length", "The piece has the asked bars, and nothing sounds outside", judge_length),
    Rule("tempo-and-meter", "Tempo, meter and key are as asked", judge_tempo_and_meter),
    Rule("chords", "The chords are those of the plan, without gaps", judge_chords),
    Rule("tones", "Every note is in the key, in the chord, or resolves as named", judge_tones),
    Rule("bass-root", "On a change of chord the bass has root or inversion", judge_bass_root),
    Rule("essential-tones", "Voicings hold the chord's third and seventh", judge_essential_tones),
    Rule(
        "parallels",
        "No parallel fifths or octaves within a governed part, or with a governed bass",
        judge_parallels,
    ),
    Rule("crossing", "Governed voices do not cross", judge_crossing),
    Rule("spacing", "Upper governed voices lie at most an octave apart", judge_spacing),
    Rule(
        "cadence-resolution",
        "Leading tone and seventh resolve at cadences",
        judge_cadence_resolution,
    ),
    Rule("range", "Every part stays within its instrument's range", judge_range),
    Rule("cadences", "Sections end with their cadence, the piece in the key", judge_cadences),
    Rule("overlap", "No empty notes, no overlap of one pitch in a part", judge_overlap),
    Rule("velocities", "Velocities are 1 to 127", judge_velocities),
    Rule("channels", "At most fifteen melodic parts", judge_channels),
    Rule("limbs", "The drums need at most two hands and two feet", judge_limbs),
    Rule("polyphony", "No instrument plays more notes than it can", judge_polyphony),
    Rule("tune", "A given tune is there note for note, and nothing else in its part", judge_tune),
    Rule("lyrics", "Every syllable is sung on one note, in order", judge_lyrics),
)
"""What a score must hold, in the order of the report."""

PERFORMANCE_RULES: tuple[Rule[PlayedIndex], ...] = (
    Rule("length", "Nothing sounds before the start or after the end", judge_played_length),
    Rule("tempo-and-meter", "Tempo, meter and key maps say what was asked", judge_played_maps),
    Rule("duration", "The piece ends when it was asked to", judge_played_duration),
    Rule("hits", "Every hit falls when it was asked, and is struck", judge_played_hits),
    Rule("overlap", "No empty, hanging or overlapping notes on a channel", judge_played_overlap),
    Rule("velocities", "Velocities are 1 to 127", judge_played_velocities),
    Rule("channels", "Melodic channels apart, drums on channel 10", judge_played_channels),
    Rule("limbs", "The drums need at most two hands and two feet", judge_played_limbs),
    Rule("tune", "A given tune is played note for note, to the tick", judge_played_tune),
    Rule("lyrics", "Every syllable is played with its note", judge_played_lyrics),
)
"""What a performance must hold, in the order of the report."""


def check_score(plan: Plan, score: Score) -> Report:
    """Judge a score by all rules of `SCORE_RULES`.

    Args:
        plan: The plan it was written from.
        score: The score.
    """
    index = ScoreIndex(plan, score)
    return Report(tuple(rule.result(index) for rule in SCORE_RULES))


def check_performance(score: Score, performance: Performance, plan: Plan | None = None) -> Report:
    """Judge a performance by all rules of `PERFORMANCE_RULES`.

    The identifiers are those of the score's rules with ``performance-`` before them, so that
    both reports can be merged.

    Args:
        score: The score that it plays.
        performance: The performance.
        plan: The plan that it comes from; without it, nothing is known of lengths and hits that
            were asked for, nor of a tempo curve.
    """
    index = PlayedIndex(performance, score, plan)
    return Report(
        tuple(rule.result(index).named(f"performance-{rule.id}") for rule in PERFORMANCE_RULES)
    )

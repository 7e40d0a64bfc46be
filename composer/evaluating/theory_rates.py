"""How often a window breaks the rules of voice leading and of playing, a bar.

General counterparts of the rules in `composer.checking`, which know our own voices and harmony;
here both are heard from the notes, so that anyone's music is judged alike. Real music breaks these
rules too: what counts is whether ours does so as often.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from composer.checking.drums import FEET, FOOT_KEYS, HANDS
from composer.evaluating.chroma import NO_PITCH, part_outer_pitches, pitch_class_presence
from composer.evaluating.heard_harmony import Harmony, hear, is_dominant, is_tonic
from composer.evaluating.results import Group, Metric
from composer.evaluating.roles import Role
from composer.evaluating.voices import (
    Parallels,
    Voice,
    compare_all,
    compare_voices,
    voices_of,
    within_part,
)
from composer.evaluating.windows import GRID, Window
from composer.rulebook import load_rulebook

_NAN = float("nan")
_VOICES = "composer.checking.voices after Kostka and Payne, Tonal Harmony (2013), chapter 5"
_MELODY = "Kostka and Payne, chapter 5, on melody"
_LEADING = "Kostka and Payne, chapters 6 and 13"
_OWN = "own definition on detected chords"
_COCONET = "Coconet 0.365, Bach 0.023 a measure (four-part chorales, all voices)"

_AWKWARD = (6, 10, 11)
_OCTAVE = 12
_RECOVERY = 4
_LIMB_SECONDS = 0.010


def _metric(
    name: str,
    title: str,
    source: str,
    unit: str = "a bar",
    published: str = "",
    group: Group = "theory",
) -> Metric:
    return Metric(name, title, group, unit, source, published)


THEORY_METRICS: tuple[Metric, ...] = (
    _metric("parallel_fifths_outer", "Parallel fifths of melody and bass", _VOICES, "a bar"),
    _metric("parallel_octaves_outer", "Parallel octaves of melody and bass", _VOICES),
    _metric("hidden_perfects_outer", "Hidden fifths and octaves of melody and bass", _VOICES),
    _metric(
        "parallel_fifths_lines", "Parallel fifths between lines", _VOICES, published=_COCONET
    ),
    _metric("parallel_octaves_lines", "Parallel octaves between lines", _VOICES),
    _metric("parallel_fifths_within", "Parallel fifths within chords of a part", _VOICES),
    _metric("parallel_octaves_within", "Parallel octaves within chords of a part", _VOICES),
    _metric("parallel_fifths_share", "Moves of two voices in parallel fifths", _VOICES, "share"),
    _metric("parallel_octaves_share", "Moves of two voices in parallel octaves", _VOICES, "share"),
    _metric("melody_below_bass", "Melody notes below the bass", _VOICES),
    _metric("unresolved_leading_tones", "Leading tones of V–I not resolved", _LEADING, "share"),
    _metric("unresolved_sevenths", "Sevenths of V7–I not resolved", _LEADING, "share"),
    _metric("awkward_leaps", "The melody's tritones, sevenths and leaps over an octave", _MELODY),
    _metric("unrecovered_leaps", "Such leaps and octaves, not turned back", _MELODY),
    _metric("foreign_strong_notes", "Notes on strong beats out of key", _OWN),
    _metric("unexplained_strong_notes", "Notes on strong beats out of key and chord", _OWN),
    _metric("clashes", "Semitone clashes with a chord tone for a beat or more", _OWN),
    _metric(
        "out_of_range", "Notes out of the instrument's range", "rules/instruments.toml",
        group="instruments",
    ),
    _metric("too_many_hands", "Drum strokes for which two hands do not suffice",
            "composer.checking.drums"),
)  # fmt: skip
"""The catalogue, in the order of `theory_metrics`."""


def theory_metrics(window: Window, found_roles: Sequence[Role]) -> dict[str, float]:
    """The metrics of `THEORY_METRICS`; NaN where one has no meaning.

    Args:
        window: Some bars.
        found_roles: The role of each part, in the order of the parts.
    """
    harmony = hear(window)
    voices = voices_of(window, found_roles)
    values = dict.fromkeys((metric.name for metric in THEORY_METRICS), _NAN)
    values |= _parallels(window, found_roles, voices)
    values |= _melody(window, found_roles, voices)
    values |= _resolutions(window, harmony, voices)
    values |= _dissonances(window, harmony)
    values |= _playing(window)
    return values


def _parallels(
    window: Window, found_roles: Sequence[Role], voices: Sequence[Voice]
) -> dict[str, float]:
    """Parallels of the outer voices, between all lines, and within parts."""
    values: dict[str, float] = {}
    melody = next((voice for voice in voices if voice.role == "melody"), None)
    bass = next((voice for voice in voices if voice.role == "bass"), None)
    if melody is not None and bass is not None:
        outer = compare_voices(melody, bass, window.bar_slots) or Parallels()
        values |= {
            "parallel_fifths_outer": outer.fifths / window.bars,
            "parallel_octaves_outer": outer.octaves / window.bars,
            "hidden_perfects_outer": outer.hidden / window.bars,
        }
    lines = compare_all(voices, window.bar_slots)
    if len(voices) > 1:
        values["parallel_fifths_lines"] = lines.fifths / window.bars
        values["parallel_octaves_lines"] = lines.octaves / window.bars
    within = Parallels()
    for part, role in zip(window.parts, found_roles, strict=True):
        if role in ("harmony", "melody"):
            within += within_part(window, part)
    if within.moves:
        values["parallel_fifths_within"] = within.fifths / window.bars
        values["parallel_octaves_within"] = within.octaves / window.bars
    moves = lines.moves + within.moves
    if moves:
        values["parallel_fifths_share"] = (lines.fifths + within.fifths) / moves
        values["parallel_octaves_share"] = (lines.octaves + within.octaves) / moves
    return values


def _melody(
    window: Window, found_roles: Sequence[Role], voices: Sequence[Voice]
) -> dict[str, float]:
    """Leaps of the melody, and how often it dips below the bass."""
    melody = next((voice for voice in voices if voice.role == "melody"), None)
    if melody is None:
        return {}
    steps = np.diff(melody.pitch)
    joined = melody.onset[1:] - melody.end[:-1] <= window.bar_slots
    wide = np.abs(steps)
    awkward = joined & (np.isin(wide, _AWKWARD) | (wide > _OCTAVE))
    large = awkward | (joined & (wide == _OCTAVE))
    after = np.append(steps[1:], 0)
    recovered = (np.sign(after) == -np.sign(steps)) & (np.abs(after) <= _RECOVERY)
    values = {
        "awkward_leaps": float(awkward.sum()) / window.bars,
        "unrecovered_leaps": float((large & ~recovered).sum()) / window.bars,
    }
    basses = [part for part, role in zip(window.parts, found_roles, strict=True) if role == "bass"]
    if basses:
        lowest = np.min([part_outer_pitches(window, part)[0] for part in basses], axis=0)
        under = lowest[melody.onset]
        below = (under < NO_PITCH) & (melody.pitch < under)
        values["melody_below_bass"] = float(below.sum()) / window.bars
    return values


def _resolutions(window: Window, harmony: Harmony, voices: Sequence[Voice]) -> dict[str, float]:
    """What becomes of leading tones and sevenths where V goes to I, in all lines."""
    key = harmony.key
    if key is None:
        return {}
    leading, seventh = (key.tonic + 11) % 12, (key.tonic + 5) % 12
    counts = {leading: [0, 0], seventh: [0, 0]}
    bounds = np.round(harmony.bounds * GRID).astype(int)
    for span, (before, after) in enumerate(zip(harmony.chords, harmony.chords[1:], strict=False)):
        if before is None or after is None:
            continue
        if not (is_dominant(before, key) and is_tonic(after, key)):
            continue
        for voice in voices:
            number = int(np.searchsorted(voice.onset, bounds[span + 1])) - 1
            if number < 0 or number + 1 >= len(voice) or voice.end[number] <= bounds[span]:
                continue
            if voice.onset[number + 1] >= bounds[span + 2]:
                continue
            pitch, move = int(voice.pitch[number]), int(voice.pitch[number + 1])
            move -= pitch
            held = move == 0 and pitch % 12 in after.pitch_classes
            if pitch % 12 == leading:
                counts[leading][0] += 1
                counts[leading][1] += not (move == 1 or held)
            elif pitch % 12 == seventh and before.has_seventh:
                counts[seventh][0] += 1
                counts[seventh][1] += not (-2 <= move <= -1 or held)
    names = {leading: "unresolved_leading_tones", seventh: "unresolved_sevenths"}
    return {names[tone]: bad / all_ for tone, (all_, bad) in counts.items() if all_}


def _dissonances(window: Window, harmony: Harmony) -> dict[str, float]:
    """Notes on strong beats that neither key nor chord explains, and semitone clashes."""
    if harmony.key is None:
        return {}
    tones = harmony.at_slots(harmony.tone_table()) > 0
    scale = np.zeros(12, dtype=bool)
    scale[list(harmony.key.wide_scale)] = True
    strong = np.zeros(len(tones), dtype=bool)
    strong[np.round(harmony.bounds[:-1] * GRID).astype(int)] = True
    foreign = unexplained = 0
    for part in window.pitched:
        onset, pitch_class = window.onset_slots(part), part.pitch % 12
        outside = strong[onset] & ~scale[pitch_class]
        foreign += int(outside.sum())
        unexplained += int((outside & ~tones[onset, pitch_class]).sum())
    sounding = pitch_class_presence(window) > 0
    in_chord = sounding & tones
    beside = np.roll(in_chord, 1, axis=1) | np.roll(in_chord, -1, axis=1)
    clash = sounding & ~tones & beside
    beat = max(round(window.beat_quarters * GRID), 1)
    return {
        "foreign_strong_notes": foreign / window.bars,
        "unexplained_strong_notes": unexplained / window.bars,
        "clashes": sum(_runs(clash[:, tone], beat) for tone in range(12)) / window.bars,
    }


def _runs(flags: np.ndarray[tuple[int], np.dtype[np.bool_]], least: int) -> int:
    """How many stretches of true there are of some length or more."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return int((edges[1::2] - edges[::2] >= least).sum())


def _playing(window: Window) -> dict[str, float]:
    """Notes that the instrument does not have, and drum strokes that need a third hand."""
    values = {}
    ranges = _ranges()
    known = [part for part in window.pitched if part.program in ranges]
    if known:
        outside = sum(
            int(
                (
                    (part.pitch < ranges[part.program][0]) | (part.pitch > ranges[part.program][1])
                ).sum()
            )
            for part in known
        )
        values["out_of_range"] = outside / window.bars
    if window.drums:
        onsets = np.concatenate([part.onset_quarters for part in window.drums])
        keys = np.concatenate([part.pitch for part in window.drums])
        order = np.argsort(onsets, kind="stable")
        together = _LIMB_SECONDS * window.quarters_per_minute / 60.0
        moment = np.cumsum(np.diff(onsets[order], prepend=onsets[order][0]) > together)
        strokes = np.unique(np.stack([moment, keys[order]]), axis=1)
        foot = np.isin(strokes[1], list(FOOT_KEYS))
        hands = np.bincount(strokes[0][~foot], minlength=1)
        feet = np.bincount(strokes[0][foot], minlength=1)
        values["too_many_hands"] = float((hands > HANDS).sum() + (feet > FEET).sum()) / window.bars
    return values


@lru_cache(maxsize=1)
def _ranges() -> dict[int, tuple[int, int]]:
    """Lowest and highest pitch by program, the widest where several instruments share it."""
    found: dict[int, tuple[int, int]] = {}
    for instrument in load_rulebook().instruments.values():
        if not instrument.is_drums:
            low, high = found.get(instrument.program, (instrument.low, instrument.high))
            found[instrument.program] = (min(low, instrument.low), max(high, instrument.high))
    return found

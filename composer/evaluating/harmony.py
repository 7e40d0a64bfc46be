"""Harmony metrics: what the chords that are heard say of a window.

Chords and key are those of `composer.evaluating.detectors`, heard from the notes on both sides of
every comparison; nothing that a file says of its harmony is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from composer.evaluating.chords_heard import DetectedChord
from composer.evaluating.chroma import part_outer_pitches
from composer.evaluating.detectors import DetectedKey
from composer.evaluating.heard_harmony import Harmony, hear, is_dominant, is_tonic
from composer.evaluating.results import Metric
from composer.evaluating.roles import Role
from composer.evaluating.windows import Window
from composer.music.song import Floats

_NAN = float("nan")
_OWN = "own definition on detected chords"
_JAZZ_TRANSFORMER = "Wu and Yang, The Jazz Transformer on the Front Line (ISMIR 2020)"
_TREATISE = "Kostka and Payne, Tonal Harmony (2013), chapter 10"
_TONAL_DISTANCE = "Harte, Sandler and Gasser, Detecting Harmonic Change in Musical Audio (2006)"


def _metric(name: str, title: str, unit: str, source: str = _OWN, published: str = "") -> Metric:
    return Metric(name, title, "harmony", unit, source, published)


HARMONY_METRICS: tuple[Metric, ...] = (
    _metric(
        "chord_progression_irregularity",
        "Unique chord trigrams among all",
        "share",
        _JAZZ_TRANSFORMER,
        "about 0.40 in real jazz, 0.7 to 0.8 in its models (whole pieces)",
    ),
    _metric("chords_per_bar", "Chords a bar", "chords a bar"),
    _metric("distinct_chords", "Different chords", "chords"),
    _metric("chord_entropy", "Entropy of chords above the tonic, by time", "bits"),
    _metric("root_motion_entropy", "Entropy of root motions", "bits"),
    _metric("fifths_down_share", "Root motions a fifth down", "share"),
    _metric("fifths_up_share", "Root motions a fifth up", "share"),
    _metric("step_motion_share", "Root motions by step", "share"),
    _metric("thirds_motion_share", "Root motions by a third", "share"),
    _metric("bar_line_change_share", "Chord changes that fall on a bar line", "share"),
    _metric("four_bar_loop_share", "Spans with the chord of four bars before", "share"),
    _metric("eight_bar_loop_share", "Spans with the chord of eight bars before", "share"),
    _metric("authentic_cadence_share", "Section ends with V–I", "share", _TREATISE),
    _metric("plagal_cadence_share", "Section ends with IV–I", "share", _TREATISE),
    _metric("half_cadence_share", "Section ends on V", "share", _TREATISE),
    _metric("section_tonic_share", "Section ends on the tonic chord", "share", _TREATISE),
    _metric("tonic_chord_share", "Time on the tonic chord", "share"),
    _metric("dominant_chord_share", "Time on the dominant chord", "share"),
    _metric("diatonic_chord_share", "Chords whose tones are all in the key", "share"),
    _metric("seventh_chord_share", "Chords with a seventh", "share"),
    _metric("minor_chord_share", "Chords with a minor third", "share"),
    _metric("suspended_chord_share", "Chords without a third", "share"),
    _metric("chord_tone_share", "Sounding time in the chord", "share"),
    _metric("melody_chord_tone_share", "The melody's time in the chord", "share"),
    _metric("in_key_share", "Sounding time in the key", "share"),
    _metric("bass_on_root_share", "Spans whose bass is the root", "share"),
    _metric("bass_on_chord_tone_share", "Spans whose bass is third or fifth", "share"),
    _metric("no_chord_share", "Spans without a chord", "share"),
    _metric("key_correlation", "Fit of the best key", "correlation"),
    _metric("key_margin", "Lead of the best key over the next", "correlation"),
    _metric(
        "chord_tonal_distance", "Tonal distance from chord to chord", "distance", _TONAL_DISTANCE
    ),
)
"""The catalogue, in the order of `harmony_metrics`."""


def harmony_metrics(
    window: Window, found_roles: Sequence[Role], section_ends: Sequence[int]
) -> dict[str, float]:
    """The metrics of `HARMONY_METRICS`; NaN where one has no meaning.

    Args:
        window: Some bars.
        found_roles: The role of each part, in the order of the parts.
        section_ends: Bars, counted from 0 and ascending, at which a section has just ended:
            8 where it was bars 0 to 7. Cadences are looked for in the two bars before, and on the
            downbeat after.
    """
    harmony = hear(window)
    values = dict.fromkeys((metric.name for metric in HARMONY_METRICS), _NAN)
    values["no_chord_share"] = sum(chord is None for chord in harmony.chords) / len(harmony.chords)
    if harmony.key is not None:
        values["key_correlation"] = harmony.key.correlation
        values["key_margin"] = harmony.key.margin
    sounding = [chord for chord in harmony.chords if chord is not None]
    if not sounding:
        return values
    values |= _progression(harmony, window)
    values |= _kinds(sounding, harmony.key)
    values |= _note_shares(window, found_roles, harmony)
    if harmony.key is not None:
        values |= _cadences(harmony, harmony.key, section_ends)
    return values


def _progression(harmony: Harmony, window: Window) -> dict[str, float]:
    """How the chords follow each other; a pause between two equal chords is no change."""
    starts: list[int] = []
    chords: list[DetectedChord] = []
    for span, chord in enumerate(harmony.chords):
        if chord is not None and (not chords or not chord.same_as(chords[-1])):
            starts.append(span)
            chords.append(chord)
    values = {
        "chords_per_bar": len(chords) / window.bars,
        "distinct_chords": float(len({(chord.root, chord.quality) for chord in chords})),
        "four_bar_loop_share": _loop_share(harmony, 4),
        "eight_bar_loop_share": _loop_share(harmony, 8),
    }
    names = [(chord.root, chord.quality) for chord in chords]
    trigrams = list(zip(names, names[1:], names[2:], strict=False))
    if trigrams:
        values["chord_progression_irregularity"] = len(set(trigrams)) / len(trigrams)
    motions = np.bincount(
        [(after.root - before.root) % 12 for before, after in pairwise(chords)], minlength=12
    ).astype(float)
    motions[0] = 0.0
    if motions.sum():
        shares = motions / motions.sum()
        values |= {
            "root_motion_entropy": _entropy(shares),
            "fifths_down_share": float(shares[5]),
            "fifths_up_share": float(shares[7]),
            "step_motion_share": float(shares[[1, 2, 10, 11]].sum()),
            "thirds_motion_share": float(shares[[3, 4, 8, 9]].sum()),
        }
    if len(chords) > 1:
        on_line = [start % harmony.spans_per_bar == 0 for start in starts[1:]]
        values["bar_line_change_share"] = sum(on_line) / len(on_line)
        centroids = np.array([_tonal_centroid(chord) for chord in chords])
        values["chord_tonal_distance"] = float(
            np.linalg.norm(np.diff(centroids, axis=0), axis=1).mean()
        )
    return values


def _loop_share(harmony: Harmony, bars: int) -> float:
    """Share of spans whose chord is that of some bars before, root and third."""
    lag = bars * harmony.spans_per_bar
    pairs = [
        (before.root, before.third) == (after.root, after.third)
        for before, after in zip(harmony.chords, harmony.chords[lag:], strict=False)
        if before is not None and after is not None
    ]
    return sum(pairs) / len(pairs) if pairs else _NAN


def _tonal_centroid(chord: DetectedChord) -> Floats:
    """A chord in the six-dimensional tonal space: circles of fifths, minor and major thirds."""
    tones = np.array(sorted(chord.pitch_classes))
    angles = np.outer(tones, [7 / 6, 3 / 2, 2 / 3]) * np.pi
    radii = np.array([1.0, 1.0, 0.5])
    centroid: Floats = np.concatenate(
        [(radii * np.sin(angles)).mean(axis=0), (radii * np.cos(angles)).mean(axis=0)]
    )
    return centroid


def _kinds(sounding: Sequence[DetectedChord], key: DetectedKey | None) -> dict[str, float]:
    """What kinds of chords there are, a span counting once."""
    count = len(sounding)
    values = {
        "seventh_chord_share": sum(chord.has_seventh for chord in sounding) / count,
        "minor_chord_share": sum(chord.third == "minor" for chord in sounding) / count,
        "suspended_chord_share": sum(chord.third == "none" for chord in sounding) / count,
        "bass_on_root_share": sum(chord.bass == chord.root for chord in sounding) / count,
        "bass_on_chord_tone_share": sum(
            chord.bass != chord.root and chord.bass in chord.pitch_classes for chord in sounding
        )
        / count,
    }
    names = sorted({(chord.root, chord.third) for chord in sounding})
    shares = np.array(
        [sum((chord.root, chord.third) == name for chord in sounding) for name in names]
    )
    values["chord_entropy"] = _entropy(shares / count)
    if key is not None:
        degrees = [(chord.root - key.tonic) % 12 for chord in sounding]
        values |= {
            "diatonic_chord_share": sum(c.pitch_classes <= key.wide_scale for c in sounding)
            / count,
            "tonic_chord_share": sum(is_tonic(chord, key) for chord in sounding) / count,
            "dominant_chord_share": sum(degree == 7 for degree in degrees) / count,
        }
    return values


def _cadences(harmony: Harmony, key: DetectedKey, section_ends: Sequence[int]) -> dict[str, float]:
    """How sections end."""
    per_bar, spans = harmony.spans_per_bar, len(harmony.chords)
    kinds: list[str] = []
    on_tonic, on_dominant = 0, 0
    for end in section_ends:
        first, last = max((end - 2) * per_bar, 0), min(end * per_bar, spans - 1)
        near = [chord for chord in harmony.chords[first : last + 1] if chord is not None]
        inside = [chord for chord in harmony.chords[first : end * per_bar] if chord is not None]
        if not inside:
            continue
        kinds.append(_cadence(near, key))
        on_tonic += is_tonic(inside[-1], key)
        on_dominant += inside[-1].root == (key.tonic + 7) % 12 and inside[-1].is_dominant
    if not kinds:
        return {}
    return {
        "authentic_cadence_share": kinds.count("authentic") / len(kinds),
        "plagal_cadence_share": kinds.count("plagal") / len(kinds),
        "half_cadence_share": on_dominant / len(kinds),
        "section_tonic_share": on_tonic / len(kinds),
    }


def _cadence(near: Sequence[DetectedChord], key: DetectedKey) -> str:
    """The cadence among the chords about a section's end: the last that reaches the tonic."""
    for before, after in reversed(list(pairwise(near))):
        if is_tonic(after, key):
            if is_dominant(before, key):
                return "authentic"
            if before.root == (key.tonic + 5) % 12:
                return "plagal"
    return ""


def _note_shares(window: Window, found_roles: Sequence[Role], harmony: Harmony) -> dict[str, float]:
    """How much of what sounds belongs to the chord and to the key."""
    tones = harmony.tone_table()
    sound = harmony.chroma.all
    values = {"chord_tone_share": _part_of(sound * tones, sound)}
    if harmony.key is not None:
        scale = sorted(harmony.key.wide_scale)
        values["in_key_share"] = _part_of(sound[:, scale], sound)
    melodies = [
        part for part, role in zip(window.parts, found_roles, strict=True) if role == "melody"
    ]
    if melodies:
        _, top = part_outer_pitches(window, melodies[0])
        heard = top >= 0
        fits = harmony.at_slots(tones)[np.nonzero(heard)[0], top[heard] % 12]
        values["melody_chord_tone_share"] = float(fits.mean())
    return values


def _part_of(some: Floats, everything: Floats) -> float:
    """The share of one sum in another; rounding must not lift it over 1."""
    return min(float(some.sum() / everything.sum()), 1.0)


def _entropy(shares: Floats) -> float:
    """Entropy in bits; zeros count nothing."""
    positive = shares[shares > 0]
    return float(-(positive * np.log2(positive)).sum()) + 0.0

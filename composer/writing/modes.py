"""Modal harmony: the chords of a learned table as a mode has them, its own ones brought out."""

from __future__ import annotations

from collections.abc import Mapping

from composer.rulebook.learned import Counts
from composer.theory.chord import Chord, ChordQuality, ChordVocabulary
from composer.theory.interval import parse_degree
from composer.theory.key import Key

PLAIN = ("major", "minor", "blues", "minor-blues")
"""Scales whose chords the learned tables have as they are."""

# In a mode its characteristic chords take at least this share of what is not the tonic.
_SHARE = 0.5
_MOST = 25.0
_HOME = 1.4
_PERFECT = parse_degree("5")


_TONAL = (*PLAIN, "harmonic-minor", "melodic-minor")


def is_tonal(key: Key) -> bool:
    """Whether dominants of common practice and chords of the parallel mode are at home in a key."""
    return key.scale.name in _TONAL


def translation(
    tokens: Counts, key: Key, parent: Key, vocabulary: ChordVocabulary, *, powerless: bool
) -> dict[str, str]:
    """What each token of a table becomes in a key.

    Major, minor and the blues take all as it is. In another scale, diatonic chords of the parent
    move to the scale's chord on the same degree, unless that is diminished or augmented where the
    parent's was not; chromatic ones stay where they lie within the scale. So no dominant of common
    practice comes into a mode that has none.
    Source: Persichetti, *Twentieth-Century Harmony* (1961), chapter 2, on modal chords.

    Args:
        tokens: Tokens of the table.
        key: The key.
        parent: Major or minor on the same tonic.
        vocabulary: How chords are read.
        powerless: Whether bare fifths are left out.
    """
    qualities = {q.tones: q for q in reversed(list(vocabulary.by_symbol.values()))}
    result: dict[str, str] = {}
    for token in tokens:
        try:
            chord = vocabulary.parse(token, key.tonic)
        except ValueError:
            continue
        if powerless and not chord.quality.essential:
            continue
        if key.scale.name in PLAIN:
            result[token] = token
            continue
        moved = in_mode(chord, key, parent, qualities)
        if moved is None and chord.numbers <= key.numbers:
            moved = chord
        if moved is not None and (moved.root == key.tonic or _sound(moved) or not _sound(chord)):
            result[token] = moved.roman(key.tonic)
    return result


def _sound(chord: Chord) -> bool:
    """Whether a chord stands on a perfect fifth."""
    return _PERFECT in chord.quality.tones


def in_mode(
    chord: Chord, key: Key, parent: Key, qualities: Mapping[tuple[int, ...], ChordQuality]
) -> Chord | None:
    """Move a diatonic chord of the parent key to the same degree of a modal key.

    Args:
        chord: A chord of the parent key.
        key: The modal key.
        parent: Major or minor on the same tonic.
        qualities: Chord qualities by their tones.

    Returns:
        None where the chord is not diatonic in the parent, or the mode's chord has no name.
    """
    if not chord.numbers <= parent.numbers:
        return None
    names = key.pitch_classes
    degree = [name.number for name in parent.pitch_classes].index(chord.root.number)
    root = names[degree]
    stack = tuple(
        names[(degree + 2 * i) % 7].fifths - root.fifths for i in range(len(chord.quality.tones))
    )
    quality = qualities.get(stack) or qualities.get(stack[:3])
    return None if quality is None else Chord(root, quality, root)


def favour(
    tokens: Counts, translate: Mapping[str, str], key: Key, parent: Key, vocabulary: ChordVocabulary
) -> dict[str, float]:
    """Factors that bring out a mode: the chords on its own degrees, and its tonic.

    Empty in major, minor and the blues, whose chords the tables have.
    """
    own = key.numbers - parent.numbers
    if not own or key.scale.name in PLAIN:
        return {}
    counts: dict[str, float] = {}
    for token, moved in translate.items():
        counts[moved] = counts.get(moved, 0.0) + tokens.get(token, 0.0)
    factors: dict[str, float] = {}
    special = rest = 0.0
    for token, count in counts.items():
        chord = vocabulary.parse(token, key.tonic)
        if chord.root == key.tonic:
            factors[token] = _HOME
        elif chord.numbers & own:
            factors[token] = 0.0
            special += count
        else:
            rest += count
    if special > 0:
        wanted = _SHARE / (1 - _SHARE) * rest / special
        factor = min(_MOST, max(1.5, wanted))
        factors = {token: value or factor for token, value in factors.items()}
    return factors

"""Key and chords of anyone's bars, as the brief writes them: ``A minor``, ``Am7 | F | C/E G``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from composer.evaluating.chords_heard import DetectedChord, chords_in
from composer.evaluating.chroma import chroma_of, spans_a_bar, spans_of
from composer.evaluating.detectors import DetectedKey, key_scores
from composer.evaluating.windows import Window
from composer.music.song import KeySpan
from composer.rulebook import Rulebook
from composer.theory.key import Key
from composer.theory.pitch import PitchClass, nearest_spelling

SYMBOLS = {
    "maj": "", "min": "m", "dim": "dim", "aug": "aug", "sus4": "sus4", "sus2": "sus2",
    "maj7": "maj7", "min7": "m7", "7": "7", "m7b5": "m7b5", "dim7": "dim7", "6": "6", "m6": "m6",
    "7sus4": "7sus4", "5": "5",
}  # fmt: skip
"""What each kind of chord that is heard is called in a chord symbol."""

_LAST_CHORD = 0.06  # what the last chord is worth, in correlation, to the key that it is home in
_SIGNATURE = 0.04  # and what the file's own key signature is
_HOME = PitchClass(0)


def key_heard(window: Window, signatures: Sequence[KeySpan], book: Rulebook) -> Key:
    """The key of a window; C major where nothing pitched sounds.

    How long each pitch class sounds decides (`composer.evaluating.detectors`). Where two keys fit
    about equally well, the last chord and what the file says of its key tip the scales; files that
    say C major say nothing, since many do whatever they are in.

    Args:
        window: The notes.
        signatures: The key signatures that hold in it.
        book: Scales.
    """
    chroma, lengths = chroma_of(window), np.diff(spans_of(window))
    scores = key_scores(chroma, lengths) if window.pitched else None
    if scores is None:
        return Key(_HOME, book.scales["major"])
    scores = scores.copy()
    last = next((c for c in reversed(chords_in(chroma, lengths, 1)) if c is not None), None)
    if last is not None and last.third != "none":
        scores[2 * last.root + (last.third == "minor")] += _LAST_CHORD
    for said in signatures:
        if said.sharps or said.minor:
            own = (said.sharps * 7 + (9 if said.minor else 0)) % 12
            scores[2 * own + said.minor] += _SIGNATURE
    tonic, minor = divmod(int(scores.argmax()), 2)
    scale = book.scales["minor" if minor else "major"]
    return Key(nearest_spelling(tonic, 2 if minor else -1), scale)


def chords_heard(window: Window, key: Key) -> tuple[tuple[DetectedChord | None, ...], int]:
    """The chords of a window, each heard in half a bar or a bar, and how many a bar has.

    The best path through all spans is taken (`composer.evaluating.chords_heard`), where chords
    foreign to the key have to be heard a little more clearly.
    """
    lengths = np.diff(spans_of(window))
    per_bar = spans_a_bar(window)
    minor = key.scale.parent == "minor"
    scale = DetectedKey(key.tonic.number, minor, 1.0, 0.0).wide_scale
    return chords_in(chroma_of(window), lengths, per_bar, scale), per_bar


def chord_bars(
    chords: Sequence[DetectedChord | None], per_bar: int, key: Key
) -> tuple[tuple[str, ...], ...]:
    """Chord symbols bar by bar: one where the bar has one chord; silence holds what was before.

    >>> from composer.rulebook import load_rulebook
    >>> key = load_rulebook().key("Eb")
    >>> heard = [DetectedChord(3, "maj", 7), DetectedChord(8, "maj7", 8), None, None]
    >>> chord_bars(heard, 2, key)
    (('Eb/G', 'Abmaj7'), ('Abmaj7',))
    """
    known = [chord for chord in chords if chord is not None]
    before = symbol_of(known[0], key) if known else key.tonic.name
    bars = []
    for start in range(0, len(chords), per_bar):
        symbols: list[str] = []
        for chord in chords[start : start + per_bar]:
            before = symbol_of(chord, key) if chord is not None else before
            if not symbols or symbols[-1] != before:
                symbols.append(before)
        bars.append(tuple(symbols))
    return tuple(bars)


def symbol_of(chord: DetectedChord, key: Key) -> str:
    """The symbol of a chord, spelled in its key; a bass that is a chord tone is named."""
    root = spelled_in(chord.root, key)
    symbol = root.name + SYMBOLS[chord.quality]
    if chord.bass == chord.root or chord.bass not in chord.pitch_classes:
        return symbol
    # The bass is spelled as the chord spells it: a third above D is F sharp in any key.
    interval = (chord.bass - chord.root) % 12
    fifths = {3: -3, 4: 4, 5: -1, 2: 2, 6: -6, 7: 1, 8: 8, 9: 3 if chord.quality != "dim7" else -9}
    fifths |= {10: -2, 11: 5}
    return f"{symbol}/{(root + fifths[interval]).name}"


def spelled_in(number: int, key: Key) -> PitchClass:
    """A pitch class as the key spells it, or as near to the key as can be."""
    own = next((name for name in key.pitch_classes if name.number == number), None)
    centre = key.tonic.fifths + (-1 if key.scale.parent == "minor" else 2)
    return own if own is not None else nearest_spelling(number, centre)

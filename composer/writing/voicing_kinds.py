"""Kinds of voicing: how players of an instrument or a style lay a chord out.

Each kind is a generator of layouts, each strictly rising, with no gap over an octave, and with a
cost of its own. Whether the essential tones are among them is for the caller to see.

- ``close``: the voices within an octave, or as near as their number allows.
- ``open``: every second voice of a close layout an octave higher.
- ``drop-2``, ``drop-3``: the second or third voice from the top of a close layout an octave lower.
- ``spread``: a fifth or more at the bottom, a close layout above it.
- ``quartal``: fourths on fourths, a third allowed on top, from chord tones and tensions.
- ``rootless``: third, fifth (or thirteenth), seventh and ninth, from the third or the seventh up.
- ``shell``: root, third and seventh.
- ``power``: root, fifth and octave.
- ``hands``: a wide left hand below a close right one.
- ``section``: a close layout over a lowest voice a fourth to an octave below it.

Source: Levine, *The Jazz Piano Book* (1989), on shells, rootless, drop-2 and fourth voicings;
Adler, *The Study of Orchestration* (2002), on strings and brass; Piston, *Harmony* (1987), on
spacing.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from composer.theory.chord import Chord
from composer.writing.voicing_stacks import (
    DOUBLED,
    MISSING,
    Layouts,
    Voicing,
    Window,
    degrees_of,
    stack,
    stacks,
    tensions_of,
    upper_stacks,
)

WITH_TENSIONS = ("quartal", "rootless")
"""Kinds that may take tensions which the chord does not name."""

HAND = 16  # semitones: a tenth, what one hand spans
_HAND_NOTES = 5
_TENSION = 0.2
_LEFT_BELOW = 60  # a left hand stays below middle C


def layouts(chord: Chord, kind: str, voices: int, window: Window, scale: frozenset[int]) -> Layouts:
    """Layouts of a kind, each with its cost.

    Args:
        chord: The chord.
        kind: One of the kinds above.
        voices: How many voices are asked for; kinds that have a number of their own take that.
        window: Lowest and highest MIDI number.
        scale: Pitch-class numbers of the key, of which tensions may be taken.
    """
    low, high = window
    for pitches, cost in _KINDS[kind](chord, voices, window, scale):
        if pitches[0] < low or pitches[-1] > high:
            continue
        if any(not 1 <= b - a <= 12 for a, b in pairwise(pitches)):
            continue
        yield pitches, cost


def _close(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    yield from stacks(chord, voices, window)


def _open(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    for pitches, cost in stacks(chord, voices, window):
        raised = (pitch + 12 * (place % 2) for place, pitch in enumerate(pitches))
        yield tuple(sorted(raised)), cost


def _dropped(chord: Chord, voices: int, window: Window, place: int) -> Layouts:
    reach = (window[0], window[1] + 12)
    for pitches, cost in stacks(chord, voices, reach):
        if len(pitches) >= place:
            moved = list(pitches)
            moved[-place] -= 12
            yield tuple(sorted(moved)), cost


def _drop_2(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    yield from _dropped(chord, voices, window, 2)


def _drop_3(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    yield from _dropped(chord, voices, window, 3)


def _over_a_bottom(chord: Chord, voices: int, window: Window, gaps: tuple[int, int]) -> Layouts:
    """A close layout of all voices but one over a lowest voice, which likes to be the root."""
    degrees = degrees_of(chord)
    for upper, cost in upper_stacks(chord, voices - 1, window):
        held = {pitch % 12 for pitch in upper}
        for tone, name in degrees.items():
            bottom = upper[0] - ((upper[0] - tone) % 12 or 12)
            if not gaps[0] <= upper[0] - bottom <= gaps[1]:
                continue
            if not chord.essential_numbers <= held | {tone}:
                continue
            doubled = DOUBLED.get(name, 1.5) if tone in held else 0.0
            spared = sum(
                MISSING.get(other, 1.2)
                for number, other in degrees.items()
                if number not in held and number != tone
            )
            price = {"1": 0.0, "5": 0.8}.get(name, 1.2)
            yield (bottom, *upper), cost + doubled + spared + price


def _spread(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    yield from _over_a_bottom(chord, voices, window, (7, 12))


def _section(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    for pitches, cost in _over_a_bottom(chord, voices, window, (5, 12)):
        gaps = [b - a for a, b in pairwise(pitches)]
        if gaps[0] >= max(gaps[1:], default=0):
            yield pitches, cost


def _quartal(chord: Chord, voices: int, window: Window, scale: frozenset[int]) -> Layouts:
    """Fourths on fourths, as McCoy Tyner stacks them; on top a third may stand ("So What")."""
    tensions = tensions_of(chord, scale)
    pool = {**degrees_of(chord), **tensions}

    def grow(pitches: Voicing, cost: float) -> Layouts:
        if len(pitches) == voices:
            yield pitches, cost
            return
        last = len(pitches) == voices - 1
        for gap, price in (
            (5, 0.0),
            (6, 0.7),
            (4, 0.4 if last else 9.0),
            (3, 0.8 if last else 9.0),
        ):
            pitch = pitches[-1] + gap
            if price < 9.0 and pitch <= window[1] and pitch % 12 in pool:
                yield from grow(
                    (*pitches, pitch), cost + price + _TENSION * (pitch % 12 in tensions)
                )

    for bottom in range(window[0], window[1] + 1):
        if bottom % 12 in pool:
            yield from grow((bottom,), 0.0)


def _rootless(chord: Chord, voices: int, window: Window, scale: frozenset[int]) -> Layouts:
    """The left hand of Bill Evans: form A from the third up, form B from the seventh."""
    degrees = degrees_of(chord)
    by_name = {name: number for number, name in sorted(degrees.items(), reverse=True)}
    tensions = {name: number for number, name in tensions_of(chord, scale).items()}
    seventh = by_name.get("7", by_name.get("6"))
    if seventh is None:
        yield from _close(chord, voices, window, scale)
        return
    third = by_name.get("3", by_name.get("4", by_name.get("2")))
    ninth = by_name.get("2", tensions.get("2", chord.root.number))
    dominant = chord.quality.third == 4 and chord.quality.seventh == -2
    sixth = by_name.get("6", tensions.get("6")) if dominant else None
    for fifth, cost in ((sixth, 0.0), (by_name.get("5"), 0.3 if sixth is not None else 0.0)):
        tones = tuple(dict.fromkeys(t for t in (third, fifth, seventh, ninth) if t is not None))
        tones = tuple(t for t in tones if t != fifth) if voices <= 3 else tones
        if fifth is None or not chord.essential_numbers <= set(tones):
            continue
        rising = tuple(sorted(tones))
        for start, tone in enumerate(rising):
            form = 0.0 if tone in (third, seventh) else 1.5
            pitches = stack(rising, start, len(rising), window[0])
            while pitches[0] <= window[1]:
                yield pitches, cost + form
                pitches = tuple(pitch + 12 for pitch in pitches)


def _shell(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    """Root, third and seventh, or what the chord has in their stead."""
    degrees = degrees_of(chord)
    order = ("1", "3", "7", "6", "4", "2", "5")
    ranked = sorted(
        degrees, key=lambda t: (t not in chord.essential_numbers, order.index(degrees[t]))
    )
    tones = [chord.root.number, *(t for t in ranked if t != chord.root.number)]
    chosen = tones[: max(3, len(chord.essential_numbers | {chord.root.number}))]
    for first, *rest in _turns(chosen):
        pitches = [window[0] + (first - window[0]) % 12]
        for tone in rest:
            pitches.append(pitches[-1] + ((tone - pitches[-1]) % 12 or 12))
        shape = tuple(pitches)
        while shape[0] <= window[1]:
            yield shape, 0.0 if first == chord.root.number else 2.0
            shape = tuple(pitch + 12 for pitch in shape)


def _turns(tones: list[int]) -> list[tuple[int, ...]]:
    """Orders of tones: the first stays or any other leads, the rest in either order."""
    found = []
    for first in tones:
        rest = [tone for tone in tones if tone != first]
        found += [(first, *rest), (first, *reversed(rest))]
    return list(dict.fromkeys(found))


def _power(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    degrees = degrees_of(chord)
    fifth = next((t for t, name in degrees.items() if name == "5"), None)
    if fifth is None:
        fifth = next(t for t in (*sorted(degrees), chord.root.number) if t != chord.root.number)
    for root in range(window[0] + (chord.root.number - window[0]) % 12, window[1] + 1, 12):
        above = root + (fifth - root) % 12
        yield (root, above, root + 12)[: max(2, min(3, voices))], 0.2 * (root - window[0])


def _hands(chord: Chord, voices: int, window: Window, _: frozenset[int]) -> Layouts:
    """Two hands, each within a tenth; the left wide and low, the right close above it."""
    left_count = 1 if voices <= 3 else 2
    degrees = degrees_of(chord)
    for right, cost in upper_stacks(chord, min(_HAND_NOTES, voices - left_count), window):
        if right[-1] - right[0] > HAND:
            continue
        for left, price in _left_hands(chord, left_count, right[0]):
            held = {pitch % 12 for pitch in (*left, *right)}
            spared = sum(MISSING.get(n, 1.2) for t, n in degrees.items() if t not in held)
            doubled = len(left) + len(right) - len(held)
            yield (*left, *right), cost + price + spared + 0.1 * doubled


def _left_hands(chord: Chord, count: int, ceiling: int) -> Layouts:
    """What a left hand holds below a right one: a tone alone, or one with a fifth to an octave."""
    degrees = degrees_of(chord)
    bass = chord.bass.number if chord.bass.number in degrees else chord.root.number
    for bottom in range(ceiling - HAND - 6, ceiling):
        if bottom % 12 not in degrees or bottom >= _LEFT_BELOW:
            continue
        price = 0.0 if bottom % 12 == bass else 1.5
        if count == 1:
            yield (bottom,), price
            continue
        for top in range(bottom + 7, min(bottom + HAND, bottom + 12, ceiling - 1) + 1):
            if top % 12 in degrees:
                yield (bottom, top), price


_KINDS: dict[str, Callable[[Chord, int, Window, frozenset[int]], Layouts]] = {
    "close": _close,
    "open": _open,
    "drop-2": _drop_2,
    "drop-3": _drop_3,
    "spread": _spread,
    "quartal": _quartal,
    "rootless": _rootless,
    "shell": _shell,
    "power": _power,
    "hands": _hands,
    "section": _section,
}

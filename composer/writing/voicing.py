"""Candidate voicings of a chord: every way to lay it out that the hard rules allow.

`Room` says for whom; the kinds of layout are in `composer.writing.voicing_kinds`, the guitar's
fingerings in `composer.writing.guitar`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations_with_replacement, pairwise, permutations

from composer.theory.chord import Chord
from composer.theory.interval import degree_name
from composer.writing import guitar, voicing_kinds

_MIN_VOICES = 3
_CROWDED = 3.0  # cost of a doubled leading tone or seventh, or a tripled tone
_LOW_GAP_BELOW = 52  # under E3 close intervals turn to mud (Adler, chapter 4)
_ELSEWISE = 5.0  # cost of a free layout where the part has a kind of its own

Voicing = tuple[int, ...]
Scored = tuple[tuple[Voicing, float], ...]
Sets = list[tuple[tuple[int, ...], float]]


def tone_sets(chord: Chord, voices: int, leading_tone: int, *, strict: bool = True) -> Sets:
    """Pitch-class sets of a voicing with their costs.

    The essential tones are in every set; the fifth goes first, then the root.

    Args:
        chord: The chord.
        voices: How many voices.
        leading_tone: Pitch-class number of the key's leading tone.
        strict: Never double the leading tone or the seventh, and triple nothing; chords of two
            tones may leave no other way.
    """
    root = chord.root.number
    names = {degree_name(tone): (chord.root + tone).number for tone in chord.quality.tones}
    tones = sorted(set(names.values()))
    essential = chord.essential_numbers
    seventh = chord.quality.seventh
    fixed = {leading_tone} | ({(chord.root + seventh).number} if seventh is not None else set())
    result = []
    for chosen in combinations_with_replacement(tones, voices):
        kinds = set(chosen)
        if not essential <= kinds:
            continue
        crowded = sum(chosen.count(tone) > (1 if tone in fixed else 2) for tone in kinds)
        if strict and crowded:
            continue
        cost = _CROWDED * crowded
        for name, tone in names.items():
            if tone not in kinds:
                cost += {"1": 2.5, "5": 0.8}.get(name.lstrip("#b"), 1.2)
            if chosen.count(tone) == 2:
                cost += {"1": 0.0, "5": 0.6}.get(name.lstrip("#b"), 1.5)
        if root not in kinds and len(names) <= 3:
            cost += 4.0
        result.append((chosen, cost))
    return result


def _layouts(tones: tuple[int, ...], low: int, high: int) -> set[Voicing]:
    """Strictly rising layouts whose neighbours lie at most an octave apart."""
    found = set()
    for order in set(permutations(tones)):
        for bottom in range(low + (order[0] - low) % 12, high + 1, 12):
            pitches = [bottom]
            for tone in order[1:]:
                gap = (tone - pitches[-1]) % 12
                pitches.append(pitches[-1] + (gap or 12))
            if pitches[-1] <= high:
                found.add(tuple(pitches))
    return found


def _shape_cost(pitches: Voicing, centre: float) -> float:
    gaps = [b - a for a, b in pairwise(pitches)]
    cost = 0.10 * abs(sum(pitches) / len(pitches) - centre)
    for pitch, gap in zip(pitches, gaps, strict=False):
        cost += 0.6 * (gap == 1) + 0.15 * max(0, gap - 7)
        if pitch < _LOW_GAP_BELOW and gap < 5:
            cost += 0.5 * (5 - gap)
    return cost + 0.5 * (bool(gaps) and gaps[-1] == 1)


@dataclass(frozen=True, slots=True)
class Room:
    """Where the voices of a part lie.

    Args:
        voices: How many voices; at least three are used, but of kinds that need fewer.
        low: Lowest MIDI number.
        high: Highest MIDI number.
        floor: Lowest MIDI number of the instrument, for chords that need more room.
        ceiling: Highest MIDI number of the instrument.
        leading_tone: Pitch-class number of the key's leading tone, which is never doubled.
        candidates: How many voicings to choose from.
        strict: Never double the leading tone or a seventh.
        kind: Way to lay chords out, one of `composer.rulebook.style_parts.VOICINGS`.
        scale: Pitch-class numbers of the key, of which tensions may be taken.
        whole: Whether a power chord needs the third of a chord that has one.
    """

    voices: int
    low: int
    high: int
    floor: int
    ceiling: int
    leading_tone: int
    candidates: int = 96
    strict: bool = True
    kind: str = "free"
    scale: frozenset[int] = frozenset()
    whole: bool = True

    def widened(self) -> Room:
        """More room: a fifth either way within the instrument, and more to choose from.

        Tendency tones may then be doubled, at a price: the hard rules do not forbid it. Free
        layouts stand beside those of the kind, at a price too.
        """
        return replace(
            self,
            low=max(self.floor, self.low - 7),
            high=min(self.ceiling, self.high + 7),
            candidates=self.candidates * 3,
            strict=False,
        )


@lru_cache(maxsize=8192)
def candidates(chord: Chord, room: Room) -> Scored:
    """Voicings of a chord, the best first, each with its cost; all have as many voices.

    Where the chord needs more than the room it gets the instrument's; where that is too little
    for so many voices, fewer are used; where the room's kind has no layout, a free one is taken.
    """
    if room.kind != "free" and (own := _of_kind(chord, room)):
        if room.strict:
            return own
        others = replace(room, kind="free", voices=len(own[0][0]), candidates=room.candidates // 4)
        known = {pitches for pitches, _ in own}
        more = tuple((p, cost + _ELSEWISE) for p, cost in candidates(chord, others))
        same = [item for item in more if len(item[0]) == len(own[0][0]) and item[0] not in known]
        return _best((*own, *same), room.candidates)
    return _free(chord, room)


def _free(chord: Chord, room: Room) -> Scored:
    centre = (room.low + room.high) / 2
    count = max(_MIN_VOICES, room.voices)
    while count >= 2:
        sets = tone_sets(chord, count, room.leading_tone, strict=room.strict)
        sets = sets or tone_sets(chord, count, room.leading_tone, strict=False)
        for low, high in ((room.low, room.high), (room.floor, room.ceiling)):
            found: dict[Voicing, float] = {}
            for tones, cost in sets:
                for pitches in _layouts(tones, low, high):
                    found[pitches] = cost + _shape_cost(pitches, centre)
            if found:
                return _best(tuple(found.items()), room.candidates)
        count -= 1
    essentials = sorted(chord.essential_numbers) or [chord.root.number]
    least = tuple(sorted(room.low + (tone - room.low) % 12 for tone in essentials[:2]))
    return ((least, 0.0),)


def _best(found: Scored, count: int) -> Scored:
    return tuple(sorted(found, key=lambda item: (item[1], item[0]))[:count])


def _of_kind(chord: Chord, room: Room) -> Scored:
    """Layouts of the room's kind within the room, else within the instrument; maybe none."""
    tall = guitar.grips if room.kind == "guitar" else voicing_kinds.layouts
    for low, high in ((room.low, room.high), (room.floor, room.ceiling)):
        centre = (room.low + room.high) / 2
        found = dict(_weighed(tall, chord, room, (low, high), centre))
        if found:
            return _best(tuple(found.items()), room.candidates)
    return ()


def _weighed(
    source: Callable[..., Iterator[tuple[Voicing, float]]],
    chord: Chord,
    room: Room,
    window: tuple[int, int],
    centre: float,
) -> Iterator[tuple[Voicing, float]]:
    """The layouts of a source with what their tones and their places cost."""
    tendencies = {room.leading_tone}
    if chord.quality.seventh is not None:
        tendencies.add((chord.root + chord.quality.seventh).number)
    essential = chord.essential_numbers if room.whole or room.kind != "power" else frozenset[int]()
    for pitches, cost in source(chord, room.kind, room.voices, window, room.scale):
        if not essential <= {pitch % 12 for pitch in pitches}:
            continue
        numbers = [pitch % 12 for pitch in pitches]
        crowded = sum(numbers.count(tone) > 1 for tone in sorted(tendencies))
        if crowded and room.strict and room.kind not in ("guitar", "power"):
            continue
        yield pitches, cost + _CROWDED * crowded + _shape_cost(pitches, centre)

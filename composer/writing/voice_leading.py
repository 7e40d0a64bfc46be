"""Voice leading: the smoothest way through the voicings, by dynamic programming.

The hard rules (no parallel fifths or octaves, against the bass too; leading tones and sevenths
that resolve at cadences) are costs that no smoothness can outweigh; crossing, spacing and range
hold in every candidate.
Source: Tymoczko, *A Geometry of Music* (2011), chapter 2, for distance; Kostka and Payne, *Tonal
Harmony*, chapters 5 and 13, for the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from composer.music.plan import ChordSpan, Plan
from composer.theory.chord import Chord
from composer.writing.resolutions import resolutions
from composer.writing.voicing import Room, Scored, candidates
from composer.writing.voicing_kinds import WITH_TENSIONS

FORBIDDEN = 1e6
_UNRESOLVED = 2.0
_WIDENINGS = 2
_FEWEST = 3  # voices of a chord
_ABOVE_TUNE = 1.6
_BESIDE_TUNE = 4.0
_RELIEVED = 8.0  # parallels over a leading tone in the bass at a cadence
_PARALLEL_OF_FREE = 1.5  # with an ungoverned bass, or of a power chord
_NOT_AT_HOME = 2.5  # to play a chord otherwise than mostly


class Stand(NamedTuple):
    """A chord in its key, which is all that its voicings depend on.

    Args:
        chord: The chord.
        tonic: Pitch-class number of the tonic.
        scale: Pitch-class numbers that tensions may be taken from; empty where none are wanted.
    """

    chord: Chord
    tonic: int
    scale: frozenset[int]


@dataclass
class VoiceLeader:
    """Leads the voices of one part through the chords.

    Args:
        plan: The plan.
        room: How many voices, and where they lie; its leading tone and scale are those of each
            chord's key, whatever they are here.
        governed: Whether the hard rules bind; power chords and doublings are free of them.
        bass_governed: Whether they bind the bass too; else parallels with it are only avoided.
    """

    plan: Plan
    room: Room
    governed: bool
    bass_governed: bool
    _befores: tuple[int | None, ...] = ()
    _homes: dict[Stand, tuple[int, ...]] = field(default_factory=dict)
    _voicings: dict[Stand, Scored] = field(default_factory=dict)
    _costs: dict[object, NDArray[np.float64]] = field(default_factory=dict)
    _places: dict[object, NDArray[np.float64]] = field(default_factory=dict)

    def lead(
        self,
        spans: Sequence[ChordSpan],
        basses: Sequence[int | None],
        tunes: Sequence[tuple[int, ...]],
        befores: Sequence[int | None] | None = None,
    ) -> list[tuple[int, ...]]:
        """Choose a voicing for every chord.

        Args:
            spans: The chords that the part strikes, in order.
            basses: The bass's pitch at each of them, None where no bass is to be minded.
            befores: The bass's pitch at the chord before each of them, which the part need not have
                struck; what ``basses`` say where it is left out.
            tunes: The melody's pitches over each of them: voices stay below the tune, and off
                the semitones beside its notes.

        Returns:
            One strictly rising tuple of MIDI numbers a chord.
        """
        if not spans:
            return []
        stands = self._stands(spans)
        self._befores = (None, *basses[:-1]) if befores is None else tuple(befores)
        path, cost = self._search(spans, stands, basses, tunes)
        for room in self._more_room():
            if cost < FORBIDDEN:
                break
            self.room = room
            self._voicings.clear()
            self._costs.clear()
            self._places.clear()
            path, cost = self._search(spans, stands, basses, tunes)
        # A chord that comes back is played as before, if the way allows it: a player's hands do so,
        # and a phrase is known again by it.
        self._homes = _commonest(stands, path)
        self._places.clear()
        settled, price = self._search(spans, stands, basses, tunes)
        return settled if price < FORBIDDEN else path

    def _more_room(self) -> list[Room]:
        """What to try where no way keeps every rule: a wider range, then fewer voices."""
        rooms = [self.room.widened()]
        while len(rooms) < _WIDENINGS:
            rooms.append(rooms[-1].widened())
        fewer = range(self.room.voices - 1, _FEWEST - 1, -1)
        return rooms + [replace(rooms[-1], voices=voices) for voices in fewer]

    def _stands(self, spans: Sequence[ChordSpan]) -> list[Stand]:
        """The chords in their keys; tensions are of the key before too: a stroke may be early."""
        stands = []
        before = spans[0].key
        for span in spans:
            common = span.key.numbers & before.numbers
            scale = common if self.room.kind in WITH_TENSIONS else frozenset[int]()
            stands.append(Stand(span.chord, span.key.tonic.number, scale))
            before = span.key
        return stands

    def _search(
        self,
        spans: Sequence[ChordSpan],
        stands: Sequence[Stand],
        basses: Sequence[int | None],
        tunes: Sequence[tuple[int, ...]],
    ) -> tuple[list[tuple[int, ...]], float]:
        """The cheapest path (Viterbi), and its cost."""
        options = [self._options(stand) for stand in stands]
        cadences = resolutions(self.plan)
        total = self._static(stands[0], basses[0], tunes[0])
        back: list[NDArray[np.int64]] = []
        for i in range(1, len(spans)):
            step = self._transition(
                stands[i - 1],
                stands[i],
                (self._befores[i], basses[i]),
                spans[i].onset_quarters in cadences,
            )
            sums = total[:, None] + step
            best = sums.argmin(axis=0)
            back.append(best)
            total = sums[best, np.arange(sums.shape[1])] + self._static(
                stands[i], basses[i], tunes[i]
            )
        place = int(total.argmin())
        cost = float(total[place])
        path = [place]
        for best in reversed(back):
            place = int(best[place])
            path.append(place)
        path.reverse()
        return [options[i][place][0] for i, place in enumerate(path)], cost

    def _static(self, stand: Stand, bass: int | None, tune: tuple[int, ...]) -> NDArray[np.float64]:
        """Costs of the voicings of one chord by themselves, over its bass and under its tune."""
        key = (stand, bass, tune)
        if key not in self._places:
            options = self._options(stand)
            costs = np.array([cost for _, cost in options])
            if bass is not None:
                lowest = np.array([pitches[0] for pitches, _ in options])
                costs += (FORBIDDEN if self.bass_governed else 3.0) * (lowest <= bass)
                costs += 0.4 * (lowest - bass < 7)
            if tune:
                costs += [self._masking(pitches, tune) for pitches, _ in options]
            if stand in self._homes:
                home = self._homes[stand]
                costs += [_NOT_AT_HOME * (pitches != home) for pitches, _ in options]
            self._places[key] = costs
        return self._places[key]

    @staticmethod
    def _masking(pitches: tuple[int, ...], tune: tuple[int, ...]) -> float:
        """How much a voicing hides a tune: above it, on it, or a semitone beside it."""
        ceiling = min(tune)
        above = sum(pitch > ceiling for pitch in pitches)
        beside = sum(abs(pitch - sung) in (1, 13) for pitch in pitches for sung in tune)
        return _ABOVE_TUNE * above + 0.4 * (ceiling in pitches) + _BESIDE_TUNE * beside / len(tune)

    def _options(self, stand: Stand) -> Scored:
        if stand not in self._voicings:
            leading_tone = (stand.tonic - 1) % 12
            room = replace(self.room, leading_tone=leading_tone, scale=stand.scale)
            self._voicings[stand] = candidates(stand.chord, room)
        return self._voicings[stand]

    def _transition(
        self, first: Stand, second: Stand, basses: tuple[int | None, int | None], cadence: bool
    ) -> NDArray[np.float64]:
        key = (first, second, basses, cadence)
        if key not in self._costs:
            before = [pitches for pitches, _ in self._options(first)]
            after = [pitches for pitches, _ in self._options(second)]
            count = min(len(before[0]), len(after[0]))
            a = np.array([p[:count] for p in before])[:, None, :]
            b = np.array([p[:count] for p in after])[None, :, :]
            cost = self._motion(a, b)
            if self.governed:
                # A power chord is a doubled fifth: no way into or out of it is free of parallels.
                chords = (first.chord, second.chord)
                hollow = not all(chord.quality.essential for chord in chords)
                forbidden = _PARALLEL_OF_FREE if hollow else FORBIDDEN
                cost += forbidden * self._parallels(a, b)
                if basses[0] is not None and basses[1] is not None:
                    price = forbidden if self.bass_governed else _PARALLEL_OF_FREE
                    if cadence and basses[0] % 12 == (second.tonic - 1) % 12:
                        # The voice above must rise with the bass, which steps out of its way.
                        price = min(price, _RELIEVED)
                    cost += price * self._parallels(a, b, (basses[0], basses[1]))
                cost += self._resolutions(a, b, first, second, cadence)
            self._costs[key] = cost
        return self._costs[key]

    @staticmethod
    def _motion(a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float64]:
        move = np.abs(b - a)
        leap = np.maximum(0, move - 4)
        top = np.maximum(0, move[..., -1] - 7)
        cost: NDArray[np.float64] = 0.25 * move.sum(-1) + 0.3 * leap.sum(-1) + 0.5 * top
        return cost

    @staticmethod
    def _parallels(
        a: NDArray[np.int64], b: NDArray[np.int64], basses: tuple[int, int] | None = None
    ) -> NDArray[np.float64]:
        """How many voices move in parallel fifths or octaves: with each other, or with the bass."""
        voices = a.shape[-1]
        lower = range(voices)
        if basses is not None:
            low_a = np.full((*a.shape[:2], 1), basses[0])
            low_b = np.full((*b.shape[:2], 1), basses[1])
            a, b = np.concatenate([low_a, a], -1), np.concatenate([low_b, b], -1)
            voices, lower = voices + 1, range(1)
        count = np.zeros((a.shape[0], b.shape[1]))
        moved = a != b
        for i in lower:
            for j in range(i + 1, voices):
                before = np.abs(a[..., j] - a[..., i]) % 12
                after = np.abs(b[..., j] - b[..., i]) % 12
                perfect = (before == after) & ((before == 0) | (before == 7))
                count += perfect & moved[..., i] & moved[..., j]
        return count

    def _resolutions(
        self,
        a: NDArray[np.int64],
        b: NDArray[np.int64],
        first: Stand,
        second: Stand,
        cadence: bool,
    ) -> NDArray[np.float64]:
        """Leading tones rise and sevenths fall: always wished for, at cadences a must."""
        price = FORBIDDEN if cadence else _UNRESOLVED
        chord, goal = first.chord, second.chord
        final = np.array(sorted(goal.numbers))
        held = (a == b) & np.isin(b % 12, final)
        cost: NDArray[np.float64] = np.zeros((a.shape[0], b.shape[1]))
        leading_tone = (second.tonic - 1) % 12
        dominant = chord.root.number in ((second.tonic + 7) % 12, leading_tone)
        if dominant or (cadence and leading_tone in chord.numbers):
            leading = a % 12 == leading_tone
            cost += price * (leading & ~held & (b - a != 1)).sum(-1)
        if chord.quality.seventh is not None and chord.root.number != goal.root.number:
            is_seventh = a % 12 == (chord.root + chord.quality.seventh).number
            down = (a - b == 1) | (a - b == 2)
            cost += price * (is_seventh & ~held & ~down).sum(-1)
        return cost


def _commonest(
    stands: Sequence[Stand], path: Sequence[tuple[int, ...]]
) -> dict[Stand, tuple[int, ...]]:
    """The voicing that each chord has most often; of equals the one that comes first."""
    counts: dict[Stand, Counter[tuple[int, ...]]] = {}
    for stand, voicing in zip(stands, path, strict=True):
        counts.setdefault(stand, Counter())[voicing] += 1
    return {stand: found.most_common(1)[0][0] for stand, found in counts.items()}

"""Contour: where a melody wants to lie, note by note, before the chain of steps has its say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from composer.music.plan import Phrase, Section
from composer.music.seeding import generator
from composer.writing.melody_pitch import NoteWish, StepChain
from composer.writing.melody_rhythm import Rhythm, Slot
from composer.writing.melody_theme import Theme, key_of

Wish = tuple[float, float]  # target step, spread
# Height of a section's melody above the middle, in scale steps, and how wide its phrases arch.
_REGISTER = {
    "verse": (-0.9, 1.7),
    "prechorus": (0.0, 2.0),
    "chorus": (1.5, 2.2),
    "bridge": (1.0, 2.4),
    "solo": (1.5, 3.2),
    "head": (-0.5, 2.2),
    "head-b": (1.2, 2.6),
    "solo-b": (2.2, 3.2),
    "loop": (-1.0, 1.7),
    "hook": (1.4, 1.8),
    "theme": (-1.0, 2.2),
    "contrast": (0.5, 2.4),
    "climax": (3.0, 2.8),
    "outro": (-0.5, 1.5),
    "coda": (0.5, 2.0),
    "tag": (-0.5, 1.5),
    "a": (0.0, 2.2),
    "b": (1.5, 2.6),
    "c": (1.0, 2.8),
}
_TRIALS = 12
_OCTAVE_FROM = 3.0  # difference of register, in steps, that lifts a theme by an octave
_KNOWN, _NEW, _MOTIF, _FREE = 0.35, 0.9, 0.55, 1.8  # spreads in steps
_EARLY = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Contour:
    """Wishes for the notes of phrases.

    Args:
        chain: The chain of steps.
        centre: The middle step of the range.
        seed: The plan's seed.
    """

    chain: StepChain
    centre: float
    seed: int

    def wishes(
        self, section: Section, phrase: Phrase, theme: Theme, rhythm: Rhythm, length: Fraction
    ) -> list[Wish]:
        """Wished step and freedom of every note.

        Args:
            section: Its section.
            phrase: The phrase.
            theme: What is remembered of it, if anything.
            rhythm: The notes to sing.
            length: Length of the phrase in quarters.
        """
        if theme.steps:
            wishes = self._remembered(theme, rhythm, self._octave(section, theme))
            if theme.ending != (phrase.label, phrase.cadence.kind):
                wishes[-3:] = [(target, _FREE) for target, _ in wishes[-3:]]
            return wishes
        height, arch = _register(section.kind)
        lift = height + 0.4 * section.phrases.index(phrase) / max(1, len(section.phrases))
        if phrase.label.rstrip("'") != "a":
            lift += 0.6
        peak = 0.22 + 0.4 * generator(self.seed, "peak", *key_of(section, phrase)).random()
        return [
            (self.centre + lift + _arch(max(0.0, float(onset / length)), peak, arch), _FREE)
            for onset, _ in rhythm
        ]

    def _octave(self, section: Section, theme: Theme) -> int:
        """Steps by which a theme is moved for a section that lies much higher than its first."""
        rise = _register(section.kind)[0] - _register(theme.kind)[0]
        room = max(theme.steps) + 7 <= self.chain.ladder.steps[-1]
        return 7 if rise >= _OCTAVE_FROM and room else 0

    @staticmethod
    def _remembered(theme: Theme, rhythm: Rhythm, shift: int) -> list[Wish]:
        """The tune as it was sung; notes that were not there then are freer."""
        steps = [step + shift for step in theme.steps]
        sung = {onset: step for (onset, _), step in zip(theme.rhythm, steps, strict=True)}
        wishes = []
        step = steps[0]
        for onset, _ in rhythm:
            known = onset in sung
            step = sung.get(onset, step)
            wishes.append((float(step), _KNOWN if known else _NEW))
        return wishes

    def with_motif(
        self, section: Section, phrase: Phrase, theme: Theme, wishes: list[NoteWish], rhythm: Rhythm
    ) -> list[NoteWish]:
        """Sing the motif once, then ask its returns to be it, or its sequence."""
        places = [slot for slot in theme.slots if slot.motif in "mv" and slot.count]
        if theme.steps or len(places) < 2:
            return wishes
        head = places[0]
        inside = range(head.first, head.first + head.count)
        rng = generator(self.seed, "motif-pitch", *key_of(section, phrase))
        sung = self.chain.best_of(_TRIALS, [wishes[i] for i in inside], None, rng)
        result = list(wishes)
        for i, step in zip(inside, sung, strict=True):
            result[i] = wishes[i].aimed(step, 0.3)
        for slot in places[1:]:
            shift = self._sequence(slot, sung, wishes, rng.random())
            for k in range(min(slot.count, head.count)):
                here, there = slot.first + k, head.first + k
                moved = rhythm[here][0] - slot.start - (rhythm[there][0] - head.start)
                if abs(moved) <= _EARLY:
                    result[here] = wishes[here].aimed(sung[k] + shift, _MOTIF)
        return result

    def _sequence(
        self, slot: Slot, sung: Sequence[int], wishes: Sequence[NoteWish], chance: float
    ) -> int:
        """By how many steps the motif is moved when it returns: where it fits the chords best."""
        steps = self.chain.ladder.steps
        best, best_fit = 0, -1.0
        for shift in (0, -1, 1, -2, 2, 3, -3):
            fit = 0.0
            for k, step in enumerate(sung[: slot.count]):
                wish = wishes[slot.first + k]
                if steps[0] <= step + shift <= steps[-1]:
                    pitch = self.chain.pitch(step + shift, wish.chord)
                    fit += (pitch % 12 in wish.chord.numbers) * wish.weight
                else:
                    fit -= 2
            fit /= max(1, min(slot.count, len(sung)))
            fit -= 0.05 * abs(shift) + (0.12 * chance if shift == 0 else 0.0)
            if fit > best_fit:
                best, best_fit = shift, fit
        return best


def _register(kind: str) -> tuple[float, float]:
    """Height and arch of a kind of section, or of its like: ``head`` for ``head-a``."""
    return _REGISTER.get(kind) or _REGISTER.get(kind.split("-", maxsplit=1)[0], (0.0, 2.0))


def _arch(place: float, peak: float, height: float) -> float:
    """A phrase's rise and fall, in steps around its height; it ends lower than it began.

    Source: Huron, "The melodic arch in Western folksongs" (1996).
    """
    rise = place / peak if place < peak else (1 - place) / (1 - peak)
    return 1.5 * height * (rise - 0.45) - 2.0 * (place - 0.3)

"""Contour: where a melody wants to lie, note by note, before the chain of steps has its say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import pi, sin

from composer.music.plan import Phrase, Section
from composer.music.seeding import generator, pick_key
from composer.rulebook.styles import MelodyStyle
from composer.writing.melody_ladder import Ladder
from composer.writing.melody_rhythm import Rhythm
from composer.writing.melody_theme import Theme, key_of

Wish = tuple[float, float]  # target step, spread
# Height of a section's melody above the middle, in scale steps, and how wide its phrases arch.
_REGISTER: Mapping[str, tuple[float, float]] = {
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
    "refrain": (1.2, 2.2),
    "riff": (-0.5, 1.8),
    "drop": (1.5, 2.0),
    "shout": (2.0, 2.6),
    "strain": (-0.4, 2.2),
    "strain-b": (1.2, 2.4),
    "drift": (-1.0, 1.6),
    "bloom": (1.0, 2.4),
    "variation": (0.5, 2.6),
    "finale": (1.0, 2.8),
    "outro": (-0.5, 1.5),
    "coda": (0.5, 2.0),
    "tag": (-0.5, 1.5),
    "a": (0.0, 2.2),
    "b": (1.5, 2.6),
    "c": (1.0, 2.8),
}
_OCTAVE_FROM = 3.0  # difference of register, in steps, that lifts a theme by an octave
_NEW, _FREE = 0.9, 1.8  # spreads in steps
_KNOWN = 0.35
_STEPS_A_SEMITONE = 7 / 12
_ABOVE_CHORDS = 7.0  # semitones
_LOWEST, _MIDDLE, _HIGHEST = 0.28, 0.36, 0.5  # places in the range


@dataclass(frozen=True, slots=True)
class Contour:
    """Wishes for the notes of phrases.

    Args:
        style: How the style sings.
        seed: The plan's seed.
        lift: Semitones that the mood lies higher.
        chords: Middle pitch of the parts that play chords; None where there are none.
    """

    style: MelodyStyle
    seed: int
    lift: float
    chords: float | None

    def centre(self, ladder: Ladder) -> float:
        """The step around which a tune lies: a fifth above the chords, with room above it.

        Real tunes lie five to eight semitones above the harmony in the median of a genre.
        """
        place = self.style.centre
        if place is None:
            place = _MIDDLE
            if self.chords is not None and ladder.high > ladder.low:
                above = (self.chords + _ABOVE_CHORDS - ladder.low) / (ladder.high - ladder.low)
                place = min(_HIGHEST, max(_LOWEST, above))
        return ladder.steps[0] + place * (ladder.size - 1) + self.lift * _STEPS_A_SEMITONE

    def register(self, kind: str) -> tuple[float, float]:
        """Height and arch, in steps, of a kind of section, or of its like: ``head`` for another."""
        short = kind.split("-", maxsplit=1)[0]
        height, arch = _REGISTER.get(kind) or _REGISTER.get(short, (0.0, 2.0))
        own = self.style.register
        return height + own.get(kind, own.get(short, 0.0)), arch

    def wishes(
        self,
        ladder: Ladder,
        section: Section,
        phrase: Phrase,
        theme: Theme,
        rhythm: Rhythm,
        length: Fraction,
    ) -> list[Wish]:
        """Wished step and freedom of every note.

        Args:
            ladder: The ladder of the phrase's key.
            section: Its section.
            phrase: The phrase.
            theme: What is remembered of it, if anything.
            rhythm: The notes to sing.
            length: Length of the phrase in quarters.
        """
        if theme.steps:
            wishes = _remembered(theme, rhythm, self._octave(ladder, section, theme))
            if theme.ending != (phrase.label, phrase.cadence.kind):
                changed = _last_bar(theme, rhythm)
                wishes[changed:] = [(target, _FREE) for target, _ in wishes[changed:]]
            return wishes
        height, arch = self.register(section.kind)
        lift = height + 0.4 * section.phrases.index(phrase) / max(1, len(section.phrases))
        if phrase.label.rstrip("'") != "a":
            lift += 0.6
        rng = generator(self.seed, "peak", *key_of(section, phrase))
        peak = 0.22 + 0.4 * rng.random()
        shape = pick_key(rng, self.style.contour)
        middle = self.centre(ladder) + lift
        return [
            (middle + curve(shape, max(0.0, float(onset / length)), peak, arch), _FREE)
            for onset, _ in rhythm
        ]

    def _octave(self, ladder: Ladder, section: Section, theme: Theme) -> int:
        """Steps by which a theme is moved for a section that lies much higher than its first."""
        rise = self.register(section.kind)[0] - self.register(theme.kind)[0]
        room = max(theme.steps) + 7 <= ladder.steps[-1]
        return 7 if rise >= _OCTAVE_FROM and room else 0


def curve(shape: str, place: float, peak: float, height: float) -> float:
    """A phrase's rise and fall, in steps around its height.

    Args:
        shape: ``arch`` (it ends lower than it began), ``descending``, ``ascending`` or ``wave``.
        place: Where in the phrase, 0 to 1.
        peak: Where the arch is highest, 0 to 1.
        height: How far it rises, in steps.

    Source: Huron, "The melodic arch in Western folksongs" (1996), whose commonest shapes these are.

    >>> curve("descending", 0.0, 0.5, 2.0) > 0 > curve("descending", 1.0, 0.5, 2.0)
    True
    """
    if shape == "descending":
        return height * (1.0 - 2.0 * place)
    if shape == "ascending":
        return height * (1.6 * place - 0.9) if place < 0.85 else height * 0.2
    if shape == "wave":
        return 0.9 * height * sin(3 * pi * place) - 1.2 * (place - 0.3)
    rise = place / peak if place < peak else (1 - place) / (1 - peak)
    return 1.5 * height * (rise - 0.45) - 2.0 * (place - 0.3)


def _remembered(theme: Theme, rhythm: Rhythm, shift: int) -> list[Wish]:
    """The tune as it was sung; notes that were not there then are freer."""
    steps: Sequence[int] = [step + shift for step in theme.steps]
    sung = {onset: step for (onset, _), step in zip(theme.rhythm, steps, strict=True)}
    wishes = []
    step = steps[0]
    for onset, _ in rhythm:
        known = onset in sung
        step = sung.get(onset, step)
        wishes.append((float(step), _KNOWN if known else _NEW))
    return wishes


def _last_bar(theme: Theme, rhythm: Rhythm) -> int:
    """Index of the first note of the last bar that is sung; what an ending changes."""
    sung = [slot for slot in theme.slots if slot.count]
    start = sung[-1].start if sung else Fraction(0)
    later = [i for i, (onset, _) in enumerate(rhythm) if onset >= start]
    return min([*later, max(0, len(rhythm) - 1)])

"""Loops: chords of the style that go round under a section."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import Section
from composer.music.seeding import generator, pick
from composer.rulebook.style_harmony import Loop
from composer.theory.chord import ChordVocabulary
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.carrying_on import loop_before
from composer.writing.choices import Choices
from composer.writing.given import bar_onsets
from composer.writing.modes import PLAIN

_CUT = 0.1  # share of its weight that a loop keeps which does not fill a section evenly
_TOO_LONG = 0.01


def fits(loop: Loop, key: Key, vocabulary: ChordVocabulary) -> bool:
    """Whether a loop is in a key's mode.

    Loops of major and its blues serve both, and those of minor likewise; they also serve other
    scales of that kind that hold their chords.
    """
    if loop.mode == key.scale.name:
        return True
    if loop.mode not in PLAIN or ("minor" in loop.mode) != (key.scale.parent == "minor"):
        return False
    if key.scale.name in PLAIN:
        return True
    chords = [vocabulary.parse(text, key.tonic) for bar in loop.bars for text in bar]
    return all(chord.numbers <= key.numbers for chord in chords)


class Looper:
    """Chooses loops, one for each material of a piece.

    Args:
        choices: Style and seed.
        sections: The form.
        vocabulary: How chords are read.
    """

    def __init__(
        self, choices: Choices, sections: Sequence[Section], vocabulary: ChordVocabulary
    ) -> None:
        self._seed = choices.seed
        self._style = choices.style.harmony
        self._vocabulary = vocabulary
        self._shared = self._common(sections, choices.key)
        self._goes_on = choices.brief.continues is not None
        self._before = loop_before(choices.brief.continues, choices.key, vocabulary)
        self._known: dict[tuple[str, Key], Loop | None] = {}

    def _common(self, sections: Sequence[Section], key: Key) -> Loop | None:
        """The loop that all sections go over, where the draw brings one."""
        style = self._style
        if generator(self._seed, "loop", "shared").random() >= style.loop_shared:
            return None
        if generator(self._seed, "loop").random() >= style.loop_chance:
            return None
        return self._drawn(sections, key, "shared", "which")

    def _drawn(self, sections: Sequence[Section], key: Key, *place: str) -> Loop | None:
        """A loop that suits some sections, the better the more of them it fills evenly."""
        fitting = [loop for loop in self._style.loops if fits(loop, key, self._vocabulary)]
        weights = [
            loop.weight
            * sum(_evenness(len(loop.bars), s.bars) for s in sections if _serves(loop, s))
            for loop in fitting
        ]
        if not any(weight > 0 for weight in weights):
            return None
        return pick(generator(self._seed, "loop", *place), fitting, weights)

    def loop(self, section: Section, key: Key) -> Loop | None:
        """The loop of a section's material; None where its chords come from the chain."""
        place = (section.material, key)
        if place not in self._known:
            self._known[place] = self._chosen(section, key)
        return self._known[place]

    def _chosen(self, section: Section, key: Key) -> Loop | None:
        if section.start_bar == 0 and self._goes_on:
            return self._before  # the loop that went round, or a chain from the last chords
        shared = self._shared
        if shared is not None and _serves(shared, section) and fits(shared, key, self._vocabulary):
            return shared
        rng = generator(self._seed, "loop", section.material)
        if rng.random() >= self._style.loop_chance:
            return None
        return self._drawn([section], key, section.material, "which")


def _serves(loop: Loop, section: Section) -> bool:
    return not loop.sections or section.kind in loop.sections


def _evenness(loop: int, bars: int) -> float:
    """How well a loop fills a section."""
    if bars % loop == 0:
        return 1.0
    return _CUT if loop < bars else _TOO_LONG


def unrolled(loop: Loop, bars: int, meter: Meter) -> list[tuple[Fraction, str]]:
    """The chords of a loop over some bars; one too long gives its last bars.

    Returns:
        Onsets from the start of the section, and numerals.
    """
    own: Sequence[tuple[str, ...]] = loop.bars[-bars:] if len(loop.bars) > bars else loop.bars
    slots: list[tuple[Fraction, str]] = []
    for number in range(bars):
        numerals = own[number % len(own)]
        onsets = bar_onsets(len(numerals), meter) or meter.beat_onsets
        start = meter.bar_quarters * number
        slots += [(start + onset, text) for onset, text in zip(onsets, numerals, strict=False)]
    return slots

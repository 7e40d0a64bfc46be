"""Themes: what a phrase is made of, before it is sung, and what is remembered of it after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from composer.music.plan import Phrase, Plan, Section
from composer.music.seeding import generator
from composer.rulebook.styles import MelodyStyle
from composer.writing import melody_rhythm as rhythms
from composer.writing.melody_rhythm import Rhythm, RhythmChain, RhythmTaste, Slot

Key = tuple[str, str, int]  # material, phrase label, bars
_EIGHTH = Fraction(1, 2)
_QUARTER = Fraction(1)
_BARS_A_MINUTE = 27.0  # of a song at its ease; POP909's mean tempo in 4/4


@dataclass(frozen=True, slots=True)
class Theme:
    """What is remembered of a phrase.

    Args:
        rhythm: Its notes.
        slots: Its bars.
        steps: Steps on the ladder, one a note; empty until it is first sung.
        ending: Label and cadence of the phrase that sang it first.
        kind: Kind of the section that sang it first.
    """

    rhythm: Rhythm
    slots: tuple[Slot, ...]
    steps: tuple[int, ...] = ()
    ending: tuple[str, str] = ("", "")
    kind: str = ""


def kind_of(section: Section) -> str:
    """The kind of a section without what tells it from its like: ``head`` for ``head-a``."""
    return section.kind.split("-")[0]


def material_of(section: Section) -> str:
    """Whose music a section shares; solos are new every time."""
    return section.name if kind_of(section) == "solo" else section.material


def key_of(section: Section, phrase: Phrase) -> Key:
    """Phrases with one key share a theme; a' is a, ended otherwise."""
    return material_of(section), phrase.label.rstrip("'"), phrase.bars


class ThemeMaker:
    """Makes the rhythms of phrases out of motifs.

    Args:
        plan: The plan.
        style: How the style sings.
        chain: The chain of rhythms.
    """

    def __init__(self, plan: Plan, style: MelodyStyle, chain: RhythmChain) -> None:
        self.plan = plan
        self.style = style
        self.chain = chain
        self.motifs: dict[tuple[str, str], tuple[Rhythm, Rhythm]] = {}

    def _taste(self, section: Section) -> RhythmTaste:
        """Notes a bar for a section: more with energy, fewer at fast tempos and in short bars."""
        plan = self.plan
        bar = float(plan.meter.bar_quarters)
        pace = min(1.5, max(0.6, (_BARS_A_MINUTE * bar / plan.quarters_per_minute) ** 0.5))
        notes = self.style.density * pace * (0.8 + 0.4 * section.energy) * plan.mood.density
        if kind_of(section) == "solo":
            notes *= 1.3
        return RhythmTaste(
            min(notes, 4.0 * bar), min(1.0, max(0.0, self.style.syncopation + plan.mood.roughness))
        )

    def _motif_pair(self, section: Section, label: str) -> tuple[Rhythm, Rhythm]:
        """The motif of a phrase and its contrast; b answers with a's contrast as its motif."""
        key = (material_of(section), label)
        if key not in self.motifs:
            bars, seed = self.style.motif_bars, self.plan.seed
            taste = self._taste(section)
            own = self.chain.motif(bars, taste, [*key, "m"], seed)
            if label != "a":
                first = self._motif_pair(section, "a")[1]
                swap = generator(seed, "motifs", *key).random() < 0.5
                self.motifs[key] = (first, own) if swap else (own, first)
            else:
                calm = replace(taste, notes=taste.notes * 0.75)
                self.motifs[key] = (own, self.chain.motif(bars, calm, [*key, "n"], seed))
        return self.motifs[key]

    def make(self, section: Section, phrase: Phrase, *, final: bool) -> Theme:
        """Make the rhythm of a phrase, bar by bar.

        Args:
            section: Its section.
            phrase: The phrase.
            final: Whether the piece ends with it.
        """
        key = key_of(section, phrase)
        motif, contrast = self._motif_pair(section, key[1])
        rng = generator(self.plan.seed, "phrase", *key)
        signs = rhythms.scheme(phrase.bars, self.style.rest, rng)
        meter = self.plan.meter
        bar = meter.bar_quarters
        notes: list[tuple[Fraction, Fraction]] = []
        slots = []
        for index, sign in enumerate(signs):
            half = bar * (index % self.style.motif_bars)
            shapes: dict[str, Rhythm] = {
                "m": rhythms.window(motif, half, half + bar),
                "n": rhythms.window(contrast, half, half + bar),
                "r": (),
            }
            shapes["v"] = rhythms.vary_tail(shapes["m"], shapes["n"], meter)
            late = phrase.cadence.onset_quarters > bar * (phrase.start_bar + index)
            shapes["c"] = rhythms.cadence_bar(
                meter, shapes["m"] or motif, rng, final=final, late=late and not final
            )
            slots.append(Slot(bar * index, sign, len(notes), len(shapes[sign])))
            notes += rhythms.shifted(shapes[sign], bar * index)
        anticipated = self._anticipated(key, tuple(notes), tuple(slots))
        return Theme(without_stubs(anticipated, bar * phrase.bars), tuple(slots))

    def _anticipated(self, key: Key, rhythm: Rhythm, slots: tuple[Slot, ...]) -> Rhythm:
        """Sing some downbeats an eighth early, the same ones wherever the motif comes back.

        Source: Tan, Lustig and Temperley, "Anticipatory syncopation in rock" (2019).
        """
        result = list(rhythm)
        for slot in slots[1:]:
            early = generator(self.plan.seed, "early", *key, slot.motif).random()
            share = 0.6 if slot.motif != "c" else 0.35
            i = slot.first
            if not slot.count or i == 0 or early >= share * self.style.syncopation:
                continue
            onset, length = result[i]
            before, held = result[i - 1]
            if onset == slot.start and onset - before >= _QUARTER:
                result[i - 1] = (before, min(held, onset - _EIGHTH - before))
                result[i] = (onset - _EIGHTH, length + _EIGHTH)
        return tuple(result)


def without_stubs(rhythm: Rhythm, end: Fraction) -> Rhythm:
    """Let a short note before a rest ring: singers hold the last note of a group.

    >>> without_stubs(((Fraction(0), Fraction(1, 4)), (Fraction(3), Fraction(1))), Fraction(4))[0]
    (Fraction(0, 1), Fraction(1, 1))
    """
    onsets = [onset for onset, _ in rhythm[1:]] + [end]
    result = []
    for (onset, length), following in zip(rhythm, onsets, strict=True):
        rest = following - onset - length
        longer = min(_QUARTER, following - onset - _EIGHTH)
        result.append((onset, max(length, longer) if rest >= _QUARTER else length))
    return tuple(result)

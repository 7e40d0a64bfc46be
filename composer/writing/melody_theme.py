"""Themes: what a phrase is made of, before it is sung, and what is remembered of it after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from composer.music.plan import Phrase, Plan, Section
from composer.music.seeding import generator, pick_key
from composer.rulebook.styles import MelodyStyle
from composer.writing import melody_rhythm as rhythms
from composer.writing.carrying_on import motifs_before
from composer.writing.melody_forms import phrase_signs, with_call
from composer.writing.melody_rhythm import Rhythm, RhythmChain, RhythmTaste
from composer.writing.motif import OPERATIONS, Motif, Tone

Key = tuple[str, str, int]  # material, phrase label, bars
_EIGHTH = Fraction(1, 2)
_QUARTER = Fraction(1)
_BARS_A_MINUTE = 27.0  # of a song at its ease; POP909's mean tempo in 4/4
_CONTRAST = "n"
_EARLY = 1.6  # chance that an open phrase ends a bar early, over the share of rest


@dataclass(frozen=True, slots=True)
class Slot:
    """A bar of a phrase, and what fills it.

    Args:
        start: Onset within the phrase.
        sign: Its sign, see `composer.writing.melody_forms`.
        source: Whose motif it is made of: ``m`` or ``n`` with the bar of the motif, such as
            ``m0``; empty for a rest and a cadence.
        first: Index of its first note in the phrase.
        count: How many notes it has.
    """

    start: Fraction
    sign: str
    source: str
    first: int
    count: int


@dataclass(frozen=True, slots=True)
class Theme:
    """What is remembered of a phrase.

    Args:
        form: How it is built: ``period``, ``sentence`` …
        rhythm: Its notes.
        slots: Its bars.
        bars: The motif's bars as rhythms, by source.
        steps: Steps on the ladder, one a note; empty until it is first sung.
        ending: Label and cadence of the phrase that sang it first.
        kind: Kind of the section that sang it first.
    """

    form: str
    rhythm: Rhythm
    slots: tuple[Slot, ...]
    bars: tuple[tuple[str, Motif], ...] = ()
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
        answered: Whether another part can answer the tune.
    """

    def __init__(
        self, plan: Plan, style: MelodyStyle, chain: RhythmChain, *, answered: bool
    ) -> None:
        self.plan = plan
        self.style = style
        self.chain = chain
        self.call = style.call * (1.0 if answered else 0.4)
        self.syncopation = min(1.0, max(0.0, style.syncopation + plan.mood.roughness))
        self.motifs: dict[tuple[str, str], tuple[Rhythm, Rhythm]] = {}
        self.before = motifs_before(plan.continues, plan.key, plan.meter)
        self.known = {_rhythm_of(motif): motif for motif in reversed(self.before)}

    def _taste(self, section: Section) -> RhythmTaste:
        """Notes a bar for a section: more with energy, fewer at fast tempos and in short bars."""
        plan = self.plan
        bar = float(plan.meter.bar_quarters)
        pace = min(1.5, max(0.6, (_BARS_A_MINUTE * bar / plan.quarters_per_minute) ** 0.5))
        notes = self.style.density * pace * (0.8 + 0.4 * section.energy) * plan.mood.density
        if kind_of(section) == "solo":
            notes *= 1.3
        return RhythmTaste(min(notes, 4.0 * bar), self.syncopation)

    def _motif_pair(self, section: Section, label: str) -> tuple[Rhythm, Rhythm]:
        """The motif of a phrase and its contrast; b answers with a's contrast as its motif."""
        key = (material_of(section), label)
        if key not in self.motifs:
            bars, seed = self.style.motif_bars, self.plan.seed
            taste = self._taste(section)
            own = self.chain.motif(bars, taste, [*key, "m"], seed)
            again = self._from_before(key[0]) if label == "a" else None
            if again is not None:
                self.motifs[key] = again
            elif label != "a":
                first = self._motif_pair(section, "a")[1]
                swap = generator(seed, "motifs", *key).random() < 0.5
                self.motifs[key] = (first, own) if swap else (own, first)
            else:
                calm = replace(taste, notes=taste.notes * 0.75)
                self.motifs[key] = (own, self.chain.motif(bars, calm, [*key, "n"], seed))
        return self.motifs[key]

    def _from_before(self, material: str) -> tuple[Rhythm, Rhythm] | None:
        """Motif and contrast of the piece before, for the first two materials of what goes on."""
        first = list(dict.fromkeys(material_of(section) for section in self.plan.sections))
        place = first.index(material) if material in first else len(first)
        if not self.before or place > 1:
            return None
        bars, bar = self.style.motif_bars, self.plan.meter.bar_quarters
        found = []
        for start in (place * bars, (place + 1) * bars):
            rhythm: list[tuple[Fraction, Fraction]] = []
            for half in range(bars):
                motif = self.before[(start + half) % len(self.before)]
                rhythm += rhythms.shifted(_rhythm_of(motif), bar * half)
            found.append(tuple(rhythm))
        return found[0], found[1]

    def _signs(self, phrase: Phrase, key: Key, *, final: bool) -> tuple[str, str]:
        """The form of a phrase and the signs of its bars."""
        style, seed = self.style, self.plan.seed
        form = pick_key(generator(seed, "phrase-form", key[0]), style.phrase)
        rng = generator(seed, "phrase", *key)
        signs = phrase_signs(form, phrase.bars, style.rest, style.repeat, rng)
        if not final and rng.random() < self.call:
            return form, with_call(signs)
        late = phrase.cadence.onset_quarters >= self.plan.meter.bar_quarters * (
            phrase.start_bar + phrase.bars - 1
        )
        closed = late and phrase.cadence.kind in ("authentic", "plagal", "modal")
        if not final and not closed and len(signs) > 3 and rng.random() < _EARLY * style.rest:
            return form, signs[:-2] + "cr"  # it ends early, and a bar is silent
        return form, signs

    def make(self, section: Section, phrase: Phrase, *, final: bool) -> Theme:
        """Make the rhythm of a phrase, bar by bar.

        Args:
            section: Its section.
            phrase: The phrase.
            final: Whether the piece ends with it.
        """
        key = key_of(section, phrase)
        form, signs = self._signs(phrase, key, final=final)
        sources = self._sources(*self._motif_pair(section, key[1]))
        rng = generator(self.plan.seed, "cadence-rhythm", *key)
        bar = self.plan.meter.bar_quarters
        notes: list[tuple[Fraction, Fraction]] = []
        slots = []
        for index, sign in enumerate(signs):
            half = index % self.style.motif_bars
            source = (_CONTRAST if sign == _CONTRAST else "m") + str(half)
            ends = index == len(signs) - 1
            late = phrase.cadence.onset_quarters > bar * (phrase.start_bar + index)
            if sign in OPERATIONS:
                tones = OPERATIONS[sign](sources[source], self.plan.meter)
                shape = tuple((tone.onset, tone.length) for tone in tones)
            else:
                shape = self._other(
                    sign, sources, half, rng, final=final and ends, late=late and not final
                )
            slots.append(Slot(bar * index, sign, _made_of(sign, source), len(notes), len(shape)))
            notes += rhythms.shifted(shape, bar * index)
        if final and signs[-1] not in "ce":
            notes, slots = _held_to_the_end(notes, slots, bar * phrase.bars)
        rhythm = self._anticipated(key, tuple(notes), tuple(slots))
        return Theme(
            form, without_stubs(rhythm, bar * phrase.bars), tuple(slots), tuple(sources.items())
        )

    def _sources(self, motif: Rhythm, contrast: Rhythm) -> dict[str, Motif]:
        """The bars of motif and contrast, on one step, unless the piece before has sung them."""
        bar = self.plan.meter.bar_quarters
        found = {}
        for name, rhythm in (("m", motif), (_CONTRAST, contrast)):
            for half in range(self.style.motif_bars):
                cut = rhythms.window(rhythm, bar * half, bar * (half + 1))
                unsung = tuple(Tone(o, length, 0) for o, length in cut)
                found[f"{name}{half}"] = self.known.get(cut, unsung)
        return found

    def _other(
        self,
        sign: str,
        sources: dict[str, Motif],
        half: int,
        rng: rhythms.Random,
        *,
        final: bool,
        late: bool,
    ) -> Rhythm:
        """The rhythm of a bar that is no operation on a motif: rest, cadence, another tail."""
        motif = _rhythm_of(sources[f"m{half}"])
        meter = self.plan.meter
        if sign == "r":
            return ()
        if sign == "v":
            return rhythms.vary_tail(motif, _rhythm_of(sources[f"n{half}"]), meter)
        lead = sign == "e" and not late
        return rhythms.cadence_bar(
            meter,
            motif or _rhythm_of(sources["m0"]),
            rng,
            final=final,
            late=late or lead,
            breath=self.style.rest,
        )

    def _anticipated(self, key: Key, rhythm: Rhythm, slots: tuple[Slot, ...]) -> Rhythm:
        """Sing some downbeats an eighth early, the same ones wherever the motif comes back.

        Source: Tan, Lustig and Temperley, "Anticipatory syncopation in rock" (2019).
        """
        result = list(rhythm)
        for slot in slots[1:]:
            early = generator(self.plan.seed, "early", *key, slot.sign).random()
            share = 0.6 if slot.sign not in "ce" else 0.35
            i = slot.first
            if not slot.count or i == 0 or early >= share * self.syncopation:
                continue
            onset, length = result[i]
            before, held = result[i - 1]
            if onset == slot.start and onset - before >= _QUARTER:
                result[i - 1] = (before, min(held, onset - _EIGHTH - before))
                result[i] = (onset - _EIGHTH, length + _EIGHTH)
        return tuple(result)


def _made_of(sign: str, source: str) -> str:
    """The source of a slot whose pitches follow from another's; empty for rest and cadence."""
    return "" if sign in "rc" else source


def _rhythm_of(motif: Motif) -> Rhythm:
    return tuple((tone.onset, tone.length) for tone in motif)


def _held_to_the_end(
    notes: list[tuple[Fraction, Fraction]], slots: list[Slot], end: Fraction
) -> tuple[list[tuple[Fraction, Fraction]], list[Slot]]:
    """A last bar that is no cadence becomes one held note."""
    last = slots[-1]
    kept = notes[: last.first]
    return [*kept, (last.start, end - last.start)], [
        *slots[:-1],
        Slot(last.start, "c", "", len(kept), 1),
    ]


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

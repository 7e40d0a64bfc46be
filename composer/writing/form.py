"""Form: from sections to phrases and cadences that fill any length.

Source: the phrase types are those of Caplin, *Classical Form* (1998).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction

from composer.errors import BriefError
from composer.music.plan import Cadence, Phrase, Section
from composer.music.seeding import generator, pick_key
from composer.rulebook import Rulebook
from composer.rulebook.forms import Form
from composer.theory.scale import Scale
from composer.writing.carrying_on import form_on, led_on
from composer.writing.choices import Choices
from composer.writing.energies import section_energies
from composer.writing.form_grammar import draw_sections
from composer.writing.tune_form import materials, tune_phrases

CLOSING = ("authentic", "plagal", "modal")
_ROUND = {"half": 3.0, "open": 1.0}  # the end of a loop leads into its beginning
_INNER = {"half": 3.0, "open": 2.0, "deceptive": 0.6, "authentic": 0.6}
_RHYMED = {"authentic": 3.0, "deceptive": 0.6, "half": 0.6, "open": 0.3}
_ROMAN = ("", " II", " III", " IV", " V", " VI", " VII", " VIII")


def phrase_lengths(bars: int, usual: int) -> list[int]:
    """Cut a section into phrases of the usual length; an odd bar lengthens the last phrase.

    >>> phrase_lengths(8, 4), phrase_lengths(7, 4), phrase_lengths(9, 4), phrase_lengths(1, 4)
    ([4, 4], [4, 3], [4, 5], [1])
    """
    if bars <= usual + 1:
        return [bars]
    count, rest = divmod(bars, usual)
    if rest == 1:
        return [usual] * (count - 1) + [usual + 1]
    return [usual] * count + ([rest] if rest else [])


@dataclass(frozen=True, slots=True)
class _Context:
    form: Form
    choices: Choices
    book: Rulebook

    def available(self, kind: str) -> bool:
        """Whether the style and mode have formulas for a cadence kind."""
        scale: Scale = self.choices.key.scale
        family = self.choices.style.harmony.cadences
        return kind == "open" or bool(self.book.cadences(family, scale, kind))


def plan_sections(choices: Choices, book: Rulebook) -> tuple[Section, ...]:
    """Plan the form down to the cadences."""
    style = choices.style
    form = book.form(style.form, style.name)
    drawn = choices.form or draw_sections(
        form_on(form, choices.brief.continues), choices.bars, choices.seed
    )
    energies = led_on(section_energies(form, drawn, choices), choices.brief.continues)
    context = _Context(form, choices, book)
    totals = Counter(kind for kind, _ in drawn)
    heard: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    sections: list[Section] = []
    start = 0
    sung = materials(choices.tune, drawn, form) if choices.tune is not None else None
    if choices.song is not None:
        sung = choices.song.materials(form)
    for index, (kind, bars) in enumerate(drawn):
        spec = form.sections[kind]
        volume = heard[kind] // form.recalls
        suffix = _ROMAN[volume] if volume < len(_ROMAN) else f" {volume + 1}"
        material = spec.material + suffix if sung is None else sung[index]
        heard[kind] += 1
        name = f"{kind} {heard[kind]}" if totals[kind] > 1 else kind
        phrases = _phrases(context, kind, material, start, bars, last=index == len(drawn) - 1)
        occurrence, energy = seen[material], energies[index]
        sections.append(Section(name, kind, material, occurrence, start, bars, energy, phrases))
        seen[material] += 1
        start += bars
    return tuple(sections)


def _phrases(
    context: _Context, kind: str, material: str, start: int, bars: int, *, last: bool
) -> tuple[Phrase, ...]:
    choices = context.choices
    seed = choices.seed
    lengths = phrase_lengths(bars, choices.style.phrase_bars)
    if choices.tune is not None:
        asked = "authentic" if choices.chords is None else "given"
        return tune_phrases(choices.tune, start, bars, lengths, choices.meter, asked)
    lines = choices.song.lines_from(start) if choices.song is not None else ()
    lengths = [line.bars for line in lines] or lengths
    labels = [line.label for line in lines]
    while len(labels) < len(lengths):
        group = min(4, len(lengths) - len(labels))
        rng = generator(seed, "phrases", material, len(labels), group)
        labels += pick_key(rng, context.form.phrases[group]).split()
    phrases = []
    position = start
    for index, (label, length) in enumerate(zip(labels, lengths, strict=True)):
        final = index == len(lengths) - 1
        if choices.chords is not None:
            cadence = "given"
        elif final:
            cadence = _final_cadence(context, kind, closing=last)
        else:
            rhymes = bool(lines) and label.endswith("'")
            cadence = _inner_cadence(context, material, index, labels[index + 1], rhymes=rhymes)
        goal = choices.meter.bar_quarters * (position + length - 1)
        if length == 1:
            goal += choices.meter.middle
        phrases.append(Phrase(position, length, label, Cadence(cadence, Fraction(goal))))
        position += length
    return tuple(phrases)


def _final_cadence(context: _Context, kind: str, *, closing: bool) -> str:
    weights = dict(context.form.sections[kind].cadences)
    if closing and context.choices.brief.loop:
        weights = _ROUND
    elif closing:
        weights = {k: weights.get(k, 0.0) for k in CLOSING}
        weights["authentic"] += 0.5
        weights["modal"] += 0.1
        weights["plagal"] += 0.05
    usable = {k: w for k, w in weights.items() if context.available(k) and w > 0}
    if not usable:
        usable = {k: 1.0 for k in CLOSING if context.available(k)}
    if not usable:
        scale = context.choices.key.scale.name
        raise BriefError("key", f"the rule book has no closing cadence for {scale}")
    return pick_key(generator(context.choices.seed, "cadence", kind, closing), usable)


def _inner_cadence(
    context: _Context, material: str, index: int, following: str, *, rhymes: bool
) -> str:
    """How a phrase ends within its section: what is answered opens, what answers closes."""
    weights = {"half": 3.0, "open": 1.0} if following.endswith("'") else _INNER
    if rhymes and not following.endswith("'"):
        weights = _RHYMED
    usable = {k: w for k, w in weights.items() if context.available(k)}
    return pick_key(generator(context.choices.seed, "cadence", material, index), usable)

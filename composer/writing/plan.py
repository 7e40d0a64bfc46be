"""Brief → Plan: form, harmony, and who plays when."""

from __future__ import annotations

from fractions import Fraction

from composer.music.plan import BarPlan, PartPlan, Plan, Section
from composer.music.seeding import generator
from composer.rulebook import Rulebook
from composer.rulebook.forms import Form
from composer.rulebook.styles import Style, StylePart
from composer.writing.choices import Choices
from composer.writing.ensemble import template
from composer.writing.form import plan_sections
from composer.writing.harmony import plan_chords

_OPENING = ("intro",)
_TUNELESS = ("intro", "break", "build", "stillness")
_BACKBONE = ("melody", "bass")
_COLOURS = ("figure", "pad", "counter")
_BAND = 4  # players without whom a colour may rest
_FILLED_PHRASES = 0.2  # of phrases within a section end with a fill


def make_plan(choices: Choices, book: Rulebook) -> Plan:
    """Plan a piece.

    Raises:
        BriefError: If the form cannot fill the bars.
        RuleError: If a rule file is wrong.
    """
    sections = plan_sections(choices, book)
    chords = plan_chords(choices, sections, book)
    return Plan(
        style=choices.style.name,
        key=choices.key,
        meter=choices.meter,
        quarters_per_minute=choices.quarters_per_minute,
        swing=choices.swing,
        humanize=choices.humanize,
        mood=choices.mood,
        seed=choices.seed,
        sections=sections,
        bars=_bars(choices, book.form(choices.style.form), sections),
        chords=chords,
        parts=choices.parts,
        chords_given=choices.chords is not None,
    )


def _bars(choices: Choices, form: Form, sections: tuple[Section, ...]) -> tuple[BarPlan, ...]:
    bars: list[BarPlan] = []
    everyone = _everyone(choices, sections)
    rises = {kind.name: kind.rise for kind in form.sections.values()}
    for index, section in enumerate(sections):
        following = sections[index + 1] if index + 1 < len(sections) else None
        entries = everyone[index]
        exits = _exits(choices, section, following, entries)
        rise = section.energy if following is None else following.energy - section.energy
        for offset in range(section.bars):
            active = frozenset(
                name
                for name, entry in entries.items()
                if entry <= offset < exits.get(name, section.bars)
            )
            bars.append(
                BarPlan(
                    section=index,
                    energy=_bar_energy(section, following, offset, rises[section.kind]),
                    active=active,
                    fill=_fill(choices, section, following, offset, rise),
                    crash=offset == 0
                    and choices.style.drums.crash
                    and index > 0
                    and section.energy >= 0.45,
                )
            )
    return tuple(bars)


def _everyone(choices: Choices, sections: tuple[Section, ...]) -> list[dict[str, int]]:
    """Entries of the parts section by section; who would play nowhere plays in the loudest."""
    entries = [_entries(choices, section, index) for index, section in enumerate(sections)]
    heard = {name for section in entries for name in section}
    loudest = max(range(len(sections)), key=lambda i: (sections[i].energy, i))
    for part in choices.parts:
        if part.name not in heard:
            entries[loudest][part.name] = 0
    return entries


def _bar_energy(section: Section, following: Section | None, offset: int, rise: float) -> float:
    """Energy within a section: it rises as the form says, arches over each phrase, and leans on."""
    place = offset / max(1, section.bars - 1)
    phrase = next(p for p in section.phrases if p.start_bar + p.bars > section.start_bar + offset)
    within = (section.start_bar + offset - phrase.start_bar) / max(1, phrase.bars)
    arch = 0.03 * (1 - abs(2 * within - 1))
    lean = 0.0
    if following is not None and place > 0.5:
        lean = (following.energy - section.energy) * 0.35 * (place - 0.5)
    return round(min(1.0, max(0.0, section.energy + rise * place + arch + lean)), 4)


def _entries(choices: Choices, section: Section, index: int) -> dict[str, int]:
    """Bar of the section in which each part enters; parts that rest are left out."""
    style = choices.style
    wanted = []
    counts: dict[str, int] = {}
    for part in choices.parts:
        model = template(part.role, counts.get(part.role, 0), style)
        counts[part.role] = counts.get(part.role, 0) + 1
        if _plays(part, model, section, choices.mood.arousal):
            wanted.append(part)
    if not wanted:
        wanted = [next((p for p in choices.parts if p.role != "melody"), choices.parts[0])]
    if len(choices.parts) <= 2 and section.kind not in _OPENING:
        wanted = list(choices.parts)
    if section.kind not in _OPENING or section.bars < 4:
        full = len(wanted) >= _BAND
        return {part.name: _entry(choices, part, section) if full else 0 for part in wanted}
    return _staggered(choices, wanted, section, index)


def _entry(choices: Choices, part: PartPlan, section: Section) -> int:
    """Bar in which a part enters: colours may wait for the second phrase, so that it adds to it.

    In Lakh's files a part enters or leaves every second bar (`compose evaluate`, parts_change).
    """
    if part.role not in _COLOURS or len(section.phrases) < 2:
        return 0
    wait = 0.45 * (1.1 - section.energy)
    if generator(choices.seed, "wait", section.name, part.name).random() >= wait:
        return 0
    return section.phrases[1].start_bar - section.start_bar


def _exits(
    choices: Choices, section: Section, following: Section | None, entries: dict[str, int]
) -> dict[str, int]:
    """Bar in which a colour stops before its section does: a lift is heard, or it thins out."""
    if following is None or section.bars < 4 or section.kind in _OPENING or len(entries) < _BAND:
        return {}
    chance = 0.3 if following.energy > section.energy else 0.2
    last = section.phrases[-1].start_bar - section.start_bar
    found = {}
    for part in choices.parts:
        entry = entries.get(part.name)
        if part.role not in _COLOURS or entry is None:
            continue
        rng = generator(choices.seed, "stop", section.name, part.name)
        stop = last if last > entry else section.bars - 1
        if rng.random() < chance and stop > entry:
            found[part.name] = stop
    return found


def _staggered(
    choices: Choices, wanted: list[PartPlan], section: Section, index: int
) -> dict[str, int]:
    """An introduction gathers its players two bars at a time, harmony first and drums last."""
    order = {"comping": 0, "figure": 0, "pad": 0, "counter": 1, "melody": 1, "bass": 2, "drums": 3}
    rng = generator(choices.seed, "entries", index)
    ranked = sorted(wanted, key=lambda p: order[p.role] + rng.random() * 0.9)
    groups = max(1, section.bars // 2)
    return {p.name: 2 * min(groups - 1, i * groups // len(ranked)) for i, p in enumerate(ranked)}


def _plays(part: PartPlan, model: StylePart | None, section: Section, arousal: float) -> bool:
    tune = part.role == "melody"
    if tune and section.kind in _TUNELESS:
        return False
    if model is None:
        return section.energy >= 0.3 or part.role in _BACKBONE
    if model.sections and section.kind not in model.sections:
        return False
    return tune or section.energy >= model.from_energy - 0.1 * max(0.0, arousal)


def _fill(
    choices: Choices, section: Section, following: Section | None, offset: int, rise: float
) -> Fraction:
    """Quarters of drum fill at a bar's end: long into a lift, short at a phrase's end."""
    meter = choices.meter
    if not choices.style.drums.fills or not choices.style.drums.groove:
        return Fraction(0)
    if offset == section.bars - 1:
        if following is None:
            return Fraction(0)
        beats = 1 if section.energy < 0.4 else len(meter.beats) if rise > 0.15 else 2
        return sum(meter.beat_quarters[-min(beats, len(meter.beats)) :], Fraction(0))
    ends = any(p.start_bar + p.bars == section.start_bar + offset + 1 for p in section.phrases)
    rng = generator(choices.seed, "fill", section.material, offset)
    if ends and section.energy > 0.4 and rng.random() < _FILLED_PHRASES:
        return meter.beat_quarters[-1]
    return Fraction(0)


def style_part(style: Style, parts: tuple[PartPlan, ...], part: PartPlan) -> StylePart | None:
    """The style's model of a part of the ensemble."""
    index = [p.name for p in parts if p.role == part.role].index(part.name)
    return template(part.role, index, style)

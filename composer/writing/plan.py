"""Brief → Plan: form, harmony, and who plays when."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import BarPlan, ChordSpan, Cue, Plan, Section
from composer.rulebook import Rulebook
from composer.rulebook.forms import Form
from composer.writing.accents import LOUDER, mark_cues
from composer.writing.casting import hear_all, plan_rotas
from composer.writing.choices import Choices
from composer.writing.energies import bar_energy, peak_of
from composer.writing.form import plan_sections
from composer.writing.harmony import plan_harmony
from composer.writing.lyric_casting import sing
from composer.writing.lyric_plan import words_of
from composer.writing.openings import Ending, ending_of, open_piece, thin_out
from composer.writing.pacing import pace
from composer.writing.players import players_of
from composer.writing.tune_plan import bars_with_tune
from composer.writing.turns import Marks, Turns


def make_plan(choices: Choices, book: Rulebook) -> Plan:
    """Plan a piece.

    Raises:
        BriefError: If the form cannot fill the bars.
        RuleError: If a rule file is wrong.
    """
    sections, chords = plan_harmony(choices, plan_sections(choices, book), book)
    pacing = pace(choices, sections, chords)
    form = book.form(choices.style.form)
    bars = plan_bars(choices, form, sections, chords, pacing.cues)
    if choices.tune is not None:
        bars = bars_with_tune(bars, choices, choices.tune)
    tune, lyrics = words_of(choices)
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
        bars=bars,
        chords=chords,
        parts=choices.parts,
        chords_given=choices.chords is not None,
        continues=choices.brief.continues,
        tune=tune,
        lyrics=lyrics,
        tempos=pacing.tempos,
        loop=choices.brief.loop,
        length_seconds=choices.brief.duration,
        cues=pacing.cues,
    )


def plan_bars(
    choices: Choices,
    form: Form,
    sections: Sequence[Section],
    chords: Sequence[ChordSpan],
    cues: Sequence[Cue] = (),
) -> tuple[BarPlan, ...]:
    """Plan what each bar is for: its energy, its players, and how it is punctuated."""
    loop = choices.brief.loop
    players = players_of(choices)
    rotas = plan_rotas(choices, form, sections)
    opening = "full" if loop else open_piece(choices, form, sections[0], players, rotas[0])
    ending = Ending("ring") if loop else ending_of(choices, chords, choices.bars)
    ebbs = peak_of(sections) < len(sections) - 1 and sections[-1].bars >= 4
    if ending.kind == "thin" and ebbs:
        thin_out(choices, sections[-1], players, rotas[-1])
    if choices.song is not None:
        sing(choices.song, sections, players, rotas)
    marks = Turns(choices, form, sections, chords, players, rotas).plan()
    hear_all(form, sections, players, rotas)
    if opening == "pickup":
        marks[0] = _pick_up(choices)
    if ending.hits:
        marks[-1].hits, marks[-1].stop = ending.hits, ending.stop
    accents = mark_cues(choices, cues, sections, chords, players, rotas, marks)
    bars: list[BarPlan] = []
    for index, (section, rota) in enumerate(zip(sections, rotas, strict=True)):
        closes = index + 1 == len(sections)
        following = (sections[0] if loop else None) if closes else sections[index + 1]
        rise = form.sections[section.kind].rise
        for offset in range(section.bars):
            bar = section.start_bar + offset
            mark = marks[bar]
            energy = bar_energy(section, following, offset, rise, round_again=closes and loop)
            bars.append(
                BarPlan(
                    section=index,
                    energy=min(1.0, energy + LOUDER) if bar in accents else energy,
                    active=frozenset(name for name, plays in rota.items() if plays[offset]),
                    fill=mark.fill,
                    crash=mark.crash,
                    weight=mark.weight,
                    hits=mark.hits,
                    stop=mark.stop,
                    build=mark.build,
                    pace=choices.style.arrangement.pace.get(section.kind, "normal"),
                )
            )
    return tuple(bars)


def _pick_up(choices: Choices) -> Marks:
    """The first bar of a piece that begins with a fill: the drums' last beats, and nothing else."""
    meter = choices.meter
    onset = meter.middle if choices.mood.energy < 0.1 else Fraction(0)
    return Marks(fill=meter.bar_quarters - onset, weight=0.9, stop=Fraction(0))

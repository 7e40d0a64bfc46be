"""Modulation: which section is in which key, and how the new key is prepared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook import Rulebook
from composer.theory.interval import parse_degree
from composer.theory.key import Key
from composer.writing.choices import Choices
from composer.writing.steps import Step

_FEWEST_BARS = 24
_FEWEST_SECTIONS = 3
_MOST_SHARE = 0.45  # of a piece that an episode in another key may take
_MOST_SIGNATURE = 7
_TWELFTH_FIFTH = 12
_EPISODES = ("bridge", "break", "contrast", "solo", "interlude", "stillness", "head-b")
_FRAMES = ("intro", "outro", "tag", "coda")
_CLOSING = ("authentic", "modal", "plagal")
_RELATIVE = parse_degree("6")
_FIFTH = parse_degree("5")
_WHOLE_TONE = parse_degree("2")
_SEMITONE = parse_degree("b2")
_MINOR_THIRD = parse_degree("b3")
_UP = {"step-up": _WHOLE_TONE, "half-step-up": _SEMITONE, "minor-third-up": _MINOR_THIRD}


def plan_keys(choices: Choices, sections: Sequence[Section], book: Rulebook) -> tuple[Key, ...]:
    """The key of each section.

    Kinds that go up (the "truck driver's gear change") begin at the last return of the loudest
    section and stay; the others take the material of a middle section to a near key and come back.
    Pieces of less than 24 bars or three sections stay where they are.
    Source: Doll, "Rockin' Out: Expressive Modulation in Verse-Chorus Form" (2011); Kostka and
    Payne, *Tonal Harmony* (7th ed., 2013), chapters 18 and 19.
    """
    home = choices.key
    keys = [home] * len(sections)
    if len(sections) < _FEWEST_SECTIONS or choices.bars < _FEWEST_BARS:
        return tuple(keys)
    kind = pick_key(generator(choices.seed, "modulation"), choices.style.harmony.modulation)
    if kind in _UP and choices.brief.loop:
        return tuple(keys)  # what goes round cannot stay up
    if kind in _UP:
        start = _gear_change(sections)
        if start is not None:
            away = _near(Key(home.tonic + _UP[kind], home.scale))
            keys[start:] = [away] * (len(sections) - start)
    elif kind != "none":
        material = _episode(choices, sections)
        away = _neighbour(home, kind, book)
        keys = [away if section.material == material else home for section in sections]
    return tuple(keys)


def _gear_change(sections: Sequence[Section]) -> int | None:
    """The last return of the loudest section that comes back in the second half."""
    half = sections[-1].end_bar / 2
    returns = [
        (section.energy, index)
        for index, section in enumerate(sections)
        if section.occurrence > 0 and section.start_bar >= half and section.kind not in _FRAMES
    ]
    return max(returns)[1] if returns else None


def _episode(choices: Choices, sections: Sequence[Section]) -> str | None:
    """The material of middle sections that leaves the key."""
    frame = {sections[0].material, sections[-1].material}
    bars: dict[str, int] = {}
    weights: dict[str, float] = {}
    for section in sections:
        if section.material in frame or section.kind in _FRAMES:
            continue
        bars[section.material] = bars.get(section.material, 0) + section.bars
        weights[section.material] = 4.0 if section.kind in _EPISODES else 1.0
    fitting = {m: w for m, w in weights.items() if bars[m] <= _MOST_SHARE * choices.bars}
    return pick_key(generator(choices.seed, "modulation", "where"), fitting) if fitting else None


def _neighbour(home: Key, kind: str, book: Rulebook) -> Key:
    """A near key; scales other than minor and major keep their own where they can."""
    major, minor = book.scales["major"], book.scales["minor"]
    if kind == "dominant":
        return _near(Key(home.tonic + _FIFTH, home.scale))
    if kind == "subdominant":
        return _near(Key(home.tonic + -_FIFTH, home.scale))
    if kind == "parallel":
        return _near(Key(home.tonic, minor if home.scale.parent == "major" else major))
    tonic = replace(home.tonic, fifths=home.signature)
    if home.scale.parent == "minor":
        return _near(Key(tonic, major))
    return _near(Key(tonic + _RELATIVE, minor))


def _near(key: Key) -> Key:
    """The key, or its enharmonic twin where its signature would need over seven accidentals."""
    if abs(key.signature) <= _MOST_SIGNATURE:
        return key
    return Key(key.tonic + (-_TWELFTH_FIFTH if key.signature > 0 else _TWELFTH_FIFTH), key.scale)


def prepared(
    steps: Sequence[Step], bars: int, away: Key, choices: Choices, book: Rulebook, index: int
) -> list[Step]:
    """The steps of a section, the last of them leading into the key of the next one.

    What comes before the goal of a cadence in the new key takes the section's last half bar, or
    its last bar. A chord that both keys have is heard in the old one: the pivot.

    Args:
        steps: The section's steps.
        bars: Its length.
        away: The key that follows.
        choices: Meter, style and seed.
        book: The rules.
        index: Number of the section.
    """
    meter, family = choices.meter, choices.style.harmony.cadences
    formulas = next(
        (found for kind in _CLOSING if (found := book.cadences(family, away.scale, kind))), ()
    )
    home = steps[-1].key
    options: dict[tuple[str, ...], float] = {}
    for formula in formulas:
        lead = formula.chords[:-1][-2:]
        if lead:
            pivot = book.chords.parse(lead[0], away.tonic).numbers <= home.numbers
            options[lead] = options.get(lead, 0.0) + formula.weight * (2.0 if pivot else 1.0)
    if not options:
        return list(steps)
    rng = generator(choices.seed, "modulation", "lead", index)
    lead = pick(rng, list(options), options.values())
    bar = meter.bar_quarters * (bars - 1)
    arrives = steps[-1].goal and steps[-1].onset >= bar  # the cadence's own chord is heard first
    whole = len(lead) == 2 and bars > 1 and not arrives
    onsets = (bar, bar + meter.middle) if whole else (bar + meter.middle,)
    kept = [step for step in steps if step.onset < onsets[0]]
    return kept + _lead(lead[-len(onsets) :], onsets, home, away, book)


def _lead(
    numerals: Sequence[str], onsets: Sequence[Fraction], home: Key, away: Key, book: Rulebook
) -> list[Step]:
    """Chords that lead into a key; all but the last are pivots where the old key has them."""
    steps = []
    for number, (text, onset) in enumerate(zip(numerals, onsets, strict=True)):
        chord = book.chords.parse(text, away.tonic)
        last = number == len(numerals) - 1
        key = home if not last and chord.numbers <= home.numbers else away
        steps.append(Step(onset, chord, key, goal=last))
    return steps

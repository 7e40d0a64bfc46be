"""How strong each section and each bar is: contrast, growth, and a peak near the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import accumulate

from composer.music.plan import Section
from composer.music.seeding import generator
from composer.rulebook.forms import Form
from composer.writing.choices import Choices

_LIFT = 0.05  # that a section gains each time it comes back, three times at most
_SLOPE = 0.06  # from the first section to the last
_MOVEMENT_BARS = 96  # of a long piece: it rises in waves, not in one line
_TOP = 0.06  # by which the last loud section is louder than it would be
_SUNK = 0.2  # by which a breakdown is softer
_DOWN = 0.25  # by which a chorus that another one follows may be softer
_NEAR_TOP = 0.06
_NEAR_TOP_LATE = 0.17
_ARCH = 0.03
_LEAN = 0.35  # of the way to the next section that a section goes
_ROUND = 1.8  # of it, where the next one is the beginning of a loop


def section_energies(
    form: Form, drawn: Sequence[tuple[str, int]], choices: Choices
) -> tuple[float, ...]:
    """Energy of each section, 0.05–1.

    A kind has its own energy; each return lifts it, the piece rises a little as it goes on (in
    waves where it is long), one section between two loud ones may sink, and the last of the loud
    ones is the peak. The mood moves all of it and keeps the contrast.

    Args:
        form: The form.
        drawn: Kinds and lengths of the sections.
        choices: What was chosen.
    """
    bases = [form.sections[kind].energy for kind, _ in drawn]
    heard: Counter[str] = Counter()
    energies = []
    start = 0
    total = sum(bars for _, bars in drawn)
    for (kind, bars), base in zip(drawn, bases, strict=True):
        returns = min(heard[kind] % form.recalls, 3)
        energies.append(base + _LIFT * returns + _slope(start + bars / 2, total))
        heard[kind] += 1
        start += bars
    peak = _peak(bases, [bars for _, bars in drawn])
    _sink(energies, form, drawn, peak, choices)
    if len(energies) > 2:
        energies[peak] = max(energies[peak] + _TOP, max(energies) + 0.02)
    return tuple(_moved(energy, choices.mood.energy) for energy in energies)


def peak_of(sections: Sequence[Section]) -> int:
    """Index of the section that the piece leads to: the last of the loudest."""
    return max(range(len(sections)), key=lambda i: (sections[i].energy, i))


def movements_of(bars: int) -> int:
    """How many waves a piece rises in; one where it is not long."""
    return max(1, round(bars / _MOVEMENT_BARS))


def _slope(place: float, total: int) -> float:
    within = (place * movements_of(total) / total) % 1.0
    return _SLOPE * (within - 0.5)


def _peak(bases: Sequence[float], lengths: Sequence[int]) -> int:
    """The last of the loud sections; in the last third one may be a little softer by nature."""
    loudest = max(bases)
    ends = list(accumulate(lengths))
    late = [
        i
        for i, base in enumerate(bases)
        if base >= loudest - _NEAR_TOP_LATE and 3 * (ends[i] - lengths[i] / 2) >= 2 * ends[-1]
    ]
    near = [i for i, base in enumerate(bases) if base >= loudest - _NEAR_TOP]
    return max(late or near, key=lambda i: (bases[i] >= loudest - _NEAR_TOP, bases[i], i))


def _sink(
    energies: list[float],
    form: Form,
    drawn: Sequence[tuple[str, int]],
    peak: int,
    choices: Choices,
) -> None:
    """Let a section sink that stands between two louder ones, or the first of two choruses."""
    chance = choices.style.arrangement.breakdown
    last = -4
    for index in range(1, len(drawn) - 1):
        kind = drawn[index][0]
        rng = generator(choices.seed, "breakdown", index)
        before, after = energies[index - 1], energies[index + 1]
        between = before > energies[index] + 0.1 and after > energies[index] + 0.1
        doubled = index + 1 == peak and drawn[peak][0] == kind
        spec = form.sections[kind]
        if index == peak or index - last < 4 or not spec.tune or spec.build:
            continue
        if (between or doubled) and rng.random() < chance:
            energies[index] -= _DOWN if doubled else _SUNK
            last = index


def _moved(energy: float, mood: float) -> float:
    moved = energy + mood * (1 - abs(min(1.0, max(0.0, energy)) - 0.5))
    return round(min(1.0, max(0.05, moved)), 4)


def bar_energy(
    section: Section,
    following: Section | None,
    offset: int,
    rise: float,
    *,
    round_again: bool = False,
) -> float:
    """Energy within a section: it rises as the form says, arches over each phrase, and leans on.

    Args:
        section: The section.
        following: The section after it, if there is one.
        offset: Which of its bars.
        rise: How far the form lets it rise from its first bar to its last, -1 to 1.
        round_again: Whether what follows is the beginning of a loop, which the end comes near to.
    """
    place = offset / max(1, section.bars - 1)
    phrase = next(p for p in section.phrases if p.start_bar + p.bars > section.start_bar + offset)
    within = (section.start_bar + offset - phrase.start_bar) / max(1, phrase.bars)
    arch = _ARCH * (1 - abs(2 * within - 1))
    lean = 0.0
    if following is not None and place > 0.5:
        near = _ROUND if round_again else _LEAN
        lean = (following.energy - section.energy) * near * (place - 0.5)
    return round(min(1.0, max(0.0, section.energy + rise * place + arch + lean)), 4)

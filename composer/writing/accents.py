"""Accents at the moments that the user asked for: a crash, or a hit of all together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.plan import ChordSpan, Cue, Section
from composer.writing.choices import Choices
from composer.writing.players import Player, Rota
from composer.writing.turns import Marks

_ROLES = ("drums", "bass", "comping", "pad", "figure")
_LEAD = 0.8  # weight of a fill that leads to an accent
LOUDER = 0.12
"""Energy that a bar with an accent gains."""


def mark_cues(
    choices: Choices,
    cues: Sequence[Cue],
    sections: Sequence[Section],
    chords: Sequence[ChordSpan],
    players: Sequence[Player],
    rotas: Sequence[Rota],
    marks: Sequence[Marks],
) -> frozenset[int]:
    """Let something happen at every cue.

    A section's beginning gets a crash. Any other place is struck by all together, who rest until
    the bar is over; where it is the first beat, a fill leads to it, or the last beat before it is
    silent.

    Args:
        choices: What was chosen.
        cues: The moments.
        sections: The form.
        chords: The harmony.
        players: The ensemble.
        rotas: Who plays; changed in place.
        marks: What is special about each bar; changed in place.

    Returns:
        The bars with accents.
    """
    bar_quarters = choices.meter.bar_quarters
    struck: dict[int, set[Fraction]] = {}
    for cue in cues:
        bar, place = divmod(cue.onset_quarters, bar_quarters)
        bar = int(bar)
        if choices.style.drums.crash and place == 0:
            marks[bar].crash = True
        if cue.kind == "accent":
            struck.setdefault(bar, set()).add(place)
        _gather(bar, sections, players, rotas, all_of_them=cue.kind == "accent")
    for bar, places in struck.items():
        start = bar_quarters * bar
        changes = {
            span.onset_quarters - start
            for span in chords
            if 0 <= span.onset_quarters - start < bar_quarters
        }
        mark = marks[bar]
        mark.hits = tuple(sorted({Fraction(0), *mark.hits, *changes, *places}))
        if mark.stop is not None and mark.stop <= max(places):
            mark.stop = None
        mark.fill, mark.build = Fraction(0), 0.0
        if Fraction(0) in places and bar > 0 and bar - 1 not in struck:
            before = start - bar_quarters
            late = max(
                (s.onset_quarters for s in chords if s.onset_quarters < start), default=before
            )
            _lead(choices, marks[bar - 1], late - before)
    return frozenset(struck)


def _gather(
    bar: int,
    sections: Sequence[Section],
    players: Sequence[Player],
    rotas: Sequence[Rota],
    *,
    all_of_them: bool,
) -> None:
    """Let all accompany in a bar, or one at least who strikes."""
    for section, rota in zip(sections, rotas, strict=True):
        if not section.start_bar <= bar < section.end_bar:
            continue
        place = bar - section.start_bar
        if not all_of_them and any(
            plays[place] for name, plays in rota.items() if _role(name, players) in _ROLES
        ):
            return
        for player in players:
            if player.role in _ROLES:
                rota.setdefault(player.name, [False] * section.bars)[place] = True


def _role(name: str, players: Sequence[Player]) -> str:
    return next(player.role for player in players if player.name == name)


def _lead(choices: Choices, mark: Marks, last_change: Fraction) -> None:
    """A fill of the last beats, or silence on the last one, before an accent; hides no chord."""
    if mark.fill or mark.hits or mark.stop is not None or len(choices.meter.beats) < 2:
        return
    meter = choices.meter
    drums = choices.style.drums
    if drums.fills and drums.groove and any(part.role == "drums" for part in choices.parts):
        mark.fill = sum(meter.beat_quarters[-min(2, len(meter.beats)) :], Fraction(0))
        mark.weight = _LEAD
    elif choices.style.arrangement.stops > 0 and meter.beat_onsets[-1] > last_change:
        mark.stop = meter.beat_onsets[-1]

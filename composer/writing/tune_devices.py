"""Harmonic devices under a given tune: those of the style that the tune bears."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from composer.music.tune import TuneNote
from composer.rulebook import Rulebook
from composer.theory.chord import Chord
from composer.writing.choices import Choices
from composer.writing.devices import BASS, BODY, Deviser, resolved
from composer.writing.steps import Line, Step
from composer.writing.tune_fit import nats, sung_cost
from composer.writing.tune_likeness import TunePhrase

_BORNE = nats(0.25)  # that a device may cost of the tune's fit, for every bar of the phrase


def devised(
    found: Sequence[tuple[Fraction, Chord]],
    notes: Sequence[TuneNote],
    phrases: Sequence[TunePhrase],
    choices: Choices,
    book: Rulebook,
) -> list[Step]:
    """The chords of a tune as steps, rewritten by the style's devices where the tune bears it.

    The last chord of a phrase stays. Phrases that come back are rewritten alike.

    Args:
        found: Onsets from the first downbeat, and chords.
        notes: The tune, with onsets from the first downbeat.
        phrases: Its phrases.
        choices: Style, key, meter and seed.
        book: The rules.
    """
    key, meter = choices.key, choices.meter
    deviser = Deviser(
        choices.seed, choices.style.harmony.devices, choices.mood.colour, book.devices
    )
    steps = [Step(onset, chord, key) for onset, chord in found if onset < 0]
    for phrase in phrases:
        start = meter.bar_quarters * phrase.start_bar
        end = start + meter.bar_quarters * phrase.bars
        own = _changes([Step(o - start, c, key) for o, c in found if start <= o < end])
        line = Line((*own[:-1], _goal(own[-1])), end - start, meter, book.chords)
        sung = [note for note in notes if start <= note.onset_quarters < end]
        place = ("given tune", phrase.label.rstrip("'"), phrase.bars)
        for name in (*BODY, *BASS):
            other = resolved(deviser.rewritten(line, place, (name,)))
            weak = _ends_on_leading_tone(other)
            if other != line and not weak and _bears(line, other, sung, start, phrase.bars):
                line = other
        steps += [step.moved(start) for step in line.steps]
    return steps


def _ends_on_leading_tone(line: Line) -> bool:
    """Whether the bass comes into the last chord, the tonic, from the leading tone.

    A cadence is the stronger over roots, and every voice that doubles the leading tone would have
    to rise with the bass.
    """
    if len(line.steps) < 2 or line.steps[-1].degree != 0:
        return False
    tonic = line.steps[-1].key.tonic.number
    return line.steps[-2].chord.bass.number == (tonic - 1) % 12


def _changes(steps: Sequence[Step]) -> list[Step]:
    """The steps at which the chord changes."""
    kept = list(steps[:1])
    for step in steps[1:]:
        if step.chord != kept[-1].chord:
            kept.append(step)
    return kept


def _goal(step: Step) -> Step:
    return Step(step.onset, step.chord, step.key, goal=True)


def _bears(line: Line, other: Line, sung: Sequence[TuneNote], start: Fraction, bars: int) -> bool:
    """Whether a tune fits a rewritten line about as well as it fitted the line before."""
    costs = [_cost(each, sung, start) for each in (line, other)]
    return costs[1] <= costs[0] + _BORNE * bars


def _cost(line: Line, sung: Sequence[TuneNote], start: Fraction) -> int:
    bounds = [*(step.onset + start for step in line.steps), line.end + start]
    chords = [step.chord for step in line.steps]
    return sung_cost(sung, bounds, chords, line.steps[0].key, line.meter)

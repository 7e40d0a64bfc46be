"""A given tune in the plan: chords under every copy of it, and the bars in which it sounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.music.plan import BarPlan, Cadence, PartPlan, Section
from composer.music.seeding import generator
from composer.music.tune import TuneNote
from composer.rulebook import Rulebook
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.choices import Choices
from composer.writing.colouring import Colourist
from composer.writing.form import CLOSING
from composer.writing.steps import Step
from composer.writing.tune_devices import devised
from composer.writing.tune_form import GivenTune
from composer.writing.tune_harmony import harmonise
from composer.writing.tune_player import tune_part

_HEARD = Fraction(1, 2)  # beats of a note from which it grinds with a colour
_TRIALS = ("", " again", " a third time", " a fourth time")  # a colour that grinds is drawn anew
_PICKED_UP = 0.5  # of pieces with a pick-up and drums: they come in with a fill


def tune_steps(
    choices: Choices, tune: GivenTune, sections: Sequence[Section], book: Rulebook
) -> list[Step]:
    """Chords under a tune, with onsets from the start of the piece.

    Every copy has the same; before the tune its last bars are heard, turned to lead into it, and
    after it they come again and end on the tonic.
    """
    bar, place = choices.meter.bar_quarters, tune.place
    notes, key = tune.tune.notes, choices.key
    found = harmonise(notes, tune.phrases, key, choices.meter, choices.style, book, lead=place.lead)
    own = devised(found, notes, tune.phrases, choices, book)
    placed: list[Step] = []
    at = Fraction(0)
    for start in (bar * first for first in place.starts):
        first = start - bar * place.lead if not placed or at < start else start
        if at < first:
            placed += _before(own, at, first, bar * place.bars, choices, book)
        placed += [step.moved(start) for step in own if start + step.onset >= at]
        at = start + bar * place.bars
    if at < bar * choices.bars:
        placed += _after(own, at, choices, tune)
    return _coloured(placed, choices, tune, sections, book)


def _before(
    own: Sequence[Step],
    at: Fraction,
    end: Fraction,
    length: Fraction,
    choices: Choices,
    book: Rulebook,
) -> list[Step]:
    """Chords that lead into a tune: those of its last bars, the last half of a bar leading on."""
    found = _stretch(own, at, end, length - (end - at), length)
    key, bar = choices.key, choices.meter.bar_quarters
    leads = book.chords.parse("V" if key.scale.parent == "major" else "V7", key.tonic)
    turn = end - bar + choices.meter.middle
    native = leads.numbers <= key.numbers or key.scale.name == "minor"
    if not native or end - at < bar or found[-1].chord.root != key.tonic:
        return found
    return [step for step in found if step.onset < turn] + [Step(turn, leads, key)]


def _after(own: Sequence[Step], at: Fraction, choices: Choices, tune: GivenTune) -> list[Step]:
    """Chords after a tune: its last bars again, and its last chord, or the tonic, to the end."""
    bar = choices.meter.bar_quarters
    end, length = bar * choices.bars, bar * tune.place.bars
    home = Step(end - bar, _home(own, choices.key), choices.key)
    found = _stretch(own, at, end, length - (end - at), length)
    return [step for step in found if step.onset < end - bar] + [home]


def _home(own: Sequence[Step], key: Key) -> Chord:
    """The tune's own chord on the tonic; its last chord where it has none."""
    third = 4 if key.scale.parent == "major" else 3
    found = [
        step.chord
        for step in own
        if step.chord.root == key.tonic == step.chord.bass
        and (key.tonic.number + third) % 12 in step.chord.numbers
    ]
    return found[-1] if found else own[-1].chord


def _stretch(
    own: Sequence[Step], at: Fraction, end: Fraction, source: Fraction, length: Fraction
) -> list[Step]:
    """The chords of a stretch of the tune, which goes round where it is shorter, moved to a place.

    Args:
        own: Chords of the tune by onset from its first downbeat.
        at: Where the stretch comes to lie.
        end: Where it ends.
        source: Where it begins in the tune; below 0 and beyond its length it goes round.
        length: Length of the tune.
    """
    inside = [step for step in own if step.onset >= 0]
    found: list[Step] = []
    turn = source // length
    while at + turn * length - source < end:
        moved = [step.moved(at + turn * length - source) for step in inside]
        found += [step for step in moved if at <= step.onset < end]
        turn += 1
    if not found or found[0].onset > at:
        sounding = [step for step in inside if step.onset <= source % length]
        found.insert(0, replace(sounding[-1], onset=at))
    return found


def _coloured(
    placed: Sequence[Step],
    choices: Choices,
    tune: GivenTune,
    sections: Sequence[Section],
    book: Rulebook,
) -> list[Step]:
    """Steps in their colours, as far as the tune bears them."""
    colourist = Colourist(choices, book)
    bar = choices.meter.bar_quarters
    ends = [*(step.onset for step in placed[1:]), bar * choices.bars]
    steps, section, note = [], 0, 0
    for step, end in zip(placed, ends, strict=True):
        while sections[section].end_bar * bar <= step.onset:
            section += 1
        while note < len(tune.notes) and tune.notes[note].end_quarters <= step.onset:
            note += 1
        material = sections[section].material
        sung = _sung(tune.notes, note, step.onset, end, choices.meter)
        colours = (
            colourist.coloured(f"{material}{again}", step.chord, step.key, plain=step.plain)
            for again in _TRIALS
        )
        borne = (chord for chord in colours if _bears(step.chord, chord, sung))
        steps.append(replace(step, chord=next(borne, step.chord)))
    return steps


def _sung(
    notes: Sequence[TuneNote], first: int, onset: Fraction, end: Fraction, meter: Meter
) -> set[int]:
    """Pitch classes of the tune that are heard within a span, from one of its notes on."""
    heard = set()
    least = _HEARD * meter.beat_quarters[0]
    for note in notes[first:]:
        if note.onset_quarters >= end:
            break
        if min(end, note.end_quarters) - max(onset, note.onset_quarters) >= least:
            heard.add(note.pitch.midi % 12)
    return heard


def _bears(plain: Chord, coloured: Chord, sung: set[int]) -> bool:
    """Whether no tone that a colour adds grinds with the tune."""
    added = coloured.numbers - plain.numbers
    return not any((tone - number) % 12 in (1, 11) for tone in added for number in sung)


def ended_as_sung(sections: tuple[Section, ...], last: Chord, key: Key) -> tuple[Section, ...]:
    """The form, its last cadence waived where the tune leaves no room for a closing one."""
    section = sections[-1]
    phrase = section.phrases[-1]
    at_home = last.root == key.tonic == last.bass
    if phrase.cadence.kind in CLOSING and at_home:
        return sections
    given = replace(phrase, cadence=Cadence("given", phrase.cadence.onset_quarters))
    return (*sections[:-1], replace(section, phrases=(*section.phrases[:-1], given)))


def bars_with_tune(
    bars: Sequence[BarPlan], choices: Choices, tune: GivenTune
) -> tuple[BarPlan, ...]:
    """The bars with the player of the tune where it sounds, and there alone.

    Where the piece opens with a pick-up, that is heard alone, or over a fill of the drums.
    """
    player = tune_part(choices.parts)
    if player is None:
        return tuple(bars)
    heard = set()
    for note in tune.notes:
        first = note.onset_quarters // choices.meter.bar_quarters
        last = -(-note.end_quarters // choices.meter.bar_quarters)
        heard |= set(range(int(first), int(last)))
    found = []
    for index, bar in enumerate(bars):
        others = bar.active - {player.name}
        active = others | {player.name} if index in heard else others
        found.append(replace(bar, active=active))
    lead = tune.place.lead
    if lead and tune.place.starts[0] == lead:
        found[:lead] = [_alone(bar, choices, player, tune, i) for i, bar in enumerate(found[:lead])]
    return tuple(found)


def _alone(
    bar: BarPlan, choices: Choices, player: PartPlan, tune: GivenTune, index: int
) -> BarPlan:
    """A bar of a pick-up that opens the piece."""
    drums = {part.name for part in choices.parts if part.role == "drums"}
    last = index == tune.place.lead - 1
    wanted = generator(choices.seed, "pickup").random() < _PICKED_UP
    fill = Fraction(0)
    if drums and last and wanted and choices.style.drums.fills:
        fill = choices.meter.beat_quarters[-1]
    active = frozenset({player.name} | (drums if fill else set()))
    return replace(bar, active=active, fill=fill, crash=False, hits=(), stop=Fraction(0), build=0.0)

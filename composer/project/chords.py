"""Other chords in some bars; the parts that are free follow them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from composer.checking.report import Violation
from composer.errors import BriefError, ProjectError
from composer.music.plan import Cadence, ChordSpan, PartPlan, Phrase, Plan, Section
from composer.music.score import Score
from composer.project.judging import judged, parts_of
from composer.project.played import retold
from composer.project.rewriting import Task, rewritten
from composer.project.selection import Targets
from composer.project.state import State, Workshop
from composer.rulebook import Rulebook
from composer.writing import given


def with_chords(state: State, bars: range, symbols: str, seed: int, workshop: Workshop) -> State:
    """A state with other chords in some bars; the pitched parts that are free follow there.

    Where a note is held into or out of these bars against the new chords, the bar beside them is
    written anew too.

    Raises:
        ProjectError: If the symbols are no chords or do not fill the bars, or if a locked part
            contradicts them.
    """
    plan = _replanned(state.plan, bars, symbols, workshop.book)
    score = replace(state.score, chords=plan.chords, sections=plan.sections)
    pitched = [part for part in plan.parts if not part.instrument.is_drums]
    bar_quarters = plan.meter.bar_quarters
    reach = range(max(0, bars.start - 1), min(len(plan.bars), bars.stop + 1))
    _refuse_locked(state, plan, score)
    last: ProjectError | None = None
    for around in (bars, reach):
        targets = _free(state, pitched, around, score, bar_quarters)
        if not targets:
            performance = retold(state.performance, plan, score, workshop.book)
            return replace(state, plan=plan, score=score, performance=performance)
        try:
            return rewritten(state, Task(plan, score, targets, seed), workshop)
        except ProjectError as error:
            last = error
    raise last or ProjectError("set-chords: nothing could be written")


def _free(
    state: State, parts: Sequence[PartPlan], bars: range, score: Score, bar_quarters: Fraction
) -> Targets:
    """The bars in which parts have notes and are not locked."""
    found: dict[str, frozenset[int]] = {}
    for part, written in zip(state.plan.parts, score.parts, strict=True):
        sounding = {int(note.onset_quarters // bar_quarters) for note in written.notes}
        playing = sounding | {b for b in bars if part.name in state.plan.bars[b].active}
        free = frozenset(b for b in bars if b in playing and not state.is_locked(part.name, b))
        if part in parts and free:
            found[part.name] = free
    return found


def _refuse_locked(state: State, plan: Plan, score: Score) -> None:
    """Refuse chords that notes which may not change contradict."""
    own = {part for part, _ in state.adopted}
    faults = judged(plan, score, None, own).violations
    known = set(judged(state.plan, state.score, None, own).violations)
    for fault in faults:
        if fault in known:
            continue
        names = parts_of(fault)
        bar = fault.where.bar - 1
        if names and bar >= 0 and all(state.is_locked(name, bar) for name in names):
            raise ProjectError(
                f"set-chords: {', '.join(sorted(names))} is locked and contradicts the new chords "
                f"({_short(fault)}); unlock it, or choose chords that fit it"
            )


def _short(fault: Violation) -> str:
    return f"bar {fault.where.bar}: {fault.message}"


def _replanned(plan: Plan, bars: range, symbols: str, book: Rulebook) -> Plan:
    """The plan with other chords; phrases whose cadence they touch end as the user says."""
    meter = plan.meter
    start, end = meter.bar_quarters * bars.start, meter.bar_quarters * bars.stop
    here = next(s for s in plan.chords if s.onset_quarters <= start < s.end_quarters)
    try:
        rows = given.split_bars(symbols)
        times, rest = divmod(len(bars), len(rows))
        if rest or times < 1:
            raise ProjectError(
                f"set-chords: {len(rows)} bars of chords do not fill {len(bars)} bars evenly; "
                f"give {len(bars)} bars of chords, or a number that divides it"
            )
        placed = given.place(rows * times, meter, here.key, book.chords)
    except BriefError as error:
        raise ProjectError(f"set-{error}") from None
    onsets = [start + onset for onset, _ in placed]
    spans: list[ChordSpan] = []
    for onset, until, (_, chord) in zip(onsets, [*onsets[1:], end], placed, strict=True):
        key = next(s.key for s in plan.chords if s.onset_quarters <= onset < s.end_quarters)
        spans.append(ChordSpan(onset, until - onset, chord, chord.roman(key.tonic), key))
    before = [_cut(s, s.onset_quarters, min(s.end_quarters, start)) for s in plan.chords]
    after = [_cut(s, max(s.onset_quarters, end), s.end_quarters) for s in plan.chords]
    chords = [s for s in (*before, *spans, *after) if s.duration_quarters > 0]
    sections = tuple(
        _ended(section, plan, tuple(chords), (start, end)) for section in plan.sections
    )
    return replace(plan, chords=tuple(chords), sections=sections)


def _cut(span: ChordSpan, onset: Fraction, end: Fraction) -> ChordSpan:
    return replace(span, onset_quarters=onset, duration_quarters=max(end - onset, Fraction(0)))


def _ended(
    section: Section,
    plan: Plan,
    chords: tuple[ChordSpan, ...],
    changed: tuple[Fraction, Fraction],
) -> Section:
    """A section whose phrases end as given where their last two chords are changed."""
    bar = plan.meter.bar_quarters
    phrases: list[Phrase] = []
    for phrase in section.phrases:
        end = bar * (phrase.start_bar + phrase.bars)
        origin = _approach(plan.chords, phrase.cadence.onset_quarters)
        if origin < changed[1] and changed[0] < end:
            onset = [s for s in chords if s.onset_quarters < end][-1].onset_quarters
            onset = max(onset, bar * phrase.start_bar)
            phrase = replace(phrase, cadence=Cadence("given", onset))
        phrases.append(phrase)
    return replace(section, phrases=tuple(phrases))


def _approach(chords: tuple[ChordSpan, ...], onset: Fraction) -> Fraction:
    """Where the chord before a cadence's last one begins, on another root."""
    place = max(i for i, span in enumerate(chords) if span.onset_quarters <= onset)
    root = chords[place].chord.root.number
    while place > 0 and chords[place].chord.root.number == root:
        place -= 1
    return chords[place].onset_quarters

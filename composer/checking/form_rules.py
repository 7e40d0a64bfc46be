"""Rules 1 and 5 on the score: length, tempo, meter, the chords as planned, and the cadences."""

from __future__ import annotations

from bisect import bisect_left

from composer.checking.index import ScoreIndex
from composer.checking.report import WHOLE_PIECE, Finding, Violation
from composer.music.plan import Phrase
from composer.theory.chord import Chord

CLOSING_KINDS = frozenset({"authentic", "plagal", "modal"})
_MINOR_THIRD = -3


def judge_length(index: ScoreIndex) -> Finding:
    """Judge that the score has the asked bars and nothing sounds outside them.

    Source: rule 1 of the hard rules.
    """
    violations = []
    asked, bars = len(index.plan.bars), index.score.bars
    if bars != asked:
        message = f"the score has {bars} bars, the plan {asked}"
        violations.append(Violation("length", WHOLE_PIECE, message))
    position = 0
    for section in index.score.sections:
        if section.start_bar != position or section.bars < 1:
            message = f"section {section.name} begins at bar {section.start_bar + 1}"
            violations.append(Violation("length", WHOLE_PIECE, message))
        position = section.end_bar
    if position != bars:
        message = f"the sections fill {position} bars of {bars}"
        violations.append(Violation("length", WHOLE_PIECE, message))
    checked = 2
    for part in index.parts:
        checked += len(part.notes)
        for note in part.notes:
            if note.onset < 0 or note.end > index.length:
                place = "begins before the start" if note.onset < 0 else "sounds after the end"
                message = f"{note.pitch} {place}"
                violations.append(index.violation("length", note.onset, part.name, message))
    return Finding(checked, tuple(violations))


def judge_tempo_and_meter(index: ScoreIndex) -> Finding:
    """Judge that the score has the plan's tempo, time signature and key.

    Source: rule 1 of the hard rules.
    """
    plan, score = index.plan, index.score
    fields = (
        ("tempo", score.quarters_per_minute, plan.quarters_per_minute),
        ("time signature", score.meter, plan.meter),
        ("key", score.key, plan.key),
    )
    return Finding(
        len(fields),
        tuple(
            Violation("tempo-and-meter", WHOLE_PIECE, f"the {name} is {got}, the plan says {want}")
            for name, got, want in fields
            if got != want
        ),
    )


def judge_chords(index: ScoreIndex) -> Finding:
    """Judge that the score has the plan's chords, which fill the piece without a gap.

    Source: rule 3 of the hard rules, and the brief: given chords are kept exactly.
    """
    violations, position = [], 0
    if index.score.chords != index.plan.chords:
        message = "the chords are not those of the plan"
        violations.append(Violation("chords", WHOLE_PIECE, message))
    for span in index.spans:
        if span.onset != position or span.end <= span.onset:
            message = f"{span.chord} leaves a gap or overlaps the chord before"
            violations.append(index.violation("chords", span.onset, "", message))
        position = span.end
    if position != index.to_grid(index.plan.length_quarters):
        message = "the chords do not end with the piece"
        violations.append(Violation("chords", WHOLE_PIECE, message))
    return Finding(len(index.spans), tuple(violations))


def judge_cadences(index: ScoreIndex) -> Finding:
    """Judge that each section ends with its cadence, and the piece with a closing one.

    A loop does not close: its end leads into its beginning.
    The cadence's last chord must sound on to the end of the section. Cadences of kind ``given``
    are waived, for the user's own chords decide them.
    Source: rule 5 of the hard rules; Kostka and Payne, *Tonal Harmony* (7th ed., 2013), chapter
    10, on cadences.
    """
    checked = waived = 0
    violations = []
    ends = [section.phrases[-1] for section in index.score.sections if section.phrases]
    for phrase in ends:
        if phrase.cadence.kind == "given":
            waived += 1
            continue
        checked += 1
        time = index.to_grid(phrase.cadence.onset_quarters)
        fault = _cadence_fault(index, phrase)
        if not fault and phrase is ends[-1] and not index.plan.loop:
            fault = _closing_fault(index, phrase.cadence.kind)
        if fault:
            violations.append(index.violation("cadences", time, "", fault))
    note = f"{waived} of {len(ends)} are given by the user" if waived else ""
    return Finding(checked, tuple(violations), waived, note)


def cadence_fits(kind: str, before: Chord | None, last: Chord, tonic: int) -> bool:
    """Whether two chords make a cadence of a kind.

    Args:
        kind: ``authentic`` (V or vii° to I), ``plagal`` (IV or ii to I), ``modal`` (any other
            chord to I, such as bVII or a minor v), ``half`` (ends away from I), ``deceptive``
            (V or vii° to another chord than I, as a rule VI) or ``open`` (anything).
        before: The chord before the last one, on another root; None at the start of the piece.
        last: The last chord.
        tonic: Pitch-class number of the tonic.

    Raises:
        ValueError: If the kind is unknown.

    Source: Kostka and Payne, chapter 10; Biamonte, "Triadic Modal and Pentatonic Patterns in Rock
    Music" (2010), on modal cadences.
    """
    goal = (last.root.number - tonic) % 12
    origin = None if before is None else (before.root.number - tonic) % 12
    match kind:
        case "authentic":
            return goal == 0 and _is_dominant(before, origin)
        case "plagal":
            return goal == 0 and origin in (2, 5)
        case "modal":
            return goal == 0 and origin is not None
        case "half":
            return goal != 0
        case "deceptive":
            return goal != 0 and _is_dominant(before, origin)
        case "open":
            return True
    raise ValueError(f'"{kind}" is not a kind of cadence')


def _is_dominant(chord: Chord | None, degree: int | None) -> bool:
    """V without a minor third, or a chord on the leading tone."""
    if chord is None:
        return False
    return degree == 11 or (degree == 7 and chord.quality.third != _MINOR_THIRD)


def cadence_chords(index: ScoreIndex, phrase: Phrase) -> tuple[int | None, int]:
    """Span numbers of a phrase's last chord and of the one before it, on another root."""
    last = index.span_number(index.to_grid(phrase.cadence.onset_quarters))
    root = index.spans[last].chord.root.number
    before = last - 1
    while before >= 0 and index.spans[before].chord.root.number == root:
        before -= 1
    return (before if before >= 0 else None), last


def _cadence_fault(index: ScoreIndex, phrase: Phrase) -> str:
    kind = phrase.cadence.kind
    time = index.to_grid(phrase.cadence.onset_quarters)
    start, end = phrase.start_bar * index.bar, (phrase.start_bar + phrase.bars) * index.bar
    if not start <= time < end:
        return f"the {kind} cadence lies outside its phrase"
    before, last = cadence_chords(index, phrase)
    final, key = index.spans[last].chord, index.spans[last].key
    previous = None if before is None else index.spans[before].chord
    if not cadence_fits(kind, previous, final, key.tonic.number):
        return f"{previous} to {final} is no {kind} cadence in {key}"
    stop = bisect_left(index.spans, end, key=lambda span: span.onset)
    for span in index.spans[last:stop]:
        if kind != "open" and span.chord.root.number != final.root.number:
            return f"the section goes on to {span.chord} after its {kind} cadence"
    return ""


def _closing_fault(index: ScoreIndex, kind: str) -> str:
    if kind not in CLOSING_KINDS:
        return f"the piece ends with a cadence of kind {kind}"
    chord, tonic = index.spans[-1].chord, index.spans[-1].key.tonic.number
    if chord.root.number != tonic or chord.bass.number != tonic:
        return f"the piece ends on {chord}, not on the tonic in root position"
    return ""

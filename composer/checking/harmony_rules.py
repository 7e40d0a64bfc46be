"""Rules 2 and 3: what notes are in their harmony, what the bass has, what voicings hold."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from composer.checking.index import GridNote, GridPart, GridSpan, ScoreIndex
from composer.checking.report import Finding, Violation
from composer.checking.tones import CHROMATIC_FUNCTIONS, classify, resolves
from composer.checking.tune_rules import Exempt
from composer.theory.pitch import nearest_spelling

BASS_ROLES = frozenset({"bass"})
HARMONY_ROLES = frozenset({"pad", "comping"})


def judge_tones(index: ScoreIndex) -> Finding:
    """Judge that each pitched note is in the key, in its chord, or chromatic and resolving.

    A chromatic chord tone may anticipate its chord by an eighth. One that is held across a change
    of chord must belong to each later chord, or go down by step as a suspension. A tune that the
    user gives, and what doubles it, may stand as it is.
    Source: Kostka and Payne, *Tonal Harmony* (7th ed., 2013), chapters 11 and 12.
    """
    checked = waived = 0
    violations: list[Violation] = []
    exempt = Exempt(index)
    for part in index.parts:
        if not part.is_pitched:
            continue
        checked += len(part.notes)
        lines = _Lines(part, index.bar)
        for note in part.notes:
            if not _in_its_keys(index, note):
                if exempt.covers(part, note):
                    waived += 1
                    continue
                fault = _chromatic_fault(index, lines, note)
                if fault:
                    violations.append(index.violation("tones", note.onset, part.name, fault))
    about = f"{waived} are the user's own tune" if waived else ""
    return Finding(checked - waived, tuple(violations), waived, about)


def _in_its_keys(index: ScoreIndex, note: GridNote) -> bool:
    """Whether a note is in the key of every chord that it sounds over."""
    first, last = index.span_number(note.onset), index.span_number(note.end - 1)
    number = note.pitch % 12
    keys = {index.spans[i].key for i in range(first, last + 1)}
    return all(number in key.numbers for key in keys)


class _Lines:
    """Neighbours of notes in the voices of a part, at most a bar of rest away."""

    def __init__(self, part: GridPart, reach: int) -> None:
        self._voices = part.voices
        self._onsets = {number: [n.onset for n in notes] for number, notes in self._voices.items()}
        self._reach = reach

    def before(self, note: GridNote) -> GridNote | None:
        """The note before; of several that begin together the nearest in pitch."""
        notes, onsets = self._voices[note.voice], self._onsets[note.voice]
        last = bisect_left(onsets, note.onset)
        first = bisect_left(onsets, onsets[last - 1]) if last else 0
        found = _nearest(notes[first:last], note.pitch)
        return found if found and found.end >= note.onset - self._reach else None

    def after(self, note: GridNote) -> GridNote | None:
        """The note after; of several that begin together the nearest in pitch."""
        notes, onsets = self._voices[note.voice], self._onsets[note.voice]
        first = bisect_right(onsets, note.onset)
        last = bisect_right(onsets, onsets[first]) if first < len(onsets) else first
        found = _nearest(notes[first:last], note.pitch)
        return found if found and found.onset <= note.end + self._reach else None


def _nearest(notes: list[GridNote], pitch: int) -> GridNote | None:
    return min(notes, key=lambda note: (abs(note.pitch - pitch), note.pitch), default=None)


def _chromatic_fault(index: ScoreIndex, lines: _Lines, note: GridNote) -> str:
    """What is wrong with a note outside the key; empty where nothing is."""
    here = index.span_number(note.onset)
    span = index.spans[here]
    number = note.pitch % 12
    previous, following = lines.before(note), lines.after(note)
    before = previous.pitch if previous else None
    after = following.pitch if following else None
    next_chord = index.span_at(following.onset).numbers if following else frozenset[int]()
    if number not in span.numbers:
        context = (span.numbers, span.key.numbers, span.key.tonic.number, next_chord)
        if number in span.key.numbers:
            pass
        elif _anticipates(index, here, note):
            here += 1
        elif note.function not in CHROMATIC_FUNCTIONS:
            could = classify(before, note.pitch, after, *context)
            hint = f'"{could}" would fit' if could else "no function fits"
            return f'{_place(index, note, span)} and is called "{note.function}"; {hint}'
        elif not resolves(note.function, before, note.pitch, after, *context):
            return f'{_place(index, note, span)} and does not behave as "{note.function}"'
    for later in index.spans[here + 1 : index.span_number(note.end - 1) + 1]:
        if number in later.key.numbers:
            continue
        if number not in later.numbers and not (after and 1 <= note.pitch - after <= 2):
            return f"{_name(index, note)} is held into {later.chord} and does not go down by step"
    return ""


def _anticipates(index: ScoreIndex, here: int, note: GridNote) -> bool:
    """Whether a note belongs to the next chord and begins at most an eighth before it."""
    if here + 1 >= len(index.spans):
        return False
    later = index.spans[here + 1]
    return later.onset - note.onset <= index.eighth and note.pitch % 12 in later.numbers


def _name(index: ScoreIndex, note: GridNote) -> str:
    name = nearest_spelling(note.pitch, index.span_at(note.onset).key.tonic.fifths).name
    return f"{name} ({note.pitch})"


def _place(index: ScoreIndex, note: GridNote, span: GridSpan) -> str:
    return f"{_name(index, note)} is neither in {span.key} nor in {span.chord}"


def judge_bass_root(index: ScoreIndex) -> Finding:
    """Judge that on each chord the bass first has the root or the written inversion.

    The first bass note of a span is the one that begins with it, else the one held into it, else
    the first to begin in it. Let pass: a note that anticipates the next chord's bass by an
    eighth, and a pick-up in a bar where the plan lets the bass rest.
    Source: rule 3 of the hard rules; Kostka and Payne, chapter 3, on bass position.
    """
    checked, violations = 0, []
    for part in index.parts:
        if part.plan.role not in BASS_ROLES or not part.is_pitched:
            continue
        for number, notes in enumerate(index.notes_by_span(part)):
            first = _first_bass(index.spans[number], notes)
            if first is None or _is_pick_up(index, number, first, part.name):
                continue
            checked += 1
            chord = index.spans[number].chord
            if first.pitch % 12 != chord.bass.number:
                time = max(first.onset, index.spans[number].onset)
                message = f"{chord} begins with {_name(index, first)} in the bass"
                violations.append(index.violation("bass-root", time, part.name, message))
    return Finding(checked, tuple(violations))


def _first_bass(span: GridSpan, notes: list[GridNote]) -> GridNote | None:
    """The first bass note of a span, the lowest of several that begin together."""
    attacked = next((note for note in notes if note.onset >= span.onset), None)
    held = next((note for note in notes if note.onset < span.onset), None)
    if attacked is not None and (held is None or attacked.onset == span.onset):
        return attacked
    return held


def _is_pick_up(index: ScoreIndex, number: int, first: GridNote, part: str) -> bool:
    if not index.is_active(part, first.onset, first.onset + 1):
        return True
    if number + 1 >= len(index.spans):
        return False
    later = index.spans[number + 1]
    if later.onset - first.onset > index.eighth:
        return False
    return first.pitch % 12 == later.chord.bass.number


def judge_essential_tones(index: ScoreIndex) -> Finding:
    """Judge that pads and comping hold the tones that make each chord what it is.

    Judged over each chord span of a beat or longer in which the plan lets the part play and the
    part sounds before the span's last eighth, which may belong to the next chord. A chord whose
    quality asks for nothing (a power chord) is skipped.
    Source: rule 3 of the hard rules; Levine, *The Jazz Theory Book* (1995), chapter 3, on thirds
    and sevenths.
    """
    checked, violations = 0, []
    for part in index.parts:
        if part.plan.role not in HARMONY_ROLES or not part.is_pitched:
            continue
        for span, notes in zip(index.spans, index.notes_by_span(part), strict=True):
            essential = span.chord.essential_numbers
            latest = span.end - index.eighth
            if not essential or span.end - span.onset < index.beat:
                continue
            if not any(note.onset < latest for note in notes):
                continue
            if not index.is_active(part.name, span.onset, span.end):
                continue
            checked += 1
            missing = essential - {note.pitch % 12 for note in notes}
            if missing:
                spelled = [p.name for p in span.chord.pitch_classes if p.number in missing]
                message = f"{span.chord} lacks {' and '.join(spelled)}"
                violations.append(
                    index.violation("essential-tones", span.onset, part.name, message)
                )
    return Finding(checked, tuple(violations))

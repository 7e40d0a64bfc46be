"""Rules 2 to 5 on a MIDI file, as far as it allows.

A file does not name the function of a note, nor its voice: a chromatic note may stand if any way
through its neighbours explains it. Players are early, late and legato, so times are taken with
the tolerances of `composer.checking.file_index.FileIndex`.
"""

from __future__ import annotations

from composer.checking.file_index import FileIndex, onset_groups
from composer.checking.harmony_rules import BASS_ROLES, HARMONY_ROLES
from composer.checking.index import GridSpan
from composer.checking.report import Finding, Violation
from composer.checking.tones import classify
from composer.checking.voices import in_range
from composer.music.performance import PlayedNote, Track
from composer.theory.key import Key

_FURTHEST = 3
_TIED = 16  # of a quarter: how far a note may sound into one of its own group that it leads to
NO_CHORDS = "the file names no chords"
NO_VOICES = "a MIDI file does not say which voices are governed"
NO_ROLES = "the file does not say which parts hold the harmony"


def judge_file_tones(file: FileIndex) -> Finding:
    """Judge that each pitched note is in the key, in its chord, or explained by its neighbours.

    Without chord symbols the share of such notes is told, against the key, and nothing is judged.
    Source: Kostka and Payne, *Tonal Harmony* (7th ed., 2013), chapters 11 and 12.
    """
    if file.key is None:
        return Finding(0, note=f"{NO_CHORDS}; {file.key_source}")
    checked, violations = 0, []
    for track in file.melodic_tracks:
        groups = onset_groups(track, file.early)
        for number, group in enumerate(groups):
            checked += len(group)
            for note in group:
                key = file.key_at(note.onset_ticks) or file.key
                if note.pitch % 12 in key.numbers:
                    continue
                if not _is_explained(file, key, groups, number, note):
                    message = f"{note.pitch} is neither in {key} nor explained by its chord"
                    violations.append(
                        file.violation("tones", note.onset_ticks, track.name, message)
                    )
    if file.spans:
        return Finding(checked, tuple(violations), note=file.key_source)
    share = 100 * (checked - len(violations)) / max(checked, 1)
    told = f"{share:.0f}% of {checked} notes are in it or step into it"
    return Finding(0, note=f"{NO_CHORDS}; {file.key_source}: {told}")


def _is_explained(
    file: FileIndex, key: Key, groups: list[list[PlayedNote]], number: int, note: PlayedNote
) -> bool:
    """Whether a note outside the key belongs to its chords, or resolves between neighbours."""
    pitch_class = note.pitch % 12
    after = _after(file, groups, number, note)
    if file.spans:
        here = file.span_number(note.onset_ticks)
        anticipated = file.spans[here + 1 : here + 2]
        eighth = file.performance.ticks_per_quarter // 2 + file.early
        inside = pitch_class in file.spans[here].numbers
        if not inside and anticipated and pitch_class in anticipated[0].numbers:
            inside = anticipated[0].onset - note.onset_ticks <= eighth
            here += inside
        last = file.span_number(note.end_ticks - file.late - file.early)
        for later in file.spans[here + 1 : last + 1]:
            falls = any(1 <= note.pitch - other.pitch <= 2 for other in after)
            if pitch_class not in later.numbers and not falls:
                return False
        if inside:
            return True
    chord = file.spans[file.span_number(note.onset_ticks)].numbers if file.spans else frozenset()
    context = (chord, key.numbers, key.tonic.number)
    # No function reaches further than three semitones: of dense chords few neighbours are left.
    before: set[int | None] = {
        other.pitch
        for other in _before(file, groups, number, note)
        if abs(other.pitch - note.pitch) <= _FURTHEST
    }
    goals: set[tuple[int | None, frozenset[int]]] = {
        (other.pitch, _goal(file, key, other))
        for other in after
        if abs(other.pitch - note.pitch) <= _FURTHEST
    }
    if not after:
        goals.add((None, chord))
    return any(
        classify(previous, note.pitch, following, *context, goal) is not None
        for previous in before or {None}
        for following, goal in goals
    )


def _goal(file: FileIndex, key: Key, note: PlayedNote) -> frozenset[int]:
    """The pitch classes that a note may resolve into; the key's where there are no chords."""
    return file.spans[file.span_number(note.onset_ticks)].numbers if file.spans else key.numbers


def _before(
    file: FileIndex, groups: list[list[PlayedNote]], number: int, note: PlayedNote
) -> list[PlayedNote]:
    """Notes that may come before in a voice: grace notes, the group before, all that end here."""
    reach = note.onset_ticks - 4 * file.performance.ticks_per_quarter
    tied = file.performance.ticks_per_quarter // _TIED
    found = [n for n in groups[number] if n.end_ticks <= note.onset_ticks + tied]
    found += [] if number == 0 else groups[number - 1]
    for earlier in range(number - 2, -1, -1):
        if groups[earlier][0].onset_ticks < reach:
            break
        found += [n for n in groups[earlier] if abs(n.end_ticks - note.onset_ticks) <= file.late]
    return [other for other in found if other.end_ticks >= reach]


def _after(
    file: FileIndex, groups: list[list[PlayedNote]], number: int, note: PlayedNote
) -> list[PlayedNote]:
    """Notes that may come after in a voice: at its end in the group, the group after, the first."""
    reach = note.end_ticks + 4 * file.performance.ticks_per_quarter
    tied = file.performance.ticks_per_quarter // _TIED
    found = [n for n in groups[number] if n.onset_ticks >= note.end_ticks - tied]
    for later in range(number + 1, len(groups)):
        ended = groups[later][0].onset_ticks >= note.end_ticks - file.late
        if later == number + 1 or ended:
            found += [other for other in groups[later] if other.onset_ticks <= reach]
        if ended:
            break
    return found


def judge_file_bass(file: FileIndex) -> Finding:
    """Judge that a bass note that begins with a chord, or is held into it, is the chord's bass.

    A track is a bass by its role, or else by its instrument.
    Source: rule 3 of the hard rules.
    """
    if not file.spans:
        return Finding(0, note=NO_CHORDS)
    checked, violations = 0, []
    for track in file.melodic_tracks:
        if _is_bass(file, track):
            for number, first in _first_basses(file, track).items():
                checked += 1
                span = file.spans[number]
                if first.pitch % 12 != span.chord.bass.number:
                    message = f"{span.chord} begins with {first.pitch} in the bass"
                    violations.append(file.violation("bass-root", span.onset, track.name, message))
    return Finding(checked, tuple(violations), note="" if checked else "the file has no bass")


def _is_bass(file: FileIndex, track: Track) -> bool:
    if track.role:
        return track.role in BASS_ROLES
    instrument = file.instrument(track)
    return instrument is not None and instrument.family == "bass"


def _first_basses(file: FileIndex, track: Track) -> dict[int, PlayedNote]:
    """By chord span the lowest bass note that begins with it, or the one held into it."""
    attacked: dict[int, PlayedNote] = {}
    held: dict[int, PlayedNote] = {}
    for note in track.notes:
        first = file.span_number(note.onset_ticks)
        if abs(note.onset_ticks - file.spans[first].onset) <= file.early:
            attacked[first] = min(note, attacked.get(first, note), key=lambda n: n.pitch)
        for later in range(first + 1, file.span_number(note.end_ticks - file.late) + 1):
            if note.end_ticks - file.spans[later].onset > file.late:
                held[later] = note
    return held | attacked


def judge_file_essential_tones(file: FileIndex) -> Finding:
    """Judge that tracks with the role of pad or comping hold each chord's essential tones.

    Source: rule 3 of the hard rules.
    """
    if not file.spans:
        return Finding(0, note=NO_CHORDS)
    quarter = file.performance.ticks_per_quarter
    checked, violations = 0, []
    for track in file.melodic_tracks:
        if track.role not in HARMONY_ROLES:
            continue
        for span, notes in zip(file.spans, _notes_by_span(file, track), strict=True):
            latest = span.end - quarter // 2 - file.early
            begun = any(n.onset_ticks < latest for n in notes)
            if span.chord.essential_numbers and span.end - span.onset >= quarter and begun:
                checked += 1
                missing = span.chord.essential_numbers - {note.pitch % 12 for note in notes}
                if missing:
                    violations.append(_lacking(file, span, track, missing))
    return Finding(checked, tuple(violations), note="" if checked else NO_ROLES)


def _lacking(file: FileIndex, span: GridSpan, track: Track, missing: frozenset[int]) -> Violation:
    spelled = [p.name for p in span.chord.pitch_classes if p.number in missing]
    message = f"{span.chord} lacks {' and '.join(spelled)}"
    return file.violation("essential-tones", span.onset, track.name, message)


def _notes_by_span(file: FileIndex, track: Track) -> list[list[PlayedNote]]:
    found: list[list[PlayedNote]] = [[] for _ in file.spans]
    for note in track.notes:
        first = file.span_number(note.onset_ticks)
        last = file.span_number(note.end_ticks - file.late - file.early)
        for number in range(first, max(first, last) + 1):
            found[number].append(note)
    return found


def judge_file_range(file: FileIndex) -> Finding:
    """Judge that melodic tracks stay within the range of the instrument of their program.

    Source: ``rules/instruments.toml``.
    """
    checked = 0
    violations: list[Violation] = []
    for track in file.melodic_tracks:
        instrument = file.instrument(track)
        if instrument is None:
            continue
        checked += len(track.notes)
        place = f"is outside {instrument.low}–{instrument.high} of {instrument.name}"
        violations.extend(
            file.violation("range", note.onset_ticks, track.name, f"{note.pitch} {place}")
            for note in track.notes
            if not in_range(note.pitch, instrument)
        )
    return Finding(checked, tuple(violations))


def judge_file_cadence(file: FileIndex) -> Finding:
    """Judge that the last chord is the tonic in root position; waived where it is not.

    A file says neither where its phrases end nor whether its chords were given by the user.
    Source: rule 5 of the hard rules.
    """
    if not file.spans or file.key is None:
        return Finding(0, note=NO_CHORDS)
    chord, key = file.spans[-1].chord, file.spans[-1].key
    tonic = key.tonic.number
    if chord.root.number == tonic == chord.bass.number:
        return Finding(1, note="only the last chord is judged")
    note = f"the file ends on {chord} in {key}; whether that was asked, it does not say"
    return Finding(0, waived=1, note=note)


def judge_file_voices(file: FileIndex) -> Finding:
    """Judge nothing: a file does not tell the voices of a part apart."""
    return Finding(0, note=NO_VOICES)

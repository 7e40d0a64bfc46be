"""Rule 6 on the score: overlaps, velocities, channels, limbs and playable polyphony."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import groupby

from composer.checking.drums import limbs_ok
from composer.checking.index import ScoreIndex
from composer.checking.report import WHOLE_PIECE, Finding, Violation
from composer.music.score import FUNCTIONS

MELODIC_CHANNELS = 15
LOUDEST = 127


def judge_overlap(index: ScoreIndex) -> Finding:
    """Judge that no note is empty, and that no two of one pitch overlap within a part.

    Source: MIDI 1.0 Detailed Specification (1996), on Note Off: one ends both.
    """
    checked, violations = 0, []
    for part in index.parts:
        ends: dict[int, int] = {}
        checked += len(part.notes)
        for note in part.notes:
            message = ""
            if note.end <= note.onset:
                message = f"{note.pitch} has no length"
            elif ends.get(note.pitch, note.onset) > note.onset:
                message = f"{note.pitch} begins while it still sounds"
            if message:
                violations.append(index.violation("overlap", note.onset, part.name, message))
            ends[note.pitch] = max(note.end, ends.get(note.pitch, note.end))
    return Finding(checked, tuple(violations))


def judge_velocities(index: ScoreIndex) -> Finding:
    """Judge that velocities are 1–127, pitches 0–127, and functions known.

    Source: MIDI 1.0 Detailed Specification (1996), on Note On.
    """
    checked, violations = 0, []
    for part in index.parts:
        checked += len(part.notes)
        for note in part.notes:
            message = ""
            if not 1 <= note.velocity <= LOUDEST:
                message = f"{note.pitch} has velocity {note.velocity}"
            elif not 0 <= note.pitch <= LOUDEST:
                message = f"{note.pitch} is no MIDI pitch"
            elif note.function not in FUNCTIONS:
                message = f'{note.pitch} has the unknown function "{note.function}"'
            if message:
                violations.append(index.violation("velocities", note.onset, part.name, message))
    return Finding(checked, tuple(violations))


def judge_channels(index: ScoreIndex) -> Finding:
    """Judge that the parts fit MIDI's channels: at most fifteen melodic ones, all named apart.

    Source: General MIDI System Level 1 (1991): channel 10 is the drums'.
    """
    names = [part.name for part in index.parts]
    melodic = sum(part.is_pitched for part in index.parts)
    violations = []
    if melodic > MELODIC_CHANNELS:
        message = f"{melodic} melodic parts, {MELODIC_CHANNELS} channels"
        violations.append(Violation("channels", WHOLE_PIECE, message))
    if len(set(names)) < len(names):
        violations.append(Violation("channels", WHOLE_PIECE, "two parts have one name"))
    return Finding(len(names), tuple(violations))


def judge_limbs(index: ScoreIndex) -> Finding:
    """Judge that the drums, all of them together, never need more than two hands and two feet.

    Source: `composer.checking.drums`.
    """
    strikes = sorted(
        (note.onset, note.pitch)
        for part in index.parts
        if not part.is_pitched
        for note in part.notes
    )
    checked, violations = 0, []
    for time, group in groupby(strikes, key=lambda strike: strike[0]):
        keys = [key for _, key in group]
        checked += 1
        if not limbs_ok(keys):
            message = f"{len(keys)} strikes at once: {keys}"
            violations.append(index.violation("limbs", time, "", message))
    return Finding(checked, tuple(violations))


def judge_polyphony(index: ScoreIndex) -> Finding:
    """Judge that no instrument sounds more notes at once than it can.

    Source: ``rules/instruments.toml``.
    """
    checked, violations = 0, []
    for part in index.parts:
        if not part.is_pitched:
            continue
        most = part.plan.instrument.polyphony
        checked += len(part.notes)
        ends: list[int] = []
        for note in part.notes:
            while ends and ends[0] <= note.onset:
                heappop(ends)
            heappush(ends, note.end)
            if len(ends) > most:
                message = f"{len(ends)} notes at once, {part.plan.instrument.name} can play {most}"
                violations.append(index.violation("polyphony", note.onset, part.name, message))
    return Finding(checked, tuple(violations))

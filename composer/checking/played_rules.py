"""Rules 1 and 6 on a performance, or on whatever a MIDI file holds."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby, pairwise

from composer.checking.bends import (
    HIGHEST_BEND,
    LOWEST_BEND,
    hanging_bends,
    reckless_bends,
)
from composer.checking.drums import limbs_ok
from composer.checking.played import DRUM_CHANNEL, PlayedIndex
from composer.checking.report import WHOLE_PIECE, Finding, Violation
from composer.checking.sounding_rules import LOUDEST, MELODIC_CHANNELS
from composer.checking.timing_rules import curve_faults
from composer.music.performance import Performance, Track
from composer.music.score import Score
from composer.music.slowing import SLOWEST, SLOWING_BARS
from composer.theory.key import Key

LIMB_WINDOW_MILLISECONDS = 10.0
"""Strikes of one moment scatter by less; no hand strikes twice within it.

Source: London, *Hearing in Time* (2004), chapter 2: subdivisions below 100 ms are not played.
"""

_PEDAL = 64
_PEDAL_DOWN = 64


def judge_played_length(played: PlayedIndex) -> Finding:
    """Judge that nothing sounds before the start or after the end, and that the end is asked.

    Source: rule 1 of the hard rules.
    """
    performance, violations, checked = played.performance, [], 1
    if played.score is not None:
        want = played.score.length_quarters * performance.ticks_per_quarter
        if performance.end_ticks != want:
            message = f"the end is at tick {performance.end_ticks}, the score's at {want}"
            violations.append(Violation("length", WHOLE_PIECE, message))
    for track in performance.tracks:
        checked += len(track.notes) + len(track.controls)
        for note in track.notes:
            if note.onset_ticks < 0 or note.end_ticks > performance.end_ticks:
                early = note.onset_ticks < 0
                place = "begins before the start" if early else "sounds after the end"
                message = f"{note.pitch} {place}"
                violations.append(played.violation("length", note.onset_ticks, track.name, message))
        for control in track.controls:
            if not 0 <= control.ticks <= performance.end_ticks:
                message = f"controller {control.controller} lies outside the piece"
                violations.append(played.violation("length", control.ticks, track.name, message))
    return Finding(checked, tuple(violations))


def judge_played_maps(played: PlayedIndex) -> Finding:
    """Judge that tempo, meter and key maps are those of the score, from the first tick on.

    The tempo is the asked one but for a ritardando: within the last bars it may fall, never rise,
    and not below three fifths. Where the plan has a tempo curve, the map is that curve, and the
    curve moves gently.
    Without a score: that there is a first tempo and time signature, and that all can be.
    Source: rule 1 of the hard rules; Standard MIDI Files 1.0 (1988), on meta events.
    """
    performance, score = played.performance, played.score
    faults = [
        f"the {name} map does not begin at tick 0"
        for name, ticks in (
            ("tempo", [tempo.ticks for tempo in performance.tempos]),
            ("meter", [meter.ticks for meter in performance.meters]),
        )
        if score is not None and ticks[:1] != [0]
    ]
    faults += [
        f"a tempo of {tempo.microseconds_per_quarter} microseconds a quarter cannot be"
        for tempo in performance.tempos
        if tempo.microseconds_per_quarter <= 0
    ]
    if score is not None:
        plan = played.plan
        if plan is not None and plan.tempos:
            faults += curve_faults(plan, performance)
        else:
            faults += _tempo_faults(performance, score)
        faults += [
            f"the time signature is {meter.numerator}/{meter.denominator}, not {score.meter}"
            for meter in performance.meters
            if (meter.numerator, meter.denominator)
            != (score.meter.numerator, score.meter.denominator)
        ]
        faults += _key_faults(played, score)
    checked = len(performance.tempos) + len(performance.meters) + len(performance.keys)
    note = "" if performance.tempos else "the file has no tempo; 120 quarters a minute is meant"
    violations = tuple(Violation("tempo-and-meter", WHOLE_PIECE, fault) for fault in faults)
    return Finding(checked, violations, note=note)


def _tempo_faults(performance: Performance, score: Score) -> list[str]:
    """Faults of the tempo map: the asked tempo, then at most a ritardando at the end."""
    want = round(60_000_000 / score.quarters_per_minute)
    bar = score.meter.bar_quarters * performance.ticks_per_quarter
    slows_from = performance.end_ticks - SLOWING_BARS * bar
    slowest = want / SLOWEST + 1
    faults = []
    before = want
    for number, tempo in enumerate(performance.tempos):
        now = tempo.microseconds_per_quarter
        said = f"the tempo is {now} microseconds a quarter"
        if abs(now - want) <= 1:
            if now < before - 1:
                faults.append(f"{said} at tick {tempo.ticks}: it rises after it has slowed")
        elif number == 0 or now < want or tempo.ticks < slows_from:
            faults.append(f"{said}, not {want}")
        elif now < before:
            faults.append(f"{said} at tick {tempo.ticks}: it rises after it has slowed")
        elif now > slowest:
            faults.append(f"{said}, slower than a ritardando from {want} may be")
        before = now
    return faults


def _key_faults(played: PlayedIndex, score: Score) -> list[str]:
    """Faults of the key map; the flag that tells minor from major says nothing of a mode."""
    keys = played.performance.keys
    if not keys or keys[0].ticks:
        return ["the key map does not begin at tick 0"]
    clock = played.performance.ticks_per_quarter
    faults = []
    for change in keys:
        at = Fraction(change.ticks, clock)
        key = next((s.key for s in score.chords if s.onset_quarters <= at < s.end_quarters), None)
        key = score.key if key is None else key
        minor = {"major": False, "minor": True}.get(key.scale.name)
        if change.sharps != _written(key) or minor not in (None, change.minor):
            sign = f"{change.sharps:+d}{' minor' if change.minor else ''}"
            faults.append(f"the key signature is {sign}, not {key}")
    told = {change.ticks for change in keys}
    for before, span in pairwise(score.chords):
        missing = round(span.onset_quarters * clock) not in told
        if _written(span.key) != _written(before.key) and missing:
            faults.append(f"the key map does not tell of {span.key}")
    return faults


def _written(key: Key) -> int:
    """The key signature as MIDI can write it: at most seven sharps or flats."""
    return max(-7, min(7, key.signature))


def judge_played_overlap(played: PlayedIndex) -> Finding:
    """Judge that on no channel two notes of one pitch overlap, nothing is empty or left hanging.

    A pedal that is down at the end is left hanging, and a bend wheel that is not in the middle. Of
    our own pieces the wheel moves only where one note sounds.
    Source: MIDI 1.0 Detailed Specification (1996), on Note Off and Damper Pedal.
    """
    checked, violations = 0, []
    notes = sorted(
        (track.channel, note.onset_ticks, note.pitch, note.end_ticks, track.name)
        for track in played.performance.tracks
        for note in track.notes
    )
    ends: dict[tuple[int, int], int] = {}
    for channel, onset, pitch, end, name in notes:
        checked += 1
        message = ""
        if end <= onset:
            message = f"{pitch} has no length"
        elif ends.get((channel, pitch), onset) > onset:
            message = f"{pitch} begins while it still sounds on channel {channel + 1}"
        if message:
            violations.append(played.violation("overlap", onset, name, message))
        ends[channel, pitch] = max(end, ends.get((channel, pitch), end))
    for track in played.performance.tracks:
        pedals = [control for control in track.controls if control.controller == _PEDAL]
        checked += bool(pedals)
        if pedals and pedals[-1].value >= _PEDAL_DOWN:
            message = "the pedal is left down"
            violations.append(played.violation("overlap", pedals[-1].ticks, track.name, message))
        checked += len(track.bends)
        bent = list(hanging_bends(track))
        if played.score is not None:
            bent += reckless_bends(track)
        violations += [
            played.violation("overlap", ticks, track.name, message) for ticks, message in bent
        ]
    return Finding(checked, tuple(violations))


def judge_played_velocities(played: PlayedIndex) -> Finding:
    """Judge that velocities are 1–127, pitches and controllers 0–127, bends within 14 bits.

    Source: MIDI 1.0 Detailed Specification (1996), on channel voice messages.
    """
    checked, violations = 0, []
    for track in played.performance.tracks:
        checked += len(track.notes) + len(track.controls) + len(track.bends)
        for bend in track.bends:
            if not LOWEST_BEND <= bend.value <= HIGHEST_BEND:
                message = f"the bend wheel is at {bend.value}"
                violations.append(played.violation("velocities", bend.ticks, track.name, message))
        for note in track.notes:
            if not 1 <= note.velocity <= LOUDEST or not 0 <= note.pitch <= LOUDEST:
                message = f"{note.pitch} has velocity {note.velocity}"
                violations.append(
                    played.violation("velocities", note.onset_ticks, track.name, message)
                )
        for control in track.controls:
            if not 0 <= control.value <= LOUDEST or not 0 <= control.controller <= LOUDEST:
                message = f"controller {control.controller} has value {control.value}"
                violations.append(
                    played.violation("velocities", control.ticks, track.name, message)
                )
    return Finding(checked, tuple(violations))


def judge_played_channels(played: PlayedIndex) -> Finding:
    """Judge that melodic tracks have channels of their own and drums are on channel 10.

    A track is known as drums by its role, or by the score's part of its name; where neither is
    there, only the numbers of the channels are judged.
    Source: General MIDI System Level 1 (1991).
    """
    parts = {} if played.score is None else {p.plan.name: p.plan for p in played.score.parts}
    taken: dict[int, Track] = {}
    violations = []

    def fault(track: Track, message: str) -> None:
        violations.append(played.violation("channels", 0, track.name, message))

    for track in played.performance.tracks:
        role = parts[track.name].role if track.name in parts else track.role
        if not 0 <= track.channel <= MELODIC_CHANNELS:
            fault(track, f"channel {track.channel + 1} does not exist")
        if role and (role == "drums") != (track.channel == DRUM_CHANNEL):
            fault(track, f"{role} on channel {track.channel + 1}")
        other = taken.setdefault(track.channel, track)
        same_sound = (other.program, other.bank) == (track.program, track.bank)
        if other is not track and (played.score is not None or not same_sound):
            fault(track, f"shares channel {track.channel + 1} with {other.name}")
    return Finding(len(played.performance.tracks), tuple(violations))


def judge_played_limbs(played: PlayedIndex) -> Finding:
    """Judge that no ten milliseconds of drums need more than two hands and two feet.

    Source: `composer.checking.drums`.
    """
    strikes = sorted(
        (note.onset_ticks, note.pitch) for track in played.drum_tracks for note in track.notes
    )
    checked, first, violations = 0, 0, []
    for ticks, group in groupby(enumerate(strikes), key=lambda strike: strike[1][0]):
        last = max(number for number, _ in group)
        window = played.ticks_within(ticks, LIMB_WINDOW_MILLISECONDS)
        while strikes[first][0] < ticks - window:
            first += 1
        keys = [key for _, key in strikes[first : last + 1]]
        checked += 1
        if not limbs_ok(keys):
            message = f"{len(keys)} strikes within ten milliseconds: {keys}"
            violations.append(played.violation("limbs", ticks, "", message))
    return Finding(checked, tuple(violations))

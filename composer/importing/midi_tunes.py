"""A tune out of a MIDI file: one track, one voice, counted from its first downbeat."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from fractions import Fraction

from composer.errors import MidiError
from composer.importing.bar_lines import BarLines, FirstDownbeat, bar_lines, first_downbeat
from composer.importing.brought import Brought
from composer.importing.key_signatures import key_of_signature, spelled_in, spelling_centre
from composer.importing.single_voice import SingleVoice, VoiceNote, single_voice
from composer.importing.syllables import karaoke_events, syllables
from composer.importing.tempi import held_longest
from composer.importing.track_choice import choose_track
from composer.midi.decode import decode
from composer.midi.omissions import Omissions, omissions
from composer.music.brief import MAX_BARS
from composer.music.performance import LyricEvent, MeterChange, Performance, Track
from composer.music.tune import Tune, TuneNote
from composer.rulebook import Rulebook
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.tune_meter import meter_of_tune

MOST_NOTES = 16_384
_MICROSECONDS_PER_MINUTE = 60_000_000
_ENOUGH_NOTES = 16
_LOOSE = Fraction(1, 8)
"""What a player is early at the beginning, or late at the end, without meaning another bar."""
_NEAR = Fraction(1, 16)
"""How far a syllable may stand from the onset of its note."""


def midi_tune(
    data: bytes,
    name: str,
    book: Rulebook,
    *,
    track: str | None,
    meter: Meter | None,
    key: Key | None,
) -> Brought:
    """Read a tune.

    Args:
        data: The bytes of a MIDI file.
        name: What messages call it.
        book: The rule book.
        track: What the user calls the track; None for nothing.
        meter: The time signature that was asked for; None to go by the file's.
        key: The key that was asked for, which spells the notes; None to go by the file's.

    Raises:
        MidiError: If it is no MIDI file that can be read, or has no such tune.
    """
    performance = decode(data, name, by_program=False)
    try:
        chosen, said = choose_track(performance.tracks, track)
        _check_size(chosen)
        missing = omissions(data)
        notes = [said] if said else []
        lines = _lines(performance, meter)
        voice = _voice(performance, chosen, missing, lines)
        notes += voice.notes_on_it
        if missing.meter and meter is None:
            lines = _heard_lines(voice)
            name_heard = lines.spans[0].notated.name
            notes.append(f"it says no time signature; it is heard in {name_heard}")
        downbeat = first_downbeat(
            lines, voice.notes[0].onset_quarters, voice.notes[-1].end_quarters
        )
        notes += _rest_before(lines, voice, downbeat)
        heard = tuple((note.midi, note.duration_quarters) for note in voice.notes)
        own = _key(performance, downbeat.quarters, heard, book, notes)
        lyrics = _lyrics(performance, chosen, voice.notes, notes)
        tune = _counted(_written(voice, downbeat, key or own, lyrics), downbeat, name)
        tempo = _tempo(performance, missing, voice, notes)
    except MidiError as error:
        raise MidiError(f"{name}: {error}") from None
    notated = "" if missing.meter else downbeat.notated.name
    return Brought(tune, downbeat.meter, notated, own, tempo, None, tuple(notes))


def _check_size(track: Track) -> None:
    """Refuse what is no tune by its size alone.

    Raises:
        MidiError: If it has too many notes.
    """
    if len(track.notes) > MOST_NOTES:
        raise MidiError(f"its melody has {len(track.notes):,} notes; {MOST_NOTES:,} is the most")


def _voice(
    performance: Performance, track: Track, missing: Omissions, lines: BarLines
) -> SingleVoice:
    """The notes of a track as one voice.

    Raises:
        MidiError: If they are several; the message says where, and what may be done.
    """
    notes = _voice_notes(track, performance.ticks_per_quarter, missing)
    try:
        return single_voice(notes, lines.where)
    except MidiError as error:
        many = sum(bool(other.notes) for other in performance.tracks) > 1
        hint = "; --track chooses another track" if many else ""
        raise MidiError(f"{error}; a melody is one voice{hint}") from None


def _rest_before(lines: BarLines, voice: SingleVoice, downbeat: FirstDownbeat) -> list[str]:
    """A sentence on the bars that nothing of the tune sounds in, before it."""
    empty = lines.bar(min(voice.notes[0].onset_quarters, downbeat.quarters)) - 1
    if not empty:
        return []
    bars = "bar of rest before it is" if empty == 1 else f"{empty} bars of rest before it are"
    return [f"the {bars} left out"]


def _written(
    voice: SingleVoice, downbeat: FirstDownbeat, key: Key | None, lyrics: Sequence[str]
) -> tuple[TuneNote, ...]:
    """The notes of a voice from its first downbeat on, spelled and with their syllables."""
    centre = spelling_centre(key, [(n.midi, n.duration_quarters) for n in voice.notes])
    return tuple(
        TuneNote(
            note.onset_quarters - downbeat.quarters,
            note.duration_quarters,
            spelled_in(note.midi, key, centre),
            note.velocity,
            lyric,
        )
        for note, lyric in zip(voice.notes, lyrics, strict=True)
    )


def _lines(performance: Performance, meter: Meter | None) -> BarLines:
    """The bar lines of the file, or those of the meter asked for where they draw others."""
    lines = bar_lines(performance.meters, performance.ticks_per_quarter)
    if meter is None or {span.notated.meter for span in lines.spans} == {meter}:
        return lines
    return bar_lines([MeterChange(0, meter.numerator, meter.denominator)], 1)


def _heard_lines(voice: SingleVoice) -> BarLines:
    """Bar lines of the time signature that a tune is heard in, where its file says none.

    A tune of a few notes may be anything, and is counted in 4/4, as MIDI has it.
    """
    if len(voice.notes) < _ENOUGH_NOTES:
        return bar_lines([MeterChange(0, 4, 4)], 1)
    notes = [
        TuneNote(n.onset_quarters, n.duration_quarters, spelled_in(n.midi, None, 2))
        for n in voice.notes
    ]
    meter = meter_of_tune(notes)
    return bar_lines([MeterChange(0, meter.numerator, meter.denominator)], 1)


def _voice_notes(track: Track, unit: int, missing: Omissions) -> list[VoiceNote]:
    return [
        VoiceNote(
            Fraction(note.onset_ticks, unit),
            # A note of no length has a tick; in the voice it has none, and is given its due.
            Fraction(note.duration_ticks, unit) if note.duration_ticks > 1 else Fraction(0),
            note.pitch,
            note.velocity,
            (track.channel, note.onset_ticks, note.pitch) in missing.open_notes,
        )
        for note in track.notes
    ]


def _counted(notes: tuple[TuneNote, ...], downbeat: FirstDownbeat, name: str) -> Tune:
    """The tune with its length in bars; what is barely before or after its bars is put into them.

    Raises:
        MidiError: If it is longer than a piece may be.
    """
    first, bar = notes[0], downbeat.meter.bar_quarters
    if -_LOOSE < first.onset_quarters < 0 and first.end_quarters > _LOOSE:
        length = first.end_quarters
        first = TuneNote(Fraction(0), length, first.pitch, first.velocity, first.lyric)
        notes = (first, *notes[1:])
    last = notes[-1]
    over = last.end_quarters % bar
    if 0 < over < _LOOSE and last.end_quarters > bar and last.duration_quarters > 2 * _LOOSE:
        length = last.duration_quarters - over
        last = TuneNote(last.onset_quarters, length, last.pitch, last.velocity, last.lyric)
        notes = (*notes[:-1], last)
    bars = max(1, math.ceil(last.end_quarters / bar))
    if bars > MAX_BARS:
        raise MidiError(f"its melody lasts {bars:,} bars; {MAX_BARS:,} is the most")
    return Tune(notes, bars, name)


def _key(
    performance: Performance,
    origin: Fraction,
    notes: tuple[tuple[int, Fraction], ...],
    book: Rulebook,
    said: list[str],
) -> Key | None:
    """The key by the signature that holds where the tune begins."""
    at = origin * performance.ticks_per_quarter
    before = [change for change in performance.keys if change.ticks <= at]
    if not before:
        return None
    change = before[-1]
    later = [c for c in performance.keys if c.ticks > at and c.sharps != change.sharps]
    if later:
        said.append("its key signature changes later; it is harmonised in the first key")
    mode = "minor" if change.minor else None
    return key_of_signature(change.sharps, mode, notes, book.scales)


def _tempo(
    performance: Performance, missing: Omissions, voice: SingleVoice, said: list[str]
) -> float:
    """Quarters a minute: that which holds longest within the tune."""
    if missing.tempo:
        said.append("it says no tempo; 120 quarters a minute are taken, as MIDI has it")
        return 120.0
    unit = performance.ticks_per_quarter
    changes = [
        (Fraction(t.ticks, unit), _MICROSECONDS_PER_MINUTE / t.microseconds_per_quarter)
        for t in performance.tempos
    ]
    first, end = voice.notes[0].onset_quarters, voice.notes[-1].end_quarters
    tempo, varies = held_longest(changes, first, end)
    if varies:
        said.append(f"its tempo varies; {tempo:.6g}, its middle, is taken")
    return tempo


def _lyrics(
    performance: Performance, track: Track, voice: Sequence[VoiceNote], said: list[str]
) -> list[str]:
    """The syllable of each note of a voice, empty for none."""
    events = syllables(track.lyrics) or syllables(karaoke_events(performance.texts), karaoke=True)
    texts = [""] * len(voice)
    onsets = [note.onset_quarters for note in voice]
    lost = 0
    for event in events:
        index = _sung_on(event, onsets, performance.ticks_per_quarter)
        if index is None or texts[index]:
            lost += 1
        else:
            texts[index] = event.text
    if events and 2 * lost > len(events):
        said.append("its words do not lie on the notes of its melody and are left out")
        return [""] * len(voice)
    if lost:
        said.append(f"{lost} of {len(events)} syllables lie on no note of their own; left out")
    return texts


def _sung_on(event: LyricEvent, onsets: list[Fraction], unit: int) -> int | None:
    """The note that begins where a syllable stands."""
    at = Fraction(event.ticks, unit)
    after = bisect_left(onsets, at)
    near = [i for i in (after - 1, after) if 0 <= i < len(onsets) and abs(onsets[i] - at) <= _NEAR]
    return min(near, key=lambda i: abs(onsets[i] - at), default=None)

"""``--continue FILE``: carries on from a piece's end, in its key, tempo, meter and instruments."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from composer.errors import MidiError
from composer.importing.hearing import Heard, bar_energies, hear_ending
from composer.importing.parts_heard import HeardPart, ensemble
from composer.importing.passages import whole
from composer.importing.style_likeness import nearest_style
from composer.midi.files import midi_bytes
from composer.midi.voices import Voice, voices_of
from composer.music.brief import Brief, Taken
from composer.music.precedent import Precedent, PrecedentPart
from composer.music.tune import Tune
from composer.rulebook import load_rulebook
from composer.writing.ensemble import with_changes

DEFAULT_BARS = 16
"""How many bars carry a piece on where nobody says."""

_CHORD_BARS = 8
_TUNE_BARS = 4
_FEWEST_NOTES = 6  # of a phrase that motifs are taken from
_ENERGY_BARS = 8
_QUIET, _LOUD = 0.25, 0.9  # energies of the softest and the strongest bar of a piece
_MOST_RINGING = 2  # bars that the last notes may ring on before the continuation begins
_RELEASE = 0.5  # quarters that a note may be held over a bar line


def take_continuation(path: Path | str, brief: Brief, rules: Path | None = None) -> Taken:
    """Fill a brief's gaps from a piece that is to be carried on.

    Key, meter, tempo, swing and instruments are those of its last bars; the style is the one that
    it is most like. What the plan and the writers need of it goes into `Brief.continues`: its last
    chords, phrases, energy, drums, ranges and levels.

    Args:
        path: The MIDI file.
        brief: What was asked for; what it says stays.
        rules: A folder of rules laid over ours.

    Raises:
        MidiError: If the file cannot be read, or holds nothing to carry on.
        BriefError: If the brief asks for an unknown style, or for players that nobody knows.
        RuleError: If a rule file is wrong.
    """
    book = load_rulebook(rules)
    heard = hear_ending(path, book)
    chosen = ensemble(heard.parts)
    style = book.style(brief.style if brief.style is not None else nearest_style(heard, book))
    notes = [_told(heard, chosen)]
    if brief.style is None:
        notes.append(f"of our styles it is most like {style.name}; --style says otherwise")
    precedent, warning = _precedent(path, heard, chosen)
    notes += [warning] if warning else []
    open_length = all(
        asked is None for asked in (brief.bars, brief.form, brief.chords, brief.duration)
    )
    if open_length and brief.melody is None and brief.lyrics is None:
        notes.append(f"{DEFAULT_BARS} bars carry it on; --bars says otherwise")
        brief = replace(brief, bars=DEFAULT_BARS)
    swing = heard.swing if style.feel.swing_unit == 8 else None
    filled = replace(
        brief,
        style=style.name,
        key=brief.key if brief.key is not None else heard.key.name,
        time_signature=brief.time_signature or heard.passage.meter.counted,
        tempo=brief.tempo if brief.tempo is not None else _tempo(heard),
        swing=brief.swing if brief.swing is not None else swing,
        parts=with_changes([(p.role, p.instrument) for p in chosen], brief.parts, book),
        continues=precedent,
    )
    return Taken(filled, tuple(notes))


def _tempo(heard: Heard) -> float:
    return min(400.0, max(20.0, heard.quarters_per_minute))


def _told(heard: Heard, parts: Sequence[HeardPart]) -> str:
    """What was heard, in one sentence."""
    names = dict.fromkeys(part.instrument.name for part in parts)
    players = ", ".join(names) or "no part of eight notes or more"
    swing = ", swung" if heard.swing > 0.5 else ""
    return (
        f"{Path(heard.name).name} ends in {heard.key.name}, {heard.passage.meter.name} at "
        f"{heard.quarters_per_minute:g}{swing}, with {players}"
    )


def _precedent(path: Path | str, heard: Heard, parts: Sequence[HeardPart]) -> tuple[Precedent, str]:
    """What is known of the piece, and a sentence if the two cannot be joined in one file."""
    data = midi_bytes(path, regular=True)
    warning, digest = "", hashlib.sha256(data).hexdigest()
    try:
        voices: tuple[Voice, ...] = voices_of(data, str(path))
    except MidiError as error:
        reason = str(error).removeprefix(f"{path}: ")
        warning = f"joined.mid is not written, since the file {reason}"
        voices, digest = (), ""
    return (
        Precedent(
            source=str(path).encode("utf-8", "replace").decode("utf-8"),
            digest=digest,
            end_quarters=_end(heard),
            chords=" | ".join(" ".join(bar) for bar in heard.chords[-_CHORD_BARS:]),
            tune=_last_phrase(heard),
            energy=_energy(heard),
            parts=_parts(heard, parts, voices),
            drums=heard.drums,
        ),
        warning,
    )


def _end(heard: Heard) -> Fraction:
    """The bar line from which the continuation sounds: the first at which all but rings out."""
    bar = heard.passage.meter.bar_quarters
    end = Fraction(float(heard.passage.starts[-1])).limit_denominator(960)
    for _ in range(_MOST_RINGING):
        if end + Fraction(_RELEASE) >= heard.song.end_quarters:
            break
        end += bar
    return end


def _energy(heard: Heard) -> float:
    """How strong the end is among all bars of the piece."""
    energies = bar_energies(whole(heard.song))[-_ENERGY_BARS:]
    return round(_QUIET + (_LOUD - _QUIET) * float(energies.mean()), 4)


def _last_phrase(heard: Heard) -> Tune | None:
    """The last four bars that hold a phrase of the tune, counted from their first bar line."""
    tune = heard.tune
    if tune is None:
        return None
    bar = heard.passage.meter.bar_quarters
    for first in range(max(0, tune.bars - _TUNE_BARS), -1, -1):
        start, end = first * bar, (first + _TUNE_BARS) * bar
        inside = [n for n in tune.notes if start <= n.onset_quarters < end]
        opens = any(note.onset_quarters < start + bar for note in inside)
        if len(inside) >= _FEWEST_NOTES and opens:
            moved = tuple(
                replace(
                    note,
                    onset_quarters=note.onset_quarters - start,
                    duration_quarters=min(note.duration_quarters, end - note.onset_quarters),
                )
                for note in inside
            )
            return Tune(moved, _TUNE_BARS)
    return None


def _parts(
    heard: Heard, parts: Sequence[HeardPart], voices: Sequence[Voice]
) -> tuple[PrecedentPart, ...]:
    """The parts with their places in the file."""
    free = list(voices)
    found = []
    for part in parts:
        voice = _voice(heard, part, free)
        if voice is not None:
            free.remove(voice)
        found.append(
            PrecedentPart(
                role=part.role,
                instrument=part.instrument.name,
                chunk=voice.chunk if voice is not None else -1,
                channel=voice.channel if voice is not None else 0,
                program=part.part.program,
                low=part.low,
                high=part.high,
                velocity=part.velocity,
                onsets=part.onsets,
            )
        )
    return tuple(found)


def _voice(heard: Heard, part: HeardPart, voices: Sequence[Voice]) -> Voice | None:
    """The channel of the file that plays a part: that of its program with as many notes."""
    index = next((i for i, p in enumerate(heard.passage.window.parts) if p is part.part), None)
    same = [
        voice
        for voice in voices
        if voice.program == part.part.program and (voice.channel == 9) == part.part.is_drums
    ]
    if index is None or not same:
        return None
    played = [
        p
        for p in heard.song.parts
        if (p.name, p.program, p.is_drums)
        == (part.part.name, part.part.program, part.part.is_drums)
    ]
    counts = {len(p) for p in played}
    return min(same, key=lambda voice: (voice.notes not in counts, voice.chunk, voice.channel))

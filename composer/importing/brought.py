"""A tune out of a file, what the file says beside it, and the gaps of a brief that it fills."""

from __future__ import annotations

from dataclasses import dataclass, replace

from composer.music.brief import LONGEST_TITLE, Brief, Taken
from composer.music.tune import Tune
from composer.theory.key import Key
from composer.theory.meter import Meter, parse_meter

SLOWEST, FASTEST = 20.0, 400.0
"""Tempi that a brief may ask for, in quarters a minute."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file brings.

    Args:
        tune: The tune.
        meter: The time signature that it is written in.
        notated: The time signature as the file has it; empty where it has none.
        key: Its key; None where the file does not say, or says what its notes deny.
        quarters_per_minute: Its tempo; None where it has none.
        chords: Chord symbols bar by bar, as a brief has them; None for none.
        notes: What was read and changed, one sentence each.
        title: Its title; empty where it has none.
    """

    tune: Tune
    meter: Meter
    notated: str = ""
    key: Key | None = None
    quarters_per_minute: float | None = None
    chords: str | None = None
    notes: tuple[str, ...] = ()
    title: str = ""


def asked_meter(brief: Brief) -> Meter | None:
    """The time signature of a brief; None where it has none, or one that is refused later."""
    try:
        return parse_meter(brief.time_signature) if brief.time_signature is not None else None
    except ValueError:
        return None


def filled(brief: Brief, brought: Brought) -> Taken:
    """Fill the gaps of a brief from what a file brings; what the brief says stands.

    >>> from composer.music.tune import parse_tune_note
    >>> tune = Tune((parse_tune_note("0 4 C4 -"),), 1, "a.mid")
    >>> found = filled(Brief(tempo=90), Brought(tune, parse_meter("4/4"), "2/2", None, 120.0))
    >>> found.brief.time_signature, found.brief.tempo
    ('4/4', 90)
    >>> for note in found.notes:
    ...     print(note)
    a.mid: a melody of 1 note in 1 bar of 4/4, written 2/2
    its tempo of 120 gives way to the 90 asked for
    """
    notes = [f"{brought.tune.source}: {_described(brought)}", *brought.notes]
    changes: dict[str, object] = {"melody": brought.tune}
    if brief.time_signature is None:
        changes["time_signature"] = brought.meter.counted
    elif brought.notated and asked_meter(brief) not in (None, brought.meter):
        notes.append(f"its {brought.notated} gives way to the {brief.time_signature} asked for")
    if brought.key is not None:
        if brief.key is None:
            changes["key"] = brought.key.name
        elif brief.key != brought.key.name:
            notes.append(f"its key, {brought.key.name}, gives way to the {brief.key} asked for")
    shown = "".join(one if one.isprintable() else " " for one in brought.title)
    if brief.title is None and shown.strip():
        changes["title"] = shown.strip()[:LONGEST_TITLE]
    if brought.quarters_per_minute is not None:
        _fill_tempo(brief, brought.quarters_per_minute, changes, notes)
    if brought.chords is not None:
        if brief.chords is None:
            changes["chords"] = brought.chords
        else:
            notes.append("its chord symbols give way to the chords asked for")
    return Taken(replace(brief, **changes), tuple(notes))  # type: ignore[arg-type]


def _fill_tempo(brief: Brief, heard: float, changes: dict[str, object], notes: list[str]) -> None:
    tempo = round(min(max(heard, SLOWEST), FASTEST), 3)
    if brief.tempo is not None:
        if round(brief.tempo, 3) != tempo:
            notes.append(f"its tempo of {heard:.6g} gives way to the {brief.tempo:g} asked for")
        return
    changes["tempo"] = tempo
    if not SLOWEST <= heard <= FASTEST:
        notes.append(f"its tempo of {heard:.6g} is out of reach; {tempo:g} is taken")


def _described(brought: Brought) -> str:
    """The tune in one line."""
    tune = brought.tune
    notes = f"{len(tune.notes)} {'note' if len(tune.notes) == 1 else 'notes'}"
    bars = f"{tune.bars} {'bar' if tune.bars == 1 else 'bars'} of {brought.meter.counted}"
    written = ""
    if brought.notated and brought.notated not in (brought.meter.name, brought.meter.counted):
        written = f", written {brought.notated}"
    pickup = ""
    if tune.pickup_quarters:
        size = tune.pickup_quarters
        pickup = f", with a pick-up of {size} {'quarter' if size <= 1 else 'quarters'}"
    key = f", in {brought.key.name}" if brought.key is not None else ""
    return f"a melody of {notes} in {bars}{written}{pickup}{key}"

"""Played notes as one voice: small overlaps are cut, doubled notes joined, chords refused.

Clock: quarters from the start of the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from composer.errors import MidiError
from composer.theory.pitch import nearest_spelling, spell

LEGATO, LONG_LEGATO = Fraction(1, 4), Fraction(1, 2)
"""Overlaps up to a sixteenth are a player's legato, and so are those up to an eighth that begin in
the second half of a note; longer ones are two voices."""
TOGETHER = Fraction(1, 12)
"""Notes that begin closer to each other than this are struck together."""
SHORTEST = Fraction(1, 64)
"""Shorter notes, those of no length among them, are lengthened to `LENGTHENED`."""
LENGTHENED = Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class VoiceNote:
    """A note of one voice.

    Args:
        onset_quarters: Onset.
        duration_quarters: Length.
        midi: MIDI pitch.
        velocity: 1–127.
        open: Whether nothing ends it, so that its length says nothing.
    """

    onset_quarters: Fraction
    duration_quarters: Fraction
    midi: int
    velocity: int
    open: bool = False

    @property
    def end_quarters(self) -> Fraction:
        """First moment after it."""
        return self.onset_quarters + self.duration_quarters


@dataclass(frozen=True, slots=True)
class SingleVoice:
    """One voice.

    Args:
        notes: Ordered; each ends before the next begins, at the latest when it begins.
        notes_on_it: What was changed, one sentence each.
    """

    notes: tuple[VoiceNote, ...]
    notes_on_it: tuple[str, ...]


def single_voice(notes: Iterable[VoiceNote], where: Callable[[Fraction], str]) -> SingleVoice:
    """Make one voice of notes that are meant as one.

    Args:
        notes: The notes in any order.
        where: Phrases a moment for a message, such as ``bar 3, beat 2``.

    Raises:
        MidiError: If two notes are struck together, or overlap by more than `LEGATO`; the message
            is the rest of a sentence that begins with the file.

    >>> tied = [
    ...     VoiceNote(Fraction(0), Fraction(9, 8), 60, 80),
    ...     VoiceNote(Fraction(1), Fraction(1), 62, 80),
    ... ]
    >>> voice = single_voice(tied, str)
    >>> voice.notes[0].duration_quarters, voice.notes_on_it
    (Fraction(1, 1), ('1 note overlapped the next a little and is cut there',))
    """
    ordered = sorted(notes, key=lambda note: (note.onset_quarters, note.midi))
    single: list[VoiceNote] = []
    cut = doubled = ended = dropped = 0
    for note in ordered:
        before = single[-1] if single else None
        apart = note.onset_quarters - before.onset_quarters if before is not None else TOGETHER
        if before is not None and apart < TOGETHER and _has_none(before, note):
            single[-1] = max(before, note, key=lambda one: one.duration_quarters)
            dropped += 1
            continue
        if before is None or note.onset_quarters >= before.end_quarters:
            single.append(note)
            continue
        if before.midi == note.midi and apart < TOGETHER:
            end = max(before.end_quarters, note.end_quarters)
            single[-1] = replace(before, duration_quarters=end - before.onset_quarters)
            doubled += 1
            continue
        overlap = before.end_quarters - note.onset_quarters
        legato = min(max(LEGATO, before.duration_quarters / 2), LONG_LEGATO)
        loose = before.open or before.midi == note.midi or overlap <= legato
        if apart < TOGETHER or not loose:
            raise MidiError(_together(before, note, where))
        single[-1] = replace(before, duration_quarters=apart, open=False)
        single.append(note)
        ended, cut = ended + before.open, cut + (not before.open)
    lengthened = _lengthened(single)
    said = [
        _count(cut, "overlapped the next a little and is cut there"),
        _count(doubled, "stood twice and is taken once"),
        _count(ended, "without an end lasts until the next"),
        _count(lengthened, "of no length is lengthened to a sixteenth at most"),
        _count(dropped, "of no length is left out beside another"),
    ]
    return SingleVoice(tuple(single), tuple(line for line in said if line))


def _has_none(one: VoiceNote, two: VoiceNote) -> bool:
    """Whether one of two notes has no length."""
    return min(one.duration_quarters, two.duration_quarters) < SHORTEST


def _lengthened(single: list[VoiceNote]) -> int:
    """Give notes of no length one, in place; the number of them."""
    count = 0
    for index, note in enumerate(single):
        if note.duration_quarters < SHORTEST:
            room = LENGTHENED
            if index + 1 < len(single):
                room = min(room, single[index + 1].onset_quarters - note.onset_quarters)
            single[index] = replace(note, duration_quarters=room)
            count += 1
    return count


def _together(one: VoiceNote, two: VoiceNote, where: Callable[[Fraction], str]) -> str:
    names = " and ".join(spell(n.midi, nearest_spelling(n.midi, 2)).name for n in (one, two))
    return f"two notes sound together in {where(two.onset_quarters)} ({names})"


def _count(number: int, rest: str) -> str:
    """A sentence about so many notes; empty for none.

    The words are chosen for one note; for more they are put into the plural.
    """
    if number == 0:
        return ""
    if number > 1:
        for one, many in ((" is ", " are "), ("stood", "stood"), ("lasts", "last")):
            rest = rest.replace(one, many)
    return f"{number} {'note' if number == 1 else 'notes'} {rest}"

"""The one voice of a part as it is played: ties joined, words of each round, chords refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction

from composer.errors import NotationError
from composer.music.tune import TuneNote
from composer.notation.measures import Measure, MeasureNote
from composer.notation.timeline import Timeline

MOST_NOTES = 16_384
SHORTEST = Fraction(1, 480)
"""Shortest note, in quarters: one tick of what is played."""


def sung_voice(laid: Timeline, notes: list[str]) -> list[TuneNote]:
    """The notes of a part, one after the other.

    A second voice may sound where the first rests. Each round of a repeat has its own verse where
    there is one.

    Args:
        laid: The measures as they are played.
        notes: Is told of what was left out.

    Raises:
        NotationError: If two notes sound together; the message names the bar and the beat.
    """
    measures = {id(played.measure): played.measure for played in laid.measures}.values()
    verses = {v for measure in measures for note in measure.notes for v, _ in note.lyrics}
    first = min(verses, default=1)
    # A measure that comes back is looked at once.
    single: dict[int, tuple[MeasureNote, ...]] = {}
    found: list[TuneNote] = []
    tied = False
    for played in laid.measures:
        if id(played.measure) not in single:
            single[id(played.measure)] = tuple(_one_by_one(played.measure, laid))
        own = single[id(played.measure)]
        verse = _verse(own, played.round, first)
        for note in own:
            onset = played.start_quarters + note.onset_quarters
            before = found[-1] if found else None
            if before is not None and before.end_quarters > onset:
                # Durations that were rounded up reach into the next measure.
                before = replace(before, duration_quarters=onset - before.onset_quarters)
                found[-1] = before
            if (
                tied
                and note.tied_from
                and before is not None
                and before.end_quarters == onset
                and before.pitch.midi == note.pitch.midi
            ):
                length = before.duration_quarters + note.duration_quarters
                found[-1] = replace(before, duration_quarters=length)
            else:
                lyric = dict(note.lyrics).get(verse, "")
                found.append(TuneNote(onset, note.duration_quarters, note.pitch, None, lyric))
            tied = note.tied_on
            if len(found) > MOST_NOTES:
                raise NotationError(f"its melody has more than {MOST_NOTES:,} notes")
    rounds = max((played.round for played in laid.measures), default=1)
    unsung = sorted(verse for verse in verses if verse >= first + rounds)
    if unsung:
        listed = ", ".join(map(str, unsung))
        one = len(unsung) == 1
        notes.append(f"verse {listed} is left out" if one else f"verses {listed} are left out")
    return [note for note in found if note.duration_quarters >= SHORTEST]


def _one_by_one(measure: Measure, laid: Timeline) -> Iterator[MeasureNote]:
    """The notes of a measure, doubled ones once.

    Raises:
        NotationError: If two sound together.
    """
    before: MeasureNote | None = None
    for note in measure.notes:
        if before is None or note.onset_quarters >= before.end_quarters:
            if before is not None:
                yield before
            before = note
            continue
        doubled = note.onset_quarters == before.onset_quarters
        if not doubled or note.pitch.midi != before.pitch.midi:
            kind = "notes" if note.voice == before.voice else "voices"
            lower = int(laid.notated.name.rpartition("/")[2])
            beat = float(round(1 + note.onset_quarters * lower / 4, 2))
            raise NotationError(
                f"two {kind} sound together in bar {measure.number}, beat {beat:g} "
                f"({before.pitch.name} and {note.pitch.name}); a melody is one voice"
            )
        longer = max(before, note, key=lambda one: one.duration_quarters)
        before = replace(longer, lyrics=before.lyrics or note.lyrics)
    if before is not None:
        yield before


def _verse(notes: Sequence[MeasureNote], round_: int, first: int) -> int:
    """The verse that is sung in a round of a measure: its own if there is one, or the first."""
    sung = {verse for note in notes for verse, _ in note.lyrics}
    verse = first + round_ - 1
    return verse if verse in sung else first

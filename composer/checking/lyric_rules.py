"""Rules on words: every syllable of the plan is sung on one note, in order, and played with it."""

from __future__ import annotations

from itertools import pairwise

from composer.checking.index import ScoreIndex
from composer.checking.played import PlayedIndex
from composer.checking.report import WHOLE_PIECE, Finding, Violation
from composer.music.score import Note


def judge_lyrics(index: ScoreIndex) -> Finding:
    """Judge that the part with the words has each syllable on one note, in the plan's order.

    Within a line no note goes without a syllable but one that a syllable is carried on to: in a
    given tune.
    """
    lines = index.plan.lyrics
    asked = [text for line in lines for text in line.syllables]
    found = [
        (part.plan.name, note) for part in index.score.parts for note in part.notes if note.lyric
    ]
    if not asked:
        return Finding(0)
    violations = []
    sung = [note.lyric for _, note in found]
    if len({name for name, _ in found}) > 1:
        violations.append(Violation("lyrics", WHOLE_PIECE, "two parts have words"))
    if sung != asked:
        at = next(
            (i for i, (a, b) in enumerate(zip(asked, sung, strict=False)) if a != b),
            min(len(asked), len(sung)),
        )
        missing = asked[at] if at < len(asked) else "nothing"
        got = sung[at] if at < len(sung) else "nothing"
        message = f'syllable {at + 1} is "{got}" where the text has "{missing}"'
        violations.append(Violation("lyrics", WHOLE_PIECE, message))
    for (name, before), (_, after) in pairwise(found):
        if after.onset_quarters <= before.onset_quarters:
            time = index.to_grid(after.onset_quarters)
            message = f'"{after.lyric}" is not sung after "{before.lyric}"'
            violations.append(index.violation("lyrics", time, name, message))
    if not index.plan.tune:
        violations += _extra(index, [note for _, note in found])
    return Finding(len(asked), tuple(violations))


def _extra(index: ScoreIndex, sung: list[Note]) -> list[Violation]:
    """Notes between the syllables of a line that have no syllable."""
    violations, place = [], 0
    singing = [p for p in index.score.parts if any(note.lyric for note in p.notes)]
    for line in index.plan.lyrics:
        own = sung[place : place + len(line.syllables)]
        place += len(line.syllables)
        if not own or not singing:
            break
        first, last = own[0].onset_quarters, own[-1].onset_quarters
        for note in singing[0].notes:
            if first <= note.onset_quarters <= last and not note.lyric:
                time = index.to_grid(note.onset_quarters)
                message = "a note in the middle of a line has no syllable"
                violations.append(index.violation("lyrics", time, singing[0].plan.name, message))
    return violations


def judge_played_lyrics(index: PlayedIndex) -> Finding:
    """Judge that each track has the words of its part, each at the onset of one of its notes."""
    if index.score is None:
        return Finding(0)
    checked, violations = 0, []
    written = {part.plan.name: part.notes for part in index.score.parts}
    for track in index.performance.tracks:
        asked = [note.lyric for note in written.get(track.name, ()) if note.lyric]
        checked += max(len(asked), len(track.lyrics))
        if [event.text for event in track.lyrics] != asked:
            message = f"{len(track.lyrics)} syllables are not the {len(asked)} of the score"
            violations.append(index.violation("lyrics", 0, track.name, message))
        onsets = {note.onset_ticks for note in track.notes}
        for event in track.lyrics:
            if event.ticks not in onsets:
                message = f'"{event.text}" is sung where no note begins'
                violations.append(index.violation("lyrics", event.ticks, track.name, message))
        for before, after in pairwise(track.lyrics):
            if before.ticks == after.ticks:
                message = f'"{before.text}" and "{after.text}" are sung at once'
                violations.append(index.violation("lyrics", after.ticks, track.name, message))
    return Finding(checked, tuple(violations))

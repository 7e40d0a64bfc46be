"""The user's own tune: kept note for note, in the score and as it is played."""

from __future__ import annotations

from collections.abc import Sequence

from composer.checking.index import GridNote, GridPart, ScoreIndex
from composer.checking.played import PlayedIndex
from composer.checking.report import WHOLE_PIECE, Finding, Violation
from composer.midi.units import ticks_from_quarters

_SHOWN = 8
"""Differences that are told one by one."""


def tune_part_of(index: ScoreIndex) -> GridPart | None:
    """The part that plays the given tune: the first with the melody; None without a tune."""
    if not index.plan.tune:
        return None
    return next((part for part in index.parts if part.plan.role == "melody"), None)


class Exempt:
    """The notes that stand as the user wrote them, whatever harmony and range make of them.

    Those are the notes of the part with the given tune, and what sounds with one of them in its
    pitch class, in other octaves: a doubling does what the tune does.

    Args:
        index: A plan and its score.
    """

    def __init__(self, index: ScoreIndex) -> None:
        part = tune_part_of(index)
        self._part = None if part is None else part.name
        self._sung: dict[int, tuple[int, int]] = {}
        if part is not None:
            self._sung = {note.onset: (note.pitch % 12, note.end) for note in part.notes}

    def covers(self, part: GridPart, note: GridNote) -> bool:
        """Whether a note is the tune's, or doubles one of its notes."""
        if self._part is None or part.plan.role in ("bass", "drums"):
            return False
        if part.name == self._part:
            return True
        number, end = self._sung.get(note.onset, (-1, 0))
        return number == note.pitch % 12 and note.end <= end

    def is_tune(self, part: GridPart) -> bool:
        """Whether a part plays the given tune."""
        return part.name == self._part


def judge_tune(index: ScoreIndex) -> Finding:
    """Judge that the part with the given tune has each of its notes, and no others.

    Source: the brief: a given melody is kept note for note.
    """
    tune = index.plan.tune
    if not tune:
        return Finding(0)
    part = tune_part_of(index)
    if part is None:
        return Finding(1, (Violation("tune", WHOLE_PIECE, "nobody plays the given tune"),))
    want = sorted(
        (index.to_grid(note.onset_quarters), note.pitch.midi, index.to_grid(note.end_quarters))
        for note in tune
    )
    got = [(note.onset, note.pitch, note.end) for note in part.notes]
    return Finding(
        len(tune),
        tuple(
            index.violation("tune", onset, part.name, message)
            for onset, message in _differences(want, got)
        ),
    )


def judge_played_tune(played: PlayedIndex) -> Finding:
    """Judge that the given tune is played note for note: onset and length to the tick.

    Source: the brief: a given melody is kept note for note.
    """
    tune = () if played.plan is None else played.plan.tune
    if not tune or played.score is None:
        return Finding(0)
    name = next((p.plan.name for p in played.score.parts if p.plan.role == "melody"), "")
    track = next((track for track in played.performance.tracks if track.name == name), None)
    if track is None:
        return Finding(1, (Violation("tune", WHOLE_PIECE, "nobody plays the given tune"),))
    want = sorted(
        (ticks_from_quarters(n.onset_quarters), n.pitch.midi, ticks_from_quarters(n.end_quarters))
        for n in tune
    )
    got = sorted((note.onset_ticks, note.pitch, note.end_ticks) for note in track.notes)
    found = [
        played.violation("tune", onset, name, message) for onset, message in _differences(want, got)
    ]
    loud = {(ticks_from_quarters(n.onset_quarters), n.pitch.midi): n.velocity for n in tune}
    found += [
        played.violation(
            "tune", note.onset_ticks, name, f"{note.pitch} is played at another velocity"
        )
        for note in track.notes
        if loud.get((note.onset_ticks, note.pitch)) not in (None, note.velocity)
    ]
    bends = [bend for bend in track.bends if bend.value]
    found += [
        played.violation("tune", bend.ticks, name, "the given tune is bent") for bend in bends[:1]
    ]
    return Finding(len(tune), tuple(found))


def _differences(
    want: Sequence[tuple[int, int, int]], got: Sequence[tuple[int, int, int]]
) -> list[tuple[int, str]]:
    """Where two lines of (onset, pitch, end) differ, each with what is wrong; the first ones."""
    wanted, found = set(want), set(got)
    missing = [
        (onset, f"{pitch} of the given tune is not there") for onset, pitch, _ in wanted - found
    ]
    extra = [(onset, f"{pitch} is not in the given tune") for onset, pitch, _ in found - wanted]
    differences = sorted(missing + extra)
    if not differences and len(want) != len(got):
        differences = [(0, f"{len(got)} notes play the {len(want)} of the given tune")]
    return differences[:_SHOWN]

"""Fingerprints do not know the key, the tempo or the instrument."""

from __future__ import annotations

import numpy as np
import pytest

from composer.evaluating.fingerprints import BAR_LINE, bars_of, fingerprints
from composer.evaluating.sampling import novel, sampled
from composer.music.song import MeterSpan, Song, SongPart, TempoSpan, part_of
from tests.unit.evaluating.pieces import changed, piece

NO_HASHES = np.zeros(0, dtype=np.uint32)


def song(*parts: SongPart) -> Song:
    return Song("song", parts, (TempoSpan(0, 120),), (MeterSpan(0, 4, 4),))


def part(onsets: list[float], pitches: list[int], drums: bool = False) -> SongPart:
    count = len(onsets)
    return part_of("part", 0, drums, onsets, [0.5] * count, pitches, [80] * count)


TUNE = part([0, 1, 1.5, 2, 3, 4, 5, 5.5, 6], [60, 62, 64, 67, 65, 64, 62, 59, 60])


@pytest.mark.parametrize("semitones", [-7, 5, 12])
@pytest.mark.parametrize("stretch", [0.75, 1.0, 1.37, 2.0])
def test_lines_keep_their_hashes_in_any_key_and_at_any_speed(
    semitones: int, stretch: float
) -> None:
    here = fingerprints(song(TUNE))
    there = fingerprints(song(changed(TUNE, semitones, stretch, 3.0, 0.0)))
    assert here.hashes[here.line >= 0].tolist() == there.hashes[there.line >= 0].tolist()
    turned = (there.pitch_class - here.pitch_class[: len(there)])[there.line >= 0] % 12
    assert set(turned.tolist()) == {semitones % 12}


def test_bars_keep_their_hashes_in_any_key() -> None:
    found = piece("pop", 1)
    moved = Song("", tuple(changed(p, 3, 1.0, 0.0, 0.0) for p in found.parts), (), found.meters)
    here, there = fingerprints(found), fingerprints(moved)
    bars = here.hashes[here.line == BAR_LINE]
    assert len(bars) > 8
    # the moved drums are no longer drums of the same pitches, but drums do not count
    assert bars.tolist() == there.hashes[there.line == BAR_LINE].tolist()


def test_a_wrong_note_changes_the_figures_that_hold_it_alone() -> None:
    other = part(TUNE.onset_quarters.tolist(), [*TUNE.pitch.tolist()[:-1], 61])
    here, there = fingerprints(song(TUNE)), fingerprints(song(other))
    same = here.hashes[here.line >= 0] == there.hashes[there.line >= 0]
    assert same.tolist() == [True, True, True, False]


@pytest.mark.parametrize(
    "silent",
    [
        song(part([0], [60])),
        song(part([0, 1, 2, 3, 4], [60, 62, 64, 65, 67])),
        song(part([0.0] * 8, [36] * 8, drums=True)),
        song(part([0, 1, 2, 3, 4, 5, 6], [60] * 7)),
    ],
    ids=["one note", "five notes", "drums", "one pitch"],
)
def test_what_says_nothing_has_no_figure(silent: Song) -> None:
    found = fingerprints(silent)
    assert len(found) == 0
    assert len(sampled(found, NO_HASHES)) == 0


def test_a_figure_that_goes_on_is_kept_once() -> None:
    loop = part([i / 2 for i in range(64)], [60, 64, 67, 64] * 16)
    found = fingerprints(song(loop))
    lines = found.kept(found.line >= 0)
    assert len(lines) == 59
    assert len(novel(lines)) <= 12


def test_common_figures_are_left_out() -> None:
    found = fingerprints(song(TUNE))
    kept = sampled(found, np.unique(found.hashes[:2]))
    assert not np.isin(kept.hashes, found.hashes[:2]).any()


def test_bars_follow_the_time_signatures() -> None:
    two = Song("", (TUNE,), (), (MeterSpan(0, 3, 4), MeterSpan(6, 4, 4)))
    bars, lines = bars_of(two, np.array([0.0, 2.99, 3.0, 6.0, 9.9, 10.0]))
    assert bars.tolist() == [0, 1, 1, 2, 2, 3]  # what is played a little early is of the next bar
    assert lines.tolist() == [0, 3, 6, 10, 14]


def test_the_same_song_has_the_same_figures() -> None:
    one, two = fingerprints(piece("rock", 2)), fingerprints(piece("rock", 2))
    assert one.hashes.tolist() == two.hashes.tolist()

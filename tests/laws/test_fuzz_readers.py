"""Ten thousand broken files: only our own errors come out, quickly, and what is read is sound."""

from __future__ import annotations

import time

import pytest

from tests.mutations import LEAD_SHEET, TIMEWISE, midi_seeds, mutated_file, read_all

COUNT = 10_000
SECONDS = 5.0


def test_the_files_are_right_before_they_are_broken() -> None:
    assert all(read_all("midi", data) >= 2 for data in midi_seeds())
    assert all(read_all("score", text.encode()) == 1 for text in (LEAD_SHEET, TIMEWISE))


@pytest.mark.slow
def test_only_our_own_errors_come_out() -> None:
    accepted = 0
    for number in range(COUNT):
        kind, data = mutated_file(0, number)
        start = time.process_time()
        try:
            accepted += read_all(kind, data) > 0
        except BaseException as error:
            pytest.fail(f"file {number}, {kind}: {type(error).__name__}: {error}")
        assert time.process_time() - start < SECONDS, number
    # Files that are all refused at the door would prove little.
    assert accepted > COUNT // 10

"""Times as they are typed."""

from __future__ import annotations

import pytest

from composer.cli.timing import seconds
from composer.errors import BriefError


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("90s", 90),
        ("90", 90),
        ("12.5s", 12.5),
        ("1:30", 90),
        ("01:02:03.5", 3723.5),
        ("500ms", 0.5),
        (" 7 S ", 7),
        ("0", 0),
    ],
)
def test_times_are_read(words: str, value: float) -> None:
    assert seconds(words, "duration") == value


@pytest.mark.parametrize("words", ["", "-3s", "ninety", "1:2:3:4", "3,5", "1e3", "5 min", ":30"])
def test_what_is_no_time_is_told(words: str) -> None:
    with pytest.raises(BriefError, match=r"^hits: .* is no time; write 90s, 12\.5s or 1:30$"):
        seconds(words, "hits")


@pytest.mark.parametrize("words", ["1:99", "0:60", "1:75:00", "2:10:60.5"])
def test_sixty_seconds_are_a_minute(words: str) -> None:
    with pytest.raises(BriefError, match=r"counts to 60 or more after a colon"):
        seconds(words, "duration")

from __future__ import annotations

from typing import Any

import pytest

from composer.prompting.quantities import quantities
from composer.prompting.reading import normal
from tests.strategies import rules


def found(text: str) -> dict[str, Any]:
    return {q.field: q.value for q in quantities(normal(text), rules())}


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90 seconds", 90),
        ("90s", 90),
        ("a 30-second spot", 30),
        ("1:30", 90),
        ("01:05.5", 65.5),
        ("two minutes", 120),
        ("2 min 30", 150),
        ("1 minute and 20 seconds", 80),
        ("a minute and a half", 90),
        ("two and a half minutes", 150),
        ("half a minute", 30),
        ("a couple of minutes", 120),
        ("一分半", 90),
        ("一分半钟", 90),
        ("两分钟", 120),
        ("1分20秒", 80),
        ("三十秒", 30),
        ("半分钟", 30),
        ("两个半分钟", 150),
    ],
)
def test_lengths(text: str, seconds: float | None) -> None:
    assert found(text).get("duration") == seconds


@pytest.mark.parametrize("text", ["80s synth pop", "the 90s", "808s", "in the 1980s"])
def test_decades_and_drum_machines_are_no_lengths(text: str) -> None:
    assert found(text) == {}


@pytest.mark.parametrize(
    ("text", "tempo"),
    [
        ("120 bpm", 120),
        ("120BPM", 120),
        ("around one hundred and twenty bpm", 120),
        ("90-100 bpm", 95),
        ("between 90 and 100 bpm", 95),
        ("seventy beats per minute", 70),
        ("tempo: 132", 132),
        ("rock at 145", 145),
        ("每分钟七十拍", 70),
        ("大约75拍", 75),
        ("速度90到100之间", 95),
        ("128拍每分钟", 128),
        ("三拍", None),
        ("at 12 s", None),
    ],
)
def test_tempos(text: str, tempo: float | None) -> None:
    assert found(text).get("tempo") == tempo


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("in D minor", "D minor"),
        ("F♯ major", "F# major"),
        ("F sharp major", "F# major"),
        ("e-flat minor", "Eb minor"),
        ("Bb, swing", None),
        ("in Bb, swing", "Bb major"),
        ("key of E", "E major"),
        ("F#m", "F# minor"),
        ("Am", "A minor"),
        ("in a minor", "A minor"),
        ("in a minor key", None),
        ("a major work", None),
        ("a blues", None),
        ("G minor pentatonic", "G minor pentatonic"),
        ("d dorian", "D dorian"),
        ("A小调", "A minor"),
        ("降B大调", "Bb major"),
        ("升f小调", "F# minor"),
        ("C调", "C major"),
        ("D多利亚调式", "D dorian"),
    ],
)
def test_keys(text: str, key: str | None) -> None:
    got = found(text).get("key")
    assert (got is None) == (key is None)
    if key is not None:
        assert rules().key(got) == rules().key(key)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("AABA form", "AABA"),
        ("an AAB blues", "AAB"),
        ("ABC form", "ABC"),
        ("ABC", None),
        ("a BAD day", None),
        ("AABA曲式", "AABA"),
        ("intro 4 bars, verse 8 bars, then a chorus of 8", "intro:4 verse:8 chorus:8"),
        ("a 4-bar intro and an 8-bar verse", "intro:4 verse:8"),
        ("前奏4小节，主歌8小节，副歌8小节", "intro:4 verse:8 chorus:8"),
        ("8 bars", None),
    ],
)
def test_forms(text: str, form: str | None) -> None:
    assert found(text).get("form") == form


def test_bars_of_a_form_are_not_those_of_the_piece() -> None:
    assert "bars" not in found("intro 4 bars, verse 8 bars")
    assert found("intro 4 bars, verse 8 bars, 12 bars")["bars"] == 12


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("hits at 12.5 s and 48 s", (12.5, 48)),
        ("an accent at 0:30", (30,)),
        ("hits at 1:00, 0:30 and 45 seconds", (30, 45, 60)),
        ("在12秒处有重音", (12,)),
        ("在第5秒和第20秒有重音", (5, 20)),
    ],
)
def test_hits_are_no_lengths(text: str, hits: tuple[float, ...]) -> None:
    assert found(text) == {"hits": hits}


@pytest.mark.parametrize(
    ("text", "meter"),
    [
        ("in 6/8 time", "6/8"),
        ("2+3/4", "2+3/4"),
        ("六八拍", "6/8"),
        ("三拍子", "3/4"),
        ("3/4拍", "3/4"),
        ("24/7 music", None),
        ("1/2", None),
    ],
)
def test_meters(text: str, meter: str | None) -> None:
    assert found(text).get("time_signature") == meter


def test_bars() -> None:
    assert found("sixteen bars") == found("16-bar") == found("十六小节") == {"bars": 16}

"""MusicXML scores by code: notes, measures and parts as short calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

DIVISIONS = 12


def note(
    pitch: str,
    quarters: Fraction | float,
    *,
    lyric: str = "",
    tie: Sequence[str] = (),
    inner: str = "",
    after: str = "",
) -> str:
    """A note such as ``F#4``, or a rest (``R``).

    Args:
        pitch: Step, accidentals and octave.
        quarters: Length, a whole number of twelfths.
        lyric: The syllable; a hyphen at its end means that its word goes on.
        tie: ``start``, ``stop``.
        inner: Elements before the pitch, such as ``<chord/>``.
        after: Elements after the length, such as ``<voice>2</voice>``.
    """
    length = Fraction(quarters) * DIVISIONS
    assert length.denominator == 1
    duration = "" if "<grace/>" in inner else f"<duration>{length}</duration>"
    ties = "".join(f'<tie type="{kind}"/>' for kind in tie)
    if pitch == "R":
        return f"<note>{inner}<rest/>{duration}{after}</note>"
    match = re.fullmatch(r"([A-G])([#b]*)(\d)", pitch)
    assert match is not None
    step, accidentals, octave = match.groups()
    alter = accidentals.count("#") - accidentals.count("b")
    altered = f"<alter>{alter}</alter>" if alter else ""
    sung = ""
    if lyric:
        kind = "begin" if lyric.endswith("-") else "single"
        sung = f"<lyric><syllabic>{kind}</syllabic><text>{lyric.rstrip('-')}</text></lyric>"
    named = f"<pitch><step>{step}</step>{altered}<octave>{octave}</octave></pitch>"
    return f"<note>{inner}{named}{duration}{ties}{after}{sung}</note>"


def notes(text: str) -> str:
    """Several notes: ``C4:1 R:1/2 D4:1/2``."""
    parts = (word.split(":") for word in text.split())
    return "".join(note(pitch, Fraction(length)) for pitch, length in parts)


def harmony(root: str, kind: str = "major", inner: str = "", text: str = "") -> str:
    """A chord symbol."""
    step, alter = root[0], root.count("#") - root[1:].count("b")
    shown = f' text="{text}"' if text else ""
    return (
        f"<harmony><root><root-step>{step}</root-step><root-alter>{alter}</root-alter></root>"
        f"<kind{shown}>{kind}</kind>{inner}</harmony>"
    )


def attributes(
    meter: str = "4/4", fifths: int | None = None, mode: str = "", transpose: str = ""
) -> str:
    """The head of a first measure."""
    upper, lower = meter.split("/")
    named = f"<mode>{mode}</mode>" if mode else ""
    key = "" if fifths is None else f"<key><fifths>{fifths}</fifths>{named}</key>"
    return (
        f"<attributes><divisions>{DIVISIONS}</divisions>{key}"
        f"<time><beats>{upper}</beats><beat-type>{lower}</beat-type></time>{transpose}</attributes>"
    )


def barline(
    location: str = "right", repeat: str = "", ending: str = "", kind: str = "start", times: int = 0
) -> str:
    """A bar line with a repeat, an ending, or both."""
    number = f'<ending number="{ending}" type="{kind}"/>' if ending else ""
    often = f' times="{times}"' if times else ""
    repeats = f'<repeat direction="{repeat}"{often}/>' if repeat else ""
    return f'<barline location="{location}">{number}{repeats}</barline>'


def part(*measures: str, implicit: Sequence[int] = ()) -> str:
    """Measures in a row; those of the given places do not count."""
    made = []
    number = 1
    for place, inner in enumerate(measures):
        if place in implicit:
            made.append(f'<measure number="X{place}" implicit="yes">{inner}</measure>')
        else:
            made.append(f'<measure number="{number}">{inner}</measure>')
            number += 1
    return "".join(made)


def score(
    *parts: str, names: Sequence[str] = ("Voice",), head: str = "", prolog: str = ""
) -> bytes:
    """A score of parts."""
    listed = "".join(
        f'<score-part id="P{i}"><part-name>{name}</part-name></score-part>'
        for i, name in enumerate(names)
    )
    filled = "".join(f'<part id="P{i}">{inner}</part>' for i, inner in enumerate(parts))
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}<score-partwise version="4.0">{head}'
        f"<part-list>{listed}</part-list>{filled}</score-partwise>"
    ).encode()

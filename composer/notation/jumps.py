"""Repeats, endings and jumps of a measure, and the tempi that stand in it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from composer.notation.measures import Marks
from composer.notation.values import words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_ROUNDS = 16
_UNITS = {
    "long": Fraction(16),
    "breve": Fraction(8),
    "whole": Fraction(4),
    "half": Fraction(2),
    "quarter": Fraction(1),
    "eighth": Fraction(1, 2),
    "16th": Fraction(1, 4),
    "32nd": Fraction(1, 8),
}
_PER_MINUTE = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,4})?")
_ENDING_NUMBER = re.compile(r"[0-9]{1,2}")
# Words that mean what a sign would; "D.C. al Fine" goes back, and "Fine" alone is where it ends.
_DA_CAPO = re.compile(r"\bD\.? ?C\.?(?![a-z])|\bda capo\b", re.IGNORECASE)
_DAL_SEGNO = re.compile(r"\bD\.? ?S\.?(?![a-z])|\bdal segno\b", re.IGNORECASE)
_TO_CODA = re.compile(r"\bto coda\b", re.IGNORECASE)
_FINE = re.compile(r"fine\.?", re.IGNORECASE)
_SLOWEST, _FASTEST = 1.0, 10_000.0


def read_marks(measure: Element, open_ending: frozenset[int]) -> tuple[Marks, frozenset[int]]:
    """Read the bar lines, signs and words of a measure that say where playing goes on.

    Args:
        measure: The measure.
        open_ending: The rounds of an ending that began in a measure before it.

    Returns:
        The marks, and the rounds of an ending that goes on in the next measure.
    """
    forward, backward, endings, goes_on = False, 0, open_ending, open_ending
    for line in measure.findall("barline"):
        repeat = line.find("repeat")
        if repeat is not None and repeat.get("direction") == "forward":
            forward = True
        elif repeat is not None and repeat.get("direction") == "backward":
            times = repeat.get("times", "2")
            asked = int(times) if times.isascii() and times.isdigit() and len(times) < 4 else 2
            backward = min(max(asked, 2), _MOST_ROUNDS)
        ending = line.find("ending")
        if ending is None:
            continue
        if ending.get("type") == "start":
            endings = goes_on = _rounds(ending.get("number", "1"))
        elif ending.get("type") in ("stop", "discontinue"):
            goes_on = frozenset()
    signs = _signs(measure)
    marks = Marks(
        forward,
        backward,
        endings,
        segno="segno" in signs,
        coda="coda" in signs,
        to_coda="tocoda" in signs,
        fine="fine" in signs,
        da_capo="dacapo" in signs,
        dal_segno="dalsegno" in signs,
    )
    return marks, goes_on


def _rounds(text: str) -> frozenset[int]:
    numbers = [int(found) for found in _ENDING_NUMBER.findall(text)]
    return frozenset(n for n in numbers if 1 <= n <= _MOST_ROUNDS) or frozenset({1})


def _signs(measure: Element) -> set[str]:
    """What stands in a measure of segno, coda, tocoda, fine, dacapo and dalsegno."""
    found: set[str] = set()
    for sound in (*measure.findall("sound"), *measure.findall("direction/sound")):
        found |= {
            name
            for name in ("segno", "coda", "tocoda", "fine", "dacapo", "dalsegno")
            if sound.get(name) not in (None, "no")
        }
    for kind in measure.findall("direction/direction-type"):
        text = " ".join(" ".join((word.text or "").split()) for word in kind.findall("words"))
        if _DA_CAPO.search(text):
            found.add("dacapo")
        elif _DAL_SEGNO.search(text):
            found.add("dalsegno")
        elif _TO_CODA.search(text):
            found.add("tocoda")
        elif _FINE.fullmatch(text.strip()):
            found.add("fine")
        # The sign stands where it is gone to, unless words say that it is left from there.
        if kind.find("segno") is not None:
            found.add("segno")
        if kind.find("coda") is not None and "tocoda" not in found:
            found.add("coda")
    return found


def read_tempo(element: Element) -> float | None:
    """The tempo of a ``<direction>`` or a ``<sound>`` in quarters a minute; None for none.

    What is to be played counts before what is printed.
    """
    sound = element if element.tag == "sound" else element.find("sound")
    asked = _tempo_number(sound.get("tempo", "")) if sound is not None else None
    if asked is None and element.tag == "direction":
        for metronome in element.findall("direction-type/metronome"):
            asked = _metronome(metronome)
    if asked is None or not _SLOWEST <= asked <= _FASTEST:
        return None
    return asked


def _metronome(metronome: Element) -> float | None:
    """The tempo of a metronome mark; None for one that compares two note values."""
    unit = _UNITS.get(words(metronome, "beat-unit"))
    per_minute = _tempo_number(words(metronome, "per-minute"))
    if unit is None or per_minute is None:
        return None
    dots = len(metronome.findall("beat-unit-dot"))
    return float(per_minute * unit * (2 - Fraction(1, 2 ** min(dots, 4))))


def _tempo_number(text: str) -> float | None:
    """The first number of a text such as ``c. 120``."""
    match = _PER_MINUTE.search(text)
    return float(match.group()) if match is not None else None

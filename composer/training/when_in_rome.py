"""Reads the analyses of the When in Rome corpus, one `analysis.txt` per movement."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from composer.training.chord_sections import ChordEvent, Section
from composer.training.corpora import Tally
from composer.training.roman_text import roman_token

PACK = "when-in-rome"

# Outside the common practice that the classical style is meant to follow.
_LEFT_OUT = ("Monteverdi", "Goudimel", "Debussy", "Medtner")

_MEASURE = re.compile(r"^m(\d+)(a?)(?:\s+(.*))?$")
_COPY = re.compile(r"^m(\d+)(?:-(\d+))?\s*=\s*m(\d+)(?:-(\d+))?\s*$")
_METRE = re.compile(r"^time signature\s*:\s*(fast\s+)?\D*?(\d+)/(\d+)", re.IGNORECASE)
_KEY = re.compile(r"^[A-Ga-g][#b]*:$")
_BEAT = re.compile(r"^b(\d+(?:\.\d+)?)$")
_BOUNDARIES = ("||", ":||", "||:", ":||:")


@dataclass(slots=True)
class _Stretch:
    """Chords in one key, each with the time of its start in bars."""

    key: str
    opens: bool
    chords: list[tuple[str | None, float]] = field(default_factory=list)
    closes: bool = False

    @property
    def minor(self) -> bool:
        """Whether the key is minor: its name is lower case."""
        return self.key[0].islower()


def wanted(inner: str) -> bool:
    """Whether a file of the pack is an analysis to read (the textbook examples are not)."""
    return inner.startswith("Corpus/") and inner.endswith("/analysis.txt")


def read_when_in_rome(files: Mapping[str, bytes], tally: Tally) -> list[list[Section]]:
    """Reads every analysis of common-practice music.

    Args:
        files: inner path to content.
        tally: is told of the movements used and dropped.

    Returns:
        One list per movement; a change of key or a double bar starts another section.
    """
    movements = []
    for inner, content in files.items():
        if any(name in inner for name in _LEFT_OUT):
            tally.drop("not of the common practice (before 1650 or after 1900)")
            continue
        sections = parse_analysis(content.decode("utf-8", "replace"))
        if sections:
            tally.used += 1
            movements.append(sections)
        else:
            tally.drop("no readable chords")
    return movements


def parse_analysis(text: str) -> list[Section]:
    """Parses one analysis in RomanText."""
    measures = _measures(text)
    stretches: list[_Stretch] = []
    opens = True
    for number, (body, beats) in sorted(measures.items()):
        position = float(number)
        for word in body.split():
            if word in _BOUNDARIES:
                if stretches and stretches[-1].chords:
                    stretches[-1].closes = True
                    opens = True
            elif beat := _BEAT.match(word):
                position = number + min(max(float(beat[1]) - 1, 0.0) / beats, 0.95)
            elif _KEY.match(word):
                if not stretches or stretches[-1].key != word:
                    stretches.append(_Stretch(word, opens))
            elif stretches:
                if opens and stretches[-1].chords:
                    stretches.append(_Stretch(stretches[-1].key, True))
                opens = False
                stretches[-1].chords.append((roman_token(word, stretches[-1].minor), position))
    if stretches:
        stretches[-1].closes = True
    end = float(max(measures, default=0) + 1)
    return _sections(stretches, end)


def _measures(text: str) -> dict[int, tuple[str, float]]:
    """Measure number to its words and its beats; variants and second endings are left out."""
    measures: dict[int, tuple[str, float]] = {}
    beats = 4.0
    for line in text.splitlines():
        line = line.strip()
        if metre := _METRE.match(line):
            beats = _beats(int(metre[2]), int(metre[3]), fast=bool(metre[1]))
        elif copy := _COPY.match(line):
            first, last = int(copy[1]), int(copy[2] or copy[1])
            source = int(copy[3])
            for offset in range(max(0, min(last - first, 500)) + 1):
                if source + offset in measures:
                    measures[first + offset] = measures[source + offset]
        elif measure := _MEASURE.match(line):
            measures.setdefault(int(measure[1]), (measure[3] or "", beats))
    return measures


def _beats(numerator: int, denominator: int, fast: bool) -> float:
    if numerator % 3 == 0 and denominator >= 8 and (numerator > 3 or fast):
        return numerator / 3
    return float(max(1, numerator))


def _sections(stretches: list[_Stretch], end: float) -> list[Section]:
    sections = []
    for index, stretch in enumerate(stretches):
        after = next((s.chords[0][1] for s in stretches[index + 1 :] if s.chords), end)
        starts = [start for _, start in stretch.chords] + [after]
        events = tuple(
            ChordEvent(token, max(0.0, following - start))
            for (token, start), following in zip(stretch.chords, starts[1:], strict=True)
        )
        if any(event.token for event in events):
            mode = "minor" if stretch.minor else "major"
            section = Section("", mode, (events,), stretch.opens, stretch.closes)
            sections.append(section)
    return sections

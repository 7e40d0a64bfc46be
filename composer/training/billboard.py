"""Reads the McGill Billboard annotations (`salami_chords.txt`).

A line is a time, a tab, perhaps a letter and a section name, then bars between `|`. A bar's
chords share it equally; `.` repeats the chord before; `(2/4)` gives one bar another metre;
`x4` repeats the line. Lines are taken as phrases.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from composer.training.chord_sections import ChordEvent, Section, mode_of_tonic, pitch_class
from composer.training.corpora import Tally
from composer.training.harte import HarteChord, parse_harte

PACK = "mcgill-billboard"

_SECTIONS: Mapping[str, str] = {
    "verse": "verse", "chorus": "chorus", "refrain": "chorus", "intro": "intro",
    "bridge": "bridge", "middle eight": "bridge", "solo": "solo", "instrumental": "solo",
    "outro": "outro", "coda": "outro", "fadeout": "outro", "ending": "outro",
    "pre-chorus": "prechorus", "prechorus": "prechorus", "pre chorus": "prechorus",
    "interlude": "interlude", "trans": "interlude", "transition": "interlude",
}  # fmt: skip

_HEADER = re.compile(r"^#\s*(metre|tonic):\s*(\S+)")
_LINE = re.compile(r"^[\d.e+-]+\t(.*)$")
_METRE = re.compile(r"\((\d+)/(\d+)\)")
_REPEAT = re.compile(r"\bx(\d+)\b")

_Timed = tuple[HarteChord | None, float]


@dataclass(slots=True)
class _Raw:
    """A section before its mode is known."""

    label: str
    tonic: int
    phrases: list[list[_Timed]] = field(default_factory=list)


def wanted(inner: str) -> bool:
    """Whether a file of the pack is an annotation to read."""
    return inner.endswith("/salami_chords.txt")


def read_billboard(files: Mapping[str, bytes], tally: Tally) -> list[list[Section]]:
    """Reads every annotated song.

    Args:
        files: inner path to content.
        tally: is told of the songs used and dropped.

    Returns:
        One list of sections per song.
    """
    songs = []
    for content in files.values():
        sections = parse_song(content.decode("utf-8", "replace"))
        if sections:
            tally.used += 1
            songs.append(sections)
        else:
            tally.drop("no tonic or no chords")
    return songs


def parse_song(text: str) -> list[Section]:
    """Parses one annotation; the mode is judged for each tonic of the song.

    Returns:
        The sections that have chords; empty where the tonic is missing.
    """
    tonic: int | None = None
    metre = 1.0
    raws: list[_Raw] = []
    for line in text.splitlines():
        if header := _HEADER.match(line):
            if header[1] == "tonic":
                tonic = pitch_class(header[2])
            else:
                metre = _bar_length(header[2]) or metre
            continue
        timed = _LINE.match(line)
        if timed is None or tonic is None:
            continue
        label = _section_label(timed[1])
        if label is not None or not raws or raws[-1].tonic != tonic:
            previous = raws[-1].label if raws and raws[-1].tonic != tonic else ""
            raws.append(_Raw(label if label is not None else previous, tonic))
        phrase = _phrase(timed[1], metre)
        if phrase:
            raws[-1].phrases.append(phrase)
    modes = _modes(raws)
    return [
        Section(
            raw.label,
            modes[raw.tonic],
            tuple(
                tuple(ChordEvent(c.token(raw.tonic) if c else None, bars) for c, bars in phrase)
                for phrase in raw.phrases
            ),
        )
        for raw in raws
        if raw.phrases
    ]


def _section_label(body: str) -> str | None:
    """The section that a line opens, "" for one without a known name, None for none."""
    before = body.partition("|")[0]
    words = [word.strip().lower() for word in before.split(",")]
    for word in words:
        plain = re.sub(r" (one|two|three|four|five|a|b)$|-[ab]$", "", word)
        if plain in _SECTIONS:
            return _SECTIONS[plain]
    return "" if words[0] else None


def _bar_length(signature: str) -> float | None:
    match = re.match(r"^(\d+)/(\d+)$", signature)
    return int(match[1]) / int(match[2]) if match and int(match[2]) else None


def _phrase(body: str, metre: float) -> list[_Timed]:
    if "|" not in body:
        return []
    inner = body[body.index("|") + 1 : body.rindex("|")]
    tail = body[body.rindex("|") + 1 :]
    chords: list[_Timed] = []
    current: HarteChord | None = None
    for bar in inner.split("|"):
        length = 1.0
        if override := _METRE.search(bar):
            length = int(override[1]) / int(override[2]) / metre
            bar = bar.replace(override[0], " ")
        slots = [word for word in bar.split() if not word.startswith("&")]
        for slot in slots:
            if slot != ".":
                current = parse_harte(slot)
            chords.append((current, length / len(slots)))
    repeat = _REPEAT.search(tail)
    return chords * (min(int(repeat[1]), 8) if repeat else 1)


def _modes(raws: Iterable[_Raw]) -> dict[int, str]:
    bars: dict[int, dict[bool, float]] = {}
    for raw in raws:
        count = bars.setdefault(raw.tonic, {False: 0.0, True: 0.0})
        for phrase in raw.phrases:
            for chord, length in phrase:
                if chord and chord.root == raw.tonic and chord.degrees & {"3", "b3"}:
                    count[chord.has_minor_third] += length
    return {tonic: mode_of_tonic(count[False], count[True]) for tonic, count in bars.items()}

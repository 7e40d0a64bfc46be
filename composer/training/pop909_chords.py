"""Reads POP909's chords with the human phrase labels of its structure analysis.

Source: S. Dai, H. Zhang, R. Dannenberg, "Automatic Analysis and Influence of Hierarchical
Structure on Melody, Rhythm and Harmony in Popular Music", MuMe 2020 (the labels).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from composer.training.chord_sections import ChordEvent, Section, pitch_class
from composer.training.corpora import Tally
from composer.training.harte import parse_harte

PACK = "pop909"

_CHORDS = "finalized_chord.txt"
_LABELS = "human_label1.txt"
_KEY = "analyzed_key.txt"
# The other letters name repeated material but not its role, so they stay unnamed.
_SECTIONS: Mapping[str, str] = {"i": "intro", "o": "outro"}


def wanted(inner: str) -> bool:
    """Whether a file of the pack is needed to read chords."""
    name = inner.rpartition("/")[2]
    return inner.startswith("structure/") and name in (_CHORDS, _LABELS, _KEY)


def read_pop909(files: Mapping[str, bytes], tally: Tally) -> list[list[Section]]:
    """Reads every song in 4/4 or 3/4 that has one key.

    Args:
        files: inner path to content.
        tally: is told of the songs used and dropped.

    Returns:
        One list of sections per song: its labelled phrases.
    """
    by_song: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for inner, content in files.items():
        folder, _, name = inner.rpartition("/")
        by_song[folder][name] = content.decode("utf-8", "replace")
    songs = []
    for song in by_song.values():
        if not all(name in song for name in (_CHORDS, _LABELS, _KEY)):
            tally.drop("a file is missing")
            continue
        sections = parse_song(song[_CHORDS], song[_LABELS], song[_KEY])
        if isinstance(sections, str):
            tally.drop(sections)
        else:
            tally.used += 1
            songs.append(sections)
    return songs


def parse_song(chords: str, labels: str, key: str) -> list[Section] | str:
    """Parses one song.

    Args:
        chords: lines of label, pitch classes, bass and length in beats.
        labels: phrase letters with lengths in bars, e.g. `i4A8B8o3`.
        key: lines such as `Gb:maj`.

    Returns:
        The phrases, or the reason why the song cannot be used.
    """
    keys = re.findall(r"([A-G][b#]?):(maj|min)", key)
    if len(keys) != 1:
        return "several keys" if keys else "no key"
    tonic = pitch_class(keys[0][0])
    mode = "minor" if keys[0][1] == "min" else "major"
    phrases = [(letter, int(bars)) for letter, bars in re.findall(r"([A-Za-z])(\d+)", labels)]
    events = _events(chords)
    if tonic is None or not phrases or not events:
        return "no chords or phrases"
    beats_per_bar = sum(beats for _, beats in events) / max(1, sum(bars for _, bars in phrases))
    meter = round(beats_per_bar)
    if meter not in (3, 4) or abs(beats_per_bar - meter) > 0.25:
        return "chords and phrase lengths disagree"
    spelled = []
    for label, beats in events:
        chord = parse_harte(label)
        spelled.append((chord.token(tonic) if chord else None, beats))
    return _cut(spelled, phrases, mode, meter)


def _events(chords: str) -> list[tuple[str, int]]:
    events = []
    for line in chords.splitlines():
        beats = line.split()[-1:] or [""]
        if beats[0].isdigit():
            events.append((line.partition("[")[0].strip(), int(beats[0])))
    return events


def _cut(
    events: Sequence[tuple[str | None, int]],
    phrases: Sequence[tuple[str, int]],
    mode: str,
    meter: int,
) -> list[Section]:
    """Cuts the chords at the phrase boundaries; a chord held across counts in both."""
    beats = [token for token, length in events for _ in range(length)]
    sections = []
    start = 0
    for letter, bars in phrases:
        stretch = beats[start : start + bars * meter]
        start += bars * meter
        chords = _run_lengths(stretch, meter)
        if any(event.token for event in chords):
            sections.append(Section(_SECTIONS.get(letter, ""), mode, (chords,)))
    return sections


def _run_lengths(beats: Sequence[str | None], meter: int) -> tuple[ChordEvent, ...]:
    runs: list[tuple[str | None, int]] = []
    for token in beats:
        if runs and runs[-1][0] == token:
            runs[-1] = (token, runs[-1][1] + 1)
        else:
            runs.append((token, 1))
    return tuple(ChordEvent(token, length / meter) for token, length in runs)

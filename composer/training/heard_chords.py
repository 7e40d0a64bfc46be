"""Hears the chords of MIDI files, genre by genre: roots, thirds and sevenths over an estimated key.

The detectors are those of `composer.evaluating`; what they hear is counted, and nothing else of the
files is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from composer.errors import ComposerError
from composer.evaluating.chords_heard import QUALITIES, DetectedChord
from composer.evaluating.heard_harmony import hear
from composer.evaluating.windows import Window, middle, opening
from composer.midi.songs import song_from_bytes
from composer.training.chord_sections import ChordEvent, Section
from composer.training.chord_tokens import token
from composer.training.corpora import Tally

PACK = "lakh-verified"

GENRES: Mapping[str, tuple[str, ...]] = {
    "country": ("country", "Country_"),
    "soul": ("rnb_soul", "gospel", "blues", "RnB_", "Gospel", "Blues_"),
    "electronic": ("Dance", "Electronica"),
    "metal": ("Metal_", "Grunge_", "Punk"),
    "hip-hop": ("rap_hip_hop", "Hip_Hop"),
}
"""Beginnings of the genres that the pack's index states, by family."""

SONGS = 400
"""At most so many songs a family, evenly spread over them in the order of their md5."""

_FEWEST_TRACKS = 4
_PHRASE_BARS = 4
_FIFTH = 7
_DEGREES: Mapping[int, str] = {
    2: "2", 3: "b3", 4: "3", 5: "4", 6: "b5", 7: "5", 8: "#5", 9: "6", 10: "b7", 11: "7",
}  # fmt: skip


def read_heard_chords(
    files: Mapping[str, bytes], rows: Sequence[Mapping[str, str]], family: str, tally: Tally
) -> list[list[Section]]:
    """Hears the songs of one family.

    Args:
        files: MIDI files by md5.
        rows: The pack's index.
        family: One of `GENRES`.
        tally: Is told of the songs used and dropped.

    Returns:
        A list of sections a song: its first 32 bars, and 32 from its middle.
    """
    wanted = [row["md5"] for row in rows if _is_of(row, GENRES[family]) and row["md5"] in files]
    chosen = _spread(sorted(wanted), SONGS)
    songs = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for sections in pool.map(hear_song, (files[md5] for md5 in chosen), chunksize=8):
            if sections:
                tally.used += 1
                songs.append(sections)
            else:
                tally.drop(f"{family}: unreadable, too short or without a key")
    return songs


def _is_of(row: Mapping[str, str], words: tuple[str, ...]) -> bool:
    genres = (row["source_genre"], *row["masd"].split("|"))
    band = row["drums"] == "1" and int(row["tracks"]) >= _FEWEST_TRACKS
    return band and any(genre.startswith(words) for genre in genres)


def _spread(names: Sequence[str], count: int) -> list[str]:
    if len(names) <= count:
        return list(names)
    return [names[i * len(names) // count] for i in range(count)]


def hear_song(data: bytes) -> list[Section]:
    """The sections heard in the bytes of one MIDI file; empty where nothing is."""
    try:
        song = song_from_bytes(data, "song")
        windows: Iterable[Window | None] = (opening(song), middle(song))
    except ComposerError:
        return []
    found = [_section(window) for window in windows if window is not None]
    return [section for section in found if section is not None]


def _section(window: Window) -> Section | None:
    """The chords of a window in phrases of four bars; None without a key."""
    harmony = hear(window)
    if harmony.key is None:
        return None
    per_bar = harmony.spans_per_bar
    events = [_event(chord, harmony.key.tonic, 1 / per_bar) for chord in harmony.chords]
    size = _PHRASE_BARS * per_bar
    phrases = tuple(tuple(events[i : i + size]) for i in range(0, len(events), size))
    return Section("", harmony.key.mode, phrases)


def _event(chord: DetectedChord | None, tonic: int, bars: float) -> ChordEvent:
    if chord is None:
        return ChordEvent(None, bars)
    degrees = {_DEGREES[tone] for tone in QUALITIES[chord.quality] if tone in _DEGREES}
    if chord.quality == "dim7":
        degrees = {"b3", "b5", "bb7"}
    bass = (chord.bass - chord.root) % 12
    # Basses that go to and fro between root and fifth are a figure, not an inversion.
    inverted = bass if bass not in (0, _FIFTH) else None
    return ChordEvent(token(chord.root - tonic, degrees, inverted), bars)

"""A MIDI file laid out for checking: what its texts and notes say of key and chords.

Our own files carry the key (``Key: F# minor``) and the chord symbols (``Am7``, ``C/E``) as text
events, and the role of each track. Of other files the key is estimated and the chords stay unknown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping

from composer.checking.index import GridSpan
from composer.checking.key_estimate import estimate_key
from composer.checking.played import PlayedIndex
from composer.music.performance import Performance, PlayedNote, TextEvent, Track
from composer.theory.chord import Chord, ChordVocabulary
from composer.theory.instruments import Instrument
from composer.theory.key import Key, parse_key
from composer.theory.pitch import nearest_spelling
from composer.theory.scale import Scale

KEY_PREFIX = "Key:"


class FileIndex(PlayedIndex):
    """A MIDI file, with its key and chords where they can be had.

    Args:
        performance: The file.
        scales: Scales by name.
        aliases: Other names of scales.
        vocabulary: Chord qualities.
        instruments_by_program: Instrument by General MIDI program.

    Attributes:
        keys: The keys that the file says, by the tick from which they hold.
        key: The first key; None where the file has no pitched notes to judge by.
        key_source: How the key was found, in words.
        spans: The chords, in ticks; empty where the file names none.
        early: How many ticks a player may be early or late.
        late: How many ticks a note may ring on into the next chord.
    """

    def __init__(
        self,
        performance: Performance,
        scales: Mapping[str, Scale],
        aliases: Mapping[str, str],
        vocabulary: ChordVocabulary,
        instruments_by_program: Mapping[int, Instrument],
    ) -> None:
        super().__init__(performance)
        self.instruments_by_program = instruments_by_program
        self.early = performance.ticks_per_quarter // 8
        self.late = performance.ticks_per_quarter // 4
        self.keys = _said_keys(performance, scales, aliases)
        self.key, self.key_source = _find_key(performance, self.keys, scales, aliases)
        self.spans = () if self.key is None else self._chords(vocabulary, self.key)
        self._span_onsets = [span.onset for span in self.spans]

    def span_number(self, ticks: int) -> int:
        """Index of the chord span that sounds at a tick, allowing for an early player."""
        return max(bisect_right(self._span_onsets, ticks + self.early) - 1, 0)

    def key_at(self, ticks: int) -> Key | None:
        """The key that holds at a tick, allowing for an early player."""
        said = [key for start, key in self.keys if start <= ticks + self.early]
        return said[-1] if said else self.key

    def _chords(self, vocabulary: ChordVocabulary, key: Key) -> tuple[GridSpan, ...]:
        """The chords that text events name; none unless most text events are chord symbols."""
        texts = [e for e in _texts(self.performance) if not e.text.startswith(KEY_PREFIX)]
        chords: dict[int, Chord] = {}
        for event in texts:
            if event.text[0] in "ABCDEFG":
                try:
                    chords[event.ticks] = vocabulary.parse(event.text, key.tonic)
                except ValueError:
                    continue
        if 2 * len(chords) <= len(texts):
            return ()
        onsets = sorted(chords)
        ends = [*onsets[1:], self.performance.end_ticks]
        return tuple(
            GridSpan(onset, end, chords[onset], chords[onset].numbers, self.key_at(onset) or key)
            for onset, end in zip(onsets, ends, strict=True)
        )

    def instrument(self, track: Track) -> Instrument | None:
        """The instrument of a melodic track, if its program is known."""
        return self.instruments_by_program.get(track.program)


def onset_groups(track: Track, within: int) -> list[list[PlayedNote]]:
    """Notes of a track gathered where they begin together.

    Args:
        track: The track.
        within: Ticks that the onsets of one group may be apart.
    """
    groups: list[list[PlayedNote]] = []
    for note in sorted(track.notes):
        if groups and note.onset_ticks - groups[-1][0].onset_ticks <= within:
            groups[-1].append(note)
        else:
            groups.append([note])
    return groups


def _texts(performance: Performance) -> list[TextEvent]:
    return [event for event in performance.texts if event.kind == "text" and event.text.strip()]


def _said_keys(
    performance: Performance, scales: Mapping[str, Scale], aliases: Mapping[str, str]
) -> tuple[tuple[int, Key], ...]:
    """The keys that text events name, in order."""
    said = []
    for event in _texts(performance):
        if event.text.startswith(KEY_PREFIX):
            try:
                key = parse_key(event.text.removeprefix(KEY_PREFIX), scales, aliases)
            except ValueError:
                continue
            said.append((event.ticks, key))
    return tuple(said)


def _find_key(
    performance: Performance,
    said: tuple[tuple[int, Key], ...],
    scales: Mapping[str, Scale],
    aliases: Mapping[str, str],
) -> tuple[Key | None, str]:
    if said:
        names = " then ".join(dict.fromkeys(str(key) for _, key in said))
        return said[0][1], f"the file says {names}"
    durations = [0.0] * 12
    for track in PlayedIndex(performance).melodic_tracks:
        for note in track.notes:
            durations[note.pitch % 12] += note.duration_ticks
    found = estimate_key(durations)
    if found is None:
        return None, "the key cannot be told"
    tonic, mode, correlation = found
    key = parse_key(f"{nearest_spelling(tonic, 0)} {mode}", scales, aliases)
    return key, f"key estimated as {key} (Krumhansl and Kessler, r = {correlation:.2f})"

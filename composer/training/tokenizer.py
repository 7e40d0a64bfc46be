"""The tokenizer that defines the vocabulary, as a class of MidiTok.

    python -m composer.training.tokenizer --out composer/transformer/data/vocabulary.json

writes the vocabulary that ships. Composing reads only that file and encodes by
`composer.transformer.cells`, which this class is held to by tests; MidiTok is needed for training.

After REMI (Huang and Yang, "Pop Music Transformer", 2020), with three changes: what begins a bar is
a `Cell_None`, since a bar of a part is the unit that is written; a duration stands before the
pitches that have it, and only where it changes; drums have tokens of their own and no duration.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from miditok import MusicTokenizer, TokenizerConfig, TokSequence
from symusic import Note, Score, TimeSignature, Track

from composer.errors import ComposerError
from composer.exporting.files import write_file
from composer.theory.meter import parse_meter
from composer.transformer.conditions import METERS, QUALITIES, ROLES, SLOTS, STYLES
from composer.transformer.vocabulary import CELL, SLOTS_PER_QUARTER

POSITIONS = 96
DURATIONS = (
    1, 2, 3, 4, 6, 8, 9, 12, 16, 18, 24, 30, 36, 42, 48, 60, 72, 96, 144, 192,
)  # fmt: skip
"""In slots: all of a sixteenth and a triplet, dotted ones, and up to four bars of 4/4."""
DRUM_KEYS = range(27, 88)

_PITCHES = 128
_VELOCITY = 80
_DRUM_SLOTS = 1  # a stroke has no length; this much is written into a Score


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(count))


_CHORDS = ("-", *(f"{root}:{quality}" for root in range(12) for quality in QUALITIES))
_BINS = ("?", *_numbers(8))

STREAMS: dict[str, tuple[str, Sequence[str]]] = {
    "segment": ("Segment", ("context", "target", "recall")),
    "slot": ("Slot", _numbers(SLOTS)),
    "place": ("Place", ("-", *_numbers(POSITIONS))),
    "role": ("Role", ROLES),
    "program": ("Program", (*_numbers(128), "drums")),
    "density": ("Density", _BINS),
    "register": ("Register", _BINS),
    "chord": ("Chord", _CHORDS),
    "next_chord": ("Next", _CHORDS),
    "section": ("Section", tuple("ABCDEFGH")),
    "phrase": ("Phrase", _numbers(8)),
    "left": ("Left", ("1", "2", "3", "4", "8", "16")),
    "energy": ("Energy", ("?", *_numbers(6))),
    "meter": ("Meter", METERS),
    "tempo": ("Tempo", _BINS),
    "mode": ("Mode", ("major", "minor")),
    "style": ("Style", ("?", *STYLES)),
}
"""The streams of plan tokens: the type of their tokens, and the values."""


class CellTokenizer(MusicTokenizer):  # type: ignore[misc, unused-ignore]
    """Tokens of cells: every part of a score in one meter, bar by bar.

    Note tokens come first, with the ids that they have in ``vocabulary.json``; plan tokens follow
    with the id that they have among plan tokens plus the number of note tokens.

    Args:
        meter: Of all scores that it is given; their time signatures are not looked at.

    >>> [CellTokenizer()[number] for number in (0, 1, 2)]
    ['PAD_None', 'Cell_None', 'Position_0']
    """

    def __init__(self, meter: str = "4/4") -> None:
        self.meter = meter
        self.bar_slots = int(parse_meter(meter).bar_quarters * SLOTS_PER_QUARTER)
        config = TokenizerConfig(
            pitch_range=(0, _PITCHES - 1),
            beat_res={(0, DURATIONS[-1] // SLOTS_PER_QUARTER): SLOTS_PER_QUARTER},
            special_tokens=["PAD"],
            use_velocities=False,
        )
        super().__init__(config)

    def _create_base_vocabulary(self) -> list[str]:
        """All tokens but ``PAD_None``, which MidiTok puts before them."""
        plan = [f"{kind}_{value}" for kind, values in STREAMS.values() for value in values]
        return [
            CELL,
            *(f"Position_{position}" for position in range(POSITIONS)),
            *(f"Duration_{duration}" for duration in DURATIONS),
            *(f"Pitch_{pitch}" for pitch in range(_PITCHES)),
            *(f"Drum_{key}" for key in DRUM_KEYS),
            *plan,
        ]

    def _create_token_types_graph(self) -> dict[str, set[str]]:
        """Which type of note token may follow which."""
        return {
            "Cell": {"Cell", "Position"},
            "Position": {"Duration", "Pitch", "Drum"},
            "Duration": {"Pitch"},
            "Pitch": {"Pitch", "Duration", "Position", "Cell"},
            "Drum": {"Drum", "Position", "Cell"},
        }

    def preprocess_score(self, score: Any) -> Any:
        """The same notes on the grid: 12 ticks a quarter, lengths that there are tokens for."""
        gridded: Any = Score(SLOTS_PER_QUARTER)
        gridded.time_signatures.append(TimeSignature(0, *map(int, self.meter.split("/"))))
        for track in score.tracks:
            copy: Any = Track(track.name, track.program, track.is_drum)
            for note in track.notes:
                onset = _slots(note.time, score.ticks_per_quarter)
                length = _DRUM_SLOTS
                if not track.is_drum:
                    length = _nearest(_slots(note.duration, score.ticks_per_quarter))
                if not track.is_drum or note.pitch in DRUM_KEYS:
                    copy.notes.append(Note(onset, length, note.pitch, note.velocity))
            gridded.tracks.append(copy)
        return gridded

    def _add_time_events(self, events: list[Any], time_division: int) -> list[Any]:
        """Nothing is added: `_score_to_tokens` writes positions with the notes."""
        return events

    def _score_to_tokens(
        self, score: Any, attribute_controls_indexes: Any = None
    ) -> list[TokSequence]:
        """One sequence a part."""
        found = []
        for track in score.tracks:
            notes = ((note.time, note.duration, note.pitch) for note in track.notes)
            sequence = TokSequence(tokens=self._part_tokens(notes, drums=track.is_drum))
            self.complete_sequence(sequence)
            found.append(sequence)
        return found

    def _part_tokens(self, notes: Iterable[tuple[int, int, int]], *, drums: bool) -> list[str]:
        """The tokens of a part, each bar after its ``Cell_None``."""
        tokens = [CELL]
        bar, position, duration = 0, -1, -1
        for onset, length, pitch in sorted({(o, 0 if drums else d, p) for o, d, p in notes}):
            while onset // self.bar_slots > bar:
                tokens.append(CELL)
                bar, position, duration = bar + 1, -1, -1
            if onset % self.bar_slots != position:
                position = onset % self.bar_slots
                tokens.append(f"Position_{position}")
            if not drums and length != duration:
                duration = length
                tokens.append(f"Duration_{duration}")
            tokens.append(f"Drum_{pitch}" if drums else f"Pitch_{pitch}")
        return tokens

    def _tokens_to_score(
        self,
        tokens: TokSequence | list[TokSequence],
        programs: list[tuple[int, bool]] | None = None,
    ) -> Any:
        """The parts of some sequences; without programs a part of drum tokens is drums."""
        score: Any = Score(SLOTS_PER_QUARTER)
        score.time_signatures.append(TimeSignature(0, *map(int, self.meter.split("/"))))
        sequences = tokens if isinstance(tokens, list) else [tokens]
        for number, sequence in enumerate(sequences):
            drums = any(token.startswith("Drum_") for token in sequence.tokens)
            program = 0
            if programs is not None:
                program, drums = programs[number]
            track: Any = Track("", program, drums)
            for onset, length, pitch in self._part_notes(sequence.tokens):
                track.notes.append(Note(onset, length, pitch, _VELOCITY))
            score.tracks.append(track)
        return score

    def _part_notes(self, tokens: Sequence[str]) -> Iterable[tuple[int, int, int]]:
        """Onset, length and pitch of each note of a part."""
        bar, position, duration = -1, -1, 0
        for token in tokens:
            kind, _, value = token.partition("_")
            if kind == "Cell":
                bar, position, duration = bar + 1, -1, 0
            elif kind == "Position":
                position = int(value)
            elif kind == "Duration":
                duration = int(value)
            elif kind == "Drum" and position >= 0:
                yield max(bar, 0) * self.bar_slots + position, _DRUM_SLOTS, int(value)
            elif kind == "Pitch" and position >= 0 and duration > 0:
                yield max(bar, 0) * self.bar_slots + position, duration, int(value)


def vocabulary_json(tokenizer: CellTokenizer) -> str:
    """The vocabulary as it ships: note tokens by id, and the plan tokens of each stream."""
    names = sorted(tokenizer.vocab, key=lambda name: tokenizer.vocab[name])
    kinds = {kind for kind, _ in STREAMS.values()}
    data = {
        "slots_per_quarter": SLOTS_PER_QUARTER,
        "notes": [name for name in names if name.partition("_")[0] not in kinds],
        "streams": {
            stream: [name for name in names if name.partition("_")[0] == kind]
            for stream, (kind, _) in STREAMS.items()
        },
    }
    return json.dumps(data, indent=0)


def main(argv: Sequence[str] | None = None) -> int:
    """Write the vocabulary; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.tokenizer")
    parser.add_argument("--out", type=Path, required=True, help="file of the vocabulary")
    flags = parser.parse_args(argv)
    try:
        write_file(flags.out, vocabulary_json(CellTokenizer()))
    except ComposerError as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


def _slots(ticks: int, ticks_per_quarter: int) -> int:
    """Ticks on the grid, halves upwards."""
    return (2 * ticks * SLOTS_PER_QUARTER + ticks_per_quarter) // (2 * ticks_per_quarter)


def _nearest(slots: int) -> int:
    """The length by ratio for which there is a token; of two as near the shorter."""
    length = max(slots, 1)
    return min(DURATIONS, key=lambda known: max(known / length, length / known))


if __name__ == "__main__":
    sys.exit(main())

"""The vocabulary: the tokens of notes, and the tokens of the plan that go beside them.

``data/vocabulary.json`` is written by `composer.training.tokenizer`, whose MidiTok class defines
it; here it is only read, so that composing needs no MidiTok.

A note token is something the model predicts. A plan token is only ever an input: each stands in a
*stream* (role, chord, section …), and at every step one token of every stream is added to the note
token. A sequence therefore holds nothing but notes and the starts of cells.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

SLOTS_PER_QUARTER = 12
"""The grid: it holds sixteenths (3 slots) and eighth triplets (4)."""

CELL = "Cell_None"
"""Begins a cell as an input; ends it as a prediction."""


@dataclass(frozen=True, slots=True)
class Stream:
    """The plan tokens of one kind.

    Args:
        name: Such as ``chord``.
        tokens: Names of its tokens, such as ``Chord_0:maj``.
        offset: Id of its first token among all plan tokens.
    """

    name: str
    tokens: tuple[str, ...]
    offset: int


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All tokens.

    Args:
        notes: Names of the note tokens, by id.
        streams: The streams of plan tokens, in the order in which the model takes them.
        durations: Lengths in slots that a token exists for, ascending.
        positions: How many positions a bar may have.
    """

    notes: tuple[str, ...]
    streams: tuple[Stream, ...]
    durations: tuple[int, ...]
    positions: int

    @property
    def plan_tokens(self) -> int:
        """Number of plan tokens in all streams."""
        return self.streams[-1].offset + len(self.streams[-1].tokens)

    def first(self, kind: str) -> int:
        """Id of the first note token of a kind: ``Position``, ``Duration``, ``Pitch``, ``Drum``.

        Raises:
            KeyError: If there is no such kind.
        """
        for number, name in enumerate(self.notes):
            if name.partition("_")[0] == kind:
                return number
        raise KeyError(kind)

    def stream(self, name: str) -> int:
        """Index of a stream.

        Raises:
            KeyError: If there is no such stream.
        """
        for number, stream in enumerate(self.streams):
            if stream.name == name:
                return number
        raise KeyError(name)


def vocabulary_of(data: dict[str, Any]) -> Vocabulary:
    """A vocabulary from its JSON form."""
    streams: list[Stream] = []
    offset = 0
    for name, tokens in data["streams"].items():
        streams.append(Stream(name, tuple(tokens), offset))
        offset += len(tokens)
    notes = tuple(data["notes"])
    durations = tuple(int(n.split("_")[1]) for n in notes if n.startswith("Duration_"))
    positions = sum(name.startswith("Position_") for name in notes)
    return Vocabulary(notes, tuple(streams), durations, positions)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary that comes with composer."""
    text = resources.files("composer.transformer").joinpath("data/vocabulary.json")
    return vocabulary_of(json.loads(text.read_text(encoding="utf-8")))

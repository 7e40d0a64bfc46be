"""What is heard in a cleaned song: key, chords, sections, roles, and its notes as cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from composer.evaluating.heard_harmony import Harmony, hear
from composer.evaluating.material import Line, Material, prepare
from composer.evaluating.structure import bar_similarity, boundaries
from composer.evaluating.windows import Window
from composer.transformer.cells import duration_table, token_ids
from composer.transformer.conditions import (
    DRUMS_PROGRAM,
    METERS,
    ROLES,
    chord_token,
    energy_bin,
    label_of,
    left_bin,
    phrase_place,
    register_bin,
    tempo_bin,
)

Integers = NDArray[np.int64]

_SINGLE_LINE = 0.8
_PAD_QUARTERS = 1.75
_SAME_SECTION = 0.72
_KEY_RANGE = 6  # semitones down to -5, up to 6: the nearest way to C or A minor
_POSITIONS, _DURATIONS, _PITCHES = 128, 64, 128  # more than there are of each


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A song ready for a shard.

    Args:
        meter: Index in `METERS`.
        tempo: Bin of the tempo.
        minor: Whether it was heard in minor.
        shift: Semitones that it was moved by, to C major or A minor.
        bar_table: ``[bars, 6]`` uint8: section letter, bar of the phrase, bars left, energy, and
            the chords of the two halves.
        part_table: ``[parts, 3]`` uint8: role, program, register.
        tokens: All cells, bar by bar and in each part by part.
        bounds: ``[bars * parts + 1]``: where each cell begins in ``tokens``.
        counts: ``[bars * parts]`` uint8: notes of each cell.
    """

    meter: int
    tempo: int
    minor: bool
    shift: int
    bar_table: NDArray[np.uint8]
    part_table: NDArray[np.uint8]
    tokens: NDArray[np.uint16]
    bounds: NDArray[np.uint32]
    counts: NDArray[np.uint8]


def listen(window: Window) -> Heard:
    """Hear a song's plan, and write its notes as cells in C major or A minor."""
    material = prepare(window)
    harmony = hear(window)
    minor = harmony.key is not None and harmony.key.minor
    shift = 0 if harmony.key is None else _shift(harmony.key.tonic, minor)
    lines = sorted(
        ((_role(line), line) for line in material.lines),
        key=lambda pair: (ROLES.index(pair[0]), -len(pair[1].pitch)),
    )
    tokens, bounds, counts = encode_lines(
        [line for _, line in lines], window.bars, window.bar_slots, shift
    )
    return Heard(
        METERS.index(f"{window.numerator}/{window.denominator}"),
        tempo_bin(window.quarters_per_minute),
        minor,
        shift,
        _bar_table(material, harmony, shift),
        _part_table(lines, shift),
        tokens,
        bounds,
        counts,
    )


def _shift(tonic: int, minor: bool) -> int:
    """Semitones to the nearest C (A in minor), -5 to 6."""
    up = ((9 if minor else 0) - tonic) % 12
    return up - 12 if up > _KEY_RANGE else up


def _bar_table(material: Material, harmony: Harmony, shift: int) -> NDArray[np.uint8]:
    """What the plan says of each bar."""
    chords = [
        0 if chord is None else chord_token(chord.root + shift, chord.quality)
        for chord in harmony.chords
    ]
    halves = chords if harmony.spans_per_bar == 2 else [c for c in chords for _ in range(2)]
    rows = [
        [*section, energy, halves[2 * bar], halves[2 * bar + 1]]
        for bar, (section, energy) in enumerate(
            zip(_sections(material), _energy(material), strict=True)
        )
    ]
    return np.array(rows, dtype=np.uint8)


def _part_table(lines: list[tuple[str, Line]], shift: int) -> NDArray[np.uint8]:
    """What the plan says of each part."""
    rows = [
        [ROLES.index(role), DRUMS_PROGRAM, 0]
        if role == "drums"
        else [
            ROLES.index(role),
            line.part.program,
            register_bin(float(line.pitch.mean()) + shift),
        ]
        for role, line in lines
    ]
    return np.array(rows, dtype=np.uint8)


def _role(line: Line) -> str:
    """Harmony parts are told apart: single lines, held chords, and the rest."""
    if line.role != "harmony":
        return line.role
    _, counts = np.unique(line.onset, return_counts=True)
    if (counts == 1).mean() >= _SINGLE_LINE:
        return "counter"
    return "pad" if np.median(line.duration) >= _PAD_QUARTERS * 12 else "comping"


def _sections(material: Material) -> list[tuple[int, int, int]]:
    """Letter, bar of the phrase and bars left of each bar."""
    similarity = bar_similarity(material)
    ends, _ = boundaries(similarity)
    starts = (0, *ends[:-1])
    letters: list[int] = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        best, letter = _SAME_SECTION, max(letters, default=-1) + 1
        for other in range(index):
            length = min(end - start, ends[other] - starts[other])
            alike = float(
                np.diagonal(
                    similarity[start : start + length, starts[other] : starts[other] + length]
                ).mean()
            )
            if alike > best:
                best, letter = alike, letters[other]
        letters.append(letter)
    return [
        (label_of(letter), phrase_place(bar - start), left_bin(end - bar))
        for letter, start, end in zip(letters, starts, ends, strict=True)
        for bar in range(start, end)
    ]


def _energy(material: Material) -> list[int]:
    """Bin of each bar's energy: its place among the song's bars, by notes and parts that sound."""
    bars = material.window.bars
    notes = np.zeros(bars)
    parts = np.zeros(bars)
    for line in material.lines:
        in_bar = np.bincount(material.bar_of(line.onset), minlength=bars)[:bars]
        notes += in_bar
        parts += in_bar > 0
    weight = notes / max(notes.max(), 1.0) + parts / max(parts.max(), 1.0)
    smooth = np.convolve(np.pad(weight, 1, mode="edge"), np.ones(3) / 3, mode="valid")
    rank = np.searchsorted(np.sort(smooth), smooth, "left") / max(bars, 1)
    return [energy_bin(float(value)) for value in rank]


def encode_lines(
    lines: Sequence[Line], bars: int, bar_slots: int, shift: int
) -> tuple[NDArray[np.uint16], NDArray[np.uint32], NDArray[np.uint8]]:
    """All cells of some lines as tokens, as `composer.transformer.cells.encode_cell` has them.

    Every note is one number that sorts as the tokens do, so that the whole song is written at once.

    Args:
        lines: In the order of the parts.
        bars: How many bars.
        bar_slots: Slots of each.
        shift: Semitones by which what is not drums is moved; past the range of MIDI an octave back.

    Returns:
        Tokens; where each cell begins in them, ``[bars * parts + 1]``; notes of each cell, at most
        255.
    """
    ids = token_ids()
    keys = [
        _note_keys(line, bar_slots, number, len(lines), shift) for number, line in enumerate(lines)
    ]
    notes = np.unique(np.concatenate(keys))
    rest, pitch = np.divmod(notes, _PITCHES)
    rest, duration = np.divmod(rest, _DURATIONS)
    cell, position = np.divmod(rest, _POSITIONS)
    new_cell = np.diff(cell, prepend=-1) != 0
    new_position = new_cell | (np.diff(position, prepend=-1) != 0)
    new_duration = (duration > 0) & (new_cell | (np.diff(duration, prepend=-1) != 0))
    sizes = 1 + new_position + new_duration
    ends = np.cumsum(sizes)
    tokens = np.zeros(int(ends[-1]), dtype=np.uint16)
    tokens[ends - 1] = np.where(duration > 0, ids.pitch, ids.drum - ids.lowest_drum) + pitch
    tokens[ends[new_duration] - 2] = ids.duration + duration[new_duration] - 1
    tokens[(ends - sizes)[new_position]] = ids.position + position[new_position]
    cells = bars * len(lines)
    lengths = np.bincount(cell, weights=sizes, minlength=cells).astype(np.uint32)
    bounds = np.concatenate([[0], np.cumsum(lengths)]).astype(np.uint32)
    counts = np.minimum(np.bincount(cell, minlength=cells), 255).astype(np.uint8)
    return tokens, bounds, counts


def _note_keys(line: Line, bar_slots: int, part: int, parts: int, shift: int) -> Integers:
    """Each note as one number: cell, position, 1 + index of the duration (drums: 0), pitch."""
    bar, position = np.divmod(line.onset, bar_slots)
    if line.role == "drums":
        duration, pitch = np.zeros_like(line.pitch), line.pitch
    else:
        table = duration_table()
        duration = 1 + table[np.clip(line.duration, 1, len(table) - 1)]
        pitch = line.pitch + shift
        pitch = np.where(pitch > 127, pitch - 12, np.where(pitch < 0, pitch + 12, pitch))
    cell = bar * parts + part
    return ((cell * _POSITIONS + position) * _DURATIONS + duration) * _PITCHES + pitch

"""A score onto paper: staves, voices, note values, ties, triplets and beams."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from composer.exporting.engraving.beaming import beamed
from composer.exporting.engraving.drum_kit import FEET, drum
from composer.exporting.engraving.grid import Stroke, strokes, windows
from composer.exporting.engraving.paper import (
    Head,
    NoteValue,
    PaperPart,
    Transposition,
    VoiceBar,
    Written,
)
from composer.exporting.engraving.staves import clefs, hands, transposition
from composer.exporting.engraving.values import GRID, note_values, triplet_values
from composer.exporting.engraving.voices import MOST_VOICES, until_next, voices
from composer.music.score import Part, Score
from composer.theory.meter import Meter
from composer.theory.pitch import Pitch

Heads = Callable[[Sequence[Pitch]], tuple[Head, ...]]

_LEAST = Fraction(1, 4)


@dataclass(frozen=True, slots=True)
class _Line:
    """One voice of a staff through the piece."""

    number: int
    staff: int
    strokes: tuple[Stroke, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """What of a stroke, or of a silence (None), lies between two places of one bar."""

    start: Fraction
    end: Fraction
    stroke: Stroke | None
    first: bool = True
    last: bool = True


def engrave(score: Score, part: Part, *, concert_pitch: bool = False) -> PaperPart:
    """A part as it stands on paper.

    Args:
        score: The piece.
        part: One of its parts.
        concert_pitch: Whether all is written as it sounds, transposing instruments too.
    """
    instrument = part.plan.instrument
    signatures = [score.key.signature, *(span.key.signature for span in score.chords)]
    shift = Transposition() if concert_pitch else transposition(instrument, signatures)
    heads: Heads = _drum_heads if instrument.is_drums else _pitched_heads(shift)
    found = clefs(part)
    lines = [
        (line, _by_bar(line.strokes, score.meter, score.bars))
        for line in _lines(score, part, len(found))
    ]
    bars = tuple(
        tuple(
            VoiceBar(line.number, line.staff, _content(pieces.get(bar, []), score.meter, heads))
            for line, pieces in lines
            if bar in pieces or line.number % MOST_VOICES == 1
        )
        for bar in range(score.bars)
    )
    return PaperPart(part.plan.name, instrument, found, shift, bars)


def _drum_heads(pitches: Sequence[Pitch]) -> tuple[Head, ...]:
    heads = [Head(drum(pitch.midi).place, drum=pitch.midi) for pitch in pitches]
    return tuple(sorted(heads, key=lambda head: (head.pitch.midi, head.drum)))


def _pitched_heads(shift: Transposition) -> Heads:
    return lambda pitches: tuple(Head(shift.written(pitch)) for pitch in pitches)


def _lines(score: Score, part: Part, staves: int) -> Iterator[_Line]:
    """The voices of a part, those of the upper staff first."""
    meter, end = score.meter, score.length_quarters
    if part.plan.instrument.is_drums:
        struck = [n for n in part.notes if n.pitch.midi not in FEET]
        trodden = [n for n in part.notes if n.pitch.midi in FEET]
        for number, limbs in ((1, struck), (2, trodden)):
            onsets = tuple(_at_once(strokes(limbs, meter, end)))
            yield _Line(number, 1, until_next(onsets, meter) if onsets else ())
        return
    each = hands(part.notes) if staves > 1 else (part.notes,)
    for staff, notes in enumerate(each, start=1):
        found = strokes(notes, meter, end)
        if part.plan.role != "melody":
            found = _legible(found)
        first = 1 + MOST_VOICES * (staff - 1)
        for number, voice in enumerate(voices(found) or ((),), start=first):
            yield _Line(number, staff, voice)


def _at_once(found: Sequence[Stroke]) -> Iterator[Stroke]:
    """Strokes with all that is struck at their onset."""
    together: dict[Fraction, list[Stroke]] = {}
    for stroke in found:
        together.setdefault(stroke.onset_quarters, []).append(stroke)
    for group in together.values():
        pitches = {pitch.midi: pitch for stroke in group for pitch in stroke.pitches}
        yield replace(group[0], pitches=tuple(pitches[midi] for midi in sorted(pitches)))


def _legible(found: Sequence[Stroke]) -> tuple[Stroke, ...]:
    """Accompanying strokes last a sixteenth at least, where nothing follows before that.

    What is shorter is a way of playing, not a rhythm.
    """
    onsets = sorted({stroke.onset_quarters for stroke in found})
    after = dict(zip(onsets, [*onsets[1:], None], strict=True))
    longer = []
    for stroke in found:
        end, following = stroke.onset_quarters + _LEAST, after[stroke.onset_quarters]
        room = following is None or following >= end
        short = stroke.end_quarters < end and stroke.onset_quarters % _LEAST == 0
        longer.append(replace(stroke, end_quarters=end) if short and room else stroke)
    return tuple(longer)


def _by_bar(line: Sequence[Stroke], meter: Meter, bars: int) -> Mapping[int, list[_Piece]]:
    """The strokes of a voice cut at the bar lines, by bar, with places from its start."""
    length = meter.bar_quarters
    found: dict[int, list[_Piece]] = {}
    for stroke in line:
        bar = int(stroke.onset_quarters // length)
        while bar * length < stroke.end_quarters and bar < bars:
            start = max(stroke.onset_quarters - bar * length, Fraction(0))
            end = min(stroke.end_quarters - bar * length, length)
            begins = stroke.onset_quarters >= bar * length
            ends = stroke.end_quarters <= (bar + 1) * length
            found.setdefault(bar, []).append(_Piece(start, end, stroke, begins, ends))
            bar += 1
    return found


def _content(pieces: Sequence[_Piece], meter: Meter, heads: Heads) -> tuple[Written, ...]:
    """One voice of one bar: notes and rests without gaps."""
    if not pieces:
        return (Written(Fraction(0), meter.bar_quarters, None),)
    filled = list(_with_rests(pieces, meter.bar_quarters))
    triplets = tuple(_triplets(filled, meter))
    written: list[Written] = []
    for start, end, triplet in _stretches(triplets, meter.bar_quarters):
        inside = list(_within(filled, start, end))
        made = [w for piece in inside for w in _written(piece, meter, heads, triplet=triplet)]
        if triplet:
            made[0] = replace(made[0], tuplet="start")
            made[-1] = replace(made[-1], tuplet="stop")
        written += made
    return beamed(written, meter)


def _with_rests(pieces: Sequence[_Piece], end: Fraction) -> Iterator[_Piece]:
    now = Fraction(0)
    for piece in pieces:
        if piece.start > now:
            yield _Piece(now, piece.start, None)
        yield piece
        now = piece.end
    if now < end:
        yield _Piece(now, end, None)


def _triplets(pieces: Sequence[_Piece], meter: Meter) -> Iterator[tuple[Fraction, Fraction]]:
    """Where triplets stand: windows with a place that 32nds do not reach, or halves of them."""
    places = {piece.start for piece in pieces}
    for start, length in windows(meter):
        inside = [place - start for place in sorted(places) if start < place < start + length]
        odd = [place for place in inside if place % GRID]
        if not odd:
            continue
        half = length / 2
        if half in inside and max(odd) < half:
            yield start, start + half
        elif half in inside and min(odd) > half:
            yield start + half, start + length
        else:
            yield start, start + length


def _stretches(
    triplets: Sequence[tuple[Fraction, Fraction]], end: Fraction
) -> Iterator[tuple[Fraction, Fraction, bool]]:
    """The bar as triplets and what lies between them."""
    now = Fraction(0)
    for start, stop in triplets:
        if start > now:
            yield now, start, False
        yield start, stop, True
        now = stop
    if now < end:
        yield now, end, False


def _within(pieces: Sequence[_Piece], start: Fraction, end: Fraction) -> Iterator[_Piece]:
    """The pieces cut to a stretch of the bar."""
    for piece in pieces:
        if piece.start < end and piece.end > start:
            first = piece.first and piece.start >= start
            last = piece.last and piece.end <= end
            yield _Piece(max(piece.start, start), min(piece.end, end), piece.stroke, first, last)


def _written(piece: _Piece, meter: Meter, heads: Heads, *, triplet: bool) -> Iterator[Written]:
    """A piece as note values, tied together where it takes several."""
    stroke, now = piece.stroke, piece.start
    cuts: list[tuple[Fraction, NoteValue]] = list(
        triplet_values(piece.start, piece.end)
        if triplet
        else note_values(piece.start, piece.end, meter, rest=stroke is None)
    )
    for index, (length, value) in enumerate(cuts):
        if stroke is None:
            yield Written(now, length, value)
        else:
            begins = piece.first and index == 0
            ends = piece.last and index == len(cuts) - 1
            tied = tuple(
                replace(head, tied_from=not begins, tied_to=not ends)
                for head in heads(stroke.pitches)
            )
            if begins:
                graces = tuple(head.pitch for head in heads(stroke.graces))
                yield Written(now, length, value, tied, graces, stroke.lyric, stroke.mark)
            else:
                yield Written(now, length, value, tied)
        now += length

"""The elements of a part as measures: everything that counts time, and everything that sounds."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from composer.errors import NotationError
from composer.music.named_choice import shown
from composer.notation.harmonies import read_harmony
from composer.notation.jumps import read_marks, read_tempo
from composer.notation.lyrics import read_lyrics
from composer.notation.measures import Measure, MeasureNote
from composer.notation.transposing import CONCERT, read_transposition
from composer.notation.values import number, offset_quarters, staff_of, whole, words
from composer.theory.chord import Chord, ChordVocabulary
from composer.theory.notated_meter import NotatedMeter, notated_meter
from composer.theory.pitch import Pitch, parse_pitch_class

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MOST_DIVISIONS = 1_000_000
_LONGEST_QUARTERS = 64
_FINEST = 10**12
_MOST_IN_MEASURE = 512


class PartReader:
    """Reads the measures of a part one after the other, and keeps what holds on from each.

    Args:
        vocabulary: The chords that there are.
    """

    def __init__(self, vocabulary: ChordVocabulary) -> None:
        self.left_out: Counter[str] = Counter()
        self._vocabulary = vocabulary
        self._divisions = Fraction(1)
        self._meter: NotatedMeter | None = None
        self._signature: tuple[int, str | None] | None = None
        self._transposition = CONCERT
        self._ending: frozenset[int] = frozenset()
        self._clear()

    def _clear(self) -> None:
        self._cursor = self._filled = self._struck = Fraction(0)
        self._notes: list[MeasureNote] = []
        self._chords: list[tuple[Fraction, Chord | None]] = []
        self._tempos: list[tuple[Fraction, float]] = []

    def read(self, element: Element, index: int) -> Measure:
        """Read a measure.

        Args:
            element: The ``<measure>``, or a ``<part>`` within one.
            index: How many come before it.

        Raises:
            NotationError: If a number in it is none or out of range, or its time signature cannot
                be read; the message is the rest of a sentence that begins with the file.
        """
        self._clear()
        label = shown(element.get("number", "")) or str(index + 1)
        try:
            for inner in element:
                self._read_element(inner)
            most = max(len(self._notes), len(self._chords), len(self._tempos))
            if most > _MOST_IN_MEASURE:
                raise NotationError(f"holds more than {_MOST_IN_MEASURE} notes")
            marks, self._ending = read_marks(element, self._ending)
        except NotationError as error:
            raise NotationError(f"bar {label}: {error}") from None
        return Measure(
            label,
            self._filled,
            element.get("implicit") == "yes" or label == "0",
            self._meter,
            self._signature,
            tuple(sorted(self._notes, key=lambda note: (note.onset_quarters, note.voice))),
            tuple(sorted(self._chords, key=lambda chord: chord[0])),
            tuple(sorted(self._tempos)),
            marks,
        )

    def _read_element(self, element: Element) -> None:
        if element.tag == "note":
            self._read_note(element)
        elif element.tag == "attributes":
            self._read_attributes(element)
        elif element.tag == "backup":
            self._cursor = max(Fraction(0), self._cursor - self._duration(element))
        elif element.tag == "forward":
            self._move(self._duration(element))
        elif element.tag == "harmony":
            self._read_harmony(element)
        elif element.tag in ("direction", "sound"):
            tempo = read_tempo(element)
            if tempo is not None:
                at = self._cursor + offset_quarters(element, self._divisions)
                self._tempos.append((max(Fraction(0), at), tempo))

    def _move(self, quarters: Fraction) -> None:
        self._cursor += quarters
        self._filled = max(self._filled, self._cursor)
        if self._filled > _LONGEST_QUARTERS:
            raise NotationError(f"is longer than {_LONGEST_QUARTERS} quarters")
        if self._cursor.denominator > _FINEST:
            raise NotationError("its durations have no common measure")

    def _duration(self, element: Element) -> Fraction:
        value = number(element, "duration")
        if value is None or value < 0:
            raise NotationError(f"a <{element.tag}> has no <duration>, or one below 0")
        return value / self._divisions

    def _read_attributes(self, element: Element) -> None:
        divisions = whole(element, "divisions", 1, _MOST_DIVISIONS)
        self._divisions = self._divisions if divisions is None else Fraction(divisions)
        # The key stands before the transposition that it is subject to.
        for transpose in _of_first_staff(element, "transpose"):
            self._transposition = read_transposition(transpose)
        for key in _of_first_staff(element, "key"):
            self._read_key(key)
        for time in _of_first_staff(element, "time"):
            self._meter = _meter(time)

    def _read_key(self, element: Element) -> None:
        fifths = whole(element, "fifths", -11, 11)
        if fifths is None:
            self.left_out["key signature of no circle of fifths"] += 1
            return
        mode = words(element, "mode").lower() or None
        self._signature = (self._transposition.signature(fifths), mode)

    def _read_harmony(self, element: Element) -> None:
        harmony = read_harmony(element, self._vocabulary)
        if harmony is None:
            self.left_out["chord symbol without a root"] += 1
            return
        if not harmony.exact and harmony.chord is not None:
            self.left_out[f"{harmony.written} is read as {harmony.chord.symbol}"] += 1
        at = max(Fraction(0), self._cursor + offset_quarters(element, self._divisions))
        chord = harmony.chord
        self._chords.append((at, None if chord is None else self._transposition.chord(chord)))

    def _read_note(self, element: Element) -> None:
        if element.find("grace") is not None:
            self.left_out["grace note"] += 1
            return
        duration = self._duration(element)
        joins = element.find("chord") is not None
        onset = self._struck if joins else self._cursor
        if not joins:
            self._struck = self._cursor
            self._move(duration)
        if element.find("rest") is not None:
            return
        reason = _reason_to_leave_out(element, duration)
        if reason:
            self.left_out[reason] += 1
            return
        ties = {tie.get("type") for tie in element.findall("tie")}
        ties |= {tie.get("type") for tie in element.findall("notations/tied")}
        self._notes.append(
            MeasureNote(
                onset,
                duration,
                self._pitch(element),
                shown(words(element, "voice")) or "1",
                "stop" in ties,
                "start" in ties,
                read_lyrics(element),
            )
        )

    def _pitch(self, element: Element) -> Pitch:
        step = words(element, "pitch/step")
        octave = whole(element, "pitch/octave", -1, 10)
        if len(step) != 1 or step not in "ABCDEFG" or octave is None:
            raise NotationError("a <pitch> needs a <step> from A to G and an <octave>")
        alter = number(element, "pitch/alter") or 0
        if alter.denominator != 1:
            self.left_out["microtone, rounded to a semitone"] += 1
        semitones = whole(element, "pitch/alter", -3, 3) or 0
        return self._transposition.pitch(Pitch(parse_pitch_class(step) + 7 * semitones, octave))


def _of_first_staff(element: Element, tag: str) -> list[Element]:
    """Inner elements of all staves, or of the top one."""
    return [inner for inner in element.findall(tag) if inner.get("number", "1") == "1"]


def _reason_to_leave_out(element: Element, duration: Fraction) -> str:
    """Why a note is no note of the tune; empty where it is one."""
    if element.find("cue") is not None:
        return "cue note"
    if staff_of(element) != 1:
        return "note of a lower staff"
    if element.find("pitch") is None:
        return "note without a pitch"
    return "note of no length" if duration == 0 else ""


def _meter(element: Element) -> NotatedMeter:
    """Read a ``<time>``; several pairs of numbers with one lower number are added up."""
    uppers = [" ".join((beats.text or "").split()) for beats in element.findall("beats")]
    lowers = {" ".join((kind.text or "").split()) for kind in element.findall("beat-type")}
    lower = next(iter(lowers)) if len(lowers) == 1 else ""
    known = lower.isascii() and lower.isdigit() and len(lower) <= 2
    found = notated_meter("+".join(uppers), int(lower)) if uppers and known else None
    if found is None:
        text = f"{'+'.join(uppers)}/{'+'.join(sorted(lowers))}" if uppers else "without beats"
        raise NotationError(f"the time signature {shown(text)} cannot be read; 4/4 is one")
    return found

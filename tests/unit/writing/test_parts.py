"""What the writers of bass, drums, melody and chords write, whatever the style."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import pairwise

import pytest

from composer.music.brief import Brief
from composer.music.score import Note
from composer.writing.context import Context
from composer.writing.melody import MelodyWriter
from composer.writing.melody_ladder import kept_to
from tests.laws.pieces import Piece, compose
from tests.strategies import rules

STYLES = rules().style_names
EIGHTH = Fraction(1, 2)


def notes_of(piece: Piece, role: str) -> list[Note]:
    return [note for part in piece.role(role) for note in part.notes]


def chord_at(piece: Piece, onset: Fraction) -> frozenset[int]:
    return next(s.chord.numbers for s in piece.plan.chords if s.end_quarters > onset)


@pytest.fixture(scope="module", params=STYLES)
def piece(request: pytest.FixtureRequest) -> Piece:
    return compose(Brief(key="C", style=request.param, bars=32, seed=21))


def test_the_bass_meets_every_chord_on_its_bass_note(piece: Piece) -> None:
    (bass,) = piece.role("bass")
    met = 0
    for span in piece.plan.chords:
        held = [
            note
            for note in bass.notes
            if note.end_quarters > span.onset_quarters and note.onset_quarters < span.end_quarters
        ]
        struck = [note for note in held if note.onset_quarters == span.onset_quarters]
        first = (struck or held or [None])[0]
        if first is not None:
            anticipates = span.end_quarters - first.onset_quarters <= EIGHTH
            assert anticipates or first.pitch.midi % 12 == span.chord.bass.number
            met += 1
    assert met >= min(12, len(piece.plan.chords) * 2 // 3)


def test_the_bass_is_a_line_low_down(piece: Piece) -> None:
    notes = notes_of(piece, "bass")
    pitches = [note.pitch.midi for note in notes]
    assert all(a.end_quarters <= b.onset_quarters for a, b in pairwise(notes))
    assert sum(pitches) / len(pitches) < 54
    assert sum(abs(b - a) > 12 for a, b in pairwise(pitches)) <= 0.08 * len(pitches)


def test_notes_of_the_melody_outside_the_chord_go_on_by_step(piece: Piece) -> None:
    (tune, *_) = piece.role("melody")
    context = Context(piece.plan, rules(), plain=True)  # ornaments leap, as enclosures do
    notes = MelodyWriter(context, tune.plan).write()
    kept, _ = kept_to(piece.plan.key, context.style.melody.tune)
    widest = 2 if kept == "scale" else 3  # as the scale's own steps are
    leaps = foreign = 0
    for note, after in pairwise(notes):
        chord = chord_at(piece, note.onset_quarters)
        if note.end_quarters > note.onset_quarters + EIGHTH:
            chord |= chord_at(piece, note.onset_quarters + EIGHTH)  # it may anticipate
        if note.pitch.midi % 12 in chord or after.onset_quarters - note.end_quarters >= 1:
            continue
        foreign += 1
        leaps += abs(after.pitch.midi - note.pitch.midi) > widest
    assert foreign > 0
    assert leaps <= 0.15 * foreign


def test_phrases_end_on_chord_tones(piece: Piece) -> None:
    notes = notes_of(piece, "melody")
    bar = piece.plan.meter.bar_quarters
    ends = good = 0
    for section in piece.plan.sections:
        for phrase in section.phrases:
            start, end = bar * phrase.start_bar, bar * (phrase.start_bar + phrase.bars)
            sung = [n for n in notes if start <= n.onset_quarters < end - 1]
            if sung:
                last = sung[-1]
                ends += 1
                chord = chord_at(piece, last.onset_quarters)
                if last.duration_quarters > EIGHTH:
                    chord |= chord_at(piece, last.onset_quarters + EIGHTH)  # it may anticipate
                good += last.pitch.midi % 12 in chord
    assert ends >= 1
    assert good >= 0.7 * ends  # a pentatonic tune has few tones for the fifths of punk


def test_the_tune_breathes_and_moves(piece: Piece) -> None:
    notes = notes_of(piece, "melody")
    bars = Counter(int(n.onset_quarters // piece.plan.meter.bar_quarters) for n in notes)
    for tune in piece.role("melody"):  # a soloist may come in under the last note of the tune
        assert all(a.end_quarters <= b.onset_quarters for a, b in pairwise(tune.notes))
    gaps = [b.onset_quarters - a.end_quarters for a, b in pairwise(notes)]
    assert sum(gap >= EIGHTH for gap in gaps) >= len(piece.plan.bars) / 8
    steps = [abs(b.pitch.midi - a.pitch.midi) for a, b in pairwise(notes)]
    moves = [step for step in steps if step]
    assert sum(1 <= step <= 3 for step in moves) >= 0.3 * len(moves)
    again = rules().style(piece.plan.style).melody.repeated
    assert sum(step == 0 for step in steps) <= (again + 0.27) * len(steps)
    assert max(n.pitch.midi for n in notes) - min(n.pitch.midi for n in notes) >= 7
    assert sum(bars.values()) / len(bars) >= 1.5


def test_the_last_bar_rests_on_the_tonic(piece: Piece) -> None:
    last = piece.plan.chords[-1]
    tonic = last.key.tonic
    assert last.chord.root == last.chord.bass == tonic
    final = [n for n in notes_of(piece, "bass") if n.end_quarters > last.onset_quarters]
    assert not final or final[-1].pitch.pitch_class == tonic


def test_only_active_parts_play(piece: Piece) -> None:
    bar = piece.plan.meter.bar_quarters
    for part in piece.score.parts:
        resting = 0
        for note in part.notes:
            number = int(note.onset_quarters // bar)
            active = part.plan.name in piece.plan.bars[number].active
            # Only a tune may reach into a bar of rest, with a pick-up.
            resting += not active and part.plan.role not in ("melody", "counter")
        assert not resting, part.plan.name


def test_chords_sound_in_their_chord(piece: Piece) -> None:
    for role in ("comping", "pad"):
        for note in notes_of(piece, role):
            later = min(note.onset_quarters + EIGHTH, piece.plan.length_quarters - EIGHTH)
            now = chord_at(piece, note.onset_quarters) | chord_at(piece, later)
            assert note.function == "scale" or note.pitch.midi % 12 in now


@pytest.mark.parametrize("style", ["pop", "rock"])
def test_the_chorus_is_louder_and_recalls_itself(style: str) -> None:
    form = "verse:8 chorus:8 verse:8 chorus:8"
    piece = compose(Brief(key="C", style=style, form=form, seed=13))
    verse, chorus, again_verse, again = piece.plan.sections
    assert chorus.energy > verse.energy
    assert (chorus.material, chorus.occurrence) == (again.material, again.occurrence - 1)
    assert again_verse.material == verse.material
    bar = piece.plan.meter.bar_quarters

    def melody(start: int) -> list[tuple[Fraction, int]]:
        return [
            (n.onset_quarters - bar * start, n.pitch.midi)
            for n in notes_of(piece, "melody")
            if bar * start <= n.onset_quarters < bar * (start + 7)
        ]

    first, second = melody(chorus.start_bar), melody(again.start_bar)
    assert len(set(first) & set(second)) >= 0.6 * max(len(first), len(second))
    loud = {
        section.name: [
            n.velocity
            for p in piece.score.parts
            for n in p.notes
            if bar * section.start_bar <= n.onset_quarters < bar * section.end_bar
        ]
        for section in (verse, chorus)
    }
    assert sum(loud[chorus.name]) > sum(loud[verse.name])
    assert sum(loud[chorus.name]) / len(loud[chorus.name]) > (
        sum(loud[verse.name]) / len(loud[verse.name])
    )

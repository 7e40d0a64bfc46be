"""decode(encode(p)) == p for every valid performance; no bytes bring anything but MidiError."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from composer.errors import MidiError
from composer.midi.decode import decode
from composer.midi.encode import encode
from composer.music.performance import (
    ControlChange,
    KeyChange,
    MeterChange,
    Performance,
    PitchBend,
    PlayedNote,
    TempoChange,
    TextEvent,
    Track,
)

SEVEN_BITS = st.integers(0, 127)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@st.composite
def tracks(draw: st.DrawFn, end_ticks: int) -> Track:
    notes = []
    for pitch in draw(st.sets(SEVEN_BITS, max_size=4)):
        edges = sorted(draw(st.sets(st.integers(0, end_ticks), max_size=8)))
        for onset, end in pairwise(edges):
            if draw(st.booleans()):
                notes.append(PlayedNote(onset, pitch, end - onset, draw(st.integers(1, 127))))
    change = st.builds(ControlChange, st.integers(0, end_ticks), SEVEN_BITS, SEVEN_BITS)
    controls = sorted(draw(st.lists(change, max_size=6)), key=lambda c: c.ticks)
    bend = st.builds(PitchBend, st.integers(0, end_ticks), st.integers(-8192, 8191))
    bends = sorted(draw(st.lists(bend, max_size=6)), key=lambda b: b.ticks)
    return Track(
        draw(TEXT),
        draw(TEXT),
        draw(st.integers(0, 15)),
        draw(SEVEN_BITS),
        draw(SEVEN_BITS),
        tuple(sorted(notes)),
        tuple(controls),
        tuple(bends),
    )


@st.composite
def performances(draw: st.DrawFn) -> Performance:
    end_ticks = draw(st.integers(0, 5000))

    def ticks(first: int) -> list[int]:
        later = draw(st.sets(st.integers(0, end_ticks), max_size=3))
        return sorted({first, *later} if first == 0 else later)

    key = st.tuples(st.integers(-7, 7), st.booleans())
    text = st.builds(
        TextEvent, st.integers(0, end_ticks), st.sampled_from(["marker", "text"]), TEXT
    )
    return Performance(
        title=draw(TEXT),
        end_ticks=end_ticks,
        tempos=tuple(TempoChange(t, draw(st.integers(1, 0xFFFFFF))) for t in ticks(0)),
        meters=tuple(
            MeterChange(t, draw(st.integers(1, 32)), draw(st.sampled_from([1, 2, 4, 8, 16, 32])))
            for t in ticks(0)
        ),
        keys=tuple(KeyChange(t, *draw(key)) for t in ticks(-1)),
        texts=tuple(sorted(draw(st.lists(text, max_size=5)))),
        tracks=tuple(draw(st.lists(tracks(end_ticks), max_size=4))),
        ticks_per_quarter=draw(st.sampled_from([480, 96, 960, 1, 32767])),
    )


def decode_or_error(data: bytes) -> Performance | MidiError:
    try:
        return decode(data)
    except MidiError as error:
        return error


@given(performances())
def test_decoding_undoes_encoding(performance: Performance) -> None:
    assert decode(encode(performance)) == performance


@given(performances())
def test_encoding_is_repeatable(performance: Performance) -> None:
    assert encode(performance) == encode(decode(encode(performance)))


@settings(max_examples=400)
@given(performances(), st.data())
def test_damaged_files_bring_only_midi_errors(
    performance: Performance, data: st.DataObject
) -> None:
    damaged = bytearray(encode(performance))
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(damaged)))
        patch = data.draw(st.binary(max_size=6))
        damaged[place : place + data.draw(st.integers(0, 6))] = patch
    result = decode_or_error(bytes(damaged))
    if isinstance(result, Performance):
        for track in result.tracks:
            assert all(note.end_ticks <= result.end_ticks for note in track.notes)
            assert all(note.duration_ticks >= 1 for note in track.notes)
    else:
        assert "\n" not in str(result)


@given(st.binary(max_size=200), st.booleans())
def test_noise_brings_only_midi_errors(noise: bytes, headed: bool) -> None:
    header = b"MThd\0\0\0\6\0\1\0\1\1\xe0MTrk" + len(noise).to_bytes(4, "big")
    result = decode_or_error(header + noise if headed else noise)
    assert isinstance(result, Performance) or "\n" not in str(result)

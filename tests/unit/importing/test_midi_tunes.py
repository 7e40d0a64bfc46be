"""Tunes out of MIDI files: bars, pick-ups, one voice, and everything that files leave open."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from composer.errors import MidiError
from composer.importing.brought import Brought
from composer.importing.melodies import read_melody
from composer.music.brief import Brief
from composer.rulebook import load_rulebook
from tests.mutations import midi_file

Q = Fraction
UNIT = 96
"""Ticks a quarter."""

Played = tuple[float, float, int]


def delta(ticks: int) -> bytes:
    """A number of MIDI's variable length."""
    found = bytes([ticks & 0x7F])
    while ticks := ticks >> 7:
        found = bytes([ticks & 0x7F | 0x80]) + found
    return found


def track(
    *notes: Played, name: str = "", channel: int = 0, more: Sequence[tuple[float, bytes]] = ()
) -> bytes:
    """Notes as (onset, length, pitch) in quarters, with other events; no end for length 0 below."""
    events: list[tuple[int, int, bytes]] = []
    for order, (onset, length, pitch) in enumerate(notes):
        on, off = round(onset * UNIT), round((onset + length) * UNIT)
        events.append((on, 2 + order, bytes([0x90 | channel, pitch, 80])))
        if length >= 0:
            events.append((off, 1 if off > on else 2 + order, bytes([0x80 | channel, pitch, 0])))
    events += [(round(onset * UNIT), 0, data) for onset, data in more]
    title = b"\0\xff\x03" + bytes([len(name)]) + name.encode() if name else b""
    made, at = title, 0
    for ticks, _, data in sorted(events, key=lambda event: event[:2]):
        made += delta(ticks - at) + data
        at = ticks
    return made


def tempo(quarters_per_minute: float) -> bytes:
    return b"\xff\x51\x03" + round(60_000_000 / quarters_per_minute).to_bytes(3, "big")


def meter(upper: int, lower: int) -> bytes:
    return b"\xff\x58\x04" + bytes([upper, lower.bit_length() - 1, 24, 8])


def key(sharps: int, minor: int = 0) -> bytes:
    return b"\xff\x59\x02" + sharps.to_bytes(1, "big", signed=True) + bytes([minor])


def lyric(text: str) -> bytes:
    data = text.encode()
    return b"\xff\x05" + bytes([len(data)]) + data


def read(data: bytes, asked: str | None = None, brief: Brief | None = None) -> Brought:
    return read_melody(data, "a.mid", brief or Brief(), load_rulebook(), asked)


def refused(data: bytes, asked: str | None = None) -> str:
    with pytest.raises(MidiError) as caught:
        read(data, asked)
    told = str(caught.value)
    assert told.startswith("a.mid: ") and "\n" not in told
    return told


def scale(*pitches: int, start: float = 0) -> list[Played]:
    return [(start + i, 1, pitch) for i, pitch in enumerate(pitches)]


def onsets(found: Brought) -> list[Fraction]:
    return [note.onset_quarters for note in found.tune.notes]


# -- bars ---------------------------------------------------------------------------------------


def test_a_plain_tune() -> None:
    more = [(0, meter(3, 4)), (0, tempo(90)), (0, key(-1))]
    found = read(midi_file(track(*scale(65, 67, 69, 70, 72), more=more)))
    assert [n.text for n in found.tune.notes] == [
        "0 1 F4 80", "1 1 G4 80", "2 1 A4 80", "3 1 Bb4 80", "4 1 C5 80",
    ]  # fmt: skip
    assert (found.tune.bars, found.meter.name) == (2, "3/4")
    assert found.quarters_per_minute == pytest.approx(90, rel=1e-5)
    assert found.key is not None and found.key.name == "F major"


def test_a_short_first_bar_is_a_pickup() -> None:
    data = midi_file(track(*scale(67, 72, 74), more=[(0, meter(1, 4)), (1, meter(4, 4))]))
    found = read(data)
    assert onsets(found) == [-1, 0, 1]
    assert (found.tune.pickup_quarters, found.tune.bars) == (1, 1)


@pytest.mark.parametrize(("start", "first"), [(3, -1), (2, -2), (1, 1), (0, 0)])
def test_what_begins_in_the_second_half_of_a_bar_is_a_pickup(start: int, first: int) -> None:
    assert onsets(read(midi_file(track(*scale(60, 62, 64, 65, 67, start=start)))))[0] == first


def test_bars_of_rest_before_a_tune_are_left_out() -> None:
    found = read(midi_file(track(*scale(60, 62, 64, start=8))))
    assert onsets(found) == [0, 1, 2]
    assert "the 2 bars of rest before it are left out" in found.notes


def test_a_note_played_a_little_early_is_no_pickup() -> None:
    found = read(midi_file(track((3.95, 1.05, 60), (5, 3.1, 62))))
    assert onsets(found) == [0, 1]
    assert found.tune.notes[0].duration_quarters == 1
    assert found.tune.bars == 1


@pytest.mark.parametrize(
    ("upper", "lower", "name", "bars"),
    [(2, 2, "4/4", 2), (4, 8, "2/4", 4), (3, 8, "6/8", 3), (6, 4, "3/4", 3), (8, 8, "4/4", 2)],
)
def test_meters_of_other_names(upper: int, lower: int, name: str, bars: int) -> None:
    found = read(
        midi_file(track(*scale(60, 62, 64, 65, 67, 69, 71), more=[(0, meter(upper, lower))]))
    )
    assert (found.meter.name, found.tune.bars) == (name, bars)
    assert found.notated == f"{upper}/{lower}"


def test_a_change_of_meter_is_refused_but_not_after_the_tune() -> None:
    tune = scale(*range(60, 68))
    told = refused(midi_file(track(*tune, more=[(0, meter(4, 4)), (4, meter(3, 4))])))
    assert "its time signature changes from 4/4 to 3/4 in bar 2" in told
    assert read(midi_file(track(*tune, more=[(0, meter(4, 4)), (8, meter(3, 4))]))).tune.bars == 2
    # The same meter by another name is no change.
    assert read(midi_file(track(*tune, more=[(0, meter(4, 4)), (4, meter(2, 2))]))).tune.bars == 2


def test_a_meter_that_nobody_writes_is_refused_unless_another_is_asked_for() -> None:
    data = midi_file(track(*scale(60, 62, 64, 65), more=[(0, meter(5, 8))]))
    assert "its time signature 5/8 in bar 1 is none that we write" in refused(data)
    assert read(data, brief=Brief(time_signature="2/4")).tune.bars == 2


def test_a_tune_without_a_meter_is_heard_in_one() -> None:
    waltz = [(3 * bar + at, 2 - at / 2, 60 + bar + at) for bar in range(8) for at in (0, 2)]
    found = read(midi_file(track(*waltz)))
    assert (found.meter.name, found.tune.bars, found.notated) == ("3/4", 8, "")
    assert "it says no time signature; it is heard in 3/4" in found.notes


def test_longer_than_a_piece_may_be() -> None:
    told = refused(midi_file(track((0, 1, 60), (5000, 1, 62))))
    assert "its melody lasts 1,251 bars; 1,024 is the most" in told


# -- one voice ------------------------------------------------------------------------------------


def test_small_overlaps_are_cut() -> None:
    found = read(midi_file(track((0, 1.2, 60), (1, 1, 62), (2, 4.4, 64), (6, 1, 65))))
    assert [n.duration_quarters for n in found.tune.notes] == [1, 1, 4, 1]
    assert "2 notes overlapped the next a little and are cut there" in found.notes


@pytest.mark.parametrize(
    ("notes", "place"),
    [
        (((0, 1, 60), (1, 1, 64), (1, 1, 67)), "bar 1, beat 2 (E4 and G4)"),
        (((0, 4, 60), (4, 2, 62), (5, 1, 65)), "bar 2, beat 2 (D4 and F4)"),
        (((0, 1, 60), (1, 0.2, 64), (1.02, 0.2, 67)), "bar 1, beat 2.02 (E4 and G4)"),
    ],
)
def test_two_notes_together_are_refused_with_their_place(
    notes: tuple[Played, ...], place: str
) -> None:
    told = refused(midi_file(track(*notes)))
    assert f"two notes sound together in {place}; a melody is one voice" in told


def test_doubled_notes_are_taken_once() -> None:
    found = read(midi_file(track((0, 1, 60), (0, 0.5, 60), (1, 1, 62))))
    assert len(found.tune.notes) == 2 and found.tune.notes[0].duration_quarters == 1
    assert "1 note stood twice and is taken once" in found.notes


def test_a_note_without_an_end_lasts_until_the_next() -> None:
    found = read(midi_file(track((0, -1, 60), (1, 1, 62), (2, -1, 64), more=[(4, lyric("."))])))
    assert [n.duration_quarters for n in found.tune.notes] == [1, 1, 2]
    assert "1 note without an end lasts until the next" in found.notes


def test_notes_of_no_length() -> None:
    found = read(midi_file(track((0, 0, 60), (1, 0, 62), (1.125, 1, 64))))
    assert [n.duration_quarters for n in found.tune.notes] == [Q(1, 4), Q(1, 8), 1]
    assert "2 notes of no length are lengthened to a sixteenth at most" in found.notes
    found = read(midi_file(track((0, 0, 67), (0, 1, 60), (1, 1, 62))))
    assert [n.pitch.midi for n in found.tune.notes] == [60, 62]


# -- tracks -------------------------------------------------------------------------------------

LEAD = track(*scale(60, 62, 64), name="Lead Synth")
CHORDS = track((0, 4, 48), (0, 4, 52), name="Piano", channel=1)
BASS = track((0, 4, 36), name="Bass", channel=2)
DRUMS = track((0, 1, 36), (0, 1, 42), name="Kit", channel=9)


def test_the_only_track_the_only_pitched_one_and_the_only_single_one() -> None:
    assert read(midi_file(b"", LEAD)).tune.notes[0].pitch.midi == 60
    found = read(midi_file(LEAD, DRUMS))
    assert 'the melody is track 1 "Lead Synth" of 2 tracks' in found.notes
    found = read(midi_file(CHORDS, LEAD, DRUMS))
    assert 'the melody is track 2 "Lead Synth" of 3 tracks' in found.notes


def test_the_one_that_is_called_melody() -> None:
    melody = track(*scale(72, 74), name="MELODY", channel=3)
    assert read(midi_file(LEAD, BASS, melody)).tune.notes[0].pitch.midi == 72


def test_several_that_may_be_are_listed() -> None:
    told = refused(midi_file(LEAD, BASS, DRUMS))
    assert 'choose one with --track: 1 "Lead Synth" (3 notes), 2 "Bass" (1 note), 3 "Kit"' in told


@pytest.mark.parametrize("asked", ["Bass", "bass", " BA", "2"])
def test_asked_for(asked: str) -> None:
    assert read(midi_file(LEAD, BASS, DRUMS), asked).tune.notes[0].pitch.midi == 36


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("basss", 'has no track "basss"; did you mean "Bass"? It has 1 "Lead Synth"'),
        ("xylophone", 'has no track "xylophone"; it has 1'),
        ("4", "has no track 4; it has 1"),
        ("", 'has no track ""'),
        (
            "Piano",
            "two notes sound together in bar 1, beat 1 (C3 and E3); a melody is one voice; --track",
        ),
    ],
)
def test_asked_for_in_vain(asked: str, told: str) -> None:
    assert told in refused(midi_file(LEAD, BASS, CHORDS), asked)


def test_one_name_for_two_tracks_asks_for_a_number() -> None:
    twins = midi_file(LEAD, track((0, 1, 50), name="lead synth", channel=1))
    assert 'has 2 tracks called "Lead Synth"; choose one by its number' in refused(
        twins, "Lead Synth"
    )
    assert read(twins, "2").tune.notes[0].pitch.midi == 50


def test_a_channel_that_changes_its_program_stays_one_voice() -> None:
    more = [(0, b"\xc0\x49"), (1, b"\xc0\x38"), (2, b"\xc0\x49")]
    assert len(read(midi_file(track(*scale(60, 62, 64), more=more))).tune.notes) == 3


def test_type_0_and_seventeen_tracks_on_a_channel() -> None:
    single = midi_file(LEAD[14:] + b"\0\x99\x24\x50\x60\x89\x24\x00", kind=0)
    assert len(read(single).tune.notes) == 3
    many = [track((i, 1, 60 + i), name=f"T{i}") for i in range(17)]
    assert "has 17 tracks; choose one with --track" in refused(midi_file(*many))
    assert read(midi_file(*many), "T16").tune.notes[0].pitch.midi == 76
    assert read(midi_file(*many), "3").tune.notes[0].pitch.midi == 62


def test_no_notes() -> None:
    assert "holds no notes" in refused(midi_file(track()))


# -- key and tempo ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("signature", "pitches", "name"),
    [
        (key(-3), (63, 65, 67, 63), "Eb major"),
        (key(-3), (67, 63, 62, 60), "C minor"),
        (key(-3, 1), (63, 65, 67, 63), "C minor"),
        (key(0), (64, 62, 60), "C major"),
        (key(0), (60, 71, 69), "A minor"),
        (key(0), (60, 62, 67), None),
        (key(0), (66, 62, 60), None),
        (b"", (64, 62, 60), None),
    ],
)
def test_key_signatures(signature: bytes, pitches: tuple[int, ...], name: str | None) -> None:
    more = [(0, signature)] if signature else []
    found = read(midi_file(track(*scale(*pitches), more=more)))
    assert (found.key.name if found.key else None) == name


def test_notes_are_spelled_by_the_key_asked_for_the_file_s_or_what_they_fit() -> None:
    data = midi_file(track(*scale(63, 65, 67, 68, 70)))
    assert [n.pitch.name for n in read(data).tune.notes] == ["Eb4", "F4", "G4", "Ab4", "Bb4"]
    sharp = read(data, brief=Brief(key="E major")).tune.notes
    assert [n.pitch.name for n in sharp][3:] == ["G#4", "A#4"]


def test_without_a_tempo_it_is_120_and_said() -> None:
    found = read(midi_file(track((0, 4, 60))))
    assert found.quarters_per_minute == 120
    assert "it says no tempo; 120 quarters a minute are taken, as MIDI has it" in found.notes


def test_of_several_tempi_the_middle_is_taken() -> None:
    tune = scale(*range(60, 76))
    found = read(midi_file(track(*tune, more=[(0, tempo(100)), (12, tempo(80)), (14, tempo(60))])))
    assert found.quarters_per_minute == 100
    assert "its tempo varies; 100, its middle, is taken" in found.notes


# -- words --------------------------------------------------------------------------------------


def test_words_with_hyphens_and_with_spaces() -> None:
    for texts in (("hel-", "lo", "world"), ("hel", "lo ", "world"), ("hel", "lo", " world")):
        more = [(float(at), lyric(text)) for at, text in enumerate(texts)]
        found = read(midi_file(track(*scale(60, 62, 64), more=more)))
        assert [n.lyric for n in found.tune.notes] == ["hel-", "lo", "world"]


def test_words_of_a_karaoke_file() -> None:
    texts = ((0, "@KMIDI"), (0, "\\Hel"), (1, "lo"), (2, "/world"))
    words = b""
    at = 0
    for onset, text in texts:
        data = text.encode()
        words += delta(onset * UNIT - at) + b"\xff\x01" + bytes([len(data)]) + data
        at = onset * UNIT
    found = read(midi_file(words, track(*scale(60, 62, 64))))
    assert [n.lyric for n in found.tune.notes] == ["Hel-", "lo", "world"]


def test_words_that_lie_elsewhere_are_left_out() -> None:
    more = [(0.5, lyric("not")), (1.5, lyric("here"))]
    found = read(midi_file(track(*scale(60, 62, 64), more=more)))
    assert not any(n.lyric for n in found.tune.notes)
    assert any("do not lie on the notes" in note for note in found.notes)

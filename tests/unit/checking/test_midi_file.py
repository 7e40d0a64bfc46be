"""Any MIDI file: what it allows, and what it does not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pretty_midi
import pytest

from composer.checking.key_estimate import estimate_key
from composer.checking.midi_file import FILE_RULES, check_midi
from composer.checking.report import Report
from composer.midi.decode import decode
from composer.midi.encode import encode
from composer.music.performance import Performance, PlayedNote, TextEvent, Track
from tests.unit.checking.pieces import (
    INSTRUMENTS,
    SCALES,
    VOCABULARY,
    bass,
    exercise,
    melody,
    note,
    play,
    strings,
)

VOICES = {"parallels", "crossing", "spacing", "cadence-resolution"}
PLAYED = play(exercise()[1])


def check(performance: Performance) -> Report:
    return check_midi(performance, SCALES, {}, VOCABULARY, INSTRUMENTS)


def verdicts(report: Report) -> dict[str, str]:
    return {result.rule: result.verdict for result in report.results}


def broken(performance: Performance) -> set[str]:
    return {rule for rule, verdict in verdicts(check(performance)).items() if verdict == "violated"}


def edited(number: int, *notes: PlayedNote) -> Performance:
    track = PLAYED.tracks[number]
    tracks = list(PLAYED.tracks)
    tracks[number] = replace(track, notes=tuple(sorted((*track.notes, *notes))))
    return replace(PLAYED, tracks=tuple(tracks))


def test_our_own_file_tells_chords_key_and_roles() -> None:
    report = check(decode(encode(PLAYED)))
    assert report.violations == ()
    for rule, verdict in verdicts(report).items():
        assert verdict == ("not applicable" if rule in VOICES else "holds"), rule
    assert report["tones"].note == "the file says C major"


def test_a_loose_player_breaks_nothing() -> None:
    def push(number: int, played: PlayedNote, length: int) -> PlayedNote:
        shift = (-30, 0, 25, 40)[(number * 7 + played.pitch) % 4]
        onset = max(played.onset_ticks + shift, 0)
        end = min(played.end_ticks + shift + length, PLAYED.end_ticks)
        return replace(played, onset_ticks=onset, duration_ticks=end - onset)

    tracks = [
        replace(t, notes=tuple(sorted(push(i, n, -80) for i, n in enumerate(t.notes))))
        for t in PLAYED.tracks
        if t.role != "drums"
    ]
    assert broken(replace(PLAYED, tracks=tuple(tracks))) == set()


def test_each_fault_breaks_its_rule() -> None:
    assert broken(edited(0, PlayedNote(1000, 61, 100, 80), PlayedNote(1200, 67, 100, 80))) == {
        "tones"
    }
    assert broken(play(exercise(bass(36, 40, 43, 36))[1])) == {"bass-root"}
    hollow = strings((55, 60, 64), (57, 60, 65), (55, 57, 65), (55, 60, 64))
    assert broken(play(exercise(hollow)[1])) == {"essential-tones"}
    assert broken(edited(0, PlayedNote(7000, 48, 100, 80))) == {"range"}
    assert broken(edited(1, PlayedNote(1000, 60, 100, 80))) == {"overlap"}
    assert broken(edited(3, PlayedNote(480, 49, 100, 80))) == {"limbs"}
    assert broken(edited(0, PlayedNote(7000, 72, 9000, 0))) >= {"velocities", "length"}
    tracks = [replace(PLAYED.tracks[3], channel=4), *PLAYED.tracks[:3]]
    assert "channels" in broken(replace(PLAYED, tracks=tuple(tracks)))


def test_an_ending_off_the_tonic_is_waived() -> None:
    _, score = exercise(chords="C F G7 G7", kind="given")
    result = check(play(score))["cadences"]
    assert result.verdict == "waived"
    assert "G7" in result.note


def test_chromatic_notes_are_explained_by_any_neighbours() -> None:
    # Two voices in one track: the upper one's neighbour note is not the lower one's affair.
    lower = [note(0, 4, 60), note(4, 4, 65), note(8, 4, 67), note(12, 4, 60)]
    upper = [note(0, 1, 76), note(1, 1, 75), note(2, 2, 76)]
    piano = replace(melody(), notes=tuple(sorted([*lower, *upper], key=lambda n: n.onset_quarters)))
    assert broken(play(exercise(piano)[1])) == set()


def test_without_chord_symbols_the_key_is_estimated() -> None:
    report = check(replace(PLAYED, texts=(TextEvent(0, "text", "A fine tune"),)))
    assert report.ok
    for rule in ("tones", "bass-root", "essential-tones", "cadences"):
        assert report[rule].verdict == "not applicable"
        assert "the file names no chords" in report[rule].note
    assert "estimated as C major (Krumhansl and Kessler, r = 0." in report["tones"].note
    assert "100% of" in report["tones"].note


def test_texts_that_are_no_chords_are_no_chords() -> None:
    texts = [TextEvent(0, "text", t) for t in ("Key: H major", "Am", "lyrics", "by nobody")]
    assert check(replace(PLAYED, texts=tuple(texts)))["bass-root"].verdict == "not applicable"


def test_tracks_without_a_role_are_known_by_their_instrument() -> None:
    tracks = [replace(track, role="") for track in play(exercise(bass(36, 40, 43, 36))[1]).tracks]
    report = check(replace(PLAYED, tracks=tuple(tracks)))
    assert report["bass-root"].verdict == "violated"
    assert report["essential-tones"].verdict == "not applicable"


def test_an_empty_file() -> None:
    empty = Performance("", 0, (), (), (), (), ())
    report = check(empty)
    assert report.ok
    assert report["tones"].verdict == "not applicable"
    assert "120 quarters a minute" in report["tempo-and-meter"].note
    odd = replace(empty, tracks=(Track("x", "", 0, 127, 0, (PlayedNote(0, 60, 1, 1),), ()),))
    assert check(replace(odd, end_ticks=1))["range"].verdict == "not applicable"


def test_every_rule_once() -> None:
    names = [rule.id for rule in FILE_RULES]
    assert len(set(names)) == len(names)


def test_a_foreign_file(tmp_path: Path) -> None:
    midi = pretty_midi.PrettyMIDI()
    piano = pretty_midi.Instrument(program=0)
    for i, pitch in enumerate([57, 59, 60, 62, 64, 65, 68, 69, 64, 60, 57, 57]):
        piano.notes.append(pretty_midi.Note(80, pitch, i / 2, i / 2 + 0.5))
    midi.instruments.append(piano)
    midi.write(str(tmp_path / "a.mid"))
    report = check(decode((tmp_path / "a.mid").read_bytes()))
    assert report.ok
    assert "A minor" in report["tones"].note


@pytest.mark.parametrize("tonic", range(12))
@pytest.mark.parametrize(("mode", "steps"), [("major", "024579b"), ("minor", "023578b")])
def test_scales_that_dwell_on_their_triad_are_told(tonic: int, mode: str, steps: str) -> None:
    durations = [0.0] * 12
    for step in steps:
        degree = int(step, 16)
        durations[(tonic + degree) % 12] = 2.0 if degree in (0, 3, 4, 7) else 1.0
    found = estimate_key(durations)
    assert found is not None
    assert found[:2] == (tonic, mode)
    assert 0.8 < found[2] <= 1


def test_no_key_without_a_difference() -> None:
    assert estimate_key([1.0] * 12) is None

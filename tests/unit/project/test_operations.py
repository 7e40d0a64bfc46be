"""What each operation changes, what it leaves, and what it refuses."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import Any

import pytest

from composer.errors import BriefError, ProjectError
from composer.music.tune import TuneNote
from composer.project.operations import OPERATIONS, applied, sentence
from composer.project.state import State
from composer.rulebook import load_rulebook
from tests.unit.project.songs import after, named, notes_of, song, workshop


def changed_parts(before: State, now: State) -> set[str]:
    """Parts of which a note is written or played otherwise."""
    tracks = zip(before.performance.tracks, now.performance.tracks, strict=True)
    parts = zip(before.score.parts, now.score.parts, strict=True)
    return {old.name for old, new in tracks if old != new} | {
        old.plan.name for old, new in parts if old.notes != new.notes
    }


def test_regenerating_changes_that_part_in_those_sections_only() -> None:
    before = song()
    bass = named(before, "bass")
    now = after(before, "regenerate", parts=["bass"], sections=["chorus"])
    assert changed_parts(before, now) == {bass} and now.report.ok
    for section in before.plan.sections:
        same = notes_of(before, bass, section.name) == notes_of(now, bass, section.name)
        assert same == (section.kind != "chorus")
    assert now.plan == before.plan and now.performance.tempos == before.performance.tempos


def test_another_take_is_another_version_and_the_same_take_the_same() -> None:
    one, again, other = (after(song(), "regenerate", take, parts=["melody"]) for take in (1, 1, 2))
    assert one == again
    assert notes_of(one, named(one, "melody")) != notes_of(other, named(one, "melody"))


def test_all_parts_can_be_written_anew() -> None:
    now = after(song(), "regenerate")
    assert now.report.ok
    assert len(changed_parts(song(), now)) >= len(now.plan.parts) - 1


@pytest.mark.parametrize("style", ["ambient", "string-quartet", "funk"])
def test_parts_of_other_styles_can_be_written_anew(style: str) -> None:
    before = song(style, form=None, bars=8)
    for part in before.plan.parts:
        now = before
        with contextlib.suppress(ProjectError):  # a part that has one way only
            now = after(before, "regenerate", parts=[part.name])
        assert changed_parts(before, now) <= {part.name} and now.report.ok


def test_varying_takes_a_share_of_the_cells() -> None:
    before = after(song(), "lock", parts=["drums", "bass"])
    assert after(before, "vary", amount=0).score == before.score
    some, all_of_it = (after(before, "vary", amount=share) for share in (0.2, 1.0))
    kept = {named(before, "drums"), named(before, "bass")}
    assert changed_parts(before, some) < changed_parts(before, all_of_it)
    assert not changed_parts(before, all_of_it) & kept
    with pytest.raises(ProjectError, match=r"vary: must be from 0 .* not 1\.5"):
        after(before, "vary", amount=1.5)


def test_bars_are_filled_between_what_is_around_them() -> None:
    before = song()
    now = after(before, "infill", bars="5..6", parts=["melody", "bass"])
    bar = before.plan.meter.bar_quarters
    for part in before.plan.parts:
        outside = [
            [n for n in notes_of(state, part.name) if not 4 <= n.onset_quarters // bar < 6]
            for state in (before, now)
        ]
        assert outside[0] == outside[1]
    assert changed_parts(before, now) == {named(before, "melody"), named(before, "bass")}


def test_other_chords_are_followed_by_all_that_is_pitched() -> None:
    before = song()
    now = after(before, "set-chords", bars="4..5", chords="Bb7 | Ebmaj7 Ab")
    assert now.report.ok
    symbols = [span.chord.symbol for span in now.plan.chords if 12 <= span.onset_quarters < 20]
    assert symbols == ["Bb7", "Ebmaj7", "Ab"]
    drums = named(before, "drums")
    assert drums not in changed_parts(before, now) and named(before, "bass") in changed_parts(
        before, now
    )
    assert [t.text for t in now.performance.texts if t.text == "Ebmaj7"]
    outside = [s for s in now.plan.chords if s.end_quarters <= 12 or s.onset_quarters >= 20]
    assert sum(s.duration_quarters for s in outside) == now.plan.length_quarters - 8


def test_cadences_that_new_chords_undo_are_the_users() -> None:
    now = after(song(), "set-chords", bars="16", chords="F#7")
    assert now.plan.sections[-1].phrases[-1].cadence.kind == "given"
    assert now.report["cadences"].note


def test_a_locked_part_that_contradicts_new_chords_is_named() -> None:
    before = after(song(), "lock", parts=["bass"])
    with pytest.raises(ProjectError, match=rf"set-chords: {named(before, 'bass')} is locked and"):
        after(before, "set-chords", bars="4..5", chords="F#7 | B7")
    own = [s.chord.symbol for s in before.plan.chords if 12 <= s.onset_quarters < 16]
    assert after(before, "set-chords", bars="4", chords=" ".join(own)).report.ok


@pytest.mark.parametrize(
    ("chords", "message"),
    [
        ("H7", 'set-chords: bar 1: "H7" is not a chord'),
        ("C | D | E", "set-chords: 3 bars of chords do not fill 4 bars evenly"),
        ("", "set-chords: is empty"),
        ("C D E F G", "set-chords: bar 1 has 5 chords"),
    ],
)
def test_chords_that_are_none_are_refused(chords: str, message: str) -> None:
    with pytest.raises(ProjectError, match=message):
        after(song(), "set-chords", bars="1..4", chords=chords)


@pytest.mark.parametrize("semitones", [2, -3, 7, -12])
def test_transposing_moves_every_pitched_part_and_nothing_else(semitones: int) -> None:
    before = song()
    now = after(before, "transpose", semitones=semitones)
    assert now.report.ok
    assert (now.plan.key.tonic.number - before.plan.key.tonic.number - semitones) % 12 == 0
    drums = named(before, "drums")
    assert drums not in changed_parts(before, now)
    for part in before.plan.parts:
        if part.name == drums:
            continue
        moves = {
            (new.pitch.midi - old.pitch.midi - semitones) % 12
            for old, new in zip(notes_of(before, part.name), notes_of(now, part.name), strict=True)
        }
        assert moves == {0}
    assert now.score.key.name in now.score.title
    played = zip(before.performance.tracks, now.performance.tracks, strict=True)
    assert all(
        [(n.onset_ticks, n.velocity) for n in old.notes]
        == [(n.onset_ticks, n.velocity) for n in new.notes]
        for old, new in played
    )


def test_there_and_back_is_where_it_was() -> None:
    now = after(after(song(), "transpose", semitones=2), "transpose", semitones=-2)
    assert (now.score, now.plan) == (song().score, song().plan)


def test_a_key_is_the_nearest_way_and_keeps_the_mode() -> None:
    assert after(song(), "set-key", key="Bb").plan.key.name == "Bb major"
    assert after(song(), "set-key", key="A major").plan.key.name == "A major"
    with pytest.raises(ProjectError, match="set-key: the piece is in C major, and D minor has"):
        after(song(), "set-key", key="Dm")
    with pytest.raises(ProjectError, match=r"set-key: .*is not a note name|set-key: .*not a key"):
        after(song(), "set-key", key="H")


def test_a_locked_pitched_part_contradicts_a_new_key_and_drums_do_not() -> None:
    drums = after(song(), "lock", parts=["drums"])
    assert after(drums, "set-key", key="D").report.ok
    state = after(drums, "lock", parts=["melody"], sections=["intro"])
    melody = named(state, "melody")
    for name, asked in (("set-key", {"key": "D"}), ("transpose", {"semitones": 2})):
        with pytest.raises(ProjectError, match=f"{melody}: is locked in C major and would contra"):
            after(state, name, **asked)


@pytest.mark.parametrize("semitones", [25, -25, 1.5, True])
def test_transpositions_that_are_none_are_refused(semitones: Any) -> None:
    with pytest.raises(ProjectError, match="transpose: must be"):
        after(song(), "transpose", semitones=semitones)


@pytest.mark.parametrize(("part", "style"), [("bass", "reggae"), ("drums", "bossa-nova")])
def test_a_part_plays_another_style_and_keeps_it(part: str, style: str) -> None:
    before = song()
    name = named(before, part)
    now = after(before, "change-style", part=part, style=style)
    assert changed_parts(before, now) == {name} and now.report.ok
    assert (now.style_of(name), now.plan.style) == (style, "pop")
    again = after(now, "regenerate", 2, parts=[part])
    assert again.style_of(name) == style
    back = after(again, "change-style", 3, part=part, style="pop")
    assert back.styles == ()


def test_every_style_can_play_the_bass_the_chords_and_the_drums_of_a_song() -> None:
    for number, style in enumerate(load_rulebook().style_names):
        for part in ("bass", "comping", "drums")[number % 3 :: 3]:
            assert after(song(), "change-style", part=part, style=style).report.ok


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(BriefError, match='"regae" is no style; did you mean "reggae"'):
        after(song(), "change-style", part="bass", style="regae")


def test_a_given_tune_counts_as_locked() -> None:
    state = song()
    tune = tuple(
        TuneNote(n.onset_quarters, n.duration_quarters, n.pitch, n.velocity)
        for n in notes_of(state, named(state, "melody"))
    )
    given = replace(state, plan=replace(state.plan, tune=tune))
    with pytest.raises(ProjectError, match="plays the given tune, which is kept note for note"):
        after(given, "regenerate", parts=["melody"])
    assert given.tune_part == named(state, "melody")


def test_an_operation_that_is_none_is_refused() -> None:
    with pytest.raises(ProjectError, match='"regenrate" is no operation; did you mean "regen'):
        after(song(), "regenrate")
    with pytest.raises(ProjectError, match="vary: 'amount' is missing"):
        after(song(), "vary")
    with pytest.raises(ProjectError, match="lock: its take must be a whole number, not None"):
        applied(song(), {"name": "lock"}, workshop())


def test_every_operation_has_a_sentence() -> None:
    assert {sentence({"name": name}) for name in OPERATIONS} == set(OPERATIONS)
    assert sentence({"name": "set-chords", "bars": "9..10", "chords": "Am7 | F"}) == (
        'set-chords 9..10 to "Am7 | F"'
    )

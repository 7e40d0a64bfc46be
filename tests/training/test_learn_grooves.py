"""Drums: swing and lead are found, bars quantised, and prototypes are real, playable bars."""

from __future__ import annotations

import io
import tomllib
from pathlib import Path

import mido
import pytest

from composer.training.corpora import Tally
from composer.training.drum_bars import Bar, cut_bars, fill_beats, is_beat, letters, pattern
from composer.training.drum_clips import LIMBS, Clip, Hit, family_of, read_hits
from composer.training.drum_grid import STRAIGHT, PlacedHit, Swing, Take, estimate_take, place
from composer.training.drum_prototypes import choose
from composer.training.drummer_feels import feel_tables
from composer.training.groove_feel import Feel
from composer.training.learn_grooves import beat_tables, main, place_family

KEYS = {"kick": 36, "snare": 38, "hat": 42, "crash": 49, "tom_high": 48, "tom_low": 43}


def _beat(bars: int, offbeat: float = 0.5, late: float = 0.0) -> list[Hit]:
    """A plain rock beat: kick on one and three, snare on two and four, eighths on the hat."""
    hits = []
    for beat in range(4 * bars):
        limb, velocity = ("kick", 80) if beat % 2 == 0 else ("snare", 110)
        hits.append(Hit(limb, beat + late, velocity))
        hits.append(Hit("hat", beat + late, 70))
        hits.append(Hit("hat", beat + offbeat + late, 50))
    return [hit for hit in hits if hit.onset_quarters >= 0]


def _midi(hits: list[Hit]) -> bytes:
    track = mido.MidiTrack()
    tick = 0
    for hit in sorted(hits, key=lambda hit: hit.onset_quarters):
        onset = round(hit.onset_quarters * 480)
        note = mido.Message(
            "note_on", channel=9, note=KEYS[hit.limb], velocity=hit.velocity, time=onset - tick
        )
        track.append(note)
        tick = onset
    midi = mido.MidiFile(ticks_per_beat=480)
    midi.tracks.append(track)
    stream = io.BytesIO()
    midi.save(file=stream)
    return stream.getvalue()


def _bar(clip: str = "c", **rows: str) -> Bar:
    velocities = {"X": 110, "x": 80, "g": 30, ".": 0}
    grid = [
        tuple(velocities[mark] for mark in rows.get(limb, "." * 16).replace("|", ""))
        for limb in LIMBS
    ]
    return Bar(clip, tuple(grid))


def test_made_file_gives_the_expected_pattern() -> None:
    hits = read_hits(_midi(_beat(2)))
    bars = cut_bars("made", place(hits, estimate_take(hits)))
    assert len(bars) == 2
    assert pattern(bars[0]) == {
        "kick": "x...|....|x...|....",
        "snare": "....|X...|....|X...",
        "hat": "x.g.|x.g.|x.g.|x.g.",
    }


@pytest.mark.parametrize("content", [b"", b"RIFF not midi", b"MThd\x00\x00"])
def test_unreadable_midi_has_no_hits(content: bytes) -> None:
    assert read_hits(content) == ()


def test_straight_clip_is_straight() -> None:
    assert estimate_take(_beat(8)) == Take(STRAIGHT, 0.0)


@pytest.mark.parametrize("ratio", [0.6, 0.67])
def test_swung_eighths_are_found_and_written_straight(ratio: float) -> None:
    hits = _beat(8, offbeat=ratio)
    take = estimate_take(hits)
    assert take.swing.unit == 8
    assert take.swing.ratio == pytest.approx(ratio, abs=0.015)
    bars = cut_bars("swung", place(hits, take))
    assert pattern(bars[0])["hat"] == "x.g.|x.g.|x.g.|x.g."


def test_swung_sixteenths_are_found() -> None:
    hits = [Hit("hat", beat + phase, 70) for beat in range(32) for phase in (0.0, 0.31, 0.5, 0.81)]
    take = estimate_take(hits)
    assert take.swing.unit == 16
    assert take.swing.ratio == pytest.approx(0.62, abs=0.011)


def test_a_take_ahead_of_the_metronome_is_moved_back() -> None:
    hits = _beat(8, late=-0.06)
    take = estimate_take(hits)
    assert take == Take(STRAIGHT, -0.06)
    late = [hit.late_quarters for hit in place(hits, take)]
    assert max(abs(value) for value in late) < 1e-9
    bars = cut_bars("early", place(hits, take))
    assert pattern(bars[1])["kick"] == "x...|....|x...|...."


def test_hands_and_feet_stay_playable() -> None:
    hits = [Hit(limb, 0.0, 60 + i) for i, limb in enumerate(LIMBS)]
    (bar,) = cut_bars("all", place([*hits, Hit("kick", 1.0, 80)], Take(STRAIGHT, 0.0)))
    sounding = [limb for limb in LIMBS if bar.row(limb)[0]]
    assert sounding == ["kick", "tom_mid", "tom_low"]  # the foot, and the two loudest hands


def test_letters_mark_the_velocity() -> None:
    assert letters([100, 99, 60, 59, 0, 0, 0, 1]) == "Xxxg|...g"


def test_which_bars_are_beats() -> None:
    good = _bar(kick="x...|....|x...|....", snare="....|X...|....|X...", hat="x.x.|x.x.|x.x.|x.x.")
    assert is_beat(good)
    no_kick = _bar(snare="....|X...|....|X...", hat="x.x.|x.x.|x.x.|x.x.")
    assert not is_beat(no_kick)
    half_empty = _bar(
        kick="x...|....|....|....", snare="....|X...|....|....", hat="xxxx|....|....|...."
    )
    assert not is_beat(half_empty)
    crashed = _bar(
        kick="x...|....|x...|....", snare="....|X...|....|X...",
        hat="..x.|x.x.|x.x.|x.x.", crash="X...|....|....|....",
    )  # fmt: skip
    assert not is_beat(crashed)
    no_backbeat = _bar(
        kick="x...|....|x...|....", snare="..g.|..g.|..g.|....", ride="x...|x.x.|x...|x.x."
    )
    assert not is_beat(no_backbeat)
    assert is_beat(no_backbeat, has_backbeat=False)


@pytest.mark.parametrize(
    ("snare", "tom", "beats"),
    [
        ("xxxx|xxxx|xxxx|xxxx", "................", 4),
        ("....|X...|xxxx|....", "............xxxx", 2),
        ("....|X...|....|xxxx", "................", 1),
        ("....|X...|....|X...", "................", 0),
    ],
)
def test_length_of_a_fill(snare: str, tom: str, beats: int) -> None:
    assert fill_beats(_bar(snare=snare, tom_low=tom)) == beats


def test_prototypes_are_the_typical_bars() -> None:
    common = _bar(
        kick="x...|....|x...|....", snare="....|X...|....|X...", hat="x.x.|x.x.|x.x.|x.x."
    )
    other = _bar(
        kick="x..x|..x.|....|x.x.", snare="....|X...|....|X...", ride="x...|x...|x...|x..."
    )
    odd = _bar(kick=".x..|.x.x|....|....", snare="x...|....|..X.|....", hat="....|xx..|....|...x")
    bars = [common._replace(clip=f"a{i}") for i in range(9)]
    bars += [other._replace(clip=f"b{i}") for i in range(5)]
    bars.append(odd)
    found = choose(bars, [True] * len(bars), size=5, kin=2)
    assert [prototype.bar.rows for prototype in found] == [common.rows, other.rows]
    assert sum(prototype.bars for prototype in found) == len(bars)
    assert found[0].bars >= 9


def test_nothing_to_choose_from() -> None:
    assert choose([], [], size=5) == []
    assert beat_tables("rock", [_bar()]) == []


def test_drummers_of_a_family_are_told_apart() -> None:
    def take(drummer: str, bars: int, late: float) -> tuple[str, int, list[PlacedHit]]:
        hits = [
            hit._replace(onset_quarters=hit.onset_quarters + late) if hit.limb == "snare" else hit
            for hit in _beat(bars)
        ]
        return f"{drummer}/session/1.mid", bars, place(hits, Take(STRAIGHT, 0.0))

    takes = [
        take("one", 60, 0.03),
        take("one", 60, -0.03),
        take("two", 50, 0.01),
        take("three", 8, 0.0),
    ]
    feels = tomllib.loads("\n".join(feel_tables(takes)))["feels"]
    assert [(feel["drummer"], feel["bars"]) for feel in feels] == [
        ("one ahead", 60),
        ("one behind", 60),
        ("two", 50),
    ]
    assert [feel["offset"]["snare"][4] for feel in feels] == [-30, 30, 10]
    assert all(feel["velocity"]["snare"][4] == 110 for feel in feels)


def test_feel_has_a_value_at_every_step() -> None:
    feel = Feel()
    hits = [hit._replace(onset_quarters=hit.onset_quarters + 0.02) for hit in _beat(8)]
    feel.add(place(hits, Take(STRAIGHT, 0.0)))
    tables = feel.tables(Swing(0.5, 8))
    assert tables["feel"]["timing_sd_beats"] == pytest.approx(0.0, abs=1e-6)
    hat = tables["feel.offset"]["hat"]
    assert hat == [0.02] * 16
    velocities = tables["feel.velocity"]["hat"]
    assert velocities == [70, 60, 50, 60] * 4  # steps that are not played take the mean
    assert "ride" not in tables["feel.velocity"]


def test_swung_clips_leave_a_straight_family() -> None:
    clips = [
        Clip("a", "rock", False, tuple(_beat(8))),
        Clip("b", "rock", False, tuple(_beat(4, offbeat=0.67))),
        Clip("c", "rock", True, tuple(_beat(1))),
    ]
    tally = Tally("groove")
    swing, kept = place_family(clips, tally)
    assert swing == STRAIGHT
    assert [member.clip.name for member in kept] == ["a", "c"]
    assert tally.dropped == {"swung in a straight family": 1}


def test_families_of_styles() -> None:
    assert family_of("latin/brazilian-bossa") == "bossa"
    assert family_of("gospel") == "soul"
    assert family_of("middleeastern") == ""


def test_command_writes_a_family(tmp_path: Path) -> None:
    root = tmp_path / "corpora" / "groove" / "groove"
    root.mkdir(parents=True)
    fill = [Hit("tom_high", i / 4, 90) for i in range(8)]
    fill += [Hit("tom_low", 2 + i / 4, 100) for i in range(8)]
    (root / "beat.mid").write_bytes(_midi(_beat(60)))
    (root / "fill.mid").write_bytes(_midi(fill))
    (root / "waltz.mid").write_bytes(_midi(_beat(4)))
    (root / "broken.mid").write_bytes(b"no midi")
    rows = ["style,beat_type,time_signature,midi_filename"]
    rows += ["rock,beat,4-4,beat.mid", "rock,fill,4-4,fill.mid", "rock,beat,3-4,waltz.mid"]
    rows += ["rock,beat,4-4,broken.mid", "punk,beat,4-4,fill.mid"]
    (root / "info.csv").write_text("\n".join(rows), encoding="utf-8")
    flags = ["--corpora", str(tmp_path / "corpora"), "--out", str(tmp_path / "rules")]
    assert main([*flags, "--date", "2026-11-21"]) == 0
    folder = tmp_path / "rules" / "grooves"
    assert [path.name for path in folder.iterdir()] == ["rock.toml"]  # punk has too few bars
    rock = tomllib.loads((folder / "rock.toml").read_text("utf-8"))
    assert rock["feel"]["swing"] == 0.5
    assert rock["provenance"]["pieces_used"] == {"groove": 2}
    assert rock["provenance"]["pieces_dropped"] == {
        "groove: in 3-4": 1,
        "groove: unreadable or nearly empty": 1,
    }
    (beat,) = rock["beats"]
    assert (beat["name"], beat["count"]) == ("rock-01", 60)
    assert beat["snare"] == "....|X...|....|X..."
    (found,) = rock["fills"]
    assert (found["beats"], found["tom_high"]) == (4, "xxxx|xxxx|....|....")


def test_index_without_a_column_is_reported(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "groove"
    root.mkdir()
    (root / "info.csv").write_text("style\nrock\n", encoding="utf-8")
    assert main(["--corpora", str(tmp_path), "--out", str(tmp_path / "rules")]) == 2
    assert "info.csv lacks" in capsys.readouterr().err

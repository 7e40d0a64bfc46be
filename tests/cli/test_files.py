"""``--continue`` and ``--arrange`` as a user types them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import Compose
from tests.unit.importing.foreign import band, foreign_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "piece.mid"
    path.write_bytes(foreign_file(band(8)))
    return path


def test_a_piece_is_carried_on(compose: Compose, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = compose("--continue", file, "--bars", 4, "--writer", "rules", "--no-audio", "--out", out)
    assert made.code == 0, made.err
    assert "ends in A minor, 4/4 at 110" in " ".join(made.out.split())
    assert {"piece.mid", "joined.mid", "brief.toml"} <= {path.name for path in out.iterdir()}
    again = tmp_path / "again"
    done = compose("--brief", out / "brief.toml", "--no-audio", "--out", again, "--quiet")
    assert done.code == 0, done.err
    assert (again / "piece.mid").read_bytes() == (out / "piece.mid").read_bytes()
    assert (again / "joined.mid").read_bytes() == (out / "joined.mid").read_bytes()


def test_a_piece_is_arranged(compose: Compose, file: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = compose(
        "--arrange", file, "--style", "bossa", "--writer", "rules", "--no-audio", "--out", out
    )
    assert made.code == 0, made.err
    brief = tomllib.loads((out / "brief.toml").read_text(encoding="utf-8"))
    assert (brief["style"], brief["bars"], len(brief["melody"]["notes"])) == ("bossa-nova", 8, 32)
    assert not (out / "joined.mid").exists()


@pytest.mark.parametrize(("flag", "bars"), [("--continue", 6), ("--arrange", 8)])
def test_only_a_tempo_that_is_asked_for_contradicts_a_length(
    compose: Compose, file: Path, tmp_path: Path, flag: str, bars: int
) -> None:
    asked = (flag, file, "--bars", bars, "--duration", "25s", "--style", "pop")
    rest = ("--writer", "rules", "--no-audio", "--out", tmp_path / "out")
    refused = compose(*asked, "--tempo", 110, *rest).refused()
    assert "do not last 25 s" in refused
    made = compose(*asked, *rest)
    assert made.code == 0, made.err
    assert "its tempo of 110 gives way to the length asked for" in " ".join(made.out.split())
    brief = tomllib.loads((tmp_path / "out" / "brief.toml").read_text(encoding="utf-8"))
    assert (brief["bars"], brief["duration"]) == (bars, 25)
    assert brief["tempo"] == pytest.approx(60 * 4 * bars / 25, rel=1e-4)


def test_the_players_of_a_piece_are_those_that_change(
    compose: Compose, file: Path, tmp_path: Path
) -> None:
    briefs = []
    for name, changes in (("as-it-is", ()), ("changed", ("--parts", "-drums,+alto-sax"))):
        out = tmp_path / name
        rest = ("--bars", 4, "--style", "jazz-swing", "--writer", "rules", "--no-audio")
        made = compose("--continue", file, *changes, *rest, "--out", out)
        assert made.code == 0, made.err
        briefs.append(tomllib.loads((out / "brief.toml").read_text(encoding="utf-8"))["parts"])
    own, changed = briefs
    assert not any(part.startswith("drums=") for part in changed)
    assert "melody=alto-sax" in changed
    assert {part.partition("=")[0] for part in changed} == {
        part.partition("=")[0] for part in own
    } - {"drums"}


def test_a_style_may_be_called_by_its_beginning(compose: Compose, tmp_path: Path) -> None:
    refused = compose("--style", "jazz", "--no-audio", "--out", tmp_path / "out").refused()
    assert "jazz-swing" in refused
    assert "jazz-waltz" in refused


def _patched(at: int, data: bytes) -> bytes:
    """A piece with other bytes in its header."""
    whole = foreign_file(band(8))
    return whole[:at] + data + whole[at + len(data) :]


@pytest.mark.parametrize("flag", ["--continue", "--arrange"])
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is no MIDI file"),
        (b"RIFFabcdWAVE", "cannot be read as MIDI"),
        (foreign_file(band(8))[:300], "cannot be read as MIDI"),
        (foreign_file([band(8)[3]]), "no pitched note"),
        (foreign_file([]), "holds no note"),
        (_patched(8, b"\x00\x02"), "is of MIDI type 2; save it as type 0 or 1"),
        (_patched(12, b"\xe7\x28"), "it counts time in SMPTE frames; save it with ticks"),
    ],
)
def test_bad_files_are_one_line(
    compose: Compose, tmp_path: Path, flag: str, data: bytes, said: str
) -> None:
    path = tmp_path / "bad.mid"
    path.write_bytes(data)
    out = tmp_path / "out"
    refused = compose(flag, path, "--no-audio", "--out", out).refused()
    assert said in refused
    assert "bad.mid" in refused
    assert not out.exists()


def test_two_pieces_are_one_too_many(compose: Compose, file: Path, tmp_path: Path) -> None:
    refused = compose("--continue", file, "--arrange", file, "--out", tmp_path).refused()
    assert "give one of the two" in refused


def test_a_brief_with_a_broken_precedent_is_refused(
    compose: Compose, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    compose("--continue", file, "--bars", 2, "--writer", "rules", "--no-audio", "--out", out)
    text = (out / "brief.toml").read_text(encoding="utf-8")
    for good, bad, said in (
        ('end_quarters = "32"', 'end_quarters = "1/0"', "end_quarters"),
        ('"bass finger-bass', '"bass', "continues.parts"),
        ("energy = 0", "energy = 7", "continues.energy"),
        ("[continues]", "[continues]\nbogus = 1", "bogus"),
    ):
        assert good in text
        changed = tmp_path / "changed.toml"
        changed.write_text(text.replace(good, bad, 1), encoding="utf-8")
        assert said in compose("--brief", changed, "--no-audio", "--out", out).refused()


def test_mutated_files_end_in_one_line_or_in_a_brief(tmp_path: Path) -> None:
    import random

    from composer import Brief
    from composer.errors import ComposerError
    from composer.importing.arranging import take_arrangement
    from composer.importing.continuing import take_continuation

    draw = random.Random(7)
    whole = foreign_file(band(4))
    path = tmp_path / "mutated.mid"
    taken, said = 0, list[str]()
    for number in range(40):
        data = bytearray(whole)
        for _ in range(draw.choice((1, 2, 8))):
            place = draw.randrange(14, len(data))
            data[place] = draw.choice((0, 1, 0x2F, 0x51, 0x58, 0x7F, draw.randrange(128)))
        path.write_bytes(data)
        take = take_continuation if number % 2 else take_arrangement
        try:
            taken += take(path, Brief(style="pop")).brief.key is not None
        except ComposerError as error:
            said.append(str(error))
    assert taken > 5
    assert len(said) > 5
    assert not any("\n" in message for message in said)

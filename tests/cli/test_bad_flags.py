"""Bad flags: one line that says what is wrong and what would be right; nothing is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Compose, run_process, tree

# flags, and what the message must hold
BAD: list[tuple[list[str], list[str]]] = [
    (["--key", "H"], ['"H" is not a key', "D dorian"]),
    (["--key", ""], ["is not a key"]),
    (["--key", "C dorain"], ['did you mean "dorian"']),
    (["--key", "C majr"], ['did you mean "major"']),
    (["--key", "♭♭"], ["is not a key"]),
    (["--style", "popp"], ['did you mean "pop"']),
    (["--style", "../pop"], ["is no style"]),
    (["--style", ""], ["style: is empty"]),
    (["--parts", "flut"], ['"flut" is no instrument', 'did you mean "flute"']),
    (["--parts", "melodie=flute"], ['did you mean "melody"']),
    (["--parts", "drums=flute"], ["drum kits"]),
    (["--parts", "comping=flute"], ["cannot play chords"]),
    (["--parts", "drums,drums"], ["2 drum kits"]),
    (["--parts", ",".join(["piano"] * 16)], ["16 melodic parts", "15"]),
    (["--parts", ""], ["parts: is empty"]),
    (["--parts", " , "], ["parts: is empty"]),
    (["--time-signature", "4/5"], ['did you mean "4/4"']),
    (["--time-signature", ""], ["time-signature", "6/8"]),
    (["--mood", "hapy"], ['did you mean "happy"']),
    (["--mood", "2,0"], ["mood: must be from -1 to 1, not 2"]),
    (["--mood", "nan,0"], ["mood: must be from -1 to 1"]),
    (["--mood", "0,0,0"], ["valence,energy"]),
    (["--mood", ""], ["valence,energy"]),
    (["--form", "vers:8"], ['did you mean "verse"']),
    (["--form", "verse:0"], ["must be a number of bars"]),
    (["--form", "verse:-1"], ["must be a number of bars"]),
    (["--form", "verse:many"], ["must be a number of bars"]),
    (["--form", "verse:2000"], ["must be a number of bars"]),
    (["--form", "ABQ"], ["is no section"]),
    (["--form", ""], ["form: is empty", "AABA"]),
    (["--format", "mp3"], ['"mp3" is no audio format we write', "flac"]),
    (["--format", "wavv"], ['did you mean "wav"']),
    (["--format", ""], ["no audio format"]),
    (["--sample-rate", "22050"], ["must be 44100 or 48000, not 22050"]),
    (["--sample-rate", "48k"], ['sample-rate: must be a whole number, not "48k"']),
    (["--bars", "0"], ["bars: must be from 1 to 1024, not 0"]),
    (["--bars", "-1"], ["bars: must be from 1 to 1024, not -1"]),
    (["--bars", "1025"], ["bars: must be from 1 to 1024, not 1025"]),
    (["--bars", "4.5"], ['bars: must be a whole number, not "4.5"']),
    (["--bars", "many"], ['bars: must be a whole number, not "many"']),
    (["--bars", ""], ["bars: must be a whole number"]),
    (["--bars", "9" * 5000], ["bars: must be"]),
    (["--tempo", "nan"], ["tempo: must be from 20 to 400, not nan"]),
    (["--tempo", "inf"], ["tempo: must be from 20 to 400"]),
    (["--tempo", "0"], ["tempo: must be from 20 to 400"]),
    (["--tempo", "fast"], ['tempo: must be a number, not "fast"']),
    (["--seed", "-1"], ["seed: must be from 0"]),
    (["--seed", str(2**63)], ["seed: must be from 0"]),
    (["--seed", "1.5"], ['seed: must be a whole number, not "1.5"']),
    (["--variations", "0"], ["variations: must be from 1 to 100, not 0"]),
    (["--variations", "101"], ["variations: must be from 1 to 100"]),
    (["--variations", "2", "--seed", str(2**63 - 1)], ["variations: count seeds up from"]),
    (["--swing", "0.4"], ["swing: must be from 0.5 to 0.75, not 0.4"]),
    (["--swing", "nan"], ["swing: must be from 0.5 to 0.75"]),
    (["--humanize", "3"], ["humanize: must be from 0 to 2, not 3"]),
    (["--humanize", "-0.1"], ["humanize: must be from 0 to 2"]),
    (["--humanize", "lots"], ["humanize: must be a number"]),
    (["--chords", ""], ["chords: is empty"]),
    (["--chords", "|"], ["chords: is empty"]),
    (["--chords", "C | Hm"], ['bar 2: "Hm" is not a chord']),
    (["--chords", "Cmaj8"], ['unknown chord quality "maj8"']),
    (["--chords", "% | C"], ["there is no bar before it"]),
    (["--chords", "C || G"], ["bar 2 is empty"]),
    (["--chords", "C D E F G A"], ["bar 1 has 6 chords", "4 at most"]),
    (["--chords", "é | 音"], ["is not a chord"]),
    # fields that contradict each other
    (["--chords", "C|F|G|C|C", "--bars", "32"], ["5 bars of chords do not fill 32 bars"]),
    (["--chords", "C | F", "--bars", "1"], ["2 bars of chords do not fill 1 bars"]),
    (["--form", "verse:8 chorus:8", "--bars", "32"], ["add up to 16 bars, but bars is 32"]),
    (["--form", "AABAA", "--bars", "4"], ["5 sections, more than the 4 bars"]),
    (["--form", "verse:4", "--chords", "C | F | G"], ["3 bars of chords do not fill 4 bars"]),
    (["--no-audio", "--stems"], ["stems: --no-audio leaves out the audio"]),
    (["--no-audio", "--soundfont", "TimGM6mb"], ["soundfont: --no-audio leaves out"]),
    (["--no-audio", "--format", "flac"], ["format: --no-audio leaves out"]),
    (["--no-audio", "--sample-rate", "48000"], ["sample-rate: --no-audio leaves out"]),
    # options and commands
    (["--tempoo", "90"], ['"--tempoo" is no option; did you mean "--tempo"?', "--help"]),
    (["--quite"], ['did you mean "--quiet"']),
    (["--xyzzy"], ['"--xyzzy" is no option', "--help"]),
    (["--key"], ["key"]),
    (["chek", "a.mid"], ['"chek" is no command; did you mean "check"?']),
    (["style"], ['did you mean "styles"']),
    ([""], ["is no command"]),
    (["piece.mid"], ["is no command"]),
    (["--bars", "4", "styles"], ["--bars belongs to composing"]),
    (["--out", ""], ["out: is empty"]),
    (["--rules", ""], ["rules: is empty"]),
    (["--brief", ""], ["brief: is empty"]),
    (["--soundfont", ""], ["soundfont: is empty"]),
    (["check"], ["FILE"]),
    (["check", ""], ["file: is empty"]),
    (["check", "a.mid", "b.mid"], ["b.mid"]),
    (["check", "--jsn", "a.mid"], ['did you mean "--json"', "compose check --help"]),
    (["render"], ["FILE"]),
    (["render", "a.mid", "--format", "mp3"], ["no audio format"]),
    (["render", "a.mid", "--sample-rate", "8000"], ["must be 44100 or 48000"]),
    (["styles", "now"], ["now"]),
    (["soundfonts", "--jso"], ['did you mean "--json"']),
]


@pytest.mark.parametrize(("flags", "told"), BAD, ids=lambda value: " ".join(value)[:40] or "none")
def test_bad_flags(
    compose: Compose,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: list[str],
    told: list[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    message = compose(*flags).refused()
    for part in told:
        assert part in message, message
    assert list(tmp_path.iterdir()) == []


def test_bad_flags_leave_an_earlier_run_alone(compose: Compose, tmp_path: Path) -> None:
    assert compose("--bars", 1, "--no-audio", "--quiet", "--out", tmp_path).code == 0
    before = tree(tmp_path)
    compose("--bars", 1, "--key", "H", "--no-audio", "--out", tmp_path).refused()
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "flags", [["--key", "H"], ["--tempoo", "9"], ["chek"], ["check", "/nonexistent.mid"]]
)
def test_bad_flags_in_a_process(tmp_path: Path, flags: list[str]) -> None:
    run_process(*flags, cwd=tmp_path).refused()
    assert list(tmp_path.iterdir()) == []


def test_our_own_faults_are_one_line_too(
    compose: Compose, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("composer.pipeline.make_plan", broken)
    monkeypatch.delenv("COMPOSER_TRACEBACK", raising=False)
    flags = ("--bars", 1, "--no-audio", "--out", tmp_path / "out")
    result = compose(*flags)
    assert result.code == 2 and result.err.count("\n") == 1
    assert "a fault of composer" in result.err and "COMPOSER_TRACEBACK=1" in result.err
    assert not (tmp_path / "out").exists()
    monkeypatch.setenv("COMPOSER_TRACEBACK", "1")
    with pytest.raises(IndexError):
        compose(*flags)

"""What a style names must be there; where it is not, the message says where and what is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from composer.errors import RuleError
from composer.rulebook import Rulebook, load_rulebook
from composer.rulebook.book import bundled_rules

STYLE = (bundled_rules() / "styles" / "jazz-waltz.toml").read_text(encoding="utf-8")


def book_with(folder: Path, text: str) -> Rulebook:
    (folder / "styles").mkdir()
    (folder / "styles" / "mine.toml").write_text(text, encoding="utf-8")
    return load_rulebook(folder)


def first(pattern: str) -> str:
    """The first line of the style that matches."""
    found = re.search(pattern, STYLE, re.MULTILINE)
    assert found is not None, pattern
    return found[0]


LOOP = first(r"^chords = .*$")
MODE = first(r"^mode = .*$")
SECTIONS = first(r"^sections = \[\"head-a.*$")
REGISTER = first(r"^register = .*$")
PATTERN = first(r"^pattern = .*$")

WRONG = {
    "no numeral": (LOOP, 'chords = "Imaj7 | X7"', 'loops[0].chords: "X7" is no numeral; write I, '),
    "absolute chord": (
        LOOP,
        'chords = "Cmaj7 | Dm7"',
        'loops[0].chords: "Cmaj7" is a chord of one key only; write a numeral such as I, ii7',
    ),
    "unknown quality": (LOOP, 'chords = "Imaj77"', 'loops[0].chords: "Imaj77" is no numeral'),
    "mode of a loop": (
        MODE,
        'mode = "mayor"',
        'loops[0].mode: "mayor" is no scale; did you mean "major"?',
    ),
    "section of a loop": (
        SECTIONS,
        'sections = ["head-x"]',
        'loops[0].sections: "head-x" is no section of the form; did you mean "head-',
    ),
    "register": (
        REGISTER,
        "register = { chorus = 2 }",
        'melody.register: "chorus" is no section of the form; ',
    ),
    "pace": (
        "[arrangement]",
        '[arrangement]\npace = { chorus = "half" }',
        'arrangement.pace: "chorus" is no section of the form',
    ),
    "section of a figure": (
        PATTERN,
        f'{PATTERN}\nsections = ["solo-c"]',
        'figures[0].sections: "solo-c" is no section of the form; did you mean "solo-',
    ),
    "part of a figure": (
        PATTERN,
        f'{PATTERN}\nparts = ["Pino"]',
        'figures[0].parts: "Pino" is no comping of the style; did you mean "Piano"?',
    ),
    "scale": (
        "lydian = 0.5",
        "lidian = 0.5",
        'modes.lidian: is no scale; did you mean "lydian"?',
    ),
    "instrument": (
        "soprano-sax = 2",
        "soprano-sacks = 2",
        'parts[0].instruments: "soprano-sacks" is no instrument; did you mean "soprano-sax"?',
    ),
    "chords on a flute": (
        "piano = 5",
        "flute = 5",
        "parts[2].instruments: a flute cannot play the chords of a comping; name one that plays",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_there_is_named(name: str, tmp_path: Path) -> None:
    old, new, message = WRONG[name]
    assert old in STYLE
    book = book_with(tmp_path, STYLE.replace(old, new, 1))
    with pytest.raises(RuleError) as caught:
        book.style("mine")
    assert str(caught.value).startswith(f"styles/mine.toml, {message}")
    assert len(str(caught.value)) < 400


def test_the_style_itself_is_right(tmp_path: Path) -> None:
    assert book_with(tmp_path, STYLE).style("mine").title == "Jazz waltz"


@pytest.mark.parametrize("token", ["I", "ii7", "bVII", "#iv°7", "V7/V", "IV/5", "Imaj9", "iiø7"])
def test_numerals_of_all_kinds_serve_in_loops(token: str, tmp_path: Path) -> None:
    text = STYLE.replace(LOOP, f'chords = "I | {token}"', 1)
    loop = book_with(tmp_path, text).style("mine").harmony.loops[0]
    assert loop.bars == (("I",), (token,))

"""The style that the examples build step by step: it plays, and it errs as its page says."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from composer import Brief, compose
from composer.errors import RuleError
from composer.rulebook import load_rulebook

FOLDER = Path(__file__).parents[2] / "examples" / "custom_style"
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
FILES = {path.stem: path for path in (FOLDER / "rules").rglob("*.toml")}
_ROW = re.compile(r"^\| `(.+?)` \| `(.+?)` \| `(styles/afrobeat\.toml.+?)` \|$", re.MULTILINE)
ERRORS = [[cell.replace(r"\|", "|") for cell in row] for row in _ROW.findall(PAGE)]


def read_all(rules: Path) -> None:
    """Read the style and what it names."""
    book = load_rulebook(rules)
    style = book.style("afrobeat")
    book.form(style.form)
    book.groove(style.drums.groove)


@pytest.mark.parametrize("bars", [1, 7, 32])
def test_it_plays_any_length(bars: int) -> None:
    piece = compose(
        Brief(style="afrobeat", bars=bars, seed=2, writer="rules"), rules=FOLDER / "rules"
    )
    assert piece.report.ok
    assert piece.score.bars == bars
    assert {"melody", "bass", "drums"} <= {part.plan.role for part in piece.score.parts}


def test_its_page_quotes_what_stands_in_its_files() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in FILES.values())
    lines = {re.sub(r"\s+", " ", line.split("#")[0]).strip() for line in text.splitlines()}
    quoted = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert len(quoted) >= 4
    for line in "".join(quoted).splitlines():
        assert re.sub(r"\s+", " ", line.split("#")[0]).strip() in lines, line


def test_its_page_has_many_errors() -> None:
    assert len(ERRORS) >= 18


@pytest.mark.parametrize(("old", "new", "message"), ERRORS, ids=[row[1] for row in ERRORS])
def test_errors_are_what_its_page_says(old: str, new: str, message: str, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(FOLDER / "rules", rules)
    style = rules / "styles" / "afrobeat.toml"
    text = style.read_text(encoding="utf-8")
    assert old in text
    style.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError, match=re.escape(message)):
        read_all(rules)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        (
            "forms/long-groove.toml",
            'to = ["groove", "Body"]',
            'to = ["grove", "Body"]',
            'grammar.Piece[0].to: "grove" is neither a section nor a symbol',
        ),
        (
            "grooves/slow-fire.toml",
            '"X...|..x.|....|x..."',
            '"X...|..q.|....|x..."',
            "beats[0].kick: must be one bar of the signs X, x, g",
        ),
        (
            "grooves/slow-fire.toml",
            "kick = [0,",
            "kik = [0,",
            'feel.offset.kik: is no limb; did you mean "kick"?',
        ),
        ("grooves/slow-fire.toml", 'kick = "X...', 'kik = "X...', 'did you mean "kick"?'),
    ],
)
def test_forms_and_grooves_say_it_alike(
    file: str, old: str, new: str, message: str, tmp_path: Path
) -> None:
    rules = tmp_path / "rules"
    shutil.copytree(FOLDER / "rules", rules)
    text = (rules / file).read_text(encoding="utf-8")
    assert old in text
    (rules / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        read_all(rules)
    assert str(caught.value).startswith(f"{file}, ")

"""What the docs list is what there is."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from composer.checking.check import PERFORMANCE_RULES, SCORE_RULES
from composer.rulebook.grooves import LIMBS
from composer.rulebook.reader import Table
from composer.rulebook.style_parts import read_figure

ROOT = Path(__file__).parents[2]
KEY = re.compile(
    r"(?:\btable|\bfile|\bfeel|\bt)\.(?:text|texts|number|numbers|integer|flag|choice|span|"
    r"weights|table|tables|raw)\(\s*\"([a-z_0-9]+)\""
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def rules_pages() -> str:
    pages = [ROOT / "docs" / "rules.md", *sorted((ROOT / "docs" / "rules").glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def test_the_pages_on_rules_name_every_key_that_the_rule_book_reads() -> None:
    readers = "".join(p.read_text() for p in (ROOT / "composer" / "rulebook").glob("*.py"))
    keys = set(KEY.findall(readers))
    assert len(keys) > 60  # the pattern still finds them
    page = rules_pages()
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()


def test_the_pages_on_rules_name_every_limb() -> None:
    page = rules_pages()
    assert [limb for limb in LIMBS if f"`{limb}`" not in page] == []


def test_the_rules_that_the_pages_quote_are_toml() -> None:
    blocks = re.findall(r"^```toml\n(.*?)^```$", rules_pages(), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= 10
    for block in blocks:
        tomllib.loads(block)


def test_the_figures_that_the_pages_quote_can_be_played() -> None:
    examples = read("docs/rules/figures.md").split("\n## Examples\n")[1].split("\n(In a table")[0]
    bass, chords = examples.split("| chords | pattern |")
    for role, table in (("bass", bass), ("comping", chords)):
        patterns = re.findall(r"`([^`=]*\\\|[^`=]*)`", table)
        assert len(patterns) >= 15
        for pattern in patterns:
            text = pattern.replace("\\|", "|")
            read_figure(Table({"role": role, "pattern": text}, "figures.md"))


def test_the_readme_names_every_hard_rule() -> None:
    section = read("README.md").split("\n## What always holds\n")[1].split("\n## ")[0]
    listed = re.findall(r"^\| `([a-z-]+)`", section, re.MULTILINE)
    known = {rule.id for rule in (*SCORE_RULES, *PERFORMANCE_RULES)}
    assert sorted(listed) == sorted(known)


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listing = read("docs/decisions/README.md")
    pages = sorted(p.name for p in folder.glob("0*.md"))
    assert pages == sorted(re.findall(r"\((0[^)]+)\)", listing))
    for page in pages:
        assert (folder / page).read_text().startswith(f"# {page[:4]}: ")


def test_architecture_md_lists_the_layers() -> None:
    page = read("docs/architecture.md")
    for layer in (ROOT / "composer").iterdir():
        name = layer.stem
        if not name.startswith("_") and (layer.suffix == ".py" or (layer / "__init__.py").exists()):
            assert f"`{name}`" in page, name


def test_the_picture_of_the_readme_is_small() -> None:
    assert 5_000 < (ROOT / "docs" / "images" / "piano-roll.png").stat().st_size < 150_000

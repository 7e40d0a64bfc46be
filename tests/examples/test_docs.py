"""What the docs list is what there is."""

from __future__ import annotations

import re
from pathlib import Path

from composer.checking.check import PERFORMANCE_RULES, SCORE_RULES
from composer.rulebook.grooves import LIMBS

ROOT = Path(__file__).parents[2]
KEY = re.compile(
    r"(?:\btable|\bfile|\bfeel|\bt)\.(?:text|texts|number|numbers|integer|flag|choice|span|"
    r"weights|table|tables|raw)\(\s*\"([a-z_0-9]+)\""
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_rules_md_names_every_key_that_the_rule_book_reads() -> None:
    readers = "".join(p.read_text() for p in (ROOT / "composer" / "rulebook").glob("*.py"))
    keys = set(KEY.findall(readers))
    assert len(keys) > 60  # the pattern still finds them
    page = read("docs/rules.md")
    assert {key for key in keys if not re.search(rf"\b{key}\b", page)} == set()


def test_rules_md_names_every_limb() -> None:
    page = read("docs/rules.md")
    assert [limb for limb in LIMBS if f"`{limb}`" not in page] == []


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

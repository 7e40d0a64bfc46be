"""Form fills any length exactly, down to its phrases."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from composer.music.brief import Brief
from composer.rulebook.book import bundled_rules
from composer.writing.choices import resolve
from composer.writing.form import phrase_lengths, plan_sections
from composer.writing.form_grammar import draw_sections
from tests.strategies import briefs, rules

FORMS = sorted(path.stem for path in (bundled_rules() / "forms").glob("*.toml"))


@pytest.mark.parametrize("name", FORMS)
def test_a_form_fills_every_length(name: str) -> None:
    form = rules().form(name)
    wrong = []
    for bars in [*range(1, 101), 127, 150, 199, 200]:
        sections = draw_sections(form, bars, seed=bars)
        lengths_known = all(length in form.sections[kind].lengths for kind, length in sections)
        if sum(length for _, length in sections) != bars or not lengths_known:
            wrong.append((bars, sections))
    assert not wrong


@pytest.mark.parametrize("name", FORMS)
def test_a_form_fills_1024_bars(name: str) -> None:
    assert sum(length for _, length in draw_sections(rules().form(name), 1024, 5)) == 1024


@pytest.mark.parametrize("name", FORMS)
def test_seeds_give_different_forms(name: str) -> None:
    drawn = {tuple(draw_sections(rules().form(name), 32, seed)) for seed in range(30)}
    assert len(drawn) >= 3


@pytest.mark.parametrize("name", FORMS)
def test_an_ordinary_length_is_filled_by_ordinary_sections(name: str) -> None:
    form = rules().form(name)
    odd = total = 0
    for seed in range(40):
        for kind, length in draw_sections(form, 32, seed):
            weights = form.sections[kind].lengths
            odd += weights[length] < 0.05 * max(weights.values())
            total += 1
    assert odd <= 0.1 * total


@given(st.integers(1, 64), st.sampled_from((2, 4, 8)))
def test_phrases_fill_a_section(bars: int, usual: int) -> None:
    lengths = phrase_lengths(bars, usual)
    assert sum(lengths) == bars
    assert all(1 <= length <= usual + 1 for length in lengths)
    assert lengths == [bars] or all(length >= 2 for length in lengths)


@settings(max_examples=60)
@given(briefs())
def test_sections_and_phrases_follow_without_gap(brief: Brief) -> None:
    choices = resolve(brief, rules())
    sections = plan_sections(choices, rules())
    bar = choices.meter.bar_quarters
    place = 0
    for section in sections:
        assert section.start_bar == place
        assert 0 <= section.energy <= 1
        for phrase in section.phrases:
            assert phrase.start_bar == place
            place += phrase.bars
            last = bar * (place - 1)
            assert last <= phrase.cadence.onset_quarters < last + bar
        assert section.end_bar == place
    assert place == choices.bars
    assert len({section.name for section in sections}) == len(sections)


@pytest.mark.parametrize("style", rules().style_names)
def test_material_comes_back(style: str) -> None:
    sections = plan_sections(resolve(Brief(style=style, bars=64, seed=3), rules()), rules())
    assert any(section.occurrence > 0 for section in sections)

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from composer import Brief, compose
from composer.evaluating.comparing import compare
from composer.evaluating.html import Example, render_html
from composer.evaluating.results import (
    Control,
    Diversity,
    Evaluation,
    Metric,
    MetricTable,
    Skipped,
    Yardstick,
)
from composer.evaluating.windows import opening
from composer.midi.songs import song_of

HOSTILE = '<script>alert("1")</script>&\udce9\x00'
METRICS = (
    Metric("entropy", "Entropy", "pitch", "bits", "MusPy", "2.97"),
    Metric("bass.notes", "Bass: notes", "theory", "a bar", "own"),
    Metric("velocity", "Velocity", "performance", "1-127", "own"),
    Metric("never", "Never there", "harmony", "share", HOSTILE),
)
NAMES = tuple(metric.name for metric in METRICS)


class Page(HTMLParser):
    """Collects the tags of a page and checks that they close."""

    EMPTY = frozenset({"meta", "br", "path", "use", "image", "link", "rect"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(html: str) -> Page:
    page = Page()
    page.feed(html)
    page.close()
    assert page.open == []
    return page


def table(windows: int, seed: int) -> MetricTable:
    values = np.random.default_rng(seed).normal(size=(windows, len(NAMES)))
    values[:, 0] += seed
    values[:, 3] = np.nan
    return MetricTable(NAMES, values, tuple(f"song {number}" for number in range(windows)))


def evaluation() -> Evaluation:
    ours = table(12, 1)
    found = compare(ours, table(20, 3), METRICS, reference=HOSTILE, place="opening")
    return Evaluation(
        folder=HOSTILE,
        pieces=12,
        skipped=(Skipped(HOSTILE, HOSTILE),),
        metrics=METRICS,
        openings=ours,
        middles=table(0, 1),
        comparisons=(found,),
        diversity=Diversity(1.0, 1.2, 0.5, 0.7, 0.25, 0.9, 2, 0.5),
        controls=(
            Control("key", 10, 9, 0.85, HOSTILE),
            Control("bars", 0, 0, float("nan"), ""),
        ),
        seconds=1.0,
        yardsticks=(Yardstick("notes only", 0.8, HOSTILE),),
    )


def example() -> Example:
    piece = compose(Brief(writer="rules", key="C", bars=4, style="pop", seed=1))
    window = replace(opening(song_of(piece.performance)), song=HOSTILE)
    return Example("the most typical", window, np.eye(4), 0.4)


@pytest.fixture(scope="module")
def html() -> str:
    return render_html(evaluation(), [(table(12, 1), table(20, 3))], [example()])


def test_it_is_one_file_that_needs_no_other(html: str) -> None:
    page = read(html)
    for tag, attributes in page.tags:
        assert tag not in {"script", "link", "iframe", "object"}
        for name in ("src", "href", "xlink:href", "data", "action"):
            value = attributes.get(name) or "#"
            assert value.startswith(("#", "data:image/png"))
        assert not any(name.startswith("on") for name in attributes)
    written = re.sub(r'"data:image/png;base64,[^"]*"', "", html)
    assert "http" not in written and "url(" not in written.replace("url(#", "")
    assert "@import" not in written


def test_hostile_names_are_escaped_and_any_encoding_can_hold_them(html: str) -> None:
    html.encode("utf-8")
    assert "\x00" not in html
    assert "alert" in html and "<script" not in html
    assert "\\xe9\\x00" in html


def test_links_within_lead_somewhere(html: str) -> None:
    page = read(html)
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = [a["href"] for tag, a in page.tags if tag == "a"]
    assert links
    for link in links:
        assert link is not None and link[1:] in ids


def test_all_parts_are_there(html: str) -> None:
    words = " ".join(read(html).words)
    for expected in (
        "AUC on notes only",
        "What gives it away",
        "Diversity",
        "Controls",
        "Files left out",
        "Definitions",
        "the most typical".capitalize(),
        "MusPy",
        "2.97",
        "In performance and instruments",
    ):
        assert expected in words
    assert "nan" not in words.replace("finance", "")


def test_pictures_have_words_for_those_who_do_not_see_them(html: str) -> None:
    labels = [a["aria-label"] for _, a in read(html).tags if a.get("role") == "img"]
    assert len(labels) >= 6
    assert all(labels)


def test_a_folder_without_a_reference() -> None:
    alone = replace(
        evaluation(), comparisons=(), diversity=None, controls=(), skipped=(), yardsticks=()
    )
    words = " ".join(read(render_html(alone, [])).words)
    assert "no reference" in words and "Entropy" in words


def test_too_few_songs_for_a_test() -> None:
    whole = evaluation()
    few = compare(table(3, 1), table(4, 3), METRICS, reference="real", place="middle")
    html = render_html(replace(whole, comparisons=(few,)), [None])
    assert "too few songs" in " ".join(read(html).words)


def test_the_same_findings_give_the_same_page(html: str) -> None:
    assert html == render_html(evaluation(), [(table(12, 1), table(20, 3))], [example()])

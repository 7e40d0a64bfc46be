"""How well texts are read and set: syllables, stresses, rhymes, time.

    python benchmarks/lyrics.py                      # the figures of docs/lyrics.md
    python benchmarks/lyrics.py --styles pop,folk --seeds 4
    python benchmarks/lyrics.py --smoke              # one style, one seed

It prints Markdown. What is counted by hand lies in ``tests/data/prosody/counted.tsv``, the texts,
all in the public domain, in ``tests/unit/prosody/texts.py``.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from composer import compose  # noqa: E402
from composer.evaluating.text_setting import stress_on_beats, sung_notes  # noqa: E402
from composer.music.brief import Brief  # noqa: E402
from composer.music.plan import Plan  # noqa: E402
from composer.music.seeding import generator  # noqa: E402
from composer.prosody.pronouncing import listed, stresses_of  # noqa: E402
from composer.prosody.read import Reader, read_verses  # noqa: E402
from composer.prosody.unlisted import by_letters  # noqa: E402
from tests.unit.prosody import texts  # noqa: E402

COUNTED = ROOT / "tests" / "data" / "prosody" / "counted.tsv"
POEMS = {
    "The Star": texts.STAR,
    "Old Man with a Beard": texts.BEARD,
    "Because I could not stop": texts.CARRIAGE,
    "The Tyger": texts.TYGER,
    "A Red, Red Rose": texts.ROSE,
    "静夜思": texts.MOON,
    "春晓": texts.SPRING,
    "登鹳雀楼": texts.TOWER,
}
MEASURES = ("main_on_beats", "main_on_strong_beats", "unstressed_on_strong_beats")
SAMPLE = 4000  # words of the dictionary that are counted without it


def counts() -> None:
    """Syllables against those counted by hand."""
    right: dict[str, list[bool]] = defaultdict(list)
    wrong = []
    for row in COUNTED.read_text("utf-8").splitlines():
        if row.startswith("#"):
            continue
        language, count, text = row.split("\t")
        found = len(Reader(language).line(text).syllables)
        name = language if language in ("en", "zh") else "others"
        kind = "lines" if " " in text or language == "zh" else "words"
        right[f"{name}, {kind}"].append(found == int(count))
        if found != int(count):
            wrong.append(f"{text} ({count} by hand, {found} read)")
    print("| counted by hand | entries | right |\n|---|---|---|")
    for name, found_right in sorted(right.items()):
        print(f"| {name} | {len(found_right)} | {sum(found_right)} |")
    total = [one for found_right in right.values() for one in found_right]
    print(f"| all | {len(total)} | {sum(total)} ({sum(total) / len(total):.1%}) |")
    print(f"\nWrong: {'; '.join(wrong) or 'none'}\n")


def without_dictionary() -> None:
    """Syllables of the dictionary's own words from their letters alone."""
    from composer.prosody.pronouncing import _dictionary

    entries = _dictionary().split(b"\n")
    words = sorted({e.split()[0].split(b"(")[0].decode() for e in entries if e})
    words = [word for word in words if word.isalpha() and len(word) > 2]
    rng = generator(1, "sample of words")
    drawn = [words[int(rng.random() * len(words))] for _ in range(SAMPLE)]
    right = sum(by_letters(w) in {len(stresses_of(p)) for p in listed(w)} for w in drawn)
    share = right / SAMPLE
    print(f"By letters alone, {share:.1%} of {SAMPLE} words have the dictionary's count.\n")


def by_chance(plan: Plan, onsets: list[Fraction], seed: int) -> list[Fraction]:
    """As many onsets for each line, drawn evenly from the same eighths or sixteenths."""
    bar, result, place = plan.meter.bar_quarters, list[Fraction](), 0
    for number, line in enumerate(plan.lyrics):
        count = len(line.syllables)
        own = onsets[place : place + count]
        place += count
        step = min((b - a for a, b in pairwise(own)), default=Fraction(1, 2))
        step = Fraction(1, 4) if step < Fraction(1, 2) else Fraction(1, 2)
        slots = [bar * line.start_bar + step * i for i in range(int(bar * line.bars / step))]
        rng = generator(seed, "chance", number)
        order = sorted(range(len(slots)), key=lambda _: rng.random())
        result += sorted(slots[i] for i in order[:count])
    return result


def stresses(styles: list[str], seeds: int) -> None:
    """Stresses on beats, against onsets of the same number drawn by chance."""
    ours: dict[str, list[float]] = defaultdict(list)
    chance: dict[str, list[float]] = defaultdict(list)
    by_poem: dict[str, list[float]] = defaultdict(list)
    for name, text in POEMS.items():
        for style in styles:
            for seed in range(seeds):
                piece = compose(Brief(lyrics=text, style=style, seed=seed, writer="rules"))
                assert piece.report.ok
                onsets = [note.onset_quarters for note in sung_notes(piece.score)]
                lines, meter = piece.plan.lyrics, piece.plan.meter
                found = stress_on_beats(lines, onsets, meter)
                drawn = stress_on_beats(lines, by_chance(piece.plan, onsets, seed), meter)
                by_poem[name].append(found["main_on_beats"])
                for measure in MEASURES:
                    ours[measure].append(found[measure])
                    chance[measure].append(drawn[measure])
    pieces = len(ours[MEASURES[0]])
    print(f"| share of syllables, {pieces} songs | set | by chance |\n|---|---|---|")
    for measure in MEASURES:
        one, two = (sum(row[measure]) / pieces for row in (ours, chance))
        print(f"| {measure.replace('_', ' ')} | {one:.1%} | {two:.1%} |")
    print("\n| poem | main stresses on beats |\n|---|---|")
    for name, shares in by_poem.items():
        print(f"| {name} | {sum(shares) / len(shares):.1%} |")
    print()


def schemes() -> None:
    """Rhyme schemes against those that readers hear."""
    right = sum(
        [stanza.scheme for stanza in read_verses(text).stanzas] == [scheme]
        for text, scheme in texts.SCHEMES.items()
    )
    print(f"{right} of {len(texts.SCHEMES)} rhyme schemes are as readers hear them.\n")


def times() -> None:
    """Time to read a text, in a process of its own and in one that has read before."""
    for name, text in (("English", texts.TYGER), ("Chinese", texts.MOON)):
        code = f"from composer.prosody.read import Reader, read_verses; read_verses({text!r})"
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import composer.prosody.read"], check=True)
        bare = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run([sys.executable, "-c", code], check=True)
        print(f"{name}: the first text takes {time.perf_counter() - began - bare:.2f} s to read")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--styles", default="pop,folk,ballad,rock,jazz-waltz,reggae")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--smoke", action="store_true", help="one style, one seed")
    arguments = parser.parse_args()
    if arguments.smoke:
        arguments.styles, arguments.seeds = "folk", 1
    counts()
    without_dictionary()
    schemes()
    stresses(arguments.styles.split(","), arguments.seeds)
    times()


if __name__ == "__main__":
    main()

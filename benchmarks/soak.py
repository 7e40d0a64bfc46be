"""Soak the writers: compose from many random briefs, and print every breach and every crash.

    python benchmarks/soak.py --count 500 --seed 1
    python benchmarks/soak.py --count 500 --seed 1 --writer hybrid

A brief is drawn from its number alone, so ``--only N`` repeats one. Beside the hard rules it asks
whether the full brief that a piece reports composes the same piece again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from composer.checking.check import check_performance, check_score
from composer.errors import BriefError
from composer.midi.decode import decode
from composer.midi.encode import encode
from composer.music.brief import WRITERS, Brief
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score
from composer.performing.perform import perform
from composer.rulebook import Rulebook, load_rulebook
from composer.rulebook.styles import CHORDAL_ROLES, LEAST_POLYPHONY
from composer.theory.meter import COUNTED_METERS
from composer.writers import RULES, Authorship, ways_to_write
from composer.writing.choices import resolve
from composer.writing.plan import make_plan

WORKERS = 2
SLOW_SECONDS = 60.0
_MODEL_REPEATS = 5  # of so many pieces by the model one is written twice
TONICS = tuple(letter + accidental for letter in "CDEFGAB" for accidental in ("", "#", "b"))
NUMERALS = ("I", "ii", "iii7", "IV", "V7", "vi", "bVII", "V7/V", "I/3", "iiø7", "iv")
_BOOK: Rulebook | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of one brief: its breaches by rule, each with a line to read."""

    number: int
    brief: Brief
    failures: tuple[tuple[str, str], ...]
    seconds: float
    authorship: Authorship | None = None


def random_brief(book: Rulebook, seed: int, number: int, writer: str) -> Brief:
    """Draw a brief that the program must accept."""
    rng = random.Random(f"{seed}/{number}")
    style = rng.choice(book.style_names)
    meter = rng.choice(COUNTED_METERS) if rng.random() < 0.7 else None
    bars = rng.choice((rng.randint(1, 16), rng.randint(1, 48), rng.randint(1, 256)))
    form, chords = None, None
    if rng.random() < 0.2:
        form, bars = _form(rng, book, style)
    elif rng.random() < 0.3:
        chords = " | ".join(_chord_bar(rng, book, meter) for _ in range(bars))
    return Brief(
        key=_key(rng, book),
        bars=bars,
        tempo=rng.uniform(20, 400) if rng.random() < 0.2 else None,
        time_signature=meter,
        style=style,
        mood=_mood(rng, book),
        form=form,
        chords=chords,
        parts=_parts(rng, book) if rng.random() < 0.4 else None,
        swing=rng.uniform(0.5, 0.75) if rng.random() < 0.2 else None,
        humanize=rng.choice((0.0, 0.5, 1.0, 2.0)) if rng.random() < 0.4 else None,
        seed=rng.choice((0, rng.randrange(1000), rng.randrange(2**63))),
        writer=writer,
    )


def _key(rng: random.Random, book: Rulebook) -> str | None:
    if rng.random() < 0.1:
        return None
    return f"{rng.choice(TONICS)} {rng.choice(sorted(book.scales))}"


def _mood(rng: random.Random, book: Rulebook) -> str | None:
    if rng.random() < 0.4:
        return None
    if rng.random() < 0.5:
        return rng.choice(sorted(book.moods.words))
    return f"{rng.uniform(-1, 1):.2f},{rng.uniform(-1, 1):.2f}"


def _form(rng: random.Random, book: Rulebook, style: str) -> tuple[str, int]:
    if rng.random() < 0.4:
        letters = rng.choice(("AABA", "ABA", "AB", "ABAB", "AAB", "ABCA", "A", "ABACA"))
        return letters, rng.randint(len(letters), 48)
    known = sorted(book.form(book.style(style).form).sections)
    sections = [(rng.choice(known), rng.randint(1, 12)) for _ in range(rng.randint(1, 6))]
    return " ".join(f"{name}:{bars}" for name, bars in sections), sum(n for _, n in sections)


def _chord_bar(rng: random.Random, book: Rulebook, meter: str | None) -> str:
    most = 1 if meter is None else rng.choice((1, 1, 2))
    return " ".join(_chord(rng, book) for _ in range(most))


def _chord(rng: random.Random, book: Rulebook) -> str:
    if rng.random() < 0.3:
        return rng.choice(NUMERALS)
    suffix = rng.choice((*[""] * 6, *["m"] * 4, *sorted(book.chords.by_symbol)))
    bass = f"/{rng.choice(TONICS)}" if rng.random() < 0.1 else ""
    return f"{rng.choice(TONICS)}{suffix}{bass}"


def _parts(rng: random.Random, book: Rulebook) -> tuple[str, ...]:
    melodic = sorted(name for name, i in book.instruments.items() if not i.is_drums)
    kits = sorted(name for name, i in book.instruments.items() if i.is_drums)
    parts = []
    for _ in range(rng.choice((1, 1, 2, 3, 4, 5, 6, 9, 15))):
        instrument = book.instruments[rng.choice(melodic)]
        suited, able = instrument.roles, ["melody", "counter", "bass"]
        if instrument.polyphony >= LEAST_POLYPHONY:
            able += CHORDAL_ROLES
        role = rng.choice((None, None, rng.choice(suited), rng.choice(suited), rng.choice(able)))
        parts.append(f"{role}={instrument.name}" if role else instrument.name)
    if rng.random() < 0.5:
        parts.append(rng.choice(kits))
    rng.shuffle(parts)
    return tuple(parts)


def _judged(plan: Plan, score: Score, book: Rulebook) -> tuple[Performance, list[tuple[str, str]]]:
    played = perform(plan, score, book)
    breaches = (*check_score(plan, score).violations, *check_performance(score, played).violations)
    return played, [(f"rule {v.rule}", str(v)) for v in breaches]


def judge(
    brief: Brief, book: Rulebook, *, repeat: bool
) -> tuple[list[tuple[str, str]], Authorship]:
    """Compose from a brief, twice if asked; every breach as (rule, line), and who wrote it."""
    choices = resolve(brief, book)
    plan = make_plan(choices, book)
    ways = ways_to_write(plan, book, "Soak", choices.brief)
    number = -1
    failures: list[tuple[str, str]] = [("rule", "nothing was written")]
    while failures and number + 1 < len(ways):  # what breaks a rule is written in the next way
        number += 1
        score, authorship = ways[number]()
        played, failures = _judged(plan, score, book)
    if decode(encode(played)) != played:
        failures.append(("midi", "decode(encode(performance)) is not the performance"))
    again = resolve(choices.brief, book)
    if again.brief != choices.brief:
        failures.append(("repeat brief", f"{choices.brief} resolves to {again.brief}"))
    second = make_plan(again, book)
    if second != plan:
        names = [name for name in plan.__slots__ if getattr(plan, name) != getattr(second, name)]
        failures.append(("repeat plan", f"the full brief plans other {', '.join(names)}"))
    elif repeat and ways_to_write(second, book, "Soak", choices.brief)[number]()[0] != score:
        failures.append(("repeat score", "the same plan is written otherwise"))
    elif perform(plan, score, book) != played:
        failures.append(("repeat performance", "the same score is played otherwise"))
    return failures, authorship


def soak_one(task: tuple[int, int, str]) -> Outcome:
    """Compose from the brief of a number."""
    global _BOOK  # noqa: PLW0603 - one rule book a worker
    if _BOOK is None:
        _BOOK = load_rulebook()
    seed, number, writer = task
    brief = random_brief(_BOOK, seed, number, writer)
    start = time.process_time()
    authorship = None
    try:
        repeat = writer == RULES or number % _MODEL_REPEATS == 0
        failures, authorship = judge(brief, _BOOK, repeat=repeat)
    except BriefError as error:
        failures = [("refused", f"a valid brief is refused: {error}")]
    except Exception as error:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(frame.filename).name}:{frame.lineno}"
        failures = [(f"crash {type(error).__name__} at {place}", traceback.format_exc(limit=-4))]
    seconds = time.process_time() - start
    if seconds > SLOW_SECONDS:
        failures.append(("slow", f"{seconds:.1f} s for {brief.bars} bars"))
    return Outcome(number, brief, tuple(failures), seconds, authorship)


def _who_wrote(authors: Sequence[Authorship], asked: str) -> str:
    """How much of the pieces is the model's, and what it took."""
    own = [one for one in authors if one.writer == asked]
    model = sum(count for one in authors for count, _ in one.notes.values())
    notes = sum(sum(counts) for one in authors for counts in one.notes.values())
    cells = sum(len(bars) for one in own for bars in one.bars.values())
    tokens = sum(one.tokens for one in own)
    masked = sum(one.masked * one.tokens for one in own) / max(tokens, 1)
    return (
        f"{model / max(notes, 1):.1%} of {notes:,} notes by the model, in {len(own)} pieces; "
        f"{cells:,} cells kept, {sum(one.resampled for one in own)} drawn again, "
        f"{sum(one.fallen_back for one in own)} back to the rules; masks took {masked:.1%}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compose from many random briefs and check all.")
    parser.add_argument("--count", type=int, default=500, help="how many briefs")
    parser.add_argument("--seed", type=int, default=0, help="seed of the briefs")
    parser.add_argument("--only", type=int, help="repeat the brief of this number alone")
    parser.add_argument("--show", type=int, default=3, help="examples to print of each failure")
    parser.add_argument("--writer", choices=WRITERS, default=RULES, help="default: rules")
    options = parser.parse_args(arguments)
    numbers = range(options.count) if options.only is None else [options.only]
    tasks = [(options.seed, number, options.writer) for number in numbers]
    authors: list[Authorship] = []
    pieces: Counter[str] = Counter()
    breaches: Counter[str] = Counter()
    slowest = 0.0
    with multiprocessing.Pool(min(WORKERS, len(tasks)) or 1) as pool:
        for outcome in pool.imap_unordered(soak_one, tasks):
            slowest = max(slowest, outcome.seconds)
            authors += [outcome.authorship] if outcome.authorship else []
            for kind in {kind for kind, _ in outcome.failures}:
                pieces[kind] += 1
                lines = [line for name, line in outcome.failures if name == kind]
                breaches[kind] += len(lines)
                if pieces[kind] <= options.show:
                    print(f"--- brief {outcome.number}: {kind} ({len(lines)})\n    {outcome.brief}")
                    print("\n".join(f"    {line}" for line in lines[:3]), flush=True)
    print(f"\n{len(tasks)} briefs, slowest {slowest:.1f} s")
    if options.writer != RULES:
        print(_who_wrote(authors, options.writer))
    for kind, count in pieces.most_common():
        print(f"{count:5} pieces, {breaches[kind]:6} times: {kind}")
    return 1 if pieces else 0


if __name__ == "__main__":
    sys.exit(main())

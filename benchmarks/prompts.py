"""How well prompts are understood: accuracy a field and a prompt, in each language.

python benchmarks/prompts.py
python benchmarks/prompts.py --set tests/data/prompts_held_out.toml --failures
"""

from __future__ import annotations

import argparse
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

from composer.errors import ComposerError
from composer.music.brief import Brief
from composer.prompting.take import take_prompt
from composer.rulebook import load_rulebook

DATA = Path(__file__).parents[1] / "tests" / "data"
SETS = tuple(DATA / f"prompts{which}.toml" for which in ("", "_held_out", "_unseen"))
FIELDS = (
    "style",
    "mood",
    "tempo",
    "parts",
    "duration",
    "bars",
    "key",
    "time_signature",
    "form",
    "loop",
    "hits",
    "swing",
)
MOOD_TOLERANCE, SECONDS_TOLERANCE = 0.45, 0.5


def right(field: str, wanted: Any, got: Any) -> bool:
    """Whether a field is what the set asks for; nothing asked for is nothing to be filled."""
    if wanted is None:
        return got in (None, False)
    if got in (None, False):
        return False
    if field == "style":
        return got in wanted
    if field == "mood":
        point = [float(number) for number in got.split(",")]
        return all(abs(a - b) <= MOOD_TOLERANCE for a, b in zip(point, wanted, strict=True))
    if field == "tempo":
        return bool(wanted[0] <= got <= wanted[1])
    if field == "parts":
        return _parts_agree(wanted, got)
    if field == "duration":
        return bool(abs(got - wanted) <= SECONDS_TOLERANCE)
    if field == "key":
        return bool(load_rulebook().key(wanted) == load_rulebook().key(got))
    if field == "hits":
        return list(got) == [float(hit) for hit in wanted]
    return bool(got == wanted)


def _parts_agree(wanted: list[str], got: tuple[str, ...]) -> bool:
    left = list(got)
    for choices in wanted:
        sign = choices[:1] if choices[:1] in "+-" else ""
        names = [sign + name.removeprefix(sign) for name in choices.split("/")]
        match = next((part for part in left if part in names), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def wrong_fields(prompt: dict[str, Any]) -> list[str]:
    """The fields of a prompt that are not as they should be."""
    try:
        brief = take_prompt(prompt["text"], Brief()).brief
    except ComposerError:
        brief = Brief()
    free = prompt.get("free", ())
    return [
        field
        for field in FIELDS
        if not right(field, prompt.get(field), getattr(brief, field))
        and not (field in free and field not in prompt)
    ]


def accuracy(
    prompts: list[dict[str, Any]], mistakes: list[list[str]]
) -> tuple[float, dict[str, tuple[int, int]]]:
    """Share of prompts that are right in all fields, and by field how many of how many.

    A field counts where the set asks for it, or where it was filled and should not have been.

    Args:
        prompts: The prompts.
        mistakes: The wrong fields of each.
    """
    whole, asked, missed = 0, Counter[str](), Counter[str]()
    for prompt, wrong in zip(prompts, mistakes, strict=True):
        whole += not wrong
        for field in FIELDS:
            asked[field] += field in prompt or field in wrong
            missed[field] += field in wrong
    counts = {field: (asked[field] - missed[field], asked[field]) for field in FIELDS}
    return whole / len(prompts), counts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--set", type=Path, help="one set; else both")
    parser.add_argument("--failures", action="store_true", help="list what is wrong")
    options = parser.parse_args()
    for path in [options.set] if options.set else [path for path in SETS if path.is_file()]:
        prompts = tomllib.loads(path.read_text(encoding="utf-8"))["prompts"]
        mistakes = [wrong_fields(prompt) for prompt in prompts]
        print(path.name)
        for language in ("en", "zh", None):
            chosen = [i for i, p in enumerate(prompts) if language in (None, p["language"])]
            share, counts = accuracy([prompts[i] for i in chosen], [mistakes[i] for i in chosen])
            fields = ", ".join(f"{f} {good}/{n}" for f, (good, n) in counts.items() if n)
            print(f"  {language or 'all'}: {share:.0%} of {len(chosen)} prompts; {fields}")
        if options.failures:
            for prompt, wrong in zip(prompts, mistakes, strict=True):
                for field in wrong:
                    got = getattr(take_prompt(prompt["text"], Brief()).brief, field)
                    print(f"    {field}: {got!r}, not {prompt.get(field)!r}: {prompt['text']}")


if __name__ == "__main__":
    main()

"""How many files a second are read, prepared, and tokenised by MidiTok's REMI for comparison.

    python benchmarks/corpus.py --corpus DIR            # files of a folder, in one process
    python benchmarks/corpus.py --corpus DIR --files 2000
    python benchmarks/corpus.py --smoke                 # a few pieces that composer writes itself

What is timed is processor time, in turns, group by group, so that other work disturbs little.
Nothing here passes or fails by the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from composer import Brief, compose
from composer.errors import ComposerError
from composer.midi.encode import encode
from composer.training.corpus.prepare import find
from composer.training.corpus.reading import Source, prepare_files, read
from composer.training.corpus.survey import survey

ALL_FILES = 178_561
"""Files of lmd_full."""

_GROUP = 8


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=Path, help="folder with MIDI files")
    parser.add_argument("--files", type=int, default=400, help="how many of them; default: 400")
    parser.add_argument("--smoke", action="store_true", help="small and quick")
    parser.add_argument("--json", action="store_true", help="for a machine")
    flags = parser.parse_args(argv)
    if flags.smoke == bool(flags.corpus):
        parser.error("give --corpus DIR, or --smoke")
    try:
        with tempfile.TemporaryDirectory() as folder:
            corpus = _composed(Path(folder)) if flags.smoke else flags.corpus
            result = measure(find(corpus).sources, flags.files)
    except ComposerError as error:
        print(f"benchmarks/corpus.py: {error}", file=sys.stderr)
        return 2
    print(json.dumps(result, indent=1) if flags.json else table(result))
    return 0


def measure(sources: Sequence[Source], most: int) -> dict[str, object]:
    """Processor seconds of each way over the same files, evenly spread."""
    step = max(len(sources) // most, 1)
    sample = sources[::step][:most]
    ways: dict[str, Callable[[Sequence[Source]], object]] = {
        "read": lambda group: [read(source) for source in group],
        "survey": survey,
        "prepare": prepare_files,
    }
    remi = _remi()
    if remi is not None:
        ways["MidiTok REMI"] = remi
    for way in ways.values():
        way(sample[:1])  # imports, and tables that are made once
    seconds = dict.fromkeys(ways, 0.0)
    for start in range(0, len(sample), _GROUP):
        group = sample[start : start + _GROUP]
        for name, way in ways.items():
            begun = time.process_time()
            way(group)
            seconds[name] += time.process_time() - begun
    return {
        "files": len(sample),
        "load_average": round(os.getloadavg()[0], 2),
        "files_a_second": {name: round(len(sample) / spent, 1) for name, spent in seconds.items()},
        "ratio_to_prepare": {
            name: round(seconds["prepare"] / spent, 2) for name, spent in seconds.items()
        },
        "core_hours_for_lmd_full": {
            name: round(spent / len(sample) * ALL_FILES / 3600, 2)
            for name, spent in seconds.items()
        },
    }


def table(result: dict[str, object]) -> str:
    """The result as a Markdown table."""
    speed, ratio, hours = (
        result[key] for key in ("files_a_second", "ratio_to_prepare", "core_hours_for_lmd_full")
    )
    assert isinstance(speed, dict)
    assert isinstance(ratio, dict)
    assert isinstance(hours, dict)
    lines = [
        f"{result['files']} files, one process, load average {result['load_average']}",
        "",
        f"| | files a second | × prepare | hours for {ALL_FILES:,} files on one core |",
        "|---|---|---|---|",
    ]
    lines += [f"| {n} | {speed[n]:,} | {ratio[n]} | {hours[n]} |" for n in speed]
    return "\n".join(lines)


def _remi() -> Callable[[Sequence[Source]], object] | None:
    """REMI with programs, as MidiTok has it by default otherwise; None without MidiTok."""
    try:
        from miditok import REMI, TokenizerConfig
    except ImportError:
        return None
    tokenizer = REMI(TokenizerConfig(use_programs=True, use_time_signatures=True))

    def way(group: Sequence[Source]) -> None:
        for source in group:
            with suppress(Exception):  # MidiTok raises what it meets in a bad file, of any type
                tokenizer.encode(Path(source.path))

    return way


def _composed(folder: Path) -> Path:
    for seed in range(4):
        piece = compose(Brief(key="C", bars=16, style="pop", seed=seed))
        (folder / f"{seed}.mid").write_bytes(encode(piece.performance))
    return folder


if __name__ == "__main__":
    sys.exit(main())

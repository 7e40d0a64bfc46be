"""Fuzz the readers: MIDI and MusicXML files with something wrong in them, as many as asked.

    python benchmarks/fuzz.py --count 1000000 --seed 1
    python benchmarks/fuzz.py --seed 1 --only 4711 --keep broken.xml
    python benchmarks/fuzz.py --worst

Each file is drawn from the seed and its number alone, goes through every reader, and may only be
refused by one of our own errors, of one line; what is accepted must be a brief that can be composed
from. The mutations are those of `tests/mutations.py`, which CI runs ten thousand of. ``--worst``
reads files as large as may be that are made to cost time and memory.
"""

from __future__ import annotations

import argparse
import contextlib
import resource
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from composer.errors import ComposerError
from composer.importing.melodies import read_melody
from composer.music.brief import Brief
from composer.rulebook import load_rulebook
from tests.mutations import mutated_file, read_all
from tests.scores import attributes, barline, harmony, note, notes, part, score

SLOW_SECONDS = 5.0
LARGEST_BYTES = 1 << 30
_SHOWN_EVERY = 200


def fault_of(seed: int, number: int) -> tuple[str, float, str, bool]:
    """Read one file.

    Returns:
        What went wrong (empty for nothing), seconds of the processor, its kind, and whether any
        reader accepted it.
    """
    kind, data = mutated_file(seed, number)
    start = time.process_time()
    fault, accepted = "", False
    try:
        accepted = read_all(kind, data) > 0
    except Exception as error:  # whatever is not our own is what is looked for
        frame = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}: {error}"
    seconds = time.process_time() - start
    if seconds > SLOW_SECONDS:
        fault = fault or f"slow: {seconds:.1f} s"
    return fault, seconds, kind, accepted


def large_files() -> dict[str, bytes]:
    """Files of up to 10 MB that cost as much to read as can be."""
    head = b"MThd\0\0\0\6\0\1\0\1\0\x60"
    pairs = b"\0\x90\x3c\x40" + b"\x01\x3c\x00\x01\x3c\x40" * 249_000 + b"\x01\x3c\x00"
    tune = attributes() + notes("C4:4")
    again = barline(repeat="backward", times=16)
    degree = "<degree><degree-value>9</degree-value></degree>" * 12
    many = b" ".join(b'a%d="x"' % number for number in range(800_000))
    return {
        "498,000 notes": head + b"MTrk" + len(pairs).to_bytes(4, "big") + pairs,
        "two million events": head + b"MTrk" + (9_600_000).to_bytes(4, "big")
        + b"\x01\x90\x3c\x40" * 2_400_000,
        "65,000 tracks": head + b"MTrk\0\0\0\4\0\xff\x2f\0" * 65_000,
        "two million elements": b"<score-partwise>" + b"<a/>" * 2_400_000,
        "a long text": b"<score-partwise>" + b"a" * 9_900_000 + b"</score-partwise>",
        "800,000 attributes": b"<score-partwise " + many + b"/>",
        "70,000 notes": score(part(tune, *[notes("C4:1/12 " * 48)] * 1400)),
        "4,000 bars of chords": score(
            part(tune, *[harmony("C", "dominant") * 30 + notes("C4:4") + again] * 255)
        ),
        "96,000 degrees": score(part(tune, *[harmony("C", "dominant", degree) * 400] * 20)),
        "500 unisons a bar": score(
            part(tune, *[note("C4", 4) + note("C4", 4, inner="<chord/>") * 500 + again] * 130)
        ),
        "250 parts": score(*[part(*[notes("C4:1")] * 220)] * 250, names=["x"] * 250),
    }  # fmt: skip


def read_large_files() -> int:
    """Read each of them, and print what it took."""
    book = load_rulebook()
    slowest = 0.0
    for name, data in large_files().items():
        start = time.process_time()
        try:
            read_melody(data, name, Brief(), book)
            told = "read"
        except ComposerError as error:
            told = str(error).partition(": ")[2]
        seconds = time.process_time() - start
        slowest = max(slowest, seconds)
        megabytes, peak = len(data) / 1e6, peak_bytes() / 1e6
        print(f"{name:24} {megabytes:5.1f} MB {seconds:6.2f} s, peak {peak:4.0f} MB: {told[:70]}")
    return 1 if slowest > SLOW_SECONDS or peak_bytes() > LARGEST_BYTES else 0


def peak_bytes() -> int:
    """The most memory that this process has held."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Fuzz the readers of MIDI and MusicXML.")
    parser.add_argument("--count", type=int, default=10_000, help="how many files")
    parser.add_argument("--seed", type=int, default=0, help="seed of the files")
    parser.add_argument("--only", type=int, help="read the file of this number alone")
    parser.add_argument("--keep", type=Path, help="write that file here")
    parser.add_argument("--worst", action="store_true", help="read large files that hurt")
    options = parser.parse_args(arguments)
    if options.worst:
        return read_large_files()
    if options.keep is not None and options.only is not None:
        options.keep.write_bytes(mutated_file(options.seed, options.only)[1])
    numbers = (
        range(options.count) if options.only is None else range(options.only, options.only + 1)
    )
    return run(options.seed, numbers)


def run(seed: int, numbers: range) -> int:
    """Read the files of these numbers, and say what came of it; Ctrl-C ends it early."""
    faults: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    slowest, accepted, begun = (0.0, 0), 0, time.perf_counter()
    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    with (
        contextlib.suppress(KeyboardInterrupt),
        Progress(*columns, TimeRemainingColumn()) as bar,
    ):
        task = bar.add_task("", total=len(numbers))
        for number in numbers:
            fault, seconds, kind, taken = fault_of(seed, number)
            kinds[kind] += 1
            accepted += taken
            slowest = max(slowest, (seconds, number))
            if fault:
                place = fault.partition(": ")[0]
                faults[place] += 1
                if faults[place] == 1:
                    bar.console.print(f"file {number} ({kind}): {fault}", markup=False)
            if kinds.total() % _SHOWN_EVERY == 0 or number == numbers[-1]:
                bar.update(task, completed=kinds.total(), description=f"{len(faults)} faults")
    took, count = time.perf_counter() - begun, kinds.total()
    listed = ", ".join(f"{many:,} {kind}" for kind, many in sorted(kinds.items()))
    print(f"{count:,} files of seed {seed} ({listed}) in {took:.0f} s: {count / took:.0f} a second")
    print(f"{accepted:,} accepted by a reader, {faults.total()} at fault")
    print(f"slowest {slowest[0]:.3f} s (file {slowest[1]}), peak {peak_bytes() / 1e6:.0f} MB")
    for place, many in faults.most_common():
        print(f"{many:6} times: {place}")
    return 1 if faults or peak_bytes() > LARGEST_BYTES else 0


if __name__ == "__main__":
    sys.exit(main())

"""Read a folder of tunes or lead sheets, and say what is refused and what is read in its own way.

    python benchmarks/reading.py FOLDER --pattern "*.mid" --track MELODY
    python benchmarks/reading.py FOLDER --pattern "*.mxl" --lead-sheets

Messages are counted with their numbers and names left out.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from composer.errors import ComposerError
from composer.importing.lead_sheets import take_lead_sheet
from composer.importing.melodies import take_melody
from composer.music.brief import Brief


def plain(message: str, file: Path) -> str:
    """A message without what differs from file to file."""
    told = message.replace(f"{file}: ", "").replace(f"{file.name}: ", "")
    told = re.sub(r'\([^)]*\)|"[^"]*"', "…", told)
    return re.sub(r"\d+(?:[./]\d+)*", "N", told)[:90]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Read a folder of tunes or lead sheets.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pattern", default="*", help="names of the files, such as *.mid")
    parser.add_argument("--track", help="the track or part to take of each")
    parser.add_argument("--lead-sheets", action="store_true", help="take chord symbols as well")
    parser.add_argument("--most", type=int, help="read so many files only")
    options = parser.parse_args(arguments)
    files = sorted(path for path in options.folder.rglob(options.pattern) if path.is_file())
    files = files[: options.most]
    refused: Counter[str] = Counter()
    notes: Counter[str] = Counter()
    taken, slowest = 0, (0.0, "")
    for file in files:
        start = time.process_time()
        try:
            if options.lead_sheets:
                found = take_lead_sheet(file, Brief(), None)
            else:
                found = take_melody(file, Brief(), None, track=options.track)
        except ComposerError as error:
            refused[plain(str(error), file)] += 1
        else:
            taken += 1
            notes.update(plain(note, file) for note in found.notes[1:])
        slowest = max(slowest, (time.process_time() - start, file.name))
    share = taken / max(len(files), 1)
    print(f"{taken:,} of {len(files):,} files read ({share:.1%}), slowest {slowest[0]:.2f} s")
    for title, counts in (("refused", refused), ("read in its own way", notes)):
        print(f"\n{title}")
        for told, count in counts.most_common(12):
            print(f"{count:6}  {told}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Seconds of a core that changes of a project take: one part of one section of 32 bars, saved.

python benchmarks/project.py            # by the rules, then with the model
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from composer.errors import ProjectError
from composer.music.brief import Brief
from composer.project.project import Project

STYLES = ("pop", "jazz-swing", "reggae", "string-quartet")


def main() -> None:
    for writer in ("rules", "hybrid"):
        took: list[tuple[float, str]] = []
        opened = []
        for style in STYLES:
            with tempfile.TemporaryDirectory() as folder:
                brief = Brief(style=style, bars=32, seed=3, writer=writer)
                with Project.create(Path(folder) / "song", brief) as project:
                    took += _changes(project, style)
                start = time.process_time()
                with Project.open(Path(folder) / "song"):
                    opened.append(time.process_time() - start)
        seconds = sorted(took)
        print(
            f"{writer}: {len(took)} changes, median {statistics.median(s for s, _ in took):.2f} s, "
            f"slowest {seconds[-1][0]:.2f} s ({seconds[-1][1]}); "
            f"open {statistics.median(opened):.2f} s"
        )


def _changes(project: Project, style: str) -> list[tuple[float, str]]:
    """Seconds of writing each part anew in a section, and where."""
    found = []
    section = max(project.state.plan.sections, key=lambda one: one.bars).name
    for part in project.state.plan.parts:
        start = time.process_time()
        try:
            project.regenerate(parts=[part.name], sections=[section])
        except ProjectError:
            continue  # rests there, or has one way only
        found.append((time.process_time() - start, f"{style}, {part.role}"))
    return found


if __name__ == "__main__":
    main()

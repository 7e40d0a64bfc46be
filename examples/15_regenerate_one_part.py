"""A project: keep what is good, write the bass of one section anew, and take it back if need be.

python examples/15_regenerate_one_part.py --out out/project
"""

import argparse
from pathlib import Path

from composer import Brief, Project

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--out", type=Path, default=Path("out/15"))
options = parser.parse_args()


def tracks(project: Project) -> dict[str, object]:
    """The played notes of each part."""
    return {track.name: track.notes for track in project.piece.performance.tracks}


brief = Brief(style="pop", key="C", form="verse:4 chorus:4", seed=3, writer="rules")
with Project.create(options.out / "song", brief) as project:
    project.lock(parts=["drums", "melody"])
    before = tracks(project)
    project.regenerate(parts=["bass"], sections=["chorus"])
    after = tracks(project)
    print("changed:", ", ".join(name for name in before if before[name] != after[name]))
    project.undo()
    print("as before after undo:", tracks(project) == before)
    project.redo()
    for path in project.export(options.out / "export"):
        print(path)

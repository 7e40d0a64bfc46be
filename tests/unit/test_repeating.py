from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from composer import Brief, Project, compose, render, save
from composer.errors import BriefError, ManifestError, RuleError
from composer.manifest import MANIFEST, read_manifest
from composer.repeating import DIFFERENT, MISSING, NEW, SAME, repeat

Edit = Callable[[dict[str, object]], object]


def saved(folder: Path, **fields: object) -> Path:
    save(compose(Brief(bars=2, writer="rules", **fields)), folder)  # type: ignore[arg-type]
    return folder


def edit(folder: Path, change: Edit) -> None:
    data = json.loads((folder / MANIFEST).read_text())
    change(data)
    (folder / MANIFEST).write_text(json.dumps(data))


def test_a_run_is_made_again_to_the_byte(tmp_path: Path) -> None:
    piece = compose(Brief(bars=2, writer="rules", chords="C | G", key="C", seed=3))
    # What the run was told beside the brief stands in its report, too.
    piece = replace(piece, notes=("understood: nothing much", *piece.notes))
    rendering = render(piece.performance)
    first = tmp_path / "first"
    save(piece, first, rendering=rendering, stems=True, audio_format="ogg", exports=("midi-parts",))
    found = repeat(first, tmp_path / "again")
    assert found.same and not found.differences and not found.changed
    assert set(found.verdicts.values()) == {SAME}
    assert any(name.startswith("stems/") for name in found.verdicts)
    for name in (*found.verdicts, MANIFEST):
        assert (tmp_path / "again" / name).read_bytes() == (first / name).read_bytes()


def test_what_was_done_in_a_project_is_done_again(tmp_path: Path) -> None:
    brief = Brief(bars=4, key="C", seed=2, writer="rules", parts=("flute", "piano", "bass"))
    with Project.create(tmp_path / "song", brief) as project:
        project.regenerate(parts=["bass"])
        project.transpose(2)
        project.export(tmp_path / "out", exports=("midi-parts",))
    found = repeat(tmp_path / "out")
    assert found.same and len(found.verdicts) > 5
    assert len(read_manifest(tmp_path / "out").operations) == 2


def test_a_loop_of_a_given_length_is_made_again(tmp_path: Path) -> None:
    piece = compose(Brief(bars=2, writer="rules", loop=True, parts=("piano",)))
    sound = render(piece.performance, loop=True, length_seconds=piece.plan.length_seconds)
    save(piece, tmp_path, rendering=sound)
    assert repeat(tmp_path).same


def test_nothing_is_left_without_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", None)
    folder = saved(tmp_path / "out")
    assert repeat(folder).same
    assert list((tmp_path / "tmp").iterdir()) == []


def test_what_differs_is_named(tmp_path: Path) -> None:
    folder = saved(tmp_path)

    def change(data: dict[str, dict[str, object]]) -> None:
        files = data["files"]
        files["piece.mid"] = {"bytes": 1, "sha256": "0" * 64}
        files["gone.mid"] = {"bytes": 1, "sha256": "0" * 64}
        del files["piano-roll.png"]
        data["ingredients"]["composer"] = "0.0.1"
        data["ingredients"]["soundfont"] = "Other"

    edit(folder, change)  # type: ignore[arg-type]
    found = repeat(folder)
    assert not found.same
    assert found.verdicts == {
        "piece.mid": DIFFERENT,
        "report.json": SAME,
        "brief.toml": SAME,
        "gone.mid": MISSING,
        "piano-roll.png": NEW,
    }
    assert {d.name: (d.then, bool(d.now)) for d in found.differences} == {
        "composer": ("0.0.1", True),
        "soundfont": ("Other", False),
    }
    assert found.differences[1].sentence() == "soundfont is not there here and was Other"
    assert found.changed == ("piece.mid",)


def test_files_that_were_changed_since_are_named(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    (folder / "piece.mid").write_bytes(b"mine now")
    found = repeat(folder)
    assert found.same and found.changed == ("piece.mid",)


def test_rules_of_ones_own_are_an_ingredient(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    text = 'source = "own words"\n[moods]\nodd = [0.1, 0.2]\n[mappings]\n'
    (rules / "moods.toml").write_text(text)
    piece = compose(Brief(bars=2, writer="rules", mood="odd"), rules=rules)
    save(piece, tmp_path / "out")
    assert repeat(tmp_path / "out").same
    (rules / "moods.toml").write_text(text + "# a word more\n")
    found = repeat(tmp_path / "out")
    assert found.same and [d.name for d in found.differences] == ["own rules"]
    (rules / "moods.toml").unlink()
    rules.rmdir()
    with pytest.raises(RuleError, match="is no folder"):
        repeat(tmp_path / "out")


def test_what_cannot_be_repeated_is_said(tmp_path: Path) -> None:
    folder = saved(tmp_path)
    with pytest.raises(ManifestError, match="is the folder of the manifest"):
        repeat(folder, folder)
    edit(folder, lambda data: data.update(brief="bars = 0"))
    with pytest.raises(BriefError, match="bars: must be from 1"):
        repeat(folder)

"""The public face: what `import composer` offers, how light it is, and that it is typed."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import composer

NAMES = [
    "Audio",
    "Brief",
    "ComposerError",
    "Outcome",
    "Performance",
    "Piece",
    "Plan",
    "Project",
    "Refiner",
    "Refining",
    "Rendering",
    "Repetition",
    "Score",
    "Song",
    "Taken",
    "__version__",
    "check_file",
    "compose",
    "compose_many",
    "dump_brief",
    "evaluate",
    "load_brief",
    "originality",
    "picture",
    "read_midi",
    "read_song",
    "render",
    "repeat",
    "save",
    "save_audio",
    "song_of",
    "styles",
    "take_prompt",
]
HEAVY = ("numpy", "scipy", "rich", "PIL", "mido", "soundfile", "fluidsynth", "pretty_midi", "torch")


def loaded_after(code: str) -> set[str]:
    """Heavy modules that a piece of code loads in a fresh interpreter."""
    script = f"{code}\nimport sys; print(*(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_public_names_are_these() -> None:
    assert composer.__all__ == NAMES == sorted(NAMES)
    assert set(NAMES) <= set(dir(composer))


@pytest.mark.parametrize("name", NAMES)
def test_every_public_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(composer, name)
    if name != "__version__":
        assert inspect.getdoc(value)
    # It is the very object of its home, not a copy.
    home = composer._HOMES.get(name)
    if home is not None:
        assert value is getattr(importlib.import_module(home), name)


@pytest.mark.parametrize("name", [n for n in NAMES if n != "__version__" and not n[0].isupper()])
def test_every_public_function_is_annotated(name: str) -> None:
    signature = inspect.signature(getattr(composer, name))
    assert signature.return_annotation is not inspect.Signature.empty
    for parameter in signature.parameters.values():
        assert parameter.annotation is not inspect.Parameter.empty


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'compsoe'"):
        _ = composer.compsoe


def test_from_composer_import_star() -> None:
    names: dict[str, object] = {}
    exec("from composer import *", names)  # noqa: S102 - what a user may type
    assert set(NAMES) <= set(names)


def test_the_package_is_marked_as_typed() -> None:
    assert (Path(composer.__file__).parent / "py.typed").exists()


def test_importing_composer_loads_nothing_heavy() -> None:
    assert loaded_after("import composer") == set()
    assert loaded_after("from composer import Brief; Brief(key='C')") == set()
    assert loaded_after("import composer; composer.styles()") <= {"numpy"}


@pytest.mark.parametrize("flags", [["--help"], ["--version"], ["check", "--help"], ["--bars", "x"]])
def test_answers_that_need_no_music_load_nothing_heavy(flags: list[str]) -> None:
    code = (
        "import contextlib, io\n"
        "from composer.cli import main\n"
        "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):\n"
        f"    main({flags!r})"
    )
    assert loaded_after(code) == set()


def test_composing_loads_no_training_library_and_no_synthesiser() -> None:
    code = "from composer import Brief, compose; compose(Brief(bars=1))"
    assert not loaded_after(code) & {"torch", "fluidsynth", "pretty_midi", "soundfile", "scipy"}

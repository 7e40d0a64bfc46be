"""The timbre stage: turns a stem's dry render into the sound of recorded instruments.

`Refiner` is what its callers need; a `Part` tells it who plays. They are loaded when they are asked
for: training, which uses a module or two, imports no more than those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__all__ = ["Part", "Refined", "Refiner", "SoundingNote"]

if TYPE_CHECKING:
    from composer.refining.parts import Part, SoundingNote
    from composer.refining.refiner import Refined, Refiner

_HOMES = {"Part": "parts", "Refined": "refiner", "Refiner": "refiner", "SoundingNote": "parts"}


def __getattr__(name: str) -> Any:
    """A public name, from the module that has it."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)

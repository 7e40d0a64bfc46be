"""The trained timbre networks on disk: where they lie, and whether they are whole.

    card.json             what they are: version, sizes, programs, training, validation, checksums
    trunk.onnx …          four graphs, without weights
    weights.safetensors   the weights of all of them

`composer.training.timbre.export` writes such a folder; the one that comes with composer is
``data/model``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from composer.errors import RefinerError
from composer.models.card import CARD, Arrays, Card, ModelFolder, ModelKind, about, table
from composer.refining.parts import PROGRAMS
from composer.refining.spectra import BANDS, NOISE_BANDS

FORMAT, VERSION = "composer refiner", 1
KIND = ModelKind("refiner", FORMAT, VERSION, "composer.training.timbre.export", RefinerError)
NETWORKS = ("trunk", "coarse", "fine", "decoder")
"""Each has its graph in ``NAME.onnx`` and its weights under names that begin with ``NAME.``."""
WEIGHTS = "weights.safetensors"
SHIPPED = Path(__file__).parent / "data" / "model"
MODES = ("none", "argmax", "sample")
"""How codes are chosen: not at all, the likeliest, or drawn."""

_MOST = {"width": 4096, "codes": 65_536, "reach": 4096, "bands": BANDS, "noise_bands": NOISE_BANDS}
"""The largest sizes that a card may give."""
_MOST_TEMPERATURE = 10.0


@dataclass(frozen=True, slots=True)
class Shape:
    """Size of the networks.

    Args:
        width: Width of what goes from network to network.
        codes: Codes of a codebook.
        reach: Frames at each side that a frame's result depends on, all steps together.
        bands: Bands of the gains.
        noise_bands: Bands of the noise.
    """

    width: int
    codes: int
    reach: int
    bands: int = BANDS
    noise_bands: int = NOISE_BANDS


@dataclass(frozen=True, slots=True)
class Sampling:
    """How codes are chosen.

    Args:
        mode: One of `MODES`.
        temperature: How boldly codes are drawn, 0 (always the likeliest) to 10.
    """

    mode: str = "none"
    temperature: float = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The networks in memory, ready for `composer.refining.engine.OnnxNetworks`.

    Args:
        shape: Their size.
        sampling: How codes are chosen where nobody asks for another way.
        programs: Strength of each program that was trained, 0 to 1; 128 is the drums.
        graphs: The serialised ONNX graph of each of `NETWORKS`.
        arrays: All initialisers by name.
        card: All that the card says; empty for what was never on disk.
    """

    shape: Shape
    sampling: Sampling
    programs: Mapping[int, float]
    graphs: Mapping[str, bytes]
    arrays: Arrays
    card: Card

    @property
    def about(self) -> dict[str, object]:
        """Which networks they are: size and training in words, steps, checksum of the weights."""
        steps = table(self.card.get("training")).get("steps", 0)
        return {**about(self.card, WEIGHTS), "steps": steps}


def load_weights(folder: Path | str | None = None) -> Weights:
    """Read the networks, and see that they are whole and of this version.

    Args:
        folder: Where they lie; `None` for those that come with composer.

    Raises:
        RefinerError: If a file is missing, truncated or another than the card says, or if the
            networks are of another version.
    """
    path = SHIPPED if folder is None else Path(folder)
    place = ModelFolder(path, KIND, shipped=path == SHIPPED)
    card = place.card()
    shape, sampling, programs = _shape(place, card), _sampling(place, card), _programs(place, card)
    graphs = {name: place.file(f"{name}.onnx", card) for name in NETWORKS}
    return Weights(shape, sampling, programs, graphs, place.arrays(WEIGHTS, card), card)


def _shape(folder: ModelFolder, card: Card) -> Shape:
    try:
        sizes: dict[str, Any] = {f.name: card["shape"][f.name] for f in fields(Shape)}
    except (KeyError, TypeError):
        raise folder.broken(f"{CARD} does not give the size of the networks") from None
    folder.expect_sizes(sizes, _MOST)
    shape = Shape(**sizes)
    if (shape.bands, shape.noise_bands) != (BANDS, NOISE_BANDS):
        raise folder.broken(f"{CARD} has other bands than {BANDS} and {NOISE_BANDS}")
    return shape


def _sampling(folder: ModelFolder, card: Card) -> Sampling:
    given = table(card.get("sampling"))
    mode: Any = given.get("mode")
    temperature: Any = given.get("temperature")
    if mode not in MODES:
        raise folder.broken(f"{CARD} has {mode!r} for sampling.mode, which is {', '.join(MODES)}")
    if not _is_within(temperature, _MOST_TEMPERATURE):
        raise folder.broken(f"{CARD} has {temperature!r} for sampling.temperature")
    return Sampling(mode, float(temperature))


def _programs(folder: ModelFolder, card: Card) -> dict[int, float]:
    programs: dict[int, float] = {}
    for name, entry in table(card.get("programs")).items():
        strength: Any = table(entry).get("strength")
        if not (name.isdecimal() and int(name) < PROGRAMS and _is_within(strength, 1.0)):
            raise folder.broken(f"{CARD} has {entry!r} for program {name!r}")
        programs[int(name)] = float(strength)
    if not programs:
        raise folder.broken(f"{CARD} names no programs")
    return programs


def _is_within(value: Any, most: float) -> bool:
    """Whether a card's figure is a number from 0 to `most`."""
    return type(value) in (int, float) and 0 <= value <= most

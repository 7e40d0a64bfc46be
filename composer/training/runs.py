"""The folder of a training run: what it was asked for, and its log."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from composer.errors import CorpusError, OutputError
from composer.training.windows import WindowOptions

SIZES: dict[str, dict[str, int]] = {
    "tiny": {"width": 64, "layers": 2, "heads": 2, "inner": 128},
    "1m": {"width": 160, "layers": 3, "heads": 5, "inner": 448},
    "5m": {"width": 320, "layers": 4, "heads": 5, "inner": 864},
    "15m": {"width": 448, "layers": 6, "heads": 7, "inner": 1216},
}
"""Sizes of the decoder by name."""

CHECKPOINT = "checkpoint.safetensors"
_CONFIG = "config.json"
CORPUS = "corpus.json"
_LOG = "log.jsonl"


@dataclass(frozen=True, slots=True)
class RunConfig:
    """What a run was asked for; kept in ``config.json``, and the same when it goes on.

    Args:
        size: One of `SIZES`.
        steps: Steps of the whole run.
        rows: Rows of a batch, over all processes.
        longest: Tokens of a row at most.
        rate: Learning rate of AdamW.
        matrix_rate: Learning rate of Muon.
        warm_up: Steps in which the rate rises.
        fall: Share of the steps in which it falls.
        seed: Seed of weights and windows.
        plan: Whether the model is told the plan.
        normalised: Whether everything stands in C major or A minor.
        validate_every: Steps between validations.
        validation_rows: Rows that are validated on.
        mask: What of a window is to be written, one of `composer.training.windows.MASKS`; empty
            to draw it.
    """

    size: str = "5m"
    steps: int = 3000
    rows: int = 16
    longest: int = 1024
    rate: float = 4e-3
    matrix_rate: float = 0.02
    warm_up: int = 100
    fall: float = 0.4
    seed: int = 1
    plan: bool = True
    normalised: bool = True
    validate_every: int = 250
    validation_rows: int = 96
    mask: str = ""

    @property
    def windows(self) -> WindowOptions:
        """How training windows are drawn."""
        return WindowOptions(self.longest, self.plan, self.mask)

    def rate_at(self, step: int) -> float:
        """Factor of the learning rates at a step, 0 to 1: it rises, stays, and falls to zero."""
        fall = max(int(self.steps * self.fall), 1)
        rising = min((step + 1) / max(self.warm_up, 1), 1.0)
        falling = min((self.steps - step) / fall, 1.0)
        return rising * max(falling, 0.0)


def read_config(folder: Path) -> RunConfig:
    """What the run of a folder was asked for; a field that its file lacks has its default.

    Raises:
        CorpusError: If the file is missing or no such file.
    """
    path = folder / _CONFIG
    known = {field.name for field in fields(RunConfig)}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        config = RunConfig(**found) if set(found) <= known else None
    except (OSError, ValueError, TypeError):
        config = None
    if config is None or config.size not in SIZES:
        raise CorpusError(f"{path}: is no configuration of a training run")
    return config


def prepare_folder(folder: Path, config: RunConfig, corpus: Path | None = None) -> None:
    """Make the run's folder, or see that it is of this very run.

    Args:
        folder: The run's folder.
        config: What the run is asked for.
        corpus: What it is trained on: its title and licence are kept in ``corpus.json``.

    Raises:
        CorpusError: If it is of another run.
        OutputError: If it cannot be written.
    """
    path = folder / _CONFIG
    expect_same_run(folder, config)
    if path.is_file():
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if corpus is not None:
            about = json.dumps(corpus_of(corpus), indent=1, ensure_ascii=False)
            (folder / CORPUS).write_text(about + "\n", encoding="utf-8")
        path.write_text(json.dumps(asdict(config), indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{folder}: cannot be written: {error.strerror}") from None


def expect_same_run(folder: Path, config: RunConfig) -> None:
    """See that a folder is of this very run, or of none yet.

    Raises:
        CorpusError: If it is of another run.
    """
    path = folder / _CONFIG
    if path.is_file():
        _same_run(path, read_config(folder), config)


def corpus_of(corpus: Path) -> dict[str, str]:
    """Title and licence of a prepared corpus, as its manifest says them."""
    try:
        manifest = json.loads((corpus / "manifest.json").read_text(encoding="utf-8"))
        return {name: str(manifest[name]) for name in ("title", "licence")}
    except (OSError, ValueError, KeyError, TypeError):
        return {"title": corpus.resolve().name, "licence": "not stated"}


def _same_run(path: Path, before: RunConfig, now: RunConfig) -> None:
    old, new = asdict(before), asdict(now)
    changed = [f"{name} {old[name]}, not {new[name]}" for name in new if old[name] != new[name]]
    if changed:
        raise CorpusError(
            f"{path}: is of a run that was asked for otherwise ({'; '.join(changed)}); "
            "give another --out"
        )


class RunLog:
    """The log of a run: a line every few steps with the mean of them, one a validation.

    Args:
        folder: Folder of the run.
        mine: Whether this process is the one that writes.
        step: Steps done: lines of later ones, left by a run that was killed, are cut off.
        sums: What `sums` was at that step.
        every: Steps of a line.
        last: The last step of the run, which ends a line too.

    Raises:
        OutputError: If it cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        mine: bool,
        step: int = 0,
        sums: Sequence[float] = (0.0, 0.0),
        every: int = 10,
        last: int = 0,
    ) -> None:
        self._path, self._mine, self._every = folder / _LOG, mine, every
        self._last = last
        self._nats, self._tokens = sums
        self._spent = [0.0, 0.0]  # tokens and seconds of this call's steps
        if mine:
            self._cut(step)

    @property
    def sums(self) -> tuple[float, float]:
        """Nats and tokens since the last line: what a checkpoint keeps for the next one."""
        return self._nats, self._tokens

    def add(self, step: int, nats: float, tokens: int, seconds: float) -> None:
        """Note one step: its number from 0, nats a token, tokens and seconds."""
        self._nats += nats * tokens
        self._tokens += tokens
        self._spent[0] += tokens
        self._spent[1] += seconds
        if (step + 1) % self._every == 0 or step + 1 == self._last:
            self.write(
                step=step + 1,
                bits_per_token=round(self._nats / self._tokens / math.log(2), 4),
                tokens_per_second=round(self._spent[0] / self._spent[1]),
                tokens=int(self._tokens),
            )
            self._nats = self._tokens = 0.0
            self._spent = [0.0, 0.0]

    def write(self, **values: Any) -> None:
        """Write one line, to the file and to the terminal."""
        if not self._mine:
            return
        line = json.dumps(values)
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {error.strerror}") from None
        print(line, flush=True)

    def _cut(self, step: int) -> None:
        """Keep the lines up to a step only."""
        if not self._path.exists():
            return
        temporary = self._path.with_name(f".{self._path.name}.part")
        try:
            lines = self._path.read_text(encoding="utf-8").splitlines()
            kept = [line for line in lines if 0 < _step_of(line) <= step]
            temporary.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
            temporary.replace(self._path)
        except OSError as error:
            raise OutputError(f"{self._path}: cannot be written: {error.strerror}") from None


def read_log(folder: Path) -> list[dict[str, Any]]:
    """The lines of a run's log.

    Raises:
        CorpusError: If there is none.
    """
    try:
        lines = (folder / _LOG).read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines]
    except (OSError, ValueError) as error:
        raise CorpusError(f"{folder / _LOG}: is no log of a training run: {error}") from None


def _step_of(line: str) -> int:
    """The step that a line is of; 0 of a line that was cut short."""
    try:
        return int(json.loads(line)["step"])
    except (ValueError, KeyError, TypeError):
        return 0

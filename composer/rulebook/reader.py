"""Typed reading of TOML tables; errors name the file, the table, the key and the remedy."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from composer.errors import RuleError, nearest
from composer.toml_text import parse_toml

_MISSING: Any = object()


class Table:
    """One table of a rule file, read key by key; `done` refuses what was not read.

    Args:
        data: The parsed table.
        file: The file's name for messages.
        path: Dotted path of the table within the file.
    """

    def __init__(self, data: Mapping[str, Any], file: str, path: str = "") -> None:
        self.data = data
        self.file = file
        self.path = path
        self._read: set[str] = set()

    def fail(self, key: str, message: str) -> RuleError:
        """An error about a key of this table."""
        where = ".".join(part for part in (self.path, key) if part)
        return RuleError(self.file, where, message)

    def raw(self, key: str, default: Any = _MISSING) -> Any:
        """The value as parsed.

        Raises:
            RuleError: If the key is missing and there is no default.
        """
        self._read.add(key)
        if key in self.data:
            return self.data[key]
        if default is _MISSING:
            raise self.fail(key, f"is missing{self._meant(key)}")
        return default

    def _meant(self, key: str) -> str:
        """Which key of the table may be a slip for one that is missing."""
        unread = [name for name in self.data if name not in self._read]
        near = get_close_matches(key, unread, n=1, cutoff=0.75)
        return f'; is "{near[0]}" meant for it?' if near else ""

    def has(self, key: str) -> bool:
        """Whether the key is there; what asks knows it, so that a hint may name it."""
        self._read.add(key)
        return key in self.data

    def text(self, key: str, default: str = _MISSING) -> str:
        """A string."""
        value = self.raw(key, default)
        if not isinstance(value, str):
            raise self.fail(key, f"must be a text in quotes, not {value!r}")
        return value

    def choice(self, key: str, choices: Iterable[str], default: str = _MISSING) -> str:
        """A string out of a list."""
        value = self.text(key, default)
        known = list(choices)
        if value not in known:
            raise self.fail(key, f'"{value}" is unknown; {nearest(value, known)}')
        return value

    def number(self, key: str, low: float, high: float, default: float = _MISSING) -> float:
        """A number in a closed range."""
        value = self.raw(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.fail(key, f"must be a number from {low:g} to {high:g}, not {value!r}")
        if not low <= value <= high:
            raise self.fail(key, f"must be from {low:g} to {high:g}, not {value:g}")
        return float(value)

    def integer(self, key: str, low: int, high: int, default: int = _MISSING) -> int:
        """A whole number in a closed range."""
        value = self.number(key, low, high, default)
        if value != int(value):
            raise self.fail(key, f"must be a whole number, not {value:g}")
        return int(value)

    def flag(self, key: str, default: bool = _MISSING) -> bool:
        """True or false."""
        value = self.raw(key, default)
        if not isinstance(value, bool):
            raise self.fail(key, f"must be true or false, not {value!r}")
        return value

    def texts(self, key: str, default: tuple[str, ...] = _MISSING) -> tuple[str, ...]:
        """A list of strings."""
        value = self.raw(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise self.fail(key, f"must be a list of texts, not {value!r}")
        return tuple(value)

    def numbers(self, key: str, length: int | None = None) -> tuple[float, ...]:
        """A list of numbers, of a given length if asked."""
        value = self.raw(key)
        good = isinstance(value, list) and all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in value
        )
        if not good or (length is not None and len(value) != length):
            many = f"{length} numbers" if length is not None else "numbers"
            raise self.fail(key, f"must be a list of {many}, not {value!r}")
        return tuple(float(v) for v in value)

    def span(
        self, key: str, low: float, high: float, default: Any = _MISSING
    ) -> tuple[float, float]:
        """A pair of numbers, the lower first."""
        value = self.raw(key, default)
        if (
            not isinstance(value, list | tuple)
            or len(value) != 2
            or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value)
            or not low <= value[0] <= value[1] <= high
        ):
            raise self.fail(
                key, f"must be two rising numbers from {low:g} to {high:g}, not {value!r}"
            )
        return float(value[0]), float(value[1])

    def weights(self, key: str, default: Mapping[str, float] = _MISSING) -> dict[str, float]:
        """A table of weights, none negative and at least one positive."""
        value = self.raw(key, default)
        if not isinstance(value, Mapping) or not value:
            raise self.fail(key, "must be a table of weights such as { C = 2, D = 1 }")
        for name, weight in value.items():
            if isinstance(weight, bool) or not isinstance(weight, int | float) or weight < 0:
                raise self.fail(f"{key}.{name}", f"must be a weight of 0 or more, not {weight!r}")
        if not any(weight > 0 for weight in value.values()):
            raise self.fail(key, "needs at least one weight above 0")
        return {str(name): float(weight) for name, weight in value.items()}

    def weights_of(
        self, key: str, known: Collection[str], default: Mapping[str, float] = _MISSING
    ) -> dict[str, float]:
        """A table of weights whose names are all known."""
        weights = self.weights(key, default)
        for name in weights:
            if name not in known:
                raise self.fail(f"{key}.{name}", f"must be one of {', '.join(known)}")
        return weights

    def table(self, key: str, default: Mapping[str, Any] = _MISSING) -> Table:
        """A sub-table."""
        value = self.raw(key, default)
        if not isinstance(value, Mapping):
            raise self.fail(key, f"must be a table, not {value!r}")
        return Table(value, self.file, ".".join(p for p in (self.path, key) if p))

    def tables(self, key: str, default: tuple[Any, ...] = _MISSING) -> list[Table]:
        """A list of tables, ``[[key]]``."""
        value = self.raw(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, Mapping) for v in value):
            raise self.fail(key, "must be a list of tables, [[" + key + "]]")
        stem = ".".join(p for p in (self.path, key) if p)
        return [Table(v, self.file, f"{stem}[{i}]") for i, v in enumerate(value)]

    def items(self) -> Iterator[tuple[str, Table]]:
        """All sub-tables of a table that holds nothing else."""
        for key in self.data:
            yield key, self.table(key)

    def done(self) -> None:
        """Refuse keys that nobody read.

        Raises:
            RuleError: If there is such a key; it names the nearest known one.
        """
        for key in self.data:
            if key not in self._read:
                raise self.fail(key, f"is not a known key; {nearest(key, self._read)}")


def read_toml(path: Path, name: str) -> Table:
    """Parse a rule file.

    Args:
        path: The file.
        name: Its name for messages, relative to the rules folder.

    Raises:
        RuleError: If it cannot be read, is not UTF-8 or is not TOML.
    """
    try:
        return Table(parse_toml(path.read_bytes()), name)
    except OSError as error:
        raise RuleError(name, "", f"cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise RuleError(name, "", f"is not valid TOML: {error}") from error

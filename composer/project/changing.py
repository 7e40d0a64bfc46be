"""What can be asked of a project: each method is an operation, as plain data."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from composer.project.selection import Bars
from composer.project.state import Operation


class Changes(ABC):
    """The changes that a project takes."""

    @abstractmethod
    def _do(self, operation: Operation) -> None:
        """Apply an operation, and save what comes of it."""

    def regenerate(
        self, parts: Sequence[str] | None = None, sections: Sequence[str] | None = None
    ) -> None:
        """Write some parts anew in some sections, to the others as they stand.

        Args:
            parts: Which parts.
            sections: In which sections.

        Raises:
            ProjectError: If all of it is locked, or nothing else keeps every hard rule.
        """
        self._do({"name": "regenerate", **_asked(parts=parts, sections=sections)})

    def lock(
        self, parts: Sequence[str] | None = None, sections: Sequence[str] | None = None
    ) -> None:
        """Keep some parts in some sections as they are, whatever is done."""
        self._do({"name": "lock", **_asked(parts=parts, sections=sections)})

    def unlock(
        self, parts: Sequence[str] | None = None, sections: Sequence[str] | None = None
    ) -> None:
        """Let some parts be changed again in some sections."""
        self._do({"name": "unlock", **_asked(parts=parts, sections=sections)})

    def vary(self, amount: float) -> None:
        """Write a share of all that is not locked anew, each part in each section by lot.

        Args:
            amount: The share, 0 to 1.
        """
        self._do({"name": "vary", "amount": amount})

    def infill(self, bars: Bars, parts: Sequence[str] | None = None) -> None:
        """Write some bars anew between what is before and after them.

        Args:
            bars: Bars counted from 1: ``range(9, 13)``, ``(9, 12)`` or ``"9..12"``.
            parts: In which parts.
        """
        self._do({"name": "infill", "bars": _bars_text(bars), **_asked(parts=parts)})

    def set_chords(self, bars: Bars, chords: str) -> None:
        """Put other chords into some bars; pitched parts that are not locked follow them there.

        Args:
            bars: Bars counted from 1.
            chords: Bar by bar, such as ``Am7 | F | C/E G | %``, or roman numerals.

        Raises:
            ProjectError: If a locked part contradicts them.
        """
        self._do({"name": "set-chords", "bars": _bars_text(bars), "chords": chords})

    def transpose(self, semitones: int) -> None:
        """Move all pitched parts, -24 to 24 semitones.

        Raises:
            ProjectError: If a pitched part is locked.
        """
        self._do({"name": "transpose", "semitones": semitones})

    def set_key(self, key: str) -> None:
        """Move all pitched parts to another tonic, by the nearest way.

        Args:
            key: Such as ``D`` or ``D minor``; the mode is the piece's own.

        Raises:
            ProjectError: If a pitched part is locked, or the key is of another mode.
        """
        self._do({"name": "set-key", "key": key})

    def change_style(self, part: str, style: str) -> None:
        """Let one part play as in another style, over the same chords and sections.

        Args:
            part: The part.
            style: Name of the style.
        """
        self._do({"name": "change-style", "part": part, "style": style})


def _asked(**words: Iterable[str] | None) -> dict[str, list[str]]:
    """What was named, as plain data; what is left out means all."""
    found: dict[str, list[str]] = {}
    for field, given in words.items():
        if given is not None:
            given = given.split(",") if isinstance(given, str) else given
            found[field] = [str(word).strip() for word in given]
    return found


def _bars_text(bars: Bars) -> str:
    """Bars as they stand in the log."""
    if isinstance(bars, range) and bars.step == 1:
        return f"{bars.start}..{bars.stop - 1}"
    if isinstance(bars, tuple) and len(bars) == 2:
        return f"{bars[0]}..{bars[1]}"
    return str(bars)

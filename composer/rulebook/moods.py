"""Reader of ``moods.toml``: mood words, and what valence and arousal move."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from composer.music.mood import NEUTRAL, Mood
from composer.rulebook.reader import Table

FEATURES = tuple(f.name for f in fields(Mood) if f.name not in ("valence", "arousal"))


@dataclass(frozen=True, slots=True)
class Moods:
    """What the rule book knows of moods.

    Args:
        words: Valence and arousal by mood word.
        mappings: Change by feature of `Mood`, for valence 1 and for arousal 1.
    """

    words: Mapping[str, tuple[float, float]]
    mappings: Mapping[str, tuple[float, float]]

    def mood(self, valence: float, arousal: float) -> Mood:
        """The mood at a point of the plane.

        Args:
            valence: -1 (dark) to 1 (bright).
            arousal: -1 (calm) to 1 (energetic).
        """
        moved = {
            name: round(float(getattr(NEUTRAL, name)) + v * valence + a * arousal, 6)
            for name, (v, a) in self.mappings.items()
        }
        return Mood(valence=valence, arousal=arousal, **moved)


def read_moods(file: Table) -> Moods:
    """Read ``moods.toml``.

    Raises:
        RuleError: If a mood lies outside the plane, or a mapping moves what no mood has.
    """
    file.text("source")
    table = file.table("moods")
    words = {}
    for word in table.data:
        valence, energy = table.numbers(word, 2)
        if not (-1 <= valence <= 1 and -1 <= energy <= 1):
            raise table.fail(word, "must be two numbers from -1 to 1")
        words[word] = (valence, energy)
    mappings = {}
    listed = file.table("mappings")
    for name in listed.data:
        if name not in FEATURES:
            raise listed.fail(name, f"is nothing that a mood moves; known: {', '.join(FEATURES)}")
        entry = listed.table(name)
        entry.text("source")
        mappings[name] = (
            entry.number("valence", -20, 20, 0.0),
            entry.number("energy", -20, 20, 0.0),
        )
        entry.done()
    file.done()
    return Moods(words, mappings)

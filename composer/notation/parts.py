"""The parts of a score, and which of them has the tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from composer.errors import NotationError
from composer.music.named_choice import chosen, shown
from composer.notation.values import words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_PARTS = 256
MOST_MEASURES = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part as the file has it.

    Args:
        name: Its name; its identifier where it has none.
        measures: Its ``<measure>`` elements, in order.
    """

    name: str
    measures: tuple[Element, ...]

    @property
    def note_count(self) -> int:
        """How many notes it has that sound at a pitch."""
        return sum(len(measure.findall("note/pitch")) for measure in self.measures)

    def has(self, path: str) -> bool:
        """Whether any of its measures holds an element."""
        return any(measure.find(path) is not None for measure in self.measures)


def parts_of(score: Element) -> tuple[Part, ...]:
    """All parts of a score, written part by part or measure by measure.

    Raises:
        NotationError: If there are more than `MOST_PARTS` parts, or `MOST_MEASURES` measures.
    """
    names = {
        part.get("id", ""): shown(words(part, "part-name")) for part in score.iter("score-part")
    }
    found: dict[str, list[Element]] = {}
    if score.tag == "score-partwise":
        for index, part in enumerate(score.findall("part")):
            found[part.get("id", str(index))] = part.findall("measure")
    else:
        for measure in score.findall("measure"):
            for index, part in enumerate(measure.findall("part")):
                # A part within a measure holds what a measure within a part does.
                part.attrib = {**measure.attrib, "id": part.get("id", str(index))}
                found.setdefault(part.attrib["id"], []).append(part)
    if len(found) > MOST_PARTS:
        raise NotationError(f"has {len(found):,} parts; {MOST_PARTS} is the most")
    longest = max((len(measures) for measures in found.values()), default=0)
    if longest > MOST_MEASURES:
        raise NotationError(f"has {longest:,} measures; {MOST_MEASURES:,} is the most")
    return tuple(
        Part(names.get(key) or shown(key), tuple(measures)) for key, measures in found.items()
    )


def choose_part(parts: tuple[Part, ...], asked: str | None) -> tuple[Part, str]:
    """Choose the part that has the tune.

    What is asked for wins: a name (any case), a number, or the beginning of one name. Else it is
    the only part with notes, the first with words, the first with chord symbols, or the first.

    Args:
        parts: The parts of the score.
        asked: What the user typed; None for nothing.

    Returns:
        The part, and a sentence where there were others with notes.

    Raises:
        NotationError: If no part has notes, or none or several are meant; the message is the rest
            of a sentence that begins with the file.
    """
    sounding = [part for part in parts if part.note_count]
    if not sounding:
        raise NotationError("holds no notes")
    if asked is not None:
        voices = [(part.name, part.note_count) for part in sounding]
        try:
            return sounding[chosen("part", voices, asked)], ""
        except LookupError as error:
            raise NotationError(str(error)) from None
    if len(sounding) == 1:
        return sounding[0], ""
    sung = [part for part in sounding if part.has("note/lyric")]
    led = [part for part in sounding if part.has("harmony")]
    part = (sung or led or sounding)[0]
    number = sounding.index(part) + 1
    return part, f'the melody is part {number} "{part.name}" of {len(sounding)} parts'

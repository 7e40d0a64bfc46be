"""The parts of a score, and which of them has the tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from composer.errors import NotationError, nearest
from composer.notation.values import shown, words

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_PARTS = 256
MOST_MEASURES = 4096
_MOST_LISTED = 24


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
        return _named(sounding, asked), ""
    if len(sounding) == 1:
        return sounding[0], ""
    sung = [part for part in sounding if part.has("note/lyric")]
    led = [part for part in sounding if part.has("harmony")]
    part = (sung or led or sounding)[0]
    number = sounding.index(part) + 1
    return part, f'the melody is part {number} "{part.name}" of {len(sounding)} parts'


def _named(parts: list[Part], asked: str) -> Part:
    wanted = asked.strip().lower()
    same = [part for part in parts if part.name.lower() == wanted]
    if not same and wanted.isascii() and wanted.isdigit():
        if 1 <= int(wanted[:9]) <= len(parts):
            return parts[int(wanted[:9]) - 1]
        raise NotationError(f"has no part {shown(asked)}; it has {_listing(parts)}")
    meant = same or [part for part in parts if part.name.lower().startswith(wanted) and wanted]
    if len(meant) == 1:
        return meant[0]
    if meant:
        many = f'{len(meant)} parts called "{shown(asked)}"'
        raise NotationError(f"has {many}; choose one by its number: {_listing(parts)}")
    hint = nearest(wanted, [part.name for part in parts]).partition(" (known")[0]
    listed = (
        f"it has {_listing(parts)}"
        if hint.startswith("known")
        else (f"{hint} It has {_listing(parts)}")
    )
    raise NotationError(f'has no part "{shown(asked)}"; {listed}')


def _listing(parts: list[Part]) -> str:
    """All parts by number, name and number of notes."""
    listed = [
        f'{number} "{part.name}" ({part.note_count} {"note" if part.note_count == 1 else "notes"})'
        for number, part in enumerate(parts[:_MOST_LISTED], start=1)
    ]
    if len(parts) > _MOST_LISTED:
        listed.append(f"and {len(parts) - _MOST_LISTED} more")
    return ", ".join(listed)

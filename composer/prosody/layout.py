"""The layout of a text: its stanzas with their roles, line by line, before any word is read."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass

from composer.errors import BriefError

MAX_CHARACTERS = 20_000
MAX_LINES = 400
MAX_TIMES = 8
_LONG = 24  # syllables, roughly, from which a line is broken at its punctuation
_SHORT = 4  # and under which a piece of it stays with its neighbour

_ROLES = {
    "verse": ("verse", "strophe", "stanza", "couplet", "estrofa", "strofa", "主歌", "节"),
    "prechorus": ("pre-chorus", "prechorus", "pre chorus", "导歌", "预副歌", "前副歌"),
    "chorus": (
        "chorus",
        "refrain",
        "hook",
        "estribillo",
        "ritornello",
        "refrão",
        "kehrreim",
        "副歌",
    ),
    "bridge": ("bridge", "middle 8", "middle eight", "桥段", "过渡", "outro", "coda", "尾声"),
    "": ("intro", "solo", "instrumental", "interlude", "break", "前奏", "间奏", "尾奏"),
}
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names}
_NAMES = "|".join(sorted(map(re.escape, _ROLE_OF), key=len, reverse=True))
_TIMES = r"(?:\(?\s*[x×]\s*(?P<times>\d{1,2})\s*\)?|\(?\s*(?P<after>\d{1,2})\s*[x×]\s*\)?)"
_NUMBER = r"(?:\s*(?:\d{1,2}|[ivx]{1,4}|[一二三四五六七八九十]))?"
_HEADING = re.compile(rf"(?P<name>{_NAMES}){_NUMBER}\s*[:：]?\s*{_TIMES}?\s*[:：]?", re.IGNORECASE)
_BRACKETS = re.compile(r"[\[【(（<](?P<inside>[^\])】）>]*)[\])】）>]\s*(?P<rest>.*)")
_LINE_TIMES = re.compile(rf"^(?P<line>.*?)\s*(?:{_TIMES})\s*$", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"(?<=[.!?;:。！？；：…])(?=\s|[\u3000-\u9fff])\s*")
_COMMAS = re.compile(r"(?<=[,，、])\s*|\s+[—–]+\s+")
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_CHINESE_MARKS = re.compile(r"(?<=[，。；！？,;])\s*(?=[\u3400-\u9fff])")
_VOWELS = re.compile(
    r"[aeiouyäöüàâáãéèêëíìîïóòôõúùûœæåøаеёиоуыэюя]+|[\u3040-\u9fff\uac00-\ud7af]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Block:
    """A stanza before its words are read.

    Args:
        role: ``verse``, ``chorus``, ``prechorus`` or ``bridge``.
        lines: At least one, each with at least one character that is no space.
    """

    role: str
    lines: tuple[str, ...]


@dataclass(slots=True)
class _Draft:
    """A stanza while it is read.

    Args:
        role: Its role where a heading says so; empty for none.
        lines: Its lines.
        times: How often it is sung.
        headed: Whether a heading stands over it.
    """

    role: str
    lines: list[str]
    times: int = 1
    headed: bool = False


def lay_out(text: str) -> tuple[Block, ...]:
    r"""Part a text into stanzas.

    Blank lines and headings part stanzas; a heading alone brings back the last stanza of its role;
    ``(x2)`` after a line, a heading or a stanza sings it twice. A stanza that comes again word for
    word is a chorus, and one without a heading is a verse. A line that is too long to be one, as in
    a text without line breaks, is broken at its punctuation.

    Raises:
        BriefError: If the text is empty, or longer than can be sung.

    >>> [block.role for block in lay_out("[Verse 1]\nOne\n\n[Chorus]\nTwo\n\n[Chorus]")]
    ['verse', 'chorus', 'chorus']
    """
    if len(text) > MAX_CHARACTERS:
        raise BriefError(
            "lyrics", f"the text has {len(text):,} characters; {MAX_CHARACTERS:,} are the most"
        )
    blocks = _recalled(_drafts(_cleaned(text)))
    count = sum(len(block.lines) for block in blocks)
    if not count:
        raise BriefError("lyrics", "the text has no words to sing; write a line a line")
    if count > MAX_LINES:
        raise BriefError("lyrics", f"the text has {count} lines; {MAX_LINES} are the most")
    return _with_choruses(blocks)


def _cleaned(text: str) -> list[str]:
    """Lines without control characters, in composed form."""
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (c for c in composed if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cf"))
    return [" ".join(line.split()) for line in "".join(kept).split("\n")]


def _drafts(lines: list[str]) -> list[_Draft]:
    drafts = [_Draft("", [])]
    for line in lines:
        heading = _heading(line)
        if heading is not None:
            role, times, rest = heading
            drafts.append(_Draft(role, [], times, headed=True))
            line = rest
        elif not line:
            if drafts[-1].lines:
                drafts.append(_Draft("", []))
            continue
        if not _sings(line):
            times = _times_of(line)
            if times and drafts[-1].lines:
                drafts[-1].times = times
            elif times and len(drafts) > 1 and not drafts[-1].headed:
                drafts[-2].times = times
            continue
        again = _LINE_TIMES.match(line)
        if again and _sings(again["line"]):
            times = _count(again)
            drafts[-1].lines += [part for _ in range(times) for part in _broken(again["line"])]
        else:
            drafts[-1].lines += _broken(line)
    return [draft for draft in drafts if draft.lines or draft.headed]


def _heading(line: str) -> tuple[str, int, str] | None:
    """Role, times and the rest of the line, where the line begins with a heading."""
    bracketed = _BRACKETS.fullmatch(line)
    inside = bracketed["inside"].strip() if bracketed else line
    found = _HEADING.fullmatch(inside)
    if found is None:
        if bracketed is None or line[0] not in "[【":
            return None
        return "verse", 1, bracketed["rest"]  # a heading of the user's own
    rest = bracketed["rest"] if bracketed else ""
    times = _count(found)
    if rest and not _sings(rest):
        times, rest = max(times, _times_of(rest)), ""
    return _ROLE_OF[found["name"].lower()], times, rest


def _count(found: re.Match[str]) -> int:
    number = found["times"] or found["after"] or "1"
    return min(MAX_TIMES, max(1, int(number)))


def _times_of(line: str) -> int:
    """What ``(x2)`` alone on a line says; 0 where it says something else."""
    found = re.fullmatch(_TIMES, line.strip(), re.IGNORECASE)
    return _count(found) if found else 0


def _sings(line: str) -> bool:
    """Whether a line has anything to sing."""
    if re.fullmatch(_TIMES, line.strip(), re.IGNORECASE):
        return False
    return any(character.isalnum() for character in line)


def _recalled(drafts: list[_Draft]) -> list[Block]:
    """Stanzas as often as they are sung; a heading alone brings its last stanza back."""
    last: dict[str, tuple[str, ...]] = {}
    blocks: list[Block] = []
    for draft in drafts:
        lines = tuple(draft.lines) or last.get(draft.role, ())
        if not lines:
            continue
        if draft.headed:
            last[draft.role] = lines
        blocks += [Block(draft.role, lines)] * draft.times
    return blocks


def _with_choruses(blocks: list[Block]) -> tuple[Block, ...]:
    """Roles for the stanzas that have none: what comes again is a chorus, all else is verse."""
    heard = Counter(_folded(block) for block in blocks)
    several = len(heard) > 1
    named = [
        block.role or ("chorus" if several and heard[_folded(block)] > 1 else "verse")
        for block in blocks
    ]
    return tuple(Block(role, block.lines) for role, block in zip(named, blocks, strict=True))


def _folded(block: Block) -> str:
    """The words of a stanza without case and punctuation."""
    return "".join(c for c in "".join(block.lines).casefold() if c.isalnum())


def _broken(line: str) -> list[str]:
    """A line that is too long in pieces: its sentences, or their clauses.

    Clauses of a Chinese line, which often stand two in a line, are lines of their own.
    """
    clauses = _CHINESE_MARKS.split(line)
    if len(clauses) > 1 and all(len(_CHINESE.findall(clause)) >= _SHORT for clause in clauses):
        return clauses
    if _rough(line) <= _LONG:
        return [line]
    sentences = _joined(_SENTENCE_ENDS.split(line))
    return [
        piece
        for sentence in sentences
        for piece in (
            [sentence] if _rough(sentence) <= _LONG / 2 else _joined(_COMMAS.split(sentence))
        )
    ]


def _joined(pieces: list[str]) -> list[str]:
    """Pieces with those that are too short to be a line joined to the one before."""
    result: list[str] = []
    for piece in pieces:
        if not _sings(piece or " "):
            continue
        if result and (_rough(piece) < _SHORT or _rough(result[-1]) < _SHORT):
            result[-1] = f"{result[-1]} {piece}".strip()
        else:
            result.append(piece.strip())
    return result


def _rough(text: str) -> int:
    """Syllables of a text, roughly: groups of vowels, and characters that are syllables."""
    return len(_VOWELS.findall(text))

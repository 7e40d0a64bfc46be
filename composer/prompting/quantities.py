"""What a prompt says in numbers and letters: length, tempo, key, meter, form, hits."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from composer.prompting.numerals import NUMBER, number
from composer.rulebook import Rulebook
from composer.rulebook.prompts import IGNORED, INSTRUMENT, METER, MOOD, SECTION, STYLE, folded
from composer.theory.meter import COUNTED_METERS

_LEAST_TEMPO, _MOST_TEMPO = 30.0, 999.0
_N = rf"(?<![\d.])({NUMBER})"
_TO = r"\s*(?:-|–|—|~|to|and|或|到|至|和)\s*"
_BEATS = r"\s*-?\s*(?:bpm\b|beats? (?:per|a|each) minute|拍每分钟|拍/分钟?|拍(?!子))"
_SECONDS = r"(?:seconds?|secs?|s)\b|秒钟?"
_MINUTES = r"(?:minutes?|mins?|min)\b|分钟|分"
_BARS = r"[ -]?(?:bars?|measures?)\b|个?小节"
_HALF = r"(?:and )?(?:a )?half\b|半钟?"
_CLOCK = r"(\d{1,2}):([0-5]\d(?:\.\d+)?)"
_MOMENT = rf"第?(?:{_CLOCK}|{_N}\s*(?:{_SECONDS})|(\d+(?:\.\d+)?))"
_HIT = r"(?:hits?|accents?|stabs?|stingers?|hit points?|drops?|climax(?:es)?)"
_HIT_ZH = r"(?:有|加|要|来|放)?(?:一个|个|一下)?(?:重音|强音|重击|打击点|高潮|爆发)"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A field of the brief, as the prompt says it.

    Args:
        field: Name of the field.
        value: What it is to be.
        start: Where it stands in the prompt.
        end: Where it ends.
    """

    field: str
    value: Any
    start: int
    end: int


def quantities(text: str, book: Rulebook) -> tuple[Quantity, ...]:
    """All quantities of a prompt, in the order in which they stand.

    Each reader sees what the readers before it have left, so that the seconds of a hit are no
    length and the bars of a verse not those of the piece.

    Args:
        text: The prompt, as `composer.prompting.reading.normal` writes it.
        book: The rule book.
    """
    readers: tuple[Callable[[str, Rulebook], Iterator[Quantity]], ...] = (
        _hits,
        _keys,
        _sections,
        _letters,
        _meters,
        _tempos,
        _lengths,
        _bars,
    )
    found: list[Quantity] = []
    for read in readers:
        for quantity in read(text, book):
            found.append(quantity)
            blank = " " * (quantity.end - quantity.start)
            text = text[: quantity.start] + blank + text[quantity.end :]
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _hits(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``hits at 12.5 s and 48 s``, ``在12秒和48秒处有重音``."""
    many = rf"{_MOMENT}(?:\s*(?:,|、|and|&|和|以及)+\s*{_MOMENT})*"
    for pattern in (
        rf"\b{_HIT}\s*(?:points?\s*)?(?:at|on|@|:)\s*(?P<many>{many})",
        rf"(?:在|于)?\s*(?P<many>{many})\s*(?:处|的地方|的时候|时)?\s*{_HIT_ZH}",
        rf"重音(?:在|于|落在|:)\s*(?P<many>{many})(?:处)?",
    ):
        for match in re.finditer(pattern, text, re.IGNORECASE):
            moments = re.finditer(_MOMENT, match["many"], re.IGNORECASE)
            seconds = sorted({_moment(moment) for moment in moments})
            yield Quantity("hits", tuple(seconds), *match.span())
            text = _without(text, match)


def _moment(match: re.Match[str]) -> float:
    minutes, rest, worded, plain = match.groups()
    if minutes is not None:
        return 60.0 * int(minutes) + float(rest)
    return number(worded) if worded is not None else float(plain)


def _keys(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``in D minor``, ``F♯ major``, ``key of E``, ``降B大调``, ``D多利亚调式``."""
    modes = {folded(word): word for word in (*book.scales, *book.scale_aliases)}
    words = "|".join(
        sorted((re.escape(m).replace(r"\ ", "[ -]") for m in modes), key=len, reverse=True)
    )
    sign = r"(?:\s?-?(#|♯|♭|b(?![a-z])|sharp\b|flat\b))?"
    chinese = "|".join(_CHINESE_MODES)
    before = r"(?:\bin|\bkey of|\bkey:|\bkey)\s+"
    patterns = (
        rf"(?<![A-Za-z])(?:{before})?([A-Ga-g]){sign}\s*-?\s*({words})\b(?:\s+key\b)?",
        r"(?<![A-Za-z])([A-G])([#♯♭b])?(m)(?![a-z])",
        rf"(升|降)?\s*([A-Ga-g])([#♯♭b])?\s*({chinese})",
        rf"{before}([A-G]){sign}(?![A-Za-z♯#])",
    )
    for index, pattern in enumerate(patterns):
        flags = re.IGNORECASE if index == 0 else 0
        for match in re.finditer(pattern, text, flags):
            key = _key(index, match.groups(), match[0])
            if key is not None:
                yield Quantity("key", key, *match.span())
                text = _without(text, match)


_CHINESE_MODES = {
    "自然大调": "major",
    "自然小调": "minor",
    "和声小调": "harmonic minor",
    "旋律小调": "melodic minor",
    "大调五声": "major pentatonic",
    "小调五声": "minor pentatonic",
    "五声": "major pentatonic",
    "大调": "major",
    "小调": "minor",
    "多利亚调式": "dorian",
    "多利亚": "dorian",
    "弗里吉亚调式": "phrygian",
    "弗里吉亚": "phrygian",
    "利底亚调式": "lydian",
    "利底亚": "lydian",
    "混合利底亚调式": "mixolydian",
    "混合利底亚": "mixolydian",
    "洛克里亚调式": "locrian",
    "洛克里亚": "locrian",
    "布鲁斯调式": "blues",
    "蓝调音阶": "blues",
    "调": "major",
}
_SIGNS = {"#": "#", "♯": "#", "sharp": "#", "♭": "b", "b": "b", "flat": "b", "升": "#", "降": "b"}


def _key(pattern: int, groups: tuple[str | None, ...], whole: str) -> str | None:
    if pattern == 2:
        before, letter, after, mode = groups
        sign, scale = before or after, _CHINESE_MODES[mode or ""]
    else:
        letter, sign = groups[0], groups[1]
        scale = {"m": "minor"}.get(groups[2] or "", folded(groups[2] or "")) if groups[2:] else ""
        scale = scale or "major"
        if letter == "a" and sign is None and (scale != "minor" or whole.endswith("key")):
            # "a blues", "a major work", "in a minor key" and "a min." name no key; "A major" does.
            return None
    tonic = (letter or "").upper() + (_SIGNS[sign.lower()] if sign else "")
    return f"{tonic} {scale}"


def _sections(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``intro 4 bars, verse 8 bars`` or ``a 4-bar intro and an 8-bar verse``: a form."""
    names = {phrase: m.name for phrase, m in book.prompts.items() if m.kind == SECTION}
    words = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    gap = r"(?:\s|,|;|、|->|→|\+|and\b|then\b|with\b|an?\b|然后|接着|和)*"
    forward = rf"(?:the\s+)?(?P<name>{words})\s*(?::|of|\()?\s*(?P<bars>{NUMBER})(?:{_BARS})?\)?"
    backward = rf"(?P<bars>{NUMBER})(?:{_BARS})\s*(?:的)?(?P<name>{words})"
    for one in (forward, backward):
        several = re.sub(r"\?P<\w+>", "?:", one)
        match = re.search(rf"{several}(?:{gap}{several})+", text, re.IGNORECASE)
        if match is None:
            continue
        parts = re.finditer(one, match[0], re.IGNORECASE)
        form = [f"{_section(names, p['name'])}:{number(p['bars']):g}" for p in parts]
        yield Quantity("form", " ".join(form), *match.span())
        return


def _section(names: Mapping[str, str], word: str) -> str:
    return names[folded(word)]


def _letters(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``AABA``: letters of a form, one of which comes back or that are called a form."""
    pattern = (
        r"(?<![A-Za-z])([A-E]{2,12})(?![A-Za-z])(\s*-?\s*(?:form|structure|song form|曲式|结构))?"
    )
    for match in re.finditer(pattern, text):
        letters = match[1]
        if match[2] or (
            letters[0] == "A" and len(letters) > len(set(letters)) and len(letters) > 2
        ):
            yield Quantity("form", letters, *match.span())
            return


def _meters(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``3/4``, ``in 6/8 time``, ``3/4拍``."""
    for match in re.finditer(r"(?<![\d/])(\d+(?:\+\d+)*/\d+)(?![\d/])\s*(?:time\b|拍)?", text):
        if match[1] in COUNTED_METERS:
            yield Quantity("time_signature", match[1], *match.span())
    # 六八拍 is no tempo of 68.
    named = [(phrase, m.name) for phrase, m in book.prompts.items() if m.kind == METER]
    for phrase, meter in sorted(named, key=lambda entry: -len(entry[0])):
        at = text.find(phrase) if phrase.endswith(("拍", "拍子")) else -1
        if at >= 0:
            yield Quantity("time_signature", meter, at, at + len(phrase))
            text = text.replace(phrase, " " * len(phrase))


def _tempos(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``around 100 bpm``, ``between 90 and 100 bpm``, ``每分钟七十拍``, ``速度90到100``."""
    patterns = (
        rf"(?:{_N}{_TO})??{_N}{_BEATS}",
        rf"\b(?:tempo|speed|bpm)\s*(?:of|is|at|:|=|around|about)*\s*(?:{_N}{_TO})?{_N}(?!\s*%)",
        rf"\bat\s+(?:(\d{{2,3}}){_TO})?(\d{{2,3}})(?![\d.:]|\s*(?:{_SECONDS}|{_MINUTES}|{_BARS}|%))",
        rf"每分钟\s*(?:{_N}{_TO})?{_N}\s*(?:拍|下)?",
        rf"速度\s*(?:为|是|在|:|约|大约|大概)*\s*(?:{_N}{_TO})?{_N}(?:之间)?",
    )
    for pattern in patterns:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            low, high = (number(n) if n else None for n in match.groups())
            if high is None or not _LEAST_TEMPO <= high <= _MOST_TEMPO:
                # 三拍 is three beats.
                continue
            tempo = high if low is None or low < _LEAST_TEMPO else (low + high) / 2
            yield Quantity("tempo", tempo, *match.span())
            text = _without(text, match)


def _lengths(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``90 seconds``, ``a minute and a half``, ``2 min 30``, ``1:30``, ``一分半``."""
    readers: tuple[tuple[str, Callable[[re.Match[str]], float]], ...] = (
        (rf"(?<![\d:]){_CLOCK}(?![\d:])", lambda m: 60 * int(m[1]) + float(m[2])),
        (rf"{_N}[ -]?(?:{_MINUTES})\s*(?:{_HALF})", lambda m: 60 * number(m[1]) + 30),
        (rf"{_N} (?:{_HALF})[ -](?:{_MINUTES})", lambda m: 60 * number(m[1]) + 30),
        (
            rf"{_N}[ -]?(?:{_MINUTES})\s*(?:and |,\s*|零)?{_N}[ -]?(?:{_SECONDS})",
            lambda m: 60 * number(m[1]) + number(m[2]),
        ),
        (rf"{_N}\s?(?:min|分) ?(\d\d)(?!\d|[.:]\d)", lambda m: 60 * number(m[1]) + int(m[2])),
        (rf"{_N}个半(?:{_MINUTES})", lambda m: 60 * number(m[1]) + 30),
        (r"\bhalf a minute\b|半分钟|半分", lambda m: 30.0),
        (rf"{_N}(?: of)?[ -]?(?:{_MINUTES})", lambda m: 60 * number(m[1])),
        # "808s" are drums.
        (rf"(?!\d{{3,}}s){_N}[ -]?(?:{_SECONDS})", lambda m: number(m[1])),
    )
    for decade in re.finditer(r"(\bthe )?(?:\b19)?\b[5-9]0'?s\b(?: (\w+))?", text):
        if decade[1] or (decade[2] and _of_its_time(decade[2], book)):
            text = _without(text, decade)
    for pattern, seconds in readers:
        for match in re.finditer(pattern, text, re.IGNORECASE):
            yield Quantity("duration", seconds(match), *match.span())
            text = _without(text, match)


def _of_its_time(word: str, book: Rulebook) -> bool:
    """Whether what follows "80s" makes a decade of it, and no length."""
    lexeme = book.prompts.get(folded(word))
    if lexeme is None:
        return any(phrase.startswith(f"{folded(word)} ") for phrase in book.prompts)
    return lexeme.kind in (STYLE, MOOD, INSTRUMENT, IGNORED)


def _bars(text: str, book: Rulebook) -> Iterator[Quantity]:
    """``16 bars``, ``twelve-bar``, ``32小节``."""
    for match in re.finditer(rf"{_N}(?:{_BARS})", text, re.IGNORECASE):
        yield Quantity("bars", round(number(match[1])), *match.span())


def _without(text: str, match: re.Match[str]) -> str:
    """A text with a match blanked out, as long as before."""
    return text[: match.start()] + " " * (match.end() - match.start()) + text[match.end() :]

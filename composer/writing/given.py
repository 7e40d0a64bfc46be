"""What the user gives: a form, and chords bar by bar."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from composer.errors import BriefError, nearest
from composer.rulebook.forms import SectionKind
from composer.theory.chord import Chord, ChordVocabulary
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.theory.pitch import PitchClass
from composer.theory.scale import Scale

_LETTERS = re.compile(r"[A-Za-z]{1,64}")
_DEFAULT_SECTION_BARS = 8
# Letters of an abstract form, as kinds of section in order of preference.
_LETTER_KINDS = {
    "A": ("verse", "head-a", "head", "strain-a", "loop", "theme", "drift", "a"),
    "B": (
        "chorus",
        "head-b",
        "hook",
        "drop",
        "strain-b",
        "bloom",
        "climax",
        "shout",
        "variation",
        "b",
    ),
    "C": ("bridge", "break", "refrain", "contrast", "solo", "stillness", "finale", "c"),
}
_BRIDGE_KINDS = (
    "bridge",
    "head-b",
    "strain-b",
    "break",
    "contrast",
    "bloom",
    "variation",
    "solo",
    "b",
)


def parse_form(
    text: str, bars: int | None, known: Mapping[str, SectionKind]
) -> tuple[tuple[str, int], ...]:
    """Read a form.

    Args:
        text: ``intro:4 verse:8 …`` (a section without a number has eight bars), or letters
            (``AABA``), which share the bars as evenly as they can, the first ones taking the rest.
        bars: Length of the piece, if known.
        known: Kinds of section of the style's form.

    Raises:
        BriefError: If a section is unknown or its length is wrong.
    """
    words = text.replace(",", " ").split()
    if len(words) == 1 and _is_letters(words[0], known):
        return _letters(words[0].upper(), bars, known)
    if not words:
        raise BriefError("form", 'is empty; write "intro:4 verse:8 chorus:8" or AABA')
    sections = []
    for word in words:
        name, _, length = word.partition(":")
        kind = section_kind(name.lower(), known)
        whole = length.isascii() and length.isdigit()
        if length and not (whole and 1 <= int(length) <= 1024):
            raise BriefError(
                "form", f'"{word}": the length must be a number of bars, as in verse:8'
            )
        sections.append((kind, int(length) if length else _DEFAULT_SECTION_BARS))
    return tuple(sections)


def _is_letters(word: str, known: Mapping[str, SectionKind]) -> bool:
    if word.lower() in known and len(word) > 1:
        return False
    return _LETTERS.fullmatch(word) is not None and set(word.upper()) <= set("ABCDE")


def _letters(
    word: str, bars: int | None, known: Mapping[str, SectionKind]
) -> tuple[tuple[str, int], ...]:
    if bars is not None and bars < len(word):
        raise BriefError("form", f"{word} has {len(word)} sections, more than the {bars} bars")
    each = bars // len(word) if bars is not None else _DEFAULT_SECTION_BARS
    rest = bars - each * len(word) if bars is not None else 0
    kinds: dict[str, str] = {}
    for letter in sorted(set(word)):
        names = _LETTER_KINDS.get(letter, ())
        if letter == "B" and word in ("AABA", "ABA", "AABAABA"):
            names = _BRIDGE_KINDS
        unused = [name for name in known if name not in kinds.values()]
        kinds[letter] = next((n for n in names if n in known), (unused or list(known))[0])
    lengths = [each + (index < rest) for index in range(len(word))]
    return tuple((kinds[letter], n) for letter, n in zip(word, lengths, strict=True))


# What users call sections, and the kinds that serve, in families: whatever is closest comes first.
_OPENINGS = ("intro", "head-a", "head", "theme", "a")
HOMES = ("verse", "head-a", "head", "strain-a", "loop", "theme", "drift", "a")
PEAKS = (
    "chorus",
    "refrain",
    "drop",
    "hook",
    "head-b",
    "strain-b",
    "climax",
    "shout",
    "bloom",
    "finale",
    "bridge",
    "b",
)
TURNS = ("bridge", "head-b", "contrast", "breakdown", "break", "dub", "interlude")
AWAY = ("strain-b", "stillness", "variation", "solo", "c", "b")
_PAUSES = ("break", "dub", "breakdown", "stillness", "interlude", "bridge", "contrast", "head-b")
_RISES = ("build", "prechorus", "riff", "break", "bridge", "interlude", "breakdown", "head-b")
_SOLOS = ("solo", "solo-a", "interlude", "variation", "hook", "drop", "climax", "bloom", "refrain")
ENDINGS = ("outro", "tag", "coda", "finale")
_LAST = ("strain-b", "stillness", "solo", "variation", "c", "b")
_SYNONYMS = {
    **dict.fromkeys(("intro", "introduction", "opening"), _OPENINGS),
    **dict.fromkeys(
        ("verse", "head", "head-a", "loop", "theme", "strain", "strain-a", "drift", "a"), HOMES
    ),
    **dict.fromkeys(("chorus", "refrain", "drop", "hook", "climax", "shout"), PEAKS),
    **dict.fromkeys(("bloom", "finale", "head-b", "strain-b", "b"), PEAKS),
    **dict.fromkeys(("bridge", "contrast", "middle", "c", "d"), (*TURNS, *AWAY)),
    **dict.fromkeys(("break", "breakdown", "dub", "stillness", "interlude"), (*_PAUSES, *_LAST)),
    **dict.fromkeys(("prechorus", "pre-chorus"), ("prechorus", *_RISES, *_LAST)),
    **dict.fromkeys(("build", "riff"), (*_RISES, *_LAST)),
    **dict.fromkeys(
        ("solo", "solo-a", "solo-b", "instrumental", "variation"), (*_SOLOS, "c", "finale", "b")
    ),
    **dict.fromkeys(("outro", "coda", "tag", "ending"), (*ENDINGS, *HOMES)),
}


def section_kind(name: str, known: Mapping[str, SectionKind]) -> str:
    """The kind of a form that serves for a section of a name.

    Raises:
        BriefError: If there is none.
    """
    if name in known:
        return name
    for synonym in _SYNONYMS.get(name, ()):
        if synonym in known:
            return synonym
    raise BriefError("form", f'"{name}" is no section; {nearest(name, {*known, *_SYNONYMS})}')


def split_bars(text: str) -> list[list[str]]:
    """Split ``Am7 | F | C/E G | %`` into bars of chord symbols; ``%`` repeats the bar before.

    Raises:
        BriefError: If a bar is empty, or the first one is ``%``.
    """
    stripped = text.strip().strip("|").strip()
    if not stripped:
        raise BriefError("chords", 'is empty; write bars such as "Am7 | F | C/E G | %"')
    bars: list[list[str]] = []
    for number, bar in enumerate(stripped.replace("\n", "|").split("|"), start=1):
        symbols = bar.split()
        if symbols == ["%"]:
            if not bars:
                raise BriefError("chords", "bar 1 is %, but there is no bar before it to repeat")
            symbols = bars[-1]
        if not symbols:
            raise BriefError("chords", f"bar {number} is empty; repeat a bar with %")
        bars.append(symbols)
    return bars


def place(
    bars: list[list[str]], meter: Meter, key: Key, vocabulary: ChordVocabulary
) -> tuple[tuple[Fraction, Chord], ...]:
    """Put given chords on beats: one fills the bar, two halve it, more take a beat each.

    Raises:
        BriefError: If a symbol is no chord, or a bar holds more chords than beats.
    """
    chords: list[tuple[Fraction, Chord]] = []
    for index, symbols in enumerate(bars):
        start = meter.bar_quarters * index
        onsets = bar_onsets(len(symbols), meter)
        if onsets is None:
            limit = max(2, len(meter.beats))
            raise BriefError(
                "chords",
                f"bar {index + 1} has {len(symbols)} chords; {meter} takes {limit} at most",
            )
        for onset, symbol in zip(onsets, symbols, strict=True):
            try:
                chord = vocabulary.parse(symbol, key.tonic)
            except ValueError as error:
                raise BriefError("chords", f"bar {index + 1}: {error}") from error
            if not chords or chords[-1][1] != chord:
                chords.append((start + onset, chord))
    return tuple(chords)


def bar_onsets(count: int, meter: Meter) -> tuple[Fraction, ...] | None:
    """Where so many chords of a bar begin; None where it has too few beats for them."""
    beats = meter.beat_onsets
    if count == 1:
        return (Fraction(0),)
    if count == 2:
        return (Fraction(0), meter.middle)
    if count > len(beats):
        return None
    if count == 3 and len(beats) == 4:
        return (beats[0], beats[2], beats[3])
    return beats[:count]


def key_of(
    bars: list[list[str]], scales: Mapping[str, Scale], vocabulary: ChordVocabulary
) -> Key | None:
    """The key that given chords are in: the one that holds most of their tones.

    The first and the last root speak for the tonic, and a dominant before it; only roots that
    occur are tried. Numerals say nothing about the key.

    Returns:
        A major or minor key; None where no chord has a root of its own.

    >>> from composer.rulebook import load_rulebook
    >>> book = load_rulebook()
    >>> key_of(split_bars("Am7 | F | C/E G"), book.scales, book.chords).name
    'A minor'
    """
    chords = []
    for symbols in bars:
        for symbol in symbols:
            if symbol[0] in "ABCDEFG":
                try:
                    chords.append(vocabulary.parse(symbol, PitchClass(0)))
                except ValueError:
                    return None
    if not chords:
        return None
    roots = sorted({chord.root for chord in chords})
    keys = [Key(root, scales[mode]) for mode in ("major", "minor") for root in roots]
    return max(keys, key=lambda key: _key_fit(key, chords))


def _key_fit(key: Key, chords: list[Chord]) -> float:
    """Mean share of chord tones in the key, and what speaks for its tonic."""
    inside = key.numbers
    if key.scale.parent == "minor":
        inside |= {(key.tonic.number - 1) % 12}
    shares = [len(chord.numbers & inside) / len(chord.numbers) for chord in chords]
    tonic = key.tonic.number
    third = 4 if key.scale.parent == "major" else 3
    home = [
        chord.root.number == tonic and (tonic + third) % 12 in chord.numbers for chord in chords
    ]
    return sum(shares) / len(shares) + 0.12 * home[0] + 0.16 * home[-1]

"""The form of anyone's piece: where sections begin, what comes back, and what each is for.

Boundaries are where bars stop being like those before them (Foote's novelty, as in
`composer.evaluating.structure`), put on the nearest even bar; sections whose bars are alike, one by
one, have one letter. What is for what is told by the tune, by energy and by what comes back.
Source: Foote (ICME 2000); Paulus, Müller and Klapuri, "Audio-Based Music Structure Analysis"
(ISMIR 2010), on naming sections by repetition; own rules for names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from composer.evaluating.material import Material
from composer.evaluating.structure import bar_similarity, boundaries
from composer.music.song import Floats

_SAME = 0.74  # mean likeness of bars from which two sections are one
_SHORTEST = 4
_LONGEST = 16
_SUNG = 0.35  # share of a section's bars with a note of the tune from which it is sung
_LONG_FRAME = 16  # bars that an intro or outro has at most


@dataclass(frozen=True, slots=True)
class HeardSection:
    """A section of anyone's piece.

    Args:
        kind: What it is for: ``intro``, ``verse``, ``chorus``, ``bridge``, ``solo``, ``outro``.
        letter: Sections with one letter are alike.
        start_bar: Its first bar.
        bars: Its length.
    """

    kind: str
    letter: str
    start_bar: int
    bars: int


def sections_heard(
    material: Material, sung: Sequence[bool], energies: Floats, first_bar: int = 0
) -> tuple[HeardSection, ...]:
    """The sections of a piece, which fill it exactly, from its first full bar on.

    Args:
        material: Its notes.
        sung: Whether the tune has a note in each bar.
        energies: How strong each bar is, ``[bars]``.
        first_bar: Index of the first full bar.
    """
    similarity = bar_similarity(material)[first_bar:, first_bar:]
    sung, energies = sung[first_bar:], energies[first_bar:]
    edges = _edges(boundaries(similarity)[0], len(similarity))
    spans = list(pairwise(edges))
    letters = _letters(spans, similarity)
    shares = [float(np.mean(sung[a:b])) for a, b in spans]
    strengths = [float(energies[a:b].mean()) for a, b in spans]
    kinds = _kinds(spans, letters, shares, strengths)
    return tuple(
        HeardSection(kind, letter, a, b - a)
        for kind, letter, (a, b) in zip(kinds, letters, spans, strict=True)
    )


def form_text(sections: Sequence[HeardSection]) -> str:
    """The form as the brief writes it.

    >>> form_text([HeardSection("verse", "A", 0, 8), HeardSection("chorus", "B", 8, 8)])
    'verse:8 chorus:8'
    """
    return " ".join(f"{section.kind}:{section.bars}" for section in sections)


def _edges(ends: Sequence[int], bars: int) -> list[int]:
    """Boundaries on every fourth bar, or else every second, four to sixteen bars apart."""
    inner = sorted({_rounded(end) for end in ends if end < bars})
    edges = [0]
    for end in inner:
        if end - edges[-1] >= _SHORTEST and bars - end >= min(_SHORTEST, bars):
            edges.append(end)
    edges.append(bars)
    result = [0]
    for start, end in pairwise(edges):
        count = -(-(end - start) // _LONGEST)
        step = -(-(end - start) // count)
        step += -step % _SHORTEST if count > 1 else 0
        result += [start + step * n for n in range(1, count) if start + step * n < end]
        result.append(end)
    return result


def _rounded(end: int) -> int:
    """The nearest fourth bar if it is next to a boundary, else the nearest second one."""
    fourth = 4 * ((end + 2) // 4)
    return fourth if abs(fourth - end) <= 1 else 2 * (end // 2)


def _letters(spans: Sequence[tuple[int, int]], similarity: Floats) -> list[str]:
    """A letter for each section: that of the first one that it is like, or a new one."""
    firsts: list[tuple[int, int]] = []
    letters = []
    for start, end in spans:
        likeness = [_likeness((start, end), other, similarity) for other in firsts]
        best = int(np.argmax(likeness)) if likeness else 0
        if not likeness or likeness[best] < _SAME:
            best = len(firsts)
            firsts.append((start, end))
        letters.append(chr(ord("A") + best % 26) + ("'" * (best // 26)))
    return letters


def _likeness(one: tuple[int, int], other: tuple[int, int], similarity: Floats) -> float:
    """Mean likeness of the bars of two sections, one by one; of very unlike lengths, none."""
    length = min(one[1] - one[0], other[1] - other[0])
    if 2 * length <= max(one[1] - one[0], other[1] - other[0]):
        return 0.0
    steps = np.arange(length)
    return float(similarity[one[0] + steps, other[0] + steps].mean())


def _kinds(
    spans: Sequence[tuple[int, int]],
    letters: Sequence[str],
    shares: Sequence[float],
    strengths: Sequence[float],
) -> list[str]:
    """What each section is for."""
    counts = Counter(letters)
    last = len(spans) - 1
    tuneful = max(shares) >= _SUNG
    strength = {
        letter: float(
            np.mean([s for s, own in zip(strengths, letters, strict=True) if own == letter])
        )
        for letter in counts
    }
    sung = [
        own for own, share in zip(letters, shares, strict=True) if share >= _SUNG or not tuneful
    ]
    back = [letter for letter in dict.fromkeys(sung) if counts[letter] > 1]
    chorus = max(back, key=lambda letter: strength[letter]) if len(back) > 1 else ""
    kinds = []
    for index, ((start, end), letter, share) in enumerate(zip(spans, letters, shares, strict=True)):
        frame = end - start <= _LONG_FRAME and len(spans) > 1
        silent = tuneful and share < _SUNG
        if index == 0 and silent and frame:
            kinds.append("intro")
        elif index == last and frame and (silent or (counts[letter] == 1 and len(spans) > 3)):
            kinds.append("outro")
        elif silent:
            kinds.append("solo")
        elif letter == chorus:
            kinds.append("chorus")
        elif counts[letter] > 1 or index == 0:
            kinds.append("verse")
        else:
            kinds.append(_single(index, last, chorus, strengths))
    return kinds


def _single(index: int, last: int, chorus: str, strengths: Sequence[float]) -> str:
    """The kind of a section that does not come back: a bridge late, a verse or chorus early."""
    if index > last / 2:
        return "bridge"
    mean = float(np.mean(strengths))
    return "chorus" if not chorus and strengths[index] > mean else "verse"

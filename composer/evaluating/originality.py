"""How much of a piece stands in the works of a catalogue, and whether that is more than usual.

Source: the originality report of Yin, Reuben, Stepney and Collins, "'A good algorithm does not
steal – it imitates': the originality report as a means of measuring when a music generation
algorithm copies too much", EvoMUSART 2021, and "Measuring when a music generation algorithm copies
too much: the originality report, cardinality score, and symbolic fingerprinting by geometric
hashing", SN Computer Science 2022: similarity to a corpus is judged by the band that held-out
human pieces have.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from composer.errors import EvaluationError
from composer.evaluating.borrowing import Band, Borrowed, band_of, band_table
from composer.evaluating.fingerprints import GRID, Fingerprints, bars_of, fingerprints
from composer.evaluating.index_file import Index, open_index
from composer.evaluating.matching import Match, matches
from composer.evaluating.windows import middle, opening
from composer.music.song import Floats, MeterSpan, Song

NEAR_BITS = 30.0
"""From this strength on a shared passage counts as a near match: less is common by chance."""

SHIPPED = Path(__file__).parent / "data" / "originality"
"""The index of the training corpus that comes with composer."""

_SAME_WORK_BARS = 16.0
_SAME_WORK_SHARE = 0.25
_MOST_SHOWN = 10
_LEAST_PIECES = 20

Verdict = Literal["within the band", "above the band", "nothing shared", "no band"]


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that is shared with a work.

    Args:
        work: Identifier of the work in its index.
        bits: Strength: how unlikely it is by chance.
        notes: Notes of the piece within it, in the parts that share it.
        bars: Its length in bars of the piece, with a fraction.
        first_bar: Bar of the piece in which it begins, from 1.
        last_bar: Bar in which it ends.
        parts: Names of the parts that share figures; empty where only whole bars do.
        work_first_bar: Bar of the work in which its first figure begins, from 1.
        work_last_bar: Bar of the work in which its last figure begins.
        semitones: Transposition from the work to the piece, -5 to 6.
        stretch: Length of a quarter of the work, in quarters of the piece.
        figures: How many distinct figures are shared.
    """

    work: str
    bits: float
    notes: int
    bars: float
    first_bar: int
    last_bar: int
    parts: tuple[str, ...]
    work_first_bar: int
    work_last_bar: int
    semitones: int
    stretch: float
    figures: int


@dataclass(frozen=True, slots=True)
class Originality:
    """What a piece shares with a catalogue.

    Args:
        index: Title of the catalogue.
        pieces: How many works it holds.
        bars: Bars of the piece.
        strongest: The passage of most bits; None if no three figures in a row are shared.
        longest: The longest near match in bars; the strongest passage where there is none.
        near_match_share: Share of the piece's bars that lie in a near match, 0 to 1.
        passages: Near matches, the strongest first, at most ten; the strongest passage alone
            where there is none.
        band: What real pieces that are not in the catalogue share with it; None if unknown.
        share_more: Share of those real pieces whose strongest passage is stronger, 0 to 1.
        verdict: The strongest passage beside the band's 95th percentile.
    """

    index: str
    pieces: int
    bars: int
    strongest: Passage | None
    longest: Passage | None
    near_match_share: float
    passages: tuple[Passage, ...]
    band: Band | None
    share_more: float | None
    verdict: Verdict

    @property
    def ok(self) -> bool:
        """Whether nothing is stronger than what humans share."""
        return self.verdict != "above the band"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "band": self.band.to_dict() if self.band else None}

    def sentence(self) -> str:
        """The verdict in words."""
        if self.strongest is None:
            return "no three figures in a row are shared with any work"
        top = self.strongest
        where = f"bars {top.first_bar}-{top.last_bar} and {top.work}"
        if self.band is None or self.share_more is None:
            return f"no band of real pieces is known for this index; the strongest is {where}"
        share = f"{self.share_more:.0%} of real held-out pieces share more"
        if self.verdict == "within the band":
            return f"within what humans borrow ({share})"
        return f"above the 95% band of what humans borrow ({share}): look at {where}"


def originality(song: Song, index: Index | None = None, *, without: int = -1) -> Originality:
    """Look for passages of a song in a catalogue.

    Args:
        song: The piece; drums do not count.
        index: The catalogue; None is the training corpus that comes with composer.
        without: Number of a work to leave out.

    Raises:
        EvaluationError: If the index cannot be read.

    >>> from composer import Brief, compose
    >>> from composer.midi.songs import song_of
    >>> found = originality(
    ...     song_of(compose(Brief(key="C", bars=8, style="pop", seed=1)).performance)
    ... )
    >>> found.pieces
    8009
    """
    index = shipped_index() if index is None else index
    found = fingerprints(song)
    shared = matches(found, index, without)
    near = [match for match in shared if match.bits >= NEAR_BITS]
    lines = _bar_lines(song)
    shown = near or shared[:1]
    names = index.identifiers([match.piece for match in shown])
    passages = [
        _passage(match, name, song, found, index, lines)
        for match, name in zip(shown, names, strict=True)
    ]
    band = band_of(index.manifest, len(lines) - 1)
    strongest = passages[0] if passages else None
    more = band.share_above(strongest.bits if strongest else 0.0) if band else None
    return Originality(
        index.title,
        index.pieces,
        len(lines) - 1,
        strongest,
        max(passages, key=lambda passage: passage.bars, default=None),
        _covered(near, lines),
        tuple(passages[:_MOST_SHOWN]),
        band,
        more,
        _verdict(strongest, band),
    )


@cache
def shipped_index() -> Index:
    """The index of the training corpus; opened once."""
    return open_index(SHIPPED)


def same_work(found: Originality) -> bool:
    """Whether a piece and a work are versions of one: sixteen bars or a quarter of it in common.

    A held-out piece whose other version is in the catalogue says nothing about how much composers
    borrow; such pieces are counted and left out of the band.
    """
    bars: dict[str, float] = {}
    for passage in found.passages:
        bars[passage.work] = bars.get(passage.work, 0.0) + passage.bars
    most = max(bars.values(), default=0.0)
    return most >= min(_SAME_WORK_BARS, _SAME_WORK_SHARE * found.bars)


def bands(pieces: Iterable[tuple[Song, int]], index: Index, title: str) -> dict[str, Any]:
    """Measure how much real pieces share with a catalogue.

    Args:
        pieces: Songs, each with its number in the catalogue, or -1 where it is not in it.
        index: The catalogue.
        title: Which pieces, in words.

    Returns:
        The entry ``bands`` of a manifest: quantiles over ``windows`` of 32 bars and whole
        ``pieces``, without those of which the catalogue holds another version; empty with fewer
        than twenty pieces.
    """
    whole: list[Borrowed] = []
    cut: list[Borrowed] = []
    versions = 0
    for song, number in pieces:
        found = originality(song, index, without=number)
        if same_work(found):
            versions += 1
            continue
        whole.append(_borrowed(found))
        try:
            window = middle(song) or opening(song)
        except EvaluationError:
            continue
        meter = MeterSpan(0.0, window.numerator, window.denominator)
        part = Song(song.name, window.parts, song.tempos[:1], (meter,))
        cut.append(_borrowed(originality(part, index, without=number)))
    if len(cut) < _LEAST_PIECES:
        return {}
    return {
        "windows": band_table(f"{title}, 32 bars each", cut, versions),
        "pieces": band_table(f"{title}, whole", whole, versions),
    }


def _borrowed(found: Originality) -> Borrowed:
    strongest, longest = found.strongest, found.longest
    return Borrowed(
        strongest.bits if strongest else 0.0,
        longest.bars if longest else 0.0,
        longest.notes if longest else 0,
        found.near_match_share,
    )


def _verdict(strongest: Passage | None, band: Band | None) -> Verdict:
    if strongest is None:
        return "nothing shared"
    if band is None:
        return "no band"
    return "above the band" if strongest.bits > band.limit_bits else "within the band"


def _bar_lines(song: Song) -> Floats:
    last = max((part.onset_quarters[-1:].max(initial=0.0) for part in song.parts), default=0.0)
    return bars_of(song, np.array([last]))[1]


def _bar(lines: Floats, units: int) -> int:
    return int(np.clip(np.searchsorted(lines, units / GRID + 1e-3, "right"), 1, len(lines) - 1))


def _covered(shared: list[Match], lines: Floats) -> float:
    """Share of bars that lie in a near match, by at least half."""
    covered = np.zeros(int(lines[-1] * GRID) + GRID, dtype=bool)
    for match in shared:
        covered[match.start : match.end] = True
    edges = np.floor(lines * GRID + 0.5).astype(np.int64)
    total = np.append(0, np.cumsum(covered))
    inside = np.diff(total[np.minimum(edges, len(covered))])
    return float((inside * 2 >= np.maximum(np.diff(edges), 1)).mean())


def _passage(
    match: Match, work: str, song: Song, found: Fingerprints, index: Index, lines: Floats
) -> Passage:
    owners = {int(found.part[line]) if line >= 0 else -1 for line in match.lines}
    pitched = {number for number, part in enumerate(song.parts) if not part.is_drums}
    start, end = match.start / GRID - 1 / GRID, match.end / GRID + 1 / GRID
    inside = pitched if -1 in owners else owners
    notes = sum(len(song.parts[number].between(start, end)) for number in inside)
    first, last = _bar(lines, match.start), _bar(lines, match.end - 1)
    length = (match.end - match.start) / GRID / float(np.diff(lines)[first - 1])
    bar = float(index.arrays["bar_units"][match.piece])
    return Passage(
        work,
        round(match.bits, 1),
        notes,
        round(length, 2),
        first,
        last,
        tuple(song.parts[number].name for number in sorted(owners - {-1})),
        int(match.there_start / bar) + 1,
        int(match.there_end / bar) + 1,
        (match.semitones + 5) % 12 - 5,
        round(match.stretch, 3),
        match.figures,
    )

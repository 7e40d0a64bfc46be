"""Plan + draft → Score: the model writes the cells of a draft anew, the rules have the last word.

The rule writers' draft says which part plays in which bar, how thickly, and what comes again: where
the draft repeats a bar note for note, the new bar is repeated too, and where a section returns and
the draft varies it, the model writes the variation with the first time before its eyes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from composer.checking.check import check_score
from composer.checking.report import Report
from composer.music.plan import Plan
from composer.music.score import Part, Score
from composer.music.seeding import generator
from composer.transformer.engine import Network
from composer.transformer.hints import WritingHints
from composer.transformer.kept import kept_places
from composer.transformer.masks import allows
from composer.transformer.mending import Places, broken
from composer.transformer.notes import Cells, score_with
from composer.transformer.repetition import Repetition
from composer.transformer.rules import RuleMaker, range_of
from composer.transformer.sampling import (
    LONGEST,
    SamplingOptions,
    Target,
    last_pitch,
    sample,
)
from composer.transformer.sequence import CONTEXT, RECALL, Cell
from composer.transformer.sheet import Sheet, sheet_of
from composer.transformer.windows import ROOM, windows
from composer.transformer.worth import worth

_CONTEXT_BARS = 2
_RECALLED_TOKENS = 240
_REPAIRS = 4  # rounds of mending, each a bar wider than the one before
_BOLDNESS = {"drums": 0.85, "bass": 0.9}

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Written:
    """A score, and who wrote it.

    Args:
        score: The score.
        report: Its verdict by the hard rules.
        bars: Names of parts, each with the bars (from 0) that the model wrote.
        removed: Mean probability that the masks took from the model at a token, 0 to 1.
        tokens: Tokens that were drawn, all candidates together.
        resampled: Cells that broke a rule and were drawn again.
        fallen_back: Cells that went back to the rule writers' version.
    """

    score: Score
    report: Report
    bars: Mapping[str, tuple[int, ...]]
    removed: float
    tokens: int
    resampled: int
    fallen_back: int


class ModelWriter:
    """Writes one piece.

    Args:
        plan: The plan.
        draft: The rule writers' score, which keeps every hard rule.
        network: The decoder.
        hints: What it must know of the style.
        options: How tokens are drawn.
        finish: What is done to a score before it is judged, such as doubling the tune.
        judge: Judges a score by the hard rules.
    """

    def __init__(
        self,
        plan: Plan,
        draft: Score,
        network: Network,
        hints: WritingHints,
        options: SamplingOptions,
        finish: Callable[[Score], Score],
        judge: Callable[[Plan, Score], Report] = check_score,
    ) -> None:
        self._plan, self._draft, self._network = plan, draft, network
        self._options, self._finish, self._judge = options, finish, judge
        self._sheet: Sheet = sheet_of(plan, draft, hints.swing_unit, hints.told, hints.family)
        ranges = {
            part.plan.name: range_of(part.plan, hints.windows[part.plan.name])
            for part in self._sheet.parts
        }
        self._kept = kept_places(plan, self._sheet, hints)
        self._maker = RuleMaker(self._sheet, ranges)
        self._repetition = Repetition(self._sheet)
        self._cells: dict[tuple[int, int], tuple[int, ...]] = {}
        self._made: dict[str, tuple[Cells, Part]] = {}
        self._removed = 0.0
        self._tokens = self._resampled = 0

    def write(self, progress: Progress | None = None) -> Written:
        """Write the piece.

        Args:
            progress: Told how much is done, 0 to 1.
        """
        together = list(windows(self._plan, self._sheet))
        for number, (first, end) in enumerate(together):
            self._write_window(first, end, "write")
            if progress is not None:
                progress((number + 1) / len(together))
        score, report = self._judged()
        fallen = 0
        for radius in range(_REPAIRS):
            for mend in (self._again, self._fall_back):
                places = broken(report, self._sheet, self._cells, radius)
                if places:
                    fallen += mend(places, radius)
                    score, report = self._judged()
        if not report.ok:
            fallen += len(self._cells)
            self._cells.clear()
            score, report = self._judged()
        return Written(
            score,
            report,
            self._bars(),
            self._removed / max(self._tokens, 1),
            self._tokens,
            self._resampled,
            fallen,
        )

    def _judged(self) -> tuple[Score, Report]:
        score = self._finish(
            score_with(self._draft, self._sheet, self._maker, self._cells, self._made)
        )
        return score, self._judge(self._plan, score)

    def _boldness(self, part: int) -> float:
        """What the temperature is multiplied by: who keeps time wanders less."""
        return _BOLDNESS.get(self._sheet.parts[part].plan.role, 1.0)

    def _write_window(self, first: int, end: int, step: str, only: Places | None = None) -> None:
        """Write some bars, or only some places of them; those are written without repeating."""
        targets: list[Target] = []
        taken: set[tuple[int, int]] = set()
        waiting: list[tuple[int, int]] = []
        begin = max(first - _CONTEXT_BARS, 0)
        for bar, part in self._places(first, end):
            rules = self._maker.cell(bar, part)
            if rules is None or (only is not None and (bar, part) not in only):
                continue
            if only is None and (self._repetition.repeated(bar, part), part) in taken:
                waiting.append((bar, part))
                continue
            if only is None and self._repeats(bar, part):
                continue
            taken.add((bar, part))
            before = last_pitch(self._now(bar - 1, part, first) or ())
            boldness, moved = self._boldness(part), self._moved(bar)
            targets.append(Target(bar - begin, bar, part, rules, boldness, before, moved))
        if not targets:
            return
        self._draw(begin, first, end, targets, step)
        rest = frozenset(place for place in waiting if not self._repeats(*place))
        if rest:
            self._write_window(first, end, f"{step} rest", rest)

    def _places(self, first: int, end: int) -> Iterable[tuple[int, int]]:
        """The cells of some bars that are the model's to write."""
        for bar in range(first, end):
            for part in range(len(self._sheet.parts)):
                if (bar, part) in self._sheet.cells and (bar, part) not in self._kept:
                    yield bar, part

    def _draw(self, begin: int, first: int, end: int, targets: list[Target], step: str) -> None:
        """Draw some cells of a window, and keep the best version of them."""
        taken = frozenset((target.bar, target.part) for target in targets)
        used = sum(ROOM * (len(self._sheet.cells[place]) + 1) for place in taken)
        context = self._context(begin, first, end, taken, LONGEST - int(used) - 1)
        generators = [
            generator(self._plan.seed, "transformer", step, first, number)
            for number in range(self._options.versions)
        ]
        found = sample(
            self._network, self._sheet.tables, context, targets, generators, self._options
        )
        for candidate in found:
            self._removed += candidate.removed
            self._tokens += candidate.tokens
        roles = [part.role for part in self._sheet.parts]
        self._cells.update(max(found, key=lambda one: worth(one, roles)).cells)

    def _moved(self, bar: int) -> int:
        """Semitones from the way of the bar before into C major to that of a bar."""
        shifts = self._sheet.shifts
        return shifts[bar] - shifts[bar - 1] if bar else 0

    def _repeats(self, bar: int, part: int) -> bool:
        """Repeat an earlier cell where the music does, and the rules allow it; whether it did."""
        earlier, rules = self._repetition.repeated(bar, part), self._maker.cell(bar, part)
        tokens = None if earlier is None else self._cells.get((earlier, part))
        if tokens is None or rules is None:
            return False
        before = last_pitch(self._cells.get((bar - 1, part), ()))
        if not allows(rules, tokens, before + self._moved(bar) if before >= 0 else -1):
            return False
        self._cells[bar, part] = tokens
        return True

    def _context(self, begin: int, first: int, end: int, taken: Places, room: int) -> list[Cell]:
        """What is given: recalled bars; then bars before, cells that stay, and one bar after."""
        near: list[Cell] = []
        for bar in [
            *range(end, min(end + 1, len(self._plan.bars))),
            *range(end - 1, begin - 1, -1),
        ]:
            cells = [
                Cell(CONTEXT, bar - begin, bar, part, tokens)
                for part in range(len(self._sheet.parts))
                if (bar, part) not in taken and (tokens := self._now(bar, part, first)) is not None
            ]
            size = sum(len(cell.tokens) + 1 for cell in cells)
            if size > room:
                break
            room -= size
            near += cells
        near.sort(key=lambda cell: (cell.bar, cell.part))
        return [*self._recalled(begin, first, end, taken, room), *near]

    def _now(self, bar: int, part: int, first: int) -> tuple[int, ...] | None:
        """A cell as it stands; None where it is silent or not yet decided."""
        place = (bar, part)
        if place in self._cells:
            return self._cells[place]
        if bar < first or place in self._kept or self._maker.cell(bar, part) is None:
            return self._sheet.cells.get(place)
        return None

    def _recalled(self, begin: int, first: int, end: int, taken: Places, room: int) -> list[Cell]:
        """The first time of the bars to be written, in the parts to be written."""
        found: list[Cell] = []
        room = min(room, _RECALLED_TOKENS)
        for bar in range(first, end):
            twin = self._repetition.twin(bar)
            if twin is None:
                continue
            for part in range(len(self._sheet.parts)):
                tokens = self._cells.get((twin, part))
                if tokens is None or (bar, part) not in taken:
                    continue
                room -= len(tokens) + 1
                if room < 0:
                    return found
                found.append(Cell(RECALL, bar - begin, twin, part, tokens))
        return found

    def _fall_back(self, places: Places, radius: int) -> int:
        """Give cells back to the rule writers; how many."""
        for place in places:
            del self._cells[place]
        return len(places)

    def _again(self, places: Places, radius: int) -> int:
        """Draw cells again, window by window; none of them is the rule writers' then."""
        self._resampled += len(places)
        for first, end in windows(self._plan, self._sheet):
            inside = frozenset(place for place in places if first <= place[0] < end)
            if inside:
                for place in inside:
                    del self._cells[place]
                self._write_window(first, end, f"again {radius}", inside)
        return 0

    def _bars(self) -> dict[str, tuple[int, ...]]:
        bars: dict[str, list[int]] = {part.plan.name: [] for part in self._sheet.parts}
        for bar, part in sorted(self._cells):
            bars[self._sheet.parts[part].plan.name].append(bar)
        return {name: tuple(found) for name, found in bars.items()}

"""What happens where one section turns into the next: fills, builds, drops, breaks, stops, hits.

A turn is the stronger, the more the next section lifts: a fill grows with the section that it leads
into, and only a lift is worth a silence. Silences never hide a chord: what would begin in one is
struck once.
Source: Solberg, "Waiting for the Bass to Drop" (2014), on builds and drops; Wright, *Inside the
Score* (1982), on hits and stop time; Moore, *Rock: The Primary Text* (2001), on breaks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from composer.music.plan import ChordSpan, Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook.forms import Form
from composer.writing.choices import Choices
from composer.writing.players import Player, Rota

_LIFT = 0.08  # rise of energy that is worth a turn
_FULL_LIFT = 0.25  # and that is worth all of it
_CRASH_FROM = 0.45
_HITS_FROM = 0.4
_EIGHTH = Fraction(1, 2)


@dataclass(slots=True)
class Marks:
    """What is special about one bar, while it is planned; see `composer.music.plan.BarPlan`."""

    fill: Fraction = Fraction(0)
    weight: float = 0.5
    crash: bool = False
    hits: tuple[Fraction, ...] = ()
    stop: Fraction | None = None
    build: float = 0.0


@dataclass(slots=True)
class Turns:
    """Plans the marks of all bars, and who drops out before a turn.

    Args:
        choices: What was chosen.
        form: The form.
        sections: The sections.
        chords: The harmony.
        players: The ensemble.
        rotas: Who plays in each section; changed in place.
    """

    choices: Choices
    form: Form
    sections: Sequence[Section]
    chords: Sequence[ChordSpan]
    players: Sequence[Player]
    rotas: Sequence[Rota]
    marks: list[Marks] = field(default_factory=list)
    _starts: list[Fraction] = field(default_factory=list)

    def plan(self) -> list[Marks]:
        """The marks of every bar."""
        self.marks = [Marks() for section in self.sections for _ in range(section.bars)]
        self._starts = [span.onset_quarters for span in self.chords]
        for index, section in enumerate(self.sections):
            following = self._after(index)
            self._crashes(index, section)
            self._fills(section, following)
            if following is not None:
                self._turn(index, section, following)
        self._stop_times()
        self._trades()
        return self.marks

    def _after(self, index: int) -> Section | None:
        """The section that follows one; after the last of a loop its first, else none."""
        if index + 1 < len(self.sections):
            return self.sections[index + 1]
        return self.sections[0] if self.choices.brief.loop else None

    # -- drums ----------------------------------------------------------------------------------

    def _crashes(self, index: int, section: Section) -> None:
        if not self.choices.style.drums.crash:
            return
        if (index > 0 or self.choices.brief.loop) and section.energy >= _CRASH_FROM:
            self.marks[section.start_bar].crash = True
        rng = generator(self.choices.seed, "crash", section.kind)
        if section.energy > 0.75 and section.bars >= 8 and rng.random() < 0.5:
            middle = section.phrases[len(section.phrases) // 2].start_bar
            self.marks[middle].crash |= middle > section.start_bar

    def _fills(self, section: Section, following: Section | None) -> None:
        """A fill at the end of the section, and of some of its phrases."""
        choices = self.choices
        if not choices.style.drums.fills or not choices.style.drums.groove:
            return
        for phrase in section.phrases[:-1]:
            last = phrase.start_bar + phrase.bars - 1
            rng = generator(choices.seed, "fill", section.material, last - section.start_bar)
            if section.energy > 0.4 and rng.random() < choices.style.arrangement.fills:
                self._fill(last, 0.15 + 0.25 * section.energy)
        if following is not None:
            rise = following.energy - section.energy
            self._fill(section.end_bar - 1, 0.2 + 0.5 * following.energy + rise)

    def _fill(self, bar: int, weight: float) -> None:
        """A fill whose length grows with its weight: a beat, two, or the bar."""
        meter = self.choices.meter
        weight = min(1.0, max(0.1, weight))
        count = len(meter.beats)
        beats = 1 if weight < 0.4 else 2 if weight < 0.72 else count
        fill = sum(meter.beat_quarters[-min(beats, count) :], Fraction(0))
        self.marks[bar].fill, self.marks[bar].weight = fill, round(weight, 3)

    # -- turns ----------------------------------------------------------------------------------

    def _turn(self, index: int, section: Section, following: Section) -> None:
        """One of the turns that the style knows, or a plain one."""
        rise = following.energy - section.energy
        if self.form.sections[section.kind].build:
            self._build(section, section.bars)
        if len(self.players) < 3 or section.bars < 2:
            return
        style = self.choices.style.arrangement
        lift = min(1.0, max(0.0, (rise - _LIFT) / (_FULL_LIFT - _LIFT)))
        weights = {
            "stop": style.stops * lift,
            "break": style.breaks * lift,
            "build": style.builds * lift if section.bars >= 4 else 0.0,
            "drop": style.drops * lift if section.bars >= 4 else 0.0,
            "hits": style.hits if section.energy > _HITS_FROM else 0.0,
        }
        weights["plain"] = max(0.0, 1.0 - sum(weights.values()))
        match pick_key(generator(self.choices.seed, "turn", section.name), weights):
            case "stop":
                self._stop(section)
            case "break":
                self._break(section)
            case "build":
                self._build(section, 4 if section.bars >= 8 else 2)
            case "drop":
                self._drop(index, section)
            case "hits":
                self._hits(section)

    def _build(self, section: Section, bars: int) -> None:
        """A build-up over the last bars; drums and others thicken as it goes on."""
        for place in range(bars):
            self.marks[section.end_bar - bars + place].build = round((place + 1) / bars, 3)

    def _stop(self, section: Section) -> None:
        """All stop for the last beat, or two; where a chord begins in it, just after it."""
        meter = self.choices.meter
        bar = section.end_bar - 1
        rng = generator(self.choices.seed, "stop", section.name)
        count = len(meter.beats)
        late = count - (2 if count > 3 and rng.random() < 0.5 else 1)
        onsets = meter.beat_onsets[max(1, late) :]
        latest = self._changes(bar)[-1:] or [Fraction(-1)]
        found = [onset for onset in onsets if onset > latest[0]]
        if found:
            self.marks[bar].stop = found[0]

    def _break(self, section: Section) -> None:
        """A bar of silence but for chords that begin in it, while the tune or the drums go on."""
        bar = section.end_bar - 1
        heard = self._plays(bar, "melody") or (self.marks[bar].fill and self._plays(bar, "drums"))
        if not heard:
            return
        mark = self.marks[bar]
        changes = tuple(self._changes(bar))
        meter = self.choices.meter
        if not changes:
            mark.stop = Fraction(0)
            return
        last = changes[-1]
        beat = max(i for i, onset in enumerate(meter.beat_onsets) if onset <= last)
        stop = last + meter.beat_quarters[beat]
        if stop < meter.bar_quarters:
            mark.hits, mark.stop = changes, stop

    def _hits(self, section: Section) -> None:
        """The last bar is struck together: the same hits wherever the material comes back."""
        bar = section.end_bar - 1
        meter = self.choices.meter
        rng = generator(self.choices.seed, "hits", section.material)
        places = [onset + half for onset in meter.beat_onsets for half in (Fraction(0), _EIGHTH)]
        places = [place for place in places if 0 < place < meter.bar_quarters]
        chosen = {Fraction(0), *self._changes(bar)}
        for _ in range(2 if len(meter.beats) < 4 else 3):
            free = [p for p in places if all(abs(p - c) >= _EIGHTH for c in sorted(chosen))]
            if free:
                off = [2.0 if p not in meter.beat_onsets else 1.0 for p in free]
                chosen.add(pick(rng, free, off))
        self.marks[bar].hits = tuple(sorted(chosen))

    def _drop(self, index: int, section: Section) -> None:
        """Bass and drums drop out before the lift."""
        rng = generator(self.choices.seed, "drop", section.name)
        bars = 2 if section.bars >= 8 and rng.random() < 0.5 else 1
        rota = self.rotas[index]
        rhythm = {p.name for p in self.players if p.role in ("bass", "drums")}
        for bar in range(section.bars - bars, section.bars):
            if any(plays[bar] for name, plays in rota.items() if name not in rhythm):
                for name in sorted(rhythm & rota.keys()):
                    rota[name][bar] = False

    # -- stop time, trading ---------------------------------------------------------------------

    def _stop_times(self) -> None:
        """Sections that come back, and solos, may open with one hit a bar under the tune."""
        chance = self.choices.style.arrangement.stop_time
        for section in self.sections:
            phrase = section.phrases[0]
            solo = section.kind.startswith("solo")
            rng = generator(self.choices.seed, "stop-time", section.name)
            fits = phrase.bars >= 3 and self._plays(section.start_bar, "melody")
            if not fits or not (section.occurrence or solo) or rng.random() >= chance:
                continue
            for bar in range(phrase.start_bar, phrase.start_bar + min(phrase.bars, 5) - 1):
                mark = self.marks[bar]
                mark.hits = tuple(sorted({Fraction(0), *self._changes(bar)}))
                mark.stop, mark.fill = None, Fraction(0)

    def _trades(self) -> None:
        """The drums answer the soloist phrase by phrase in the last section of a solo."""
        solos = [i for i, s in enumerate(self.sections) if s.kind.startswith("solo")]
        rng = generator(self.choices.seed, "trades")
        kits = [p.name for p in self.players if p.role == "drums"]
        if not solos or not kits or rng.random() >= self.choices.style.arrangement.trades:
            return
        section, rota = self.sections[solos[-1]], self.rotas[solos[-1]]
        for number, phrase in enumerate(section.phrases):
            if number % 2 == 0 or phrase.bars > 4:
                continue
            for bar in range(phrase.start_bar, phrase.start_bar + phrase.bars):
                place = bar - section.start_bar
                for name in rota:
                    rota[name][place] = False
                rota.setdefault(kits[0], [False] * section.bars)[place] = True
                self.marks[bar] = Marks(crash=self.marks[bar].crash)
                if bar > phrase.start_bar:
                    self._fill(bar, 0.6 + 0.4 * (number / len(section.phrases)))

    # -- what there is --------------------------------------------------------------------------

    def _changes(self, bar: int) -> list[Fraction]:
        """Onsets within a bar at which a chord begins."""
        length = self.choices.meter.bar_quarters
        start = length * bar
        first = bisect_left(self._starts, start)
        last = bisect_left(self._starts, start + length)
        return [onset - start for onset in self._starts[first:last]]

    def _plays(self, bar: int, role: str) -> bool:
        names = {player.name for player in self.players if player.role == role}
        for section, rota in zip(self.sections, self.rotas, strict=True):
            if section.start_bar <= bar < section.end_bar:
                place = bar - section.start_bar
                return any(plays[place] for name, plays in rota.items() if name in names)
        return False

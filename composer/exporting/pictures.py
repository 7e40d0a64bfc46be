"""The piano roll of a score as a PNG: a lane a part, sections, chords and bars above them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from composer.exporting.picture_colours import (
    BAR,
    BEAT,
    FAINT,
    INK,
    LANE,
    OCTAVE,
    PAPER,
    ROLES,
    SECTION_LINE,
    Colour,
    energy_colour,
    mix,
    part_colours,
    section_colour,
)
from composer.exporting.picture_layout import (
    CHORD_ROW,
    ENERGY_ROW,
    LEFT,
    RIGHT,
    SECTION_ROW,
    WIDTH,
    Lane,
    Layout,
    lay_out,
)
from composer.music.score import Score


def draw_piano_roll(score: Score, energy: Sequence[float] | None = None) -> bytes:
    """Draw the piano roll of a score.

    Args:
        score: What to draw.
        energy: Energy of each bar, 0–1, drawn as a curve above the chords; `None` for none.

    Returns:
        A PNG, 1800 pixels wide; 16 bars a system, 32 or 64 in long pieces.
    """
    layout = lay_out(score, with_energy=energy is not None)
    image = Image.new("RGB", (WIDTH, layout.height), PAPER)
    pen = _Pen(ImageDraw.Draw(image), score, layout, part_colours(score.parts))
    pen.header()
    for system in range(layout.systems):
        pen.lanes(system)
        pen.bars(system)
        pen.sections(system)
        if energy is not None:
            pen.energy(system, energy)
        pen.chords(system)
    pen.notes()
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


@dataclass(frozen=True, slots=True)
class _Pen:
    """Draws the parts of the picture.

    Args:
        draw: Pillow's pen.
        score: What to draw.
        layout: Where things stand.
        colours: Colour by part name.
    """

    draw: ImageDraw.ImageDraw
    score: Score
    layout: Layout
    colours: dict[str, Colour]

    def text(self, x: float, y: float, text: str, size: int, colour: Colour, room: float) -> float:
        """Write text, shortened to the room for it; returns its width."""
        font = _font(size)
        while text and font.getlength(text) > room:
            text = text[:-2] + "…" if len(text) > 2 else ""
        if text:
            self.draw.text((x, y), text, fill=colour, font=font, anchor="lm")
        return float(font.getlength(text))

    def header(self) -> None:
        """Title, facts and legend."""
        score = self.score
        self.text(24, 30, score.title, 26, INK, WIDTH - 700)
        facts = (
            f"{score.key.name}   {score.meter.name}   "
            f"{score.quarters_per_minute:g} bpm   {score.bars} bars"
        )
        width = _font(16).getlength(facts)
        self.text(WIDTH - RIGHT - width, 30, facts, 16, FAINT, width + 1)
        x = 24.0
        for part in score.parts:
            colour = self.colours[part.plan.name]
            self.draw.rounded_rectangle((x, 59, x + 14, 73), 3, fill=colour)
            x += 21 + self.text(x + 21, 66, part.plan.name, 14, INK, WIDTH - x - 60) + 22

    def lanes(self, system: int) -> None:
        """Grounds, octave lines and names."""
        top, right = self.layout.top(system), self._right(system)
        for lane in self.layout.lanes:
            y = top + lane.top
            self.draw.rectangle((LEFT, y, right, y + lane.height - 1), fill=LANE)
            colour = self.colours[lane.part.plan.name]
            self.draw.rectangle((LEFT - 5, y, LEFT - 2, y + lane.height - 1), fill=colour)
            if lane.rows:
                self._kit_names(lane, y)
                continue
            for pitch in range(lane.low, lane.high + 1):
                if pitch % 12 == 0:
                    line = top + lane.y(pitch) + lane.step - 1
                    self.draw.line((LEFT, line, right, line), fill=OCTAVE)
                    self.text(LEFT - 28, line - 3, f"C{pitch // 12 - 1}", 10, FAINT, 24)
            self._part_name(lane, y)

    def _part_name(self, lane: Lane, y: int) -> None:
        plan = lane.part.plan
        middle = y + lane.height / 2
        role = plan.role if plan.role != plan.name else plan.instrument.name
        self.text(14, middle - 7, plan.name, 13, self.colours[plan.name], LEFT - 48)
        self.text(14, middle + 8, role, 11, FAINT, LEFT - 48)

    def _kit_names(self, lane: Lane, y: int) -> None:
        if lane.step < 10:
            self._part_name(lane, y)
            return
        self.text(14, y + lane.height / 2, lane.part.plan.name, 13, ROLES["drums"], LEFT - 78)
        for number, name in enumerate(lane.rows):
            width = _font(10).getlength(name)
            middle = y + (number + 0.5) * lane.step
            self.text(LEFT - 10 - width, middle, name, 10, FAINT, width + 1)

    def bars(self, system: int) -> None:
        """Bar lines, beat lines and bar numbers."""
        layout, meter = self.layout, self.score.meter
        top = layout.top(system)
        high, low = top + layout.head_height, top + layout.system_height
        every = 1 if layout.bar_width > 45 else 4
        for bar in range(layout.first_bar(system), layout.last_bar(system) + 1):
            x = layout.x(system, bar * meter.bar_quarters)
            self.draw.line((x, high - CHORD_ROW, x, low), fill=BAR)
            if bar == layout.last_bar(system):
                break
            if bar % every == 0:
                self.text(x + 4, high - 26, str(bar + 1), 10, FAINT, 40)
            if layout.bar_width > 45:
                for onset in meter.beat_onsets[1:]:
                    x = layout.x(system, bar * meter.bar_quarters + onset)
                    self.draw.line((x, high, x, low), fill=BEAT)

    def sections(self, system: int) -> None:
        """The bands of the form."""
        layout = self.layout
        top = layout.top(system)
        first, last = layout.first_bar(system), layout.last_bar(system)
        materials = list(dict.fromkeys(s.material for s in self.score.sections))
        for section in self.score.sections:
            start, end = max(section.start_bar, first), min(section.end_bar, last)
            if start >= end:
                continue
            left, right = (layout.x(system, bar * layout.bar_quarters) for bar in (start, end))
            number = materials.index(section.material)
            colour = section_colour(section.kind, number, section.energy)
            box = (left + 1, top, right - 1, top + SECTION_ROW - 4)
            self.draw.rounded_rectangle(box, 4, fill=colour)
            name = section.name if start == section.start_bar else f"({section.name})"
            self.text(left + 8, top + 10, name, 13, INK, right - left - 12)
            if start == section.start_bar and start > first:
                line = (left, top + SECTION_ROW - 4, left, top + layout.system_height)
                self.draw.line(line, fill=SECTION_LINE)

    def energy(self, system: int, energy: Sequence[float]) -> None:
        """The energy curve, in steps of a bar."""
        layout = self.layout
        base = layout.top(system) + SECTION_ROW + ENERGY_ROW - 4
        for bar in range(layout.first_bar(system), min(layout.last_bar(system), len(energy))):
            share = min(max(energy[bar], 0.0), 1.0)
            left = layout.x(system, bar * layout.bar_quarters)
            height = share * (ENERGY_ROW - 6)
            box = (left + 1, base - height, left + layout.bar_width - 1, base)
            self.draw.rectangle(box, fill=energy_colour(share))
        self.text(14, base - 10, "energy", 11, FAINT, LEFT - 30)

    def chords(self, system: int) -> None:
        """Chord symbols; where there is no room for one it is left out."""
        layout = self.layout
        y = layout.top(system) + layout.head_height - 11
        first = layout.first_bar(system) * layout.bar_quarters
        last = layout.last_bar(system) * layout.bar_quarters
        spans = [s for s in self.score.chords if s.end_quarters > first and s.onset_quarters < last]
        free, symbol = 0.0, ""
        for span in spans:
            before, symbol = symbol, span.chord.symbol
            left = layout.x(system, max(span.onset_quarters, first)) + 4
            right = layout.x(system, min(span.end_quarters, last)) + 4
            # One that is a little late is better than none; one that goes on is not said again
            # within a bar.
            goes_on = symbol == before and span.onset_quarters % layout.bar_quarters != 0
            if goes_on or free - left > 12:
                continue
            left = max(left, free)
            wide = _font(13).getlength(symbol)
            size = 13 if wide < right - left else 11 if layout.bar_width > 45 else 10
            if _font(size).getlength(symbol) < right - left + 12:
                free = left + self.text(left, y, symbol, size, INK, wide) + 4

    def notes(self) -> None:
        """All notes, brighter where they are louder."""
        layout = self.layout
        for lane in layout.lanes:
            colour = self.colours[lane.part.plan.name]
            shades = [mix(LANE, colour, 0.35 + 0.65 * v / 127) for v in range(128)]
            tall = max(round(lane.step), 2) if lane.rows else max(round(lane.step), 3)
            span = layout.bar_quarters * layout.bars_per_system
            for note in lane.part.notes:
                system = min(int(note.onset_quarters / span), layout.systems - 1)
                top = layout.top(system)
                x = layout.x(system, note.onset_quarters)
                y = top + round(lane.y(note.pitch.midi))
                shade = shades[note.velocity]
                if lane.rows:
                    box = (x, y + 1, x + max(3.0, layout.bar_width / 26), y + tall - 2)
                    self.draw.rectangle(box, fill=shade)
                    continue
                self._bar_of_note(system, x, y, tall, float(note.duration_quarters), shade)

    def _bar_of_note(
        self, system: int, x: float, y: int, tall: int, quarters: float, shade: Colour
    ) -> None:
        """A note, going on in the next systems if need be."""
        layout = self.layout
        width = quarters * layout.bar_width / float(layout.bar_quarters)
        while True:
            right = self._right(system)
            # A gap after the note, so that repeated ones can be told apart.
            end = max(min(x + width - 2.5, right), x + 1)
            self.draw.rectangle((x, y, end, y + tall - 1), fill=shade)
            width -= right - x
            system += 1
            if width <= 0.5 or system >= layout.systems:
                return
            x, y = LEFT, y + layout.top(1) - layout.top(0)

    def _right(self, system: int) -> float:
        return self.layout.x(system, self.layout.last_bar(system) * self.layout.bar_quarters)

"""Harmonic devices: rewritings of a planned line of chords that keep its cadences.

Each device lists the ways in which it may rewrite a line; one is drawn, with the style's chance,
once for every four bars. What a device puts in leads where it says, or is left out again when the
chord that it leads to does not follow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from composer.music.seeding import generator, pick
from composer.rulebook.devices import DeviceTables
from composer.writing.bass_devices import (
    inversions,
    line_cliches,
    pedals,
    picardy,
    suspensions,
)
from composer.writing.chromatic_devices import (
    altered_dominants,
    borrowed_chords,
    mediants,
    passing_diminished,
    secondary_dominants,
    tritone_substitutes,
)
from composer.writing.colouring import moved
from composer.writing.steps import Line, Rewrite, settled

Device = Callable[[Line, DeviceTables], list[Rewrite]]

DEVICES: Mapping[str, Device] = {
    "line-cliche": line_cliches,
    "pedal": pedals,
    "borrowed": borrowed_chords,
    "mediant": mediants,
    "secondary-dominant": secondary_dominants,
    "passing-diminished": passing_diminished,
    "inversion": inversions,
    "tritone": tritone_substitutes,
    "suspension": suspensions,
    "altered": altered_dominants,
}
"""Devices of phrases, in the order in which they are tried."""

BASS = ("pedal", "inversion")
"""Devices that move the bass alone, for whole phrases."""

BODY = tuple(name for name in DEVICES if name not in BASS)
"""Devices for what comes before a cadence."""

TAIL = ("secondary-dominant", "passing-diminished", "borrowed", "tritone", "suspension", "altered")
"""Devices that suit a cadence."""

LOOPED = ("suspension", "altered")
"""Devices that suit the last pass of a loop."""

_BARS_A_TRY = 4


class Deviser:
    """Rewrites lines by the devices of a style.

    Args:
        seed: Seed of the piece.
        chances: Chance by device.
        colour: The mood's share.
        tables: What devices put in the place of what.
    """

    def __init__(
        self, seed: int, chances: Mapping[str, float], colour: float, tables: DeviceTables
    ) -> None:
        self._seed = seed
        self._chances = {name: moved(chance, colour) for name, chance in chances.items()}
        self._tables = tables

    def wants(self, name: str, *place: object) -> bool:
        """Whether a device is used at a place."""
        chance = self._chances.get(name, 0.0)
        return chance > 0 and generator(self._seed, "device", name, *place).random() < chance

    def rewritten(self, line: Line, place: Sequence[object], names: Sequence[str]) -> Line:
        """A line with the devices that the draw brings.

        Args:
            line: The line; it opens at the start of a bar.
            place: What tells the line from others, and like lines do alike.
            names: The devices that may be used.
        """
        bars = (line.end - line.steps[0].onset) / line.meter.bar_quarters
        for name in names:
            for attempt in range(max(1, int(bars) // _BARS_A_TRY)):
                if not self.wants(name, *place, attempt):
                    continue
                options = DEVICES[name](line, self._tables)
                if not options:
                    break
                rng = generator(self._seed, "device", name, "where", *place, attempt)
                line = line.rewritten(pick(rng, options, [o.weight for o in options]))
        return line

    def ended(self, line: Line) -> Line:
        """The last line of a piece, with a picardy third where the draw brings one."""
        options = picardy(line, self._tables)
        return line.rewritten(options[0]) if options and self.wants("picardy") else line


def resolved(line: Line) -> Line:
    """A line without the chords of devices that lead nowhere."""
    return Line(settled(line.steps), line.end, line.meter, line.vocabulary)

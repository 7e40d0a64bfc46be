"""The table ``[arrangement]`` of a style: who enters when, and how its sections are punctuated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table
from composer.rulebook.theory_rules import ROLES

INTROS = ("full", "gather", "rhythm", "riff", "drums", "swell", "pickup", "tune")
ENDINGS = ("ring", "hit", "stabs", "thin")
PACES = ("half", "normal", "double")
_INTRO = {"gather": 3.0, "riff": 2.0, "rhythm": 1.5, "full": 1.5, "drums": 1.0, "swell": 1.0}
_ENDING = {"ring": 5.0, "hit": 1.0, "stabs": 0.5, "thin": 1.0}


@dataclass(frozen=True, slots=True)
class ArrangementStyle:
    """How a style arranges. Chances are 0–1, weights relative.

    Args:
        intro: Weight by kind of opening, one of `INTROS`.
        ending: Weight by kind of ending, one of `ENDINGS`.
        opens: Roles that open a gathering introduction, the first to enter first.
        layers: How much players come and go within sections: 0 never, 1 all the time.
        variation: How much who plays differs when a section comes back.
        fills: Share of phrases within a section that end in a drum fill.
        stops: Chance that all stop for the last beats before a louder section.
        hits: Chance that a section ends in a bar of hits together.
        breaks: Chance that the accompaniment is silent for the whole bar before a louder section.
        builds: Chance that the bars before a louder section build up.
        drops: Chance that bass and drums drop out for the bars before a louder section.
        stop_time: Chance that a section that comes back opens in stop time.
        trades: Chance that the last solo section trades phrases with the drums.
        breakdown: Chance that a section between two loud ones is left to a few players.
        backgrounds: Chance that colours lie behind the second half of a quiet section.
        double: Chance that the last loud section is doubled in octaves.
        pace: How fast the drums feel by kind of section, one of `PACES`.
    """

    intro: Mapping[str, float]
    ending: Mapping[str, float]
    opens: tuple[str, ...]
    layers: float
    variation: float
    fills: float
    stops: float
    hits: float
    breaks: float
    builds: float
    drops: float
    stop_time: float
    trades: float
    breakdown: float
    backgrounds: float
    double: float
    pace: Mapping[str, str]


def read_arrangement(table: Table) -> ArrangementStyle:
    """Read ``[arrangement]``; all of it may be left out.

    Raises:
        RuleError: If a key is unknown or out of range.
    """
    opens = table.texts("opens", ())
    for role in opens:
        if role not in ROLES:
            raise table.fail("opens", f'"{role}" is no role; must be one of {", ".join(ROLES)}')
    paces = table.table("pace", {})
    arrangement = ArrangementStyle(
        intro=table.weights_of("intro", INTROS, _INTRO),
        ending=table.weights_of("ending", ENDINGS, _ENDING),
        opens=opens,
        layers=table.number("layers", 0, 1, 0.5),
        variation=table.number("variation", 0, 1, 0.5),
        fills=table.number("fills", 0, 1, 0.2),
        stops=table.number("stops", 0, 1, 0.15),
        hits=table.number("hits", 0, 1, 0.05),
        breaks=table.number("breaks", 0, 1, 0.08),
        builds=table.number("builds", 0, 1, 0.15),
        drops=table.number("drops", 0, 1, 0.08),
        stop_time=table.number("stop_time", 0, 1, 0.0),
        trades=table.number("trades", 0, 1, 0.0),
        breakdown=table.number("breakdown", 0, 1, 0.15),
        backgrounds=table.number("backgrounds", 0, 1, 0.3),
        double=table.number("double", 0, 1, 0.3),
        pace={kind: paces.choice(kind, PACES) for kind in paces.data},
    )
    table.done()
    return arrangement

"""The table ``[melody]`` of a style: how it sings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.rulebook.reader import Table

PHRASES = ("period", "sentence", "aaba", "riff", "free")
CONTOURS = ("arch", "descending", "wave", "ascending")
IDIOMS = ("plain", "jazz", "blues", "folk", "classical")
TUNES = ("scale", "pentatonic", "blues")
BEHIND = ("guide", "riff", "answer")

_PHRASES = {"period": 3.0, "sentence": 2.0, "aaba": 1.0, "riff": 0.5, "free": 1.0}
_CONTOURS = {"arch": 3.0, "descending": 1.0, "wave": 1.0, "ascending": 0.5}
_BEHIND = {"guide": 3.0, "riff": 1.0, "answer": 1.0}


@dataclass(frozen=True, slots=True)
class MelodyStyle:
    """How a style sings.

    Args:
        table: Melody table for pitch, a file in ``melody/``.
        rhythm: Melody table for rhythm; the same if not given.
        density: Preferred notes a bar in the middle of the energy range.
        syncopation: 0 (on the beat) to 1 (as syncopated as the table has it, and more).
        leap: How freely it leaps, 0–1.
        rest: Share of a phrase left open for breath and reply, 0–0.5.
        chromatic: Chance of a chromatic passing note between weak notes, 0–1.
        motif_bars: Length of a motif in bars, 1 or 2.
        phrase: Weights of how phrases are built, by name of `PHRASES`.
        contour: Weights of the shapes of phrases, by name of `CONTOURS`.
        idiom: Which idiom ornaments it, one of `IDIOMS`.
        tune: What the tune keeps to within the key, one of `TUNES`.
        approach: Chance of a chromatic approach before a chord tone, 0–1.
        enclosure: Chance that a chord tone is enclosed from above and below, 0–1.
        blue: Chance of a blue third, fifth or seventh where there is one, 0–1.
        grace: Chance of an ornament of the idiom on a long note, 0–1.
        suspension: Chance that a note is held over a change of chord and resolves down, 0–1.
        triplets: Chance that a beat of two eighths is sung as a triplet, 0–1.
        repeated: Share of repeated pitches that tunes aim at, 0–0.6.
        repeat: Chance that a motif comes back literally rather than as a sequence, 0–1.
        pickup: Chance of an upbeat before a phrase, 0–1.
        call: Chance that a phrase calls and leaves its other half to the answer, 0–1.
        behind: Weights of what a counter part does behind the tune, by name of `BEHIND`.
        centre: Where in its range the tune's middle lies, 0–1; None for a fifth above the chords.
        register: Steps that a kind of section lies higher, over what its kind has.
    """

    table: str
    rhythm: str
    density: float
    syncopation: float
    leap: float
    rest: float
    chromatic: float
    motif_bars: int
    phrase: Mapping[str, float]
    contour: Mapping[str, float]
    idiom: str
    tune: str
    approach: float
    enclosure: float
    blue: float
    grace: float
    suspension: float
    triplets: float
    repeated: float
    repeat: float
    pickup: float
    call: float
    behind: Mapping[str, float]
    centre: float | None
    register: Mapping[str, float]


def read_melody_style(table: Table) -> MelodyStyle:
    """Read ``[melody]``.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    register = table.table("register", {})
    melody = MelodyStyle(
        table=table.text("table"),
        rhythm=table.text("rhythm", table.text("table")),
        density=table.number("density", 0.5, 16),
        syncopation=table.number("syncopation", 0, 1),
        leap=table.number("leap", 0, 1),
        rest=table.number("rest", 0, 0.5),
        chromatic=table.number("chromatic", 0, 1, 0.0),
        motif_bars=table.integer("motif_bars", 1, 2, 1),
        phrase=table.weights_of("phrase", PHRASES, _PHRASES),
        contour=table.weights_of("contour", CONTOURS, _CONTOURS),
        idiom=table.choice("idiom", IDIOMS, "plain"),
        tune=table.choice("tune", TUNES, "scale"),
        approach=table.number("approach", 0, 1, 0.0),
        enclosure=table.number("enclosure", 0, 1, 0.0),
        blue=table.number("blue", 0, 1, 0.0),
        grace=table.number("grace", 0, 1, 0.0),
        suspension=table.number("suspension", 0, 1, 0.0),
        triplets=table.number("triplets", 0, 1, 0.0),
        repeated=table.number("repeated", 0, 0.6, 0.25),
        repeat=table.number("repeat", 0, 1, 0.4),
        pickup=table.number("pickup", 0, 1, 0.6),
        call=table.number("call", 0, 1, 0.0),
        behind=table.weights_of("behind", BEHIND, _BEHIND),
        centre=table.number("centre", 0, 1) if table.has("centre") else None,
        register={kind: register.number(kind, -14, 14) for kind in register.data},
    )
    table.done()
    return melody

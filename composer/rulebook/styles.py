"""Reader of ``styles/*.toml``: everything that makes a style, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from composer.errors import nearest
from composer.rulebook.reader import Table
from composer.rulebook.style_arrangement import ArrangementStyle, read_arrangement
from composer.rulebook.style_drums import DrumStyle, read_drums
from composer.rulebook.style_feel import FeelStyle, read_feel
from composer.rulebook.style_harmony import HarmonyStyle, read_harmony, read_loop
from composer.rulebook.style_melody import MelodyStyle, read_melody_style
from composer.rulebook.style_parts import (
    CHORDAL_ROLES,
    LEAST_POLYPHONY,
    Figure,
    StylePart,
    read_figure,
    read_part,
)
from composer.rulebook.theory_rules import GENRES, ROLES
from composer.theory.meter import COUNTED_METERS

__all__ = [
    "CHORDAL_ROLES",
    "LEAST_POLYPHONY",
    "ArrangementStyle",
    "DrumStyle",
    "FeelStyle",
    "Figure",
    "HarmonyStyle",
    "MelodyStyle",
    "Style",
    "StylePart",
    "read_style",
]


@dataclass(frozen=True, slots=True)
class Style:
    """A style.

    Its ``description`` says in words what makes it; its ``model_roles`` are the roles whose parts
    the hybrid writer leaves to the model, its ``family`` is the genre of the model's corpus that it
    comes nearest to, empty if none does.
    """

    name: str
    title: str
    description: str
    tempo: tuple[float, float]
    meters: Mapping[str, float]
    modes: Mapping[str, float]
    form: str
    phrase_bars: int
    governed: tuple[str, ...]
    model_roles: tuple[str, ...]
    family: str
    harmony: HarmonyStyle
    melody: MelodyStyle
    drums: DrumStyle
    feel: FeelStyle
    arrangement: ArrangementStyle
    parts: tuple[StylePart, ...]
    figures: tuple[Figure, ...]


def read_style(file: Table, name: str) -> Style:
    """Read a style.

    Raises:
        RuleError: If a key is missing, unknown or out of range.
    """
    file.text("source")
    style = Style(
        name=name,
        title=file.text("title"),
        description=file.text("description", ""),
        tempo=file.span("tempo", 20, 400),
        meters=file.weights_of("meters", COUNTED_METERS),
        modes=file.weights("modes"),
        form=file.text("form"),
        phrase_bars=file.integer("phrase_bars", 2, 8, 4),
        governed=_roles(file, "governed"),
        model_roles=_roles(file, "model_roles") if file.has("model_roles") else ROLES,
        family=file.choice("family", ("", *GENRES), ""),
        harmony=read_harmony(
            file.table("harmony"), tuple(read_loop(table) for table in file.tables("loops", ()))
        ),
        melody=read_melody_style(file.table("melody")),
        drums=read_drums(file.table("drums", {})),
        feel=read_feel(file.table("feel")),
        arrangement=read_arrangement(file.table("arrangement", {})),
        parts=tuple(read_part(table) for table in file.tables("parts")),
        figures=tuple(read_figure(table) for table in file.tables("figures")),
    )
    file.done()
    if not any(part.role == "melody" for part in style.parts):
        raise file.fail("parts", 'needs a part with the role "melody"')
    for index, part in enumerate(style.parts):
        needs = part.role in CHORDAL_ROLES or part.role == "bass"
        if needs and not any(figure.role == part.role for figure in style.figures):
            raise file.fail("figures", f'needs a figure with the role "{part.role}"')
        leaders = [p.name for p in style.parts if p.role == part.role and not p.follows]
        if part.follows and part.follows not in leaders:
            hint = nearest(part.follows, leaders)
            message = f'"{part.follows}" is no {part.role} of the style; {hint}'
            raise file.fail(f"parts[{index}].follows", message)
        if part.octaves and part.role in style.governed:
            message = f"would run in parallel; take {part.role} out of `governed`, or this key away"
            raise file.fail(f"parts[{index}].octaves", message)
    for index, figure in enumerate(style.figures):
        names = [part.name for part in style.parts if part.role == figure.role]
        for other in figure.parts:
            if other not in names:
                message = f'"{other}" is no {figure.role} of the style; {nearest(other, names)}'
                raise file.fail(f"figures[{index}].parts", message)
    return style


def _roles(table: Table, key: str) -> tuple[str, ...]:
    roles = table.texts(key)
    for role in roles:
        if role not in ROLES:
            raise table.fail(key, f'"{role}" is no role; must be one of {", ".join(ROLES)}')
    return roles

"""The colours of the picture of a score."""

from __future__ import annotations

from collections.abc import Sequence

from composer.music.score import Part

Colour = tuple[int, int, int]

PAPER: Colour = (19, 21, 28)
LANE: Colour = (29, 32, 42)
OCTAVE: Colour = (47, 51, 64)
BEAT: Colour = (40, 44, 56)
BAR: Colour = (62, 67, 83)
SECTION_LINE: Colour = (140, 147, 168)
INK: Colour = (232, 235, 243)
FAINT: Colour = (139, 146, 166)
ROLES: dict[str, Colour] = {
    "melody": (255, 184, 77),
    "counter": (245, 112, 122),
    "comping": (84, 179, 255),
    "pad": (98, 210, 190),
    "figure": (193, 142, 255),
    "bass": (142, 214, 92),
    "drums": (226, 200, 170),
}
SPARE: tuple[Colour, ...] = (
    (255, 143, 199),
    (110, 140, 255),
    (240, 225, 110),
    (80, 200, 120),
    (255, 140, 90),
    (150, 190, 210),
    (200, 130, 100),
    (170, 170, 255),
)
SECTIONS: dict[str, Colour] = {
    "intro": (86, 96, 122),
    "verse": (62, 112, 172),
    "prechorus": (58, 140, 140),
    "chorus": (190, 110, 48),
    "bridge": (128, 88, 178),
    "solo": (178, 72, 110),
    "outro": (86, 96, 122),
}
OTHER_SECTIONS: tuple[Colour, ...] = (
    (62, 112, 172),
    (190, 110, 48),
    (58, 140, 110),
    (128, 88, 178),
    (178, 72, 110),
)


def part_colours(parts: Sequence[Part]) -> dict[str, Colour]:
    """A colour a part: its role's, or a spare one where another part has that."""
    colours: dict[str, Colour] = {}
    spare = list(SPARE)
    for part in parts:
        colour = ROLES.get(part.plan.role)
        if colour is None or colour in colours.values():
            colour = spare[len(colours) % len(spare)]
            free = [c for c in spare if c not in colours.values()]
            colour = free[0] if free else colour
        colours[part.plan.name] = colour
    return colours


def mix(colour: Colour, other: Colour, share: float) -> Colour:
    """A colour that lies a share of the way from one to another."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(colour, other, strict=True))
    return red, green, blue


def section_colour(kind: str, material: int, energy: float) -> Colour:
    """The colour of a section's band.

    Args:
        kind: Kind of the section; one without a colour of its own takes it from its material.
        material: Number of its material, in the order of the piece.
        energy: Its energy, 0–1, which makes it brighter.
    """
    colour = SECTIONS.get(kind, OTHER_SECTIONS[material % len(OTHER_SECTIONS)])
    return mix(PAPER, colour, 0.55 + 0.45 * energy)


def energy_colour(share: float) -> Colour:
    """From cool to warm."""
    return mix((52, 74, 110), (235, 130, 60), share)

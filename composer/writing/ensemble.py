"""Who plays: the style's parts, the style's with changes, or the user's own fitted to roles."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import BriefError, nearest
from composer.music.brief import Brief
from composer.music.plan import PartPlan
from composer.music.seeding import generator, pick_key
from composer.rulebook import Rulebook
from composer.rulebook.styles import CHORDAL_ROLES, LEAST_POLYPHONY, Style, StylePart
from composer.rulebook.theory_rules import ROLES
from composer.theory.instruments import Instrument
from composer.writing.ensemble_changes import changed, is_change

MAX_MELODIC_PARTS = 15
_BASS_BELOW = 45  # an instrument that cannot go below this is no bass under the voices
_MIX = {  # gain in dB and pan of a role that the style has no part for
    "melody": (0.0, 0.0),
    "counter": (-5.0, -0.3),
    "comping": (-4.0, 0.3),
    "pad": (-7.0, -0.1),
    "figure": (-6.0, 0.4),
    "bass": (-2.0, 0.0),
    "drums": (-2.0, 0.0),
}


def choose(brief: Brief, style: Style, book: Rulebook, seed: int) -> tuple[PartPlan, ...]:
    """Choose the ensemble.

    Raises:
        BriefError: If an instrument or role is unknown, or there are too many parts.
    """
    if brief.parts is None:
        return named(_from_style(seed, style, book), style)
    if not brief.parts:
        raise BriefError("parts", "is empty; name at least one instrument")
    if any(is_change(text) for text in brief.parts):
        wanted = changed(_from_style(seed, style, book), brief.parts, book, _read)
    else:
        wanted = [_read(text, book) for text in brief.parts]
    melodic = sum(not instrument.is_drums for _, instrument in wanted)
    drums = len(wanted) - melodic
    if melodic > MAX_MELODIC_PARTS:
        raise BriefError("parts", f"{melodic} melodic parts; MIDI has room for {MAX_MELODIC_PARTS}")
    if drums > 1:
        raise BriefError("parts", f"{drums} drum kits; there is one drum channel, so name one")
    return named(_assign(wanted, style), style)


def with_changes(
    players: Sequence[tuple[str, Instrument]], parts: Sequence[str] | None, book: Rulebook
) -> tuple[str, ...] | None:
    """The parts of a brief, where they change players that a piece brings: all by role and name.

    Args:
        players: Role and instrument of each player of the piece.
        parts: What the brief asks for; parts that it names stay as they are.
        book: The rule book.

    Raises:
        BriefError: If a change names nothing that is known, or if nobody is left.
    """
    wanted = list(players)
    if parts is not None:
        if not wanted or not any(is_change(text) for text in parts):
            return tuple(parts)
        wanted = changed(wanted, parts, book, _read)
    return tuple(f"{role}={instrument.name}" for role, instrument in wanted) or None


def models(parts: Sequence[PartPlan], style: Style) -> tuple[StylePart | None, ...]:
    """The style's part that each part of the ensemble is modelled on.

    Of the style's parts with its role it is the first that lists the instrument and that nobody
    has yet, else the first that nobody has; where all are taken, the last; None without any.
    """
    return tuple(_models([(part.role, part.instrument) for part in parts], style))


def _models(chosen: Sequence[tuple[str, Instrument]], style: Style) -> list[StylePart | None]:
    found: list[StylePart | None] = []
    taken: set[int] = set()
    for role, instrument in chosen:
        same = [i for i, part in enumerate(style.parts) if part.role == role]
        free = [i for i in same if i not in taken]
        fitting = [i for i in free if instrument.name in style.parts[i].instruments]
        index = next(iter(fitting or free or same[-1:]), None)
        if index is None:
            found.append(None)
            continue
        taken.add(index)
        found.append(style.parts[index])
    return found


def _from_style(seed: int, style: Style, book: Rulebook) -> list[tuple[str, Instrument]]:
    chosen = []
    for index, part in enumerate(style.parts):
        rng = generator(seed, "ensemble", index)
        if rng.random() < part.chance:
            chosen.append((part.role, book.instruments[pick_key(rng, part.instruments)]))
    return chosen


def _read(text: str, book: Rulebook) -> tuple[str, Instrument]:
    role, equals, name = text.partition("=")
    instrument = book.instrument(name if equals else text)
    role = role.strip().lower() if equals else ""
    if equals and role not in ROLES:
        raise BriefError("parts", f'"{role}" is no role; {nearest(role, ROLES)}')
    if instrument.is_drums != (role == "drums") and equals:
        raise BriefError("parts", f'"{text}": drum kits, and only they, have the role drums')
    if role in CHORDAL_ROLES and instrument.polyphony < LEAST_POLYPHONY:
        raise BriefError(
            "parts", f'"{text}": a {instrument.name} cannot play chords; make it melody or counter'
        )
    return role, instrument


def _assign(wanted: list[tuple[str, Instrument]], style: Style) -> list[tuple[str, Instrument]]:
    """Give a role to each instrument that has none: its best one that nobody has yet."""
    taken = [role for role, _ in wanted if role]
    result = []
    needs_tune = "melody" not in taken
    tune = None
    if needs_tune:
        open_parts = [i for role, i in wanted if not role and "melody" in i.roles]
        tune = min(open_parts, key=lambda i: i.roles.index("melody"), default=None)
    for role, instrument in wanted:
        if not role:
            if instrument is tune:
                role, tune = "melody", None
            else:
                free = [r for r in instrument.roles if r not in taken]
                role = (free or list(instrument.roles))[0]
                if role == "melody" and needs_tune and not free:
                    role = "counter"
            taken.append(role)
        result.append((role, instrument))
    return result


def named(chosen: list[tuple[str, Instrument]], style: Style) -> tuple[PartPlan, ...]:
    """The parts of an ensemble, from roles and instruments: names, levels and places."""
    parts: list[PartPlan] = []
    for (role, instrument), model in zip(chosen, _models(chosen, style), strict=True):
        gain, pan = (model.gain_db, model.pan) if model else _MIX[role]
        stem = instrument.name.replace("-", " ").title()
        taken = {p.name for p in parts}
        copies = (stem if n == 1 else f"{stem} {n}" for n in range(1, len(taken) + 2))
        name = next(candidate for candidate in copies if candidate not in taken)
        parts.append(
            PartPlan(
                name=name,
                role=role,
                instrument=instrument,
                governed=_governed(role, instrument, style, parts),
                gain_db=gain,
                pan=pan,
            )
        )
    return tuple(parts)


def _governed(role: str, instrument: Instrument, style: Style, parts: list[PartPlan]) -> bool:
    """Whether the voice-leading rules bind a part; of the basses only a first, low one is bound."""
    if role == "bass" and (instrument.low > _BASS_BELOW or any(p.role == role for p in parts)):
        return False
    return role in style.governed

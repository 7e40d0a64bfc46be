"""Who plays a given tune: the style's lead if its range holds it, else another whose range does."""

from __future__ import annotations

from collections.abc import Sequence

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.music.plan import PartPlan
from composer.music.tune import TuneNote
from composer.rulebook import Rulebook
from composer.rulebook.styles import Style
from composer.theory.instruments import Instrument
from composer.writing import ensemble

_LEADS = 2  # places in an instrument's list of roles from which it is at home with the tune


def tune_part(parts: Sequence[PartPlan]) -> PartPlan | None:
    """The part that plays a given tune: the first melody; None where there is none."""
    return next((part for part in parts if part.role == "melody"), None)


def with_tune(
    brief: Brief,
    parts: tuple[PartPlan, ...],
    notes: Sequence[TuneNote],
    style: Style,
    book: Rulebook,
) -> tuple[tuple[PartPlan, ...], tuple[str, ...]]:
    """The ensemble with a player who can play a tune as it is written.

    Who is named with a role by the user stays, whatever the tune asks of the instrument.

    Args:
        brief: The brief.
        parts: The ensemble as the style or the user has it.
        notes: The notes of the tune.
        style: The style.
        book: The rule book.

    Returns:
        The ensemble, and what was decided, a sentence each.

    Raises:
        BriefError: If the user's ensemble has nobody for the tune.
    """
    low = min(note.pitch.midi for note in notes)
    high = max(note.pitch.midi for note in notes)
    lead = tune_part(parts)
    if lead is None:
        if brief.parts is not None:
            message = "nobody plays the melody; name who does, such as melody=flute"
            raise BriefError("parts", message)
        player = _best(list(book.instruments.values()), low, high)
        chosen = [("melody", player), *((part.role, part.instrument) for part in parts)]
        return ensemble.named(chosen, style), ()
    if _holds(lead.instrument, low, high):
        return parts, ()
    fixed = any(text.partition("=")[0].strip().lower() == "melody" for text in brief.parts or ())
    found = None if fixed else _another(brief, parts, lead, low, high, style, book)
    if found is None:
        note = (
            f"the melody leaves the range of the {_shown(lead.instrument)}; "
            "it is played as it is written"
        )
        return parts, (note,)
    changed, swap = found
    note = f"the {_shown(changed)} plays the melody, which leaves the {_shown(lead.instrument)}'s"
    chosen = [(part.role, part.instrument) for part in parts]
    at = parts.index(lead)
    chosen[at] = ("melody", changed)
    if swap is not None:
        chosen[swap] = (parts[swap].role, lead.instrument)
    return ensemble.named(chosen, style), (f"{note} range",)


def fewer_players(parts: Sequence[PartPlan]) -> tuple[str, ...] | None:
    """A smaller ensemble for a tune, as a brief names it: for where all of them find no way.

    Besides the player of the tune it has the bass, the drums and one part with chords that no rule
    of voice leading binds; where there are no more than those, the tune alone.

    Args:
        parts: The ensemble.

    Returns:
        Roles and instruments, or None where there is nobody to leave out.
    """
    player = tune_part(parts)
    if player is None or len(parts) == 1:
        return None
    roles = ("bass", "drums", "comping", "pad", "figure")
    free = [part for part in parts if not part.governed and part.role in roles]
    chords = [part for part in free if part.role not in roles[:2]]
    kept = [player, *(part for part in free if part.role in roles[:2] or part == chords[0])]
    if len(kept) == len(parts):
        kept = [player]
    return tuple(f"{part.role}={part.instrument.name}" for part in kept)


def _another(
    brief: Brief,
    parts: tuple[PartPlan, ...],
    lead: PartPlan,
    low: int,
    high: int,
    style: Style,
    book: Rulebook,
) -> tuple[Instrument, int | None] | None:
    """Another player for a tune, and the place of the part that it changes with.

    Of the user's own instruments one that can change places with the lead is taken; of a style's
    the lead's other instruments come first, then whoever has the tune anywhere.
    """
    if brief.parts is not None:
        for at, part in enumerate(parts):
            able = "melody" in part.instrument.roles and part.role in lead.instrument.roles
            if able and _holds(part.instrument, low, high):
                return part.instrument, at
        return None
    model = ensemble.models(parts, style)[parts.index(lead)]
    names = model.instruments if model is not None else {}
    ranked = sorted(names, key=lambda name: (-names[name], name))
    for name in ranked:
        if _holds(book.instruments[name], low, high):
            return book.instruments[name], None
    kin = [i for i in book.instruments.values() if i.family == lead.instrument.family]
    for group in (kin, list(book.instruments.values())):
        best = _best(group, low, high)
        if _holds(best, low, high):
            return best, None
    best = _best(list(book.instruments.values()), low, high)
    wider = _missed(best, low, high) < _missed(lead.instrument, low, high)
    return (best, None) if wider else None


def _best(instruments: Sequence[Instrument], low: int, high: int) -> Instrument:
    """Of some instruments the one that suits a tune best."""

    def fitness(instrument: Instrument) -> tuple[int, int, int, int, str]:
        place = instrument.roles.index("melody") if "melody" in instrument.roles else 99
        middle = abs(instrument.low + instrument.high - low - high)
        missed = _missed(instrument, low, high)
        return (place > _LEADS, missed, middle, place, instrument.name)

    pitched = [i for i in instruments if not i.is_drums and i.family != "percussion"]
    return min(pitched or list(instruments), key=fitness)


def _missed(instrument: Instrument, low: int, high: int) -> int:
    """Semitones of a tune's range that an instrument has not."""
    return max(0, instrument.low - low) + max(0, high - instrument.high)


def _holds(instrument: Instrument, low: int, high: int) -> bool:
    return _missed(instrument, low, high) == 0


def _shown(instrument: Instrument) -> str:
    return instrument.name.replace("-", " ")

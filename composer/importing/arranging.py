"""``--arrange FILE``: the same piece in another style."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from composer.errors import BriefError
from composer.importing.form_heard import form_text
from composer.importing.hearing import Heard, hear
from composer.importing.style_likeness import nearest_style, tempo_range
from composer.music.brief import MAX_BARS, Brief, Taken
from composer.music.tune import Tune
from composer.rulebook import load_rulebook
from composer.rulebook.styles import Style


def take_arrangement(path: Path | str, brief: Brief, rules: Path | None = None) -> Taken:
    """Fill a brief's gaps from a piece that is to be arranged anew.

    Taken over are the tune, note for note, the chords, the form, key, meter and length, and the
    tempo as far as the style has it. The style's own players play it in the style's own feel. What
    the brief says already stays; a brief with a form of its own keeps the piece's tune and chords.

    Args:
        path: The MIDI file.
        brief: What was asked for.
        rules: A folder of rules laid over ours.

    Raises:
        MidiError: If the file cannot be read, or holds nothing to arrange.
        BriefError: If the brief asks for more bars than the piece has, or for an unknown style.
        RuleError: If a rule file is wrong.
    """
    book = load_rulebook(rules)
    heard = hear(path, book)
    name = brief.style if brief.style is not None else nearest_style(heard, book)
    style = book.style(name)
    notes = [_told(heard)]
    if brief.style is None:
        notes.append(f"of our styles it is most like {style.name}; --style says otherwise")
    lead = int(brief.melody is None and heard.tune is not None and _has_pickup(heard.tune))
    bars = _bars(brief, heard, lead)
    cut = heard.passage.bars - bars + heard.passage.cut
    if cut:
        notes.append(f"its last {cut} bars are left out")
    if heard.passage.strange:
        meter = heard.passage.meter.name
        notes.append(
            f"{heard.passage.strange} bars are counted otherwise, and begin bars of {meter}"
        )
    tune = _first_bars(heard.tune, bars, heard) if brief.melody is None else brief.melody
    if tune is None:
        notes.append("nothing is heard as a tune: its chords and form are kept, the tune is new")
    filled = replace(
        brief,
        style=style.name,
        key=_or(brief.key, heard.key.name),
        time_signature=_or(brief.time_signature, heard.passage.meter.counted),
        tempo=brief.tempo if brief.tempo is not None else _tempo(heard, style, notes),
        melody=tune,
        chords=_or(brief.chords, " | ".join(" ".join(bar) for bar in heard.chords[:bars])),
        form=_or(brief.form, _form(heard, bars, lead)),
        bars=bars + lead if brief.form is None else brief.bars,
    )
    return Taken(filled, tuple(notes))


def _or(asked: str | None, heard: str) -> str:
    return asked if asked is not None else heard


def _told(heard: Heard) -> str:
    """What was heard, in one sentence."""
    tune = f"a tune of {len(heard.tune.notes)} notes" if heard.tune is not None else "no tune"
    swing = ", swung" if heard.swing > 0.5 else ""
    return (
        f"{Path(heard.name).name}: {heard.passage.bars} bars of {heard.passage.meter.name} in "
        f"{heard.key.name} at {heard.quarters_per_minute:g}{swing}, with {tune}; "
        f"parts: {len(heard.parts)}"
    )


def _has_pickup(tune: Tune) -> bool:
    return tune.pickup_quarters > 0


def _bars(brief: Brief, heard: Heard, lead: int) -> int:
    """How many full bars are arranged: all, or as many as are asked for, the upbeat's counted."""
    bars, asked = heard.passage.bars, brief.bars
    if asked is None or brief.form is not None:
        return bars
    if type(asked) is not int or not lead < asked <= MAX_BARS:
        raise BriefError("bars", f"must be a whole number from {lead + 1} to {MAX_BARS}")
    if asked > bars + lead:
        name, most = Path(heard.name).name, bars + lead
        raise BriefError("bars", f"{name} has {most} bars; give {most} or fewer, or leave it out")
    return asked - lead


def _first_bars(tune: Tune | None, bars: int, heard: Heard) -> Tune | None:
    """The tune's first bars; None where it has no note in them."""
    if tune is None:
        return None
    end = bars * heard.passage.meter.bar_quarters
    kept = []
    for note in tune.notes:
        if note.onset_quarters < end:
            length = min(note.duration_quarters, end - note.onset_quarters)
            kept.append(replace(note, duration_quarters=length))
    return replace(tune, notes=tuple(kept), bars=bars) if kept else None


def _tempo(heard: Heard, style: Style, notes: list[str]) -> float:
    """The piece's tempo if the style has it, or twice or half of it; else the style's nearest."""
    low, high = tempo_range(heard, style)
    own = heard.quarters_per_minute
    fitting = [tempo for tempo in (own, 2 * own, own / 2) if low <= tempo <= high]
    tempo = fitting[0] if fitting else min(max(own, low), high)
    if tempo != own:
        notes.append(f"its tempo of {own:g} becomes {tempo:g}, as {style.name} has it")
    return float(tempo)


def _form(heard: Heard, bars: int, lead: int) -> str:
    """The form of so many bars, with a bar before it for an upbeat."""
    sections = []
    for section in heard.sections:
        length = min(section.bars, bars - section.start_bar)
        if length > 0:
            sections.append(replace(section, bars=length))
    if not lead:
        return form_text(sections)
    if sections[0].kind == "intro":
        return form_text([replace(sections[0], bars=sections[0].bars + lead), *sections[1:]])
    return f"intro:{lead} {form_text(sections)}"

"""How a piece goes on: what its plan takes over from the piece before.

The harmony is led on from the last chords, or stays on their loop; nothing opens; the first section
is as strong as the end was; and the motifs of the last phrase are those that are developed.
Source: Schoenberg, *Fundamentals of Musical Composition* (1967), chapter 3, on motifs that carry a
piece; Meyer, *Explaining Music* (1973), on continuation as what a pattern implies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, pairwise

from composer.music.plan import PartPlan
from composer.music.precedent import Precedent, PrecedentPart
from composer.rulebook.forms import Expansion, Form
from composer.rulebook.grooves import LIMBS, SIGNS, DrumBar
from composer.rulebook.style_harmony import Loop
from composer.rulebook.style_parts import Figure
from composer.theory.chord import Chord, ChordVocabulary
from composer.theory.interval import semitones
from composer.theory.key import Key
from composer.theory.meter import Meter
from composer.writing.chains import START
from composer.writing.motif import Motif, Tone

_OPENINGS = ("intro",)
_FADES = (1.0, 0.6, 0.3)  # share of the end's energy, over what it would be, in the first sections
_SIXTEENTH = Fraction(1, 4)
_PERIODS = (4, 2, 8)
_ALIKE = 0.75  # share of equal bars that makes a loop
_FEWEST_TONES = 2
_SIGNS = {"comping": "Xx", "pad": "Xx", "figure": "123432", "bass": "R"}
_RHYTHM = 4.0  # how strongly a figure's likeness to what was played before is heard


def carried_on(
    precedent: Precedent | None, parts: Sequence[PartPlan]
) -> tuple[PrecedentPart | None, ...]:
    """Which part of the piece before each part carries on: one of its role and instrument.

    Args:
        precedent: The piece before; without one, nobody carries anything on.
        parts: The parts of the new ensemble.

    Returns:
        One a part; None for a newcomer.
    """
    free = list(precedent.parts) if precedent is not None else []
    found: list[PrecedentPart | None] = []
    for part in parts:
        same = [p for p in free if (p.role, p.instrument) == (part.role, part.instrument.name)]
        found.append(same[0] if same else None)
        if same:
            free.remove(same[0])
    return tuple(found)


def form_on(form: Form, precedent: Precedent | None) -> Form:
    """The form without introductions for what goes on; the form as it is for what begins.

    Expansions that would be empty are left out; a symbol keeps its other ways.
    """
    if precedent is None:
        return form
    grammar: dict[str, tuple[Expansion, ...]] = {}
    for symbol, expansions in form.grammar.items():
        kept = []
        for expansion in expansions:
            symbols = tuple(s for s in expansion.symbols if s not in _OPENINGS)
            if symbols:
                kept.append(replace(expansion, symbols=symbols))
        grammar[symbol] = tuple(kept) or expansions
    return replace(form, grammar=grammar)


def led_on(energies: Sequence[float], precedent: Precedent | None) -> tuple[float, ...]:
    """Energies of sections, the first as strong as the end before, the next ones on their way.

    >>> led_on([0.4, 0.5, 0.6, 0.6], None)
    (0.4, 0.5, 0.6, 0.6)
    """
    if precedent is None or not energies:
        return tuple(energies)
    lift = precedent.energy - energies[0]
    shares = [*_FADES, *[0.0] * len(energies)]
    return tuple(
        round(min(1.0, max(0.05, energy + share * lift)), 4)
        for energy, share in zip(energies, shares, strict=False)
    )


# -- harmony ---------------------------------------------------------------------------------------


def chord_bars(precedent: Precedent, key: Key, vocabulary: ChordVocabulary) -> list[list[Chord]]:
    """The last chords of the piece before, bar by bar; what is no chord is left out."""
    bars = []
    for bar in precedent.chords.split("|"):
        chords = []
        for symbol in bar.split():
            try:
                chords.append(vocabulary.parse(symbol, key.tonic))
            except ValueError:
                continue
        bars.append(chords)
    return bars


def tokens_before(
    precedent: Precedent | None, key: Key, vocabulary: ChordVocabulary, tokens: Sequence[str]
) -> tuple[str, str]:
    """The last two chords of the piece before, as the tokens of a chain that are most like them.

    Args:
        precedent: The piece before; without one, a piece begins.
        key: The key that numerals are counted in.
        vocabulary: How chords are read.
        tokens: The tokens of the chain.
    """
    if precedent is None:
        return (START, START)
    chords = [chord for bar in chord_bars(precedent, key, vocabulary) for chord in bar]
    last: list[Chord] = []
    for chord in chords:
        if not last or (last[-1].root, last[-1].quality) != (chord.root, chord.quality):
            last.append(chord)
    found = [_nearest(chord, key, vocabulary, tokens) for chord in last[-2:]]
    padded = [START, START, *found]
    return (padded[-2], padded[-1])


def _nearest(chord: Chord, key: Key, vocabulary: ChordVocabulary, tokens: Sequence[str]) -> str:
    """The token of a chord: itself, or what shares its root and most of its tones."""
    best, most = START, 0.0
    for token in sorted(tokens, key=lambda token: (len(token), token)):
        if token == START:
            continue
        other = vocabulary.parse(token, key.tonic)
        if other.root.number != chord.root.number:
            continue
        shared = len(other.numbers & chord.numbers) / len(other.numbers | chord.numbers)
        if shared > most:
            best, most = token, shared
    return best


def loop_before(precedent: Precedent | None, key: Key, vocabulary: ChordVocabulary) -> Loop | None:
    """The loop that the piece before went round in at its end; None where it had none."""
    if precedent is None:
        return None
    bars = chord_bars(precedent, key, vocabulary)
    for period in _PERIODS:
        if len(bars) < 2 * period:
            continue
        pairs = list(zip(bars[-2 * period : -period], bars[-period:], strict=True))
        alike = sum(a == b and bool(b) for a, b in pairs) / period
        different = {tuple(chord.symbol for chord in bar) for bar in bars[-period:]}
        if alike >= _ALIKE and len(different) > 1 and all(bars[-period:]):
            numerals = tuple(tuple(c.roman(key.tonic) for c in bar) for bar in bars[-period:])
            return Loop(numerals, key.scale.name, (), 1.0)
    return None


# -- motifs ----------------------------------------------------------------------------------------


def motifs_before(precedent: Precedent | None, key: Key, meter: Meter) -> tuple[Motif, ...]:
    """The bars of the last phrase as motifs: rhythm in sixteenths, and steps in the key.

    Bars with fewer than two notes are none; notes between two sixteenths are moved onto one.
    """
    if precedent is None or precedent.tune is None:
        return ()
    bar = meter.bar_quarters
    found = []
    for index in range(precedent.tune.bars):
        placed: dict[Fraction, int] = {}
        ends: dict[Fraction, Fraction] = {}
        for note in precedent.tune.notes:
            place = note.onset_quarters - bar * index
            onset = _SIXTEENTH * round(place / _SIXTEENTH)
            if 0 <= onset < bar and onset not in placed:
                placed[onset] = step_of(note.pitch.midi, key)
                ends[onset] = onset + max(
                    _SIXTEENTH, _SIXTEENTH * round(note.duration_quarters / _SIXTEENTH)
                )
        onsets = sorted(placed)
        then = [*onsets[1:], bar]
        tones = tuple(
            Tone(onset, min(ends[onset], following) - onset, placed[onset])
            for onset, following in zip(onsets, then, strict=False)
        )
        if len(tones) >= _FEWEST_TONES:
            found.append(tones)
    return tuple(found)


def step_of(pitch: int, key: Key) -> int:
    """The step of the key's ladder at a pitch, or just below it: octave times seven plus degree.

    >>> from composer.rulebook import load_rulebook
    >>> step_of(64, load_rulebook().key("C")) - step_of(60, load_rulebook().key("C"))
    2
    """
    octave, place = divmod(pitch - key.tonic.number, 12)
    degrees = [semitones(degree) for degree in key.scale.degrees]
    return 7 * octave + sum(degree <= place for degree in degrees) - 1


# -- rhythm section --------------------------------------------------------------------------------


def beat_before(precedent: Precedent | None, meter: Meter) -> DrumBar | None:
    """The bar that the drummer mostly played; None where it is no bar of the meter."""
    if precedent is None:
        return None
    widths = [2 * eighths for eighths in meter.beats]
    rows = {}
    for line in precedent.drums:
        limb, _, signs = line.partition(" ")
        cells = tuple(signs.split("|"))
        known = limb in LIMBS and set("".join(cells)) <= set(SIGNS)
        if not known or [len(cell) for cell in cells] != widths:
            return None
        rows[limb] = cells
    return DrumBar("before", 0.5, 1.0, rows, meter.counted) if rows else None


def figure_before(before: PrecedentPart | None, meter: Meter, weight: float) -> Figure | None:
    """The rhythm that a part had as a figure of its own; None for a line, or without a usual bar.

    Chords are struck and held to the next stroke; a broken chord goes up and down; a bass stays on
    its root.

    Args:
        before: The part that is carried on.
        meter: The meter.
        weight: Weight of the figure.
    """
    signs = _SIGNS.get(before.role) if before is not None else None
    if before is None or signs is None:
        return None
    bar = meter.bar_quarters
    places = sorted({int(onset / _SIXTEENTH) for onset in before.onsets if onset < bar})
    if not places:
        return None
    line = ["."] * places[0] + ["-"] * (int(bar / _SIXTEENTH) - places[0])
    for number, place in enumerate(places):
        line[place] = signs[number % len(signs)]
    text = "".join(line)
    ends = list(accumulate(2 * eighths for eighths in meter.beats))
    cells = tuple(text[a:b] for a, b in pairwise([0, *ends]))
    return Figure(before.role, (cells,), 0.0, 1.0, weight)


def likeness_of_rhythm(onsets: Sequence[Fraction], before: PrecedentPart | None) -> float:
    """Factor of a figure's weight: above 1 the more it strikes when the part did before.

    Args:
        onsets: When the figure strikes within a bar, in quarters.
        before: The part that is carried on.
    """
    if before is None or not before.onsets or not onsets:
        return 1.0
    own, past = set(onsets), set(before.onsets)
    return float((0.25 + len(own & past) / len(own | past)) ** _RHYTHM)

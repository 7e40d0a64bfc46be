"""Hypothesis strategies for what a user may ask: keys, chords, forms, ensembles, whole briefs."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from composer.music.brief import Brief
from composer.rulebook import Rulebook, load_rulebook
from composer.theory.chord import Chord, ChordQuality
from composer.theory.key import Key
from composer.theory.meter import METERS
from composer.theory.pitch import PitchClass

TONICS = tuple(letter + accidental for letter in "CDEFGAB" for accidental in ("", "#", "b"))
"""Every tonic that a user may type, enharmonic twins included."""

NUMERALS = ("I", "ii", "iii7", "IV", "V7", "vi", "bVII", "V7/V", "I/3", "iiø7", "iv", "Imaj7")
LETTER_FORMS = ("A", "AB", "AAB", "ABA", "AABA", "ABAB", "ABCA", "ABACA")


@cache
def rules() -> Rulebook:
    """The bundled rule book, read once."""
    return load_rulebook()


@cache
def qualities() -> tuple[ChordQuality, ...]:
    """All chord qualities, each once."""
    return tuple({q.name: q for q in rules().chords.by_symbol.values()}.values())


def key_texts() -> st.SearchStrategy[str]:
    """Keys as a user types them."""
    modes = sorted(rules().scales)
    return st.builds("{} {}".format, st.sampled_from(TONICS), st.sampled_from(modes))


def keys() -> st.SearchStrategy[Key]:
    """Keys."""
    return key_texts().map(rules().key)


def pitch_classes(reach: int = 7) -> st.SearchStrategy[PitchClass]:
    """Spelled pitch classes at most so many fifths from C."""
    return st.integers(-reach, reach).map(PitchClass)


@st.composite
def chords(draw: st.DrawFn) -> Chord:
    """Chords of every quality, some of them inverted."""
    root = draw(pitch_classes())
    quality = draw(st.sampled_from(qualities()))
    bass = draw(st.sampled_from([0, 0, *quality.tones]))
    return Chord(root, quality, root + bass)


def chord_texts() -> st.SearchStrategy[str]:
    """Chords as a user types them: absolute, by every alias, over a bass, or roman."""
    suffixes = st.one_of(
        st.sampled_from(["", "m", "7", "maj7", "m7"]),
        st.sampled_from(sorted(rules().chords.by_symbol)),
    )
    basses = st.one_of(st.just(""), st.just(""), st.sampled_from([f"/{t}" for t in TONICS]))
    absolute = st.builds("{}{}{}".format, st.sampled_from(TONICS), suffixes, basses)
    return st.one_of(absolute, absolute, st.sampled_from(NUMERALS))


def moods() -> st.SearchStrategy[str]:
    """Mood words and points."""
    point = st.builds("{:.2f},{:.2f}".format, st.floats(-1, 1), st.floats(-1, 1))
    return st.one_of(st.sampled_from(sorted(rules().moods.words)), point)


def lengths() -> st.SearchStrategy[int]:
    """Lengths in bars, short ones mostly."""
    return st.one_of(st.integers(1, 12), st.integers(1, 48))


@st.composite
def part_lists(draw: st.DrawFn) -> tuple[str, ...]:
    """Instruments that the user names, some with one of the roles that suit them."""
    names = sorted(name for name, i in rules().instruments.items() if not i.is_drums)
    kits = sorted(name for name, i in rules().instruments.items() if i.is_drums)
    parts = []
    for name in draw(st.lists(st.sampled_from(names), min_size=1, max_size=7)):
        roles = rules().instruments[name].roles
        role = draw(st.sampled_from([None, *roles]))
        parts.append(name if role is None else f"{role}={name}")
    if draw(st.booleans()):
        parts.append(draw(st.sampled_from(kits)))
    return tuple(parts)


@st.composite
def forms(draw: st.DrawFn, style: str) -> tuple[str, int]:
    """Forms as a user types them for a style, with their length in bars."""
    if draw(st.booleans()):
        letters = draw(st.sampled_from(LETTER_FORMS))
        return letters, draw(st.integers(len(letters), 40))
    known = sorted(rules().form(rules().style(style).form).sections)
    section = st.tuples(st.sampled_from(known), st.integers(1, 10))
    sections = draw(st.lists(section, min_size=1, max_size=5))
    return " ".join(f"{kind}:{n}" for kind, n in sections), sum(n for _, n in sections)


@st.composite
def briefs(draw: st.DrawFn) -> Brief:
    """Briefs that must be accepted, every field left open now and then."""
    style = draw(st.sampled_from(rules().style_names))
    meter = draw(st.none() | st.sampled_from(METERS))
    bars = draw(lengths())
    form = given = None
    material = draw(st.sampled_from(("ours", "ours", "ours", "form", "chords")))
    if material == "form":
        form, bars = draw(forms(style))
    elif material == "chords":
        bars = min(bars, 16)
        most = 1 if meter is None else 2
        bar = st.lists(chord_texts(), min_size=1, max_size=most).map(" ".join)
        given = " | ".join(draw(st.lists(bar, min_size=bars, max_size=bars)))
    return Brief(
        key=draw(st.none() | key_texts()),
        bars=bars,
        tempo=draw(st.none() | st.floats(20, 400)),
        time_signature=meter,
        style=style,
        mood=draw(st.none() | moods()),
        form=form,
        chords=given,
        parts=draw(st.none() | part_lists()),
        swing=draw(st.none() | st.floats(0.5, 0.75)),
        humanize=draw(st.none() | st.floats(0, 2)),
        seed=draw(st.integers(0, 2**63 - 1)),
    )

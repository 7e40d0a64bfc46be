"""Chord symbols as MusicXML says them: a kind, and the degrees that it lacks."""

from __future__ import annotations

from dataclasses import dataclass

from composer.notation.harmonies import KINDS
from composer.theory.chord import ChordQuality
from composer.theory.interval import degree_name, parse_degree


@dataclass(frozen=True, slots=True)
class Degree:
    """A tone of a chord that its kind does not have.

    Args:
        value: Degree above the root, 1–13.
        alter: Semitones; of an added degree against the tones of a dominant thirteenth, of an
            altered one against the tone that it replaces.
        type: ``add`` or ``alter``.
    """

    value: int
    alter: int
    type: str


# Kinds that chords are written as. An eleventh is read without the third that players leave out,
# and written by all of its tones; what is but a name for another chord is read only.
_READ_ONLY = ("augmented-ninth", "major-11th", "pedal", "Neapolitan", "Italian", "French", "German",
              "Tristan")  # fmt: skip
_FULL = {"dominant-11th": "1 3 5 b7 9 11"}
_TONES = {
    kind: tuple(parse_degree(tone) for tone in _FULL.get(kind, tones).split())
    for kind, tones in KINDS.items()
    if kind not in _READ_ONLY
}
_ABOVE_OCTAVE = {2: 9, 4: 11, 6: 13}
# What it costs to say a tone too much, or one too few: a fifth goes without saying, and the third
# of an eleventh is left out, but not that of a suspension, whose fourth stands in its place.
_ADDED, _MISSING, _NO_FIFTH, _NO_THIRD = 2, 6, 1, 3
_FOURTH = parse_degree("4")


def chord_kind(quality: ChordQuality) -> tuple[str, tuple[Degree, ...]]:
    """The kind of MusicXML that is nearest to a quality, and the degrees to add or alter.

    Qualities of the user's own are said as well as ours: the kind is found from the tones.
    """
    kind = min(_TONES, key=lambda name: (_distance(name, quality), list(_TONES).index(name)))
    has = _TONES[kind]
    degrees = [_degree(tone, has, quality) for tone in quality.tones if tone not in has]
    return kind, tuple(sorted(degrees, key=lambda degree: degree.value))


def _distance(kind: str, quality: ChordQuality) -> int:
    has, wanted = _TONES[kind], quality.tones
    third = _MISSING if wanted[1:2] == (_FOURTH,) else _NO_THIRD
    silent = {"5": _NO_FIFTH, "3": third}
    added = sum(_ADDED for tone in wanted if tone not in has)
    missing = sum(
        silent.get(degree_name(tone), _MISSING)
        for tone in has
        if tone not in wanted and not _is_altered(tone, wanted, has)
    )
    return added + missing


def _is_altered(tone: int, wanted: tuple[int, ...], has: tuple[int, ...]) -> bool:
    """Whether another tone on the same degree takes its place."""
    return any(
        degree_name(other)[-1] == degree_name(tone)[-1] and other not in has for other in wanted
    )


def _degree(tone: int, has: tuple[int, ...], quality: ChordQuality) -> Degree:
    name = degree_name(tone)
    number, alter = int(name[-1]), name.count("#") - name.count("b")
    replaced = next((t for t in has if degree_name(t)[-1] == name[-1]), None)
    value = _ABOVE_OCTAVE.get(number, number)
    if replaced is not None and replaced not in quality.tones:
        old = degree_name(replaced)
        return Degree(value, alter - (old.count("#") - old.count("b")), "alter")
    return Degree(value, alter + (number == 7), "add")

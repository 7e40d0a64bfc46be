"""Where dominants resolve at the ends of phrases."""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from composer.music.plan import Plan


def resolutions(plan: Plan) -> frozenset[Fraction]:
    """Onsets of the chords in which dominants resolve at the ends of phrases.

    A final chord may be struck in several forms: the first of them is the one.
    """
    chords = plan.chords
    onsets = [span.onset_quarters for span in chords]
    found = []
    for phrase in (phrase for section in plan.sections for phrase in section.phrases):
        if phrase.cadence.kind == "authentic":
            place = max(0, bisect_right(onsets, phrase.cadence.onset_quarters) - 1)
            root = chords[place].chord.root.number
            while place and chords[place - 1].chord.root.number == root:
                place -= 1
            found.append(onsets[place])
    return frozenset(found)

"""Phrases as forms: how the bars of a phrase relate to its motif.

A phrase is written as a sign a bar: ``m`` the motif, ``s`` its sequence, ``i`` its inversion, ``f``
its fragments, ``g`` augmented, ``d`` diminished, ``o`` ornamented, ``v`` with another tail, ``n`` a
contrast, ``r`` rest, ``c`` the cadence, ``e`` the motif as a cadence.
Source: Schoenberg, *Fundamentals of Musical Composition* (1967), chapters 5 to 8; Caplin,
*Classical Form* (1998), chapters 3 to 5; own weights.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from composer.music.seeding import pick_key

_LONGEST = 8
# By form, the bodies of phrases of one bar, two bars … (the cadence's bar counted), with weights.
# Period: idea and contrast, again, closed. Sentence: the idea, its repetition, fragments, cadence.
_FORMS: Mapping[str, tuple[Mapping[str, float], ...]] = {
    "period": (
        {"c": 1},
        {"mc": 2, "me": 1},
        {"mnc": 2, "mne": 1},
        {"mnmc": 3, "mnme": 1, "mnoc": 1},
        {"mnmnc": 1},
        {"mnvmnc": 2, "mnnmnc": 1},
        {"mnvnmnc": 1},
        {"mnvnmnvc": 2, "mnvrmnvc": 1, "mnirmnic": 1},
    ),
    "sentence": (
        {"c": 1},
        {"mc": 1, "fc": 1},
        {"msc": 2, "mfc": 1},
        {"msfc": 4, "msdc": 1, "msic": 1},
        {"msffc": 1},
        {"mnsnfc": 2, "msffdc": 1},
        {"mnsnffc": 1},
        {"mnsnffdc": 2, "mnsnfffc": 1, "mnsnfgrc": 1},
    ),
    "aaba": (
        {"c": 1},
        {"me": 1},
        {"mne": 1},
        {"mmne": 3, "mmie": 1, "mmve": 1},
        {"mmnme": 1},
        {"mmnnme": 1},
        {"mmmnnme": 1},
        {"mvmvnnme": 2, "mmmvnnme": 1},
    ),
    "riff": (
        {"e": 1},
        {"mm": 1, "me": 1},
        {"mmm": 1, "mme": 1},
        {"mmmm": 2, "mmme": 2, "mmve": 1, "momv": 1},
        {"mmmmm": 1, "mmmme": 1},
        {"mmmmme": 1, "mmvmme": 1},
        {"mmmmmme": 1},
        {"mmmmmmme": 1, "mmmvmmmv": 1, "mmmvmmme": 1},
    ),
    "free": (
        {"c": 1},
        {"mc": 1},
        {"mmc": 2, "mnc": 3, "mvc": 2, "mic": 1},
        {"mmnc": 2, "mvnc": 2, "mnmc": 3, "mnvc": 2, "mmvc": 1, "msnc": 2, "mngc": 1},
        {"mnmnc": 1, "mvmnc": 1, "mmnnc": 1, "mnmvc": 1, "msnfc": 1},
        {"mnmvnc": 2, "mnsvnc": 1},
        {"mnmvnnc": 1},
        {"mnmvmnnc": 1, "mmnnmvnc": 1, "mnsvifnc": 1},
    ),
}
_OPEN = "nvfdig"  # what may give way to silence


def phrase_signs(form: str, bars: int, rest: float, repeat: float, rng: np.random.Generator) -> str:
    """Draw how the bars of a phrase relate.

    Args:
        form: ``period``, ``sentence``, ``aaba``, ``riff`` or ``free``.
        bars: Length of the phrase.
        rest: Chance that a bar which is no motif falls silent.
        repeat: Chance that a motif comes back literally rather than as a sequence.
        rng: Randomness.

    >>> phrase_signs("sentence", 4, 0.0, 1.0, np.random.default_rng(1))[:2]
    'ms'
    """
    head = ""
    while bars - len(head) > _LONGEST:
        head += "mnmv" if form != "riff" else "mmmm"
    signs = list(head + pick_key(rng, _FORMS[form][bars - len(head) - 1]))
    for index in range(1, len(signs)):
        beside = signs[index - 1 : index + 2]
        if signs[index] in _OPEN and "r" not in beside and rng.random() < rest:
            signs[index] = "r"
        elif signs[index] == "m" and rng.random() >= _literal_chance(form, repeat):
            signs[index] = "s"
    return "".join(signs)


def _literal_chance(form: str, repeat: float) -> float:
    """How likely a return is literal: a riff mostly is, a sentence's is a sequence anyhow."""
    return 1 - 0.4 * (1 - repeat) if form == "riff" else repeat


def with_call(signs: str) -> str:
    """A phrase that calls: it ends in its middle, and the rest is left to the answer.

    >>> with_call("mnmc"), with_call("mc")
    ('mcrr', 'mc')
    """
    half = len(signs) // 2
    if half < 2:
        return signs
    return signs[: half - 1] + "c" + "r" * (len(signs) - half)

"""Measures the detectors of `composer.evaluating` on annotated music, and fits two of them.

    python -m composer.training.measure_detectors --corpora DIR --out composer/evaluating/data/detectors.json

needs the packs pop909 and lakh-verified, unpacked. Meter and melody are fitted; they are measured
in five folds, none of which shares a song or a near-duplicate with the songs it was fitted on.
"""  # noqa: E501 - a command that can be copied

from __future__ import annotations

import argparse
import datetime
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from composer.errors import ComposerError
from composer.evaluating.detectors import DetectedKey, chords_of, key_of
from composer.evaluating.melody_heard import MELODY_FEATURES, melody_features
from composer.evaluating.meter_heard import KINDS, kind_of, meter_features
from composer.evaluating.roles import roles
from composer.music.song import Floats
from composer.training.detector_truth import Annotated, read_lakh, read_pop909
from composer.training.fit_detectors import (
    FOLDS,
    fit_melody,
    fit_meter,
    folds_of,
    say_melody,
    say_meter,
)

_MODULE = "composer.training.measure_detectors"
_DIGITS = 5
_POP909_IMPORTANCE = 0.3


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command: 0, or 2 where a pack is missing or the file cannot be written."""
    parser = argparse.ArgumentParser(prog=f"python -m {_MODULE}", description=__doc__)
    parser.add_argument("--corpora", type=Path, required=True, help="folder with the packs")
    parser.add_argument("--out", type=Path, required=True, help="file to write, detectors.json")
    parser.add_argument(
        "--date", default=datetime.date.today().isoformat(), help="date noted in it (today)"
    )
    flags = parser.parse_args(argv)
    try:
        known = [
            *read_pop909(flags.corpora / "pop909"),
            *read_lakh(flags.corpora / "lakh-verified"),
        ]
        found = measure(known) | {"measured_on": flags.date, "command": f"python -m {_MODULE}"}
        flags.out.parent.mkdir(parents=True, exist_ok=True)
        flags.out.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    print(json.dumps(found["accuracy"], indent=1))
    return 0


def measure(known: Sequence[Annotated]) -> dict[str, Any]:
    """Measures every detector, and fits meter and melody on all that is known."""
    meter, meter_model = _measure_meter([one for one in known if one.meter is not None])
    melody, melody_model = _measure_melody([one for one in known if one.melody is not None])
    return {
        "accuracy": {
            "key": _measure_keys(known),
            "chords": _measure_chords(known),
            "meter": meter,
            "melody": melody,
            "bass": _measure_basses(known),
        },
        "meter": meter_model,
        "melody": melody_model | {"features": list(MELODY_FEATURES)},
    }


def mirex_score(tonic: int, minor: bool, heard: DetectedKey | None) -> float:
    """The weighted score of a key: 1 right, 0.5 a fifth off, 0.3 relative, 0.2 parallel.

    Source: MIREX, Audio Key Detection (2005 on), where a fifth counts either way.

    >>> mirex_score(0, False, DetectedKey(9, True, 0.9, 0.1))
    0.3
    """
    if heard is None:
        return 0.0
    apart = (heard.tonic - tonic) % 12
    if heard.minor == minor:
        return {0: 1.0, 5: 0.5, 7: 0.5}.get(apart, 0.0)
    relative = 3 if minor else 9
    return {0: 0.2, relative: 0.3}.get(apart, 0.0)


def _measure_keys(known: Iterable[Annotated]) -> dict[str, Any]:
    """Keys: POP909's, on which both annotations agree, count; Lakh's signatures stand beside."""
    scores: dict[str, list[tuple[bool, bool, float]]] = {"pop909": [], "lakh-verified": []}
    for one in known:
        if one.key is None:
            continue
        tonic, minor = one.key
        heard = key_of(one.window)
        right = heard is not None and (heard.tonic, heard.minor) == one.key
        scale = DetectedKey(tonic, minor, 0.0, 0.0).scale
        scores[one.corpus].append(
            (right, heard is not None and heard.scale == scale, mirex_score(tonic, minor, heard))
        )
    tables = {corpus: np.array(rows, dtype=np.float64) for corpus, rows in scores.items() if rows}
    result: dict[str, Any] = {
        corpus: {
            "pieces": len(table),
            "right": _rounded(table[:, 0].mean()),
            "same_signature": _rounded(table[:, 1].mean()),
            "mirex": _rounded(table[:, 2].mean()),
        }
        for corpus, table in tables.items()
    }
    pop = result.get("pop909", {"right": float("nan"), "pieces": 0, "mirex": float("nan")})
    return result | {
        "right": pop["right"],
        "source": f"{pop['pieces']} songs of POP909, MIREX-weighted {pop['mirex']:.3f}",
    }


def _measure_chords(known: Iterable[Annotated]) -> dict[str, Any]:
    """Chords: root and third, span by span, where one chord is annotated for most of it."""
    songs = spans = roots = thirds = with_third = 0
    for one in known:
        if one.chords is None:
            continue
        songs += 1
        for asked, heard in zip(one.chords, chords_of(one.window), strict=True):
            if asked is None or heard is None:
                continue
            third = "minor" if "b3" in asked.degrees else "major"
            third = third if {"3", "b3"} & asked.degrees else "none"
            same = asked.root == heard.root
            spans += 1
            roots += same
            thirds += same and third == heard.third
            with_third += third != "none"
    right = thirds / spans if spans else float("nan")
    return {
        "right": _rounded(right),
        "source": f"{spans} half bars of {songs} songs of POP909: root and third",
        "root": _rounded(roots / spans if spans else float("nan")),
        "spans_with_a_third": with_third,
    }


def _measure_meter(known: Sequence[Annotated]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Meter: the mean over kinds of how many of them are heard, in five folds."""
    usable = [one for one in known if one.meter is not None and kind_of(*one.meter) in KINDS]
    kinds = np.array([KINDS.index(kind_of(*one.meter)) for one in usable if one.meter is not None])
    features = np.array([meter_features(one.window) for one in usable])
    folds = folds_of([f"{one.corpus}/{one.group}" for one in usable])
    said = np.zeros(len(usable), dtype=np.int64)
    for fold in range(FOLDS):
        rest = np.not_equal(folds, fold)
        if rest.any() and not rest.all():
            fitted = fit_meter(features[rest], kinds[rest], len(KINDS))
            said[~rest] = say_meter(fitted, features[~rest])
    lakh = np.array([one.corpus == "lakh-verified" for one in usable], dtype=np.bool_)
    table = np.zeros((len(KINDS), len(KINDS)), dtype=np.int64)
    np.add.at(table, (kinds[lakh], said[lakh]), 1)
    recalls = table.diagonal() / np.maximum(table.sum(axis=1), 1)
    counts = ", ".join(f"{n} {kind}" for n, kind in zip(table.sum(axis=1), KINDS, strict=True))
    model = {
        name: np.round(array, _DIGITS).tolist()
        for name, array in fit_meter(features, kinds, len(KINDS)).items()
    }
    return {
        "right": _rounded(recalls.mean()),
        "source": f"time signatures of {int(lakh.sum())} Lakh files ({counts}), mean of the three",
        "all": _rounded(table.trace() / max(int(table.sum()), 1)),
        "confusion": table.tolist(),
        "pop909": _rounded(float((said[~lakh] == kinds[~lakh]).mean()) if (~lakh).any() else 0.0),
    }, model


def _measure_melody(known: Sequence[Annotated]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Melody: in how many songs the part that is called so is found, in five folds."""
    songs, choices, chosen, missed = [], [], [], {"pop909": 0, "lakh-verified": 0}
    for one in known:
        found = roles(one.window)
        rest = [n for n, role in enumerate(found) if role in ("melody", "harmony")]
        if one.melody not in rest:
            missed[one.corpus] += 1  # heard as the bass
        elif len(rest) > 1:
            parts = [one.window.parts[n] for n in rest]
            songs.append(one)
            choices.append(np.array([melody_features(one.window, part, parts) for part in parts]))
            chosen.append(rest.index(one.melody))
    pop = np.array([one.corpus == "pop909" for one in songs], dtype=np.bool_)
    importance = np.where(
        pop,
        _POP909_IMPORTANCE / max(int(pop.sum()), 1),
        (1 - _POP909_IMPORTANCE) / max(int((~pop).sum()), 1),
    )
    right = _in_folds(songs, choices, chosen, importance)
    model = fit_melody(choices, chosen, importance)
    by_corpus = {
        "pop909": _share(int(right[pop].sum()), int(pop.sum()) + missed["pop909"]),
        "lakh-verified": _share(
            int(right[~pop].sum()), int((~pop).sum()) + missed["lakh-verified"]
        ),
    }
    total = len(songs) + sum(missed.values())
    return {
        "right": _share(int(right.sum()), total),
        "source": f"parts called melody in {int(pop.sum()) + missed['pop909']} songs of POP909 and "
        f"{int((~pop).sum()) + missed['lakh-verified']} Lakh files",
    } | by_corpus, {name: np.round(array, _DIGITS).tolist() for name, array in model.items()}


def _in_folds(
    songs: Sequence[Annotated],
    choices: Sequence[Floats],
    chosen: Sequence[int],
    importance: Floats,
) -> Floats:
    """Whether the melody is found in each song by a model that was fitted on other ones."""
    folds = folds_of([f"{one.corpus}/{one.group}" for one in songs])
    right = np.zeros(len(songs))
    for fold in range(FOLDS):
        rest = np.flatnonzero(folds != fold).tolist()
        if not 0 < len(rest) < len(songs):
            continue
        fitted = fit_melody([choices[n] for n in rest], [chosen[n] for n in rest], importance[rest])
        for n in np.flatnonzero(folds == fold).tolist():
            right[n] = say_melody(fitted, choices[n]) == chosen[n]
    return right


def _measure_basses(known: Iterable[Annotated]) -> dict[str, Any]:
    """Bass: in how many files one of the parts that are called bass is found."""
    songs = hits = 0
    for one in known:
        if one.basses:
            found = roles(one.window)
            songs += 1
            hits += any(found[n] == "bass" for n in one.basses)
    return {"right": _share(hits, songs), "source": f"parts called bass in {songs} Lakh files"}


def _share(part: int, whole: int) -> float:
    return _rounded(part / whole) if whole else float("nan")


def _rounded(value: float) -> float:
    return round(float(value), 4)


if __name__ == "__main__":
    sys.exit(main())

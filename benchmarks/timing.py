"""Measure time that is asked for: lengths, hits and loops, over many briefs.

    python benchmarks/timing.py              # 300 pieces to MIDI, 12 loops and 6 lengths to sound
    python benchmarks/timing.py --count 50 --seed 2 --no-audio
    python benchmarks/timing.py --smoke      # a few of each: continuous integration

A brief is drawn from its number alone: a style, a length from 5 to 180 s, a time signature, up to
six hits at random, a loop now and then. Briefs whose hits no tempo can meet are counted apart: they
end in one clear line. Exit code 1 if a rule breaks, or a sound is a frame too long or too short.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from composer.checking.timing_rules import landings
from composer.errors import BriefError, ComposerError
from composer.music.brief import Brief
from composer.piece import Piece
from composer.pipeline import compose, render
from composer.rulebook import load_rulebook
from composer.theory.meter import COUNTED_METERS

RATES = (44_100, 48_000)
_FLUX_SIZE, _FLUX_HOP = 1024, 256


def random_brief(seed: int, number: int) -> Brief:
    """Draw a brief of time."""
    rng = random.Random(f"{seed}/{number}")
    length = round(rng.uniform(5, 180), rng.choice((0, 1, 3)))
    hits = None
    if rng.random() < 0.65:
        count = rng.choice((1, 2, 2, 3, 4, 6))
        times = (round(rng.uniform(0, 0.97 * length), rng.choice((1, 2, 3))) for _ in range(count))
        hits = tuple(sorted(set(times)))
    return Brief(
        style=rng.choice(load_rulebook().style_names),
        time_signature=rng.choice(COUNTED_METERS) if rng.random() < 0.5 else None,
        tempo=float(rng.randint(60, 170)) if rng.random() < 0.1 else None,
        duration=length if hits is None or rng.random() < 0.7 else None,
        hits=hits,
        loop=rng.random() < 0.2,
        seed=rng.randrange(10**6),
        writer="rules",
    )


@dataclass
class Tally:
    """What was counted."""

    made: int = 0
    unmet: int = 0
    broken: list[str] = field(default_factory=list)
    end_errors: list[float] = field(default_factory=list)
    hit_errors: list[float] = field(default_factory=list)
    struck_errors: list[float] = field(default_factory=list)
    bends: list[float] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)

    def add(self, piece: Piece) -> None:
        """Count a piece."""
        self.made += 1
        plan = piece.plan
        if plan.length_seconds is not None:
            self.end_errors.append(abs(piece.seconds - plan.length_seconds))
        for landing in landings(plan, piece.performance):
            self.hit_errors.append(abs(landing.seconds - landing.cue.seconds))
            struck = landing.struck_seconds
            self.struck_errors.append(9.0 if struck is None else abs(struck - landing.cue.seconds))
            self.places[_place(piece, landing.cue.onset_quarters, landing.cue.kind)] += 1
        if plan.cues:
            free = plan.length_quarters - (0 if plan.loop else 3 * plan.meter.bar_quarters)
            shares = [
                abs(point.quarters_per_minute / plan.quarters_per_minute - 1)
                for point in plan.tempos
                if point.onset_quarters < free
            ]
            self.bends.append(max(shares, default=0.0))


def _place(piece: Piece, onset: object, kind: str) -> str:
    if kind != "accent":
        return kind
    place = onset % piece.plan.meter.bar_quarters  # type: ignore[operator]
    if place == 0:
        return "accent on a bar line"
    return f"accent {'on a beat' if place in piece.plan.meter.beat_onsets else 'between beats'}"


def measure_pieces(count: int, seed: int) -> Tally:
    """Compose random briefs."""
    tally = Tally()
    for number in range(count):
        brief = random_brief(seed, number)
        try:
            tally.add(compose(brief))
        except BriefError as error:
            tally.unmet += 1
            print(f"  not met, {number}: {error}")
        except ComposerError as error:
            tally.broken.append(f"{number}: {error}")
    return tally


def seam(samples: np.ndarray) -> tuple[float, float]:
    """The step across the seam as a quantile of all steps, and the flux there against the median.

    Args:
        samples: A loop, ``[channels, frames]``.
    """
    steps = np.abs(np.diff(samples, axis=1)).max(axis=0)
    across = float(np.abs(samples[:, 0] - samples[:, -1]).max())
    around = np.concatenate([samples[:, -_FLUX_SIZE * 8 :], samples[:, : _FLUX_SIZE * 8]], axis=1)
    return float((steps < across).mean()), _flux_before(around) / _median_flux(samples)


def _spectra(mono: np.ndarray) -> np.ndarray:
    window = np.hanning(_FLUX_SIZE)
    starts = range(0, len(mono) - _FLUX_SIZE, _FLUX_HOP)
    return np.array([np.abs(np.fft.rfft(mono[s : s + _FLUX_SIZE] * window)) for s in starts])


def _flux_before(around: np.ndarray) -> float:
    """Flux in the last window that hears the seam, but hardly the stroke on the first beat."""
    mono = around.mean(axis=0)
    middle = len(mono) // 2
    cut = mono[middle - 4 * _FLUX_SIZE : middle + _FLUX_HOP]
    spectra = _spectra(cut)
    return float(np.maximum(np.diff(spectra, axis=0), 0).sum(axis=1)[-1])


def _median_flux(samples: np.ndarray) -> float:
    spectra = _spectra(samples.mean(axis=0))
    return float(np.median(np.maximum(np.diff(spectra, axis=0), 0).sum(axis=1))) or 1e-9


def measure_sound(loops: int, lengths: int, seed: int) -> list[str]:
    """Render loops and lengths, and list what is wrong."""
    rng = random.Random(f"sound/{seed}")
    names = load_rulebook().style_names
    wrong, quantiles, fluxes = [], [], []
    for number in range(loops + lengths):
        loop, rate = number < loops, rng.choice(RATES)
        length = round(rng.uniform(2, 30), 3)
        brief = Brief(
            style=rng.choice(names), duration=length, loop=loop, seed=number, writer="rules"
        )
        piece = compose(brief)
        made = render(piece.performance, sample_rate=rate, length_seconds=length, loop=loop).mix
        frames = {audio.frames for audio in (made.master, *made.stems.values())}
        if frames != {round(length * rate)}:
            wrong.append(f"{brief.style}, {length} s at {rate}: {frames} frames")
        samples = made.master.samples
        if loop:
            quantile, flux = seam(samples)
            quantiles.append(quantile)
            fluxes.append(flux)
        elif np.abs(samples[:, -1]).max() > 0:
            wrong.append(f"{brief.style}, {length} s: does not end at zero")
    if quantiles:
        middle, most = statistics.median(quantiles), max(quantiles)
        print(f"  step at the seam among the steps within: median {middle:.2f}, highest {most:.3f}")
        print(f"  flux before the seam against the median within: highest {max(fluxes):.1f} times")
    print(f"  {loops} loops and {lengths} lengths; {len(wrong)} not exact")
    return wrong


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-audio", action="store_true")
    parser.add_argument("--smoke", action="store_true")
    asked = parser.parse_args()
    count, loops, lengths = (6, 1, 1) if asked.smoke else (asked.count, 12, 6)
    started = time.perf_counter()
    tally = measure_pieces(count, asked.seed)
    print(
        f"{tally.made} pieces of {count} in {time.perf_counter() - started:.0f} s; "
        f"{len(tally.broken)} break a rule, {tally.unmet} have hits that no tempo meets"
    )
    for line in tally.broken:
        print(f"  broken, {line}")
    if tally.end_errors:
        print(f"  the end: at most {1e6 * max(tally.end_errors):.2f} microseconds off")
    if tally.hit_errors:
        print(
            f"  hits: {len(tally.hit_errors)}; their places at most "
            f"{1e6 * max(tally.hit_errors):.2f} microseconds off, the strokes "
            f"{1e3 * max(tally.struck_errors):.3f} ms"
        )
        print("  where: " + ", ".join(f"{name} {n}" for name, n in tally.places.most_common()))
        print(
            f"  the tempo bends by {100 * statistics.median(tally.bends):.1f} % at the median, "
            f"{100 * max(tally.bends):.1f} % at most"
        )
    wrong = [] if asked.no_audio else measure_sound(loops, lengths, asked.seed)
    for line in wrong:
        print(f"  wrong, {line}")
    return 1 if tally.broken or wrong else 0


if __name__ == "__main__":
    sys.exit(main())

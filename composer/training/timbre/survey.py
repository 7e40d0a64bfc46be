"""Measures two SoundFonts against each other, key by key: which keys make good pairs.

``python -m composer.training.timbre.survey --real RealGM.sf2 --out survey.json``

Every key of every program is struck once at velocity 90 by both. A key is usable where the second
has it at all, in tune with the first within 15 cents, and not later or earlier by more than
90 ms; how much later it speaks is noted, so that pairs can be brought into line note by note.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from composer.errors import ComposerError
from composer.refining.parts import SoundingNote
from composer.refining.spectra import SAMPLE_RATE
from composer.rulebook import load_rulebook
from composer.training.timbre.playing import DRUMS, Mono, Player

PROGRAMS = (
    *(0, 1, 2, 4, 5, 9, 11, 12, 24, 25, 26, 27, 29, 30, 32, 33, 34, 40, 42, 43, 44, 45, 46, 48, 49),
    *(56, 57, 58, 60, 61, 64, 65, 66, 67, 73, 104, 105, 108, 110, 114, DRUMS),
)
"""General MIDI programs whose recordings stand in the set of real instruments, and the drum kit."""
STAND_INS = {4: 5}
"""What plays the real side where the set has no recordings: a Wurlitzer for a Rhodes."""

_VELOCITY = 90
_SPACING_SECONDS = 1.6
_LENGTH_SECONDS = 0.8
_DRUM_KEYS = range(35, 82)
_FAR_SECONDS = 0.09
_OUT_OF_TUNE_CENTS = 15.0
_MISSING_DB = -30.0
_HARMONICS = range(1, 9)


@dataclass(frozen=True, slots=True)
class KeySurvey:
    """How the second SoundFont plays a key, against the first.

    Args:
        lag_seconds: How much later it speaks.
        cents: How much higher it sounds; 0 for drums.
        level_db: How much louder it is.
        usable: Whether pairs may hold the key.
    """

    lag_seconds: float
    cents: float
    level_db: float
    usable: bool


Survey = dict[int, dict[int, KeySurvey]]
"""By program, then by key."""


def survey_program(dry: Player, real: Player, program: int) -> dict[int, KeySurvey]:
    """Strike every key of a program with both."""
    keys = _keys(program)
    notes = [
        SoundingNote(i * _SPACING_SECONDS, i * _SPACING_SECONDS + _LENGTH_SECONDS, key, _VELOCITY)
        for i, key in enumerate(keys)
    ]
    seconds = len(keys) * _SPACING_SECONDS
    stand_in = STAND_INS.get(program, program)
    sounds = [dry.play(program, notes, seconds), real.play(stand_in, notes, seconds)]
    step = round(_SPACING_SECONDS * SAMPLE_RATE)
    loudest = [max(np.abs(sound).max(), 1e-9) for sound in sounds]
    found = {}
    for i, key in enumerate(keys):
        pair = [s[i * step : (i + 1) * step] / p for s, p in zip(sounds, loudest, strict=True)]
        found[key] = _compare(pair[0], pair[1], key, program == DRUMS)
    return found


def _compare(dry: Mono, real: Mono, key: int, drums: bool) -> KeySurvey:
    levels = [10 * np.log10(np.mean(np.square(sound)) + 1e-12) for sound in (dry, real)]
    lag = _speaks_at(real) - _speaks_at(dry)
    cents = 0.0 if drums else _tuning(real, key) - _tuning(dry, key)
    level = float(levels[1] - levels[0])
    heard = levels[0] > -70 and level > _MISSING_DB
    in_line = abs(lag) <= _FAR_SECONDS and abs(cents) <= _OUT_OF_TUNE_CENTS
    return KeySurvey(round(lag, 4), round(cents, 1), round(level, 1), bool(heard and in_line))


def _speaks_at(sound: Mono) -> float:
    """Seconds until the sound comes within 10 dB of its peak."""
    width = 220
    power = np.convolve(np.square(sound), np.ones(width, np.float32) / width)[: len(sound)]
    loud = np.flatnonzero(power > power.max() / 10)
    return float(loud[0] / SAMPLE_RATE) if loud.size and power.max() > 0 else 0.0


def _tuning(sound: Mono, key: int) -> float:
    """Cents by which a note is sharp: the median over its clear partials."""
    size = 1 << 17
    part = sound[: round(_LENGTH_SECONDS * SAMPLE_RATE)]
    spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), size))
    fundamental = 440 * 2 ** ((key - 69) / 12)
    cents, weights = [], []
    for harmonic in _HARMONICS:
        centre = harmonic * fundamental * size / SAMPLE_RATE
        low, high = int(centre * 2 ** (-60 / 1200)), int(centre * 2 ** (60 / 1200)) + 2
        if high >= len(spectrum) or high - low < 3:
            continue
        peak = low + int(spectrum[low:high].argmax())
        cents.append(1200 * np.log2(max(peak, 1) / centre))
        weights.append(float(spectrum[peak]))
    if not cents:
        return 0.0
    return float(np.average(cents, weights=np.square(weights))) if max(weights) > 0 else 0.0


def _keys(program: int) -> list[int]:
    if program == DRUMS:
        return list(_DRUM_KEYS)
    ranges = [i for i in load_rulebook().instruments.values() if i.program == program]
    low = min((i.low for i in ranges if not i.is_drums), default=36)
    high = max((i.high for i in ranges if not i.is_drums), default=96)
    return list(range(max(21, low - 4), min(108, high + 4) + 1))


def read_survey(path: Path) -> Survey:
    """Read what `main` wrote.

    Raises:
        ComposerError: If it cannot be read.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {
            int(program): {int(key): KeySurvey(**values) for key, values in keys.items()}
            for program, keys in data["programs"].items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ComposerError(f"{path}: is no survey of keys: {error}") from None


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.survey")
    parser.add_argument("--real", type=Path, required=True, help="SoundFont of real recordings")
    parser.add_argument("--dry", type=Path, help="the small SoundFont (default: the bundled one)")
    parser.add_argument("--out", type=Path, required=True, help="JSON file to write")
    parser.add_argument("--programs", type=int, nargs="*", help="programs, 128 = drums")
    flags = parser.parse_args(argv)
    try:
        dry, real = Player.of(flags.dry), Player.of(flags.real)
        programs = {}
        for program in flags.programs or PROGRAMS:
            found = survey_program(dry, real, program)
            programs[program] = {key: asdict(value) for key, value in found.items()}
            usable = [v for v in found.values() if v.usable]
            lag = 1000 * float(np.median([v.lag_seconds for v in usable] or [0]))
            print(f"{program:3}: {len(usable)} of {len(found)} keys, {lag:+.0f} ms")
        flags.out.write_text(json.dumps({"programs": programs}, indent=1), encoding="utf-8")
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

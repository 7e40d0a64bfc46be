"""Measures how loud each instrument sounds, so that a mix starts balanced: `rules/levels.toml`.

Run it as `python -m composer.training.measure_levels --out rules`. Every instrument of the rule
book plays the same passage at velocity 90 on the bundled SoundFont; its level is how far its
integrated loudness (ITU-R BS.1770-4) lies from the median of all.
"""

from __future__ import annotations

import argparse
import datetime
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path

from composer.acoustics.loudness import integrated_loudness
from composer.errors import ComposerError
from composer.music.performance import (
    TICKS_PER_QUARTER,
    ControlChange,
    MeterChange,
    Performance,
    PlayedNote,
    TempoChange,
    Track,
)
from composer.rendering.synth import choose_synth
from composer.rulebook import load_rulebook
from composer.theory.instruments import Instrument
from composer.training.tables import toml_document, toml_table

MODULE = "composer.training.measure_levels"
_VELOCITY = 90
_QUARTERS = 8
_STEPS = (0, 4, 7, 12, 7, 4, 2, 0)
_BEAT = ((36, 42), (42,), (38, 42), (42,), (36, 42), (36, 42), (38, 42), (42,))
_LIMIT_DB = 12.0

_COMMENT = """\
How loud each instrument sounds, in dB from the median of all: measured, see [provenance].
The performance takes it back, so that the gains of the styles mean the same on any instrument."""


def passage(instrument: Instrument) -> Performance:
    """The passage: a broken chord in quarters in mid-range, or a rock beat in eighths."""
    tick = TICKS_PER_QUARTER
    if instrument.is_drums:
        notes = [
            PlayedNote(index * tick // 2, key, tick // 4, _VELOCITY)
            for index, keys in enumerate(_BEAT * (_QUARTERS // 4))
            for key in keys
        ]
    else:
        base = instrument.low + max(0, (instrument.high - instrument.low - 12) * 2 // 5)
        notes = [
            PlayedNote(index * tick, base + step, tick * 19 // 20, _VELOCITY)
            for index, step in enumerate(_STEPS)
        ]
    track = Track(
        name=instrument.name,
        role="",
        channel=9 if instrument.is_drums else 0,
        program=instrument.program,
        bank=0,
        notes=tuple(sorted(notes)),
        controls=(ControlChange(0, 7, 100), ControlChange(0, 10, 64)),
    )
    return Performance(
        title=instrument.name,
        end_ticks=_QUARTERS * tick,
        tempos=(TempoChange(0, 500_000),),
        meters=(MeterChange(0, 4, 4),),
        keys=(),
        texts=(),
        tracks=(track,),
    )


def measure() -> tuple[dict[str, float], str]:
    """Levels by instrument in dB, and what played them.

    Raises:
        ComposerError: FluidSynth is not there.
    """
    choice = choose_synth()
    if choice.warning:
        raise ComposerError(choice.warning)
    loudness = {}
    for name, instrument in load_rulebook().instruments.items():
        stems = choice.synth.render_stems(passage(instrument))
        audio = next(iter(stems.values()))
        measured = integrated_loudness(audio.samples, audio.sample_rate)
        if measured is not None:
            loudness[name] = measured
    middle = statistics.median(loudness.values())
    levels = {
        name: round(max(-_LIMIT_DB, min(_LIMIT_DB, value - middle)), 1)
        for name, value in loudness.items()
    }
    return levels, choice.synth.name


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command."""
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="rules folder to write into")
    parser.add_argument("--date", default=datetime.date.today().isoformat())
    flags = parser.parse_args(argv)
    try:
        levels, synth = measure()
        provenance = {
            "source": f"measured on {synth}, velocity {_VELOCITY}",
            "command": f"python -m {MODULE} --out rules",
            "measured_on": flags.date,
        }
        rows = toml_table("provenance", provenance) + toml_table("levels", levels)
        text = toml_document({}, rows, _COMMENT)
        path = flags.out / "levels.toml"
        path.write_text(text, encoding="utf-8", newline="\n")
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(f"{path}: {len(levels)} instruments")
    return 0


if __name__ == "__main__":
    sys.exit(main())

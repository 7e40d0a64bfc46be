"""The stems of a performance: rendered, refined where that is asked for, each in the room.

Performance → render → stems
Performance → render without effects → refine → reverb and chorus → stems
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from composer.errors import BriefError
from composer.music.audio import Audio
from composer.music.performance import Performance
from composer.rendering.effects import without_effects
from composer.rendering.events import DRUM_CHANNEL
from composer.rendering.spans import span_frames, spanned
from composer.rendering.synth import SynthChoice, choose_synth
from composer.sounding.jobs import SAMPLE_RATE, Jobs
from composer.sounding.options import Refining, RefiningReport, StemOutcome
from composer.sounding.parts import chosen_stems

if TYPE_CHECKING:
    from composer.refining.refiner import Refiner

Progress = Callable[[str, float], None]
"""Takes the step's name and how much of it is done, 0 to 1."""

TRAINED_ON = "TimGM6mb"
"""The SoundFont whose sound the refiner knows."""

NO_STRENGTH = "wet is 0"
_BUILTIN = "only FluidSynth's sound can be refined, not that of the built-in synthesiser"


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Rendered stems.

    Args:
        stems: One a track.
        synth: What played them.
        warning: What the user should know about it, or None.
        refining: What the timbre stage did, where it was asked for.
    """

    stems: Mapping[str, Audio]
    synth: str
    warning: str | None
    refining: RefiningReport | None


def sound(
    performance: Performance,
    soundfont: str | None,
    sample_rate: int,
    refining: Refining | None,
    tell: Progress,
    *,
    length_seconds: float | None = None,
    loop: bool = False,
) -> Sound:
    """Play a performance stem by stem, and refine the stems if asked.

    Args:
        performance: What to play.
        soundfont: Path or name of a SoundFont; None for the default one.
        sample_rate: Frames a second.
        refining: How stems are to be refined; None for not at all.
        tell: Told of each step.
        length_seconds: Length of the stems, exact to the sample; None for as long as they ring.
        loop: Whether their end leads into their beginning.

    Raises:
        SoundFontError: If the SoundFont cannot be found or read.
        BriefError: If the sample rate is not one at which stems are refined, or a part that is to
            be refined is none of the piece.
        RefinerError: If the refiner is missing or damaged.
    """
    heard = _heard(performance, choose_synth(soundfont), sample_rate, refining, tell)
    frames = span_frames(performance, sample_rate, length_seconds, loop=loop)
    return replace(heard, stems=spanned(heard.stems, frames, loop=loop))


def _heard(
    performance: Performance,
    choice: SynthChoice,
    sample_rate: int,
    refining: Refining | None,
    tell: Progress,
) -> Sound:
    """The stems with all that rings on."""
    reason = "" if refining is None else _why_not(refining, choice, sample_rate)
    if refining is not None and not reason:
        return _refined(performance, choice, refining, tell)
    stems = choice.synth.render_stems(
        performance, sample_rate=sample_rate, progress=lambda done: tell("render", done)
    )
    report, warning = None, choice.warning
    if refining is not None:
        outcomes = tuple(
            StemOutcome(name, track.program, track.channel == DRUM_CHANNEL, 0.0, reason)
            for name, track in zip(stems, performance.tracks, strict=True)
        )
        report = RefiningReport({}, refining.wet, refining.seed, outcomes)
        warning = _joined(warning, reason if reason == _BUILTIN else None)
    return Sound(stems, choice.synth.name, warning, report)


def check_sound(
    soundfont: str | None = None, refining: Refining | None = None, sample_rate: int = SAMPLE_RATE
) -> None:
    """See, before any work, that there is something to play with, and to refine with if asked.

    Raises:
        SoundFontError: If the SoundFont cannot be found or read.
        BriefError: If stems cannot be refined at the sample rate.
        RefinerError: If the refiner is missing or damaged.
    """
    choice = choose_synth(soundfont)
    if refining is not None and not _why_not(refining, choice, sample_rate):
        open_refiner(refining.model)


@lru_cache(maxsize=2)
def open_refiner(model: Path | str | None = None, threads: int = 1) -> Refiner:
    """The refiner of a folder, or the one that comes with composer; it is kept.

    Args:
        model: The folder; `None` for the one that comes with composer.
        threads: How many it may use for one stem; stems are refined beside each other.

    Raises:
        RefinerError: If it is missing, damaged, or of another version.
    """
    from composer.refining.refiner import Refiner

    return Refiner.load(model, threads=threads)


def _refined(
    performance: Performance, choice: SynthChoice, refining: Refining, tell: Progress
) -> Sound:
    """Render without effects, refine, and put all stems into one room."""
    refiner, font = open_refiner(refining.model), choice.soundfont or ""
    chosen, idle = chosen_stems(performance, refining)
    dry = choice.synth.render_stems(
        without_effects(performance),
        sample_rate=SAMPLE_RATE,
        progress=lambda done: tell("render", done),
    )
    tell("refine", 0.0)
    jobs = Jobs(performance, dict(dry), refiner, refining, chosen, font)
    del dry
    stems = jobs.run(lambda done: tell("refine", done))
    notes = [f'no part of this piece is "{word}"; refine-parts names it in vain' for word in idle]
    if font != TRAINED_ON:
        notes.append(f"the refiner was trained on {TRAINED_ON}, and may suit {font} less")
    report = RefiningReport(refiner.about, refining.wet, refining.seed, jobs.outcomes)
    return Sound(stems, choice.synth.name, _joined(choice.warning, *notes), report)


def _joined(*notes: str | None) -> str | None:
    return "; ".join(note for note in notes if note) or None


def _why_not(refining: Refining, choice: SynthChoice, sample_rate: int) -> str:
    """Why all stems stay dry, or an empty text."""
    if refining.wet == 0:
        return NO_STRENGTH
    if sample_rate != SAMPLE_RATE:
        raise BriefError(
            "refine", f"needs a sample rate of {SAMPLE_RATE}, not {sample_rate}; leave one out"
        )
    return _BUILTIN if choice.soundfont is None else ""

"""Makes the listening page: excerpts of pairs, dry, refined and of the real instrument.

``python -m composer.training.timbre.listening --pairs DIR --out examples/listen.html``

Of every program the first pair of the folder is taken, and of it the stretch with the most onsets:
nothing is chosen by ear. The three excerpts are equally loud. They lie as OGG files in a folder
named like the page, which is plain HTML. ``--spectrograms FILE.png`` draws three of them as well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from composer.acoustics.loudness import integrated_loudness, true_peak_db
from composer.errors import ComposerError, CorpusError, EvaluationError, OutputError
from composer.exporting.audio import write_audio
from composer.exporting.files import FileSet, write_file
from composer.music.audio import Audio
from composer.refining.parts import DRUMS, Part
from composer.refining.refiner import Refiner
from composer.refining.spectra import SAMPLE_RATE, Floats
from composer.refining.weights import MODES, load_weights
from composer.rulebook import load_rulebook
from composer.training.timbre.judging.distances import as_loud, log_mels
from composer.training.timbre.listening_page import SIDES, Entry, Page, page_html
from composer.training.timbre.shards import read_pair
from composer.training.timbre.spectrograms import Sounds, draw_spectrograms

PROGRAMS = (0, 24, 33, 40, 56, 66, 73, DRUMS)
"""Piano, nylon guitar, finger bass, violin, trumpet, tenor saxophone, flute, drums."""
MOST_BYTES = 1_600_000
"""What all excerpts together may take: they lie in a repository."""

_DRAWN = (0, 40, DRUMS)
_LOUDNESS_LUFS = -18.0
_CEILING_DB = -3.0  # the encoder adds peaks of its own
_BEFORE_SECONDS = 0.1
_FADE_SECONDS = 0.03
_SHORTEST_SECONDS = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Excerpt:
    """One instrument of the page.

    Args:
        entry: What the page says of it.
        sounds: float32 ``[frames]`` each, equally loud, by `SIDES`.
    """

    entry: Entry
    sounds: dict[str, Floats]


def make_excerpt(
    refiner: Refiner, pair: Path, program: int, seconds: float, *, mode: str | None, seed: int
) -> Excerpt:
    """Refine the dry side of a pair and cut an excerpt out of it.

    Args:
        refiner: The refiner.
        pair: FLAC file of the pair.
        program: 0–127, or 128 for drums.
        seconds: Length of the excerpt.
        mode: How codes are chosen; `None` for what the networks' card says.
        seed: Seed of what is drawn.

    Raises:
        CorpusError: If the pair cannot be read, or is silent.
        RefinerError: If its sound cannot be refined.
    """
    dry, real, part = read_pair(pair)
    refined = refiner.refine(Audio(dry[None].copy(), SAMPLE_RATE), part, mode=mode, seed=seed)
    wet = np.array(refined.audio.samples[0])
    mels = log_mels(real, as_loud(dry, real), as_loud(wet, real))
    far = [float(np.abs(mel - mels[0]).mean()) for mel in mels[1:]]
    first, count = busiest(part, len(dry) / SAMPLE_RATE, seconds)
    place = slice(first, first + count)
    try:
        sounds = _levelled([_ended(sound[place]) for sound in (dry, wet, real)])
    except ValueError as error:
        raise CorpusError(f"{pair}: {error}") from None
    name = instrument_name(program)
    entry = Entry(name, program, slug(name), refined.wet, far[0], far[1], refined.reason)
    return Excerpt(entry, dict(zip(SIDES, sounds, strict=True)))


def busiest(part: Part, length_seconds: float, seconds: float) -> tuple[int, int]:
    """First sample and length of the stretch in which the most notes begin; the first of them.

    >>> from composer.refining.parts import SoundingNote
    >>> notes = tuple(SoundingNote(at, at + 0.2, 60, 80) for at in (0.1, 4.1, 4.6, 5.1))
    >>> busiest(Part(0, False, notes), 20.0, 2.0)
    (176400, 88200)
    """
    seconds = min(seconds, length_seconds)
    onsets = sorted(note.onset_seconds for note in part.notes or ())
    best, most = 0.0, 0
    for onset in onsets:
        start = min(max(0.0, onset - _BEFORE_SECONDS), length_seconds - seconds)
        inside = sum(start <= other < start + seconds for other in onsets)
        if inside > most:
            best, most = start, inside
    return round(best * SAMPLE_RATE), round(seconds * SAMPLE_RATE)


def instrument_name(program: int) -> str:
    """What the page calls a program.

    >>> instrument_name(24), instrument_name(128)
    ('Nylon guitar', 'Drums')
    """
    if program == DRUMS:
        return "Drums"
    found = load_rulebook().instruments.values()
    name = next(i.name for i in found if i.program == program and not i.is_drums)
    return name.replace("-", " ").capitalize()


def slug(name: str) -> str:
    """A name for files.

    >>> slug("Nylon guitar")
    'nylon-guitar'
    """
    return name.lower().replace(" ", "-")


def first_pairs(folder: Path, programs: Sequence[int]) -> dict[int, Path]:
    """The first pair of each program.

    Raises:
        CorpusError: If a program has none.
    """
    found = {}
    for program in programs:
        inside = folder / f"{program:03d}"
        pairs = [p for p in sorted(inside.glob("*.flac")) if p.with_suffix(".mid").exists()]
        if not pairs:
            raise CorpusError(f"{inside}: holds no pairs (.flac with .mid beside it)")
        found[program] = pairs[0]
    return found


def save_page(excerpts: Sequence[Excerpt], page: Page, out: Path) -> int:
    """Write the page and its sounds, all or none; returns how many bytes the sounds take.

    Args:
        excerpts: What stands on it.
        page: What else it says.
        out: The HTML file; the sounds go into a folder beside it that has its name.

    Raises:
        OutputError: If they cannot be written, or take more than `MOST_BYTES`.
    """
    with FileSet(out.parent) as files:
        total = 0
        for excerpt in excerpts:
            for side, sound in excerpt.sounds.items():
                path = files.path(f"{out.stem}/{excerpt.entry.slug}-{side}.ogg")
                audio = Audio(sound[None].copy(), SAMPLE_RATE)
                write_audio(audio, path, "ogg", f"{excerpt.entry.name}, {side}")
                total += path.stat().st_size
        if total > MOST_BYTES:
            raise OutputError(
                f"{out.parent / out.stem}: {total:,} bytes of sound are more than {MOST_BYTES:,}; "
                "give fewer --programs or --seconds"
            )
        files.write(out.name, page_html(page, [e.entry for e in excerpts], out.stem))
    return total


def _ended(sound: Floats) -> Floats:
    """A copy whose ends are faded."""
    fade = min(round(_FADE_SECONDS * SAMPLE_RATE), len(sound) // 2)
    slope = np.square(np.sin(np.linspace(0, np.pi / 2, fade, dtype=np.float32)))
    ended = sound.copy()
    ended[:fade] *= slope
    ended[len(ended) - fade :] *= slope[::-1]
    return ended


def _levelled(sounds: Sequence[Floats]) -> list[Floats]:
    """Dry, wet and real at one loudness that leaves room for their peaks."""
    dry, wet, real = sounds
    if not all(np.abs(sound).max(initial=0) > 0 for sound in sounds):
        raise ValueError("is silent where the most notes begin")
    alike = [as_loud(dry, real), as_loud(wet, real), real]
    peak = max(true_peak_db(sound[None]) or 0.0 for sound in alike)
    loudness = integrated_loudness(real[None], SAMPLE_RATE)
    up_db = _CEILING_DB - peak
    if loudness is not None:
        up_db = min(up_db, _LOUDNESS_LUFS - loudness)
    return [sound * np.float32(10 ** (up_db / 20)) for sound in alike]


def _drawn(excerpts: Sequence[Excerpt]) -> list[Sounds]:
    """Three of them: piano, violin and drums where they are there."""
    wanted = [e for e in excerpts if e.entry.program in _DRAWN]
    others = [e for e in excerpts if e.entry.program not in _DRAWN]
    return [Sounds(e.entry.name, e.sounds) for e in (wanted + others)[: len(_DRAWN)]]


def _excerpts(flags: argparse.Namespace) -> Iterator[Excerpt]:
    pairs = first_pairs(flags.pairs, flags.programs)
    refiner = Refiner.load(flags.model)
    for program, pair in pairs.items():
        excerpt = make_excerpt(
            refiner, pair, program, flags.seconds, mode=flags.mode, seed=flags.seed
        )
        entry = excerpt.entry
        told = (
            f"{entry.name}: strength {entry.wet:g}, mel {entry.mel_dry:.3f} → {entry.mel_wet:.3f}"
        )
        print(f"{told}; {entry.reason}" if entry.reason else told)
        yield excerpt


def _check(flags: argparse.Namespace) -> None:
    if not flags.programs or not all(0 <= program <= DRUMS for program in flags.programs):
        raise EvaluationError(f"--programs: give one or more of 0 to 127, or {DRUMS} for drums")
    if not flags.seconds >= _SHORTEST_SECONDS:
        raise EvaluationError(f"--seconds: {flags.seconds:g} is less than {_SHORTEST_SECONDS:g}")
    if flags.out.suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"--out: {flags.out} is no page; its name must end with .html")


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.listening")
    add = parser.add_argument
    add("--pairs", type=Path, required=True, help="folder of pairs that were not trained on")
    add("--out", type=Path, required=True, help="page to write, .html")
    add("--programs", type=int, nargs="+", default=list(PROGRAMS), help="programs, 128 = drums")
    add("--seconds", type=float, default=5.0, help="length of an excerpt")
    add("--model", type=Path, help="folder of the networks (default: those of composer)")
    add("--mode", choices=MODES, help="default: what the card says")
    add("--seed", type=int, default=0, help="seed of what is drawn")
    add("--notes", default="", help="a sentence for the page: whose notes are played")
    add("--spectrograms", type=Path, metavar="FILE", help="draw three of them too, as a PNG")
    flags = parser.parse_args(argv)
    try:
        _check(flags)
        excerpts = list(_excerpts(flags))
        credit = str(load_weights(flags.model).card.get("data_licence", ""))
        page = Page(flags.notes, credit, flags.seconds)
        if flags.spectrograms is not None:
            write_file(flags.spectrograms, draw_spectrograms(_drawn(excerpts)))
        total = save_page(excerpts, page, flags.out)
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    print(f"{flags.out}: {total:,} bytes of sound")
    return 0


if __name__ == "__main__":
    sys.exit(main())

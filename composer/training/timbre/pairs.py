"""Renders pairs: the same notes by the small SoundFont and by real recorded instruments.

``python -m composer.training.timbre.pairs --corpus DIR --real RealGM.sf2 --survey survey.json
--split train --out DIR``

A pair is one FLAC file of 24 bits at 44.1 kHz, the small SoundFont's sound (dry) in its left
channel and the real instrument's in its right one, with the notes as a MIDI file beside it. Both
begin together; each note of the real instrument is struck earlier by as much as the survey found
its key to speak late, and the clip's loudness is brought to that of the dry one. Pairs whose
sounds do not fit each other are left out, and counted in ``index.json``.

A clip that is there is not made again, so that the command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Collection, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np

from composer.errors import ComposerError
from composer.midi.encode import encode
from composer.music.seeding import generator
from composer.refining.spectra import SAMPLE_RATE, level_of
from composer.training.timbre.fit import misfit
from composer.training.timbre.material import SPLITS, Notes, indexed_files, random_clip, song_clips
from composer.training.timbre.playing import DRUMS, Mono, Player, clip_performance
from composer.training.timbre.survey import PROGRAMS, STAND_INS, KeySurvey, read_survey

_LEVEL = 0.1
_PEAK = 0.99
_FADE_SECONDS = 0.05
_MOST_FILES = 400


@dataclass(frozen=True, slots=True)
class PairOptions:
    """What is asked for.

    Args:
        corpus: Folder of the song corpus with its ``index.tsv``.
        dry: The small SoundFont; `None` for the bundled one.
        real: SoundFont of real recordings.
        survey: What `composer.training.timbre.survey` wrote.
        split: One of `SPLITS`.
        out: Folder to write to.
        seconds: Length of a clip.
        songs: Clips of songs a program; the drums get three times as many, pianos twice.
        random: Clips of random notes a program.
        seed: Seed of what is drawn.
    """

    corpus: Path
    dry: Path | None
    real: Path
    survey: Path
    split: str
    out: Path
    seconds: float
    songs: int
    random: int
    seed: int


def make_pairs(options: PairOptions, program: int) -> dict[str, object]:
    """Make the pairs of one program; returns its entry in the index."""
    keys = read_survey(options.survey).get(program, {})
    usable = {key: found for key, found in keys.items() if found.usable}
    folder = options.out / f"{program:03d}"
    folder.mkdir(parents=True, exist_ok=True)
    dry, real = Player.of(options.dry), Player.of(options.real)
    reasons: Counter[str] = Counter()
    made = []
    for number, (source, notes) in enumerate(_clips(options, program, set(usable))):
        path = folder / f"{number:03d}.flac"
        if not path.exists():
            problem = _make_pair(path, dry, real, program, notes, usable, options.seconds)
            if problem:
                reasons[problem] += 1
                continue
        made.append({"file": f"{folder.name}/{path.name}", "source": source, "notes": len(notes)})
    told = {"program": program, "made": len(made), "left_out": dict(reasons)}
    return {**told, "pairs": made}


def _clips(options: PairOptions, program: int, keys: Collection[int]) -> list[tuple[str, Notes]]:
    """What is to be played; the same whenever it is asked for."""
    random = generator(options.seed, f"pairs {options.split}", program)
    times = 3 if program == DRUMS else 2 if program == 0 else 1
    rows = indexed_files(options.corpus, options.split)
    if program == DRUMS:
        rows = [row for row in rows if row["drums"] == "1"]
    order = random.permutation(len(rows))[: _MOST_FILES * (1 if program == DRUMS else 20)]
    names = [rows[i]["md5"] for i in order]
    paths = [options.corpus / name[0] / f"{name}.mid" for name in names]
    songs = song_clips(paths, program, keys, options.seconds, random)
    clips = list(islice(songs, options.songs * times))
    noise = generator(options.seed, f"random pairs {options.split}", program)
    clips += [
        ("random", random_clip(program, keys, options.seconds, noise))
        for _ in range(options.random * times + options.songs * times - len(clips))
    ]
    return clips


def _make_pair(
    path: Path,
    dry: Player,
    real: Player,
    program: int,
    notes: Notes,
    keys: dict[int, KeySurvey],
    seconds: float,
) -> str:
    """Render and write one pair; returns why it does not fit, or nothing."""
    lead = max(0.0, max((k.lag_seconds for k in keys.values()), default=0.0))
    sounds = (
        dry.play(program, _later(notes, lead), seconds + lead),
        real.play(STAND_INS.get(program, program), _in_line(notes, keys, lead), seconds + lead),
    )
    cut = round(lead * SAMPLE_RATE)
    first, second = (_ended(sound[cut:]) for sound in sounds)
    problem = misfit(first, second, drums=program == DRUMS)
    if problem:
        return problem
    write_pair(path, program, notes, first, second)
    return ""


def _ended(sound: Mono) -> Mono:
    """The sound, faded out where the clip cuts it."""
    fade = round(_FADE_SECONDS * SAMPLE_RATE)
    ended = sound.copy()
    ended[-fade:] *= np.square(np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)))
    return ended


def _later(notes: Notes, by: float) -> Notes:
    return tuple(
        replace(n, onset_seconds=n.onset_seconds + by, end_seconds=n.end_seconds + by)
        for n in notes
    )


def _in_line(notes: Notes, keys: dict[int, KeySurvey], lead: float) -> Notes:
    """The notes as the real instrument must be played to sound together with the small one."""
    return tuple(
        replace(
            note,
            onset_seconds=max(0.0, note.onset_seconds + lead - keys[note.pitch].lag_seconds),
            end_seconds=note.end_seconds + lead,
        )
        for note in notes
    )


def write_pair(path: Path, program: int, notes: Notes, dry: Mono, real: Mono) -> None:
    """Write a pair at a common level, to a temporary name first; its notes beside it.

    Raises:
        OSError: If it cannot be written.
    """
    import soundfile

    dry = dry * (_LEVEL / level_of(dry))
    real = real * (_LEVEL / level_of(real))
    peak = max(float(np.abs(dry).max()), float(np.abs(real).max()))
    both = np.stack([dry, real], axis=1) * min(1.0, _PEAK / peak)
    path.with_suffix(".mid").write_bytes(encode(clip_performance(program, notes)))
    part = path.with_suffix(".part")
    soundfile.write(part, both, SAMPLE_RATE, format="FLAC", subtype="PCM_24")
    part.replace(path)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; returns its exit status."""
    parser = argparse.ArgumentParser(prog="python -m composer.training.timbre.pairs")
    add = parser.add_argument
    add("--corpus", type=Path, required=True, help="song corpus with index.tsv")
    add("--dry", type=Path, help="the small SoundFont (default: the bundled one)")
    add("--real", type=Path, required=True, help="SoundFont of real recordings")
    add("--survey", type=Path, required=True, help="survey of both SoundFonts' keys")
    add("--split", choices=SPLITS, default="train", help="songs to take parts from")
    add("--out", type=Path, required=True, help="folder to write to")
    add("--seconds", type=float, default=20.0, help="length of a clip")
    add("--songs", type=int, default=7, help="clips of songs a program")
    add("--random", type=int, default=2, help="clips of random notes a program")
    add("--seed", type=int, default=1, help="seed of what is drawn")
    add("--programs", type=int, nargs="*", default=list(PROGRAMS), help="programs, 128 = drums")
    add("--jobs", type=int, default=2, help="processes")
    flags = vars(parser.parse_args(argv))
    programs, jobs = flags.pop("programs"), flags.pop("jobs")
    options = PairOptions(**flags)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        entries = []
        with ProcessPoolExecutor(jobs) as pool:
            for entry in pool.map(partial(make_pairs, options), programs):
                entries.append(entry)
                print(f"{entry['program']:3}: {entry['made']} pairs {entry['left_out']}")
        text = json.dumps({"seconds": options.seconds, "programs": entries}, indent=1)
        (options.out / "index.json").write_text(text, encoding="utf-8")
    except (ComposerError, OSError) as error:
        print(f"{parser.prog}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

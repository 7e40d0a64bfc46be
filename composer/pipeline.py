"""The way from a brief to files, top to bottom.

Brief → plan → Plan → write → Score → perform → Performance → render (→ refine) → Audio → files
                          └──── check ────┘
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from composer.checking.check import check_performance, check_score
from composer.checking.report import Report, merge
from composer.errors import ComposerError
from composer.exporting.brief_toml import dump_brief
from composer.exporting.exports import Exported, write_exports
from composer.exporting.files import FileSet
from composer.exporting.joining import joined_midi
from composer.exporting.mixes import Stem, stems_of, write_mix
from composer.manifest import Operation, write_manifest
from composer.music.brief import Brief
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score
from composer.performing import perform
from composer.piece import Piece, Rendering, report_of
from composer.rulebook import Rulebook, load_rulebook
from composer.sounding.options import Refining
from composer.version import __version__
from composer.writers import ways_to_write
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from composer.writing.tune_player import fewer_players

Progress = Callable[[str, float], None]
"""Takes the step's name and how much of it is done: 0 when it begins, 1 when it ends."""


_FEWER = "the melody leaves no way that keeps every rule with all players; there are fewer: {}"


def compose(
    brief: Brief | None = None,
    *,
    rules: Path | str | None = None,
    model: Path | str | None = None,
    progress: Progress | None = None,
) -> Piece:
    """Compose a piece: plan, write, perform and check.

    Args:
        brief: What to write; nothing given leaves all to the default style.
        rules: A folder of rules to lay over ours.
        model: Folder of a transformer of one's own; None for the one that comes with composer.
        progress: Told of each step.

    Raises:
        TransformerError: If the transformer is missing or damaged.
        BriefError: If a field of the brief is unknown, out of range or in conflict.
        RuleError: If a rule file is wrong.
        ComposerError: If the piece breaks a hard rule, which would be a fault of ours.

    >>> compose(Brief(key="C", bars=4, style="pop")).report.ok
    True
    """
    tell = progress or _silent
    book = load_rulebook(_as_path(rules))
    tell("plan", 0.0)
    choices = resolve(brief or Brief(), book)
    plan = make_plan(choices, book)
    tell("plan", 1.0)
    title = _title(plan, book, choices.brief)
    report = Report(())
    told = None if progress is None else (lambda done: progress("write", done))
    for write in ways_to_write(plan, book, title, choices.brief, _as_path(model), told):
        tell("write", 0.0)
        score, authorship = write()
        performance, report = _performed(plan, score, book, tell)
        if report.ok:
            why = authorship.note
            notes = (*choices.notes, why) if why else choices.notes
            full = _repeatable(choices.brief, plan)
            own = _as_path(rules), _as_path(model)
            return Piece(full, plan, score, performance, report, authorship, notes, *own)
    fewer = fewer_players(plan.parts) if plan.tune else None
    if fewer is None:
        raise ComposerError(_broken(choices.brief, report))
    smaller = replace(choices.brief, parts=fewer)
    piece = compose(smaller, rules=rules, model=model, progress=progress)
    return replace(piece, notes=(*choices.notes, _FEWER.format(", ".join(fewer))))


def _repeatable(brief: Brief, plan: Plan) -> Brief:
    """The full brief, with the form that was drawn."""
    given = brief.chords is not None and not brief.hits  # for hits a form is chosen over them too
    if given or brief.lyrics is not None:
        return brief
    return replace(brief, form=" ".join(f"{s.kind}:{s.bars}" for s in plan.sections))


def _performed(
    plan: Plan, score: Score, book: Rulebook, tell: Progress
) -> tuple[Performance, Report]:
    """Perform and check a score."""
    tell("write", 1.0)
    tell("perform", 0.0)
    performance = perform(plan, score, book)
    tell("perform", 1.0)
    tell("check", 0.0)
    report = merge(check_score(plan, score), check_performance(score, performance, plan))
    tell("check", 1.0)
    return performance, report


def render(
    performance: Performance,
    *,
    soundfont: str | None = None,
    sample_rate: int = 44_100,
    refine: bool | Refining = False,
    length_seconds: float | None = None,
    loop: bool = False,
    progress: Progress | None = None,
) -> Rendering:
    """Play a performance stem by stem, refine the stems if asked, and mix them.

    Args:
        performance: What to play.
        soundfont: Path or name of a SoundFont; None for the bundled one.
        sample_rate: 44100 or 48000; to refine, 44100.
        refine: Whether to give the stems the sound of recorded instruments, or how.
        length_seconds: Length of the sound, exact to the sample (`Plan.length_seconds`); None for
            as long as it rings, or for a loop as long as its bars.
        loop: Whether its end leads into its beginning (`Plan.loop`): what rings on after the end
            sounds at the beginning.
        progress: Told of each step.

    Raises:
        SoundFontError: If the SoundFont cannot be found or read.
        BriefError: If the sample rate is not one of the two, or a part that is to be refined is
            none of the piece.
        RefinerError: If the refiner is missing or damaged.
    """
    from composer.rendering.mixdown import mix
    from composer.sounding.stems import sound

    tell = progress or _silent
    refining = Refining() if refine is True else refine or None
    heard = sound(
        performance,
        soundfont,
        sample_rate,
        refining,
        tell,
        length_seconds=length_seconds,
        loop=loop,
    )
    tell("mix", 0.0)
    result = Rendering(
        mix(heard.stems, loop=loop), heard.synth, heard.warning, heard.refining, soundfont, refining
    )
    tell("mix", 1.0)
    return result


def save(
    piece: Piece,
    folder: Path | str,
    *,
    rendering: Rendering | None = None,
    stems: bool = False,
    audio_format: str = "wav",
    exports: Sequence[str] = (),
    operations: Sequence[Operation] = (),
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write a piece's files, all of them or none.

    ``piece.mid``, ``piano-roll.png``, ``report.json`` and ``brief.toml``; with a rendering also
    ``mix.wav``, and with stems ``stems/*.wav``; what `exports` names
    (`composer.exporting.exports.EXPORTS`); and ``manifest.json``, which describes them all.

    Raises:
        BriefError: If an export is unknown, or the library that it needs is missing.
        OutputError: If the folder cannot be written.
    """
    tell = progress or _silent
    tell("files", 0.0)
    with FileSet(folder) as files:
        files.write("piece.mid", piece.midi)
        if (both := joined_midi(piece.plan, piece.performance)) is not None:
            files.write("joined.mid", both)
        files.write("piano-roll.png", picture(piece))
        files.write("report.json", json.dumps(report_of(piece, rendering), indent=1) + "\n")
        files.write("brief.toml", dump_brief(piece.brief, __version__, piece.rules))
        if rendering is not None:
            title = piece.score.title
            write_mix(files, rendering.mix, title, stems=stems, audio_format=audio_format)
        beside = stems_of(rendering.mix, audio_format) if rendering is not None and stems else ()
        write_exports(files, exports, _exported(piece, beside))
        write_manifest(
            files,
            piece,
            rendering,
            stems=stems,
            audio_format=audio_format,
            exports=exports,
            operations=operations,
        )
        paths = files.paths
    tell("files", 1.0)
    return paths


def _exported(piece: Piece, stems: tuple[Stem, ...]) -> Exported:
    return Exported(piece.score, piece.performance, piece.plan.style, piece.plan.swing, stems)


def save_audio(
    rendering: Rendering,
    folder: Path | str,
    title: str,
    *,
    stems: bool = False,
    audio_format: str = "wav",
    progress: Progress | None = None,
) -> tuple[Path, ...]:
    """Write the mix, and the stems if asked, all of them or none.

    Raises:
        OutputError: If the folder cannot be written.
    """
    tell = progress or _silent
    tell("files", 0.0)
    with FileSet(folder) as files:
        write_mix(files, rendering.mix, title, stems=stems, audio_format=audio_format)
        if rendering.refining is not None:
            data = {**rendering.refining.to_dict(), "warning": rendering.warning}
            files.write("refining.json", json.dumps(data, indent=1) + "\n")
        paths = files.paths
    tell("files", 1.0)
    return paths


def picture(piece: Piece) -> bytes:
    """The piano roll as PNG."""
    from composer.exporting.pictures import draw_piano_roll

    return draw_piano_roll(piece.score, energy=[bar.energy for bar in piece.plan.bars])


def _as_path(path: Path | str | None) -> Path | None:
    return Path(path) if path is not None else None


def _title(plan: Plan, book: Rulebook, brief: Brief) -> str:
    if brief.title is not None:
        return brief.title.strip()
    return f"{book.style(plan.style).title} in {plan.key.name}, seed {brief.seed}"


def _broken(brief: Brief, report: Report) -> str:
    first = report.violations[0]
    return (
        f"the piece breaks a hard rule and is not written: {first}; "
        f"another --seed than {brief.seed} may help, and a bug report would"
    )


def _silent(step: str, done: float) -> None:
    """Tell nobody."""

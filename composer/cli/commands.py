"""The commands beside composing: styles, check, render, soundfonts."""

from __future__ import annotations

import json
from pathlib import Path

import click

from composer.cli.composing import cli
from composer.cli.values import (
    audio_options,
    checked_format,
    checked_rate,
    path,
    progress,
)


@cli.command()
@click.option("--rules", callback=path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def styles(rules: Path | None, as_json: bool) -> None:
    """List the styles."""
    from composer.rulebook import load_rulebook

    book = load_rulebook(rules)
    known = [book.style(name) for name in book.style_names]
    if as_json:
        rows = [
            {
                "name": style.name,
                "title": style.title,
                "description": style.description,
                "tempo": list(style.tempo),
                "time_signatures": list(style.meters),
                "parts": [part.name for part in style.parts],
            }
            for style in known
        ]
        click.echo(json.dumps(rows))
        return
    from composer.summary import print_styles

    print_styles(known)


@cli.command(short_help="Check a MIDI file against the hard rules.")
@click.argument("file", callback=path)
@click.option("--rules", callback=path, metavar="PATH", help="Folder of rules laid over ours.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def check(file: Path, rules: Path | None, as_json: bool) -> None:
    """Check any MIDI file against the hard rules; exit code 1 if one is broken."""
    from composer.checking.midi_file import check_file

    performance, report = check_file(file, rules)
    if as_json:
        click.echo(json.dumps({"file": str(file), **report.to_dict()}))
    else:
        from composer.summary import print_report

        print_report(str(file), performance, report)
    if not report.ok:
        raise click.exceptions.Exit(1)


@cli.command(short_help="Play a MIDI file to audio.")
@click.argument("file", callback=path)
@audio_options
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def render(
    file: Path,
    soundfont: str | None,
    stems: bool,
    audio_format: str,
    sample_rate: int,
    out: Path,
    quiet: bool,
    as_json: bool,
) -> None:
    """Play any MIDI file to audio, mixed and mastered."""
    audio_format = checked_format(audio_format)
    checked_rate(sample_rate)
    from composer import pipeline
    from composer.exporting.files import rehearse
    from composer.midi.decode import read_midi
    from composer.piece import audio_report

    performance = read_midi(file)
    rehearse(out)
    with progress(quiet or as_json) as tell:
        rendering = pipeline.render(
            performance, soundfont=soundfont, sample_rate=sample_rate, progress=tell
        )
        paths = pipeline.save_audio(
            rendering, out, file.stem, stems=stems, audio_format=audio_format, progress=tell
        )
    if as_json:
        data = {
            "file": str(file),
            "audio": audio_report(rendering),
            "files": [str(path) for path in paths],
        }
        click.echo(json.dumps(data))
        return
    if quiet:
        return
    if rendering.warning:
        click.echo(f"warning: {rendering.warning}", err=True)
    for written in paths:
        click.echo(str(written))


@cli.command(short_help="List the SoundFonts, and where to get more.")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def soundfonts(as_json: bool) -> None:
    """List the SoundFonts that are here, and where better ones come from."""
    from composer.rendering.soundfont import list_soundfonts
    from composer.summary import print_soundfonts, soundfonts_as_data

    listing = list_soundfonts()
    if as_json:
        click.echo(json.dumps(soundfonts_as_data(listing)))
    else:
        print_soundfonts(listing)

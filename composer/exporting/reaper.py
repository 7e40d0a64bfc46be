"""A piece as a REAPER project: plain text in nested blocks. Clock: seconds, ticks in MIDI items.

The format is REAPER's own and read by it leniently: what is left out takes its default.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import PurePosixPath
from uuid import NAMESPACE_URL, uuid5

from composer.exporting.channel_strips import ChannelStrip, channel_strips
from composer.exporting.mixes import Stem
from composer.exporting.picture_colours import INK, Colour, section_colour
from composer.exporting.reaper_midi import midi_source
from composer.midi.units import TempoMap, tempo_map, ticks_from_quarters
from composer.music.performance import Performance, Track
from composer.music.score import Score

_OWN_COLOUR = 0x1000000
_STEPS = 1
_MAKER = "https://composer.invalid/reaper/"
_SOURCES = {"wav": "WAVE", "flac": "FLAC", "ogg": "VORBIS"}
_AT_TIME, _AT_BEATS = 0, 1


def reaper_project(score: Score, performance: Performance, stems: Sequence[Stem] = ()) -> str:
    """Write a REAPER project.

    Tracks with names, colours, levels and MIDI items, the tempo and meter map, sections as regions,
    chords as markers. Stems are items of tracks of their own, with paths relative to the project;
    the MIDI tracks are then muted, so that nothing sounds twice.

    Args:
        score: The written piece.
        performance: The played piece.
        stems: The stems that lie beside the project.
    """
    clock = tempo_map(performance)
    tempo, meter = performance.tempos[0], performance.meters[0]
    bpm = 60_000_000 / tempo.microseconds_per_quarter
    lines = ['<REAPER_PROJECT 0.1 "6.0" 0']
    lines += [f"  TEMPO {_number(bpm)} {meter.numerator} {meter.denominator}"]
    lines += [f"  SAMPLERATE {stems[0].sample_rate if stems else 44100} {int(bool(stems))} 0"]
    lines += [f"  {line}" for line in _tempo_map(performance, clock)]
    lines += [f"  {line}" for line in _markers(score, performance, clock)]
    strips = channel_strips(score, performance)
    by_name = {track.name: strip for track, strip in zip(performance.tracks, strips, strict=True)}
    end = clock.seconds(performance.end_ticks)
    for number, (track, strip) in enumerate(zip(performance.tracks, strips, strict=True), start=1):
        block = _midi_track(track, strip, number, end, performance, muted=bool(stems))
        lines += [f"  {line}" for line in block]
    for number, stem in enumerate(stems, start=1):
        colour = by_name[stem.name].colour if stem.name in by_name else INK
        lines += [f"  {line}" for line in _audio_track(stem, colour, number)]
    return "\n".join([*lines, ">"]) + "\n"


def _tempo_map(performance: Performance, clock: TempoMap) -> Iterator[str]:
    """The tempo envelope: each point holds until the next, and may bring a time signature."""
    tempos = {t.ticks: t.microseconds_per_quarter for t in performance.tempos}
    meters = {m.ticks: m for m in performance.meters}
    yield "<TEMPOENVEX"
    yield "  ACT 1 -1"
    yield "  VIS 1 0 1"
    yield f"  DEFSHAPE {_STEPS} -1 -1"
    microseconds = performance.tempos[0].microseconds_per_quarter
    for ticks in sorted({*tempos, *meters}):
        microseconds = tempos.get(ticks, microseconds)
        point = (
            f"  PT {_number(clock.seconds(ticks))} {_number(60_000_000 / microseconds)} {_STEPS}"
        )
        meter = meters.get(ticks)
        yield point if meter is None else f"{point} {meter.denominator << 16 | meter.numerator}"
    yield ">"


def _markers(score: Score, performance: Performance, clock: TempoMap) -> Iterator[str]:
    """Sections as regions, which two lines of one number bound, and chords as markers."""
    bar = score.meter.bar_quarters
    materials = list(dict.fromkeys(section.material for section in score.sections))

    def at(quarters: Fraction) -> str:
        ticks = ticks_from_quarters(quarters, performance.ticks_per_quarter)
        return _number(clock.seconds(ticks))

    for number, section in enumerate(score.sections, start=1):
        colour = section_colour(section.kind, materials.index(section.material), section.energy)
        start, end = at(section.start_bar * bar), at(section.end_bar * bar)
        yield f"MARKER {number} {start} {quoted(section.name)} 1 {_colour(colour)} 1 R"
        yield f'MARKER {number} {end} "" 1'
    for number, span in enumerate(score.chords, start=1):
        yield f"MARKER {number} {at(span.onset_quarters)} {quoted(span.chord.symbol)} 0 0 1"


def _midi_track(
    track: Track,
    strip: ChannelStrip,
    number: int,
    end: float,
    performance: Performance,
    *,
    muted: bool,
) -> Iterator[str]:
    source = midi_source(track, performance.ticks_per_quarter, performance.end_ticks)
    head = _head(track.name, strip, f"midi/{number}/{performance.title}", muted=muted)
    yield from head
    yield from _item(track.name, end, _AT_BEATS, source)
    yield ">"


def _audio_track(stem: Stem, colour: Colour, number: int) -> Iterator[str]:
    kind = _SOURCES.get(PurePosixPath(stem.file).suffix.lstrip("."), "WAVE")
    source = [f"<SOURCE {kind}", f"  FILE {quoted(stem.file)}", ">"]
    strip = ChannelStrip(1.0, 0.0, colour)
    yield from _head(f"{stem.name} audio", strip, f"audio/{number}/{stem.file}", muted=False)
    yield from _item(stem.name, stem.seconds, _AT_TIME, source)
    yield ">"


def _head(name: str, strip: ChannelStrip, seed: str, *, muted: bool) -> Iterator[str]:
    """The head of a track, which `>` has yet to end."""
    identifier = str(uuid5(NAMESPACE_URL, _MAKER + seed)).upper()
    yield f"<TRACK {{{identifier}}}"
    yield f"  NAME {quoted(name)}"
    yield f"  PEAKCOL {_colour(strip.colour)}"
    yield f"  VOLPAN {_number(strip.gain)} {_number(strip.pan)} -1 -1 1"
    yield f"  MUTESOLO {int(muted)} 0 0"
    yield "  NCHAN 2"
    yield f"  TRACKID {{{identifier}}}"
    yield "  MAINSEND 1 0"


def _item(name: str, seconds: float, timebase: int, source: Sequence[str]) -> Iterator[str]:
    yield "  <ITEM"
    yield "    POSITION 0"
    yield f"    LENGTH {_number(seconds)}"
    yield "    LOOP 0"
    yield f"    BEAT {timebase}"
    yield f"    NAME {quoted(name)}"
    yield from (f"    {line}" for line in source)
    yield "  >"


def quoted(text: str) -> str:
    r"""A text in quotes that it does not hold.

    >>> quoted("verse 1"), quoted('6" nail'), quoted("6\" nail's")
    ('"verse 1"', '\'6" nail\'', '`6" nail\'s`')
    """
    plain = " ".join(text.split())
    mark = next((mark for mark in "\"'`" if mark not in plain), None)
    if mark is None:
        mark, plain = "`", plain.replace("`", "'")
    return f"{mark}{plain}{mark}"


def _colour(colour: Colour) -> int:
    """A colour as REAPER stores it: red in the lowest byte, and a bit that says it is one's own."""
    red, green, blue = colour
    return _OWN_COLOUR | blue << 16 | green << 8 | red


def _number(value: float) -> str:
    return f"{value:.10f}".rstrip("0").rstrip(".") or "0"

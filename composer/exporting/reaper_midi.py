"""A track's notes as the MIDI source of a REAPER item: one event a line, in ticks."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from composer.exporting.channel_strips import MIXER_CONTROLLERS
from composer.midi.text import text_to_bytes
from composer.music.performance import Track

_BANK, _ALL_NOTES_OFF = 0, 123
_OFF, _CONTROL, _BEND, _LYRIC, _ON = range(5)
_META_LYRIC = b"\xff\x05"


def midi_source(track: Track, ticks_per_quarter: int, end_ticks: int) -> list[str]:
    """The source block of a MIDI item.

    Args:
        track: What to play. Its volume and pan are the mixer's, and not in the item.
        ticks_per_quarter: Resolution.
        end_ticks: Where the item ends.
    """
    lines = ["<SOURCE MIDI", f"  HASDATA 1 {ticks_per_quarter} QN"]
    lines.append(_event(0, 0xB0 | track.channel, _BANK, track.bank & 0x7F))
    lines.append(_event(0, 0xC0 | track.channel, track.program, 0))
    now = 0
    for ticks, kind, *values in sorted(_events(track)):
        lines += _lines(ticks - now, kind, track.channel, values, track)
        now = ticks
    lines.append(_event(end_ticks - now, 0xB0 | track.channel, _ALL_NOTES_OFF, 0))
    return [*lines, ">"]


def _events(track: Track) -> Iterator[tuple[int, ...]]:
    """Tick, kind and two values: at one tick notes end before others begin."""
    for change in track.controls:
        if change.controller not in MIXER_CONTROLLERS:
            yield change.ticks, _CONTROL, change.controller, change.value
    for bend in track.bends:
        yield bend.ticks, _BEND, bend.value + 8192, 0
    for index, lyric in enumerate(track.lyrics):
        yield lyric.ticks, _LYRIC, index, 0
    for note in track.notes:
        yield note.onset_ticks, _ON, note.pitch, note.velocity
        yield note.end_ticks, _OFF, note.pitch, 0


def _lines(delta: int, kind: int, channel: int, values: list[int], track: Track) -> list[str]:
    first, second = values
    if kind == _LYRIC:
        text = b64encode(_META_LYRIC + text_to_bytes(track.lyrics[first].text)).decode("ascii")
        return [f"  <X {delta} 0", f"    {text}", "  >"]
    if kind == _BEND:
        return [_event(delta, 0xE0 | channel, first & 0x7F, first >> 7)]
    status = {_CONTROL: 0xB0, _ON: 0x90, _OFF: 0x80}[kind]
    return [_event(delta, status | channel, first, second)]


def _event(delta: int, status: int, first: int, second: int) -> str:
    return f"  E {delta} {status:02x} {first:02x} {second:02x}"

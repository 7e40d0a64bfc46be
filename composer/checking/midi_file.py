"""The hard rules on any MIDI file, ours or not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from composer.checking.file_index import FileIndex
from composer.checking.file_rules import (
    judge_file_bass,
    judge_file_cadence,
    judge_file_essential_tones,
    judge_file_range,
    judge_file_tones,
    judge_file_voices,
)
from composer.checking.played_rules import (
    judge_played_channels,
    judge_played_length,
    judge_played_limbs,
    judge_played_maps,
    judge_played_overlap,
    judge_played_velocities,
)
from composer.checking.report import Report, Rule
from composer.midi.decode import read_midi
from composer.music.performance import Performance
from composer.rulebook import load_rulebook
from composer.theory.chord import ChordVocabulary
from composer.theory.instruments import Instrument
from composer.theory.scale import Scale

FILE_RULES: tuple[Rule[FileIndex], ...] = (
    Rule("length", "Nothing sounds before the start or after the end", judge_played_length),
    Rule("tempo-and-meter", "The tempo and meter maps can be", judge_played_maps),
    Rule("tones", "Every note is in the key, in the chord, or resolves", judge_file_tones),
    Rule("bass-root", "On a change of chord the bass has root or inversion", judge_file_bass),
    Rule(
        "essential-tones",
        "Voicings hold the chord's third and seventh",
        judge_file_essential_tones,
    ),
    Rule("parallels", "No parallel fifths or octaves within a governed part", judge_file_voices),
    Rule("crossing", "Governed voices do not cross", judge_file_voices),
    Rule("spacing", "Upper governed voices lie at most an octave apart", judge_file_voices),
    Rule("cadence-resolution", "Leading tone and seventh resolve at cadences", judge_file_voices),
    Rule("range", "Every track stays within its instrument's range", judge_file_range),
    Rule("cadences", "The piece ends on the tonic", judge_file_cadence),
    Rule("overlap", "No empty, hanging or overlapping notes on a channel", judge_played_overlap),
    Rule("velocities", "Velocities are 1 to 127", judge_played_velocities),
    Rule("channels", "Melodic channels apart, drums on channel 10", judge_played_channels),
    Rule("limbs", "The drums need at most two hands and two feet", judge_played_limbs),
)
"""What a MIDI file can be asked, in the order of the report."""


def check_file(path: Path | str, rules: Path | str | None = None) -> tuple[Performance, Report]:
    """Check any MIDI file against the hard rules, as far as a file allows.

    Args:
        path: The file.
        rules: A folder of rules to lay over ours.

    Raises:
        MidiError: If it cannot be read.
        RuleError: If a rule file is wrong.
    """
    book = load_rulebook(Path(rules) if rules is not None else None)
    performance = read_midi(path)
    known = reversed(list(book.instruments.values()))
    by_program = {i.program: i for i in known if not i.is_drums}
    report = check_midi(performance, book.scales, book.scale_aliases, book.chords, by_program)
    return performance, report


def check_midi(
    performance: Performance,
    scales: Mapping[str, Scale],
    aliases: Mapping[str, str],
    vocabulary: ChordVocabulary,
    instruments_by_program: Mapping[int, Instrument],
) -> Report:
    """Judge a MIDI file by all rules of `FILE_RULES`.

    Args:
        performance: The file as read.
        scales: Scales by name; ``major`` and ``minor`` at least.
        aliases: Other names of scales.
        vocabulary: Chord qualities.
        instruments_by_program: Instrument by General MIDI program, drum kits left out.
    """
    file = FileIndex(performance, scales, aliases, vocabulary, instruments_by_program)
    return Report(tuple(rule.result(file) for rule in FILE_RULES))

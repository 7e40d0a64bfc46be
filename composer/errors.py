"""Everything that composer raises on purpose.

    ComposerError                 one clear line for the user; the CLI exits with code 2
    ├── BriefError                a field of the brief is unknown, out of range or in conflict
    ├── RuleError                 a file of the rule book is missing, malformed or inconsistent
    ├── MidiError                 a MIDI file cannot be read, or is not what it says
    ├── NotationError             a MusicXML file cannot be read, or is not what is asked for
    ├── ProjectError              a project cannot be opened, changed or saved
    ├── ManifestError             a manifest cannot be read, or is not what it says
    ├── SoundFontError            a SoundFont cannot be found, opened or understood
    ├── OutputError               a result cannot be written (permission, full disk, wrong kind)
    ├── CorpusError               a training corpus is missing or unreadable
    ├── EvaluationError           there is nothing to measure, or nothing to measure it against
    ├── TransformerError          the transformer's weights are missing or damaged, or it cannot run
    └── RefinerError              the refiner's weights, or the sound that it is given, are unfit

Each message names the file or field, what is wrong with it and what would be right.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ComposerError(Exception):
    """Base of all errors that the user can mend."""


class BriefError(ComposerError):
    """A field of the brief is unknown, out of range or in conflict with another.

    Args:
        field: Name of the field as the user typed it, without dashes.
        message: What is wrong, and what would be right.
    """

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field


class RuleError(ComposerError):
    """A rule file is missing, malformed or inconsistent.

    Args:
        file: The file, relative to the rules folder where possible.
        where: The table and key, such as ``groove.swing``; empty for the whole file.
        message: What is wrong, and what would be right.
    """

    def __init__(self, file: object, where: str, message: str) -> None:
        place = f"{file}, {where}" if where else str(file)
        super().__init__(f"{place}: {message}")
        self.file = str(file)
        self.where = where


class MidiError(ComposerError):
    """A MIDI file cannot be read, or is not what it says it is."""


class NotationError(ComposerError):
    """A MusicXML file cannot be read, or is not what is asked for."""


class ProjectError(ComposerError):
    """A project cannot be opened, is open elsewhere, or cannot be changed as asked."""


class ManifestError(ComposerError):
    """A manifest cannot be read, or does not describe a run."""


class SoundFontError(ComposerError):
    """A SoundFont cannot be found, opened or understood."""


class OutputError(ComposerError):
    """A result cannot be written."""


class CorpusError(ComposerError):
    """A training corpus is missing or unreadable."""


class EvaluationError(ComposerError):
    """There is nothing to measure, or nothing to measure it against."""


class TransformerError(ComposerError):
    """The transformer's weights are missing or damaged, or it is asked for more than it can do."""


class RefinerError(ComposerError):
    """The refiner's weights are missing or damaged, or it is given sound that it cannot refine."""


def nearest(word: str, choices: Iterable[str]) -> str:
    """Phrase a hint that names the closest choice, or lists them where none is close.

    >>> nearest("regae", ["rock", "reggae"])
    'did you mean "reggae"? (known: reggae, rock)'
    >>> nearest("zzz", ["rock", "pop"])
    'known: pop, rock'
    """
    known = sorted(set(choices))
    listing = ", ".join(known)
    folded = {choice.lower(): choice for choice in known}
    match = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.5)
    if match:
        return f'did you mean "{folded[match[0]]}"? (known: {listing})'
    return f"known: {listing}"

"""The words in the plan: of a text that has the form, or under a tune that is given."""

from __future__ import annotations

from composer.music.plan import LyricLine
from composer.music.tune import TuneNote
from composer.writing.choices import Choices
from composer.writing.lyric_underlay import own_words, underlaid
from composer.writing.song import lyric_lines


def words_of(choices: Choices) -> tuple[tuple[TuneNote, ...], tuple[LyricLine, ...]]:
    """The notes of the given tune, if there is one, with their words, and the lines of the text.

    A given text wins over the words that a tune brings itself.

    Raises:
        BriefError: If a text has more syllables than the tune has notes.
    """
    if choices.song is not None:
        return (), lyric_lines(choices.song)
    if choices.tune is None:
        return (), ()
    tune, text = choices.tune, choices.brief.lyrics
    if text is not None:
        copies = len(tune.place.starts)
        return underlaid(tune.tune, tune.notes, copies, text, choices.meter)
    return tune.notes, own_words(tune.notes, choices.meter)

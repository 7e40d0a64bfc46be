"""Words under a given tune: a note a syllable, the rest carries on, lines end on long notes."""

from __future__ import annotations

import pytest

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.music.tune import Tune, parse_tune_note
from composer.theory.meter import parse_meter
from composer.writing.lyric_underlay import copies_wanted, own_words, underlaid
from tests.unit.prosody import texts

FOUR = parse_meter("4/4")


def tune_of(*rows: str) -> Tune:
    """Pitches, a quarter each, or as many as stand behind a colon."""
    notes, time = [], 0
    for word in " ".join(rows).split():
        pitch, _, length = word.partition(":")
        notes.append(parse_tune_note(f"{time} {length or 1} {pitch} -"))
        time += int(length or 1)
    return Tune(tuple(notes), -(-time // 4))


SONG = tune_of(
    "C4 C4 G4 G4 A4 A4 G4:2 F4 F4 E4 E4 D4 D4 C4:2",
    "G4 G4 F4 F4 E4 E4 D4:2 G4 G4 F4 F4 E4 E4 D4:2",
)


def lay(tune: Tune, text: str, copies: int = 1) -> list[str]:
    notes, lines = underlaid(tune, tune.notes * copies, copies, text, FOUR)
    assert [n.lyric for n in notes if n.lyric] == [s for line in lines for s in line.syllables]
    return [note.lyric for note in notes]


def test_as_many_notes_as_syllables_are_taken_one_by_one() -> None:
    laid = lay(SONG, texts.STAR)
    assert len(laid) == 28 and all(laid) and laid[:2] == ["Twin-", "kle,"] and laid[-1] == "sky."


def test_a_note_too_many_carries_a_syllable_on_and_lines_end_on_long_notes() -> None:
    laid = lay(SONG, "Twinkle, little little star,\nHow I wonder where you are!")
    assert laid[6] == "star," and laid[13] == "are!" and "" not in laid[:14]
    fewer = lay(SONG, "Twinkle, little star,\nHow I wonder where you are!")
    assert fewer[0] == "Twin-" and fewer[7] == "How" and fewer[13] == "are!"
    assert fewer[:7].count("") == 2


def test_what_is_left_of_the_tune_goes_without_words() -> None:
    laid = lay(SONG, "Twinkle, twinkle, little star,")
    assert all(laid[:7]) and not any(laid[7:])


def test_too_many_syllables_are_refused_with_their_line() -> None:
    with pytest.raises(BriefError, match='28 notes, which end in the line "Tyger Tyger'):
        lay(SONG, f"{texts.STAR}\n{texts.TYGER}".replace(texts.STAR.splitlines()[0], "Hush,"))


def test_stanzas_are_sung_to_copies_of_the_tune() -> None:
    text = f"{texts.STAR}\n\n{texts.STAR.replace('Twinkle', 'Glitter')}"
    assert copies_wanted(Brief(melody=SONG, lyrics=text)) == 2
    laid = lay(SONG, text, copies=2)
    assert laid[0] == "Twin-" and laid[28] == "Glit-" and all(laid)
    assert copies_wanted(Brief(melody=SONG, lyrics=texts.STAR)) == 1


def test_given_words_win_over_the_tune_s_own() -> None:
    own = Tune(tuple(parse_tune_note(f"{n.text} da") for n in SONG.notes), SONG.bars)
    assert "da" not in lay(own, texts.STAR)
    lines = own_words(own.notes, FOUR)
    assert sum(len(line.syllables) for line in lines) == 28 and len(lines) == 4

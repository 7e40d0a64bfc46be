"""Which stanza is sung in which section: as the text has them, or as the form that is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from composer.errors import BriefError
from composer.prosody.verse import Stanza, Verses
from composer.prosody.word_lists import word_set
from composer.rulebook.forms import SectionKind
from composer.writing import given
from composer.writing.lyric_labels import primed
from composer.writing.song import SongWish

WITHOUT_WORDS = word_set(
    "intro introduction opening outro coda tag ending solo solo-a solo-b instrumental interlude "
    "break breakdown build dub stillness riff"
)
"""Names of sections that nobody sings words in."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A section before its bars are known: sung where it has a stanza."""

    kind: str
    role: str
    stanza: Stanza | None
    bars: int | None = None
    labels: tuple[str, ...] = ()


def by_stanzas(verses: Verses, wish: SongWish) -> list[Draft]:
    """A section a stanza, with room for interludes, between an intro and an outro.

    What goes round has neither of the two.
    """
    known = wish.form.sections
    drafts = [] if wish.loop else [Draft(_kind_of("intro", known), "intro", None)]
    for index, stanza in enumerate(verses.stanzas):
        if index:
            drafts.append(Draft(_kind_of("interlude", known), "interlude", None))
        drafts.append(Draft(_kind_of(stanza.role, known), stanza.role, stanza))
    if not wish.loop:
        drafts.append(Draft(_kind_of("outro", known), "outro", None))
    return drafts


def _kind_of(role: str, known: Mapping[str, SectionKind]) -> str:
    return given.section_kind(role, known)


def by_form(verses: Verses, wish: SongWish, notes: list[str]) -> list[Draft]:
    """The sections that the user asks for, with the stanzas in order."""
    text = wish.asked_form or ""
    known = wish.form.sections
    words = text.replace(",", " ").split()
    kinds = [kind for kind, _ in given.parse_form(text, None, known)]
    if len(words) == 1 and len(kinds) > 1:
        labels = _labels_of_letters(verses, words[0])
        if labels:
            notes.append(f"the letters {words[0].upper()} are taken for the lines of each stanza")
            drafts = by_stanzas(verses, wish)
            return [replace(draft, labels=labels if draft.stanza else ()) for draft in drafts]
        return _with_words(
            [Draft(kind, letter, None) for kind, letter in zip(kinds, words[0], strict=True)],
            verses,
            notes,
        )
    drafts = []
    for word, kind in zip(words, kinds, strict=True):
        name, _, length = word.partition(":")
        drafts.append(Draft(kind, name.lower(), None, int(length) if length else None))
    return _with_words(drafts, verses, notes)


def _labels_of_letters(verses: Verses, letters: str) -> tuple[str, ...]:
    """Labels of the lines, where letters name as many lines as each stanza has; else none."""
    counts = {len(stanza.lines) for stanza in verses.stanzas}
    if counts != {len(letters)} or len(verses.stanzas) == len(letters):
        return ()
    return primed(letters.lower())


def _with_words(drafts: list[Draft], verses: Verses, notes: list[str]) -> list[Draft]:
    """The sections with the stanzas that are sung in them.

    A chorus that has no stanza of its own left sings the last one again; other sections that are
    left over go without words.
    """
    left = list(verses.stanzas)
    chorus: Stanza | None = None
    result = []
    singing = [draft for draft in drafts if draft.role not in WITHOUT_WORDS]
    if len(singing) < len(left) and chorus is None:
        raise BriefError(
            "form",
            f"has {len(singing)} sections that can be sung, but the lyrics have {len(left)} "
            "stanzas; give each stanza a section, such as verse or chorus",
        )
    spare = len(singing) - len(left)
    for draft in drafts:
        if draft.role in WITHOUT_WORDS:
            result.append(draft)
            continue
        again = draft.role == "chorus" and chorus is not None and spare > 0
        if left and not (again and left[0].role != "chorus"):
            stanza = left.pop(0)
            chorus = stanza if "chorus" in (stanza.role, draft.role) else chorus
            result.append(replace(draft, stanza=stanza))
        elif again:
            spare -= 1
            result.append(replace(draft, stanza=chorus))
        else:
            spare -= 1
            result.append(draft)
    if left:
        raise BriefError(
            "form",
            f"leaves {len(left)} of the {len(verses.stanzas)} stanzas of the lyrics without a "
            "section; give each stanza a section",
        )
    silent = sum(d.stanza is None and d.role not in WITHOUT_WORDS for d in result)
    if silent:
        notes.append(f"{silent} sections of the form are left without words")
    return result

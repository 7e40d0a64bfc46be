"""Chinese: a character a syllable, rhymes by the thirteen tracks, weight by what a word does.

Source: the thirteen tracks (shisan zhe) of northern song and drama, as in Wang Li, *Hanyu
shilüxue* (1958), which also has the feet of classical lines; pypinyin for finals and words.
"""

from __future__ import annotations

from functools import lru_cache

from composer.prosody.endings import Ending, Word
from composer.prosody.verse import Syllable

_MAIN, _SECOND, _LIGHT, _FAINT = 1.0, 0.5, 0.2, 0.05
_MODERN = frozenset("的了着吗呢吧啊呀哇嘛么们")
_PARTICLES = _MODERN | frozenset("兮之乎者也矣焉哉")
_LIGHT_WORDS = frozenset("我你您他她它这那是在和与就都也又很不没有把被给让从到对而且但或个一")
_CLASSICAL = (4, 5, 7)  # characters of a line that is scanned in feet of two
_TRACKS = {
    "fa-hua": ("a", "ia", "ua", "va"),
    "suo-bo": ("o", "e", "uo"),
    "mie-xie": ("ê", "ie", "ve", "üe"),
    "gu-su": ("u",),
    "yi-qi": ("i", "v", "ü", "er", "-i"),
    "huai-lai": ("ai", "uai"),
    "hui-dui": ("ei", "uei", "ui"),
    "yao-tiao": ("ao", "iao"),
    "you-qiu": ("ou", "iou", "iu"),
    "yan-qian": ("an", "ian", "uan", "van", "üan"),
    "ren-chen": ("en", "in", "uen", "un", "vn", "ün"),
    "jiang-yang": ("ang", "iang", "uang"),
    "zhong-dong": ("eng", "ing", "ueng", "ong", "iong"),
}
_TRACK_OF = {final: track for track, finals in _TRACKS.items() for final in finals}


def read_characters(characters: str) -> tuple[Word, ...]:
    """A run of Chinese characters: one word of one syllable each.

    Args:
        characters: Characters that follow each other without anything between.

    >>> [word.syllables[0].stress for word in read_characters("明月光")]
    [1.0, 0.5, 1.0]
    """
    stresses = _stresses(characters)
    tracks = _tracks(characters)
    return tuple(
        Word(
            (Syllable(character, stress),),
            Ending(frozenset({track}), word=character),
        )
        for character, stress, track in zip(characters, stresses, tracks, strict=True)
    )


@lru_cache(maxsize=1024)
def _tracks(characters: str) -> tuple[str, ...]:
    """The rhyme of each character, read as its neighbours have it."""
    from pypinyin import Style, lazy_pinyin

    finals = lazy_pinyin(characters, style=Style.FINALS, strict=True)
    if len(finals) != len(characters):
        finals = list(characters)
    return tuple(_TRACK_OF.get(final, f"~{final}") for final in finals)


def _stresses(characters: str) -> tuple[float, ...]:
    """Stress of each character: particles are faint, and feet begin with weight.

    A line of four, five or seven characters without a particle of today's language is scanned from
    its first character on; in others the feet begin anew after each light word.
    """
    if len(characters) in _CLASSICAL and not _MODERN & set(characters):
        return tuple(_SECOND if index % 2 else _MAIN for index in range(len(characters)))
    toneless = _toneless(characters)
    result: list[float] = []
    foot = 0
    for index, character in enumerate(characters):
        if index and (character in _PARTICLES or index in toneless):
            result.append(_FAINT)
        elif character in _LIGHT_WORDS:
            result.append(_LIGHT)
        else:
            result.append(_SECOND if foot % 2 else _MAIN)
            foot += 1
            continue
        foot = 0
    return tuple(result)


@lru_cache(maxsize=1024)
def _toneless(characters: str) -> frozenset[int]:
    """Indices of characters in the neutral tone."""
    from pypinyin import Style, lazy_pinyin

    tones = lazy_pinyin(characters, style=Style.TONE3)
    if len(tones) != len(characters):
        return frozenset()
    return frozenset(i for i, tone in enumerate(tones) if tone.isascii() and tone.isalpha())

"""A small prepared corpus: songs that composer composes, cleaned, heard and written as shards."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from composer import Brief, compose, song_of
from composer.training.corpus.cleaning import clean
from composer.training.corpus.hearing import Heard, listen
from composer.training.corpus.shards import write_shard

_BRIEFS = (
    Brief(key="D", bars=16, style="pop", seed=1, writer="rules"),
    Brief(key="Em", bars=16, style="rock", seed=2, writer="rules"),
    Brief(key="Bb", bars=16, style="pop", seed=3, writer="rules"),
    Brief(key="F#m", bars=16, style="pop", seed=4, writer="rules"),
)


@lru_cache(maxsize=1)
def heard_songs() -> tuple[Heard, ...]:
    """The songs as they are heard."""
    return tuple(listen(clean(song_of(compose(brief).performance)).window) for brief in _BRIEFS)


def make_corpus(folder: Path, splits: tuple[str, ...] = ("train", "valid")) -> Path:
    """Write a corpus of two shards of training and one of validation; returns its folder."""
    first, second, third, last = ((heard, 0) for heard in heard_songs())
    if "train" in splits:
        write_shard(folder / "train-0000", [first, second], {"split": "train"})
        write_shard(folder / "train-0001", [third], {"split": "train"})
    if "valid" in splits:
        write_shard(folder / "valid-0000", [last], {"split": "valid"})
    return folder

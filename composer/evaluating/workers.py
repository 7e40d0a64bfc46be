"""Processes that read files: they end with their parent, and a file that kills one is found."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread

from composer.errors import MidiError
from composer.midi.songs import read_song


def end_with_parent() -> None:
    """End a worker whose parent was killed: it would wait for ever."""
    parent = parent_process()
    if parent is None:
        return

    def wait_for_its_end(sentinel: int) -> None:
        wait([sentinel])
        os._exit(1)

    Thread(target=wait_for_its_end, args=(parent.sentinel,), daemon=True).start()


def survives(path: str) -> bool:
    """Whether a file can be read without the end of the process."""
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            pool.submit(_try, path).result()
    except BrokenProcessPool:
        return False
    return True


def _try(path: str) -> None:
    try:
        read_song(path)
    except MidiError:
        return

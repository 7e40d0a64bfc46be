"""Who strikes what: a drummer has two hands and two feet, a percussionist two hands."""

from __future__ import annotations

from collections.abc import Iterable

HANDS = 2
FEET = 2
FOOT_KEYS = frozenset({35, 36, 44})
"""Acoustic bass drum, bass drum 1 and pedal hi-hat.

Source: General MIDI System Level 1, Percussion Key Map (MIDI Manufacturers Association, 1991).
"""
PERCUSSION_KEYS = frozenset({39, 54, 56, 58, *range(60, 83)})
"""Hand percussion: claps, tambourine, cowbell, vibraslap, and bongos to shaker.

It shares the drums' channel and belongs to a second player; every key beyond these and the feet's
takes a hand of the drummer.

Source: General MIDI System Level 1, Percussion Key Map (1991); 82 from General MIDI 2 (1999).
"""


def limb(key: int) -> str:
    """Name who plays a General MIDI percussion key: ``hand``, ``foot`` or ``percussion``.

    >>> limb(36), limb(38), limb(62)
    ('foot', 'hand', 'percussion')
    """
    if key in FOOT_KEYS:
        return "foot"
    return "percussion" if key in PERCUSSION_KEYS else "hand"


def limbs_ok(pitches: Iterable[int]) -> bool:
    """Whether a drummer and a percussionist can strike these keys at once.

    The drummer has two hands and two feet, the percussionist two hands.

    Args:
        pitches: General MIDI percussion keys that begin together, each counted once a strike.

    Source: Gillick et al., "Learning to Groove with Inverse Sequence Transformations" (2019): its
    recordings are of one drummer.

    >>> limbs_ok([36, 44, 38, 49]), limbs_ok([38, 42, 49]), limbs_ok([38, 42, 54, 70])
    (True, False, True)
    """
    strikes = [limb(key) for key in pitches]
    return (
        strikes.count("hand") <= HANDS
        and strikes.count("foot") <= FEET
        and strikes.count("percussion") <= HANDS
    )

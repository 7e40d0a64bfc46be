"""Who strikes what: a drummer has two hands and two feet."""

from __future__ import annotations

from collections.abc import Iterable

HANDS = 2
FEET = 2
FOOT_KEYS = frozenset({35, 36, 44})
"""Acoustic bass drum, bass drum 1 and pedal hi-hat; every other key takes a hand.

Source: General MIDI System Level 1, Percussion Key Map (MIDI Manufacturers Association, 1991).
"""


def limb(key: int) -> str:
    """Name the kind of limb that plays a General MIDI percussion key, ``hand`` or ``foot``.

    >>> limb(36), limb(38)
    ('foot', 'hand')
    """
    return "foot" if key in FOOT_KEYS else "hand"


def limbs_ok(pitches: Iterable[int]) -> bool:
    """Whether one drummer can strike these keys at once: at most two hands and two feet.

    Args:
        pitches: General MIDI percussion keys that begin together, each counted once a strike.

    Source: Gillick et al., "Learning to Groove with Inverse Sequence Transformations" (2019): its
    recordings are of one drummer.

    >>> limbs_ok([36, 44, 38, 49]), limbs_ok([38, 42, 49])
    (True, False)
    """
    hands = feet = 0
    for key in pitches:
        if key in FOOT_KEYS:
            feet += 1
        else:
            hands += 1
    return hands <= HANDS and feet <= FEET

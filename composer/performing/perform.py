"""Score → Performance."""

from __future__ import annotations

from composer.midi.units import ticks_from_quarters
from composer.music.performance import Performance
from composer.music.plan import Plan
from composer.music.score import Score
from composer.music.seeding import generator
from composer.performing.maps import key_changes, meter_changes, texts
from composer.performing.player import Player
from composer.performing.tempo import exact_tempo_changes, tempo_changes
from composer.rulebook import Rulebook

_DRUM_CHANNEL = 9


def perform(plan: Plan, score: Score, book: Rulebook) -> Performance:
    """Play a score.

    With `Plan.humanize` at 0 every onset, length and velocity is as written, the tempo stays, and
    there is neither pedal, expression, vibrato nor bend.

    Raises:
        RuleError: If the style's groove table is wrong.
    """
    feel = book.style(plan.style).feel
    groove = None
    if feel.groove and plan.humanize > 0:
        drummer = generator(plan.seed, "feel").random()
        groove = book.groove(feel.groove, plan.style).drawn(drummer)
    player = Player(plan, feel, groove)
    tracks = []
    free = [channel for channel in range(16) if channel != _DRUM_CHANNEL]
    for part in score.parts:
        channel = _DRUM_CHANNEL if part.plan.instrument.is_drums else free.pop(0)
        tracks.append(player.track(part, channel))
    ritardando = 0.0 if plan.loop else feel.ritardando * min(1.0, plan.humanize)
    if plan.tempos:
        tempos = exact_tempo_changes(plan.tempos, plan.length_quarters, plan.length_seconds)
    else:
        tempos = tempo_changes(score, ritardando)
    return Performance(
        title=score.title,
        end_ticks=ticks_from_quarters(score.length_quarters),
        tempos=tempos,
        meters=meter_changes(score),
        keys=key_changes(score),
        texts=texts(plan, score),
        tracks=tuple(tracks),
    )

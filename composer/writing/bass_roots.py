"""On which pitches the bass meets the chords."""

from __future__ import annotations

from composer.music.plan import ChordSpan, PartPlan
from composer.rulebook.styles import CHORDAL_ROLES
from composer.writing.context import Context

_INTO_VOICES = 2  # semitones that the bass may reach into the range of the chordal parts
_UNRESOLVED = 12.0  # that it costs a leading tone not to rise
_ELSEWHERE = 5.0  # semitones that it costs to meet a root in another octave than before


def bass_roots(context: Context, part: PartPlan) -> list[int]:
    """The pitch on which the bass meets each chord: its root, or the written inversion.

    The line keeps near to the last pitch and to the middle of its range, so that it neither jumps
    an octave without need nor drifts, and meets a root that comes back where it met it first.
    """
    low, high = context.window(part)
    above = [context.window(p)[0] for p in context.plan.parts if p.role in CHORDAL_ROLES]
    if above:
        high = min(high, max(low + 11, min(above) + _INTO_VOICES))
    centre = low + min(12.0, (high - low) * 0.45)
    roots: list[int] = []
    last = centre
    met: dict[int, int] = {}
    before: ChordSpan | None = None
    for span in context.plan.chords:
        number = span.chord.bass.number
        options = range(low + (number - low) % 12, high + 1, 12)
        known = met.get(number)
        rises = _is_resolved(span, before)
        best = min(
            options,
            key=lambda p: (
                abs(p - last)
                + 0.8 * abs(p - centre)
                + _ELSEWHERE * (p != known)
                + _UNRESOLVED * (rises and p != last + 1),
                p,
            ),
        )
        met.setdefault(number, best)
        roots.append(best)
        last = best
        before = span
    return roots


def _is_resolved(span: ChordSpan, before: ChordSpan | None) -> bool:
    """Whether a leading tone in the bass resolves here: it rises to the tonic."""
    if before is None or before.key != span.key:
        return False
    tonic = span.key.tonic.number
    return span.chord.bass.number == tonic and before.chord.bass.number == (tonic - 1) % 12

"""What the brief leaves open is chosen here, from the style and the seed, and reported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from composer.errors import BriefError, nearest
from composer.music.brief import LONGEST_TITLE, MAX_CANDIDATES, WRITERS, Brief
from composer.music.mood import Mood
from composer.music.plan import PartPlan
from composer.music.seeding import derived, generator, pick_key
from composer.rulebook import Rulebook
from composer.rulebook.styles import Style
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import COUNTED_METERS, Meter, parse_meter
from composer.theory.pitch import PitchClass
from composer.writing import ensemble, given
from composer.writing.durations import check_times, tempo_of
from composer.writing.lengths import Asked, length_of
from composer.writing.lyric_casting import with_singer
from composer.writing.song import Song
from composer.writing.tune_form import GivenTune
from composer.writing.tune_key import key_of_tune
from composer.writing.tune_meter import meter_of_tune
from composer.writing.tune_place import check_tune
from composer.writing.tune_player import with_tune

DEFAULT_STYLE = "pop"
_TEXTS = (
    "key",
    "time_signature",
    "style",
    "mood",
    "form",
    "chords",
    "writer",
    "title",
    "lyrics",
)
DEFAULT_WRITER = "hybrid"
DEFAULT_TEMPERATURE = 1.0
DEFAULT_TOP_P = 0.95
DEFAULT_CANDIDATES = 1


@dataclass(frozen=True, slots=True)
class Choices:
    """The brief with every gap filled, and parsed.

    Args:
        brief: The full brief, which composes the same piece again.
        seed: The seed of all steps: that of the brief, branched by style.
        style: The style.
        key: The key.
        meter: The time signature.
        bars: Length in bars.
        quarters_per_minute: Tempo.
        swing: Place of the off-beat in the beat.
        humanize: Scale of the performance's deviations.
        form: Section kinds with lengths in bars, where the user gave them.
        chords: (onset in quarters, chord) where the user gave them.
        parts: The ensemble.
        mood: The mood, as what it moves.
        notes: What was decided about fields that pull against each other.
        tune: The given tune in its place; None for none.
        song: The given text as a form; None for none, or where a given tune has the form.
    """

    brief: Brief
    seed: int
    style: Style
    key: Key
    meter: Meter
    bars: int
    quarters_per_minute: float
    swing: float
    humanize: float
    form: tuple[tuple[str, int], ...] | None
    chords: tuple[tuple[Fraction, Chord], ...] | None
    parts: tuple[PartPlan, ...]
    mood: Mood
    notes: tuple[str, ...]
    tune: GivenTune | None = None
    song: Song | None = None


def resolve(brief: Brief, book: Rulebook) -> Choices:
    """Check a brief, and choose what it leaves open.

    Raises:
        BriefError: If a field is unknown, out of range, or contradicts another.
        RuleError: If the style's rule files are wrong.
    """
    _check_texts(brief)
    if isinstance(brief.seed, bool) or not isinstance(brief.seed, int):
        raise BriefError("seed", f"must be a whole number, not {brief.seed!r}")
    given_seed = int(_within("seed", brief.seed, 0, 2**63 - 1))
    style = book.style(DEFAULT_STYLE if brief.style is None else brief.style)
    seed = derived(given_seed, style.name)
    mood = _mood(brief.mood, book)
    meter = _meter(brief, style, seed)
    check_times(brief)
    tempo = _tempo(brief, style, mood, meter, seed)
    given_chords = given.split_bars(brief.chords) if brief.chords is not None else None
    asked = Asked(brief, style, book, meter, tempo, seed, given_chords)
    length = length_of(asked)
    bars, chord_bars = length.bars, length.chord_bars
    pace = tempo_of(asked, bars, length.form)
    tempo = pace.quarters_per_minute
    notes = [*length.notes, *pace.notes]
    key = _key(brief, style, book, mood, seed)
    if brief.key is None and chord_bars:
        heard = given.key_of(chord_bars, book.scales, book.chords)
        if heard is not None:
            key = book.key(_key_text(heard))  # its enharmonic twin, where that is simpler
            notes.append(f"the chords are heard in {key.name}; --key says otherwise")
    elif brief.key is None and length.tune is not None:
        key = key_of_tune(length.tune.tune.notes, meter, book.scales)
        notes.append(f"the melody is heard in {key.name}; --key says otherwise")
    chords = given.place(chord_bars, meter, key, book.chords) if chord_bars else None
    parts = ensemble.choose(brief, style, book, seed)
    if length.song is not None:
        parts = with_singer(parts, book, chosen=brief.parts is not None)
    if length.tune is not None:
        parts, decided = with_tune(brief, parts, length.tune.notes, style, book)
        notes += decided
    humanize = _within("humanize", 1.0 if brief.humanize is None else brief.humanize, 0, 2)
    played = style.feel.swing if humanize > 0 else 0.5
    swing = _within("swing", played if brief.swing is None else brief.swing, 0.5, 0.75)
    writer = _writer(brief)
    full = replace(
        brief,
        **_drawing(brief, writer),
        writer=writer,
        key=_key_text(key),
        bars=bars,
        tempo=tempo,
        time_signature=meter.counted,
        style=style.name,
        mood=f"{mood.valence:g},{mood.arousal:g}",
        form=brief.form,
        parts=tuple(f"{part.role}={part.instrument.name}" for part in parts),
        swing=swing,
        humanize=humanize,
        seed=given_seed,
    )
    return Choices(
        brief=full,
        seed=seed,
        style=style,
        key=key,
        meter=meter,
        bars=bars,
        quarters_per_minute=tempo,
        swing=swing,
        humanize=humanize,
        form=length.form,
        chords=chords,
        parts=parts,
        mood=mood,
        notes=tuple(notes),
        tune=length.tune,
        song=length.song,
    )


def _check_texts(brief: Brief) -> None:
    for field in _TEXTS:
        value = getattr(brief, field)
        if value is not None and not isinstance(value, str):
            raise BriefError(field.replace("_", "-"), f"must be a text, not {value!r}")
    title = brief.title
    if title is not None and not (0 < len(title.strip()) <= LONGEST_TITLE and title.isprintable()):
        raise BriefError("title", f"must be one line of 1 to {LONGEST_TITLE} characters")
    parts: object = brief.parts
    if parts is not None and (
        not isinstance(parts, tuple | list) or not all(isinstance(part, str) for part in parts)
    ):
        raise BriefError("parts", f"must be a tuple of texts, not {parts!r}")


def _within(field: str, value: object, low: float, high: float) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not isinstance(value, int | float) or not number or not low <= value <= high:
        span = f"{low} to {high}" if isinstance(high, int) else f"{low:g} to {high:g}"
        raise BriefError(field, f"must be from {span}, not {value}")
    return value


def _writer(brief: Brief) -> str:
    writer = DEFAULT_WRITER if brief.writer is None else brief.writer.strip().lower()
    if writer not in WRITERS:
        raise BriefError("writer", f'"{brief.writer}" is no writer; {nearest(writer, WRITERS)}')
    return writer


def _drawing(brief: Brief, writer: str) -> dict[str, Any]:
    """How the model draws; fields that the rule writers have no use for stay as they are."""
    temperature, top_p, candidates = brief.temperature, brief.top_p, brief.candidates
    if temperature is not None:
        temperature = float(_within("temperature", temperature, 0, 100))
    if top_p is not None and _within("top-p", top_p, 0, 1) <= 0:
        raise BriefError("top-p", f"must be above 0, up to 1, not {top_p}")
    if candidates is not None:
        if isinstance(candidates, bool) or not isinstance(candidates, int):
            raise BriefError("candidates", f"must be a whole number, not {candidates!r}")
        _within("candidates", candidates, 1, MAX_CANDIDATES)
    if writer == "rules":
        return {"temperature": temperature, "top_p": top_p, "candidates": candidates}
    return {
        "temperature": DEFAULT_TEMPERATURE if temperature is None else temperature,
        "top_p": DEFAULT_TOP_P if top_p is None else float(top_p),
        "candidates": DEFAULT_CANDIDATES if candidates is None else candidates,
    }


def _key_text(key: Key) -> str:
    return f"{key.tonic.name} {key.scale.name}"


def _mood(text: str | None, book: Rulebook) -> Mood:
    if text is None:
        return book.moods.mood(0.0, 0.0)
    word = text.strip().lower()
    if word in book.moods.words:
        return book.moods.mood(*book.moods.words[word])
    try:
        valence, arousal = (float(part) for part in word.split(","))
    except ValueError:
        hint = nearest(word, book.moods.words)
        message = f'"{text}" is neither a mood word nor "valence,energy"; {hint}'
        raise BriefError("mood", message) from None
    _within("mood", valence, -1, 1)
    _within("mood", arousal, -1, 1)
    return book.moods.mood(valence, arousal)


def _meter(brief: Brief, style: Style, seed: int) -> Meter:
    if brief.time_signature is None and brief.melody is not None:
        check_tune(brief.melody)
        return meter_of_tune(brief.melody.notes)
    if brief.time_signature is None:
        return parse_meter(pick_key(generator(seed, "meter"), style.meters))
    try:
        return parse_meter(brief.time_signature)
    except ValueError:
        hint = nearest(brief.time_signature, COUNTED_METERS)
        message = f'"{brief.time_signature}" is not a time signature we write; {hint}'
        raise BriefError("time-signature", message) from None


def _key(brief: Brief, style: Style, book: Rulebook, mood: Mood, seed: int) -> Key:
    if brief.key is not None:
        return book.key(brief.key)
    bright = {
        mode: weight * (1 + mood.mode if book.scales[mode].parent == "major" else 1 - mood.mode)
        for mode, weight in style.modes.items()
    }
    if not any(weight > 0 for weight in bright.values()):
        bright = dict(style.modes)
    rng = generator(seed, "key")
    mode = pick_key(rng, bright)
    scale = book.scales[mode]
    signature = pick_key(rng, {sharps: 7.0 - abs(sharps) for sharps in range(-5, 6)})
    return Key(PitchClass(signature - scale.signature), scale)


def _tempo(brief: Brief, style: Style, mood: Mood, meter: Meter, seed: int) -> float:
    if brief.tempo is not None:
        return round(float(_within("tempo", brief.tempo, 20, 400)), 3)
    low, high = style.tempo
    place = mood.tempo + 0.3 * (generator(seed, "tempo").random() - 0.5)
    pulse = low + (high - low) * min(1.0, max(0.0, place))
    # A style's tempo is that of its beat; a compound beat lasts one and a half quarters.
    if set(meter.beats) == {3}:
        pulse *= 1.5 * 0.8
    return float(round(pulse))

"""Harmony: chords from learned chains between the cadences that the form asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from composer.music.plan import ChordSpan, Phrase, Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook import Rulebook
from composer.rulebook.progressions import Progressions
from composer.theory.chord import Chord, ChordQuality
from composer.theory.interval import parse_degree
from composer.theory.key import Key
from composer.writing.chains import START, ChordChain, build_chain
from composer.writing.choices import Choices

Slot = tuple[Fraction, str]  # onset within the phrase in quarters, chord token
_SHARPNESS = 1.35  # above 1 keeps to the common paths of the chain
_TRIALS = 4
# How much a numeral suits a place: harmony tenses towards the bar-line and rests on it.
_HOME = {"I": 6.0, "VI": 1.5, "V": 0.4, "II": 0.7, "III": 0.6, "BVII": 0.5}
_WEAK_HALF = {"I": 0.3}
_STRONG_HALF = {"V": 0.4}
_COLOURS = {
    "major": ("maj7", "add9", "maj9"),
    "minor": ("m7", "m9"),
    "dominant": ("7", "9", "9sus4"),
}


def plan_chords(
    choices: Choices, sections: tuple[Section, ...], book: Rulebook
) -> tuple[ChordSpan, ...]:
    """Plan the chords of the whole piece, gapless and without two equal neighbours."""
    if choices.chords is not None:
        events = list(choices.chords)
    else:
        events = _Harmonist(choices, book).write(sections)
    end = choices.meter.bar_quarters * choices.bars
    spans: list[ChordSpan] = []
    for index, (onset, chord) in enumerate(events):
        stop = events[index + 1][0] if index + 1 < len(events) else end
        key = choices.key
        spans.append(ChordSpan(onset, stop - onset, chord, chord.roman(key.tonic), key))
    return tuple(spans)


def in_mode(
    chord: Chord, key: Key, parent: Key, qualities: dict[tuple[int, ...], ChordQuality]
) -> Chord | None:
    """Move a diatonic chord of the parent key to the same degree of a modal key.

    Args:
        chord: A chord of the parent key.
        key: The modal key.
        parent: Major or minor on the same tonic.
        qualities: Chord qualities by their tones.

    Returns:
        None where the chord is not diatonic in the parent, or the mode's chord has no name.
    """
    if not chord.numbers <= parent.numbers:
        return None
    names = key.pitch_classes
    degree = [name.number for name in parent.pitch_classes].index(chord.root.number)
    root = names[degree]
    stack = tuple(
        names[(degree + 2 * i) % 7].fifths - root.fifths for i in range(len(chord.quality.tones))
    )
    quality = qualities.get(stack) or qualities.get(stack[:3])
    return None if quality is None else Chord(root, quality, root)


def _homeless(tokens: Sequence[str]) -> float:
    """1 where a progression of four chords and more never touches the tonic."""
    home = any(re.match(r"[iI](?![iIvV])", token) for token in tokens)
    return 1.0 if len(tokens) >= 4 and not home else 0.0


def monotony(tokens: Sequence[str]) -> float:
    """How much a progression rocks to and fro instead of going somewhere.

    >>> monotony(["I", "V", "I", "V"]) > monotony(["I", "V", "vi", "IV"])
    True
    """
    rocking = sum(a == b for a, b in zip(tokens, tokens[2:], strict=False))
    few = max(0, min(4, len(tokens)) - len(set(tokens)))
    return rocking + few


class _Harmonist:
    """Writes phrases, and remembers those that come back."""

    def __init__(self, choices: Choices, book: Rulebook) -> None:
        self.choices = choices
        self.book = book
        self.seed = choices.seed
        self.style = choices.style.harmony
        self.table: Progressions = book.progressions(self.style.table, choices.style.name)
        self.translation = self._translate()
        self.chains: dict[str, ChordChain] = {}
        self.bodies: dict[tuple[str, str, int], list[Slot]] = {}
        self.phrases: dict[tuple[str, str, int, str], list[Slot]] = {}

    def write(self, sections: tuple[Section, ...]) -> list[tuple[Fraction, Chord]]:
        """Chords of all phrases with their onsets in the piece."""
        events: list[tuple[Fraction, Chord]] = []
        before = (START, START)
        for section in sections:
            for phrase in section.phrases:
                start = self.choices.meter.bar_quarters * phrase.start_bar
                slots = self._phrase(section, phrase, before)
                tokens = [START, *(token for _, token in slots)]
                before = (tokens[-2], tokens[-1])
                for onset, token in slots:
                    chord = self._coloured(section.material, token)
                    if not events or events[-1][1] != chord:
                        events.append((start + onset, chord))
        return events

    def _translate(self) -> dict[str, str]:
        """Tokens of the table as tokens of the key's mode."""
        key = self.choices.key
        parent = Key(key.tonic, self.book.scales[key.scale.parent])
        qualities = {q.tones: q for q in reversed(list(self.book.chords.by_symbol.values()))}
        modal = key.scale.name not in ("major", "minor", "harmonic-minor", "melodic-minor")
        result = {}
        for token in self.table.unigrams[key.scale.parent]:
            try:
                chord = self.book.chords.parse(token, key.tonic)
            except ValueError:
                continue
            if not chord.quality.essential and not self.style.omit_third:
                continue  # power chords belong to the styles that leave the third out
            if modal:
                moved = in_mode(chord, key, parent, qualities)
                if moved is not None:
                    result[token] = moved.roman(key.tonic)
            else:
                result[token] = token
        return result

    def _chain(self, kind: str) -> ChordChain:
        known = kind.split("-", maxsplit=1)[0]
        parent = self.choices.key.scale.parent
        name = known if (parent, known) in self.table.order2 else "any"
        if name not in self.chains:
            self.chains[name] = build_chain(self.table, parent, name, self.translation)
        return self.chains[name]

    def _phrase(self, section: Section, phrase: Phrase, before: tuple[str, str]) -> list[Slot]:
        key = (section.material, phrase.label, phrase.bars, phrase.cadence.kind)
        if key not in self.phrases:
            tail = self._tail(section, phrase)
            self.phrases[key] = self._body(section, phrase, before, tail) + tail
        return self.phrases[key]

    def _tail(self, section: Section, phrase: Phrase) -> list[Slot]:
        """The cadence: its goal opens the last bar, the chords before it lead there."""
        kind = phrase.cadence.kind
        scale = self.choices.key.scale
        formulas = self.book.cadences(self.choices.style.harmony.cadences, scale, kind)
        if not formulas:
            return []
        rng = generator(self.seed, "cadence", section.material, phrase.label, kind)
        chords = pick(rng, formulas, [f.weight for f in formulas]).chords
        meter = self.choices.meter
        bar, middle = meter.bar_quarters, meter.middle
        if phrase.bars == 1:
            onsets = [Fraction(0), middle] if len(meter.beats) > 1 else [Fraction(0)]
        elif len(chords) > 2 or rng.random() < 0.2:
            onsets = [bar * (phrase.bars - 2), bar * (phrase.bars - 2) + middle]
            onsets.append(bar * (phrase.bars - 1))
        else:
            onsets = [bar * (phrase.bars - 2), bar * (phrase.bars - 1)]
        if len(chords) > 3 and phrase.bars > 3:
            onsets.insert(0, bar * (phrase.bars - 3))
        count = min(len(chords), len(onsets))
        return list(zip(onsets[-count:], chords[-count:], strict=True))

    def _body(
        self, section: Section, phrase: Phrase, before: tuple[str, str], tail: list[Slot]
    ) -> list[Slot]:
        """The chords before the cadence; a phrase that comes back keeps them."""
        label = "a" if self.style.loop_bars else phrase.label.rstrip("'")
        key = (section.material, label, phrase.bars)
        limit = tail[0][0] if tail else self.choices.meter.bar_quarters * phrase.bars
        chain = self._chain(section.kind)
        goal = [token for _, token in tail]
        if key not in self.bodies:
            rng = generator(self.seed, "chords", *key)
            onsets = self._rhythm(section, phrase)
            inside = [onset for onset in onsets if onset < limit]
            places = self._places(section, phrase, inside, chain)
            drawn = [
                chain.sample(len(inside), before, goal, rng, _SHARPNESS, places)
                for _ in range(_TRIALS)
            ]
            tokens = min(
                drawn,
                key=lambda t: monotony(t) + 0.5 * chain.surprise(t, before) + _homeless(t + goal),
            )
            last = ([START, START, *tokens])[-2:]
            beyond = chain.sample(
                len(onsets) - len(inside), (last[0], last[1]), (), rng, _SHARPNESS
            )
            self.bodies[key] = list(zip(onsets, tokens + beyond, strict=True))
        body = [slot for slot in self.bodies[key] if slot[0] < limit]
        if not body and limit > 0:
            token = chain.sample(1, before, goal, generator(self.seed, "chords", *key, "one"))[0]
            return [(Fraction(0), token)]
        return body

    def _places(
        self, section: Section, phrase: Phrase, onsets: list[Fraction], chain: ChordChain
    ) -> list[NDArray[np.float64] | None]:
        """What suits each slot: home at the start of a section, tension before the bar-line."""
        bar = self.choices.meter.bar_quarters
        opens = phrase.start_bar == section.start_bar and section.material == section.kind
        halved = {onset - onset % bar for onset in onsets if onset % bar}
        places: list[NDArray[np.float64] | None] = []
        for onset in onsets:
            if onset == 0 and opens:
                places.append(chain.preference(_HOME))
            elif onset % bar:
                places.append(chain.preference(_WEAK_HALF))
            elif onset in halved:
                places.append(chain.preference(_STRONG_HALF))
            else:
                places.append(None)
        return places

    def _rhythm(self, section: Section, phrase: Phrase) -> list[Fraction]:
        """Onsets of the chords of a phrase, a bar's length apart, or half, or two."""
        weights = self.style.rhythm or self._learned_rhythm(section.kind)
        rng = generator(self.seed, "rhythm", section.material, phrase.label.rstrip("'"))
        meter = self.choices.meter
        loop = self.style.loop_bars or phrase.bars
        onsets: list[Fraction] = []
        bar = 0
        while bar < phrase.bars:
            start = meter.bar_quarters * bar
            if bar >= loop:
                period = meter.bar_quarters * loop
                onsets += [o + period * (bar // loop) for o in onsets if o < period]
                bar += loop
                continue
            length = pick_key(rng, weights)
            weights = {**weights, "2": weights.get("2", 0.0) * 0.3} if length == "2" else weights
            onsets.append(start)
            if length == "0.5" and len(meter.beats) > 1:
                onsets.append(start + meter.middle)
            bar += 2 if length == "2" and bar % 2 == 0 and bar + 2 <= loop else 1
        return [onset for onset in onsets if onset < meter.bar_quarters * phrase.bars]

    def _learned_rhythm(self, kind: str) -> dict[str, float]:
        learned = self.table.rhythm.get(kind.split("-", maxsplit=1)[0]) or self.table.rhythm["any"]
        weights = {"0.5": 0.0, "1": 0.0, "2": 0.0}
        for text, share in learned.items():
            length = float(text)
            weights["0.5" if length < 0.75 else "1" if length < 1.5 else "2"] += share
        # A share of chords is not a share of bars: half-bar chords come in pairs.
        weights["0.5"] /= 2
        return weights

    def _coloured(self, material: str, token: str) -> Chord:
        """The chord of a token, with the style's sevenths and ninths, or without its third."""
        chord = self.book.chords.parse(token, self.choices.key.tonic)
        name = chord.quality.name
        by_symbol = self.book.chords.by_symbol
        if self.style.omit_third and by_symbol["5"].tones[1] in chord.quality.tones:
            return Chord(chord.root, by_symbol["5"], chord.root)
        if name not in ("major", "minor"):
            return chord
        rng = generator(self.seed, "colour", material, token)
        if rng.random() >= self.style.colour:
            return chord
        key = self.choices.key
        fifth = key.tonic + parse_degree("5")
        family = "dominant" if name == "major" and chord.root == fifth else name
        fitting = self._fitting(chord, _COLOURS[family], key)
        if not fitting:
            return chord
        return Chord(chord.root, pick(rng, fitting, [3.0, 1.0, 1.0][: len(fitting)]), chord.bass)

    def _fitting(self, chord: Chord, symbols: Sequence[str], key: Key) -> list[ChordQuality]:
        """Qualities whose added tones stay in the key."""
        found = []
        for symbol in symbols:
            quality = self.book.chords.by_symbol[symbol]
            added = {(chord.root + t).number for t in quality.tones} - chord.numbers
            if added <= key.numbers:
                found.append(quality)
        return found

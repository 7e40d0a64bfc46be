"""Phrases of chords: drawn from learned chains between the cadences that the form asks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from composer.music.plan import Phrase, Section
from composer.music.seeding import generator, pick, pick_key
from composer.rulebook import Rulebook
from composer.rulebook.progressions import Progressions
from composer.theory.key import Key
from composer.writing.chains import ChordChain, Floats, Wishes
from composer.writing.choices import Choices
from composer.writing.learned_chains import build_chain
from composer.writing.modes import favour, translation

Slot = tuple[Fraction, str]  # onset within the phrase in quarters, chord token
_SHARPNESS = 1.2  # above 1 keeps to the common paths of the chain
_TRIALS = 3
_RUN = 4  # chords in a row that another phrase of the piece must not share
_REMEMBERED = 8  # phrases whose beginnings are not to come again elsewhere
_LONG = ("2", "4")
# How much a numeral suits a place: harmony tenses towards the bar-line and rests on it.
_HOME = {"I": 6.0, "VI": 1.5, "V": 0.4, "II": 0.7, "III": 0.6, "BVII": 0.5}
_OPENING = {**_HOME, "I": 25.0, "V": 0.1}
_WEAK_HALF = {"I": 0.5}
_STRONG_HALF = {"V": 0.4}


def monotony(tokens: Sequence[str]) -> float:
    """How much a progression rocks to and fro instead of going somewhere.

    >>> monotony(["I", "V", "I", "V"]) > monotony(["I", "V", "vi", "IV"])
    True
    """
    rocking = sum(a == b for a, b in zip(tokens, tokens[2:], strict=False))
    few = max(0, min(4, len(tokens)) - len(set(tokens)))
    return rocking + few


def _homeless(tokens: Sequence[str]) -> float:
    """1 where a progression of four chords and more never touches the tonic."""
    home = any(re.match(r"[iI](?![iIvV])", token) for token in tokens)
    return 1.0 if len(tokens) >= 4 and not home else 0.0


class PhraseWriter:
    """Writes the phrases of one scale as numerals, and remembers those that come back.

    Args:
        choices: Style, meter and seed.
        book: The rules.
        key: A key of the scale; numerals are the same in all.
    """

    def __init__(self, choices: Choices, book: Rulebook, key: Key) -> None:
        self.choices = choices
        self.book = book
        self.key = key
        self.seed = choices.seed
        self.style = choices.style.harmony
        self.table: Progressions = book.progressions(self.style.table, choices.style.name)
        parent = Key(key.tonic, book.scales[key.scale.parent])
        counts = self.table.unigrams[key.scale.parent]
        self.translation = translation(
            counts, key, parent, book.chords, powerless=not self.style.omit_third
        )
        self.favour = favour(counts, self.translation, key, parent, book.chords)
        self.chains: dict[str, ChordChain] = {}
        self.bodies: dict[tuple[str, str, int], list[Slot]] = {}

    def _chain(self, kind: str) -> ChordChain:
        known = kind.split("-", maxsplit=1)[0]
        parent = self.key.scale.parent
        name = known if (parent, known) in self.table.order2 else "any"
        if name not in self.chains:
            self.chains[name] = build_chain(
                self.table, parent, name, self.translation, _SHARPNESS, self.favour
            )
        return self.chains[name]

    def tail(self, section: Section, phrase: Phrase, kind: str) -> list[Slot]:
        """The cadence: its goal opens the last bar, the chords before it lead there."""
        formulas = self.book.cadences(self.style.cadences, self.key.scale, kind)
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

    def body(
        self, section: Section, phrase: Phrase, before: tuple[str, str], tail: list[Slot]
    ) -> list[Slot]:
        """The chords of a phrase before its cadence; a phrase that comes back keeps them.

        They go on behind the cadence's first chord, for returns whose cadence begins later.
        """
        label = "a" if self.style.loop_bars else phrase.label.rstrip("'")
        key = (section.material, label, phrase.bars)
        if key not in self.bodies:
            limit = tail[0][0] if tail else self.choices.meter.bar_quarters * phrase.bars
            goal = [token for _, token in tail]
            chain = self._chain(section.kind)
            self.bodies[key] = self._drawn(section, phrase, before, goal, limit, chain)
        return self.bodies[key]

    def _drawn(
        self,
        section: Section,
        phrase: Phrase,
        before: tuple[str, str],
        goal: list[str],
        limit: Fraction,
        chain: ChordChain,
    ) -> list[Slot]:
        """A new body, unlike those that were drawn before, and chords for its varied return."""
        rng = generator(
            self.seed, "chords", section.material, phrase.label.rstrip("'"), phrase.bars
        )
        onsets = self._rhythm(section, phrase)
        inside = [onset for onset in onsets if onset < limit]
        wishes = Wishes(
            before=before,
            after=goal,
            places=self._places(section, phrase, inside, chain),
            forbidden=self._heard(),
            rocking=False,
        )
        tokens: list[str] = []
        if inside:
            lattice = chain.willing(len(inside), wishes)
            tokens = min(
                (lattice.draw(rng) for _ in range(_TRIALS)),
                key=lambda t: monotony(t) + 0.5 * chain.surprise(t, before) + _homeless(t + goal),
            )
        beyond = Wishes((*before, *tokens), rocking=False)
        tokens += chain.sample(len(onsets) - len(inside), beyond, rng)
        return list(zip(onsets, tokens, strict=True))

    def _heard(self) -> list[tuple[str, ...]]:
        """The beginnings of the latest phrases."""
        latest = list(self.bodies.values())[-_REMEMBERED:]
        lines = [tuple(token for _, token in body[:_RUN]) for body in latest]
        return sorted({line for line in lines if len(line) == _RUN})

    def _places(
        self, section: Section, phrase: Phrase, onsets: list[Fraction], chain: ChordChain
    ) -> list[Floats | None]:
        """What suits each slot: home at the start of a section, tension before the bar-line."""
        bar = self.choices.meter.bar_quarters
        opens = phrase.start_bar == section.start_bar and section.material == section.kind
        halved = {onset - onset % bar for onset in onsets if onset % bar}
        places: list[Floats | None] = []
        for onset in onsets:
            if onset == 0 and phrase.start_bar == 0 and self.choices.brief.continues is None:
                places.append(chain.preference(_OPENING))
            elif onset == 0 and opens:
                places.append(chain.preference(_HOME))
            elif onset % bar:
                places.append(chain.preference(_WEAK_HALF))
            elif onset in halved:
                places.append(chain.preference(_STRONG_HALF))
            else:
                places.append(None)
        return places

    def _rhythm(self, section: Section, phrase: Phrase) -> list[Fraction]:
        """Onsets of the chords of a phrase: four bars apart, two, one, half, or a beat."""
        weights = dict(self.style.rhythm or self._learned_rhythm(section.kind))
        rng = generator(self.seed, "rhythm", section.material, phrase.label.rstrip("'"))
        meter = self.choices.meter
        loop = min(phrase.bars, self.style.loop_bars or phrase.bars)
        onsets: list[Fraction] = []
        bar = 0
        while bar < loop:
            start = meter.bar_quarters * bar
            length = pick_key(rng, weights)
            fits = length not in _LONG or (bar % int(length) == 0 and bar + int(length) <= loop)
            if length == "2":
                weights["2"] *= 0.3
            onsets.append(start)
            if length == "0.25":
                onsets += [start + beat for beat in meter.beat_onsets[1:]]
            elif length == "0.5" and len(meter.beats) > 1:
                onsets.append(start + meter.middle)
            bar += int(length) if length in _LONG and fits else 1
        period = meter.bar_quarters * loop
        rounds = -(-phrase.bars // loop)
        onsets = [onset + period * number for number in range(rounds) for onset in onsets]
        return [onset for onset in onsets if onset < meter.bar_quarters * phrase.bars]

    def _learned_rhythm(self, kind: str) -> Mapping[str, float]:
        learned = self.table.rhythm.get(kind.split("-", maxsplit=1)[0]) or self.table.rhythm["any"]
        weights = {"0.5": 0.0, "1": 0.0, "2": 0.0}
        for text, share in learned.items():
            length = float(text)
            weights["0.5" if length < 0.75 else "1" if length < 1.5 else "2"] += share
        # A share of chords is not a share of bars: half-bar chords come in pairs.
        weights["0.5"] /= 2
        return weights

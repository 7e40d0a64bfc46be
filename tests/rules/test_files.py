"""Every rule file loads, holds what it refers to, and says where it comes from."""

from __future__ import annotations

import tomllib
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from composer.checking.drums import limb
from composer.rulebook.book import bundled_rules
from composer.rulebook.figures import fit_cells, strokes
from composer.rulebook.grooves import KEYS, DrumBar, Groove
from composer.rulebook.theory_rules import CADENCE_KINDS, ROLES
from composer.theory.chord import Chord
from composer.theory.key import Key
from composer.theory.meter import COUNTED_METERS, METERS, parse_meter
from composer.theory.pitch import PitchClass
from composer.writing.form import CLOSING
from tests.strategies import qualities, rules

FOLDER = bundled_rules()
FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.toml"))
STYLES = rules().style_names
C = PitchClass(0)


def names(kind: str) -> list[str]:
    return sorted(path.stem for path in (FOLDER / kind).glob("*.toml"))


def parsed(file: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / file).read_text(encoding="utf-8"))


def chord(token: str) -> Chord | None:
    try:
        return rules().chords.parse(token, C)
    except ValueError:
        return None


def test_only_toml_files_lie_in_known_folders() -> None:
    known = {"styles", "forms", "progressions", "melody", "grooves", "pulses", "prompts"}
    assert {path.name for path in FOLDER.iterdir() if path.is_dir()} == known
    assert [str(p) for p in FOLDER.rglob("*") if p.is_file() and p.suffix != ".toml"] == []


@pytest.mark.parametrize("file", FILES)
def test_every_file_says_where_it_comes_from(file: str) -> None:
    data = parsed(file)
    if "provenance" in data:
        provenance = data["provenance"]
        assert str(provenance["command"]).startswith("python -m composer.training.")
        if "corpus" in provenance:
            assert provenance["licence"] and provenance["learned_on"]
            assert sum(provenance["pieces_used"].values()) > 0
        else:
            assert provenance["source"] and provenance["measured_on"]
    else:
        assert len(data["source"]) >= 10 or data["source"].startswith("own")


@pytest.mark.parametrize("file", FILES)
def test_every_file_loads(file: str) -> None:
    book, stem = rules(), Path(file).stem
    readers = {
        "scales.toml": lambda: book.scales,
        "chords.toml": lambda: book.chords.by_symbol,
        "instruments.toml": lambda: book.instruments,
        "moods.toml": lambda: book.moods,
        "levels.toml": lambda: book.instruments["piano"].level_db,
        "devices.toml": lambda: book.devices.turnarounds,
        "cadences.toml": lambda: book.cadences("any", book.scales["major"], "authentic"),
        "styles": lambda: book.style(stem).parts,
        "forms": lambda: book.form(stem).sections,
        "progressions": lambda: book.progressions(stem).order2,
        "melody": lambda: book.melody(stem).degrees,
        "grooves": lambda: book.groove(stem).beats,
        "pulses": lambda: book.pulses(parse_meter(stem.replace("-", "/"))),
        "percussion.toml": lambda: book.percussion,
        "prompts": lambda: book.prompts,
    }
    assert readers[file.split("/", maxsplit=1)[0]]()


# -- chords and cadences ------------------------------------------------------------------------


def test_chord_symbols_and_numerals_mean_one_thing() -> None:
    data = parsed("chords.toml")["chords"]
    symbols = [s for entry in data.values() for s in (entry["symbol"], *entry["aliases"])]
    assert sorted(symbols) == sorted(set(symbols))
    romans = [
        (entry["minor"], suffix)
        for entry in data.values()
        for suffix in (entry["roman"], *entry["roman_aliases"])
    ]
    assert sorted(romans) == sorted(set(romans))


@pytest.mark.parametrize("quality", qualities(), ids=lambda quality: quality.name)
def test_chord_qualities_make_sense(quality: Any) -> None:
    assert quality.tones[0] == 0
    assert len({tone * 7 % 12 for tone in quality.tones}) == len(quality.tones)
    own = {tone * 7 % 12 for tone in quality.tones}
    assert not own & {tension * 7 % 12 for tension in quality.tensions}
    if quality.third is not None:
        assert quality.third in quality.essential
        assert quality.minor == (quality.third == -3)
    if quality.seventh is not None:
        assert quality.seventh in quality.essential


CADENCES = [
    (family, mode, kind, formula)
    for family, modes in parsed("cadences.toml").items()
    if family != "source"
    for mode, kinds in modes.items()
    for kind, formulas in kinds.items()
    for formula in formulas
]
FAMILIES = sorted(
    {family for family, *_ in CADENCES} | {rules().style(s).harmony.cadences for s in STYLES}
)


@pytest.mark.parametrize(
    ("family", "mode", "kind", "formula"),
    CADENCES,
    ids=[f"{family}-{mode}-{'-'.join(f['chords'])}" for family, mode, _, f in CADENCES],
)
def test_cadences_are_of_chords_that_suit_their_kind(
    family: str, mode: str, kind: str, formula: dict[str, Any]
) -> None:
    assert kind in CADENCE_KINDS
    chords = [chord(token) for token in formula["chords"]]
    assert None not in chords
    assert 2 <= len(chords) <= 4
    assert all(a != b for a, b in pairwise(chords))
    last = chords[-1]
    assert last is not None
    key = Key(C, rules().scales[mode])
    if kind in CLOSING:
        assert last.root == last.bass == C
        assert (last.quality.third == 4) == (key.scale.parent == "major")
    else:
        assert last.root != C
    if kind == "authentic":
        dominant = chords[-2]
        assert dominant is not None and dominant.root.name in ("G", "B")
    elif kind == "plagal":
        subdominant = chords[-2]
        assert subdominant is not None and subdominant.root.name == "F"


@pytest.mark.parametrize("mode", sorted(rules().scales))
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_can_close_and_pause_in_every_scale(family: str, mode: str) -> None:
    scale = rules().scales[mode]
    assert any(rules().cadences(family, scale, kind) for kind in CLOSING)
    assert rules().cadences(family, scale, "half")


# Major and minor borrow chords, and raise leading tones; the modes live by what they are.
MODAL = sorted({mode for _, mode, *_ in CADENCES} - {"major", "minor"})


@pytest.mark.parametrize("mode", MODAL)
def test_modal_cadences_stay_in_their_mode(mode: str) -> None:
    key = Key(C, rules().scales[mode])
    for _, own_mode, _, formula in CADENCES:
        for token in formula["chords"] if own_mode == mode else ():
            found = chord(token)
            assert found is not None
            assert found.numbers <= key.numbers, token


@pytest.mark.parametrize("mode", ["major", "minor"])
def test_devices_are_of_known_chords(mode: str) -> None:
    tables = rules().devices
    assert tables.cliches[mode]
    for entry in (*tables.borrowed[mode], *tables.mediant[mode]):
        old, new = chord(entry.chord), chord(entry.becomes)
        assert old is not None and new is not None
        assert old.numbers != new.numbers
        assert None not in [chord(token) for token in entry.before]
    for line in tables.cliches[mode]:
        found = [chord(token) for token in line]
        assert {one.root for one in found if one is not None} == {C}
        assert None not in found
    for family in FAMILIES:
        turns = tables.turns(family, mode)
        assert any(len(turn.bars) == 1 for turn in turns)
        assert None not in [chord(t) for turn in turns for bar in turn.bars for t in bar]


@pytest.mark.parametrize("style", STYLES)
def test_loops_are_of_known_chords(style: str) -> None:
    for loop in rules().style(style).harmony.loops:
        assert loop.mode in rules().scales
        for bar in loop.bars:
            for token in bar:
                found = chord(token)
                assert found is not None, token
                assert token == token.strip() and found.roman(C)


# -- progressions and melodies ------------------------------------------------------------------

# What the corpora name and the vocabulary has no quality for. The chain leaves these out.
MOST_SKIPPED = 0.005


@pytest.mark.parametrize("mode", ["major", "minor"])
@pytest.mark.parametrize("table", names("progressions"))
def test_progressions_are_of_known_chords(table: str, mode: str) -> None:
    progressions = rules().progressions(table)
    counts = progressions.unigrams[mode]
    lost = {token: count for token, count in counts.items() if chord(token) is None}
    assert sum(lost.values()) <= MOST_SKIPPED * sum(counts.values()), lost
    tonic = "I" if mode == "major" else "i"
    assert any(token.startswith(tonic) for token in list(counts)[:3])


@pytest.mark.parametrize("table", names("progressions"))
def test_chains_are_over_the_chords_of_their_mode(table: str) -> None:
    progressions = rules().progressions(table)
    for (mode, kind), chain in progressions.order2.items():
        known = {*progressions.unigrams[mode], "^"}
        for context, following in chain.items():
            before, last = context.split()
            assert {before, last, *following} <= known, (mode, kind, context)
            assert last not in following, (mode, kind, context)
    for mode, chain in progressions.order1.items():
        for last, following in chain.items():
            assert {last, *following} <= {*progressions.unigrams[mode], "^"}
            assert last not in following


@pytest.mark.parametrize("table", names("progressions"))
def test_harmonic_rhythm_is_a_share(table: str) -> None:
    rhythm = rules().progressions(table).rhythm
    assert "any" in rhythm
    for shares in rhythm.values():
        assert sum(shares.values()) == pytest.approx(1, abs=0.02)
        assert all(0 < float(bars) <= 16 for bars in shares)


@pytest.mark.parametrize("table", names("melody"))
def test_melody_chains_are_of_cells_and_steps(table: str) -> None:
    melody = rules().melody(table)
    for name, chain in melody.rhythm.items():
        width = 6 if name.startswith("compound") else 4
        order = 2 if name.endswith("2") else 1
        for context, following in chain.items():
            beat, *cells = context.split()
            assert beat in ("1", "2", "w") and len(cells) == order, context
            for cell in (*(c for c in cells if c != "^"), *following):
                assert len(cell) == width and set(cell) <= set("o-."), (name, context, cell)
    for mode, chain in melody.degrees.items():
        assert mode in ("major", "minor")
        for context, following in chain.items():
            degree, motion = context.split()
            assert 1 <= int(degree) <= 7
            assert motion == "^" or -7 <= int(motion) <= 7
            assert all(-7 <= int(step) <= 7 for step in following)
    assert set(melody.starts) == {"major", "minor"}
    assert all(set(w) <= set("1234567") for w in melody.starts.values())


# -- grooves ------------------------------------------------------------------------------------


def drum_bars(groove: Groove) -> list[DrumBar]:
    return [*groove.beats, *(bar for bars in groove.fills.values() for bar in bars)]


@pytest.mark.parametrize("name", names("grooves"))
def test_a_drummer_has_two_hands_and_two_feet(name: str) -> None:
    for bar in drum_bars(rules().groove(name)):
        for step in range(sum(map(len, next(iter(bar.rows.values()))))):
            struck = [row for row, cells in bar.rows.items() if "".join(cells)[step] != "."]
            limbs = [limb(KEYS[row]) for row in struck]
            assert limbs.count("hand") <= 2, (bar.name, step, struck)
            assert limbs.count("foot") <= 2, (bar.name, step, struck)


@pytest.mark.parametrize("name", names("pulses"))
def test_the_common_beats_of_a_meter_are_playable_and_fill_it(name: str) -> None:
    beats = rules().pulses(parse_meter(name.replace("-", "/")))
    assert len({beat.name for beat in beats}) == len(beats)
    for beat in beats:
        assert beat.pulse
        for step in range(int(parse_meter(beat.meter).bar_quarters * 4)):
            struck = [row for row, cells in beat.rows.items() if "".join(cells)[step] != "."]
            limbs = [limb(KEYS[row]) for row in struck]
            assert limbs.count("hand") <= 2, (beat.name, step, struck)
            assert limbs.count("foot") <= 2, (beat.name, step, struck)


@pytest.mark.parametrize("meter", COUNTED_METERS)
def test_every_meter_has_the_core_pulses(meter: str) -> None:
    counted = parse_meter(meter)
    pulses = {beat.pulse for beat in rules().pulses(counted) if beat.meter == counted.counted}
    assert {"backbeat", "swing", "four-on-the-floor", "march"} <= pulses
    assert pulses & {"latin", "bossa"} and pulses & {"folk", "train"}


@pytest.mark.parametrize("name", names("grooves"))
def test_grooves_have_names_of_their_own_and_every_energy(name: str) -> None:
    groove = rules().groove(name)
    beats = [bar.name for bar in groove.beats]
    assert len(set(beats)) == len(beats) >= 3
    assert [bar.energy for bar in groove.beats] == sorted(bar.energy for bar in groove.beats)
    assert groove.beats[-1].energy - groove.beats[0].energy >= 0.3
    assert all(len(next(iter(bar.rows.values()))) in (1, 2, 3, 4, 5) for bar in drum_bars(groove))
    assert all(
        len(next(iter(b.rows.values()))) == n for n, bars in groove.fills.items() for b in bars
    )


@pytest.mark.parametrize("name", names("grooves"))
def test_a_groove_feels_like_playing(name: str) -> None:
    groove = rules().groove(name)
    offsets = [value for row in groove.offset.values() for value in row]
    assert all(abs(value) < 0.12 for value in offsets)
    assert all(1 <= value <= 127 for row in groove.velocity.values() for value in row)
    assert 0 <= groove.velocity_sd < 40


# -- forms and instruments ----------------------------------------------------------------------


@pytest.mark.parametrize("name", names("forms"))
def test_every_symbol_of_a_form_is_reached(name: str) -> None:
    form = rules().form(name)
    reached, todo = set(), ["Piece"]
    while todo:
        symbol = todo.pop()
        if symbol not in reached:
            reached.add(symbol)
            todo += [s for e in form.grammar.get(symbol, ()) for s in e.symbols]
    assert reached == {*form.grammar, *form.sections}
    for kind in form.sections.values():
        assert 0 <= kind.energy + kind.rise <= 1.0001
        assert form.sections[kind.material].material == kind.material


@pytest.mark.parametrize("name", names("forms"))
def test_a_form_has_contrast(name: str) -> None:
    energies = [kind.energy for kind in rules().form(name).sections.values()]
    assert max(energies) - min(energies) >= 0.25


def test_instruments_are_whole() -> None:
    instruments = rules().instruments
    # From 117 on General MIDI has effects without a pitch.
    assert {i.program for i in instruments.values() if not i.is_drums} >= set(range(117)) - {116}
    for instrument in instruments.values():
        if instrument.is_drums:
            assert (instrument.bank, instrument.roles) == (128, ("drums",))
        else:
            assert instrument.high - instrument.low >= 12, instrument.name
            assert "drums" not in instrument.roles


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_instruments(role: str) -> None:
    assert sum(role in i.roles for i in rules().instruments.values()) >= 4


# -- styles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STYLES)
def test_what_a_style_refers_to_is_there(name: str) -> None:
    book, style = rules(), rules().style(name)
    assert style.form in names("forms")
    assert style.harmony.table in names("progressions")
    assert style.melody.table in names("melody")
    assert any(family == style.harmony.cadences for family, *_ in CADENCES) or (
        book.cadences(style.harmony.cadences, book.scales["major"], "authentic")
    )
    has_kit = any(part.role == "drums" for part in style.parts)
    assert has_kit == bool(style.drums.groove)
    if has_kit:
        groove = book.groove(style.drums.groove)
        assert set(style.drums.beats) <= {beat.name for beat in groove.beats}
    if style.feel.groove:
        assert book.groove(style.feel.groove).offset
    assert {part.role for part in style.parts} >= {"melody", "bass"}


@pytest.mark.parametrize("name", STYLES)
def test_a_styles_parts_suit_their_roles(name: str) -> None:
    book, style = rules(), rules().style(name)
    known = set(book.form(style.form).sections)
    assert len({part.name for part in style.parts}) == len(style.parts)
    for part in style.parts:
        assert set(part.sections) <= known
        for instrument in map(book.instruments.__getitem__, part.instruments):
            assert instrument.is_drums == (part.role == "drums"), (part.name, instrument.name)
            if part.role in ("comping", "pad", "figure"):
                assert instrument.polyphony >= 2, (part.name, instrument.name)
            if part.role != "drums":
                overlap = min(part.high, instrument.high) - max(part.low, instrument.low)
                assert overlap >= 10, (part.name, instrument.name)


@pytest.mark.parametrize("name", STYLES)
def test_a_styles_figures_fill_every_meter(name: str) -> None:
    style = rules().style(name)
    served = [(f, parse_meter(m)) for f in style.figures for m in f.meters or METERS]
    for figure, meter in served:
        for cells in figure.bars:
            assert sum(map(len, fit_cells(cells, meter))) == meter.bar_quarters * 4
        played = [strokes(cells, meter) for cells in figure.bars]
        assert any(played), figure
        # A bass may leave the first beat to others; what it strikes there is the root.
        if figure.role == "bass" and played[0] and played[0][0].onset == 0:
            assert played[0][0].sign in "Rr", figure


@pytest.mark.parametrize("name", STYLES)
def test_a_styles_figures_serve_every_energy(name: str) -> None:
    style = rules().style(name)
    for role in {part.role for part in style.parts} & {"comping", "pad", "figure", "bass"}:
        own = [figure for figure in style.figures if figure.role == role]
        for energy in (0.05, 0.3, 0.5, 0.7, 1.0):
            near = min(max(f.low - energy, energy - f.high, 0.0) for f in own)
            assert near <= 0.35, (role, energy)


def test_styles_differ_plainly() -> None:
    styles = [rules().style(name) for name in STYLES]
    assert len(styles) >= 7
    for one, two in product(styles, styles):
        if one.name < two.name:
            differences = (
                one.form != two.form,
                one.harmony.table != two.harmony.table,
                one.melody != two.melody,
                one.drums != two.drums,
                one.feel != two.feel,
                {i for p in one.parts for i in p.instruments}
                != {i for p in two.parts for i in p.instruments},
                abs(sum(one.tempo) - sum(two.tempo)) > 20,
            )
            assert sum(differences) >= 4, (one.name, two.name)

"""The rule book: the user's folder over ours, and what it says of wrong files."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from composer.errors import BriefError, RuleError
from composer.music.brief import Brief
from composer.music.score import Score
from composer.rulebook import Rulebook, load_rulebook
from composer.writing.choices import resolve
from composer.writing.plan import make_plan
from composer.writing.write import write_score

STYLE = """
title = "Mine"
source = "own"
tempo = [92, 124]
meters = { "4/4" = 1 }
modes = { major = 3, minor = 2 }
form = "song"
governed = ["pad", "comping"]

[harmony]
table = "pop"
cadences = "pop"
rhythm = { "1" = 5, "0.5" = 1.2 }

[melody]
table = "pop"
density = 5.0
syncopation = 0.55
leap = 0.4
rest = 0.2

[drums]
groove = "pop"

[feel]
swing = 0.5

[[parts]]
name = "Lead"
role = "melody"
instruments = { flute = 2, violin = 1 }
range = [62, 84]
velocity = 96

[[parts]]
name = "Piano"
role = "comping"
instruments = { piano = 1 }
pan = 0.2

[[parts]]
name = "Strings"
role = "pad"
instruments = { string-ensemble = 1 }

[[parts]]
name = "Bass"
role = "bass"
instruments = { finger-bass = 1 }

[[parts]]
name = "Drums"
role = "drums"
instruments = { drums = 1 }

[[figures]]
role = "comping"
pattern = "X---|----|x---|----"

[[figures]]
role = "pad"
pattern = "X---|----|----|----"

[[figures]]
role = "bass"
pattern = "R---|----|R---|----"
energy = [0.0, 0.9]
weight = 0.6
"""
FORM = """
source = "own"

[grammar]
Piece = [{ to = ["intro", "Body"], weight = 1 }, { to = ["Body"], weight = 1 }]
Body = [{ to = ["verse"], weight = 1 }, { to = ["verse", "Body"], weight = 1 }]

[sections.intro]
length = { 2 = 0.5, 4 = 1 }
energy = 0.3
cadence = { half = 1 }
material = "verse"

[sections.verse]
length = { 1 = 0.1, 8 = 1 }
energy = 0.5
cadence = { authentic = 1 }

[phrases]
1 = { "a" = 1 }
2 = { "a a'" = 1 }
3 = { "a a b" = 2 }
4 = { "a a b a'" = 1 }
"""
Overlay = Callable[..., Rulebook]


@pytest.fixture
def overlay(tmp_path: Path) -> Overlay:
    """Writes files into a folder of rules, and opens the rule book with it."""

    def make(**files: str) -> Rulebook:
        for name, text in files.items():
            path = tmp_path / (name.replace("__", "/") + ".toml")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_rulebook(tmp_path)

    return make


def style_with(old: str, new: str) -> str:
    assert old in STYLE
    return STYLE.replace(old, new, 1)


def write(brief: Brief, book: Rulebook) -> Score:
    return write_score(make_plan(resolve(brief, book), book), book, "Mine")


def read_theory(book: Rulebook) -> None:
    assert book.scales and book.moods and book.chords and book.instruments
    assert book.cadences("mine", book.scales["major"], "plagal")


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        RuleError, match="is no folder; --rules takes a folder laid out like rules/"
    ):
        load_rulebook(tmp_path / "nothing")


def test_a_folder_without_rules_is_refused(overlay: Overlay) -> None:
    with pytest.raises(
        RuleError, match=r"holds none of our rule files; it may hold cadences\.toml"
    ):
        overlay()


def test_a_folder_of_one_style_changes_nothing_else(overlay: Overlay, book: Rulebook) -> None:
    own = overlay(styles__mine=style_with("tempo = [92, 124]", "tempo = [60, 61]"))
    assert set(own.style_names) == {*book.style_names, "mine"}
    assert own.scales == book.scales
    assert own.style("pop") == book.style("pop")


def test_a_new_style_needs_no_code(overlay: Overlay) -> None:
    own = overlay(styles__mine=style_with("tempo = [92, 124]", "tempo = [60, 61]"))
    assert "mine" in own.style_names and "pop" in own.style_names
    score = write(Brief(style="mine", bars=8, seed=1), own)
    assert 60 <= score.quarters_per_minute <= 61
    assert score.bars == 8 and any(part.notes for part in score.parts)


def test_a_file_of_the_same_name_replaces_ours(overlay: Overlay, book: Rulebook) -> None:
    own = overlay(styles__pop=style_with('title = "Mine"', 'title = "Own pop"'))
    assert (own.style("pop").title, book.style("pop").title) == ("Own pop", "Pop")
    assert own.style("rock") == book.style("rock")


def test_theory_is_merged_entry_by_entry(overlay: Overlay, book: Rulebook) -> None:
    own = overlay(
        scales='[scales.double-harmonic]\ndegrees = ["1", "b2", "3", "4", "5", "b6", "7"]\n'
        'parent = "major"\nsignature = 0\n[aliases]\nbyzantine = "double-harmonic"\n',
        moods="[moods]\nhappy = [0.1, 0.2]\nsleepy = [0.0, -1.0]\n",
        instruments='[instruments.kazoo]\nprogram = 80\nrange = [60, 84]\nfamily = "synth"\n'
        'sustained = true\npolyphony = 1\nroles = ["melody"]\n',
    )
    assert own.key("C byzantine").pitch_classes[1].name == "Db"
    assert own.key("D dorian") == book.key("D dorian")
    assert own.moods.words["happy"] == (0.1, 0.2)
    assert own.moods.words["sad"] == book.moods.words["sad"]
    assert own.instrument("Kazoo").program == 80
    assert own.instrument("piano") == book.instrument("piano")
    assert set(own.scales) == {*book.scales, "double-harmonic"}


def test_a_chord_of_ones_own(overlay: Overlay, book: Rulebook) -> None:
    own = overlay(
        chords='[chords.quartal]\nsymbol = "q4"\naliases = []\nroman = "q4"\nroman_aliases = []\n'
        'minor = false\ntones = ["1", "4", "b7"]\nessential = ["4", "b7"]\ntensions = []\n'
    )
    tonic = own.key("C").tonic
    assert [n.name for n in own.chords.parse("Dq4", tonic).pitch_classes] == ["D", "G", "C"]
    assert own.chords.parse("IIq4", tonic) == own.chords.parse("Dq4", tonic)
    with pytest.raises(ValueError, match="unknown chord quality"):
        book.chords.parse("Dq4", tonic)


WRONG_STYLES = {
    "unknown key": (
        'title = "Mine"',
        'title = "Mine"\ntempi = 3',
        "tempi: is not a known key; did you ",
    ),
    "missing tempo": ("tempo = [92, 124]", "", "tempo: is missing"),
    "falling tempo": ("[92, 124]", "[124, 92]", "tempo: must be two rising numbers from 20 to 400"),
    "meter": ('"4/4" = 1', '"4/5" = 1', "meters.4/5: must be one of 2/4, 3/4, 4/4"),
    "mode": ("{ major = 3", "{ mayor = 3", 'modes.mayor: is no scale; did you mean "major"?'),
    "governed": ('["pad", "comping"]', '["pads"]', 'governed: "pads" is no role; must be one of'),
    "missing table": ("[harmony]", "[harmonie]", "harmony: is missing"),
    "harmony's table": ('table = "pop"\ncadences', "cadences", "harmony.table: is missing"),
    "chord length": ('"0.5" = 1.2', '"0.3" = 1.2', "harmony.rhythm.0.3: must be one of 0.25,"),
    "swing": ("swing = 0.5", "swing = 0.9", "feel.swing: must be from 0.5 to 0.75, not 0.9"),
    "role": ('role = "pad"\ninstr', 'role = "riff"\ninstr', 'parts[2].role: "riff" is unknown;'),
    "instrument": (
        "flute = 2",
        "flote = 2",
        'parts[0].instruments: "flote" is no instrument; did',
    ),
    "range": ("range = [62, 84]", "range = [84, 62]", "parts[0].range: must be two rising numbers"),
    "pan": ("pan = 0.2", "pan = 2", "parts[1].pan: must be from -1 to 1, not 2"),
    "velocity": (
        "velocity = 96",
        "velocity = 0",
        "parts[0].velocity: must be from 1 to 127, not 0",
    ),
    "chord sign": (
        '"X---|----|x---|----"',
        '"Q---"',
        'figures[0].pattern: "Q" is no sign for comping',
    ),
    "bass sign": (
        '"R---|----|R---|----"',
        '"X---"',
        'pattern: "X" is no sign for bass; known: R r 2',
    ),
    "beat of three": ('"X---|----|x---|----"', '"X--"', "a beat must have four signs"),
    "key of a figure": (
        "weight = 0.6",
        "wait = 0.6",
        'wait: is not a known key; did you mean "weight"?',
    ),
    "no tune": (
        'role = "melody"',
        'role = "counter"',
        'parts: needs a part with the role "melody"',
    ),
    "no figure": (
        'role = "pad"\npattern',
        'role = "comping"\npattern',
        'figures: needs a figure with the role "pad"',
    ),
    "no TOML": ("tempo = [92, 124]", "tempo = [92,", "is not valid TOML"),
}


@pytest.mark.parametrize("name", WRONG_STYLES)
def test_a_wrong_style_says_what_and_where(overlay: Overlay, name: str) -> None:
    old, new, message = WRONG_STYLES[name]
    own = overlay(styles__mine=style_with(old, new))
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        own.style("mine")
    assert str(caught.value).startswith("styles/mine.toml")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'form = "song"',
            'form = "sonk"',
            'styles/mine.toml, form: "sonk" is not in forms/; did you mean "song"?',
        ),
        (
            'table = "pop"\ncadences',
            'table = "polka"\ncadences',
            'styles/mine.toml, harmony.table: "polka" is not in progressions/; ',
        ),
        (
            '[drums]\ngroove = "pop"',
            '[drums]\ngroove = "pob"',
            'styles/mine.toml, drums.groove: "pob" is not in grooves/; did you mean "pop"?',
        ),
        (
            'cadences = "pop"',
            'cadences = "popp"',
            'styles/mine.toml, harmony.cadences: "popp" is no family; did you mean',
        ),
        (
            'role = "melody"',
            'role = "melody"\nsections = ["chorsu"]',
            'styles/mine.toml, parts[0].sections: "chorsu" is no section of the form; did you mean',
        ),
    ],
)
def test_a_style_that_asks_for_what_is_not_there(
    overlay: Overlay, old: str, new: str, message: str
) -> None:
    own = overlay(styles__mine=style_with(old, new))
    with pytest.raises(RuleError, match=re.escape(message)):
        write(Brief(style="mine", bars=8), own)


SCALE = '[scales.x]\ndegrees = ["1", "2"]\nparent = "major"\nsignature = 0\n'
WRONG_THEORY = {
    "degree": (
        "scales",
        SCALE.replace('"2"', '"h2"'),
        'scales.x.degrees: "h2" is not a scale degree',
    ),
    "tonic": (
        "scales",
        SCALE.replace('"1"', '"b2"'),
        'scales.x.degrees: must begin with the tonic, "1"',
    ),
    "parent": ("scales", SCALE.replace("major", "dur"), 'scales.x.parent: "dur" is unknown'),
    "signature": (
        "scales",
        SCALE.replace("= 0", "= 9"),
        "scales.x.signature: must be from -7 to 7",
    ),
    "alias": (
        "scales",
        '[aliases]\ndur = "mayor"',
        'aliases.dur: "mayor" is unknown; did you mean "major"',
    ),
    "mood": ("moods", "[moods]\nwild = [0, 3]", "moods.wild: must be two numbers from -1 to 1"),
    "mood's length": ("moods", "[moods]\nwild = [0]", "moods.wild: must be a list of 2 numbers"),
    "essential": (
        "chords",
        '[chords.z]\nsymbol = "z"\naliases = []\nroman = "z"\nroman_aliases = []\nminor = false\n'
        'tones = ["1", "5"]\nessential = ["3"]\ntensions = []',
        "chords.z.essential: must be among the tones",
    ),
    "program": (
        "instruments",
        '[instruments.k]\nprogram = 128\nrange = [1, 2]\nfamily = "synth"\nroles = ["melody"]\n'
        "sustained = true\npolyphony = 1",
        "instruments.k.program: must be from 0 to 127, not 128",
    ),
    "roles": (
        "instruments",
        '[instruments.k]\nprogram = 1\nrange = [1, 2]\nfamily = "synth"\nroles = ["tune"]',
        "instruments.k.roles: must be some of melody, counter",
    ),
    "cadence": (
        "cadences",
        '[mine.major]\nperfect = [{ chords = ["V", "I"], weight = 1 }]',
        "mine.major.perfect: must be one of authentic, plagal",
    ),
    "formula": (
        "cadences",
        "[mine.major]\nplagal = [{ chords = [], weight = 1 }]",
        "mine.major.plagal: needs at least one formula with chords",
    ),
}


@pytest.mark.parametrize("name", WRONG_THEORY)
def test_wrong_theory_says_what_and_where(overlay: Overlay, name: str) -> None:
    file, text, message = WRONG_THEORY[name]
    own = overlay(**{file: text})
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        read_theory(own)
    assert str(caught.value).startswith(f"{file}.toml, ")


WRONG_FORMS = {
    "no start": ("Piece =", "Song =", "grammar.Piece: is missing: every grammar starts with it"),
    "symbol": (
        '"verse", "Body"',
        '"vers", "Body"',
        'to: "vers" is neither a section nor a symbol',
    ),
    "to itself": ('to = ["verse"]', 'to = ["Body"]', "must name at least one other symbol"),
    "material": ('material = "verse"', 'material = "vers"', 'intro.material: "vers" is no section'),
    "length": (
        "{ 2 = 0.5,",
        "{ 0 = 0.5,",
        "intro.length.0: must be a number of bars from 1 to 64",
    ),
    "cadence": ("{ half = 1 }", "{ halt = 1 }", "cadence.halt: must be one of authentic"),
    "phrases": (
        '3 = { "a a b" = 2 }',
        "",
        "phrases.3: is missing: say how that many",
    ),
    "labels": ('"a a b" = 2', '"a a" = 2', '3."a a": must hold 3 phrase labels'),
}


@pytest.mark.parametrize("name", WRONG_FORMS)
def test_a_wrong_form_says_what_and_where(overlay: Overlay, name: str) -> None:
    old, new, message = WRONG_FORMS[name]
    assert old in FORM
    own = overlay(forms__mine=FORM.replace(old, new, 1))
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        own.form("mine")
    assert str(caught.value).startswith("forms/mine.toml, ")


GROOVE = (
    'family = "x"\nsource = "own"\n[feel]\n[[beats]]\nname = "a"\nenergy = 0.5\ncount = 1\n'
    'kick = "X...|...."\n'
)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("X...|....", "X..|....", "kick: "),
        ("X...|....", "Z...|....", "kick: must be one bar of the signs X, x, g, r, t, f and ."),
        ("X...|....", "X...||X...", "kick: must be one bar"),
        ('kick = "X...|...."', "", "needs rows of equal length for some of kick, snare"),
        ("....", '...."\nsnare = "x...', "beats[0]: needs rows of equal length"),
        ("[feel]", "[feel]\nswing = 0.9", "feel.swing: must be from 0.5 to 0.75"),
        ("[feel]", "[feel.offset]\nkick = [0.1]", "feel.offset.kick: must be a list of 16 numbers"),
    ],
)
def test_a_wrong_groove_says_what_and_where(
    overlay: Overlay, old: str, new: str, message: str
) -> None:
    assert overlay(grooves__good=GROOVE).groove("good").beats[0].rows == {"kick": ("X...", "....")}
    own = overlay(grooves__mine=GROOVE.replace(old, new, 1))
    with pytest.raises(RuleError, match=re.escape(message)) as caught:
        own.groove("mine")
    assert str(caught.value).startswith("grooves/mine.toml, ")


def test_styles_are_found_as_people_type_them(book: Rulebook) -> None:
    assert book.style("Jazz Swing").name == book.style("jazz_swing").name == "jazz-swing"
    with pytest.raises(BriefError, match='style: "polka" is no style; '):
        book.style("polka")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Piano", "piano"),
        ("Acoustic Grand Piano", "piano"),
        ("alto sax", "alto-sax"),
        ("Alto_Sax", "alto-sax"),
        ("flute", "flute"),
    ],
)
def test_instruments_are_found_as_people_type_them(book: Rulebook, text: str, name: str) -> None:
    assert book.instrument(text).name == name


def test_an_unknown_instrument_names_the_nearest_shortly(book: Rulebook) -> None:
    with pytest.raises(
        BriefError, match='parts: "flote" is no instrument; did you mean "flute"'
    ) as e:
        book.instrument("flote")
    assert len(str(e.value)) < 300


def test_cadences_fall_back_to_the_family_any_and_the_parent(book: Rulebook) -> None:
    scales = book.scales
    jazz = book.cadences("jazz", scales["major"], "authentic")
    assert jazz[0].chords == ("ii7", "V7", "Imaj7")
    assert book.cadences("polka", scales["major"], "half") == (
        book.cadences("any", scales["major"], "half")
    )
    assert book.cadences("pop", scales["minor-pentatonic"], "authentic") == (
        book.cadences("pop", scales["minor"], "authentic")
    )
    assert book.cadences("pop", scales["dorian"], "authentic") == ()


def test_what_was_read_is_kept(book: Rulebook) -> None:
    assert book.style("pop") is book.style("pop")
    assert book.form("song") is book.form("song")

from __future__ import annotations

import re
from typing import Any

import pytest

from composer.errors import BriefError
from composer.music.brief import Brief
from composer.writing.choices import Choices, resolve
from tests.strategies import rules


def chosen(**fields: Any) -> Choices:
    return resolve(Brief(**fields), rules())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"key": "H"}, 'key: "H" is not a key; write C, F#m, "Bb minor" or "D dorian"'),
        ({"key": "C foo"}, 'key: "C foo" has no known mode; '),
        ({"bars": 0}, "bars: must be from 1 to 1024, not 0"),
        ({"bars": 1025}, "bars: must be from 1 to 1024, not 1025"),
        ({"bars": 3.5}, "bars: must be a whole number from 1 to 1024, not 3.5"),
        ({"bars": True}, "bars: must be a whole number"),
        ({"tempo": 19}, "tempo: must be from 20 to 400, not 19"),
        ({"tempo": float("nan")}, "tempo: must be from 20 to 400, not nan"),
        ({"tempo": "fast"}, "tempo: must be from 20 to 400, not fast"),
        ({"time_signature": "4/5"}, 'time-signature: "4/5" is not a time signature we write; '),
        ({"time_signature": "waltz"}, "known: "),
        ({"style": "polka"}, 'style: "polka" is no style; '),
        ({"style": "jaz swing"}, 'did you mean "jazz-swing"?'),
        ({"mood": "hapy"}, 'mood: "hapy" is neither a mood word nor "valence,energy"; did you'),
        ({"mood": "2,0"}, "mood: must be from -1 to 1, not 2"),
        ({"mood": "0.1"}, "is neither a mood word nor"),
        ({"mood": "0,0,0"}, "is neither a mood word nor"),
        ({"mood": "nan,0"}, "mood: must be from -1 to 1, not nan"),
        ({"swing": 0.4}, "swing: must be from 0.5 to 0.75, not 0.4"),
        ({"swing": 0.8}, "swing: must be from 0.5 to 0.75, not 0.8"),
        ({"humanize": -0.1}, "humanize: must be from 0 to 2, not -0.1"),
        ({"humanize": 2.1}, "humanize: must be from 0 to 2, not 2.1"),
        ({"seed": -1}, "seed: must be from 0 to 9"),
        ({"seed": 2**63}, "seed: must be from 0 to 9"),
        ({"parts": ()}, "parts: is empty; name at least one instrument"),
        ({"parts": ("pino",)}, 'parts: "pino" is no instrument; did you mean "piano"?'),
        ({"parts": ("tune=flute",)}, 'parts: "tune" is no role; '),
        ({"parts": ("melody=drums",)}, "drum kits, and only they, have the role drums"),
        ({"parts": ("drums=piano",)}, "drum kits, and only they, have the role drums"),
        ({"parts": ("drums", "power-kit")}, "parts: 2 drum kits; there is one drum channel"),
        ({"parts": ("piano",) * 16}, "parts: 16 melodic parts; MIDI has room for 15"),
        ({"parts": ("pad=trombone",)}, "a trombone cannot play chords; make it melody or counter"),
        (
            {"form": "verse:8 chorus:8", "bars": 20},
            "form: its sections add up to 16 bars, but bars is 20; change one",
        ),
        ({"form": "verse:600 chorus:600"}, "bars: must be from 1 to 1024, not 1200"),
        ({"form": "AABA", "bars": 3}, "form: AABA has 4 sections, more than the 3 bars"),
        (
            {"chords": "C | F | G", "bars": 8},
            "chords: 3 bars of chords do not fill 8 bars evenly; give 8 bars of chords, or",
        ),
        ({"chords": "C | F | G | C", "bars": 2}, "chords: 4 bars of chords do not fill 2 bars"),
        (
            {"chords": "C | F | G", "form": "verse:8"},
            "chords: 3 bars of chords do not fill 8 bars evenly",
        ),
        ({"chords": "C | H"}, 'chords: bar 2: "H" is not a chord'),
    ],
)
def test_what_cannot_be_done_is_said(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(BriefError, match=re.escape(message)) as caught:
        chosen(**fields)
    assert caught.value.field in str(caught.value)


def test_an_empty_brief_is_pop_of_32_bars() -> None:
    choices = chosen()
    assert (choices.style.name, choices.bars) == ("pop", 32)
    assert choices.brief.bars == 32


@pytest.mark.parametrize(
    ("fields", "bars"),
    [
        ({"form": "verse:8 chorus:8"}, 16),
        ({"form": "AABA"}, 32),
        ({"chords": "C | F | G | C"}, 4),
        ({"chords": "C | F | G | C", "form": "AABA", "bars": 16}, 16),
        ({"chords": "C | F | G | C", "form": "AB"}, 4),
        ({"bars": 1}, 1),
        ({"bars": 1024}, 1024),
    ],
)
def test_what_is_given_sets_the_length(fields: dict[str, Any], bars: int) -> None:
    assert chosen(**fields).bars == bars


def test_moods_move_mode_and_tempo() -> None:
    seeds = range(40)
    bright = [chosen(mood="1,0", seed=s).key.scale.parent for s in seeds]
    dark = [chosen(mood="-1,0", seed=s).key.scale.parent for s in seeds]
    assert set(bright) == {"major"} and set(dark) == {"minor"}
    for seed in seeds:
        calm, wild = chosen(mood="0,-1", seed=seed), chosen(mood="0,1", seed=seed)
        assert calm.quarters_per_minute < wild.quarters_per_minute


def test_a_word_is_its_point() -> None:
    assert chosen(mood=" Happy ").mood.valence == rules().moods.words["happy"][0]
    assert chosen(mood="0.8, 0.4", seed=5).mood.arousal == 0.4


def test_one_field_moves_no_other() -> None:
    base, other = chosen(seed=9).brief, chosen(seed=9, tempo=93).brief
    assert other.tempo == 93
    assert (base.key, base.parts, base.time_signature) == (
        other.key,
        other.parts,
        other.time_signature,
    )
    longer = chosen(seed=9, bars=64).brief
    assert (longer.key, longer.tempo, longer.parts) == (base.key, base.tempo, base.parts)


@pytest.mark.parametrize("style", rules().style_names)
def test_tempo_and_meter_are_the_styles(style: str) -> None:
    low, high = rules().style(style).tempo
    for seed in range(20):
        choices = chosen(style=style, seed=seed)
        assert choices.meter.name in rules().style(style).meters
        if 3 not in choices.meter.beats:
            assert low <= choices.quarters_per_minute <= high


def test_humanize_nought_is_straight_unless_swing_is_asked() -> None:
    assert chosen(style="jazz-swing").swing > 0.6
    assert chosen(style="jazz-swing", humanize=0).swing == 0.5
    assert chosen(style="jazz-swing", humanize=0, swing=0.66).swing == 0.66

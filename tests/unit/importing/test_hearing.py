"""What is heard in files that others wrote, and in our own."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from composer import Brief, compose
from composer.errors import MidiError
from composer.importing.form_heard import form_text
from composer.importing.hearing import hear, hear_ending
from composer.importing.passages import counted
from composer.importing.skylines import quantised
from composer.importing.style_likeness import nearest_style
from composer.rulebook import Rulebook
from tests.unit.importing.foreign import ForeignTrack, band, foreign_file


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "piece.mid"


def test_a_band_is_heard_whole(file: Path, book: Rulebook) -> None:
    file.write_bytes(foreign_file(band()))
    heard = hear(file, book)
    assert (heard.key.name, heard.passage.meter.name) == ("A minor", "4/4")
    assert (heard.passage.bars, heard.quarters_per_minute, heard.swing) == (16, 110.0, 0.5)
    assert heard.chords[:4] == (("Am",), ("F",), ("G",), ("Am",))
    assert {(p.role, p.instrument.name) for p in heard.parts} == {
        ("melody", "flute"),
        ("pad", "string-ensemble"),
        ("bass", "finger-bass"),
        ("drums", "drums"),
    }
    assert heard.drums == (
        "hat X.x.|X.x.|X.x.|X.x.",
        "kick x...|....|x...|....",
        "snare ....|x...|....|x...",
    )


def test_the_tune_is_kept_note_for_note(file: Path, book: Rulebook) -> None:
    tracks = band()
    file.write_bytes(foreign_file(tracks))
    tune = hear(file, book).tune
    assert tune is not None
    assert [(n.onset_quarters, n.pitch.midi) for n in tune.notes] == [
        (Fraction(onset), pitch) for onset, _, pitch, _ in tracks[0].notes
    ]


def test_swing_is_heard_and_written_straight(file: Path, book: Rulebook) -> None:
    file.write_bytes(foreign_file(band(swing=2 / 3)))
    heard = hear(file, book)
    assert heard.swing == pytest.approx(0.66, abs=0.02)
    assert heard.drums[0] == "hat X.x.|X.x.|X.x.|X.x."
    assert heard.tune is not None
    assert all((note.onset_quarters * 2).denominator == 1 for note in heard.tune.notes)


def test_an_upbeat_comes_before_the_first_bar(file: Path, book: Rulebook) -> None:
    upbeat = [(3.0, 0.5, 64, 90), (3.5, 0.5, 67, 90)]
    later = [
        ForeignTrack(t.name, t.channel, t.program, [(o + 4, n, p, v) for o, n, p, v in t.notes])
        for t in band(8)
    ]
    flute = later[0]
    later[0] = ForeignTrack(flute.name, 0, flute.program, [*upbeat, *flute.notes])
    file.write_bytes(foreign_file(later))
    heard = hear(file, book)
    assert heard.tune is not None
    assert heard.passage.bars == heard.tune.bars == 8
    assert heard.tune.pickup_quarters == 1
    assert heard.chords[0] == ("Am",)
    assert sum(section.bars for section in heard.sections) == 8


def test_bars_that_are_counted_otherwise_lose_no_note(file: Path, book: Rulebook) -> None:
    tracks = band(12)
    file.write_bytes(foreign_file(tracks, meters=((0, 4, 4), (16, 2, 4), (18, 4, 4))))
    heard = hear(file, book)
    assert heard.passage.meter.name == "4/4"
    assert heard.passage.strange >= 1
    assert sum(len(p.part) for p in heard.parts) == sum(len(t.notes) for t in tracks)


def test_the_meter_of_the_end_is_its_own(file: Path, book: Rulebook) -> None:
    file.write_bytes(foreign_file(band(16), meters=((0, 4, 4), (40, 2, 4))))
    assert hear(file, book).passage.meter.name == "4/4"
    assert float(hear_ending(file, book).passage.starts[0]) >= 40


@pytest.mark.parametrize(
    ("written", "meter"),
    [((2, 2), "4/4"), ((3, 2), "3/4"), ((3, 8), "6/8"), ((4, 8), "2/4"), ((6, 8), "6/8")],
)
def test_bars_are_counted_as_we_count_them(written: tuple[int, int], meter: str) -> None:
    found = counted(*written)
    assert found is not None
    assert found.name == meter


def test_a_file_of_type_0_and_without_tempo_is_heard_alike(file: Path, book: Rulebook) -> None:
    file.write_bytes(foreign_file(band(), kind=0, tempo=None))
    heard = hear(file, book)
    assert heard.quarters_per_minute == 120
    assert len(heard.parts) == 4
    assert heard.tune is not None


def test_seventeen_tracks_on_a_channel_are_heard(file: Path, book: Rulebook) -> None:
    tracks = band(8)
    copies = [ForeignTrack(f"Copy {i}", 0, 73, tracks[0].notes[i::17]) for i in range(17)]
    file.write_bytes(foreign_file([*copies, *tracks[1:]]))
    assert hear(file, book).key.name == "A minor"


def test_drums_alone_are_no_piece(file: Path, book: Rulebook) -> None:
    file.write_bytes(foreign_file(band()[3:]))
    with pytest.raises(MidiError, match="no pitched note"):
        hear(file, book)


def test_a_huge_file_is_refused_before_it_is_read(file: Path, book: Rulebook) -> None:
    with file.open("wb") as out:
        out.write(b"MThd")
        out.truncate(100_000_000)
    with pytest.raises(MidiError, match="larger than 8 MB"):
        hear(file, book)


def test_what_comes_back_has_one_letter(file: Path, book: Rulebook) -> None:
    brief = Brief(
        key="C", style="pop", form="verse:8 chorus:8 verse:8 chorus:8", writer="rules", seed=2
    )
    file.write_bytes(compose(brief).midi)
    heard = hear(file, book)
    assert heard.key.name == "C major"
    letters = "".join(section.letter * section.bars for section in heard.sections)
    alike = sum(a == b for a, b in zip(letters[:16], letters[16:], strict=True))
    assert alike >= 12, form_text(heard.sections)
    assert letters[:8] != letters[8:16]


def test_our_own_pieces_are_most_like_their_styles(file: Path, book: Rulebook) -> None:
    right = 0
    styles = ("rock", "jazz-swing", "chorale", "house")
    for style in styles:
        file.write_bytes(compose(Brief(style=style, bars=8, writer="rules", seed=5)).midi)
        right += nearest_style(hear(file, book), book) == style
    assert right >= 3


def test_triplets_are_told_from_sixteenths() -> None:
    import numpy as np

    played = np.array([0.01, 0.35, 0.66, 1.0, 1.26, 1.49, 1.77])
    assert [str(onset) for onset in quantised(played)] == [
        "0", "1/3", "2/3", "1", "5/4", "3/2", "7/4",
    ]  # fmt: skip

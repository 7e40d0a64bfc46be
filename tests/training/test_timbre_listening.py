"""The listening page: what is cut out, how loud it is, what the page says, what is refused."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from composer.acoustics.loudness import integrated_loudness, true_peak_db
from composer.music.audio import Audio
from composer.refining.parts import Part, SoundingNote
from composer.refining.refiner import Refined
from composer.refining.spectra import SAMPLE_RATE
from composer.training.timbre import listening
from composer.training.timbre.listening import busiest, first_pairs, instrument_name, main
from composer.training.timbre.listening_page import SIDES, Entry, Page, page_html
from tests.training.timbre_files import SECONDS, make_pairs, tone

soundfile = pytest.importorskip("soundfile")

ROOT = Path(__file__).parents[2]


class Doubler:
    """Makes a stem twice as loud; violins stay dry."""

    def refine(self, audio: Audio, part: Part, **_: object) -> Refined:
        if part.program == 40:
            return Refined(audio, 0.0, None, "stays <dry> at any strength")
        return Refined(Audio(audio.samples * np.float32(2), SAMPLE_RATE), 0.75, None, "")


@pytest.fixture
def pairs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(listening.Refiner, "load", classmethod(lambda *_, **__: Doubler()))
    card = {"data_licence": "CC0 & CC BY 4.0 <somebody>"}
    monkeypatch.setattr(listening, "load_weights", lambda _: SimpleNamespace(card=card))
    return make_pairs(tmp_path / "pairs", clips=2)


class Players(HTMLParser):
    """Attributes of a page's elements, by tag."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str | None]]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.setdefault(tag, []).append(dict(attrs))


def command(pairs: Path, out: Path, *more: str) -> list[str]:
    given = ["--pairs", str(pairs), "--out", str(out), "--programs", "0", "40", "--seconds", "2"]
    return [*given, *more]


def test_the_page_and_its_sounds(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "page" / "hear.html"
    assert main(command(pairs, out, "--notes", "Notes by A & B")) == 0
    text = out.read_text(encoding="utf-8")
    found = Players(text).found
    sources = [str(player["src"]) for player in found["audio"]]
    names = ("piano", "violin")
    assert sources == [f"hear/{name}-{side}.ogg" for name in names for side in SIDES]
    assert sorted(p.name for p in out.parent.rglob("*")) == sorted(
        ["hear", "hear.html", *(Path(source).name for source in sources)]
    )
    assert all("controls" in player and player["aria-label"] for player in found["audio"])
    assert found["html"] == [{"lang": "en"}]
    assert "Strength 0.75. Mel distance" in text
    assert "Stays dry" in text
    assert "Stays &lt;dry&gt; at any strength." in text
    assert "Notes by A &amp; B" in text
    assert "CC0 &amp; CC BY 4.0 &lt;somebody&gt;" in text
    assert "http" not in text
    assert "src" not in found["script"][0]


def test_the_sounds_are_equally_loud_and_leave_room(pairs: Path, tmp_path: Path) -> None:
    out = tmp_path / "hear.html"
    assert main(command(pairs, out)) == 0
    loudness = []
    for side in SIDES:
        samples, rate = soundfile.read(out.parent / f"hear/piano-{side}.ogg", dtype="float32")
        assert (rate, len(samples)) == (SAMPLE_RATE, 2 * SAMPLE_RATE)
        measured = integrated_loudness(samples[None].copy(), rate)
        peak = true_peak_db(samples[None].copy())
        assert measured is not None
        assert peak is not None
        assert peak < -1
        loudness.append(measured)
    assert max(loudness) - min(loudness) < 0.5
    assert max(loudness) < -17.5


def test_the_excerpt_is_where_most_notes_begin() -> None:
    notes = tuple(SoundingNote(at, at + 0.1, 60, 80) for at in (0.0, 3.0, 3.2, 3.4, 9.8))
    assert busiest(Part(0, False, notes), 10.0, 1.0) == (round(2.9 * SAMPLE_RATE), SAMPLE_RATE)
    assert busiest(Part(0, False, notes[-1:]), 10.0, 1.0)[0] == 9 * SAMPLE_RATE
    assert busiest(Part(0, False, None), 10.0, 20.0) == (0, 10 * SAMPLE_RATE)


def test_the_first_pair_of_a_program_is_taken(pairs: Path) -> None:
    assert first_pairs(pairs, (40, 0)) == {n: pairs / f"{n:03d}" / "000.flac" for n in (40, 0)}
    (pairs / "040" / "000.mid").unlink()
    assert first_pairs(pairs, (40,)) == {40: pairs / "040" / "001.flac"}


def test_programs_have_names() -> None:
    names = [instrument_name(program) for program in listening.PROGRAMS]
    assert names == [
        *("Piano", "Nylon guitar", "Finger bass", "Violin"),
        *("Trumpet", "Tenor sax", "Flute", "Drums"),
    ]


def test_a_page_without_notes_or_credit() -> None:
    text = page_html(Page("", "", 5.0), [Entry("Piano", 0, "piano", 1.0, 0.0, 0.0, "")], "x")
    assert "<p></p>" not in text
    assert "Recordings:" not in text
    assert "0.000 dry, 0.000 refined." in text


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--programs", "7"], "007: holds no pairs"),
        (["--programs", "129"], "--programs: give one or more"),
        (["--seconds", "0"], "--seconds: 0 is less than 1"),
        (["--seconds", "nan"], "--seconds: nan is less than 1"),
        (["--out", "hear.ogg"], "hear.ogg is no page"),
    ],
)
def test_what_is_refused(
    pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    out = tmp_path / "page" / "hear.html"
    assert main(command(pairs, out, *more)) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not out.parent.exists()


def test_too_much_sound_is_refused_as_a_whole(
    pairs: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(listening, "MOST_BYTES", 10_000)
    out = tmp_path / "page" / "hear.html"
    assert main(command(pairs, out)) == 2
    assert "are more than 10,000; give fewer --programs" in capsys.readouterr().err
    assert not out.parent.exists()


def test_silence_is_refused(
    pairs: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = pairs / "000" / "000.flac"
    silence = np.zeros((round(SECONDS * SAMPLE_RATE), 2), np.float32)
    soundfile.write(path, silence, SAMPLE_RATE, subtype="PCM_24")
    assert main(command(pairs, tmp_path / "hear.html")) == 2
    assert "000.flac: is silent where the most notes begin" in capsys.readouterr().err


def test_spectrograms(pairs: Path, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    from PIL import Image

    from composer.training.timbre.spectrograms import Sounds, draw_spectrograms

    picture = tmp_path / "pictures" / "timbre.png"
    out = tmp_path / "hear.html"
    assert main(command(pairs, out, "--spectrograms", str(picture))) == 0
    with Image.open(picture) as drawn:
        assert drawn.format == "PNG"
        assert drawn.width > drawn.height > 300
    assert picture.stat().st_size < 400_000
    sounds = dict.fromkeys(SIDES, tone(60, 1.0, 0.5))
    row = [Sounds("Tone", sounds)]
    assert draw_spectrograms(row) == draw_spectrograms(row)


def test_the_page_of_the_examples_is_whole_and_small() -> None:
    page = ROOT / "examples" / "listen.html"
    found = Players(page.read_text(encoding="utf-8")).found
    sources = {page.parent / str(player["src"]) for player in found["audio"]}
    assert sources == set((page.parent / "listen").iterdir())
    assert len(sources) == len(SIDES) * len(listening.PROGRAMS)
    assert sum(path.stat().st_size for path in sources) <= listening.MOST_BYTES
    assert (ROOT / "docs" / "images" / "timbre-spectrograms.png").stat().st_size < 400_000

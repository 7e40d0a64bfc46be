"""Files that are nearly right: MIDI and MusicXML made by code, and what breaks them.

`tests/laws/test_fuzz_readers.py` runs ten thousand of them, `benchmarks/fuzz.py` as many as asked.
A mutated file is drawn from a seed and a number alone, so each can be had again.
"""

from __future__ import annotations

import copy
import io
import random
import zipfile
from collections.abc import Callable
from functools import cache
from xml.etree import ElementTree

from composer.errors import ComposerError
from composer.exporting.brief_toml import dump_brief
from composer.importing.brought import Brought, filled
from composer.importing.melodies import read_melody
from composer.importing.notated_tunes import notated_tune
from composer.midi.decode import decode
from composer.midi.songs import song_from_bytes
from composer.music.brief import Brief
from composer.rulebook import Rulebook, load_rulebook
from composer.theory.meter import parse_meter
from composer.writing import given
from composer.writing.tune_place import check_tune, full_bars

Element = ElementTree.Element

# -- files that are right -----------------------------------------------------------------------


def midi_file(*tracks: bytes, kind: int = 1, division: int = 96) -> bytes:
    """A MIDI file of tracks given as events; each gets its end."""
    head = b"MThd\0\0\0\6" + b"".join(n.to_bytes(2, "big") for n in (kind, len(tracks), division))
    ends = [track + b"\0\xff\x2f\0" for track in tracks]
    return head + b"".join(b"MTrk" + len(t).to_bytes(4, "big") + t for t in ends)


def _events(text: str) -> bytes:
    return bytes.fromhex(text)


_HEAD = _events("00 ff 58 04 03 02 18 08 00 ff 59 02 ff 00 00 ff 51 03 07 a1 20")
_PICKUP = _events("00 ff 58 04 01 02 18 08 60 ff 58 04 04 02 18 08")
_TUNE = _events(
    "00 ff 03 04 54 75 6e 65 00 c0 49 00 ff 05 03 68 65 6c 00 90 43 50 60 43 00 00 45 50 30 45 00"
    "30 47 50 81 40 47 00 00 ff 05 02 6c 6f 00 48 50 60 80 48 00 00 90 4a 40 60 4a 00"
)
_BASS = _events("00 ff 03 04 42 61 73 73 00 c1 20 00 91 2b 50 81 40 2b 00 00 30 50 83 00 30 00")
_DRUMS = _events("00 99 24 60 30 99 24 00 00 99 26 60 30 99 26 00 00 b9 07 40 00 e9 00 40")


@cache
def midi_seeds() -> tuple[bytes, ...]:
    """MIDI files of every kind that is read."""
    both = _TUNE + _BASS + _DRUMS
    karaoke = _events("00 ff 01 05 40 4b 4d 49 44 00 ff 01 03 5c 48 65 60 ff 01 04 6c 6c 6f 20")
    tune = midi_file(_HEAD, _TUNE)
    return (
        tune,
        midi_file(_HEAD, _TUNE, _BASS, _DRUMS),
        midi_file(_HEAD + both, kind=0),
        midi_file(_PICKUP, _TUNE, division=96),
        midi_file(_HEAD + karaoke, _TUNE),
        midi_file(*[_TUNE] * 17, division=480),
        b"RIFF" + (len(tune) + 12).to_bytes(4, "little") + b"RMIDdata"
        + len(tune).to_bytes(4, "little") + tune,
    )  # fmt: skip


LEAD_SHEET = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE score-partwise PUBLIC "-//Recordare//DTD MusicXML 4.0 Partwise//EN"
  "http://www.musicxml.org/dtds/partwise.dtd">
<score-partwise version="4.0">
 <work><work-title>Test</work-title></work>
 <part-list>
  <score-part id="P1"><part-name>Clarinet</part-name></score-part>
  <score-part id="P2"><part-name>Piano</part-name></score-part>
 </part-list>
 <part id="P1">
  <measure number="0" implicit="yes">
   <attributes><divisions>6</divisions><key><fifths>1</fifths><mode>major</mode></key>
    <time><beats>3</beats><beat-type>4</beat-type></time>
    <transpose><diatonic>-1</diatonic><chromatic>-2</chromatic></transpose></attributes>
   <direction><sound tempo="96"/></direction>
   <note><pitch><step>D</step><octave>4</octave></pitch><duration>6</duration>
    <lyric number="1"><syllabic>begin</syllabic><text>Hel</text></lyric></note>
  </measure>
  <measure number="1">
   <barline location="left"><repeat direction="forward"/></barline>
   <harmony><root><root-step>G</root-step></root><kind>major</kind></harmony>
   <note><pitch><step>G</step><octave>4</octave></pitch><duration>12</duration>
    <lyric number="1"><syllabic>end</syllabic><text>lo</text><extend/></lyric></note>
   <note><grace/><pitch><step>A</step><octave>4</octave></pitch></note>
   <note><pitch><step>A</step><octave>4</octave></pitch><duration>2</duration>
    <time-modification><actual-notes>3</actual-notes><normal-notes>2</normal-notes>
    </time-modification></note>
   <note><rest/><duration>2</duration></note>
   <note><pitch><step>F</step><alter>1</alter><octave>4</octave></pitch><duration>2</duration></note>
  </measure>
  <measure number="2">
   <barline location="left"><ending number="1" type="start"/></barline>
   <harmony><root><root-step>A</root-step><root-alter>-1</root-alter></root>
    <kind text="7b9">dominant</kind><bass><bass-step>C</bass-step></bass>
    <degree><degree-value>9</degree-value><degree-alter>-1</degree-alter>
    <degree-type>add</degree-type></degree></harmony>
   <note><pitch><step>C</step><octave>5</octave></pitch><duration>18</duration>
    <tie type="start"/></note>
   <barline location="right"><ending number="1" type="stop"/><repeat direction="backward"/>
   </barline>
  </measure>
  <measure number="3">
   <barline location="left"><ending number="2" type="start"/></barline>
   <harmony><kind>none</kind></harmony>
   <note><pitch><step>C</step><octave>5</octave></pitch><duration>6</duration>
    <tie type="start"/><voice>1</voice><staff>1</staff></note>
   <note><pitch><step>C</step><octave>5</octave></pitch><duration>12</duration>
    <tie type="stop"/><voice>1</voice><staff>1</staff></note>
   <backup><duration>18</duration></backup><forward><duration>18</duration></forward>
   <barline location="right"><ending number="2" type="discontinue"/></barline>
   <direction><direction-type><words>D.C. al Fine</words></direction-type>
    <sound dacapo="yes"/></direction>
  </measure>
 </part>
 <part id="P2">
  <measure number="0"><attributes><divisions>1</divisions></attributes>
   <note><pitch><step>C</step><octave>3</octave></pitch><duration>1</duration></note></measure>
  <measure number="1"><note><chord/><pitch><step>E</step><octave>3</octave></pitch>
   <duration>3</duration></note></measure>
 </part>
</score-partwise>
"""
TIMEWISE = """<score-timewise version="3.1">
 <part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
 <measure number="1"><part id="P1">
  <attributes><divisions>2</divisions><key><fifths>-2</fifths></key>
   <time symbol="cut"><beats>2</beats><beat-type>2</beat-type></time></attributes>
  <direction><direction-type><metronome><beat-unit>half</beat-unit><per-minute>c. 60</per-minute>
   </metronome></direction-type></direction>
  <note><pitch><step>B</step><alter>-1</alter><octave>4</octave></pitch><duration>8</duration></note>
 </part></measure>
 <measure number="2"><part id="P1">
  <note><pitch><step>G</step><octave>4</octave></pitch><duration>7</duration></note>
  <note><pitch><step>F</step><octave>4</octave></pitch><duration>1</duration></note>
 </part></measure>
</score-timewise>
"""
_CONTAINER = (
    '<?xml version="1.0"?><container><rootfiles><rootfile full-path="score.xml"/></rootfiles>'
    "</container>"
)


def compressed(score: bytes, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A score as .mxl."""
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", method) as archive:
            for name, data in (("META-INF/container.xml", _CONTAINER), ("score.xml", score)):
                archive.writestr(zipfile.ZipInfo(name), data, method)
        return stream.getvalue()


# -- what breaks them ---------------------------------------------------------------------------

_BYTES = (0x00, 0x01, 0x2F, 0x3F, 0x40, 0x51, 0x58, 0x59, 0x7F, 0x80, 0x90, 0xB0, 0xC0, 0xF0, 0xFF)
_SIZES = (0, 1, 5, 6, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF)


def _flip(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.randint(1, 8)):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)


def _put(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.randint(1, 4)):
        data[rng.randrange(len(data))] = rng.choice(_BYTES)


def _truncate(rng: random.Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


def _delete(rng: random.Random, data: bytearray) -> None:
    at = rng.randrange(len(data))
    del data[at : at + rng.randint(1, 16)]


def _insert(rng: random.Random, data: bytearray) -> None:
    at = rng.randrange(len(data) + 1)
    data[at:at] = bytes(rng.choice(_BYTES) for _ in range(rng.randint(1, 8)))


def _duplicate(rng: random.Random, data: bytearray) -> None:
    at = rng.randrange(len(data))
    piece = data[at : at + rng.randint(1, 200)]
    data[at:at] = piece * rng.randint(1, 4)


def _length(rng: random.Random, data: bytearray) -> None:
    """Overwrite a length field, of a chunk if there is one."""
    marks = [at for at in range(len(data) - 8) if data[at : at + 2] in (b"MT", b"PK", b"RI")]
    at = rng.choice(marks) + rng.choice((4, 4, 8, 10, 12)) if marks else rng.randrange(len(data))
    width = rng.choice((2, 4))
    size = rng.choice(_SIZES) & (256**width - 1)
    data[at : at + width] = size.to_bytes(width, rng.choice(("big", "little")))


def _duplicate_chunk(rng: random.Random, data: bytearray) -> None:
    at = bytes(data).rfind(b"MTrk")
    if at >= 0:
        data += data[at:] * rng.randint(1, 3)


_BYTE_MUTATIONS: tuple[Callable[[random.Random, bytearray], None], ...] = (
    _flip, _put, _truncate, _delete, _insert, _duplicate, _length, _duplicate_chunk,
)  # fmt: skip


def mutated_bytes(rng: random.Random, data: bytes) -> bytes:
    """The bytes with one to four things wrong."""
    found = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if found:
            rng.choice(_BYTE_MUTATIONS)(rng, found)
    return bytes(found)


_TEXTS = (
    "", "0", "-1", "1", "2", "3", "7", "12", "1000", "65536", "999999999", "9" * 40, "1.5", "-0.5",
    "1e9", "NaN", "inf", "٣", "A", "H", "yes", "start", "stop", "backward", "forward", "to coda",
    "D.S. al Coda", "Fine", "augmented-ninth", "other", "none", "minor-seventh", "\n", "é" * 300,
    "1, 2", "2+3", "16", "32", "64", "quarter", "alter", "subtract",
)  # fmt: skip


def _all(root: Element) -> list[Element]:
    return list(root.iter())


def _value(rng: random.Random, root: Element) -> None:
    rng.choice(_all(root)).text = rng.choice(_TEXTS)


def _attribute(rng: random.Random, root: Element) -> None:
    element = rng.choice(_all(root))
    names = list(element.attrib) or ["number", "type", "implicit", "id", "times"]
    element.set(rng.choice(names), rng.choice(_TEXTS).strip())


def _parent(rng: random.Random, root: Element) -> Element:
    return rng.choice([element for element in root.iter() if len(element)] or [root])


def _drop(rng: random.Random, root: Element) -> None:
    parent = _parent(rng, root)
    if len(parent):
        parent.remove(rng.choice(list(parent)))


def _repeat(rng: random.Random, root: Element) -> None:
    parent = _parent(rng, root)
    if len(parent):
        child = rng.choice(list(parent))
        for _ in range(rng.choice((1, 1, 3, 40))):
            parent.insert(rng.randrange(len(parent) + 1), copy.deepcopy(child))


def _move(rng: random.Random, root: Element) -> None:
    source, target = _parent(rng, root), rng.choice(_all(root))
    if len(source):
        target.append(copy.deepcopy(rng.choice(list(source))))


def _rename(rng: random.Random, root: Element) -> None:
    elements = _all(root)
    rng.choice(elements).tag = rng.choice(elements).tag


def _shuffle(rng: random.Random, root: Element) -> None:
    parent = _parent(rng, root)
    children = list(parent)
    rng.shuffle(children)
    parent[:] = children


_TREE_MUTATIONS: tuple[Callable[[random.Random, Element], None], ...] = (
    _value, _value, _value, _attribute, _drop, _repeat, _move, _rename, _shuffle,
)  # fmt: skip
_PROLOGUES = (
    b"", b"", b"", b"", b"\xef\xbb\xbf", b" \n", b'<?xml version="1.0" encoding="UTF-7"?>',
    b'<?xml version="1.0" encoding="latin-1"?>', b'<!DOCTYPE x [<!ENTITY a "b">]>',
    b'<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    b'<!DOCTYPE x SYSTEM "http://localhost/x.dtd">', b"<a>" * 80,
)  # fmt: skip


@cache
def _trees() -> tuple[Element, ...]:
    texts = (LEAD_SHEET, TIMEWISE)
    return tuple(ElementTree.fromstring(text.encode()) for text in texts)  # noqa: S314 - our own


def mutated_score(rng: random.Random) -> bytes:
    """A score with its elements, its bytes or its archive mutated."""
    if rng.random() < 0.2:
        return mutated_bytes(rng, rng.choice((LEAD_SHEET, TIMEWISE)).encode())
    root = copy.deepcopy(rng.choice(_trees()))
    for _ in range(rng.choice((1, 1, 2, 4, 8))):
        rng.choice(_TREE_MUTATIONS)(rng, root)
    data = rng.choice(_PROLOGUES) + ElementTree.tostring(root, "utf-8")
    if rng.random() < 0.05:
        data = mutated_bytes(rng, data)
    if rng.random() < 0.1:
        data = compressed(data, rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)))
        data = mutated_bytes(rng, data) if rng.random() < 0.5 else data
    return data


def mutated_file(seed: int, number: int) -> tuple[str, bytes]:
    """Its kind, ``midi`` or ``score``, and its bytes; the same for the same seed and number."""
    rng = random.Random(f"{seed}/{number}")
    if rng.random() < 0.5:
        return "midi", mutated_bytes(rng, rng.choice(midi_seeds()))
    return "score", mutated_score(rng)


# -- what must hold -----------------------------------------------------------------------------


@cache
def _book() -> Rulebook:
    return load_rulebook()


def read_all(kind: str, data: bytes) -> int:
    """Read a file as each of our readers would; the number of those that accept it.

    What is accepted must be a brief that can be composed from. What is refused must be refused by
    one of our own errors, of one line. Whether anything was asked for changes from file to file.
    """
    free, asked = Brief(), Brief(time_signature="4/4")
    plain = len(data) % 2 == 0
    readers: list[Callable[[], object]] = []
    if kind == "midi":
        readers += [lambda: decode(data), lambda: song_from_bytes(data)]
    if kind == "midi" and plain:
        readers.append(lambda: read_melody(data, "x", free, _book()))
    elif kind == "score" and plain:
        readers.append(lambda: notated_tune(data, "x", free, _book()))
    else:
        readers.append(lambda: read_melody(data, "x", asked, _book(), "1"))
    accepted = 0
    for read in readers:
        try:
            found = read()
        except ComposerError as error:
            if not str(error) or len(str(error).splitlines()) > 1:
                raise AssertionError(f"not one line: {str(error)!r}") from error
            continue
        accepted += 1
        if isinstance(found, Brought):
            _is_sound(found)
    return accepted


def _is_sound(brought: Brought) -> None:
    """What was read can be composed from."""
    brief = filled(Brief(), brought).brief
    check_tune(brought.tune)
    assert brief.time_signature is not None
    meter = parse_meter(brief.time_signature)
    assert full_bars(brought.tune, meter) >= 1
    assert brief.tempo is None or 20 <= brief.tempo <= 400
    key = _book().key(brief.key or "C")
    if brief.chords is not None:
        bars = given.split_bars(brief.chords)
        assert len(bars) == full_bars(brought.tune, meter), (len(bars), brought.tune)
        given.place(bars, meter, key, _book().chords)
    assert dump_brief(brief)

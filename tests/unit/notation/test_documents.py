"""What is no score is refused in one line, and no file can make the reader grow or go elsewhere."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import pytest

from composer.errors import NotationError
from composer.notation import documents
from composer.notation.documents import document
from tests.mutations import LEAD_SHEET, compressed
from tests.scores import attributes, notes, part, score

SCORE = score(part(attributes() + notes("C4:4")))
LAUGHS = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 20))


def refused(data: bytes) -> str:
    with pytest.raises(NotationError) as caught:
        document(data, "a.xml")
    told = str(caught.value)
    assert told.startswith("a.xml") and "\n" not in told
    return told


def test_plain_compressed_and_with_a_doctype_that_is_not_fetched() -> None:
    for data in (SCORE, LEAD_SHEET.encode(), compressed(SCORE)):
        assert document(data, "a.xml").tag == "score-partwise"


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    label = "utf-8" if encoding == "utf-8-sig" else encoding
    text = SCORE.decode().replace('encoding="UTF-8"', f'encoding="{label}"')
    text = text.replace("Voice", "Gesäng")
    assert document(text.encode(encoding), "a.xml").findtext(".//part-name") == "Gesäng"


def test_namespaces_are_taken_off() -> None:
    data = SCORE.replace(b"<score-partwise ", b'<score-partwise xmlns="http://x.org/y" ')
    assert document(data, "a.xml").find("part/measure") is not None


@pytest.mark.parametrize(
    ("prolog", "told"),
    [
        (f'<!DOCTYPE x [<!ENTITY a0 "ha">{LAUGHS}]>', "declares the entity 'a0'"),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>', "declares the entity 'a'"),
        ('<!DOCTYPE x [<!ENTITY % p SYSTEM "http://localhost/x"> %p;]>', "declares the entity 'p'"),
    ],
    ids=["billion laughs", "file", "parameter"],
)
def test_entities_are_refused_where_they_are_declared(prolog: str, told: str) -> None:
    start = time.process_time()
    assert told in refused(score(part(attributes() + notes("C4:4")), prolog=prolog))
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (SCORE[: len(SCORE) // 2], "is no readable XML"),
        (b"<score-partwise>\xff</score-partwise>", "is no readable XML"),
        (b'<?xml version="1.0" encoding="klingon"?><a/>', "is no readable XML"),
        (b"<html/>", "is XML but no MusicXML score: it is <html>"),
        (b"<opus/>", "a list of scores"),
        (b"<a>" * 100 + b"</a>" * 100, "nests its elements more than 64 deep"),
        (b"PK\x03\x04nothing", "is no readable .mxl archive"),
        (compressed(b"<html/>"), "no MusicXML score"),
    ],
)
def test_what_is_no_score(data: bytes, told: str) -> None:
    assert told in refused(data)


def test_too_many_elements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_ELEMENTS", 10)
    assert "holds more than 10 elements" in refused(SCORE)


def test_too_large() -> None:
    assert "is larger than 10 MB" in refused(b" " * (documents.LARGEST_BYTES + 1))


def test_an_archive_that_would_grow() -> None:
    bomb = compressed(b"<a>" + b" " * (documents.LARGEST_BYTES + 1) + b"</a>")
    assert len(bomb) < 100_000
    assert "unpacks to more than 10 MB" in refused(bomb)


def archive(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    with io.BytesIO() as stream:
        with zipfile.ZipFile(stream, "w", method) as target:
            for name, data in members.items():
                target.writestr(name, data)
        return stream.getvalue()


def test_archives_without_a_good_container() -> None:
    assert document(archive({"a/b.xml": SCORE}), "a.mxl").tag == "score-partwise"
    broken = {"META-INF/container.xml": b"<a 'b'>", "a.musicxml": SCORE}
    assert document(archive(broken), "a.mxl").tag == "score-partwise"
    assert "holds no MusicXML score" in refused(archive({"a.txt": SCORE}))


def test_other_ways_to_pack_are_refused() -> None:
    data = archive({"a.xml": SCORE}, zipfile.ZIP_BZIP2)
    assert "is packed in a way that .mxl files are not" in refused(data)


def test_an_encrypted_archive_is_refused() -> None:
    data = bytearray(archive({"a.xml": SCORE}, zipfile.ZIP_STORED))
    data[6] |= 1
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert "is no readable .mxl archive" in refused(bytes(data))


def test_nothing_outside_is_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY a "told">')
    data = score(
        part(attributes() + notes("C4:4")), prolog=f'<!DOCTYPE score-partwise SYSTEM "{secret}">'
    )
    assert document(data.replace(b"Voice", b"Voice"), "a.xml").tag == "score-partwise"

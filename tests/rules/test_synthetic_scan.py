"""The search for anybody at rest finds a plant in every disguise, and nothing where there is nobody."""

import base64
import gzip
import random
import sqlite3
import struct
from pathlib import Path

import cramjam
import pytest

from services.synthetic.scan import Finding, Needles, scan_bytes, scan_file, scan_files
from services.synthetic.segments import HEADER, Unreadable

TOKEN = "Brolimanuta"
NEEDLES = Needles([TOKEN, "Zapodorimelay"])
RANDOM = random.Random(11)


def noise(size: int) -> bytes:
    return RANDOM.randbytes(size)


ENCODED = {
    "utf-8": TOKEN.encode(),
    "lower case": TOKEN.lower().encode(),
    "among other letters": b"xK" + TOKEN.encode() + b"Qz",
    "utf-16 little endian": TOKEN.encode("utf-16-le"),
    "utf-16 big endian": TOKEN.encode("utf-16-be"),
    "hex": TOKEN.encode().hex().encode(),
    "hex, odd": b"3" + TOKEN.encode().hex().upper().encode() + b"a",
    "hex of utf-16": TOKEN.encode("utf-16-le").hex().encode(),
    "urlsafe base64": base64.urlsafe_b64encode(b"\xff\xef" + TOKEN.encode() + b"\xff\xfe"),
    "base64 of utf-16": base64.b64encode(TOKEN.encode("utf-16-be")),
    "wrapped base64": base64.encodebytes(b"a" * 50 + TOKEN.encode() + b"b" * 70),
}


@pytest.mark.parametrize("disguise", ENCODED)
def test_a_plant_is_found_in_every_disguise(disguise):
    assert scan_bytes(noise(900) + b"\x00" + ENCODED[disguise] + b"\x00" + noise(900), NEEDLES)


@pytest.mark.parametrize("before", range(6))
@pytest.mark.parametrize("after", range(4))
def test_base64_is_found_at_any_alignment(before, after):
    encoded = base64.b64encode(b"\x07" * before + TOKEN.encode() + b"\x07" * after).rstrip(b"=")

    assert any("base64" in disguise for disguise in scan_bytes(b"." + encoded + b".", NEEDLES))


@pytest.mark.parametrize("start", range(4))
def test_base64_is_found_in_a_run_that_begins_elsewhere(start):
    encoded = b"abc"[:start] + base64.b64encode(TOKEN.encode())

    assert scan_bytes(encoded, NEEDLES)


def test_where_there_is_nobody_nobody_is_found():
    text = " ".join(["investigation", "representative", base64.b64encode(noise(200)).decode()] * 50)

    assert scan_bytes(text.encode() + noise(500_000), NEEDLES) == set()


def test_most_of_a_token_is_not_a_token():
    assert scan_bytes(TOKEN[:-1].encode(), NEEDLES) == set()


def test_a_token_too_short_to_mean_anything_is_refused():
    with pytest.raises(ValueError, match="ten plain letters"):
        Needles(["Smith"])


def test_a_plant_across_the_pieces_of_a_large_file_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("services.synthetic.scan.PIECE", 1000)
    path = tmp_path / "large"
    path.write_bytes(b"." * 994 + TOKEN.encode() + b"." * 3000)

    assert scan_file(path, NEEDLES) == {"letters"}


def test_a_plant_beyond_a_hole_in_a_file_is_found(tmp_path):
    path = tmp_path / "index"
    with path.open("wb") as file:
        file.truncate(20_000_000)
        file.seek(15_000_000)
        file.write(TOKEN.encode())

    assert scan_file(path, NEEDLES) == {"letters"}


def batch(codec: int, records: bytes) -> bytes:
    head = HEADER.pack(0, HEADER.size - 12 + len(records), 0, 2, 0, codec, 0, 0, 0, -1, -1, -1, 1)
    return head + records


def java_snappy(data: bytes) -> bytes:
    block = bytes(cramjam.snappy.compress_raw(data))
    return b"\x82SNAPPY\x00" + struct.pack(">iii", 1, 1, len(block)) + block


COMPRESSED = {
    "none": (0, lambda data: data),
    "gzip": (1, gzip.compress),
    "snappy": (2, lambda data: bytes(cramjam.snappy.compress_raw(data))),
    "snappy as Java frames it": (2, java_snappy),
    "lz4": (3, lambda data: bytes(cramjam.lz4.compress(data))),
    "zstd": (4, lambda data: bytes(cramjam.zstd.compress(data))),
}


@pytest.mark.parametrize("codec", COMPRESSED)
def test_a_plant_is_found_in_a_batch_under_every_codec(codec, tmp_path):
    number, compress = COMPRESSED[codec]
    clean = batch(number, compress(b"nobody here " * 50))
    planted = batch(number, compress(b"once upon a time " * 50 + TOKEN.encode() + b" once upon a time" * 50))
    path = tmp_path / "00000000000000000000.log"
    path.write_bytes(clean + planted)

    found = scan_file(path, NEEDLES)

    assert any("under" in disguise for disguise in found)


def test_a_batch_that_does_not_decompress_is_not_passed_over(tmp_path):
    path = tmp_path / "00000000000000000000.log"
    path.write_bytes(batch(4, b"this is not zstandard"))

    with pytest.raises(Unreadable):
        scan_file(path, NEEDLES)


def test_a_row_that_lies_across_pages_is_found(tmp_path):
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA page_size=512")
    connection.execute("CREATE TABLE kept (value BLOB)")
    for before in range(480, 520):
        connection.execute("INSERT INTO kept VALUES (?)", [b"." * before + TOKEN.encode() + b"." * 900])
    connection.commit()
    connection.close()

    assert "letters, in a row" in scan_file(path, NEEDLES)


def test_a_deleted_row_is_found_in_the_file(tmp_path):
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA secure_delete=OFF")
    connection.execute("CREATE TABLE kept (value TEXT)")
    connection.execute("INSERT INTO kept VALUES (?)", [TOKEN])
    connection.commit()
    connection.execute("DELETE FROM kept")
    connection.commit()
    connection.close()

    assert scan_file(path, NEEDLES) == {"letters"}


def test_a_row_still_in_the_write_ahead_log_is_found(tmp_path):
    connection = sqlite3.connect(tmp_path / "store.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE kept (value TEXT)")
    connection.execute("INSERT INTO kept VALUES (?)", [TOKEN])
    connection.commit()

    _, findings = scan_files([tmp_path], NEEDLES)

    assert any(Path(finding.place).name == "store.db-wal" for finding in findings)
    connection.close()


def test_a_finding_says_where_and_how_and_never_who(tmp_path):
    (tmp_path / "service.log").write_text(f"could not reach {TOKEN}")

    read, findings = scan_files([tmp_path], NEEDLES)

    assert (read, findings) == (1, [Finding(place=str(tmp_path / "service.log"), disguise="letters")])
    assert TOKEN.lower() not in repr(findings).lower()

"""What hides plaintext from a search without meaning to: compressed batches and paged rows.

A Kafka segment is a row of record batches (format 2), each compressed as a whole or not at all.
Java writes snappy in its own frames, librdkafka writes it bare; both are read here.
"""

import gzip
import sqlite3
import struct
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import cramjam

HEADER = struct.Struct(">qiibIhiqqqhii")
"""Base offset, length, leader epoch, magic, CRC, attributes, last delta, times, producer, count."""

LENGTH_COUNTS_FROM = 12
"""A batch's length leaves out its own first two fields."""

_JAVA_SNAPPY = b"\x82SNAPPY\x00"
_SQLITE = b"SQLite format 3\x00"


class Unreadable(ValueError):
    """a batch does not decompress under the codec it names"""


def is_segment(path: Path) -> bool:
    """Say whether a file is one of Kafka's segments, one waiting to be deleted included."""
    return ".log" in path.suffixes and path.name[:1].isdecimal()


def batches(path: Path) -> Iterator[tuple[str, bytes]]:
    """Yield (codec, decompressed records) for each batch of a segment. Stops at what is no batch.

    Raises `Unreadable` for a batch that names a codec and does not decompress under it.
    """
    data = path.read_bytes()
    at = 0
    while len(data) - at >= HEADER.size:
        _, length, _, magic, _, attributes, *_ = HEADER.unpack_from(data, at)
        end = at + LENGTH_COUNTS_FROM + length
        if magic != 2 or end > len(data) or end <= at + HEADER.size:
            return
        codec = CODECS[attributes & 7]
        yield codec, decompress(codec, data[at + HEADER.size : end])
        at = end


CODECS: Mapping[int, str] = {0: "none", 1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}


def decompress(codec: str, records: bytes) -> bytes:
    """Return a batch's records as they were. Raises `Unreadable`."""
    try:
        return _DECOMPRESS[codec](records)
    except (cramjam.DecompressionError, OSError, EOFError, struct.error) as error:
        raise Unreadable(f"a batch does not decompress as {codec}") from error


def _unsnappy(data: bytes) -> bytes:
    if not data.startswith(_JAVA_SNAPPY):
        return bytes(cramjam.snappy.decompress_raw(data))
    parts, at = [], 16
    while at < len(data):
        (size,) = struct.unpack_from(">i", data, at)
        parts.append(bytes(cramjam.snappy.decompress_raw(data[at + 4 : at + 4 + size])))
        at += 4 + size
    return b"".join(parts)


_DECOMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "none": lambda data: data,
    "gzip": gzip.decompress,
    "snappy": _unsnappy,
    "lz4": lambda data: bytes(cramjam.lz4.decompress(data)),
    "zstd": lambda data: bytes(cramjam.zstd.decompress(data)),
}


def is_sqlite(path: Path) -> bool:
    """Say whether a file is an SQLite database."""
    with path.open("rb") as stream:
        return stream.read(len(_SQLITE)) == _SQLITE


def rows(path: Path) -> Iterator[bytes]:
    """Yield every text and bytes value of every row of every table of an SQLite file."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)
    connection.text_factory = bytes
    try:
        tables = [
            name.decode()
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        ]
        for table in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                yield from (value for value in row if isinstance(value, bytes))
    finally:
        connection.close()

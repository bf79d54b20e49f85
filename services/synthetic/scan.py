"""Look for anybody at rest: in every file and record, in the clear or in a thin disguise.

Tokens are invented words of ten letters and more, so that finding one means something. They are
looked for as letters (UTF-8, and so ASCII), as UTF-16 in either order, in hex, and in base64 of
either alphabet at any alignment, wrapped or not. Kafka's segments are decompressed under every
codec, SQLite files are read both as bytes (what was deleted, the write-ahead log) and as rows
(a value can lie across pages).

Not promised: what is encrypted, and what is disguised twice.
"""

import base64
import binascii
import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from services.synthetic import segments

SHORTEST = 10
"""Letters in the shortest token: fewer would find itself by chance."""

PIECE = 8 * 1024 * 1024
OVERLAP = 64 * 1024
"""Files are read in pieces which overlap by more than any token's longest disguise."""

_LETTERS = re.compile(rb"[A-Za-z]{10,}")
_UTF16_LITTLE = re.compile(rb"(?:[A-Za-z]\x00){10,}")
_UTF16_BIG = re.compile(rb"(?:\x00[A-Za-z]){10,}")
_HEX = re.compile(rb"[0-9A-Fa-f]{20,}")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{14,}(?:\r?\n[A-Za-z0-9+/_-]+)*")
_APART = b"\x01\x01"
"""Between texts that are searched together, so that two halves do not make a whole."""

_STANDARD = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """A token was found: in which place and under which disguise. Never which token."""

    place: str
    disguise: str


class Needles:
    """The tokens to look for."""

    def __init__(self, tokens: Iterable[str]) -> None:
        """Take the tokens. Raises `ValueError` for one too short to mean anything."""
        self._by_start: dict[bytes, list[bytes]] = {}
        for token in tokens:
            word = token.lower().encode("ascii")
            if len(word) < SHORTEST or not word.isalpha():
                raise ValueError("a token must be ten plain letters or more")
            self._by_start.setdefault(word[:SHORTEST], []).append(word)

    def in_letters(self, run: bytes) -> bool:
        """Say whether a run of letters holds a token, whatever letters stand around it."""
        run = run.lower()
        starts = self._by_start
        for at in range(len(run) - SHORTEST + 1):
            words = starts.get(run[at : at + SHORTEST])
            if words and any(run.startswith(word, at) for word in words):
                return True
        return False


def scan_bytes(data: bytes, needles: Needles) -> set[str]:
    """Return the disguises under which any token is in the data."""
    hexed = _APART.join(text for run in set(_HEX.findall(data)) for text in _unhex(run))
    based = _APART.join(text for run in set(_BASE64.findall(data)) for text in _unbase64(run))
    found = set(_plain(data, needles))
    found |= {f"hex of {disguise}" for disguise in _plain(hexed, needles)}
    return found | {f"base64 of {disguise}" for disguise in _plain(based, needles)}


def _plain(data: bytes, needles: Needles) -> Iterator[str]:
    if any(needles.in_letters(run) for run in set(_LETTERS.findall(data))):
        yield "letters"
    if any(needles.in_letters(run[::2]) for run in _UTF16_LITTLE.findall(data)):
        yield "utf-16 little endian"
    if any(needles.in_letters(run[1::2]) for run in _UTF16_BIG.findall(data)):
        yield "utf-16 big endian"


def _unhex(run: bytes) -> Iterator[bytes]:
    """Decode a run of hex digits at both alignments."""
    for start in (0, 1):
        even = run[start : start + (len(run) - start) // 2 * 2]
        yield binascii.unhexlify(even)


def _unbase64(run: bytes) -> Iterator[bytes]:
    """Decode a run of either alphabet at each of the four alignments, line breaks ignored."""
    digits = run.replace(b"\r", b"").replace(b"\n", b"").translate(_STANDARD)
    for start in range(4):
        whole = digits[start : start + (len(digits) - start) // 4 * 4]
        rest = digits[start + len(whole) :]
        if len(rest) > 1:
            whole += rest + b"=" * (4 - len(rest))
        yield base64.b64decode(whole)


def scan_file(path: Path, needles: Needles) -> set[str]:
    """Return the disguises under which any token is in a file, as bytes, as batches and as rows."""
    found: set[str] = set()
    for piece in _pieces(path):
        found |= scan_bytes(piece, needles)
    if segments.is_segment(path):
        for codec, records in segments.batches(path):
            found |= {f"{d}, under {codec}" for d in scan_bytes(records, needles)}
    if segments.is_sqlite(path):
        for value in segments.rows(path):
            found |= {f"{d}, in a row" for d in scan_bytes(value, needles)}
    return found


def _pieces(path: Path) -> Iterator[bytes]:
    """Read a file in overlapping pieces, passing over its holes: Kafka's indexes are little else."""
    with path.open("rb", buffering=0) as stream:
        at, tail = 0, b""
        while (start := _written_from(stream.fileno(), at)) is not None:
            tail = tail if start == at else b""
            size = min(PIECE, os.lseek(stream.fileno(), start, os.SEEK_HOLE) - start)
            piece = os.pread(stream.fileno(), size, start)
            if not piece:
                return
            yield tail + piece
            at, tail = start + len(piece), (tail + piece)[-OVERLAP:]


def _written_from(file: int, at: int) -> int | None:
    """Return where the next written part of a file begins, at a place or after it; None if nowhere."""
    try:
        return os.lseek(file, at, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise


def scan_files(
    roots: Iterable[Path], needles: Needles, tell: Callable[[int], None] = lambda read: None
) -> tuple[int, list[Finding]]:
    """Return how many files under the roots were read, and what was found in them, in order.

    `tell` hears how many were read so far.
    """
    read, findings = 0, []
    for root in roots:
        for path in sorted(p for p in (root.rglob("*") if root.is_dir() else [root]) if p.is_file()):
            try:
                disguises = scan_file(path, needles)
            except FileNotFoundError:
                continue  # a file that went away is not at rest
            read += 1
            tell(read)
            findings += [Finding(place=str(path), disguise=d) for d in sorted(disguises)]
    return read, findings


def scan_values(place: str, values: Iterable[bytes], needles: Needles) -> tuple[int, list[Finding]]:
    """Return how many values were read, such as a topic's records, and what was found in them."""
    read, disguises = 0, set[str]()
    for value in values:
        read += 1
        disguises |= scan_bytes(value, needles)
    return read, [Finding(place=place, disguise=d) for d in sorted(disguises)]

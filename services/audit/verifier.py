"""Check an exported bundle offline. One file; imports nothing but the standard library and `cryptography`.

    python verifier.py DIR --key FILE

FILE holds the partnership's verification key, `cheshire.sightline+<hash>+<base64>`, got from the
partnership and never from the bundle. What is checked, every problem named:

1. The manifest is signed by that key, and lists exactly the files that are there, byte for byte.
2. Each checkpoint is signed by that key and speaks for its own tree.
3. Full bundle: the records of each tree hash to its checkpoint's root, none missing, moved or added.
   Redacted bundle: each release's header is in the log's checkpoint, and its numbers have no gap.
4. Each section belongs to its event: its digest is in the header's `sections_root` at its own index.
5. Each decision speaks of the event the log holds at the offset it names.

No key to any person's content is needed, or helps: an erasure leaves every proof as it was.
"""

import argparse
import base64
import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import reduce
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TREES = ("log", "decisions", "openings")
MANIFEST = "manifest"
MARKER, PREFIX, WIDEST = b"\xc3\x01", 10, 64
"""Records begin with a marker and eight bytes of schema fingerprint; section trees have 64 leaves at most."""


class Wrong(Exception):
    """something in the bundle does not hold; the text says what"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer: sound or not, the log's size and root (hex) as checkpointed, and every problem found."""

    ok: bool
    tree_size: int
    root: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustRoot:
    """A partnership's verification key."""

    name: str
    key_hash: bytes
    key: Ed25519PublicKey

    def origin(self, what: str) -> str:
        """Return the first line of a note that speaks for that thing of this partnership."""
        return f"sightline/{self.name.removesuffix('.sightline')}/{what}"


@dataclass(slots=True)
class Findings:
    """What was found so far."""

    problems: list[str] = field(default_factory=list)
    heads: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    events: list[str | None] = field(default_factory=list)

    def events_at(self, offset: object) -> list[str | None]:
        """Return what the log holds at an offset: an event's id, None for what is no event, or nothing."""
        return self.events[offset : offset + 1] if isinstance(offset, int) and offset >= 0 else []


def verify(directory: Path, vkey: str | bytes) -> Result:
    """Check every file of a bundle against a verification key, as text or as a file held it.

    Never raises for what a bundle or a key holds.
    """
    found = Findings()
    try:
        trust = trust_root(vkey)
        scope, listed = read_manifest(directory, trust)
    except Wrong as wrong:
        return Result(ok=False, tree_size=0, root="", problems=(str(wrong),))
    found.problems += list(compare_files(directory, listed))
    if scope == "full":
        _verify_full(directory, trust, found)
    else:
        _verify_redacted(directory, trust, scope.removeprefix("as "), found)
    size, root = found.heads.get("log", (0, b""))
    return Result(ok=not found.problems, tree_size=size, root=root.hex(), problems=tuple(found.problems))


def trust_root(given: str | bytes) -> TrustRoot:
    """Read a verification key. Raises `Wrong` unless its own hash is right."""
    try:
        text = given.decode("utf-8") if isinstance(given, bytes) else given
    except UnicodeDecodeError as error:
        raise Wrong("key: not text") from error
    parts = text.strip().split("+", 2)
    if len(parts) != 3:
        raise Wrong("key: not a verification key: expected `name+hash+base64`")
    name, stated, encoded = parts
    public = _bytes_of(encoded, "key")
    key_hash = hashlib.sha256(name.encode() + b"\n" + public).digest()[:4]
    if len(public) != 33 or public[0] != 1 or key_hash.hex() != stated:
        raise Wrong("key: not an Ed25519 verification key, or mistyped")
    return TrustRoot(name=name, key_hash=key_hash, key=Ed25519PublicKey.from_public_bytes(public[1:]))


def open_note(data: bytes, trust: TrustRoot, what: str) -> str:
    """Return the text of a note signed by this key alone, every byte accounted for. Raises `Wrong`."""
    try:
        text, dash, line = data.decode("utf-8").rpartition("\n— ")
    except UnicodeDecodeError as error:
        raise Wrong(f"{what}: not text") from error
    name, _, encoded = line.removesuffix("\n").partition(" ")
    if not dash or not line.endswith("\n") or name != trust.name or not text.endswith("\n"):
        raise Wrong(f"{what}: not a note signed by `{trust.name}`")
    signature = _bytes_of(encoded, what)
    if signature[:4] != trust.key_hash:
        raise Wrong(f"{what}: signed by another key")
    try:
        trust.key.verify(signature[4:], text.encode())
    except InvalidSignature as error:
        raise Wrong(f"{what}: the signature does not hold") from error
    return text


def read_checkpoint(directory: Path, trust: TrustRoot, tree: str) -> tuple[int, bytes]:
    """Return (size, root) of the signed tree head that speaks for this tree. Raises `Wrong`."""
    what = f"checkpoints/{tree}"
    lines = open_note(_read(directory, what), trust, what).split("\n")
    if len(lines) != 4 or lines[0] != trust.origin(tree) or not lines[1].isdecimal() or lines[3]:
        raise Wrong(f"{what}: not a checkpoint of `{trust.origin(tree)}`")
    root = _bytes_of(lines[2], what)
    if len(root) != 32:
        raise Wrong(f"{what}: the root is not 32 bytes")
    return int(lines[1]), root


def read_manifest(directory: Path, trust: TrustRoot) -> tuple[str, dict[str, tuple[int, str]]]:
    """Return (scope, {path: (size, SHA-256)}) from the signed manifest. Raises `Wrong`."""
    lines = open_note(_read(directory, MANIFEST), trust, MANIFEST).split("\n")
    if len(lines) < 3 or lines[0] != trust.origin("bundle") or lines[-1]:
        raise Wrong("manifest: not a bundle's manifest")
    if lines[1] != "full" and not lines[1].startswith("as "):
        raise Wrong("manifest: neither a full bundle nor one recipient's")
    rows = [row.split(" ", 2) for row in lines[2:-1]]
    if not all(len(row) == 3 and row[1].isdecimal() for row in rows):
        raise Wrong("manifest: not a list of files")
    return lines[1], {path: (int(size), digest) for digest, size, path in rows}


def compare_files(directory: Path, listed: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    """Name every file that is missing, extra, or not the bytes the manifest lists."""
    files = (path for path in directory.rglob("*") if path.is_symlink() or not path.is_dir())
    present = {str(path.relative_to(directory)) for path in files}
    yield from (f"{path}: extra file" for path in sorted(present - set(listed) - {MANIFEST}))
    for path, (size, digest) in sorted(listed.items()):
        file = directory / path
        if path not in present or file.is_symlink() or not file.is_file():
            yield f"{path}: missing file"
        elif file.stat().st_size != size or _sha256_of(file) != digest:
            yield f"{path}: not the bytes the manifest lists"


def _read(directory: Path, name: str) -> bytes:
    try:
        return (directory / name).read_bytes()
    except OSError as error:
        raise Wrong(f"{name}: missing") from error


def _sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _lines(directory: Path, name: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (where, record) for each line of a file; raises `Wrong` at one that is not a record."""
    try:
        with (directory / name).open("rb") as stream:
            for number, line in enumerate(stream, 1):
                where = f"{name}, line {number}"
                yield where, _parsed(line, where)
    except OSError:
        return  # already named as missing


def _parsed(text: bytes, where: str) -> dict[str, object]:
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise Wrong(f"{where}: not a record")
    return record


def _verify_full(directory: Path, trust: TrustRoot, found: Findings) -> None:
    for tree in TREES:
        try:
            head = found.heads[tree] = read_checkpoint(directory, trust, tree)
            computed = _tree(directory, tree, found)
            if computed != head:
                raise Wrong(f"{tree}: {computed[0]} records do not make the root checkpointed at {head[0]}")
        except Wrong as wrong:
            found.problems.append(str(wrong))


def _tree(directory: Path, tree: str, found: Findings) -> tuple[int, bytes]:
    """Return (size, root) of the records there are, naming each that is out of place or does not hold."""
    frontier = Frontier()
    for where, record in _lines(directory, f"{tree}.jsonl"):
        if record.get("offset") != frontier.size:
            found.problems.append(f"{where}: expected the record at offset {frontier.size}")
        hashed = "header" if tree == "log" and "header" in record else "value"
        frontier.append(leaf_hash(_bytes_in(record, hashed, where)))
        try:
            _check_record(tree, record, where, found)
        except Wrong as wrong:
            found.problems.append(str(wrong))
    return frontier.size, frontier.root()


def _check_record(tree: str, record: dict[str, object], where: str, found: Findings) -> None:
    if tree == "log":
        found.events.append(None)
        if "header" in record:
            found.events[-1], root = decode_header(_bytes_in(record, "header", where), where)
            check_sections(record, root, where)
    if tree == "decisions":
        decision = _parsed(_bytes_in(record, "value", where), where)
        decided = found.events_at(decision.get("offset"))
        if not decided or decided[0] not in (None, decision.get("event_id")):
            raise Wrong(f"{where}: decides an event the log does not hold at that offset")


def _verify_redacted(directory: Path, trust: TrustRoot, recipient: str, found: Findings) -> None:
    try:
        head = found.heads["log"] = read_checkpoint(directory, trust, "log")
        for expected, (where, record) in enumerate(_lines(directory, "releases.jsonl"), 1):
            if record.get("seq") != expected or record.get("recipient") != recipient:
                found.problems.append(f"{where}: expected release {expected} to {recipient}")
            _check_release(record, head, where)
    except Wrong as wrong:
        found.problems.append(str(wrong))


def _check_release(record: dict[str, object], head: tuple[int, bytes], where: str) -> None:
    header = _bytes_in(record, "header", where)
    event_id, root = decode_header(header, where)
    if event_id != record.get("event_id"):
        raise Wrong(f"{where}: the header is another event's")
    offset, proof = record.get("offset"), _hashes_in(record, "inclusion", where)
    if not isinstance(offset, int) or not included(leaf_hash(header), offset, head[0], proof, head[1]):
        raise Wrong(f"{where}: the header is not in the log's checkpoint")
    check_sections(record, root, where)


def check_sections(record: dict[str, object], sections_root: bytes, where: str) -> None:
    """Raise `Wrong` unless each section's stored bytes are in the header's root, at their own index, once."""
    sections = record.get("sections")
    if not isinstance(sections, list):
        raise Wrong(f"{where}: no list of sections")
    seen: set[int] = set()
    for number, section in enumerate(sections):
        place = f"{where}, section {number}"
        body, proof = _bytes_in(section, "body", place), _hashes_in(section, "proof", place)
        (_, index, _), size = read_avro(body, 2, place), 1 << len(proof)
        if size > WIDEST or index in seen:
            raise Wrong(f"{place}: index {index} twice, or a tree too deep")
        if not included(leaf_hash(body), index, size, proof, sections_root):
            raise Wrong(f"{place}: does not belong to its event")
        seen.add(index)


def decode_header(header: bytes, where: str) -> tuple[str, bytes]:
    """Return (event id, sections root) of a stored header: id, type, schema id, recorded at, root."""
    texts, _recorded, root = read_avro(header, 3, where)
    if len(root) != 32:
        raise Wrong(f"{where}: not a header")
    return texts[0], root


def read_avro(data: bytes, strings: int, where: str) -> tuple[list[str], int, bytes]:
    """Return a stored record's first strings, the long after them, and the rest (Avro, single object)."""
    if data[:2] != MARKER:
        raise Wrong(f"{where}: not a record of the log")
    texts, at = list[str](), PREFIX
    try:
        for _ in range(strings):
            size, at = _long(data, at)
            texts.append(data[at : at + size].decode())
            at += size
        number, at = _long(data, at)
    except (IndexError, UnicodeDecodeError) as error:
        raise Wrong(f"{where}: not readable") from error
    return texts, number, data[at:]


def _long(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        value |= (data[at] & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 0x80:
            return (value >> 1) ^ -(value & 1), at


def leaf_hash(data: bytes) -> bytes:
    """Hash a leaf (RFC 6962, 2.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A Merkle tree of which only the roots of its complete subtrees are kept."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Add a leaf's hash."""
        self._peaks.append(leaf)
        self.size += 1
        complete = self.size
        while not complete & 1:
            right = self._peaks.pop()
            self._peaks.append(_node(self._peaks.pop(), right))
            complete >>= 1

    def root(self) -> bytes:
        """Return the root of what was added; the empty root for nothing."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        return reduce(lambda right, left: _node(left, right), reversed(self._peaks))


def included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Say whether a leaf is at an index of the tree of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    last = size - 1
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            leaf = _node(sibling, leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = _node(leaf, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and leaf == root


def _bytes_of(text: object, where: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except ValueError as error:
        raise Wrong(f"{where}: not base64") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"{where}: not base64")
    return data


def _bytes_in(record: object, name: str, where: str) -> bytes:
    return _bytes_of(record.get(name) if isinstance(record, dict) else None, f"{where}, {name}")


def _hashes_in(record: object, name: str, where: str) -> list[bytes]:
    """Return the hashes of a proof, which are stored joined."""
    joined = _bytes_in(record, name, where)
    if len(joined) % 32:
        raise Wrong(f"{where}, {name}: not whole hashes")
    return [joined[at : at + 32] for at in range(0, len(joined), 32)]


def main(arguments: list[str] | None = None) -> int:
    """Verify the bundle named on the command line and print the result as JSON. 0 only if it is sound."""
    parser = argparse.ArgumentParser(description="Verify a Sightline bundle offline.")
    parser.add_argument("directory", type=Path)
    parser.add_argument("--key", type=Path, required=True, help="file of the partnership's verification key")
    chosen = parser.parse_args(arguments)
    result = verify(chosen.directory, chosen.key.read_bytes())
    print(json.dumps(asdict(result)))
    return 0 if result.ok else 1


if __name__ == "__main__":
    sys.exit(main())

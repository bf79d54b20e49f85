"""Makes a bundle: everything somebody needs to check the record offline, with the verifier and one key.

    manifest                 every file with its size and SHA-256, signed
    checkpoints/<tree>       signed tree heads
    full:     log.jsonl  decisions.jsonl  openings.jsonl
    redacted: releases.jsonl, one recipient's releases

What is read again from the topics is compared with the leaves committed when it was first read: a
record that has changed since is `Tampered`, and no bundle is made.
"""

import hashlib
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from services.audit.flow import LOG, Emitted, emitted_to, leaf_of, line_of, release_line
from services.audit.rules import notes
from services.audit.store.leaves import Store
from services.audit.store.trees import Trees
from services.eventlog import codec
from services.eventlog.chain import inclusion_proofs
from services.eventlog.errors import Tampered, Unavailable
from services.eventlog.records import Stored

PAGE = 1000
PATIENCE_SECONDS = 5.0


class Log(Protocol):
    """What a bundle needs of a reader."""

    def read(self, limit: int, timeout: float) -> list[Stored]:
        """Return what comes next."""

    def fetch(self, topic: str, offsets: Iterable[int]) -> Mapping[int, Stored]:
        """Return the records at these offsets."""

    def close(self) -> None:
        """Let go of the broker."""


class Bundles:
    """Makes bundles of one partnership's record."""

    def __init__(
        self, trees: Trees, store: Store, signer: notes.Signer, open_log: Callable[[Mapping[str, int]], Log]
    ) -> None:
        self._trees = trees
        self._store = store
        self._signer = signer
        self._open_log = open_log

    def full(self, directory: Path) -> None:
        """Write the whole record into an empty directory. Decisions are taken before the log they follow."""
        for tree in ("openings", "decisions", LOG):
            size = self._head(directory, tree)
            lines = (line_of(tree, at, value) for at, value in enumerate(self._values(tree, size)))
            _write(directory / f"{tree}.jsonl", lines)
        self._manifest(directory, "full")

    def of(self, recipient: str, directory: Path) -> None:
        """Write one recipient's own releases into an empty directory."""
        decisions = self._values("decisions", self._trees.size("decisions"))
        emitted = list(emitted_to(recipient, decisions))
        size = self._head(directory, LOG)
        _write(directory / "releases.jsonl", self._releases(emitted, size))
        self._manifest(directory, f"as {recipient}")

    def _head(self, directory: Path, tree: str) -> int:
        size, note = self._trees.head(tree)
        _write(directory / "checkpoints" / tree, [note.encode()])
        return size

    def _values(self, tree: str, size: int) -> Iterator[bytes]:
        """Yield the first `size` values of a topic, each as it was when its leaf was committed."""
        leaves = self._store.leaves(tree, size)
        for stored in self._read(tree, size):
            if leaf_of(tree, stored.value) != leaves[stored.offset]:
                raise Tampered(
                    f"`{tree}` at `{stored.offset}` is not what was committed: keep the disks, call somebody"
                )
            yield stored.value

    def _read(self, topic: str, size: int) -> Iterator[Stored]:
        log = self._open_log({topic: 0})
        try:
            reached = 0
            while reached < size:
                records = log.read(PAGE, PATIENCE_SECONDS)
                if not records:
                    raise Unavailable(f"`{topic}` did not answer: try again")
                yield from (stored for stored in records if stored.offset < size)
                reached = records[-1].offset + 1
        finally:
            log.close()

    def _releases(self, emitted: list[Emitted], size: int) -> Iterator[bytes]:
        leaves = self._store.leaves(LOG, size)
        proofs = inclusion_proofs(leaves, [each.offset for each in emitted])
        log = self._open_log({})
        try:
            for start in range(0, len(emitted), PAGE):
                page = emitted[start : start + PAGE]
                found = log.fetch(LOG, sorted({each.offset for each in page}))
                for each, proof in zip(page, proofs[start : start + PAGE], strict=True):
                    yield self._release(each, found[each.offset], leaves[each.offset], proof)
        finally:
            log.close()

    def _release(self, emitted: Emitted, stored: Stored, leaf: bytes, proof: list[bytes]) -> bytes:
        if leaf_of(LOG, stored.value) != leaf:
            raise Tampered(
                f"`log` at `{stored.offset}` is not what was committed: keep the disks, call somebody"
            )
        return release_line(emitted, codec.decode_envelope(stored.value), proof)

    def _manifest(self, directory: Path, scope: str) -> None:
        files = [_listed(directory, path) for path in directory.rglob("*") if path.is_file()]
        _write(directory / "manifest", [notes.manifest(self._signer, scope, files).encode()])


def pack(directory: Path, archive: Path) -> None:
    """Put a bundle's files into one tar, the same bytes for the same bundle."""
    with tarfile.open(archive, "w") as tar:
        for path in sorted(p for p in directory.rglob("*") if p.is_file()):
            entry = tarfile.TarInfo(str(path.relative_to(directory)))
            entry.size, entry.mode = path.stat().st_size, 0o644
            with path.open("rb") as stream:
                tar.addfile(entry, stream)


def _write(path: Path, lines: Iterable[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.writelines(lines)


def _listed(directory: Path, path: Path) -> tuple[str, int, bytes]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").digest()
    return str(path.relative_to(directory)), path.stat().st_size, digest

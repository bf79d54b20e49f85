"""The trees as far as they are committed, and their signed heads."""

import threading
from collections.abc import Sequence
from typing import Protocol

from services.audit.rules import notes
from services.audit.state import TREES, Tree
from services.audit.store.leaves import Store
from services.eventlog.records import Record

CHECKPOINTS = "checkpoints"


class Writer(Protocol):
    """What signing needs of a writer."""

    def append(self, topic: str, records: Sequence[Record]) -> object:
        """Append and return once the broker has them."""


class Trees:
    """The partnership's trees as far as they are committed, and their signed heads. Safe to share."""

    def __init__(self, store: Store, signer: notes.Signer, writer: Writer) -> None:
        self._store = store
        self._signer = signer
        self._writer = writer
        self._signing = threading.Lock()
        self._trees = {name: Tree(name=name).grown(store.leaves(name)) for name in TREES}

    def size(self, name: str) -> int:
        """Return how many leaves a tree has."""
        return self._trees[name].frontier.size

    def grow(self, name: str, leaf_hashes: Sequence[bytes]) -> None:
        """Commit leaves and let the tree grow by them. Raises `Moved` when another worker was faster."""
        tree = self._trees[name]
        self._store.add(name, tree.frontier.size, leaf_hashes)
        with self._signing:
            self._trees[name] = self._trees[name].grown(leaf_hashes)

    def reload(self) -> None:
        """Discard what is in memory for what is committed."""
        fresh = {name: Tree(name=name).grown(self._store.leaves(name)) for name in TREES}
        with self._signing:
            self._trees = fresh

    def head(self, name: str) -> tuple[int, str]:
        """Return a tree's (size, signed head) as it stands now, appended to `checkpoints` if it is news.

        Raises `Unavailable` when the broker does not answer.
        """
        with self._signing:
            tree = self._trees[name]
            size = tree.frontier.size
            note = notes.checkpoint(self._signer, name, size, tree.frontier.root())
            if tree.is_unsigned():
                self._writer.append(CHECKPOINTS, [Record(key=name.encode(), value=note.encode())])
                self._trees[name] = tree.with_signed_head()
            return size, note

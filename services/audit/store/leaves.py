"""Where the trees are kept: every leaf's hash and how far each topic was read, committed together.

    audit_leaf        one row a record: which tree, its offset, its leaf hash
    audit_position    the next offset of each topic

All of it can be thrown away and rebuilt from the topics.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import BigInteger, Column, Engine, Index, LargeBinary, MetaData, String, Table, insert, select

from services.eventlog import positions
from services.runtime.database import reading, writing

METADATA = MetaData()
READER = "audit"
LEAVES = Table(
    "audit_leaf",
    METADATA,
    Column("tree", String(40), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Index("audit_leaf_by_hash", "tree", "hash"),
)
POSITIONS = positions.positions_table(METADATA, "audit")


class Store:
    """The leaves of every tree."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        METADATA.create_all(engine)

    def sizes(self) -> Mapping[str, int]:
        """Return the next offset of each topic, which is its tree's size."""
        with reading(self._engine) as conn:
            return positions.load(conn, POSITIONS, READER)

    def leaves(self, tree: str, upto: int | None = None) -> list[bytes]:
        """Return the leaf hashes of a tree in order, all or the first `upto`."""
        query = select(LEAVES.c.hash).where(LEAVES.c.tree == tree).order_by(LEAVES.c.offset).limit(upto)
        with reading(self._engine) as conn:
            return list(conn.execute(query).scalars())

    def add(self, tree: str, first: int, hashes: Sequence[bytes]) -> None:
        """Add leaves from an offset on and move the position with them, in one transaction.

        Raises `Moved` when another worker has moved it; nothing is then written.
        """
        rows = [{"tree": tree, "offset": first + n, "hash": h} for n, h in enumerate(hashes)]
        with writing(self._engine) as conn:
            positions.advance(conn, POSITIONS, READER, tree, first, first + len(hashes))
            conn.execute(insert(LEAVES), rows)

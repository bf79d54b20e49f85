"""The door's tables. `ingest_*` stand in its own database, `keys_incident` in the key database."""

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, MetaData, String, Table, Text

_SERIAL = BigInteger().with_variant(Integer(), "sqlite")

INGEST = MetaData()
KEYS = MetaData()

OUTBOX = Table(
    "ingest_outbox",
    INGEST,
    Column("seq", _SERIAL, primary_key=True, autoincrement=False),
    Column("agency", String(64), nullable=False),
    Column("event_id", String(36), nullable=False, unique=True),
    Column("mac", LargeBinary, nullable=False),
    Column("receipt", String(64), nullable=False, unique=True),
    Column("recorded_at", String(40), nullable=False),
    Column("defects", Text, nullable=False),
    Column("trace", String(64), nullable=True),
    Column("value", LargeBinary, nullable=False),
)
"""Accepted events in the order they are appended. `event_id` derives from the publisher's own, keyed."""

APPENDED = Table(
    "ingest_appended",
    INGEST,
    Column("seq", _SERIAL, primary_key=True, autoincrement=False),
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
)
"""Where each row lies in the log. Appending is in order: the highest number says how far it has come."""

INCIDENTS = Table(
    "keys_incident",
    KEYS,
    Column("incident", String(32), primary_key=True),
    Column("publisher", String(64), nullable=False),
    Column("reference", String(64), nullable=True),
    Column("victim", String(32), nullable=False),
    Index("keys_incident_reference", "publisher", "reference", unique=True),
)
"""Incidents by their publisher's own reference, of which only a keyed MAC is kept."""

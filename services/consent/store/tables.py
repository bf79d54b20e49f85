"""The gate's tables. All but the position can be made again from `log` and `decisions`."""

from sqlalchemy import BigInteger, Boolean, Column, Index, MetaData, String, Table, Text

from services.eventlog.positions import positions_table

METADATA = MetaData()

POSITION = positions_table(METADATA, "consent")

STATE = Table(
    "consent_state",
    METADATA,
    Column("kind", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Incidents, people and the standing of the partition, as canonical JSON."""

SEQUENCE = Table(
    "consent_sequence",
    METADATA,
    Column("recipient", String(64), primary_key=True),
    Column("next", BigInteger, nullable=False),
)

POLICY = Table(
    "consent_policy",
    METADATA,
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False, index=True),
    Column("name", String(64), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("adopted_at", String(40), nullable=False),
)
"""Every policy adopted, whole, by the offset that adopted it."""

LEDGER = Table(
    "consent_ledger",
    METADATA,
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", String(64), primary_key=True),
    Column("cause", String(64), nullable=False),
    Column("event_type", String(64), nullable=False),
    Column("recipient", String(64), nullable=True),
    Column("publisher", String(64), nullable=False),
    Column("incident", String(64), nullable=True),
    Column("policy", String(64), nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("decided_at", String(40), nullable=False),
    Column("answers", Text, nullable=False),
    Index("consent_ledger_event", "event_id"),
)
"""Every answer ever given: an event's own row has itself as cause, later answers about it another's."""

RELEASE = Table(
    "consent_release",
    METADATA,
    Column("recipient", String(64), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("release_id", String(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("cause", String(64), nullable=False),
    Column("event_id", String(64), nullable=False),
    Column("event_offset", BigInteger, nullable=False),
    Column("incident", String(64), nullable=True),
    Column("incident_alias", String(64), nullable=True),
    Column("began", String(40), nullable=False),
    Column("decided_at", String(40), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("ground", String(32), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("expects", Text, nullable=True),
    Column("not_after", String(40), nullable=True),
    Column("reason", String(32), nullable=True),
    Column("sections", Text, nullable=False),
    Column("leaves", Text, nullable=False),
    Column("can_end", Boolean, nullable=False),
    Column("line", String(64), nullable=True),
    Column("standing", String(16), nullable=False),
    Index("consent_release_line", "line", "recipient"),
)

VPA = Table(
    "consent_vpa",
    METADATA,
    Column("incident", String(64), primary_key=True),
    Column("event_id", String(64), nullable=False),
    Column("began", String(40), nullable=False),
    Column("reviewed", Boolean, nullable=False),
    Column("awaited", Boolean, nullable=False),
    Column("risk", String(16), nullable=False),
    Column("children", String(16), nullable=False),
    Column("vulnerable_adult", Boolean, nullable=False),
    Column("withheld", Text, nullable=False),
    Column("shared", Boolean, nullable=False),
    Index("consent_vpa_began", "began"),
)
"""How each incident's form stands now: the count of what was owed and withheld (NA 4.13)."""

DUE = Table(
    "consent_due",
    METADATA,
    Column("moment", BigInteger, primary_key=True, autoincrement=False),
    Column("incident", String(64), primary_key=True),
)
"""Which incidents are to be decided again when; moments in microseconds since 1970, so that they compare."""

OCCURRED = Table(
    "consent_occurred",
    METADATA,
    Column("moment", BigInteger, primary_key=True, autoincrement=False),
    Column("incident", String(64), primary_key=True),
)
"""When each form, or event beside the forms, happened: what a backfill's scope is looked up in."""

UNDECIDED = Table(
    "consent_undecided",
    METADATA,
    Column("line", String(64), primary_key=True),
    Column("recipient", String(64), primary_key=True),
    Column("event_id", String(64), nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("since", String(40), nullable=False),
)
"""What could not be decided, for whom and why, until it is."""

MET = Table(
    "consent_met",
    METADATA,
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("recipient", String(64), nullable=False),
    Column("release_id", String(32), nullable=False),
    Index("consent_met_release", "release_id"),
)
"""What its recipient said came of a release, by the offset of the event that said so."""

PUT_RIGHT = Table(
    "consent_put_right",
    METADATA,
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("event_id", String(64), nullable=False),
    Column("event_type", String(48), nullable=False),
    Column("corrects", String(64), nullable=False),
    Column("incident", String(64), nullable=True),
    Column("publisher", String(64), nullable=False),
    Column("decided_at", String(40), nullable=False),
    Index("consent_put_right_decided", "decided_at"),
)
"""Events that put an earlier one right, or take it back, and which."""

REBUILT = (STATE, SEQUENCE, POLICY, LEDGER, RELEASE, VPA, DUE, OCCURRED, UNDECIDED, MET, PUT_RIGHT)
"""Tables that are the same, row for row, when made again."""

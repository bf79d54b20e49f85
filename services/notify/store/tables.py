"""The tables. All of it can be thrown away and planned again; no name, address or number stands in any of it.

notify_position      the next offset of each topic
notify_sequence      the next number of each recipient
notify_release       one row a release in the order they came, and whether it still waits to be taken in
notify_form          one row a form about an occurrence: how many children the police counted, and when
notify_notification  one row a message to a school      notify_listing   one row a child given to the officer
notify_task          one row a phone call owed          notify_mail      one row an e-mail
notify_attempt       one row a phone call made, and what came of it
notify_opening       one row a release whose children a school was shown, and whether its message is awaited
notify_outbox        what is said to the partnership, in order, until the door has taken it
notify_parked        records that cannot be read, and why
notify_missing       recipients whose next number has not come although a later one has, and since when
notify_redrive       who had what was set aside read or said again, and when; this alone is not made again
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

from services.eventlog.positions import positions_table
from services.eventlog.redriving import redrives_table

METADATA = MetaData()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as microseconds since 1970: sorts and compares alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Write a moment."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Read a moment, in UTC."""
        return None if value is None else _EPOCH + value * _MICROSECOND


def _code(name: str, *, null: bool = False, index: bool = False) -> Column[str]:
    return Column(name, String(200), nullable=null, index=index)


def _at(name: str, *, null: bool = True, index: bool = False) -> Column[datetime]:
    return Column(name, Moment, nullable=null, index=index)


def _number() -> Column[int]:
    return Column(
        "number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )


POSITIONS = positions_table(METADATA, "notify")
REDRIVES = redrives_table(METADATA, "notify")
SEQUENCES = Table(
    "notify_sequence",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("next", BigInteger, nullable=False),
)
RELEASES = Table(
    "notify_release",
    METADATA,
    _number(),
    _code("recipient"),
    Column("seq", BigInteger, nullable=False),
    _code("release_id", index=True),
    _code("kind"),
    _code("event_id", index=True),
    _code("event_type"),
    _code("incident", null=True, index=True),
    _at("recorded_at", null=False),
    Column("sections", Text, nullable=False),
    _code("traceparent", null=True),
    Column("waits", Boolean, nullable=False, index=True),
    UniqueConstraint("recipient", "seq"),
)
FORMS = Table(
    "notify_form",
    METADATA,
    Column("event_id", String(200), primary_key=True),
    _code("occurrence", index=True),
    _code("event_type"),
    Column("seq", BigInteger, nullable=False),
    _at("occurred_at", index=True),
    Column("child_count", Integer, nullable=True),
)
TAKEN_BACK = Table("notify_taken_back", METADATA, Column("event_id", String(200), primary_key=True))
"""Events that their publisher took back from everybody."""

NOTIFICATIONS = Table(
    "notify_notification",
    METADATA,
    Column("id", String(64), primary_key=True),
    _code("school"),
    _code("incident"),
    _code("occurrence", index=True),
    _code("event_id", index=True),
    _code("release_id", index=True),
    Column("children", Text, nullable=False),
    _at("occurred_at", null=False),
    _at("planned_at", null=False, index=True),
    _at("due_at", null=False),
    _at("phone_by"),
    Column("late", Boolean, nullable=False),
    _at("delivered_at"),
    _at("sent_at"),
    _at("opened_at"),
    _at("acknowledged_at"),
    _at("escalated_at"),
    _code("standing"),
    _at("wakes_at", index=True),
    Index("notify_by_school", "school", "incident"),
)
LISTINGS = Table(
    "notify_listing",
    METADATA,
    Column("id", String(64), primary_key=True),
    _code("incident", index=True),
    _code("occurrence", index=True),
    _code("event_id", index=True),
    _code("release_id"),
    _code("child"),
    _code("reason"),
    _code("owner"),
    _at("occurred_at", null=False),
    _at("listed_at", null=False),
    _at("due_at", null=False),
    _code("standing"),
)
TASKS = Table(
    "notify_task",
    METADATA,
    Column("notification", String(64), primary_key=True),
    _code("owner"),
    _code("reason"),
    _at("opened_at", null=False),
    _at("due_at", null=False),
    _at("closed_at"),
)
ATTEMPTS = Table(
    "notify_attempt",
    METADATA,
    Column("notification", String(64), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    _code("person"),
    _code("reached"),
    _code("spoken_to", null=True),
    _at("at", null=False),
)
MAILS = Table(
    "notify_mail",
    METADATA,
    Column("notification", String(64), primary_key=True),
    _code("school"),
    Column("attempts", Integer, nullable=False),
    _at("next_at", index=True),
    _at("sent_at"),
)
OPENINGS = Table(
    "notify_opening",
    METADATA,
    Column("release_id", String(64), primary_key=True),
    _code("school"),
    _at("at", null=False),
    Column("waits", Boolean, nullable=False, index=True),
)
OUTBOX = Table(
    "notify_outbox",
    METADATA,
    _number(),
    Column("id", String(200), nullable=False, unique=True),
    Column("event", Text, nullable=False),
    _code("traceparent", null=True),
    Column("waits", Boolean, nullable=False, index=True),
    Column("refused", Text, nullable=True),
)
MISSING = Table(
    "notify_missing",
    METADATA,
    Column("recipient", String(200), primary_key=True),
    _at("since", null=False),
)
PARKED = Table(
    "notify_parked",
    METADATA,
    Column("topic", String(120), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    _code("reason"),
)

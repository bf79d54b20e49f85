"""The tables of the read models.

    projections_release    one row a release, with the sealed bytes it came in; nothing opened
    projections_answer     what a recipient said came of a release to it
    projections_opened     releases of which somebody in their recipient's agency was shown something
    projections_case       one row an incident: where it stands in its recipient's inbox, by when what is due
    projections_lined      what the rows of `projections_case` were made by; whoever commits holds its one row
    projections_sequence   the next number of each recipient
    projections_position   the next offset of each topic
    projections_waiting    numbers that came before their turn, and since when
    projections_parked     records that cannot be read, and why
    projections_redrive    who had what was set aside read again, and when

All but the last can be thrown away and rebuilt from `to.*` and `openings`: the same rows, byte for byte.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from services.eventlog import positions, redriving

PREFIX = "projections"
METADATA = MetaData()


def _text(name: str, *, null: bool = False) -> Column[str]:
    return Column(name, Text, nullable=null)


RELEASES = Table(
    "projections_release",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("release_id", String(64), nullable=False, unique=True),
    _text("kind"),
    _text("cause"),
    _text("event_id"),
    _text("event_type"),
    _text("source", null=True),
    _text("occurred_at", null=True),
    _text("decided_at"),
    _text("ground"),
    _text("rule"),
    _text("policy"),
    _text("purpose"),
    _text("expects", null=True),
    _text("not_after", null=True),
    _text("person", null=True),
    Column("incident", String(64), nullable=True),
    _text("reason", null=True),
    Column("partition", Integer, nullable=False),
    Column("sections", JSON, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Index("projections_by_incident", "recipient", "incident", "seq"),
    Index("projections_by_person", "recipient", "person", "seq"),
)
ANSWERS = Table(
    "projections_answer",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("release_id", String(64), nullable=False),
    _text("outcome"),
    _text("at", null=True),
    Index("projections_by_answered", "recipient", "release_id"),
)
OPENED = Table(
    "projections_opened",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("release_id", String(64), primary_key=True),
)
CASES = Table(
    "projections_case",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("incident", String(64), primary_key=True),
    Column("waits", Boolean, nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("recalled", Boolean, nullable=False),
    Column("over_at", BigInteger, nullable=True),
    _text("happened"),
    Index("projections_by_place", "recipient", "waits", "seq"),
    Index("projections_by_end", "recipient", "over_at"),
)
"""`over_at` in microseconds since 1970, so that moments compare; types that `happened` between spaces."""

LINED = Table(
    "projections_lined",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("made_by", String(64), nullable=False),
)
SEQUENCES = Table(
    "projections_sequence",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("next", BigInteger, nullable=False),
)
WAITING = Table(
    "projections_waiting",
    METADATA,
    Column("recipient", String(120), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("since", String(40), nullable=False),
)
PARKED = Table(
    "projections_parked",
    METADATA,
    Column("topic", String(120), primary_key=True),
    Column("offset", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(200), nullable=False),
)
UNSEALED = tuple(column for column in RELEASES.columns if column is not RELEASES.c.value)
POSITIONS = positions.positions_table(METADATA, PREFIX)
REDRIVES = redriving.redrives_table(METADATA, PREFIX)

DUMPED = (RELEASES, ANSWERS, OPENED, CASES, SEQUENCES)
"""What a rebuild makes again, row for row, by recipient."""

LEFT_ALONE = frozenset({REDRIVES, LINED})
"""What a rebuild does not throw away."""

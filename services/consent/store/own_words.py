"""What agencies said that is a ground for themselves, and how much each was released on it."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select

from services.consent.store.days import Days
from services.consent.store.tables import LEDGER, RELEASE
from services.runtime.database import reading
from services.vocabulary.agencies import CHILDRENS_SERVICES
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, ReleaseKind

MAY_BE_OWN = (
    EventType.CASE_OPENED.value,
    EventType.CHILD_CASE_STATUS.value,
    EventType.CONSENT_RECORDED.value,
)
"""What may be a ground for whoever says it. An override is theirs where it is for themselves."""


class Claim(NamedTuple):
    """An event that may be its publisher's word for itself: what else it says stands in the log."""

    offset: int
    event_id: str
    event_type: str
    incident: str | None
    publisher: str
    decided_at: str


class OwnWords:
    """Reads of what the gate committed what agencies said for themselves. Writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def claims(self, days: Days, publisher: str | None = None) -> list[Claim]:
        """Return what may be somebody's word for itself and was decided in these days, in order.

        `publisher`: of one agency alone. What the gate could not read has no publisher, and is not here.
        """
        columns = [LEDGER.c[name] for name in Claim._fields]
        own = (LEDGER.c.cause == LEDGER.c.event_id, LEDGER.c.publisher != "")
        whose = (LEDGER.c.publisher == publisher,) if publisher is not None else ()
        query = select(*columns).where(days.of(LEDGER.c.decided_at), _may_be_own(), *own, *whose)
        with reading(self._engine) as conn:
            return [Claim(*row) for row in conn.execute(query.order_by(LEDGER.c.offset))]

    def released_on(self, claim: Claim, ground: Ground, lines: Collection[str]) -> int:
        """Count what its publisher was released on a ground since it said so, in these lines."""
        since = RELEASE.c.decided_at >= claim.decided_at.removesuffix("Z")
        return self._count(claim, RELEASE.c.line.in_(lines), RELEASE.c.ground == ground.value, since)

    def released_at_once(self, claim: Claim, lines: Collection[str]) -> int:
        """Count what its publisher was released because of that very event, in these lines."""
        return self._count(claim, RELEASE.c.line.in_(lines), RELEASE.c.cause == claim.event_id)

    def _count(self, claim: Claim, *which: ColumnElement[bool]) -> int:
        sent = (
            RELEASE.c.recipient == claim.publisher,
            RELEASE.c.kind != ReleaseKind.RECALLED.value,
        )
        with reading(self._engine) as conn:
            return conn.scalar(select(func.count()).select_from(RELEASE).where(*sent, *which)) or 0


def _may_be_own() -> ColumnElement[bool]:
    override = and_(
        LEDGER.c.event_type == EventType.OVERRIDE_RECORDED.value,
        LEDGER.c.publisher.in_(CHILDRENS_SERVICES),
        LEDGER.c.recipient == LEDGER.c.publisher,
    )
    return or_(LEDGER.c.event_type.in_(MAY_BE_OWN), override)

"""What stands that expects something of its recipient, or asks something back, and who answered since."""

from typing import NamedTuple

from sqlalchemy import Engine, Exists, case, exists, func, or_, select

from services.consent.flow.ledger import Became
from services.consent.store.days import Days
from services.consent.store.tables import LEDGER, MET, RELEASE
from services.runtime.database import reading
from services.vocabulary.agencies import HUB
from services.vocabulary.events import FIRST_RESPONDERS, EventType
from services.vocabulary.grounds import ReleaseKind


class Expecting(NamedTuple):
    """A release that stands and expects something of its recipient; or a recall that asks something back."""

    release_id: str
    event_id: str
    incident: str | None
    recipient: str
    seq: int
    decided_at: str
    expects: str
    kind: str

    @property
    def asks_back(self) -> bool:
        """Say whether it is a recall: of a mistake, for no other expects anything (design 5)."""
        return self.kind == ReleaseKind.RECALLED.value


class Answered(NamedTuple):
    """A release of which its recipient said what came of what it expects."""

    release_id: str
    recipient: str
    event_id: str
    expects: str


class Expectations:
    """Reads what the gate committed of what is expected of whom. Writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def expecting(self, days: Days) -> list[Expecting]:
        """Return the releases told in these days that stand and expect something, in order.

        A recall that asks something back stands until its recipient is told of the same event again: no other
        form, and no recall of one, says what came of that copy.
        """
        columns = [RELEASE.c[name] for name in Expecting._fields]
        stands = or_(
            RELEASE.c.standing == Became.STANDS.value,
            (RELEASE.c.kind == ReleaseKind.RECALLED.value) & ~_told_again(),
        )
        query = select(*columns).where(days.of(RELEASE.c.decided_at), RELEASE.c.expects.is_not(None), stands)
        with reading(self._engine) as conn:
            rows = conn.execute(query.order_by(RELEASE.c.decided_at, RELEASE.c.recipient, RELEASE.c.seq))
            return [Expecting(*row) for row in rows]

    def last_said(self) -> dict[tuple[str, str], str]:
        """Return when each agency last published anything of each incident, by agency and incident.

        A school publishes nothing itself: what it acknowledges is said for it, and names it. What a first
        responder publishes is no word of the Hub's, which police are told things for.
        """
        who = case(
            (LEDGER.c.event_type == EventType.SCHOOL_NOTIFICATION_ACKNOWLEDGED.value, LEDGER.c.recipient),
            else_=LEDGER.c.publisher,
        )
        own = (LEDGER.c.cause == LEDGER.c.event_id, LEDGER.c.incident.is_not(None), who.is_not(None))
        responders = (who == HUB) & LEDGER.c.event_type.in_([each.value for each in FIRST_RESPONDERS])
        query = select(who, LEDGER.c.incident, func.max(LEDGER.c.decided_at)).where(*own, ~responders)
        with reading(self._engine) as conn:
            rows = conn.execute(query.group_by(who, LEDGER.c.incident))
            return {(publisher, incident): at for publisher, incident, at in rows}

    def answered(self) -> frozenset[Answered]:
        """Return the releases that expect something of which their recipient said what came of it.

        By the release it names, which is one to itself: under whatever reference it keeps the case.
        """
        own = (MET.c.release_id == RELEASE.c.release_id) & (MET.c.recipient == RELEASE.c.recipient)
        columns = [RELEASE.c[name] for name in Answered._fields]
        query = select(*columns).join_from(MET, RELEASE, own).where(RELEASE.c.expects.is_not(None))
        with reading(self._engine) as conn:
            return frozenset(Answered(*row) for row in conn.execute(query))


def _told_again() -> Exists:
    """Return whether a recipient was told later of what a recall took back, by the rule an inbox goes by."""
    later = RELEASE.alias()
    same = (later.c.recipient == RELEASE.c.recipient, later.c.event_id == RELEASE.c.event_id)
    return exists().where(*same, later.c.seq > RELEASE.c.seq)

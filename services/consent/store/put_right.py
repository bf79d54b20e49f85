"""What was put right or taken back, whom its original had been sent to, and who of them was told so."""

from typing import NamedTuple

from sqlalchemy import Engine, select

from services.consent.flow.ledger import PutRightRow
from services.consent.store.days import Days
from services.consent.store.tables import PUT_RIGHT, RELEASE
from services.runtime.database import reading
from services.vocabulary.grounds import CLOSES, ReleaseKind

CLOSING = tuple(sorted(kind.value for kind in CLOSES))


class SentTo(NamedTuple):
    """A release of an original that may be put right. `closed_at`: when its recipient was told so."""

    recipient: str
    release_id: str
    sent_at: str
    closed_by: str | None
    closed_at: str | None


class PutRights:
    """Reads what the gate committed of corrections and retractions. Writes nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def all(self, days: Days) -> list[PutRightRow]:
        """Return the corrections and retractions that were decided in these days, in order."""
        columns = [PUT_RIGHT.c[name] for name in PutRightRow._fields]
        query = select(*columns).where(days.of(PUT_RIGHT.c.decided_at)).order_by(PUT_RIGHT.c.offset)
        with reading(self._engine) as conn:
            return [PutRightRow(*row) for row in conn.execute(query)]

    def sent(self, put_right: PutRightRow) -> list[SentTo]:
        """Return whom an original had been sent to before it was put right, and what told them that it was.

        Its publisher and the partnership, who get each event once as it is, are told nothing.
        """
        of_it = (RELEASE.c.event_id == put_right.corrects, RELEASE.c.line.is_not(None))
        new = (RELEASE.c.kind != ReleaseKind.RECALLED.value, RELEASE.c.cause != put_right.event_id)
        query = select(RELEASE).where(*of_it, *new).order_by(RELEASE.c.recipient, RELEASE.c.seq)
        by_it = (RELEASE.c.cause == put_right.event_id, RELEASE.c.kind.in_(CLOSING))
        with reading(self._engine) as conn:
            sent = conn.execute(query).mappings().all()
            closing = {
                (row["recipient"], row["line"]): row
                for row in conn.execute(select(RELEASE).where(*by_it)).mappings()
            }
        return [
            SentTo(
                recipient=row["recipient"],
                release_id=row["release_id"],
                sent_at=row["decided_at"],
                closed_by=told["kind"] if (told := closing.get((row["recipient"], row["line"]))) else None,
                closed_at=told["decided_at"] if told else None,
            )
            for row in sent
            if row["decided_at"] <= put_right.decided_at
        ]

"""What was put right or taken back, whom its original had been sent to, and what each said of it since."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, select

from services.consent.flow.ledger import PutRightRow
from services.consent.store.days import Days
from services.consent.store.tables import LEDGER, MET, PUT_RIGHT, RELEASE
from services.runtime.database import reading
from services.vocabulary.grounds import CLOSES, ReleaseKind

CLOSING = tuple(sorted(kind.value for kind in CLOSES))


class Said(NamedTuple):
    """What somebody said came of what was asked back: where in the log, and when."""

    offset: int
    at: str


class SentTo(NamedTuple):
    """Somebody who had been sent an original, in however many releases.

    `closed_at`: when they were told that it was put right, or taken back; None: they were not.
    `said`: what they said last of the copies they were asked for; None: nothing, or nothing was asked back.
    """

    recipient: str
    releases: tuple[str, ...]
    sent_at: str
    closed_by: str | None
    closed_at: str | None
    asks_back: bool
    said: Said | None


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
        """Return whom an original had been sent to before it was put right, each once, by name.

        Its publisher and the partnership, who get each event once as it is, are told nothing.
        """
        of_it = (RELEASE.c.event_id == put_right.corrects, RELEASE.c.line.is_not(None))
        new = (RELEASE.c.kind != ReleaseKind.RECALLED.value, RELEASE.c.cause != put_right.event_id)
        query = select(RELEASE).where(*of_it, *new).order_by(RELEASE.c.recipient, RELEASE.c.seq)
        by_it = (RELEASE.c.cause == put_right.event_id, RELEASE.c.kind.in_(CLOSING))
        with reading(self._engine) as conn:
            sent = conn.execute(query).mappings().all()
            closing = conn.execute(select(RELEASE).where(*by_it).order_by(RELEASE.c.seq)).mappings().all()
            said = _said(conn, put_right.event_id)
        told = {(row["recipient"], row["line"]): row for row in _its_own_last(closing, put_right.corrects)}
        before = [row for row in sent if row["decided_at"] <= put_right.decided_at]
        return [_sent_to(rows, told, said) for rows in _by_recipient(before)]


def _by_recipient(rows: Iterable[RowMapping]) -> Iterator[list[RowMapping]]:
    found: dict[str, list[RowMapping]] = {}
    for row in rows:
        found.setdefault(row["recipient"], []).append(row)
    yield from found.values()


def _its_own_last(closing: Iterable[RowMapping], event_id: str) -> list[RowMapping]:
    """Return what closed an original's line, that of the event itself after that of forms held beside it."""
    return sorted(closing, key=lambda row: bool(row["event_id"] == event_id))


def _sent_to(
    rows: list[RowMapping],
    closing: Mapping[tuple[str, str], RowMapping],
    said: Mapping[str, Said],
) -> SentTo:
    recipient = rows[0]["recipient"]
    told = next((closing[key] for row in rows if (key := (recipient, row["line"])) in closing), None)
    is_recall = told is not None and told["kind"] == ReleaseKind.RECALLED.value
    asked = told if told is not None and is_recall and told["expects"] is not None else None
    return SentTo(
        recipient=recipient,
        releases=tuple(row["release_id"] for row in rows),
        sent_at=rows[0]["decided_at"],
        closed_by=told["kind"] if told is not None else None,
        closed_at=told["decided_at"] if told is not None else None,
        asks_back=asked is not None,
        said=said.get(asked["release_id"]) if asked is not None else None,
    )


def _said(conn: Connection, cause: str) -> dict[str, Said]:
    """Return what recipients said last came of each recall that a correction or retraction made.

    By its release: of the original, or of the form that was held in its place.
    """
    named = (MET.c.release_id == RELEASE.c.release_id) & (MET.c.recipient == RELEASE.c.recipient)
    own = (LEDGER.c.offset == MET.c.offset) & (LEDGER.c.event_id == LEDGER.c.cause)
    query = (
        select(RELEASE.c.release_id, MET.c.offset, LEDGER.c.decided_at)
        .join_from(RELEASE, MET, named)
        .join(LEDGER, own)
        .where(RELEASE.c.cause == cause, RELEASE.c.kind == ReleaseKind.RECALLED.value)
        .order_by(MET.c.offset)
    )
    return {release_id: Said(offset, at) for release_id, offset, at in conn.execute(query)}

"""Which occurrences may have children nobody accounts for: few of many, found without reading all of each."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from services.notify.rules.report import Occurrence, happened_at
from services.notify.rules.tokens import named_alike
from services.notify.state import Standing
from services.notify.store import listing
from services.notify.store.tables import FORMS, LISTINGS, NOTIFICATIONS

AT_ONCE = 500
"""Occurrences asked for by name in one question."""


def in_doubt(conn: Connection, before: datetime) -> tuple[Occurrence, ...]:
    """Return what happened before `before` and may have more children counted than told of, whole.

    Nothing that does not add up is left out: the largest count any form gave is held against the names told
    or listed, of which two children may share one. Whether it does not add up, its report says.
    """
    out = _names_out(conn)
    names = [name for name, count in _counted(conn, before).items() if count > len(out[name])]
    found = (one for some in _some(names) for one in _known(conn, some))
    return tuple(one for one in found if happened_at(one) < before)


def _counted(conn: Connection, before: datetime) -> Mapping[str, int]:
    largest = func.max(FORMS.c.child_count).label("largest")
    found = select(FORMS.c.occurrence, largest).group_by(FORMS.c.occurrence)
    rows = conn.execute(found.having(largest > 0, func.min(FORMS.c.occurred_at) < before))
    return {row.occurrence: row.largest for row in rows}


def _names_out(conn: Connection) -> defaultdict[str, set[str]]:
    """Return, by occurrence, the halves of tokens that stand for names of children told of or listed."""
    stands = Standing.STANDS.value
    told = select(NOTIFICATIONS.c.occurrence, NOTIFICATIONS.c.children).where(
        NOTIFICATIONS.c.standing == stands, NOTIFICATIONS.c.delivered_at.is_not(None)
    )
    listed = select(LISTINGS.c.occurrence, LISTINGS.c.child).where(LISTINGS.c.standing == stands)
    out: defaultdict[str, set[str]] = defaultdict(set)
    for name, children in conn.execute(told):
        out[name].update(map(named_alike, json.loads(children)))
    for name, child in conn.execute(listed):
        out[name].add(named_alike(child))
    return out


def _some(names: list[str]) -> Iterator[list[str]]:
    return (names[at : at + AT_ONCE] for at in range(0, len(names), AT_ONCE))


def _known(conn: Connection, names: list[str]) -> tuple[Occurrence, ...]:
    return listing.known_of(conn, select(FORMS.c.occurrence).where(FORMS.c.occurrence.in_(names)))

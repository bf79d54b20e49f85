"""The list of erasures, for the partnership's office and auditors (decision 0027)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from services.consent.keyring.rights import PARTNERSHIP
from services.consent.rules.erasure import WAIT
from services.consent.state.entities import Erasure
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.erasure import Order
from services.vocabulary.times import format_time

FIRST = "0"
"""Stands before every time: a hold nobody ordered anything against comes first."""


def may_list(caller: Caller) -> bool:
    """Say whether a caller may have it: the office, whose orders they are, and auditors."""
    return caller.role is Role.AUDITOR or (caller.agency == PARTNERSHIP and caller.person is not None)


def listed(
    erasures: Mapping[str, Erasure], named: Callable[[str], str]
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield each erasure as a row with its place, by when it was ordered. `named`: the caller's alias."""
    rows = [(f"{_ordered(one)} {person}", _row(one, named(person))) for person, one in erasures.items()]
    yield from sorted(rows, key=lambda row: row[0])


def _ordered(erasure: Erasure) -> str:
    return format_time(erasure.ordered_at) if erasure.ordered_at is not None else FIRST


def _row(erasure: Erasure, person: str) -> Mapping[str, Any]:
    at, since = erasure.ordered_at, erasure.since
    pending = at is not None and erasure.order is Order.STANDS
    return {
        "person": person,
        "event_id": erasure.event_id,
        "order": erasure.order.value,
        "ordered_at": format_time(at) if at is not None else None,
        "since": format_time(since) if since is not None else None,
        "due_at": format_time(at + WAIT) if pending and at is not None else None,
        "objections": [each.value for each in erasure.objections],
        "holds": list(erasure.holds),
    }

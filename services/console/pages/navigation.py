"""The ways that stand on every page of somebody signed in: only those that lead to something for them."""

from collections.abc import Iterator

from services.console.pages.sessions import Visitor
from services.runtime.partnership import Role
from services.vocabulary.agencies import HUB, HUB_ROLES, OFFICE, may_refer

READS_ALL = frozenset({Role.LEAD, Role.AUDITOR})
"""Whoever is one of these has a list of the ledger at least, wherever they work."""


def ways(visitor: Visitor, path: str) -> list[dict[str, object]]:
    """Return where a visitor can go from any page, as the service navigation takes them."""
    return [
        {"text": text, "href": href, "active": path == href or path.startswith(f"{href}/")}
        for text, href in _ways(visitor)
    ]


def _ways(visitor: Visitor) -> Iterator[tuple[str, str]]:
    if visitor.agency == HUB and visitor.role in HUB_ROLES:
        yield "Inbox", "/inbox"
    if may_refer(visitor.agency):
        yield "Refer somebody", "/refer"
    yield "Policy", "/policy"
    yield "Events", "/catalogue"
    if _has_lists(visitor):
        yield "Ledger", "/ledger"
    if visitor.role is Role.AUDITOR or _is_of_the_hub(visitor):
        yield "Pulse", "/pulse"
        yield "Operations", "/operations"


def _has_lists(visitor: Visitor) -> bool:
    """Say whether somebody has a list of the ledger: the office has that of the erasures it ordered."""
    return visitor.role in READS_ALL or visitor.agency == OFFICE or _is_of_the_hub(visitor)


def _is_of_the_hub(visitor: Visitor) -> bool:
    return visitor.agency == HUB and visitor.role in HUB_ROLES

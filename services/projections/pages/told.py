"""What the visitor's agency was told of a person, and for the Hub who else was told of an incident."""

from fastapi import Request

from services.projections.pages.desk import Desk, Visitor
from services.projections.pages.entries import Entry, entries
from services.projections.pages.holding import ALIAS, OK
from services.projections.pages.sharing import Shared, shared
from services.vocabulary.agencies import HUB, HUB_ROLES


async def told(desk: Desk, request: Request, alias: str) -> tuple[Entry, ...]:
    """Return what the visitor's agency was released about an adult victim; nothing for what is hidden."""
    desk.visitor(request)
    if not ALIAS.fullmatch(alias):
        return ()
    answer = await desk.ask(request, f"/v1/people/{alias}")
    return entries(answer.body.get("releases"), desk.title_of) if answer.status == OK else ()


async def sharing(desk: Desk, request: Request, alias: str) -> tuple[Shared, ...] | None:
    """Return who else was told, for the Hub alone; None for anybody else, and where it is closed to them."""
    if not is_of_the_hub(desk.visitor(request)) or not ALIAS.fullmatch(alias):
        return None
    answer = await desk.ask(request, f"/v1/incidents/{alias}/sharing")
    return shared(answer.body, desk.title_of) if answer.status == OK else None


def is_of_the_hub(visitor: Visitor) -> bool:
    """Say whether somebody works in the Hub, in a role that sees all of it."""
    return visitor.agency == HUB and visitor.role in HUB_ROLES

"""May this sender publish this event? (design 4 and 10; NA 4.22, 6.63)"""

from collections.abc import Iterable

from services.ingest.state import Reason, Sender
from services.vocabulary.agencies import HUB, HUB_ROLES, may_publish
from services.vocabulary.events import HUB_ALONE, EventType


def refusal(sender: Sender, event: EventType, publishers: Iterable[str]) -> Reason | None:
    """Return why the sender may not publish this type, or None.

    Reviews, corrections, MARAC listing and, of police, overrides come from the Hub alone: never in the name
    of somebody of police who does not act for it. In nobody's name it is the police's own system, which signs
    for them. For whom children's services may override is `overriding`'s to say.
    """
    if not may_publish(sender.agency, publishers):
        return _refused(event, "this agency may not publish it", "have the agency that may publish it do so")
    named = sender.person is not None
    if sender.agency == HUB and event in HUB_ALONE and named and sender.role not in HUB_ROLES:
        return _refused(event, "it comes from the Hub alone", "have the Vulnerability Hub publish it")
    return None


def _refused(event: EventType, why: str, fix: str) -> Reason:
    return Reason(pointer="/type", rule="authority", detail=f"`{event}` is refused: {why}", fix=fix)

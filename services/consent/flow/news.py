"""What makes the gate decide earlier events again, and those of which incidents (design 5)."""

from services.consent.state.evolve import affected
from services.consent.state.heard import Heard
from services.consent.state.world import World
from services.vocabulary.events import LINKS, VPA_FAMILY, EventType

NEWS = frozenset(
    {
        EventType.CONSENT_RECORDED,
        EventType.CONSENT_WITHDRAWN,
        EventType.OVERRIDE_RECORDED,
        EventType.DECIDED_NOT_TO_SHARE,
        EventType.MARAC_ACCEPTED,
        EventType.MARAC_LISTED,
        EventType.CASE_OPENED,
        EventType.CASE_CLOSED,
        EventType.CHILD_CASE_STATUS,
        EventType.ROLES_REVIEWED,
        EventType.EVENT_RETRACTED,
        *LINKS,
        *VPA_FAMILY,
    }
)
"""What makes the gate decide an incident's earlier events again (design 5)."""


def news(world: World, heard: Heard) -> tuple[str, ...]:
    """Return the incidents whose answers an event may change for anybody, and those that time made due."""
    is_news = heard.type in NEWS or heard.victim_age is not None
    return affected(world, heard) if heard.readable and is_news else world.ripe


def brought(world: World, heard: Heard) -> dict[str, tuple[str, ...]]:
    """Return the incidents that backfills alone bring up, and for whom: for nobody else are they decided."""
    if not world.brought:
        return {}
    others = news(world, heard)
    return {key: to for key, to in world.brought.items() if key not in others}


def nothing_new(world: World) -> Heard:
    """Return an event that says nothing but what time it is. Raises ValueError where none has passed yet."""
    now = world.standing.time
    if now is None:
        raise ValueError("no time has passed yet: fold an event first")
    return Heard(
        offset=-1,
        event_id="now",
        type=EventType.TIME_PASSED,
        recorded_at=now,
        occurred_at=now,
        publisher="consent",
    )

"""Who takes part: agreements and suspensions, and what waits for whoever is stopped (NA 4.22; design 5)."""

from datetime import datetime

from services.consent.state.entities import Agreement, Standing
from services.consent.state.heard import Heard
from services.consent.state.world import World
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Reason


def stopped(standing: Standing, recipient: str) -> Reason | None:
    """Return why nothing new may go to a recipient just now, or None.

    Suspended: restricted. Bound by agreements and none of them in force for it: ended. Whom no agreement
    ever named is not bound by one; whom one names no more, it still binds, as one that has ended.
    """
    if recipient in standing.suspended:
        return Reason.RESTRICTED
    binding = [each for each in standing.agreements.values() if recipient in (*each.between, *each.left)]
    if not binding or any(recipient in each.between and _in_force(each, standing.time) for each in binding):
        return None
    return Reason.ENDED


def take_part(world: World, heard: Heard) -> None:
    """Fold a suspension, a resumption or an agreement. What waited for whoever is free again becomes due."""
    before = world.standing
    world.standing = _after(before, heard)
    for recipient in heard.named if world.standing is not before else ():
        if stopped(before, recipient) is not None and stopped(world.standing, recipient) is None:
            world.free(recipient, heard.recorded_at)


def _after(standing: Standing, heard: Heard) -> Standing:
    if heard.type == EventType.RECIPIENT_SUSPENDED:
        return standing._replace(suspended=tuple(sorted({*standing.suspended, *heard.named})))
    if heard.type == EventType.RECIPIENT_RESUMED:
        left = tuple(each for each in standing.suspended if each not in heard.named)
        return standing._replace(suspended=left)
    if heard.type == EventType.AGREEMENT_SIGNED and heard.agreement is not None:
        known = standing.agreements.get(heard.agreement)
        once = (*known.between, *known.left) if known is not None else ()
        left = tuple(name for name in dict.fromkeys(once) if name not in heard.named)
        return _agreed(standing, heard.agreement, Agreement(heard.named, heard.expires_at, left))
    if heard.type == EventType.AGREEMENT_ENDED and heard.agreement is not None:
        known = standing.agreements.get(heard.agreement, Agreement(heard.named, None))
        return _agreed(standing, heard.agreement, known._replace(ends_at=heard.recorded_at))
    return standing


def _agreed(standing: Standing, code: str, agreement: Agreement) -> Standing:
    return standing._replace(agreements={**standing.agreements, code: agreement})


def _in_force(agreement: Agreement, now: datetime | None) -> bool:
    return agreement.ends_at is None or now is None or agreement.ends_at > now

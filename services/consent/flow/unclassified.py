"""What nobody classified reaches nobody, and every recipient has its answer all the same."""

from services.consent.flow.decision import Answer, Decision, decision_of
from services.consent.flow.desk import Desk
from services.consent.flow.matters import instances_named
from services.consent.flow.release import denied
from services.consent.state.heard import Heard
from services.consent.state.world import World
from services.vocabulary.grounds import Reason

NO_POLICY = "no-policy"
ALL_OTHER_SCHOOLS = "school:*"
"""Every school an event does not name, in one line."""


def unclassified(world: World, heard: Heard, desk: Desk) -> Decision:
    """Return the decision of an event before there is any policy: it reaches nobody."""
    return decision_of(world, heard, "", to_nobody(world, heard, desk))


def to_nobody(world: World, heard: Heard, desk: Desk) -> tuple[Answer, ...]:
    """Return the answers about an event that cannot be read, or that no policy speaks of."""
    instances = (name for name in instances_named(heard) if name not in desk.by_event)
    recipients = (*desk.taking_part(world.standing), *instances, ALL_OTHER_SCHOOLS)
    return tuple(denied(each, rule=NO_POLICY, reason=Reason.UNCLASSIFIED) for each in recipients)

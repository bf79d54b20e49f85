"""What is put on the agenda, so that nothing ends unnoticed: danger's clock, and grounds (decision 0016)."""

from collections.abc import Iterator
from datetime import datetime

from services.consent.rules.danger import held_until, review_due
from services.consent.rules.evidence import ends_of, graded_by
from services.consent.rules.policy import Policy
from services.consent.state.entities import Incident
from services.consent.state.forms import as_form
from services.consent.state.heard import Heard
from services.consent.state.sides import age_of
from services.consent.state.world import World
from services.vocabulary.events import VPA_FAMILY, EventType

RECORDS = frozenset(
    {
        EventType.CONSENT_RECORDED,
        EventType.OVERRIDE_RECORDED,
        EventType.MARAC_ACCEPTED,
        EventType.MARAC_LISTED,
        EventType.EVENT_RETRACTED,
        *VPA_FAMILY,
    }
)
"""What records a ground that time ends."""


def watch(world: World, heard: Heard, policy: Policy) -> None:
    """Put on the agenda when the incidents of an event are to be decided again though nothing is recorded.

    An event's own: when the Hub's time to review it is over, and when each ground it may have recorded
    ends. Those that are due now: when what is left of their grounds ends, by the policy as it is now. What is
    overdue while offices are open, when they close: somebody else may be owed it from then on.
    """
    for key in _watched(world, heard):
        for moment in _moments(world, key, heard, policy):
            world.put_due(moment, key)


def _watched(world: World, heard: Heard) -> Iterator[str]:
    if heard.incident is not None and _records(world, heard, heard.incident):
        yield heard.incident
    yield from world.ripe


def _records(world: World, heard: Heard, key: str) -> bool:
    """Say whether something that time ends may be new of an incident: what is held for the Hub, too."""
    is_new = heard.type in RECORDS or heard.victim_age is not None
    return is_new or bool(world.incident(key).turned)


def _moments(world: World, key: str, heard: Heard, policy: Policy) -> Iterator[datetime]:
    incident, now = world.incident(key), world.standing.time
    raised = incident.raised
    age = age_of(world.person, incident, raised) if raised is not None else None
    due = review_due(raised, age, policy) if raised is not None else None
    comes_now = raised is not None and raised.event_id == heard.event_id
    if due is not None and (comes_now or now is None or due > now):
        yield due
    if due is not None and now is not None and due <= now and policy.hours and policy.hours.are_on(now):
        yield policy.hours.next_end(now)
    yield from (due for due in _held(world, incident, key, heard, policy) if now is None or due > now)
    yield from (end for end in ends_of(incident, policy, world.person) if now is None or end > now)


def _held(world: World, incident: Incident, key: str, heard: Heard, policy: Policy) -> Iterator[datetime]:
    """Yield until when danger is held for the Hub to look at who harms whom."""
    if not incident.turned or set(incident.turned) <= set(incident.let_go):
        return
    forms = [beside.form for beside in incident.beside.values()]
    if heard.incident == key and heard.type not in VPA_FAMILY:
        forms.append(as_form(heard))
    for form in forms:
        due = held_until(form, graded_by(form, incident, age_of(world.person, incident, form)), policy)
        if due is not None:
            yield due

"""Overrides, and decisions not to share: who made each, who confirmed it, and whether it counts (0019)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from services.consent.keyring.asking import List, Question, following, in_order, order_of
from services.consent.keyring.sampling import drawn
from services.consent.keyring.stated import Stated, States
from services.consent.rules.policy import ANY, SCHOOL, Policy
from services.consent.state.consents import counts_alone, may_override
from services.consent.state.entities import Incident
from services.consent.store.lists import Against
from services.vocabulary.agencies import HUB, is_school
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground


@dataclass(frozen=True, slots=True)
class Now:
    """What an override is weighed by: the policy in force, and what is known of an incident."""

    policy: Policy | None
    incident_of: Callable[[str], Incident | None]


def overridden_rows(
    found: Iterable[Against], states: States, now: Now, question: Question, place: str
) -> Iterator[tuple[str, str | None, dict[str, Any]]]:
    """Yield the page that is asked for, of all or of a sample, and one row more where there are more.

    First where the row stands in the list, then its internal incident. Only of these is the log read.
    """
    if question.sample is not None:
        found = drawn(found, question.sample, question.seed)
    order = order_of(List.OVERRIDDEN, question)
    placed = ((in_order(each.offset), each) for each in found)
    page = list(islice(following(placed, order, place), question.limit + 1))
    said = states.at([each.offset for _, each in page if _is_readable(each)])
    for where, each in page:
        yield where, each.incident, _row(each, said.get(each.offset, Stated()), now)


def _row(each: Against, said: Stated, now: Now) -> dict[str, Any]:
    is_override = each.event_type == EventType.OVERRIDE_RECORDED
    serves = may_serve(now.policy, each.recipient) if is_override and each.recipient is not None else None
    is_of_use = serves is not False or _ends_a_decision(each, now)
    return {
        "event_id": each.event_id,
        "event_type": each.event_type,
        "recipient": each.recipient,
        "publisher": each.publisher,
        "decided_at": each.decided_at,
        "confirmed_by": said.second,
        "registered": said.second_is_registered,
        "counts": is_of_use and _counts(each, said.second),
        "serves": serves,
    }


def may_serve(policy: Policy | None, recipient: str) -> bool:
    """Say whether any rule of a policy could give a recipient anything on an override, of any event."""
    ground = policy.ground(Ground.OVERRIDE) if policy is not None else None
    if policy is None or ground is None or not ground.serves(recipient):
        return False
    named = {recipient, SCHOOL if is_school(recipient) else ANY}
    return any(rule.to in named and Ground.OVERRIDE in rule.grounds for rule in policy.rules)


def _ends_a_decision(each: Against, now: Now) -> bool:
    """Say whether it is the Hub's last, made after a decision not to share that it ends (decision 0019)."""
    incident = now.incident_of(each.incident) if each.incident is not None else None
    if incident is None or each.recipient is None:
        return False
    made = (row for row in incident.overrides.get(each.recipient, ()) if row.by == HUB)
    return any(
        override.event_id == each.event_id and row.recipient == each.recipient and row.at < override.at
        for override in made
        for row in incident.not_shared
    )


def _counts(each: Against, second: str | None) -> bool:
    """Say whether the gate goes by it, by the rule that the gate has."""
    if not _is_readable(each) or each.recipient is None:
        return False
    if each.event_type == EventType.OVERRIDE_RECORDED and not may_override(each.publisher, each.recipient):
        return False
    return second is not None or counts_alone(each.event_type, each.publisher)


def _is_readable(each: Against) -> bool:
    """Say whether the gate could read the event: of one that it could not, it knows no publisher."""
    return bool(each.publisher)

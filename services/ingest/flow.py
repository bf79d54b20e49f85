"""An event as published, and what is known: refused with every reason, or laid out in sections.

1. `screen`, before anything is looked up.  2. `decide`, once its incident is.
3. `lay_out`, once its persons are.
"""

from collections.abc import Iterable, Sequence

from services.ingest.rules import (
    addressed,
    adopting,
    allocating,
    answers,
    authority,
    disclosing,
    incidents,
    joining,
    linking,
    overriding,
    referrals,
    repeating,
    restricting,
    retracting,
    siding,
    times,
    victim_age,
    wanted,
)
from services.ingest.rules.contact import do_not_contact
from services.ingest.rules.defects import defects
from services.ingest.rules.placement import conflict_of, place
from services.ingest.rules.reading import text
from services.ingest.rules.urgency import is_urgent
from services.ingest.settings import SECTION_LIMIT
from services.ingest.state import (
    Accepted,
    Arrival,
    Json,
    Known,
    Parties,
    PlacedChild,
    Plain,
    Reason,
    Record,
    Refused,
    Registered,
    Scope,
    Sender,
    Submission,
)
from services.vocabulary.calendar import local_date
from services.vocabulary.events import ABOUT_PERSONS, SCHOOL_NOTIFICATIONS, VPA_FAMILY, EventType

OF_VICTIM = frozenset(
    {"incident", "victim", "contact", "narrative", "dash", "rationale", "referral", "referrer", "research"}
)
"""Sections sealed for the adult victim."""


def screen(arrival: Arrival, publishers: Iterable[str], registered: Registered) -> tuple[Reason, ...]:
    """Return every reason to refuse an event that needs nothing looked up.

    What a referral must go back for is no reason where it is urgent: then it is a defect (NA 3.20).
    """
    submission = arrival.submission
    reasons = [
        authority.refusal(arrival.sender, submission.type, publishers),
        times.refusal(submission, arrival.at),
        *answers.refusals(submission, registered),
        *answers.without_rationale(submission),
        *overriding.refusals(submission, arrival.sender),
        *retracting.refusals(submission),
        *adopting.refusals(submission, arrival.sender, registered),
        *linking.refusals(submission, arrival.sender, registered),
        *joining.refusals(submission, registered),
        *addressed.refusals(submission, registered),
        *([] if is_urgent(submission) else referrals.faults(submission)),
        *_too_many(submission),
    ]
    return tuple(reason for reason in reasons if reason is not None)


def with_others(reasons: tuple[Reason, ...], others: Sequence[Reason]) -> tuple[Reason, ...]:
    """Return reasons with those others that point where none of them does."""
    places = {reason.pointer for reason in reasons}
    return (*reasons, *(other for other in others if other.pointer not in places))


def unresolved(submission: Submission, known: Known) -> tuple[Reason, ...]:
    """Return each reason to refuse an event about no incident, or nobody, we know, whatever else is wrong."""
    resolved = incidents.resolve(submission, known)
    about = resolved.reasons if isinstance(resolved, Refused) else ()
    return (*about, *linking.unknown(submission, known))


def decide(arrival: Arrival, known: Known, registered: Registered) -> Accepted | Refused:
    """Return about which incident a screened event is, with its defects, or its refusal."""
    submission = arrival.submission
    resolved = incidents.resolve(submission, known)
    if isinstance(resolved, Refused):
        return resolved
    strangers = linking.unknown(submission, known)
    if strangers:
        return Refused(reasons=strangers)
    ahead = times.defect(submission, arrival.at)
    found = (
        *submission.lacks,
        *resolved.defects,
        *((ahead,) if ahead else ()),
        *incidents.uncorrected(submission, known),
        *answers.defects(submission, registered),
        *addressed.defects(submission, registered),
        *disclosing.defects(submission),
        *wanted.defects(submission),
        *victim_age.defects(submission),
        *repeating.defects(submission),
        *restricting.defects(submission, registered),
        *allocating.defects(submission, registered),
        *overriding.defects(submission, arrival.sender),
        *siding.defects(submission, arrival.sender),
        *(referrals.faults(submission) if is_urgent(submission) else ()),
        *defects(submission, arrival.sender, registered),
    )
    return Accepted(scope=resolved.scope, incident=resolved.incident, defects=found)


def placed(submission: Submission, persons: Sequence[str], registered: Registered) -> tuple[PlacedChild, ...]:
    """Return where each child stands, in the event's order."""
    on = local_date(submission.occurred_at)
    return tuple(
        PlacedChild(
            person=person,
            school_urn=text(child, "school_urn"),
            placement=place(child, on, registered),
            school_conflict=conflict_of(child).value,
        )
        for person, child in zip(persons, submission.children, strict=True)
    )


def count_sections(submission: Submission) -> int:
    """Return how many leaves an event needs: routing, facts, its sections, and each child's own."""
    given = len(submission.sections.keys() - {"facts"})
    return 2 + given + (submission.incident is not None) + len(submission.children)


def lay_out(
    arrival: Arrival,
    known: Known,
    accepted: Accepted,
    parties: Parties,
    leaves: Sequence[int],
    registered: Registered,
) -> tuple[Plain, ...]:
    """Return the event's sections as they will be sealed, derived fields and routing put in.

    `leaves` has one for each section; routing names each child's.
    """
    submission = disclosing.reached(addressed.reached(arrival.submission, registered))
    taken = iter(leaves)
    when = times.happened(submission, arrival.at)
    copied: dict[str, Json] = {"occurred_at": when, "source": arrival.sender.agency}
    children = placed(submission, parties.children, registered)
    child_leaves = [next(taken) for _ in children]
    if submission.type in ABOUT_PERSONS:
        route = _about_persons(arrival.sender, known)
    else:
        route = _routing(arrival, known, accepted, parties, registered)
        route["children"] = [_routed(leaf, child) for leaf, child in zip(child_leaves, children, strict=True)]
    return (
        Plain(name="routing", leaf=next(taken), person=None, value=route),
        Plain(
            name="facts",
            leaf=next(taken),
            person=None,
            value=_facts(submission, known, copied, len(set(parties.children)), registered),
        ),
        *(
            Plain(name="children", leaf=leaf, person=child.person, value={**given, **copied})
            for leaf, child, given in zip(child_leaves, children, submission.children, strict=True)
        ),
        *(
            Plain(name=name, leaf=next(taken), person=_owner(name, parties), value=value)
            for name, value in _content(submission)
        ),
    )


def _too_many(submission: Submission) -> tuple[Reason, ...]:
    if count_sections(submission) <= SECTION_LIMIT:
        return ()
    what = f"the event has more than {SECTION_LIMIT} sections, each child being one"
    return (Reason(pointer="/children", rule="too-many-sections", detail=what, fix="send several events"),)


def _content(submission: Submission) -> Iterable[tuple[str, Record]]:
    if submission.incident is not None:
        yield "incident", {"reference": submission.incident}
    for name, value in submission.sections.items():
        if name == "contact":
            channels: list[Json] = [*do_not_contact(value)]
            yield name, {**value, "do_not_contact": channels}
        elif name != "facts":
            yield name, value


def _owner(name: str, parties: Parties) -> str:
    """Return whose key seals a section; what nobody classified is nobody's and does not pass."""
    person = parties.victim if name in OF_VICTIM else None
    person = parties.person_causing_harm if name == "person_causing_harm" else person
    if person is None:
        raise ValueError(f"section `{name}` belongs to nobody: say in the flow whose it is")
    return person


def _facts(
    submission: Submission, known: Known, copied: Record, children: int, registered: Registered
) -> Record:
    facts = {**answers.facts(submission, registered), **copied}
    if submission.type in VPA_FAMILY:
        facts["child_count"] = children
    if submission.type in victim_age.SAYS_AGE:
        facts["victim_age"] = victim_age.victim_age(submission)
    if submission.type is EventType.EVENT_RETRACTED:
        facts["retracts"] = known.corrects
    return facts


def _routing(
    arrival: Arrival, known: Known, accepted: Accepted, parties: Parties, registered: Registered
) -> dict[str, Json]:
    submission, sender = arrival.submission, arrival.sender
    return {
        "incident": accepted.incident.id if accepted.incident else None,
        "victim": parties.victim,
        "person_causing_harm": parties.person_causing_harm,
        "publisher": sender.agency,
        "publisher_person": sender.person,
        "consent": {**answers.kept(submission, registered)},
        "all_incidents": accepted.scope is Scope.ALL_OF_PERSON,
        "corrects": known.corrects,
        "recipient": _recipient(submission, sender),
        "policy": submission.policy,
    }


def _about_persons(sender: Sender, known: Known) -> dict[str, Json]:
    return {"publisher": sender.agency, "publisher_person": sender.person, "persons": [*known.persons]}


def _recipient(submission: Submission, sender: Sender) -> str | None:
    if submission.type is EventType.OVERRIDE_RECORDED:
        return text(submission.section("facts"), "recipient")
    if submission.type in SCHOOL_NOTIFICATIONS and submission.recipient is None:
        return sender.agency
    return submission.recipient


def _routed(leaf: int, child: PlacedChild) -> Json:
    return {
        "leaf": leaf,
        "person": child.person,
        "school_urn": child.school_urn,
        "placement": child.placement.value,
        "school_conflict": child.school_conflict,
    }

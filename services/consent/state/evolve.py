"""How an event changes what is known, before anything is decided about it."""

from collections.abc import Iterable
from datetime import datetime

from services.consent.state.cases import know_about_whom, people_of, with_case
from services.consent.state.consents import counts_alone, later, may_override, with_override
from services.consent.state.entities import (
    EVERYONE,
    NOTHING,
    Incident,
    Marac,
    NotShared,
    Override,
    Said,
)
from services.consent.state.forms import asked_before, with_form
from services.consent.state.heard import Heard
from services.consent.state.links import as_one, group, incidents_of, link
from services.consent.state.retracted import retract
from services.consent.state.sides import with_age, with_sides
from services.consent.state.taking_part import take_part
from services.consent.state.world import MOST_AT_ONCE, World
from services.vocabulary.consent import NOT_FOR_SHARING, ConsentAnswer
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.risk import ChildCase
from services.vocabulary.sides import Client

Answered = tuple[tuple[str, str], ...]
"""Recipients, and what was answered for each."""


def evolve(world: World, heard: Heard) -> None:
    """Fold one event into what is known. Time is the highest `recorded_at` so far (design 2)."""
    world.time_is(_time_passes(world, heard))
    world.recalled, world.unsaid = (), None
    if not heard.readable:
        return
    take_part(world, heard)
    _link(world, heard)
    if heard.incident is not None:
        before = world.incident(heard.incident)
        folded = _with_parties(_folded(world, with_age(before, heard), heard), heard)
        after = with_sides(world, folded, heard, heard.incident)
        if after is not before:
            world.put_incident(heard.incident, after)
        _link_people(world, heard, heard.incident)
        know_about_whom(world, heard, heard.incident)
        retract(world, heard, heard.incident)
    _withdraw_everywhere(world, heard)
    _child_cases(world, heard)


def affected(world: World, heard: Heard) -> tuple[str, ...]:
    """Return the incidents an event may change the answer for: its own first, then the others it is news
    about in log order, then those that time has made due.
    """
    own = [heard.incident] if heard.incident is not None else []
    others: set[str] = set()
    if heard.type == EventType.CONSENT_WITHDRAWN and _is_everywhere(heard) and heard.victim is not None:
        others.update(as_one(world.person, heard.victim).incidents)
    if heard.type == EventType.CHILD_CASE_STATUS:
        for person in _children_of_case(world, heard):
            others.update(as_one(world.person, person).child_of)
    if heard.type in (EventType.CASE_CLOSED, EventType.EVENT_RETRACTED) and heard.incident is not None:
        for person in people_of(world, heard, heard.incident):
            others.update(as_one(world.person, person).incidents)
    others.update(_in_order(world, incidents_of(world, heard))[:MOST_AT_ONCE])
    about = (*own, *_in_order(world, others.difference(own)))
    return (*about, *(key for key in world.ripe if key not in about))


def _in_order(world: World, incidents: Iterable[str]) -> list[str]:
    return sorted(incidents, key=lambda key: (_offset(world, key), key))


def _offset(world: World, incident: str) -> int:
    form = world.incident(incident).form
    return form.offset if form is not None else -1


def _time_passes(world: World, heard: Heard) -> datetime:
    time = world.standing.time
    if time is not None and time >= heard.recorded_at:
        return time
    world.standing = world.standing._replace(time=heard.recorded_at)
    return heard.recorded_at


def _link(world: World, heard: Heard) -> None:
    """Fold a link, or its end. What it is news about beyond what one event may decide again becomes due."""
    link(world, heard)
    for incident in _in_order(world, incidents_of(world, heard))[MOST_AT_ONCE:]:
        world.put_due(heard.recorded_at, incident)


def _with_parties(incident: Incident, heard: Heard) -> Incident:
    named = filter(None, (heard.victim, heard.causing_harm, *(child.person for child in heard.children)))
    new = [person for person in dict.fromkeys(named) if person not in incident.parties]
    return incident._replace(parties=(*incident.parties, *new)) if new else incident


def _folded(world: World, incident: Incident, heard: Heard) -> Incident:
    if heard.type in VPA_FAMILY:
        asked = asked_before(world, incident, heard)
        new = tuple((to, answer) for to, answer in heard.consent if asked.get(to) != answer)
        incident = incident._replace(asked={**asked, **dict(heard.consent)})
        return with_form(world, _with_consents(incident, heard, new), heard)
    if heard.type in (EventType.CONSENT_RECORDED, EventType.CONSENT_WITHDRAWN):
        return _with_consents(incident, heard, heard.consent)
    if heard.type == EventType.OVERRIDE_RECORDED and heard.recipient is not None and _overrides(heard):
        return _with_override(incident, heard, heard.recipient)
    if heard.type == EventType.DECIDED_NOT_TO_SHARE and heard.recipient is not None and heard.is_confirmed:
        return _with_not_shared(incident, heard, heard.recipient)
    if heard.type in (EventType.MARAC_ACCEPTED, EventType.MARAC_LISTED):
        marac = Marac(
            event_id=heard.event_id,
            recorded_at=heard.recorded_at,
            attendees=heard.attendees,
            listed=heard.type == EventType.MARAC_LISTED,
        )
        before = (*incident.maracs_before, *((incident.marac,) if incident.marac is not None else ()))
        return incident._replace(marac=marac, maracs_before=before)
    if heard.type in (EventType.CASE_OPENED, EventType.CASE_CLOSED):
        return with_case(incident, heard)
    if heard.type == EventType.CHILD_CASE_STATUS and not (heard.children or incident.children):
        return incident._replace(child_cases=_by_status(incident.child_cases, heard))
    return incident


def _with_consents(incident: Incident, heard: Heard, answers: Answered) -> Incident:
    """Take answers of an event, as its adult victim's; a withdrawal that names nobody is for everyone.

    Consent to something else than sharing, to research say, and that of anybody but the adult victim, is
    recorded in the log and moves nothing here: a child's is no ground to tell of the adult.
    """
    if not _is_for_sharing(heard):
        return incident
    if heard.type == EventType.CONSENT_WITHDRAWN:
        answers = tuple((to, ConsentAnswer.WITHDRAWN) for to, _ in answers) or (
            (EVERYONE, ConsentAnswer.WITHDRAWN),
        )
    who = heard.victim or incident.victim
    if who is None or not answers:
        return incident._replace(victim=incident.victim or who)
    theirs = dict(incident.consents.get(who, NOTHING))
    for recipient, answer in answers:
        said = _said(heard, ConsentAnswer(answer))
        if _counts(heard, recipient, said):
            theirs[recipient] = later(theirs.get(recipient), said)
    consents = {**incident.consents, who: theirs} if theirs else incident.consents
    return incident._replace(consents=consents, victim=incident.victim or who)


def _is_for_sharing(heard: Heard) -> bool:
    return heard.consent_of is Client.ADULT_VICTIM and heard.consent_purpose not in NOT_FOR_SHARING


def _said(heard: Heard, answer: ConsentAnswer) -> Said:
    return Said(
        answer=answer,
        at=heard.occurred_at,
        recorded_at=heard.recorded_at,
        event_id=heard.event_id,
        expires_at=heard.expires_at,
        by_form=heard.type in VPA_FAMILY,
    )


def _counts(heard: Heard, recipient: str, said: Said) -> bool:
    """Say whether an answer counts: a recipient's word for itself needs a second person (design 4)."""
    if said.answer is not ConsentAnswer.GIVEN or heard.publisher != recipient:
        return True
    return heard.is_confirmed


def _overrides(heard: Heard) -> bool:
    """Say whether an override counts: the Hub's; children's services' for themselves, made by two."""
    if not may_override(heard.publisher, heard.recipient):
        return False
    return counts_alone(heard.type, heard.publisher) or heard.is_confirmed


def _with_override(incident: Incident, heard: Heard, recipient: str) -> Incident:
    row = Override(
        by=heard.publisher,
        at=heard.occurred_at,
        recorded_at=heard.recorded_at,
        event_id=heard.event_id,
        expires_at=heard.expires_at,
    )
    stands = with_override(incident.overrides.get(recipient, ()), row)
    return incident._replace(overrides={**incident.overrides, recipient: stands})


def _with_not_shared(incident: Incident, heard: Heard, recipient: str) -> Incident:
    """Keep the last decision of each agency about a recipient, by when it was made."""
    row = NotShared(recipient=recipient, by=heard.publisher, at=heard.occurred_at, event_id=heard.event_id)
    rows = {(known.recipient, known.by): known for known in incident.not_shared}
    key = (row.recipient, row.by)
    rows[key] = max(row, rows.get(key, row), key=lambda each: (each.at, each.event_id))
    return incident._replace(not_shared=tuple(rows[key] for key in sorted(rows)))


def _link_people(world: World, heard: Heard, incident: str) -> None:
    for victim in dict.fromkeys((world.incident(incident).victim, heard.victim)):
        if victim is not None and incident not in world.person(victim).incidents:
            person = world.person(victim)
            world.put_person(victim, person._replace(incidents=(*person.incidents, incident)))
    if heard.type in VPA_FAMILY:
        for child in heard.children:
            person = world.person(child.person)
            if incident not in person.child_of:
                world.put_person(child.person, person._replace(child_of=(*person.child_of, incident)))


def _is_everywhere(heard: Heard) -> bool:
    return heard.all_incidents or heard.incident is None


def _withdraw_everywhere(world: World, heard: Heard) -> None:
    """Withdraw consents of all of a person's incidents given until then (design 5)."""
    if heard.type != EventType.CONSENT_WITHDRAWN or not _is_everywhere(heard) or heard.victim is None:
        return
    if not _is_for_sharing(heard):
        return
    person = world.person(heard.victim)
    withdrawn = dict(person.withdrawn)
    for recipient in [to for to, _ in heard.consent] or [EVERYONE]:
        withdrawn[recipient] = max(withdrawn.get(recipient, heard.occurred_at), heard.occurred_at)
    world.put_person(heard.victim, person._replace(withdrawn=withdrawn))


def _child_cases(world: World, heard: Heard) -> None:
    if heard.type != EventType.CHILD_CASE_STATUS:
        return
    for key in _whose_case(world, heard):
        person = world.person(key)
        cases = _by_status(person.child_cases, heard)
        if cases != person.child_cases:
            world.put_person(key, person._replace(child_cases=cases))
    _last_case_closed(world, heard)


def _last_case_closed(world: World, heard: Heard) -> None:
    """End a status of the whole incident, recorded before its children were known, with their last case."""
    if heard.case_status is not ChildCase.CLOSED or heard.incident is None:
        return
    incident = world.incident(heard.incident)
    still_open = any(
        heard.publisher in as_one(world.person, child).child_cases for child in incident.children
    )
    if heard.publisher in incident.child_cases and not still_open:
        cases = _without(incident.child_cases, heard.publisher)
        world.put_incident(heard.incident, incident._replace(child_cases=cases))


def _children_of_case(world: World, heard: Heard) -> tuple[str, ...]:
    """Return whose case it is: the children it names, else all children of its incident."""
    if heard.children:
        return tuple(child.person for child in heard.children)
    return world.incident(heard.incident).children if heard.incident is not None else ()


def _whose_case(world: World, heard: Heard) -> tuple[str, ...]:
    """Return of whom a status is kept: a case that is closed is closed of all who are one with the child."""
    children = _children_of_case(world, heard)
    if heard.case_status is not ChildCase.CLOSED:
        return children
    return tuple(dict.fromkeys(each for child in children for each in group(world.person, child)))


def _by_status(cases: tuple[str, ...], heard: Heard) -> tuple[str, ...]:
    """Open the publisher's case once a second person confirms it (design 4); closing needs nobody."""
    if heard.case_status is ChildCase.CLOSED:
        return _without(cases, heard.publisher)
    if heard.case_status is not None and heard.is_confirmed:
        return _with(cases, heard.publisher)
    return cases


def _with(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return names if name in names else tuple(sorted((*names, name)))


def _without(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)

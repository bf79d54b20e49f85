"""What a worker for one side of a case never opens of the other (decisions 0021, 0035)."""

from collections.abc import Collection, Iterable
from typing import Final

from services.consent.keyring.known import events_of
from services.consent.keyring.parties import Content
from services.consent.keyring.restricting import Knows
from services.consent.keyring.rights import FACTS, base
from services.consent.keyring.unsealing import SealedEvent
from services.consent.state.entities import Incident, Worker
from services.consent.state.links import as_one, group
from services.runtime.identity import Caller
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.sides import Client

DASH: Final = "dash"
WHAT_IS_THEIRS: Final = frozenset(
    {"contact", "children", "referral", "referrer", "research", "rationale", DASH}
)
"""Sections that say where a victim lives, which school their children go to, who helps them, or what they and
whoever helps them said. Not so the checklist that police went through: it says how dangerous he is.
"""

NAME_WHO_HELPS: Final = frozenset({EventType.REFERRAL_RECEIVED})
"""Events whose facts, too, say who helps a victim, and not for whom: where a referral came from, and whether
they came by themselves.
"""

WHERE_HELP_COMES_FROM: Final = frozenset(
    {
        EventType.SAFETY_PLAN_RECORDED,
        EventType.SUPPORT_STARTED,
        EventType.SUPPORT_FINISHED,
        EventType.ACCOMMODATION_REQUESTED,
        EventType.ACCOMMODATION_PROVIDED,
        EventType.ACCOMMODATION_DECLINED,
        EventType.PRACTITIONER_ALLOCATED,
        EventType.REFERRAL_ALLOCATED,
        EventType.REFERRAL_TRIAGED,
        EventType.REFERRED_ON,
        EventType.REFERRAL_CLOSED,
        EventType.CONTACT_ATTEMPTED,
        EventType.CASE_OPENED,
        EventType.CASE_CLOSED,
        EventType.CHILD_CASE_STATUS,
        EventType.CONSULTATION_GIVEN,
        EventType.DASH_REDONE,
        EventType.DVDS_REQUESTED,
        EventType.DVDS_DECIDED,
        EventType.MARAC_ACTION_AGREED,
        EventType.MARAC_ACTION_COMPLETED,
        EventType.MARAC_TRANSFERRED,
        EventType.MEETING_DISCUSSED,
        EventType.CONSENT_RECORDED,
        EventType.CONSENT_WITHDRAWN,
        EventType.OVERRIDE_RECORDED,
        EventType.DECIDED_NOT_TO_SHARE,
        EventType.EXPECTATION_MET,
    }
)
"""Events that say by what they are, by who sent them or by whom they name, where somebody finds help, has
gone, or means to: closed as a whole.
"""

CHILD_VICTIM: Final = "child_victim"
"""How a programme of support names the client that an allocation calls a child."""


def helped(event_type: str, content: Iterable[Content], reader: str) -> Client | None:
    """Return whose help an event of this content is about; None: it says nothing of help.

    A programme says who is supported, an allocation, a case and a referral their client, an answer whose it
    is; the rest is the adult victim's, and so is what does not say. An action that a meeting agreed with the
    reader's own agency is theirs to carry out, whoever they work for.
    """
    if event_type not in WHERE_HELP_COMES_FROM:
        return None
    facts = next((plain for name, plain in content if name == FACTS), {})
    if event_type == EventType.MARAC_ACTION_AGREED and reader in (facts.get("to") or ()):
        return None
    said = facts.get("supported") or facts.get("client") or facts.get("whose") or Client.ADULT_VICTIM
    return Client.CHILD if said == CHILD_VICTIM else Client(said)


def answered(event_type: str, content: Iterable[Content]) -> str | None:
    """Return the release whose expectation an event of this content says was met; None: it is none such."""
    if event_type != EventType.EXPECTATION_MET:
        return None
    return next((str(plain["release"]) for name, plain in content if name == FACTS), None)


def taken_back(event_type: str, content: Iterable[Content]) -> str | None:
    """Return the event that an event of this content takes back; None: it takes back none."""
    if event_type != EventType.EVENT_RETRACTED:
        return None
    return next((plain.get("retracts") for name, plain in content if name == FACTS), None)


class Sides:
    """Says what is closed to whoever works for one side because it is the other's."""

    def __init__(self, known: Knows) -> None:
        self._known = known

    def closed(
        self,
        caller: Caller,
        incident: Incident | None,
        event: SealedEvent,
        names: Collection[str],
        helps: Client | None,
    ) -> frozenset[str]:
        """Return which of an event's sections are closed to a caller because they are the other side's.

        `helps`: whose help it is about, if anybody's. That of the person causing harm is closed to whoever
        works for the adult victim; anybody else's to whoever works for the person causing harm.
        """
        if incident is None:
            return frozenset()
        if helps is Client.PERSON_CAUSING_HARM and self._works_for_victim(caller, incident, event.id):
            return frozenset(names)
        if not self._works_for_who_harms(caller, incident, event.id):
            return frozenset()
        if helps in (Client.ADULT_VICTIM, Client.CHILD):
            return frozenset(names)
        theirs = WHAT_IS_THEIRS | ({FACTS} if event.type in NAME_WHO_HELPS else frozenset())
        theirs -= {DASH} if event.type in VPA_FAMILY else frozenset()
        return frozenset(name for name in names if base(name) in theirs)

    def faces(self, caller: Caller, person: str) -> bool:
        """Say whether a caller works for somebody who harms a person or is harmed by them, or is said to be.

        A report that turns the roles round keeps nobody from their own client. Who works for both sides, as
        nobody should, faces both.
        """
        known, them = as_one(self._known.person, person), group(self._known.person, person)
        others = self._who_harm(person)
        for key in known.harms_in:
            others.update(self._victims(key))
        return any(self._works_for(caller, other) for other in sorted(others.difference(them)))

    def _who_harm(self, person: str) -> set[str]:
        """Return whoever harms a person, or was ever said to in an incident of theirs.

        Said in one is said in all: what waits for the Hub, and what was taken back, keep their address shut.
        """
        known = as_one(self._known.person, person)
        named = (self._causing_harm(key) for key in known.incidents)
        return {each.by for each in known.harmed_by}.union(*named)

    def _causing_harm(self, key: str) -> Collection[str]:
        incident = self._known.incident(key)
        return incident.causing_harm if incident is not None else ()

    def _victims(self, key: str) -> Collection[str]:
        incident = self._known.incident(key)
        if incident is None:
            return ()
        named = (incident.victim, *(form.victim for form in events_of(incident)))
        said = (victim for victim, _ in (*incident.forms_say.values(), *incident.reports.values()))
        return {victim for victim in (*named, *said) if victim is not None}

    def _works_for_victim(self, caller: Caller, incident: Incident, event_id: str) -> bool:
        about = _victim_of(incident, event_id)
        return about is not None and self._works_for(caller, about)

    def _works_for_who_harms(self, caller: Caller, incident: Incident, event_id: str) -> bool:
        """Say whether a caller works for somebody who harms an event's adult victim, or is said to.

        Never for that victim themselves: a report that turns the roles round keeps nobody from their own.
        """
        about = _victim_of(incident, event_id)
        them = group(self._known.person, about) if about is not None else ()
        others = {*incident.causing_harm, *(self._who_harm(about) if about is not None else ())}
        return any(self._works_for(caller, person) for person in sorted(others.difference(them)))

    def _works_for(self, caller: Caller, person: str) -> bool:
        """Say whether a caller was allocated to somebody, in whatever incident and whichever role."""
        known, them = as_one(self._known.person, person), group(self._known.person, person)
        return any(
            self._is_for(caller, key, them) for key in dict.fromkeys((*known.harms_in, *known.incidents))
        )

    def _is_for(self, caller: Caller, key: str, them: Collection[str]) -> bool:
        """Say whether a caller works for one of these persons in an incident."""
        incident = self._known.incident(key)
        if incident is None:
            return False
        theirs = (
            each for each in incident.workers if (each.agency, each.person) == (caller.agency, caller.person)
        )
        return any(not _clients(incident, each).isdisjoint(them) for each in theirs)


def _clients(incident: Incident, worker: Worker) -> set[str]:
    """Return for whom somebody works: who has that part now, and who had it when they were allocated.

    Whoever stands on the other side since is the one they were allocated to: then they work for those alone.
    A worker for a child works for neither side.
    """
    victims = {incident.victim} if incident.victim is not None else set[str]()
    causing_harm = set(incident.causing_harm)
    if worker.client is Client.ADULT_VICTIM:
        now, opposite = victims, causing_harm
    elif worker.client is Client.PERSON_CAUSING_HARM:
        now, opposite = causing_harm, victims
    else:
        return set()
    then = set(worker.whom)
    return then if then & opposite else then | now


def _victim_of(incident: Incident, event_id: str) -> str | None:
    """Return the adult victim an event names, or its incident's where that is not kept."""
    named = next((form.victim for form in events_of(incident) if form.event_id == event_id), None)
    return named or incident.victim

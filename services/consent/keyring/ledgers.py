"""The ledger's lists, as far as whoever asks may know them (NA 4.13, 4.22; issue 4, 11).

not-shared   VPAs that reached nobody, those with children below the threshold among them
withheld     what is owed and has no ground, by recipient
overridden   overrides, and decisions not to share although owed; a sample of them on request
openings     who opened what for what purpose, and who was refused
parties      who asked to open what is about themselves or their home
told         everything anybody was released about one person, and who opened it
waiting      raised VPAs that the Hub has not reviewed, danger first, with until when it may
roles        reports that turn round who was known to harm whom, and which of them wait for the Hub
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from services.consent.keyring.parties import Parties
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.rights import sees_all
from services.consent.rules.danger import review_due
from services.consent.rules.policy import Policy
from services.consent.rules.reading import parse
from services.consent.store.days import Days
from services.consent.store.ledger import Ledger
from services.consent.store.lists import Lists, Vpa
from services.consent.store.openings import OPENING, Opening, Openings
from services.eventlog.aliases import Kind, alias, unalias
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.risk import ChildrenLevel
from services.vocabulary.times import format_time

MOST = 1000
"""Rows one answer holds; asking for fewer days shows the rest."""

Rows = Iterable[Mapping[str, Any]]


class NotForYou(Exception):
    """The caller may not have that list: as good as absent."""


class List(StrEnum):
    """The lists there are."""

    NOT_SHARED = "not-shared"
    WITHHELD = "withheld"
    OVERRIDDEN = "overridden"
    OPENINGS = "openings"
    PARTIES = "parties"
    TOLD = "told"
    ROLES = "roles"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which rows are asked for. `sample`: so many overrides, chosen by nobody. `person`: an alias."""

    days: Days
    sample: int | None = None
    person: str | None = None


class Asker(NamedTuple):
    """Who asks, and which restricted incidents are closed to them."""

    caller: Caller
    closed: frozenset[str]


class Ledgers:
    """Answers for the lists. What is closed to the caller, because it is about them, is left out of each."""

    def __init__(
        self,
        lists: Lists,
        openings: Openings,
        ledger: Ledger,
        parties: Parties,
        restrictions: Restrictions,
        alias_key: bytes,
    ) -> None:
        self._lists = lists
        self._openings = openings
        self._ledger = ledger
        self._parties = parties
        self._restrictions = restrictions
        self._key = alias_key
        self._found: Mapping[List, Callable[[Asker, Question], Rows]] = {
            List.NOT_SHARED: self._not_shared,
            List.WITHHELD: self._withheld,
            List.OVERRIDDEN: self._overridden,
            List.OPENINGS: self._opened,
            List.PARTIES: self._refused_parties,
            List.TOLD: self._told,
            List.ROLES: self._turned,
            List.WAITING: self._waiting,
        }

    def rows(self, caller: Caller, wanted: List, question: Question) -> dict[str, Any]:
        """Return a list as `{"list", "rows", "more"}`. Raises NotForYou.

        Hub and auditors: all. A recipient's own lead: its own openings, as plain as whoever asked saw them.
        `parties` is for those outside the line of who asked: never for themselves, nor for anybody of the
        same agency, auditors apart.
        """
        if not sees_all(caller) and not (wanted is List.OPENINGS and caller.role is Role.LEAD):
            raise NotForYou
        asker = Asker(caller, self._restrictions.closed_to(caller))
        found = list(islice(self._found[wanted](asker, question), MOST + 1))
        return {"list": wanted.value, "rows": found[:MOST], "more": len(found) > MOST}

    def _is_open(self, asker: Asker, incident: str | None) -> bool:
        """Say whether an incident is open to the caller; who gave no birth date is never looked up."""
        if incident is not None and incident in asker.closed:
            return False
        identity = self._parties.identity(asker.caller.person)
        if incident is None or identity is None or identity.token is None:
            return True
        return not self._parties.in_incident(identity, self._ledger.incident(incident))

    def _vpas(self, asker: Asker, question: Question) -> Iterator[Vpa]:
        return (vpa for vpa in self._lists.vpas(question.days) if self._is_open(asker, vpa.incident))

    def _not_shared(self, asker: Asker, question: Question) -> Rows:
        for vpa in self._vpas(asker, question):
            if not vpa.shared:
                yield {
                    "event_id": vpa.event_id,
                    "incident": self._alias(vpa.incident, "incident", asker.caller),
                    "began": vpa.began,
                    "risk": vpa.risk,
                    "children": vpa.children,
                    "below_threshold": vpa.children == ChildrenLevel.BELOW_THRESHOLD,
                    "vulnerable_adult": vpa.vulnerable_adult,
                    "withheld": vpa.withheld,
                }

    def _withheld(self, asker: Asker, question: Question) -> Rows:
        for vpa in self._vpas(asker, question):
            for recipient, reason in vpa.withheld.items():
                yield {
                    "event_id": vpa.event_id,
                    "incident": self._alias(vpa.incident, "incident", asker.caller),
                    "began": vpa.began,
                    "recipient": recipient,
                    "reason": reason,
                }

    def _overridden(self, asker: Asker, question: Question) -> Rows:
        every = self._lists.against_consent(question.days)
        found = [each for each in every if self._is_open(asker, each.incident)]
        if question.sample is not None:
            found = sorted(found, key=lambda each: sha256(each.event_id.encode()).digest())[: question.sample]
        for each in found:
            known = each.incident
            incident = self._alias(known, "incident", asker.caller) if known is not None else None
            yield {**each._asdict(), "incident": incident}

    def _opened(self, asker: Asker, question: Question) -> Rows:
        if not sees_all(asker.caller):
            own = OPENING.c.agency == asker.caller.agency
            found = self._openings.within(question.days, MOST + 1, own)
            return (_plain(each, asker.caller) for each in found)
        found = self._openings.within(question.days, MOST + 1)
        return (_opening(each) for each in found if self._is_open(asker, self._incident_of(each)))

    def _refused_parties(self, asker: Asker, question: Question) -> Rows:
        others = [OPENING.c.person != (asker.caller.person or "")]
        if asker.caller.role is not Role.AUDITOR:
            others.append(OPENING.c.agency != asker.caller.agency)
        found = self._openings.within(question.days, MOST + 1, OPENING.c.party, *others)
        return (_opening(each) for each in found if self._is_open(asker, self._incident_of(each)))

    def _told(self, asker: Asker, question: Question) -> Iterator[Mapping[str, Any]]:
        person = unalias(self._key, question.person or "", "person", asker.caller.agency)
        if person is None:
            raise NotForYou
        told = [each for each in self._lists.about(person) if self._is_open(asker, each.incident)]
        opened: dict[str, list[Opening]] = {}
        for opening in self._openings.of_releases(each.release_id for each in told):
            opened.setdefault(opening.release_id, []).append(opening)
        for each in told:
            yield {
                **each._asdict(),
                "incident": self._alias(each.incident, "incident", asker.caller),
                "sections": list(each.sections),
                "opened": [
                    {"by": one.person, "at": one.at, "purpose": one.purpose, "sections": list(one.sections)}
                    for one in opened.get(each.release_id, ())
                    if not one.refused
                ],
            }

    def _turned(self, asker: Asker, question: Question) -> Rows:
        for each in self._lists.naming_both_sides(question.days):
            incident = self._ledger.incident(each.incident) if each.incident is not None else None
            if incident is None or each.event_id not in incident.turned:
                continue
            if each.incident is not None and self._is_open(asker, each.incident):
                yield {
                    "event_id": each.event_id,
                    "event_type": each.event_type,
                    "incident": self._alias(each.incident, "incident", asker.caller),
                    "publisher": each.publisher,
                    "since": each.decided_at,
                    "waits": not incident.roles_settled,
                }

    def _waiting(self, asker: Asker, question: Question) -> Rows:
        """Yield what waits for the Hub's review, what ends its time first; then what may wait for ever."""
        policy, now = self._policy_in_force(), self._ledger.taking_part().time
        rows = (self._awaited(asker, vpa, policy) for vpa in self._lists.unreviewed(question.days))
        found = [row for row in rows if row is not None]
        for row, due in sorted(found, key=lambda each: (each[1] is None, each[1] or each[0]["began"])):
            yield {**row, "review_by": format_time(due) if due else None, "overdue": _is_past(due, now)}

    def _awaited(
        self, asker: Asker, vpa: Vpa, policy: Policy | None
    ) -> tuple[dict[str, Any], datetime | None] | None:
        incident = self._ledger.incident(vpa.incident) if self._is_open(asker, vpa.incident) else None
        if incident is None or incident.raised is None:
            return None
        due = review_due(incident.raised, incident, policy) if policy is not None else None
        row = {
            "event_id": vpa.event_id,
            "incident": self._alias(vpa.incident, "incident", asker.caller),
            "began": vpa.began,
            "risk": vpa.risk,
            "children": vpa.children,
            "recorded_at": format_time(incident.raised.recorded_at),
        }
        return row, due

    def _policy_in_force(self) -> Policy | None:
        known = self._ledger.policy()
        return parse(known.text) if known is not None else None

    def _incident_of(self, opening: Opening) -> str | None:
        release = self._ledger.release(opening.release_id)
        return release.incident if release is not None else None

    def _alias(self, internal: str, kind: Kind, caller: Caller) -> str:
        return alias(self._key, internal, kind, caller.agency)


def _is_past(due: datetime | None, now: datetime | None) -> bool:
    return due is not None and now is not None and due <= now


def _plain(opening: Opening, caller: Caller) -> Mapping[str, Any]:
    """Return a row as whoever asked could see it: nothing of another's release, nor why it was refused."""
    row = dict(_opening(opening))
    del row["party"]
    if opening.recipient != caller.agency:
        row |= {"event_id": None, "recipient": None}
    return row


def _opening(opening: Opening) -> Mapping[str, Any]:
    row = opening._asdict()
    del row["offset"]
    return {**row, "sections": list(opening.sections)}

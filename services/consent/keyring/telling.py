"""Tell who asks what was decided about an event, as far as they may know (design 5)."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from services.consent.flow.decision import Answer
from services.consent.flow.explain import Case, Known, explain
from services.consent.flow.unclassified import ALL_OTHER_SCHOOLS
from services.consent.keyring.agreed import Agreements, Said, agreed_at
from services.consent.keyring.handles import handle
from services.consent.keyring.parties import Parties
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.rights import may_be_told, sees_all
from services.consent.rules.not_shared import NOT_SHARED
from services.consent.rules.policy import EDUCATION, Policy
from services.consent.rules.reading import parse
from services.consent.rules.route import NOT_OWED, TAKEN_BACK
from services.consent.rules.two_sides import COUNTER_ALLEGATION
from services.consent.state.entities import Incident
from services.consent.store.ledger import NO_INCIDENT, Answered, Closing, Ledger
from services.eventlog.aliases import alias, unalias
from services.eventlog.ids import event_id
from services.runtime.identity import Caller
from services.vocabulary.agencies import HUB, is_school
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import Outcome, Reason, ReleaseKind
from services.vocabulary.times import format_time

EVERY_OTHER_SCHOOL = "Every other school"
EVENT_ID = re.compile(r"[0-9A-Za-z_.:-]{1,64}", re.ASCII)
"""What an id in the log may be written with; anything else can only be a publisher's own."""

PUT_RIGHT = "A correction has taken its place."


class NothingToTell(Exception):
    """There is no such event, or nothing about it that the caller may know: the two look alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Who is registered, what people call them, and the keys that turn ids into names."""

    publishers: tuple[str, ...]
    title_of: Callable[[str], str]
    id_key: bytes
    alias_key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class _Latest:
    """A recipient's answer as it stands, and the decision that gave it. `since`: when it was first so."""

    answer: Answer
    given: Answered
    since: datetime
    corrected: bool = False


class Teller:
    """Explains decisions from the ledger."""

    def __init__(
        self,
        ledger: Ledger,
        registry: Registry,
        parties: Parties,
        restrictions: Restrictions,
        agreements: Agreements,
    ) -> None:
        self._ledger = ledger
        self._agreements = agreements
        self._parties = parties
        self._restrictions = restrictions
        self._registry = registry
        self._policy = lru_cache(maxsize=32)(self._parsed)

    def about_event(self, caller: Caller, event: str, to: str | None) -> Mapping[str, Any]:
        """Return the decisions on an event, known by the log's id or by its publisher's own.

        Raises NothingToTell where there is nothing the caller may know, having asked the ledger and the keys
        what it asks where there is no such event; and `Unavailable` where the log, which is asked for the
        versions of agreements, does not answer.
        """
        given = self._ledger.about(self._ids(caller, event))
        incident = given[0].incident if given else None
        stands = self._open_to(caller, incident)
        latest = [each for each in self._latest(given, to) if self._may(caller, each.answer)]
        rows = [
            _hidden(each, caller) for each in self._as_it_stands(latest) if self._may(caller, each.answer)
        ]
        if not rows:
            raise NothingToTell
        known = Known(
            event_type=given[0].event_type,
            incident=stands,
            person_of=self._ledger.person,
        )
        said = self._agreements.said()
        knows = incident is not None and (sees_all(caller) or _was_told(caller, given))
        return {
            "event_id": given[0].event_id,
            "event_type": given[0].event_type,
            "incident": alias(self._registry.alias_key, incident or "", "incident", caller.agency)
            if knows
            else None,
            "decisions": [self._told(each, known, said) for each in rows],
        }

    def about_incident(self, caller: Caller, text: str) -> Mapping[str, Any]:
        """Return who may see what of an incident now. For the Hub and auditors. Raises NothingToTell."""
        _, given = self.given(caller, text)
        return {"incident": text, "sharing": sharing(given)}

    def handle(self, caller: Caller, person: str) -> str:
        """Return what a caller calls an adult victim of whom they ask who was told."""
        return handle(self._registry.alias_key, person, caller.agency)

    def given(self, caller: Caller, text: str) -> tuple[str, Sequence[Answered]]:
        """Return an incident by the caller's alias, and every answer given of it, in order.

        For the Hub and auditors. Raises NothingToTell.
        """
        incident = unalias(self._registry.alias_key, text, "incident", caller.agency)
        if not sees_all(caller):
            raise NothingToTell
        given = tuple(self._ledger.of_incident(incident or NO_INCIDENT))
        self._open_to(caller, incident)
        if incident is None or not _standing(given):
            raise NothingToTell
        return incident, given

    def _open_to(self, caller: Caller, key: str | None) -> Incident | None:
        """Return an incident. Raises NothingToTell where it is about the caller, or restricted to others.

        Asks the same of an incident that there is not.
        """
        incident = self._ledger.incident(key or NO_INCIDENT)
        closed = self._parties.is_closed(caller.person, incident)
        may_look = self._restrictions.may_look(caller, incident)
        if closed or not may_look:
            raise NothingToTell
        return incident if incident is None or sees_all(caller) else incident._replace(not_shared=())

    def _may(self, caller: Caller, answer: Answer) -> bool:
        return may_be_told(caller, answer.recipient, answer.outcome)

    def _ids(self, caller: Caller, event: str) -> Iterator[str]:
        """Yield what the event's id in the log may be: as given, else as each publisher's own."""
        if EVENT_ID.fullmatch(event):
            yield event
        for agency in dict.fromkeys((caller.agency, HUB, *self._registry.publishers)):
            yield event_id(self._registry.id_key, agency, event)

    def _latest(self, given: Iterable[Answered], to: str | None) -> Iterator[_Latest]:
        latest: dict[str, _Latest] = {}
        for each in given:
            for answer in each.answers:
                latest[answer.recipient] = _Latest(answer=answer, given=each, since=each.decided_at)
        if to is None:
            yield from latest.values()
        elif to in latest:
            yield latest[to]
        elif is_school(to) and to in self._registry.publishers and ALL_OTHER_SCHOOLS in latest:
            yield latest[ALL_OTHER_SCHOOLS]

    def _as_it_stands(self, latest: Iterable[_Latest]) -> Iterator[_Latest]:
        """Yield answers, a permit whose release was since recalled or corrected as what it is now: ended."""
        rows = list(latest)
        permits = {each.given.event_id for each in rows if each.answer.outcome is Outcome.PERMIT}
        closed = {event: self._ledger.closed(event) for event in permits}
        for each in rows:
            ended = closed.get(each.given.event_id, {}).get(each.answer.recipient)
            permit = each.answer.outcome is Outcome.PERMIT
            yield _ended(each, ended) if permit and ended is not None else each

    def _told(self, latest: _Latest, known: Known, said: Iterable[Said]) -> Mapping[str, Any]:
        answer, given = latest.answer, latest.given
        case = Case(
            known=known,
            decided_at=given.decided_at,
            policy=self._policy(given.policy),
            agreements=agreed_at(said, given.decided_at),
        )
        text = explain(answer, self._title(answer.recipient), case)
        return {**_row(latest), "text": f"{text} {PUT_RIGHT}" if latest.corrected else text}

    def _title(self, recipient: str) -> str:
        return EVERY_OTHER_SCHOOL if recipient == ALL_OTHER_SCHOOLS else self._registry.title_of(recipient)

    def _parsed(self, policy: str) -> Policy | None:
        known = self._ledger.policy(policy) if policy else None
        return parse(known.text) if known is not None else None


def _was_told(caller: Caller, given: Iterable[Answered]) -> bool:
    """Say whether a caller's agency was ever released an event: only then has it a name for the incident.

    Denials alone give it none: it would tie together events of which it is told nothing.
    """
    answers = (answer for each in given for answer in each.answers)
    return any(a.recipient == caller.agency and a.outcome is Outcome.PERMIT for a in answers)


def _ended(latest: _Latest, by: Closing) -> _Latest:
    """Return the answer that a recall or a correction has made of a permit."""
    answer = latest.answer._replace(
        outcome=Outcome.DENY, ground=None, reason=by.reason, sections=(), leaves=()
    )
    given = replace(latest.given, cause=by.cause, policy=by.policy, decided_at=by.decided_at)
    return _Latest(
        answer=answer,
        given=given,
        since=by.decided_at,
        corrected=by.kind is ReleaseKind.CORRECTED,
    )


def _hidden(latest: _Latest, caller: Caller) -> _Latest:
    """Return an answer as a caller may know it: that it was decided not to share with somebody is for nobody
    there to find out, because a relative may work on that team; that roles were turned round, for nobody who
    is not told of it; why a school is not told of a pupil, for nobody at the school, where a parent may work.
    All look like what no rule owes.
    """
    of_pupil = is_school(latest.answer.recipient) and latest.answer.reason is Reason.RESTRICTED
    if sees_all(caller) or not (of_pupil or latest.answer.rule in (NOT_SHARED, COUNTER_ALLEGATION)):
        return latest
    plain = latest.answer._replace(rule=NOT_OWED, reason=Reason.NOT_OWED, owed=False)
    return replace(latest, answer=plain)


def _row(latest: _Latest) -> dict[str, Any]:
    answer = latest.answer
    return {
        "recipient": answer.recipient,
        "outcome": answer.outcome,
        "owed": answer.owed,
        "rule": answer.rule,
        "ground": answer.ground,
        "reason": answer.reason,
        "sections": list(answer.sections),
        "policy": latest.given.policy,
        "decision_version": latest.given.version,
        "cause": latest.given.cause,
        "decided_at": format_time(latest.given.decided_at),
    }


def sharing(given: Iterable[Answered]) -> list[dict[str, Any]]:
    """Return who may see what of an incident's forms, as it stands, and since when they are told, or not."""
    return [{**_row(each), "since": format_time(each.since)} for each in _standing(given).values()]


def _standing(given: Iterable[Answered]) -> dict[str, _Latest]:
    """Return each recipient's answer about an incident's forms as it stands.

    A school told of its pupils stays told, whatever later forms add, until a correction says otherwise, or
    the form is taken back.
    """
    standing: dict[str, _Latest] = {}
    own = {each.event_id: each.event_type for each in given if each.cause == each.event_id}
    corrected = {event_id for event_id, event_type in own.items() if event_type == EventType.VPA_CORRECTED}
    for each in given:
        if own.get(each.event_id) not in VPA_FAMILY:
            continue
        for answer in each.answers:
            known = standing.get(answer.recipient)
            told = known is not None and known.answer.outcome is Outcome.PERMIT
            stays = told and (is_school(answer.recipient) or answer.recipient == EDUCATION)
            if answer.recipient == ALL_OTHER_SCHOOLS:
                continue
            is_right = each.event_id in corrected or answer.rule == TAKEN_BACK
            if not stays or answer.outcome is Outcome.PERMIT or is_right:
                same = known if known and known.answer.outcome is answer.outcome else None
                since = same.since if same else each.decided_at
                standing[answer.recipient] = _Latest(answer=answer, given=each, since=since)
    return standing

"""The ledger's lists, as far as whoever asks may know them (NA 4.13, 4.22; issue 4, 11).

not-shared   VPAs that reached nobody, those with children below the threshold among them
withheld     what is owed and has no ground, by recipient
overridden   overrides, and decisions not to share although owed, and which count; a sample on request
own-word     what agencies said that is a ground for themselves, who confirmed it, and what rests on it
openings     who opened what for what purpose, and who was refused
parties      who asked to open what is about themselves or their home
told         everything anybody was released about one person, and who opened it
waiting      raised VPAs that the Hub has not reviewed, danger first, with until when it may
erasures     orders to erase a person, how far each has come, and legal holds
unanswered   what was expected of a recipient, or asked back, that it has not answered
roles        reports that turn round who was known to harm whom, and which of them wait for the Hub
held-back    danger that somebody is owed who takes no part just now, and is not told
put-right    corrections, and what was taken back: who had been sent it, opened it, was told, confirmed
undecided    what the gate could not read, or on which a rule failed, and has not decided since
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import ColumnElement

from services.consent.flow.ledger import RELEASE_ID
from services.consent.flow.undecided import EVERYBODY
from services.consent.keyring import erasures
from services.consent.keyring.asking import (
    NEVER,
    Asker,
    List,
    NotForYou,
    Question,
    Row,
    Rows,
    following,
    in_order,
    is_drawn,
    order_of,
)
from services.consent.keyring.handles import person_behind
from services.consent.keyring.held_back import held_back
from services.consent.keyring.overridden import Now, overridden_rows
from services.consent.keyring.own_word import OwnWord
from services.consent.keyring.paging import cursor, place_of
from services.consent.keyring.parties import Parties
from services.consent.keyring.put_right import PutRight
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.rights import PARTNERSHIP, sees_all
from services.consent.keyring.shown import as_seen, plain
from services.consent.keyring.stated import States
from services.consent.keyring.told import told_rows
from services.consent.keyring.unanswered import is_past, unanswered_rows
from services.consent.keyring.whom import Whom
from services.consent.rules.danger import review_due
from services.consent.rules.policy import Policy
from services.consent.rules.reading import parse
from services.consent.state.sides import age_of, how_far
from services.consent.store.ledger import NO_INCIDENT, Ledger
from services.consent.store.lists import Lists, Vpa
from services.consent.store.openings import OPENING, Opening, Openings
from services.eventlog.aliases import Kind, alias
from services.runtime.identity import Caller
from services.runtime.partnership import Role
from services.vocabulary.risk import ChildrenLevel
from services.vocabulary.times import format_time

AT_ONCE = 200
"""Openings read at once."""

LAST = 10**18
"""An offset that no opening has."""

OF_ONES_OWN = frozenset({List.OPENINGS, List.OWN_WORD})
"""Lists an agency's own lead has, of their own agency alone."""


class Ledgers:
    """Answers for the lists. What is closed to the caller, because it is about them, is left out of each."""

    def __init__(
        self,
        lists: Lists,
        openings: Openings,
        ledger: Ledger,
        parties: Parties,
        restrictions: Restrictions,
        whom: Whom,
        states: States,
        alias_key: bytes,
    ) -> None:
        self._lists = lists
        self._openings = openings
        self._ledger = ledger
        self._parties = parties
        self._restrictions = restrictions
        self._whom = whom
        self._states = states
        self._righted = PutRight(lists.put_right, openings, states)
        self._own = OwnWord(lists.own_words, ledger, states)
        self._key = alias_key
        self._found: Mapping[List, Callable[[Asker, Question, str], Rows]] = {
            List.NOT_SHARED: self._not_shared,
            List.WITHHELD: self._withheld,
            List.OVERRIDDEN: self._overridden,
            List.OWN_WORD: self._own_words,
            List.OPENINGS: self._opened,
            List.PARTIES: self._refused_parties,
            List.TOLD: self._told,
            List.ROLES: self._turned,
            List.WAITING: self._waiting,
            List.ERASURES: self._erasures,
            List.UNANSWERED: self._unanswered,
            List.UNDECIDED: self._undecided,
            List.HELD_BACK: self._held_back,
            List.PUT_RIGHT: self._put_right,
        }

    def names(self, caller: Caller) -> tuple[List, ...]:
        """Return the lists a caller may have: the Hub and auditors all, an agency's lead those of its own."""
        return tuple(each for each in List if _may_have(caller, each))

    def rows(self, caller: Caller, wanted: List, question: Question) -> dict[str, Any]:
        """Return a list as `{"list", "rows", "more", "next"}`. Raises NotForYou.

        Hub and auditors: all. An agency's own lead: its own openings, as plain as whoever asked saw them, and
        what its people said for themselves.
        `parties` is for those outside the line of who asked, the Hub and the office's lead: never for
        themselves, nor for anybody of the same agency, auditors apart. `next`: the cursor of what follows,
        None where nothing does. A cursor that is none of the caller's begins nowhere: it is as absent as a
        list that is not theirs.
        `seed`, where a sample was drawn: the same question with it draws the same.
        """
        if not _may_have(caller, wanted):
            raise NotForYou
        order = order_of(wanted, question)
        name = f"{wanted} {order}"
        place = self._place(caller, name, question.after)
        rows = self._found[wanted](Asker(caller, self._restrictions.closed_to(caller)), question, place)
        found = list(islice(following(rows, order, place), question.limit + 1))
        shown, more = found[: question.limit], len(found) > question.limit
        after = cursor(self._key, shown[-1][0], name, caller.agency) if more else None
        answer = {"list": wanted.value, "rows": [row for _, row in shown], "more": more, "next": after}
        return {**answer, "seed": question.seed} if is_drawn(wanted, question) else answer

    def opened(self, caller: Caller, releases: Iterable[str]) -> list[str]:
        """Return which of these releases anybody in the caller's own agency has opened.

        Of a release to another agency, and of one that does not exist, that is never so. Raises NotForYou
        for a first responder, who reads no inbox, and where nobody is named.
        """
        if caller.person is None or caller.role is Role.RESPONDER:
            raise NotForYou
        found = self._openings.of_releases(filter(RELEASE_ID.fullmatch, releases))
        ours = (each for each in found if each.agency == caller.agency and each.sections)
        return sorted({each.release_id for each in ours})

    def _place(self, caller: Caller, name: str, after: str | None) -> str:
        if after is None:
            return ""
        place = place_of(self._key, after, name, caller.agency)
        if place is None:
            raise NotForYou
        return place

    def _is_open(self, asker: Asker, incident: str | None) -> bool:
        """Say whether an incident is open to the caller; who gave no birth date is never looked up."""
        if incident is not None and incident in asker.closed:
            return False
        identity = self._parties.identity(asker.caller.person)
        if incident is None or identity is None or identity.token is None:
            return True
        return not self._parties.in_incident(identity, self._ledger.incident(incident))

    def _vpas(self, asker: Asker, question: Question) -> list[Vpa]:
        """Return the VPAs that are open to the caller, by when they began."""
        found = (vpa for vpa in self._lists.vpas(question.days) if self._is_open(asker, vpa.incident))
        return sorted(found, key=_place_of)

    def _not_shared(self, asker: Asker, question: Question, _place: str) -> Rows:
        for vpa in self._vpas(asker, question):
            below = vpa.children == ChildrenLevel.BELOW_THRESHOLD
            if not vpa.shared and question.below_threshold in (None, below):
                yield (
                    _place_of(vpa),
                    {
                        "event_id": vpa.event_id,
                        "incident": self._alias(vpa.incident, "incident", asker.caller),
                        "began": vpa.began,
                        "risk": vpa.risk,
                        "children": vpa.children,
                        "below_threshold": below,
                        "vulnerable_adult": vpa.vulnerable_adult,
                        "withheld": vpa.withheld,
                    },
                )

    def _withheld(self, asker: Asker, question: Question, _place: str) -> Rows:
        for vpa in self._vpas(asker, question):
            for recipient, reason in sorted(vpa.withheld.items()):
                yield (
                    f"{_place_of(vpa)} {recipient}",
                    {
                        "event_id": vpa.event_id,
                        "incident": self._alias(vpa.incident, "incident", asker.caller),
                        "began": vpa.began,
                        "recipient": recipient,
                        "reason": reason,
                    },
                )

    def _overridden(self, asker: Asker, question: Question, place: str) -> Rows:
        every = self._lists.against_consent(question.days)
        found = (each for each in every if self._is_open(asker, each.incident))
        now = Now(self._policy_in_force(), self._ledger.incident)
        for where, incident, row in overridden_rows(found, self._states, now, question, place):
            yield where, {**row, "incident": self._named(incident, asker)}

    def _own_words(self, asker: Asker, question: Question, place: str) -> Rows:
        of = None if sees_all(asker.caller) else asker.caller.agency
        for where, incident, row in self._own.rows(of, partial(self._is_open, asker), question, place):
            yield where, {**row, "incident": self._named(incident, asker)}

    def _opened(self, asker: Asker, question: Question, place: str) -> Rows:
        if sees_all(asker.caller):
            return self._open_openings(asker, question, place, as_seen)
        return self._open_openings(asker, question, place, plain, OPENING.c.agency == asker.caller.agency)

    def _refused_parties(self, asker: Asker, question: Question, place: str) -> Rows:
        others = [OPENING.c.person != (asker.caller.person or "")]
        if asker.caller.role is not Role.AUDITOR:
            others.append(OPENING.c.agency != asker.caller.agency)
        if asker.caller.agency == PARTNERSHIP:  # who may look says nothing of who asked
            asker = asker._replace(closed=frozenset())
        return self._open_openings(asker, question, place, as_seen, OPENING.c.party, *others)

    def _open_openings(
        self,
        asker: Asker,
        question: Question,
        place: str,
        shown: Callable[[Opening, Caller], Row],
        *conditions: ColumnElement[bool],
    ) -> Rows:
        """Yield what is open to the caller, each as `shown` to them."""
        for each in self._openings_of(question, place, *conditions):
            if self._is_open(asker, self._incident_of(each)):
                yield _latest(each), shown(each, asker.caller)

    def _openings_of(
        self, question: Question, place: str, *conditions: ColumnElement[bool]
    ) -> Iterator[Opening]:
        """Yield openings from a place on, the latest first, read a few at a time as they are asked for."""
        before = LAST - int(place) if place else LAST
        while found := self._openings.within(question.days, AT_ONCE, OPENING.c.offset < before, *conditions):
            yield from found
            before = found[-1].offset

    def _told(self, asker: Asker, question: Question, _place: str) -> Rows:
        person = self._asked_about(asker, question)
        if person is None:
            raise NotForYou
        told = [each for each in self._lists.about(person) if self._is_open(asker, each.incident)]
        opened = self._openings.of_releases(each.release_id for each in told)
        for number, (each, row) in enumerate(told_rows(told, opened)):
            yield in_order(number), {**row, "incident": self._alias(each.incident, "incident", asker.caller)}

    def _asked_about(self, asker: Asker, question: Question) -> str | None:
        """Return who is asked about; None, asked alike, also where the event is closed to the caller."""
        if question.named is None:
            return person_behind(self._key, question.person or "", asker.caller.agency)
        incident = self._whom.incident(question.named)
        known = self._ledger.incident(incident or NO_INCIDENT)
        is_closed = self._parties.is_closed(asker.caller.person, known) or incident in asker.closed
        return self._whom.find(question.named) if incident is not None and not is_closed else None

    def _turned(self, asker: Asker, question: Question, _place: str) -> Rows:
        for each in self._lists.naming_both_sides(question.days):
            incident = self._ledger.incident(each.incident) if each.incident is not None else None
            if incident is None or each.event_id not in incident.turned:
                continue
            if each.incident is not None and self._is_open(asker, each.incident):
                row = {
                    "event_id": each.event_id,
                    "event_type": each.event_type,
                    "incident": self._named(each.incident, asker),
                    "publisher": each.publisher,
                    "since": each.decided_at,
                    "looked": how_far(incident, each.event_id),
                }
                yield in_order(each.offset), row

    def _waiting(self, asker: Asker, question: Question, _place: str) -> Rows:
        """Yield what waits for the Hub's review, what ends its time first; then what may wait for ever."""
        policy, now = self._policy_in_force(), self._ledger.taking_part().time
        rows = (self._awaited(asker, vpa, policy) for vpa in self._lists.unreviewed(question.days))
        found = [row for row in rows if row is not None]
        for place, row, due in sorted(found, key=itemgetter(0)):
            by = format_time(due) if due is not None else None
            yield place, {**row, "review_by": by, "overdue": is_past(due, now)}

    def _awaited(
        self, asker: Asker, vpa: Vpa, policy: Policy | None
    ) -> tuple[str, dict[str, Any], datetime | None] | None:
        incident = self._ledger.incident(vpa.incident) if self._is_open(asker, vpa.incident) else None
        if incident is None or incident.raised is None:
            return None
        age = age_of(self._ledger.person, incident, incident.raised)
        due = review_due(incident.raised, age, policy) if policy is not None else None
        row = {
            "event_id": incident.raised.event_id,
            "incident": self._alias(vpa.incident, "incident", asker.caller),
            "began": vpa.began,
            "risk": incident.raised.grades.risk.value,
            "children": incident.raised.grades.children.value,
            "recorded_at": format_time(incident.raised.recorded_at),
        }
        ends = format_time(due) if due is not None else NEVER
        return f"{ends} {_place_of(vpa)}", row, due

    def _unanswered(self, asker: Asker, question: Question, _place: str) -> Rows:
        for place, incident, row in unanswered_rows(self._ledger, question):
            if self._is_open(asker, incident):
                yield place, {**row, "incident": self._named(incident, asker)}

    def _undecided(self, asker: Asker, question: Question, _place: str) -> Rows:
        for each in self._lists.undecided(question.days):
            if self._is_open(asker, each.incident):
                row = {
                    "event_id": each.event_id,
                    "event_type": each.event_type,
                    "incident": self._named(each.incident, asker),
                    "offset": each.offset,
                    "recipient": None if each.recipient == EVERYBODY else each.recipient,
                    "reason": each.cause,
                    "since": each.since,
                }
                yield f"{in_order(each.last)} {each.recipient} {each.event_id}", row

    def _held_back(self, asker: Asker, question: Question, _place: str) -> Rows:
        for each in sorted(held_back(self._ledger), key=attrgetter("since", "form.offset", "recipient")):
            if question.days.hold(each.since) and self._is_open(asker, each.incident):
                since = format_time(each.since)
                row = {
                    "event_id": each.form.event_id,
                    "event_type": each.form.type,
                    "incident": self._alias(each.incident, "incident", asker.caller),
                    "recipient": each.recipient,
                    "reason": each.why,
                    "risk": each.form.grades.risk,
                    "children": each.form.grades.children,
                    "since": since,
                }
                yield f"{since} {in_order(each.form.offset)} {each.recipient}", row

    def _put_right(self, asker: Asker, question: Question, place: str) -> Rows:
        every = self._lists.put_right.all(question.days)
        found = (each for each in every if self._is_open(asker, each.incident))
        for where, incident, row in self._righted.rows(found, question, place):
            yield where, {**row, "incident": self._named(incident, asker)}

    def _erasures(self, asker: Asker, _question: Question, _place: str) -> Rows:
        return erasures.listed(
            self._ledger.erasures(), lambda person: self._alias(person, "person", asker.caller)
        )

    def _policy_in_force(self) -> Policy | None:
        known = self._ledger.policy()
        return parse(known.text) if known is not None else None

    def _incident_of(self, opening: Opening) -> str | None:
        release = self._ledger.release(opening.release_id)
        return release.incident if release is not None else None

    def _named(self, incident: str | None, asker: Asker) -> str | None:
        return self._alias(incident, "incident", asker.caller) if incident is not None else None

    def _alias(self, internal: str, kind: Kind, caller: Caller) -> str:
        return alias(self._key, internal, kind, caller.agency)


def _may_have(caller: Caller, wanted: List) -> bool:
    if wanted is List.ERASURES:
        return erasures.may_list(caller)
    if wanted is List.PARTIES and caller.agency == PARTNERSHIP and caller.role is Role.LEAD:
        return True
    return sees_all(caller) or (wanted in OF_ONES_OWN and caller.role is Role.LEAD)


def _place_of(vpa: Vpa) -> str:
    return f"{vpa.began} {vpa.incident}"


def _latest(opening: Opening) -> str:
    """Return the place of an opening, where the latest comes first."""
    return f"{LAST - opening.offset:020d}"

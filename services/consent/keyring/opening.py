"""Open sections for a named person and a purpose. On the record first, shown second."""

import json
import logging
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from services.consent.keyring.known import events_of
from services.consent.keyring.parties import CONTACT, TELLING, Content, Identity, Parties, is_named
from services.consent.keyring.restricting import Restrictions
from services.consent.keyring.rights import FACTS, base, openable
from services.consent.keyring.sides import Sides, answered, helped, taken_back
from services.consent.keyring.still_stands import StillStands
from services.consent.keyring.unsealing import Fetches, Keys, SealedEvent, Unsealer
from services.consent.state.entities import Incident
from services.consent.store.ledger import Ledger, Released
from services.eventlog.records import Record
from services.eventlog.topics import LOG, OPENINGS
from services.runtime import telemetry
from services.runtime.clock import Clock, elapsed, rest
from services.runtime.identity import Caller
from services.vocabulary.grounds import ONCE
from services.vocabulary.sides import Client
from services.vocabulary.times import format_time

WAIT_SECONDS = 2.0
"""How long an opening waits for the gate to reach the log's end before it says to come back."""

LOOK_SECONDS = 0.01
RELEASE_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
UNKNOWN = "unknown"
"""Recorded in place of a release id that cannot be one: what a caller made up is not kept."""

log = logging.getLogger("sightline.keyring")

_dumps = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class Refused(Exception):
    """There is nothing here for the caller: forbidden, unknown and erased are one and the same."""


class Party(Refused):
    """The caller, or their household, is a party to it: closed to them, and somebody elsewhere is told."""


class Busy(Exception):
    """The gate has not reached the log's end in time: ask again."""


class Appends(Protocol):
    """What opening needs of a writer."""

    def append(self, topic: str, records: Sequence[Record]) -> object:
        """Append and return once acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a caller asks to open; `sections` None: all that was released."""

    release_id: str
    purpose: str
    sections: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a caller may open of a release: its content is in memory, and nobody was shown any of it."""

    release: Released
    event: SealedEvent
    sections: Mapping[str, Mapping[str, Any]] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """Content by section name, and the id its opening is on record under."""

    sections: Mapping[str, Mapping[str, Any]]
    opening_id: str


class Opener:
    """Opens what a decision released."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        log: Fetches,
        openings: Appends,
        keys: Keys,
        parties: Parties,
        restrictions: Restrictions,
        sides: Sides,
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._log = log
        self._openings = openings
        self._unsealer = Unsealer(log, keys)
        self._parties = parties
        self._restrictions = restrictions
        self._sides = sides
        self._clock = clock
        self._stands = StillStands(ledger, clock)
        self._new_id = new_id

    def open(self, caller: Caller, request: Request) -> Opened:
        """Return the content asked for.

        1. Find the release among those the caller may open anything of. One that is not there may be on
           its way: wait for the gate. What is another's, or closed to an agency that is suspended, waits
           just as long as what never was.
        2. Check that it stands, is in time, released every section asked for, and that neither the event
        nor another of its incident is about the caller or their home; that it is not restricted to others;
        and leave out, or refuse where asked for, what is the other side's of a case the caller works on.
        3. Where its ground can end, wait until the gate has reached the log's end as it was when
           asked, and check again: a withdrawal receipted before is honoured.
        4. Open what can be: of the erased there is nothing, which refuses where it was asked for by name.
        5. Append the opening to `openings` and wait for the acknowledgement.

        Raises Refused, itself on record, with nothing to tell a forbidden release from one that never
        was; Busy, which says nothing of the release and is not on record; and `Unavailable` where the
        log does not answer, having shown nothing.
        """
        try:
            found = self.found(caller, request)
        except Refused as error:
            self.refused(caller, request, error)
            raise Refused from None
        opening_id = self._record(caller, request, found.release, names=tuple(found.sections))
        return Opened(sections=found.sections, opening_id=opening_id)

    def found(self, caller: Caller, request: Request) -> Found:
        """Return what `open` would show, by its first four steps, and put nothing on record.

        For who asks about what may be opened, and is shown none of it. Raises as `open` does.
        """
        release, names = self._checked(caller, request)
        event = self._unsealer.event(release.event_offset)
        return self._seen(caller, request, release, names, event, self._sides)

    def found_in(self, caller: Caller, request: Request, event: SealedEvent, sides: Sides) -> Found:
        """Return what `found` does, of one release of many: its event was read already, and `sides` remembers
        what it knows from one to the next.
        """
        release, names = self._checked(caller, request)
        if release.event_id != event.id:
            raise Refused
        return self._seen(caller, request, release, names, event, sides)

    def _seen(
        self,
        caller: Caller,
        request: Request,
        release: Released,
        names: tuple[str, ...],
        event: SealedEvent,
        sides: Sides,
    ) -> Found:
        incident = self._incident(release)
        self._require_no_party(caller, incident, event)
        if not self._restrictions.may_open(caller, release, incident):
            raise Refused
        closed = sides.closed(caller, incident, event, names, self._helps(release, event))
        names = _of_own_side(request, names, closed)
        content = self._content(release, names, event)
        if not content or (request.sections is not None and len(content) < len(names)):
            raise Refused
        return Found(release=release, event=event, sections=content)

    def asked(self, caller: Caller, request: Request, release: Released, about: str) -> str:
        """Put on record that somebody asked where else the person in a section stands, and was shown nothing
        of it. Returns the record's id once it is kept.
        """
        return self._record(caller, request, release, names=(), about=about)

    def refused(self, caller: Caller, request: Request, error: Refused) -> None:
        """Put a refused attempt on record."""
        about = self._known(request.release_id)
        self._record(caller, request, about, names=None, party=isinstance(error, Party))

    def _checked(self, caller: Caller, request: Request) -> tuple[Released, tuple[str, ...]]:
        release = self._found(caller, request.release_id)
        names = self._allowed(caller, request, release)
        if self._stands.can_end(release):
            self._await_gate()
            release = self._found(caller, request.release_id)
            names = self._allowed(caller, request, release)
        return release, names

    def _incident(self, release: Released) -> Incident | None:
        return self._ledger.incident(release.incident) if release.incident is not None else None

    def _helps(self, release: Released, event: SealedEvent) -> Client | None:
        """Return whose help an event is about; of an expectation met, whose that is which it answers.

        Of a retraction, whose help that was about which is taken back: it says why in words.
        """
        says = tuple(self._unsealer.telling(event, {FACTS}))
        helps = helped(event.type, says, release.recipient)
        about = self._answered(release, event, says)
        if about is None or about.incident != release.incident:
            return helps
        first = self._unsealer.event(about.event_offset)
        return helped(first.type, self._unsealer.telling(first, {FACTS}), release.recipient) or helps

    def _answered(self, release: Released, event: SealedEvent, says: Iterable[Content]) -> Released | None:
        """Return the release that an event answers, or that of what it takes back; None: there is none."""
        answers = answered(event.type, says)
        if answers is not None:
            return self._known(answers)
        of = taken_back(event.type, says)
        if of is None or release.incident is None:
            return None
        theirs = self._ledger.released(release.recipient, {release.incident})
        return next((each for each in theirs if each.event_id == of), None)

    def _require_no_party(self, caller: Caller, incident: Incident | None, event: SealedEvent) -> None:
        identity = self._parties.identity(caller.person)
        if identity is None:
            return
        says = self._unsealer.telling(event, TELLING)
        known = self._parties.in_incident(identity, incident)
        if known or is_named(identity, says) or self._lives_there(identity, incident, event):
            raise Party

    def _lives_there(self, identity: Identity, incident: Incident | None, event: SealedEvent) -> bool:
        """Say whether another event of the incident gives the caller's home: few say where anybody lives."""
        if identity.home is None:
            return False
        others = [form for form in events_of(incident) if form.event_id != event.id]
        saying = [form.offset for form in others if any(at.name == CONTACT for at in form.sections)]
        saying += self._gone(incident)
        homes = (self._unsealer.telling(each, {CONTACT}) for each in self._unsealer.events(saying))
        return any(is_named(identity, says) for says in homes)

    def _gone(self, incident: Incident | None) -> list[int]:
        """Return where events stand that were taken back: what they closed to a household stays closed."""
        gone = incident.taken_back if incident is not None else {}
        return self._ledger.offsets(gone) if gone else []

    def _found(self, caller: Caller, release_id: str) -> Released:
        release = self._openable(caller, release_id)
        if release is None:
            self._await_gate()
            release = self._openable(caller, release_id)
        if release is None:
            raise Refused
        return release

    def _openable(self, caller: Caller, release_id: str) -> Released | None:
        """Return a release the caller may open anything of. Asks the same, whether there is one or not.

        Who is suspended opens nothing but what it published itself: the reason may be that others look with
        its people's eyes. What an agreement that has ended let it have, it had lawfully, and opens.
        """
        suspended = self._ledger.taking_part().suspended
        release = self._known(release_id)
        if release is None or not openable(caller, release):
            return None
        return release if caller.agency not in suspended or release.ground in ONCE else None

    def _known(self, release_id: str) -> Released | None:
        """Return a release by its id; what cannot be an id is not looked for."""
        return self._ledger.release(release_id) if RELEASE_ID.fullmatch(release_id) else None

    def _allowed(self, caller: Caller, request: Request, release: Released) -> tuple[str, ...]:
        """Return the sections to open. Raises Refused if even one of those asked for is not to be had."""
        allowed = openable(caller, release) & self._stands.sections(release)
        wanted = request.sections if request.sections is not None else tuple(release.sections)
        names = tuple(name for name in release.sections if _is_asked_for(name, wanted))
        if request.sections is None:
            names = tuple(name for name in names if name in allowed)
        asked = {name for name in wanted if not any(_is_asked_for(each, (name,)) for each in names)}
        if not names or not allowed.issuperset(names) or (request.sections is not None and asked):
            raise Refused
        return names

    def _await_gate(self) -> None:
        end = self._log.end(LOG)
        until = elapsed() + WAIT_SECONDS
        while self._ledger.position() < end:
            if elapsed() > until:
                raise Busy
            rest(LOOK_SECONDS)

    def _content(
        self, release: Released, names: Sequence[str], event: SealedEvent
    ) -> dict[str, Mapping[str, Any]]:
        leaves = {name: release.sections[name] for name in names}
        plain = self._unsealer.unsealed(event, leaves.values())
        return {name: plain[leaf] for name, leaf in leaves.items() if leaf in plain}

    def _record(
        self,
        caller: Caller,
        request: Request,
        release: Released | None,
        *,
        names: Sequence[str] | None,
        party: bool = False,
        about: str | None = None,
    ) -> str:
        """Put an opening, or a refused attempt (no names), on record. Returns its id once it is kept.

        An empty list of names: nothing was shown, and the question was `about` whoever is in that section.
        """
        opening_id = self._new_id()
        record = {
            "opening_id": opening_id,
            "at": format_time(self._clock.now()),
            "release_id": request.release_id if RELEASE_ID.fullmatch(request.release_id) else UNKNOWN,
            "event_id": release.event_id if release is not None else None,
            "recipient": release.recipient if release is not None else None,
            "agency": caller.agency,
            "person": caller.person or caller.agency,
            "purpose": request.purpose,
            "sections": list(names or ()),
            "refused": names is None,
            "party": party,
            **({"about": about} if about is not None else {}),
        }
        self._openings.append(OPENINGS, [Record(key=opening_id.encode(), value=_dumps(record).encode())])
        if party:
            telemetry.counter("keyring_parties_refused", "Openings asked for by a party to it").inc()
            log.warning("opening %s was refused: who asked is a party to it", opening_id)
        return opening_id


def _of_own_side(request: Request, names: Sequence[str], closed: Collection[str]) -> tuple[str, ...]:
    """Return the sections but those of the other side. Raises Refused if one was asked for by name."""
    left = tuple(name for name in names if name not in closed)
    if closed and (request.sections is not None or not left):
        raise Refused
    return left


def _is_asked_for(name: str, wanted: Sequence[str]) -> bool:
    """Say whether a released section is among those asked for: `children` asks for each of them."""
    return name in wanted or base(name) in wanted

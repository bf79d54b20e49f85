"""What is known, as one batch sees it: what was loaded, with its own changes laid over."""

import heapq
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from services.consent.state.entities import Coming, Erasure, Form, Held, Incident, Occurred, Person, Standing

IncidentLoader = Callable[[str], Incident | None]
PersonLoader = Callable[[str], Person | None]
ErasureLoader = Callable[[str], Erasure | None]
WaitingLoader = Callable[[str], tuple[str, ...]]
PolicyLoader = Callable[[str], str | None]
OccurredLoader = Callable[[Occurred, datetime, int], Sequence[Occurred]]
"""Return the first so many that occurred after one and until a moment, in order."""

Due = tuple[datetime, str]
"""When an incident is to be decided again, because a ground ends then; and which."""

MOST_AT_ONCE = 100
"""Entries of the agenda that one event may meet, because time passed; the rest wait for the next."""

_E = TypeVar("_E", Incident, Person)


class World:
    """Answer for incidents, people, sequence numbers, the policy and the agenda, and remember what changed.

    Unknown incidents and people are empty ones. `changed_*` are what a commit must store; `agenda` holds
    what is due until the end of the batch, `new_dues` and `met_dues` what a commit must add and remove.
    """

    def __init__(
        self,
        *,
        standing: Standing,
        numbers: Mapping[str, int],
        incident_of: IncidentLoader = lambda _: None,
        person_of: PersonLoader = lambda _: None,
        agenda: Iterable[Due] = (),
        waiting_of: WaitingLoader = lambda _: (),
        policy_of: PolicyLoader = lambda _: None,
        occurred_of: OccurredLoader = lambda *_: (),
        erasure_of: ErasureLoader = lambda _: None,
    ) -> None:
        self.standing = standing
        self.changed_incidents: dict[str, Incident] = {}
        self.changed_persons: dict[str, Person] = {}
        self.changed_numbers: dict[str, int] = {}
        self.new_dues: set[Due] = set()
        self.met_dues: set[Due] = set()
        self.ripe: tuple[str, ...] = ()
        """Incidents that the present event makes due, in the order they became it."""
        self.recalled: tuple[tuple[str, Held], ...] = ()
        """Who holds what no longer, because the present event takes it back."""
        self.unsaid: Form | None = None
        """The form of which nothing stands any more, because the present event takes it back."""
        self._agenda = sorted(agenda)
        self._known = set(self._agenda)
        self._numbers = numbers
        self._incident_of = incident_of
        self._person_of = person_of
        self.changed_waiting: dict[str, tuple[str, ...]] = {}
        self._waiting_of = waiting_of
        self.adopted: dict[int, str] = {}
        """Texts of policies adopted meanwhile, by the offset of the event that adopted each."""
        self._texts: dict[str, str] = {}
        self._policy_of = policy_of
        self.new_occurred: list[Occurred] = []
        self._occurred_of = occurred_of
        self.changed_erasures: dict[str, Erasure] = {}
        self._erasure_of = erasure_of
        self.brought: Mapping[str, tuple[str, ...]] = {}
        """Incidents that backfills bring up at the present event, and for whom."""

    def incident(self, key: str) -> Incident:
        """Return what is known about an incident."""
        return self.changed_incidents.get(key) or self._incident_of(key) or _NO_INCIDENT

    def person(self, key: str) -> Person:
        """Return what is known about a person."""
        return self.changed_persons.get(key) or self._person_of(key) or _NOBODY

    def put_incident(self, key: str, incident: Incident) -> None:
        """Know this about an incident from now on."""
        self.changed_incidents[key] = incident

    def put_person(self, key: str, person: Person) -> None:
        """Know this about a person from now on."""
        self.changed_persons[key] = person

    def erasure(self, person: str) -> Erasure:
        """Return what was ordered of making a person unreadable, and what keeps them."""
        return self.changed_erasures.get(person) or self._erasure_of(person) or _KEPT

    def put_erasure(self, person: str, erasure: Erasure) -> None:
        """Know this of a person's erasure from now on."""
        self.changed_erasures[person] = erasure

    def next_number(self, recipient: str) -> int:
        """Return the number a recipient's next release has. They start at 1."""
        return self.changed_numbers.get(recipient) or self._numbers.get(recipient, 1)

    def number_used(self, recipient: str, number: int) -> None:
        """Know that a recipient's number was given to a release."""
        self.changed_numbers[recipient] = number + 1

    def put_due(self, moment: datetime, incident: str) -> None:
        """Decide an incident again once that moment has come."""
        due = (moment, incident)
        if due not in self._known:
            self._known.add(due)
            self.met_dues.discard(due)
            self.new_dues.add(due)
            heapq.heappush(self._agenda, due)

    def waits(self, recipient: str, incident: str) -> None:
        """Know that something of an incident is owed to a recipient who is stopped."""
        waiting = self.waiting(recipient)
        if incident not in waiting:
            self.changed_waiting[recipient] = (*waiting, incident)

    def waiting(self, recipient: str) -> tuple[str, ...]:
        """Return the incidents of which something waits for a recipient, in the order it came to."""
        known = self.changed_waiting.get(recipient)
        return known if known is not None else self._waiting_of(recipient)

    def free(self, recipient: str, now: datetime) -> None:
        """Make due all that waits for a recipient."""
        for incident in self.waiting(recipient):
            self.put_due(now, incident)
        if self.waiting(recipient):
            self.changed_waiting[recipient] = ()

    def put_occurred(self, at: datetime, incident: str) -> None:
        """Know when a form, or an event beside the forms, of an incident happened. Kept in UTC, as stored."""
        occurred = (at.astimezone(UTC), incident)
        place = bisect_left(self.new_occurred, occurred)
        if self.new_occurred[place : place + 1] != [occurred]:
            self.new_occurred.insert(place, occurred)

    def occurred(self, after: Occurred, until: datetime, most: int) -> list[Occurred]:
        """Return the first so many that occurred after one and until a moment, in order."""
        place = bisect_right(self.new_occurred, after)
        new = [each for each in self.new_occurred[place : place + most] if each[0] <= until]
        return sorted({*self._occurred_of(after, until, most), *new})[:most]

    def adopt(self, coming: Coming, text: str) -> None:
        """Know a policy that governs from a moment on."""
        self.adopted[coming.offset] = self._texts[coming.hash] = text
        self.standing = self.standing._replace(coming=tuple(sorted((*self.standing.coming, coming))))

    def policy_text(self, policy: str) -> str | None:
        """Return the text of a policy that was adopted, by its hash."""
        return self._texts.get(policy) or self._policy_of(policy)

    def time_is(self, now: datetime) -> None:
        """Take what has become due by the gate's time off the agenda; the incidents are `ripe`."""
        met: list[Due] = []
        while self._agenda and self._agenda[0][0] <= now and len(met) < MOST_AT_ONCE:
            met.append(heapq.heappop(self._agenda))
        self._known.difference_update(met)
        self.met_dues.update(met)
        self.ripe = tuple(dict.fromkeys(incident for _, incident in met))


_NO_INCIDENT = Incident()
_NOBODY = Person()
_KEPT = Erasure()

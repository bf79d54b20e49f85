"""Carry out erasures: retire a key, say so on the log, destroy it once the gate heard (decision 0027)."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from services.consent.keyring.suspending import Knows
from services.consent.state.entities import Erasure
from services.eventlog.errors import Unavailable
from services.eventlog.topics import LOG
from services.runtime import telemetry
from services.runtime.clock import Clock, rest
from services.vocabulary.erasure import Order

LOOK_SECONDS: Final = 1.0

log = logging.getLogger("sightline.keyring")


class Ends(Protocol):
    """What is needed of a reader of the log."""

    def end(self, topic: str) -> int:
        """Return where a topic ends."""


class NotTaken(Exception):
    """The door refused what was said: nothing of it is on the log."""


class KeyBase(Protocol):
    """What is needed of the key database."""

    def retire(self, persons: Sequence[str], *, at: datetime) -> None: ...
    def retired(self) -> frozenset[str]: ...
    def take_back(self, persons: Sequence[str]) -> None: ...
    def kept(self, persons: Sequence[str]) -> tuple[str, ...]: ...
    def destroy(self, person: str, *, at: datetime) -> None: ...


Publish = Callable[[Sequence[str], str, datetime], None]
"""Say through the door that a person is erased: every name of theirs, the event that ordered it, and when.

Returns once it is accepted, now or before. Raises NotTaken where it never will be, and Unavailable where it
may have been.
"""


class Eraser:
    """Brings the key database in line with the gate's record, again and again. One thread of its own.

    `position`: where the gate stands. Until it once stood where the log ended at the start, the record may be
    older than the log, and nobody opens anything (`has_applied`); so again where it falls back, because its
    tables are made anew. `staff`: who of the record works here: by their tokens what is about them is closed
    to them, so they are kept, and somebody must look.
    """

    def __init__(
        self,
        *,
        known: Knows,
        keys: KeyBase,
        publish: Publish,
        clock: Clock,
        log: Ends,
        position: Callable[[], int],
        staff: Callable[[], frozenset[str]],
        overwrite: Callable[[], bool],
    ) -> None:
        self._known = known
        self._keys = keys
        self._publish = publish
        self._clock = clock
        self._log = log
        self._position = position
        self._staff = staff
        self._overwrite = overwrite
        self._overwritten = False
        self._highest = 0
        self._first_end: int | None = None
        self._destroys_at: int | None = None
        self.has_applied = False

    def run(self) -> None:
        """Look for ever; where something does not answer, say so and look again."""
        while True:
            try:
                self.step()
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("erasures wait: %s", type(error).__name__)
            rest(LOOK_SECONDS)

    def pending(self) -> int:
        """Return of how many persons the key is to be destroyed, and is not yet."""
        erasures = self._known.erasures()
        return len(_of(erasures, Order.DUE)) + len(self._keys.kept(_of(erasures, Order.ERASED)))

    def step(self) -> None:
        """Carry out what can be carried out now.

        1. Destroy whatever is kept of the erased, key and tokens together, once the gate has heard all there
        was when that was seen: from a backup that was restored, too.  2. Use the keys again of those whose
        order was stopped or refused since.  3. Of each order that is due retire the keys: the door gives the
        person new ones from then on.  4. Say so through the door: in the log that follows all that was sealed
        under the old keys. Where the door refuses it, the keys are used again; where it is not known whether
        it was taken, they are not.

        Killed between any two, the next start does the rest: whoever is retired is still due, what is said is
        said under the same id, and what the gate has heard is destroyed.
        """
        here = self._look_at_the_record()
        erasures = self._known.erasures()
        over = [*_of(erasures, Order.STOPPED), *_of(erasures, Order.REFUSED)]
        self._destroy(_of(erasures, Order.ERASED), here)
        if self.has_applied:
            self._keys.take_back(sorted(self._keys.retired().intersection(over)))
            for order, names in _orders(erasures).items():
                self._retire(order, names, erasures[names[0]].since)

    def _look_at_the_record(self) -> int:
        """Return where the gate stands, and know whether its record is as new as the log was at the start."""
        here = self._position()
        if here < self._highest:
            self.has_applied, self._first_end = False, None
        self._highest = here
        if self._first_end is None:
            self._first_end = self._log.end(LOG)
        self.has_applied = self.has_applied or here >= self._first_end
        return here

    def _destroy(self, erased: Sequence[str], here: int) -> None:
        kept = self._keys.kept(erased)
        if kept and self._destroys_at is None:
            self._destroys_at = self._log.end(LOG)
        if kept and self.has_applied and self._destroys_at is not None and here >= self._destroys_at:
            for person in kept:
                self._keys.destroy(person, at=self._clock.now())
                telemetry.counter("keyring_persons_erased", "Persons whose key was destroyed").inc()
                log.warning("the key of a person was destroyed, as two people ordered")
            self._overwritten, self._destroys_at = False, None
        if not self._overwritten:
            self._overwritten = self._overwrite()

    def _retire(self, order: str, names: Sequence[str], since: datetime | None) -> None:
        if not self._staff().isdisjoint(names):
            telemetry.counter("keyring_staff_kept", "Looks at an order that is due about staff").inc()
            log.error("order %s is due and about somebody who works here: somebody must look", order)
            return
        self._keys.retire(names, at=self._clock.now())
        try:
            self._publish(names, order, since or self._clock.now())
        except NotTaken as error:
            self._keys.take_back(names)
            log.error("order %s cannot be carried out: %s", order, error)
        except Unavailable as error:
            log.warning("order %s waits for the door: %s", order, error)


def _of(erasures: Mapping[str, Erasure], order: Order) -> list[str]:
    return [person for person, one in erasures.items() if one.order is order]


def _orders(erasures: Mapping[str, Erasure]) -> dict[str, list[str]]:
    """Return the orders that are due, each with every name of the person it is about."""
    orders: dict[str, list[str]] = {}
    for person in _of(erasures, Order.DUE):
        orders.setdefault(erasures[person].event_id or "", []).append(person)
    return orders

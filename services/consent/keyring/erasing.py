"""Carry out erasures: retire a key, say so on the log, destroy it once the gate heard (decision 0027)."""

import logging
from collections.abc import Callable, Mapping
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


class CaughtUp:
    """Says whether the gate stands where the log ended when it was first asked."""

    def __init__(self, log: Ends, position: Callable[[], int]) -> None:
        self._log = log
        self._position = position
        self._end: int | None = None

    def __call__(self) -> bool:
        """Return whether it does. Raises Unavailable where the log does not answer."""
        if self._end is None:
            self._end = self._log.end(LOG)
        return self._position() >= self._end


class KeyBase(Protocol):
    """What is needed of the key database."""

    def retire(self, persons: list[str], *, at: datetime) -> None: ...
    def retired(self) -> frozenset[str]: ...
    def take_back(self, persons: list[str]) -> None: ...
    def kept(self, persons: list[str]) -> tuple[str, ...]: ...
    def destroy(self, person: str, *, at: datetime) -> None: ...


Publish = Callable[[str, str, datetime], None]
"""Say through the door that a person is erased: their id, the event that ordered it, and when it was due.

Returns once it is accepted, now or before. Raises Unavailable.
"""


class Eraser:
    """Brings the key database in line with the gate's record, again and again. One thread of its own.

    `caught_up` says whether the gate stands where the log ended when this was made: until it once has, the
    record may be older than the log, and nobody opens anything (`has_applied`).
    """

    def __init__(
        self,
        *,
        known: Knows,
        keys: KeyBase,
        publish: Publish,
        clock: Clock,
        caught_up: Callable[[], bool],
        overwrite: Callable[[], bool],
    ) -> None:
        self._known = known
        self._keys = keys
        self._publish = publish
        self._clock = clock
        self._caught_up = caught_up
        self._overwrite = overwrite
        self._overwritten = False
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

        1. Destroy whatever is kept of the erased, key and tokens together: after a kill, and from a backup
        that was restored, too.  2. Use the keys of those who are due no more: the door gives them new ones
        from then on.  3. Say so through the door: in the log that follows all that was sealed under the old
        keys.  4. Use the keys again of those whose order was stopped meanwhile.

        Killed between any two, the next start does the rest: whoever is retired is still due, what is
        said is said under the same id, and what the gate has heard is destroyed first of all.
        """
        caught_up = self._caught_up()
        erasures = self._known.erasures()
        self._destroy(_of(erasures, Order.ERASED))
        self.has_applied = self.has_applied or caught_up
        due = _of(erasures, Order.DUE)
        self._keys.retire(due, at=self._clock.now())
        for person in due:
            one = erasures[person]
            self._publish(person, one.event_id or "", one.since or self._clock.now())
        self._keys.take_back(sorted(self._keys.retired().difference(due, _of(erasures, Order.ERASED))))

    def _destroy(self, erased: list[str]) -> None:
        kept = self._keys.kept(erased)
        for person in kept:
            self._keys.destroy(person, at=self._clock.now())
            telemetry.counter("keyring_persons_erased", "Persons whose key was destroyed").inc()
            log.warning("the key of a person was destroyed, as two people ordered")
        if kept or not self._overwritten:
            self._overwritten = self._overwrite()


def _of(erasures: Mapping[str, Erasure], order: Order) -> list[str]:
    return [person for person, one in erasures.items() if one.order is order]

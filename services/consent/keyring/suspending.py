"""Nothing opens of whom an order to erase is pending or was carried out (design 8, decision 0027)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from services.consent.state.entities import Erasure
from services.consent.state.links import PersonOf, group
from services.eventlog.errors import Unavailable
from services.vocabulary.erasure import PENDING, Order


class GivesKeys(Protocol):
    """Where persons' keys come from."""

    def get_all(self, persons: Iterable[str]) -> dict[str, bytes]:
        """Return the keys there are, by person; who has none is absent."""


class Knows(Protocol):
    """What is needed of the ledger."""

    def erasures(self) -> Mapping[str, Erasure]:
        """Return everybody's erasure of whom it was spoken."""


class Suspended:
    """The door's key store, without the keys of whoever is suspended, under any name they are known by.

    The door itself goes on sealing for them: somebody in danger again is heard of. `applied` says whether
    every erasure was carried out, on a copy of the key database that was brought back, too.
    """

    def __init__(
        self, keys: GivesKeys, known: Knows, person_of: PersonOf, *, applied: Callable[[], bool]
    ) -> None:
        self._keys = keys
        self._known = known
        self._person_of = person_of
        self._applied = applied

    def get_all(self, persons: Iterable[str]) -> dict[str, bytes]:
        """Return the keys of those who are not suspended. Raises Unavailable until erasures are applied."""
        if not self._applied():
            raise Unavailable("erasures are not carried out yet since the start: ask again")
        closed = self.closed()
        return self._keys.get_all(person for person in persons if person not in closed)

    def closed(self) -> frozenset[str]:
        """Return everybody of whom nothing opens: while an order is pending under every name.

        Who is erased is closed as they were known then: what comes of them anew, under another name, opens.
        """
        orders = {person: one.order for person, one in self._known.erasures().items()}
        pending = [person for person, order in orders.items() if order in PENDING]
        names = {name for person in pending for name in group(self._person_of, person)}
        return frozenset(names.union(person for person, order in orders.items() if order is Order.ERASED))

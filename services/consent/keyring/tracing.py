"""The trace an event came into the log with, for operators: an id of the machinery, nothing of the event."""

from collections.abc import Mapping
from typing import Any

from services.consent.keyring.telling import NothingToTell, Teller
from services.consent.keyring.unsealing import Fetches
from services.consent.store.ledger import Ledger
from services.eventlog.masking import place
from services.eventlog.topics import LOG
from services.runtime.identity import Caller
from services.runtime.operators import operates


class Traces:
    """Finds an event's trace by the log's id or its publisher's own, for whoever may know of the event."""

    def __init__(self, ledger: Ledger, teller: Teller, log: Fetches) -> None:
        self._ledger = ledger
        self._teller = teller
        self._log = log

    def of_event(self, caller: Caller, event: str) -> Mapping[str, Any]:
        """Return an event's id and trace, None where it came without one.

        Raises NothingToTell for whoever is no operator, and where the caller may not be told of the event.
        """
        if not operates(caller):
            raise NothingToTell
        event_id = str(self._teller.about_event(caller, event, None)["event_id"])
        offset = self._ledger.offset_of(event_id)
        if offset is None:
            raise NothingToTell
        stored = self._log.fetch(LOG, [offset])[offset]
        return {"event_id": event_id, "trace": place(stored).get("trace")}

"""Time passes: once each quarter of an hour the log is told (design 2)."""

import json
from datetime import UTC, datetime

from services.eventlog.catalogue import Catalogue
from services.eventlog.ids import event_id
from services.ingest.settings import POLL_SECONDS, TICK_SECONDS
from services.ingest.state import Sender, Submission
from services.ingest.store.acceptance import Acceptance
from services.ingest.store.answers import Offered
from services.ingest.store.outbox import Outbox
from services.ingest.store.progress import Progress
from services.runtime.clock import Clock, rest
from services.vocabulary.events import EventType
from services.vocabulary.times import QUARTER, format_time, quarter_of

DOOR = Sender(agency="ingest", person=None, role="service")


class Ticker:
    """Publish `TimePassed` for the quarter hour it is; its id is the quarter, so there is one of each.

    Quarters that nobody lived through (the system stood still, a simulated clock leapt) are not made up.
    """

    def __init__(
        self,
        acceptance: Acceptance,
        outbox: Outbox,
        progress: Progress,
        catalogue: Catalogue,
        clock: Clock,
        *,
        id_key: bytes,
        simulated: bool,
    ) -> None:
        self._acceptance = acceptance
        self._outbox = outbox
        self._progress = progress
        self._schema = catalogue.event(EventType.TIME_PASSED)
        self._clock = clock
        self._id_key = id_key
        self._simulated = simulated
        self._told: datetime | None = None

    def run(self) -> None:
        """Tell the time for ever."""
        while True:
            self.step()
            rest(POLL_SECONDS if self._simulated else TICK_SECONDS)

    def step(self) -> None:
        """Keep the present quarter in the outbox, unless it is there."""
        quarter = quarter_of(self._clock.now())
        if self._told == quarter:
            return
        name = event_id(self._id_key, DOOR.agency, format_time(quarter))
        if name not in self._outbox.find([name]):
            self._acceptance.take(DOOR, [self._offered(quarter)])
            self._progress.added()
        self._told = quarter

    def is_due(self) -> bool:
        """Say whether the present quarter is still to be kept: the door is not at rest until it is."""
        return self._told != quarter_of(self._clock.now())

    def next_wake(self) -> datetime | None:
        """Return when the next quarter begins; None in simulated time, where it comes when time is moved."""
        return None if self._simulated else quarter_of(self._clock.now()) + QUARTER

    def _offered(self, quarter: datetime) -> Offered:
        text = format_time(quarter)
        document = {"type": EventType.TIME_PASSED.value, "id": text, "occurred_at": text}
        canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
        submission = Submission(
            type=EventType.TIME_PASSED, id=text, occurred_at=quarter.astimezone(UTC), occurred_text=text
        )
        mac = self._acceptance.mac(canonical.encode("utf-8"))
        return Offered(id=text, mac=mac, schema=self._schema, submission=submission)

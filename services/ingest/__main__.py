"""Wire the door together and open it."""

import math

from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from services.eventlog.access import Access
from services.eventlog.catalogue_files import load_catalogue, load_examples
from services.eventlog.writer import SMALL_BATCH_BYTES, KafkaWriter
from services.ingest.api import catalogued
from services.ingest.api.app import build
from services.ingest.api.receiving import Receiving
from services.ingest.api.rehearsing import Rehearsing, key_for_slips
from services.ingest.forms.documents import Forms
from services.ingest.settings import ACK_SECONDS
from services.ingest.state import Registered, SchoolAges
from services.ingest.store.acceptance import Acceptance
from services.ingest.store.outbox import Outbox
from services.ingest.store.progress import Progress
from services.ingest.worker.appender import LOG, Appender, Writer
from services.ingest.worker.ticker import Ticker
from services.runtime import telemetry
from services.runtime.clock import Clock, clock_for
from services.runtime.database import engine_for
from services.runtime.identity import Verifier
from services.runtime.partnership import Partnership
from services.runtime.secrets import Secrets
from services.runtime.settings import Settings
from services.runtime.web import Standing, serve
from services.vocabulary.sandbox import rehearsed


class Door:
    """The door's parts, put together: the app that answers, and the two workers that run beside it."""

    def __init__(
        self, settings: Settings, *, own: Engine, keys: Engine, writer: Writer, clock: Clock, patience: float
    ) -> None:
        partnership, secrets = Partnership.load(settings.partnership), Secrets.load(settings)
        catalogue = self._catalogue = load_catalogue()
        self._settings = settings
        self._verifier = Verifier(
            partnership,
            settings.credentials,
            besides={name: rehearsed(name) for name in partnership.sandboxes()},
        )
        self.outbox = Outbox(own)
        known, forms = registered(partnership), Forms(catalogue)
        self.acceptance = Acceptance(self.outbox, keys, secrets, known, clock)
        self.acceptance.create_tables()
        self.progress = Progress(self.outbox.through())
        self.appender = Appender(self.outbox, self.progress, writer, clock, simulated=settings.simulated)
        self.ticker = Ticker(
            self.acceptance,
            self.outbox,
            self.progress,
            catalogue,
            clock,
            id_key=secrets.id,
            simulated=settings.simulated,
        )
        self._receiving = Receiving(forms, self.acceptance, self.progress, patience=patience)
        self._rehearsing = Rehearsing(
            forms, known, clock, slip_key=key_for_slips(secrets.body), partition=partnership.partition
        )
        self._ready = False
        telemetry.gauge("door_pending", "Outbox rows the log has not acknowledged").set_function(
            self._pending
        )

    def _pending(self) -> float:
        """Return how many rows wait, asked for at each scrape; not a number where the database is away."""
        try:
            return self.outbox.pending()
        except SQLAlchemyError:
            return math.nan

    def app(self) -> FastAPI:
        """Return the app that answers publishers."""
        app = build(
            self._receiving,
            self._rehearsing,
            self.outbox,
            self._verifier,
            self._settings,
            ready=self.is_ready,
            standing=self.standing,
        )
        app.include_router(catalogued.router(self._verifier, self._catalogue, load_examples()))
        return app

    def is_ready(self) -> bool:
        """Say whether events are taken: the log's clock agrees with ours, the database answers and, once
        since the start, all that is kept was in the log.
        """
        at_rest = not self.ticker.is_due() and self.outbox.pending() == 0
        self._ready = self._ready or at_rest
        return self._ready and self.progress.is_trusted

    def standing(self) -> Standing:
        """Return how much is kept and not in the log yet, a quarter hour that is due among it."""
        due, pending = self.ticker.is_due(), self.outbox.pending()
        return Standing(
            service="ingest",
            behind=0,
            pending=pending + due,
            ends={LOG: self.outbox.end()},
            next_wake=self.ticker.next_wake(),
        )


def registered(partnership: Partnership) -> Registered:
    """Return who is registered, as the rules ask for it."""
    return Registered(
        schools={s.urn: SchoolAges(youngest=s.youngest, oldest=s.oldest) for s in partnership.schools},
        neighbours=frozenset(school.urn for school in partnership.neighbours),
        recipients=frozenset(partnership.publishers()),
        adopters=frozenset(person.id for person in partnership.people_of("partnership")),
        staff=frozenset(person.id for person in partnership.people),
        joiners=frozenset(partnership.joiners()),
    )


def main() -> None:
    """Run until SIGTERM. The appender or the ticker failing ends the process; clocks that disagree do not."""
    settings = Settings.load()
    telemetry.setup("ingest", settings)
    partition = Partnership.load(settings.partnership).partition
    door = Door(
        settings,
        own=engine_for("ingest", settings),
        keys=engine_for("keys", settings),
        writer=KafkaWriter(Access.of(settings, "ingest"), partition=partition, batch_bytes=SMALL_BATCH_BYTES),
        clock=clock_for(settings),
        patience=ACK_SECONDS,
    )
    serve(door.app(), settings, door.appender.run, door.ticker.run)


if __name__ == "__main__":
    main()

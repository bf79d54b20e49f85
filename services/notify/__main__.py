"""Wires notify: `python -m services.notify` follows, plans, rings, mails, publishes and answers."""

import sys
from collections.abc import Callable, Mapping
from datetime import date
from secrets import token_bytes

import holidays
from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.eventlog.access import Access
from services.eventlog.errors import Unavailable
from services.eventlog.reader import KafkaReader
from services.eventlog.redriver import Redriver
from services.eventlog.waiting import waits
from services.notify.api import board, calling, routes
from services.notify.channels.smtp import Smtp
from services.notify.rules.intake import TOPICS
from services.notify.store import arrivals, listing, outbox
from services.notify.store.aside import Aside
from services.notify.store.tables import METADATA, RELEASES
from services.notify.worker.customs import Customs
from services.notify.worker.duties import Duties
from services.notify.worker.following import Follower, number_of
from services.notify.worker.keyring import Keyring
from services.notify.worker.looking import Lookout
from services.notify.worker.mailing import Mailer
from services.notify.worker.planning import Planner
from services.notify.worker.publishing import Publisher
from services.notify.worker.redriving import Again
from services.notify.worker.running import Worker
from services.notify.worker.signals import Signals
from services.runtime import telemetry
from services.runtime.clock import SystemClock, clock_for
from services.runtime.database import engine_for, reading
from services.runtime.identity import Verifier, folder_of, mint
from services.runtime.partnership import Partnership
from services.runtime.secrets import write_private
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app, serve

NAME = "notify"
KEY_BYTES = 32
BANK_HOLIDAY_YEARS = range(2020, 2036)


class Service:
    """Operation Encompass for one partition, worked and answered for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._clock = clock_for(settings)
        self._partnership = Partnership.load(settings.partnership)
        self._verifier = Verifier(self._partnership, settings.credentials)
        self._key = own_key(settings)
        self._token = token_maker(settings)
        self._signals = Signals()
        self._ends = self._reader({})
        self._engine = engine_for(NAME, settings)
        METADATA.create_all(self._engine)
        self._customs = Customs(self._partnership, bank_holidays(), mail=bool(settings.smtp))
        self._follower = Follower(self._engine, self._reader, SystemClock())

    def app(self) -> FastAPI:
        """Return the HTTP side."""
        app = create_app("Sightline notify", self._settings, ready=self.ready, standing=self.standing)
        asked = routes.router(
            engine=self._engine,
            verifier=self._verifier,
            key=self._key,
            directory=self._partnership,
            redrives=self._redrives(),
        )
        app.include_router(asked)
        app.include_router(calling.router(engine=self._engine, verifier=self._verifier, clock=self._clock))
        app.include_router(
            board.router(
                engine=self._engine, verifier=self._verifier, years=self._customs.years, clock=self._clock
            )
        )
        app.add_exception_handler(Unavailable, _unavailable)
        return app

    def workers(self) -> tuple[Callable[[], None], ...]:
        """Return what runs in threads of its own."""
        workers = [self._worker().run, self._publisher().run]
        return (*workers, self._mailer().run) if self._settings.smtp else tuple(workers)

    def standing(self) -> Standing:
        """Return how far notify has come. Raises Unavailable when the log does not say.

        Ends are asked for first: what comes in between is then seen as pending, or in the next look.
        """
        ends = {topic: self._ends.end(topic) for topic in TOPICS}
        positions, waiting, now = self._follower.positions, self._follower.waiting, self._clock.now()
        with reading(self._engine) as conn:
            pending, wake = outbox.pending(conn, now), outbox.next_wake(conn, now)
            oldest = listing.oldest_waiting(conn, RELEASES)
            aside = arrivals.topics_aside(conn) if waiting else ()
        age = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        telemetry.gauge("notify_oldest_unplanned_seconds", "age of the oldest release not taken in").set(age)
        behind = sum(max(end - positions[topic], 0) for topic, end in ends.items())
        return Standing(
            service=NAME,
            behind=behind,
            pending=pending,
            ends=ends,
            positions=positions,
            next_wake=wake,
            waits=waits(waiting, aside),
        )

    def ready(self) -> bool:
        """Say whether tables and log both answer."""
        try:
            self.standing()
        except Unavailable:
            return False
        return True

    def _redrives(self) -> Again:
        """Return what reads, or says, again what went no further. By the machine's clock, as following is."""
        redriver = Redriver(
            kept=Aside(self._engine),
            open_log=self._reader,
            judge=number_of,
            again=self._follower.look_again,
            clock=SystemClock(),
        )
        return Again(engine=self._engine, redriver=redriver, signals=self._signals, clock=SystemClock())

    def _reader(self, starts: Mapping[str, int]) -> KafkaReader:
        return KafkaReader(Access.of(self._settings, NAME), starts, self._partnership.partition)

    def _worker(self) -> Worker:
        planner = Planner(
            engine=self._engine,
            keyring=Keyring(self._settings.keyring, self._token),
            customs=self._customs,
            key=self._key,
            clock=self._clock,
        )
        duties = Duties(engine=self._engine, customs=self._customs, signals=self._signals, clock=self._clock)
        lookout = Lookout(engine=self._engine, clock=self._clock)
        return Worker(
            follower=self._follower, planner=planner, lookout=lookout, duties=duties, signals=self._signals
        )

    def _publisher(self) -> Publisher:
        return Publisher(
            engine=self._engine, door=self._settings.ingest, token=self._token, signals=self._signals
        )

    def _mailer(self) -> Mailer:
        link = f"{self._settings.console}/sign-in"
        channel = Smtp(self._settings.smtp, link, self._customs.address_of, self._clock)
        return Mailer(engine=self._engine, channel=channel, signals=self._signals, clock=self._clock)


def own_key(settings: Settings) -> bytes:
    """Return the key under which children are recognised; made on the first run, known to notify alone."""
    path = settings.data / "secrets" / f"{NAME}.key"
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(path, token_bytes(KEY_BYTES))
    return path.read_bytes()


def token_maker(settings: Settings) -> Callable[[], str]:
    """Return what signs a token for each call. Its times are the machine's own, simulated system or not."""
    private = (settings.credentials / folder_of(NAME) / "key.pem").read_bytes()
    clock = SystemClock()
    return lambda: mint(NAME, None, private, clock.now())


def bank_holidays() -> frozenset[date]:
    """Return England's bank holidays of the years a school year can be charted for."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=BANK_HOLIDAY_YEARS))


async def _unavailable(_request: Request, _error: Exception) -> Response:
    return busy("the log does not answer just now: ask again")


def main() -> int:
    """Serve until told to stop."""
    settings = Settings.load()
    telemetry.setup(NAME, settings)
    service = Service(settings)
    serve(service.app(), settings, *service.workers())
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Wires the read models: `python -m services.projections` serves; `rebuild` and `dump` are commands."""

import sys
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.eventlog.access import Access
from services.eventlog.catalogue_files import load_catalogue
from services.eventlog.errors import Unavailable
from services.eventlog.reader import KafkaReader
from services.eventlog.redriver import Redriver
from services.eventlog.waiting import waits
from services.projections import commands
from services.projections.api import routes as api
from services.projections.store.models import Store
from services.projections.worker import Interpreter, Worker, topics_of
from services.runtime import telemetry
from services.runtime.bank_holidays import bank_holidays
from services.runtime.clock import SystemClock, clock_for
from services.runtime.database import engine_for
from services.runtime.identity import Verifier, folder_of
from services.runtime.partnership import Partnership
from services.runtime.secrets import Secrets
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app, serve

NAME = "projections"


class Service:
    """The read models of one partition, followed and answered for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._partnership = Partnership.load(settings.partnership)
        self._topics = topics_of((*self._partnership.recipients(), *self._partnership.joiners()))
        self._ends = self._reader({})
        self.store = Store(engine_for(NAME, settings), bank_holidays())
        self.store.ensure()
        self._interpreter = Interpreter(load_catalogue(), Secrets.load(settings).routing)
        self.following = self._follow()

    def restart(self) -> Worker:
        """Go on from where the tables stand now."""
        self.following = self._follow()
        return self.following

    def redriver(self) -> Redriver:
        """Return what reads again what was set aside, by the worker's own code. By the machine's clock."""
        return Redriver(
            kept=self.store,
            open_log=self._reader,
            judge=self._interpreter.number,
            again=lambda: self.following.look_again(),
            clock=SystemClock(),
        )

    def _follow(self) -> Worker:
        # Waiting is by the machine's clock: it is about our processes, not about the partnership's time.
        return Worker(
            store=self.store,
            interpreter=self._interpreter,
            open_log=self._reader,
            topics=self._topics,
            clock=SystemClock(),
        )

    def app(self) -> FastAPI:
        """Return the HTTP side."""
        app = create_app("Sightline read models", self._settings, ready=self.ready, standing=self.standing)
        app.include_router(
            api.router(
                store=self.store,
                verifier=Verifier(self._partnership, self._settings.credentials),
                statements=self._statements(),
                redriver=self.redriver(),
                clock=clock_for(self._settings),
            )
        )
        app.add_exception_handler(Unavailable, _unavailable)
        return app

    def standing(self) -> Standing:
        """Return how far the read models have come. Raises Unavailable when the log does not say."""
        ends = self._ends.ends(self._topics)
        positions, waiting = self.following.positions, self.following.waiting
        behind = sum(max(end - positions[topic], 0) for topic, end in ends.items())
        return Standing(
            service=NAME,
            behind=behind,
            pending=0,
            ends=ends,
            positions=positions,
            waits=waits(waiting, self.store.topics_aside() if waiting else ()),
        )

    def behind(self) -> int:
        """Return how many records there are to read yet."""
        return self.standing().behind

    def ready(self) -> bool:
        """Say whether tables and log both answer."""
        try:
            self.store.head(NAME)
            self._ends.end(self._topics[0])
        except Unavailable:
            return False
        return True

    def _reader(self, starts: Mapping[str, int]) -> KafkaReader:
        return KafkaReader(Access.of(self._settings, NAME), starts, self._partnership.partition)

    def _statements(self) -> api.Statements:
        key = self._settings.credentials / folder_of(NAME) / "key.pem"
        return api.Statements(
            private_key_pem=key.read_bytes(),
            partition=self._partnership.partition,
            clock=clock_for(self._settings),
        )


async def _unavailable(_request: Request, _error: Exception) -> Response:
    return busy("the log does not answer just now: ask again")


def main(arguments: list[str]) -> int:
    """Serve, or do what was asked and return the exit code."""
    settings = Settings.load()
    telemetry.setup(NAME, settings)
    service = Service(settings)
    if arguments == ["rebuild"]:
        print(commands.rebuild(service.store, service.restart, service.behind), "records read again")
    elif arguments == ["dump"]:
        for line in commands.dump(service.store):
            print(line)
    elif arguments:
        print("say nothing to serve, or rebuild, or dump", file=sys.stderr)
        return 2
    else:
        serve(service.app(), settings, service.following.run)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Wires the pulse: `python -m services.projections.pulse` counts, and answers for what it counted."""

import logging
import sys

from fastapi import FastAPI, Request
from fastapi.responses import Response

from services.eventlog.access import Access
from services.eventlog.errors import Unavailable
from services.eventlog.reader import KafkaReader
from services.projections.pulse import api
from services.projections.pulse.counting import TOPIC, Counting, Stopped
from services.projections.rules.pulse import Reading, reading, stands_still
from services.runtime import telemetry
from services.runtime.clock import clock_for, elapsed, rest
from services.runtime.identity import Verifier
from services.runtime.partnership import Partnership
from services.runtime.settings import Settings
from services.runtime.web import Standing, busy, create_app, serve

NAME = "pulse"
PRINCIPAL = "projections"
LOOK_SECONDS = 1.0
LIBRARIES = ("faust", "mode", "aiokafka", "services.projections.pulse.application")
"""Who logs nothing: they quote what failed, and say thirty times a second that a broker is away.

The last is the name under which Faust logs about what we gave it of our own.
"""


log = logging.getLogger("sightline.pulse")


class Service:
    """The pulse of one partition."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._partnership = Partnership.load(settings.partnership)
        access = Access.of(settings, PRINCIPAL)
        self._ends = KafkaReader(access, {}, self._partnership.partition)
        self._clock = clock_for(settings)
        self.counting = Counting(access, self._partnership.partition, self._clock)

    def app(self) -> FastAPI:
        """Return the HTTP side."""
        app = create_app("Sightline pulse", self._settings, ready=self.complete, standing=self.standing)
        verifier = Verifier(self._partnership, self._settings.credentials)
        app.include_router(
            api.router(counts=self.counting, complete=self.complete, verifier=verifier, clock=self._clock)
        )
        app.add_exception_handler(Unavailable, _unavailable)
        return app

    def standing(self) -> Standing:
        """Return how far the pulse has come. Raises Unavailable when the log does not say."""
        end = self._ends.end(TOPIC)
        return Standing(service=NAME, behind=max(end - self.counting.offset, 0), pending=0, ends={TOPIC: end})

    def watch(self) -> None:
        """Look on for ever, and end the process where Faust has stopped reading: the next one begins anew.

        Raises Stopped. While the log does not answer nobody can say, and nothing is ended.
        """
        last = Reading(-1, elapsed())
        while True:
            rest(LOOK_SECONDS)
            try:
                here = self.standing()
            except Unavailable:
                last = Reading(-1, elapsed())
                continue
            last = reading(last, self.counting.offset, here.behind, elapsed())
            if stands_still(last, elapsed()):
                log.error("the pulse stands still with more to read: starting anew")
                raise Stopped

    def complete(self) -> bool:
        """Say whether everything there is was counted."""
        try:
            return self.standing().behind == 0 and not self.counting.waits
        except Unavailable:
            return False


async def _unavailable(_request: Request, _error: Exception) -> Response:
    return busy("the pulse cannot say just now: ask again")


def main() -> int:
    """Serve until told to stop."""
    settings = Settings.load()
    telemetry.setup(NAME, settings)
    for library in LIBRARIES:
        logging.getLogger(library).setLevel(logging.CRITICAL + 1)
    service = Service(settings)
    serve(service.app(), settings, service.counting.run, service.watch)
    return 0


if __name__ == "__main__":
    sys.exit(main())

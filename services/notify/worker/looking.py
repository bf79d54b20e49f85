"""Writes down at a message that its school looked at it, once both are there (decision 0015)."""

from sqlalchemy import Engine

from services.notify import flow
from services.notify.store import messages, openings, traces
from services.runtime.clock import Clock
from services.runtime.database import reading, writing

LIMIT = 100


class Lookout:
    """Brings openings and messages together. One thread, with what follows and plans."""

    def __init__(self, *, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def step(self) -> int:
        """Write down every opening whose message is there. Returns how many that were."""
        with reading(self._engine) as conn:
            if not openings.count_met(conn):
                return 0
        with writing(self._engine) as conn:
            met = openings.met(conn, LIMIT)
            for notification, opening in met:
                with traces.continued(traces.of_release(conn, notification.release_id), "notify.look"):
                    messages.keep(conn, flow.look(notification, opening.at), self._clock.now())
                openings.took(conn, opening)
        return len(met)

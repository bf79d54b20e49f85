"""Who is registered, as far as decisions hang on it."""

from dataclasses import dataclass

from services.consent.flow.decision import DECISION_VERSION
from services.consent.flow.release import Alias
from services.consent.state.entities import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Hold what a partnership's decisions take beside the log: who is registered, and their aliases.

    `recipients`: the founding. `by_event`: who is one from when an event says that they joined, and until
    then is told nothing. `version`: of deciding, which is this code's.
    """

    recipients: tuple[str, ...]
    alias: Alias
    version: int = DECISION_VERSION
    by_event: tuple[str, ...] = ()

    def taking_part(self, standing: Standing) -> tuple[str, ...]:
        """Return every recipient there is just now: the founding, then who joined, in the log's order."""
        return (*self.recipients, *standing.joined) if standing.joined else self.recipients

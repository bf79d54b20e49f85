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
        """Return every recipient there is just now, once: the founding, then who joined, in the log's order.

        Whoever joined before they were registered as founding is still told of nothing older (0024).
        """
        if not standing.joined:
            return self.recipients
        return (*self.recipients, *(name for name in standing.joined if name not in self.recipients))

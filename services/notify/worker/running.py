"""The main thread of work: follow, plan, watch the clock, for ever."""

from services.notify.worker.duties import Duties
from services.notify.worker.following import Follower
from services.notify.worker.looking import Lookout
from services.notify.worker.planning import Planner
from services.notify.worker.signals import TICK_SECONDS, Signals


class Worker:
    """Follows the topics, takes in what came, and rings when an hour has come."""

    def __init__(
        self, *, follower: Follower, planner: Planner, lookout: Lookout, duties: Duties, signals: Signals
    ) -> None:
        self._follower = follower
        self._planner = planner
        self._lookout = lookout
        self._looks = True
        """Whether an opening may wait although nothing new came."""

        self._duties = duties
        self._signals = signals

    def run(self) -> None:
        """Work for ever."""
        while True:
            self.step(TICK_SECONDS)

    def step(self, timeout: float = 0.0) -> int:
        """Do one round. Returns how much was done.

        1. Read.  2. Plan what came.  3. Write down what was opened.  4. Ring, but only once nothing is left
        to read or to write down: a word or a look that is in the log is heard before anybody phones.
        """
        read = self._follower.step(timeout)
        taken = self._planner.step() if read or self._planner.is_restless else 0
        looked = self._lookout.step() if read or taken or self._looks else 0
        self._looks = looked > 0
        if taken or looked:
            self._signals.raise_all()
        rung = 0 if read or looked else self._duties.step()
        return read + taken + looked + rung

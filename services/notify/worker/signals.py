"""How the threads of notify tell each other that there is something to do."""

from threading import Event

TICK_SECONDS = 0.01
"""How soon a movement of a shared clock is noticed."""


class Signals:
    """One flag for each thread that waits for another; raised at the start, for what a kill left behind."""

    def __init__(self) -> None:
        self.mail = Event()
        self.outbox = Event()
        self.deadline = Event()
        self.raise_all()

    def raise_all(self) -> None:
        """Say that something was kept: each looks for itself."""
        for flag in (self.mail, self.outbox, self.deadline):
            flag.set()

"""How far the log has come, and whether it is to be trusted: one appender tells, many requests listen."""

from threading import Condition

from services.runtime.clock import elapsed


class Progress:
    """Hold the number of the last outbox row the log has, and whether there may be more to append.

    In memory only: it starts from what the outbox knows, and loses nothing when it is lost.
    """

    def __init__(self, through: int) -> None:
        self._through = through
        self._added = False
        self._trusted = True
        self._changed = Condition()

    @property
    def is_trusted(self) -> bool:
        """Say whether the log's clock last agreed with ours; until it does nothing more is taken in."""
        return self._trusted

    def trust(self) -> None:
        """Say that the log's clock agrees with ours."""
        self._trusted = True

    def distrust(self) -> None:
        """Say that the log's clock disagrees with ours: no deadline could be trusted."""
        self._trusted = False

    def reached(self, seq: int) -> None:
        """Say that the log has every row up to this one."""
        with self._changed:
            self._through = max(self._through, seq)
            self._changed.notify_all()

    def wait(self, seq: int, seconds: float) -> bool:
        """Wait until the log has this row; False where it still has not after so long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._through >= seq, timeout=seconds)

    def added(self) -> None:
        """Say that there are rows to append."""
        with self._changed:
            self._added = True
            self._changed.notify_all()

    def wait_for_rows(self, seconds: float) -> None:
        """Wait until somebody added rows since the last call, or so long."""
        until = elapsed() + seconds
        with self._changed:
            self._changed.wait_for(lambda: self._added, timeout=max(until - elapsed(), 0))
            self._added = False

"""The Faust application: how it reaches the broker, and that it never trusts a position of its own.

Its names all start with those of its principal, which may use a group and one topic that do. Faust keeps a
copy of the table in that topic. Nothing is kept on disk.
"""

import ssl
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from itertools import filterfalse
from typing import Any, Final, cast

import faust
from faust.transport.drivers.aiokafka import Consumer
from faust.types import TP
from mode import CrashingSupervisor

from services.eventlog.access import Access
from services.eventlog.topics import PULSE_PREFIX
from services.projections.rules.pulse import WINDOW

SESSION_SECONDS: Final = 6.0
"""How long the broker keeps the place of one that was killed: the least it allows."""

HEARTBEAT_SECONDS: Final = 2.0
TABLE: Final = "counts"


class FromTheStart(Consumer):
    """A consumer that never says how far it has read: each start reads all that is kept again.

    The library fetches its table first. It lets the partitions go on, then seeks, then lets records through:
    what it had read before that it throws away, or takes for read when it comes again. Here whatever is
    counted goes on last.
    """

    _sought: frozenset[TP] = frozenset()

    async def commit(self, topics: object = None, start_new_transaction: bool = True) -> bool:
        """Do nothing."""
        return False

    def resume_partitions(self, tps: Iterable[TP]) -> None:
        """Let those go on from which the table is fetched."""
        super().resume_partitions(frozenset(filter(self._is_changelog_tp, tps)))

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Go to the start of what is counted, and say so; return where that is."""
        counted = frozenset(filterfalse(self._is_changelog_tp, self.assignment()))
        starts = await self.earliest_offsets(*counted)
        await self.seek_wait(starts)
        cast(Application, self.app).at_the_start(starts)
        self._sought = counted
        return starts

    def resume_flow(self) -> None:
        """Let records through, and what is counted go on if it is at its start."""
        super().resume_flow()
        super().resume_partitions(self._sought)
        self._sought = frozenset()


class Application(faust.App):
    """A Faust application that keeps nothing on disk, and says when it has gone to the start."""

    at_the_start: Callable[[Mapping[TP, int]], None]

    def _create_directories(self) -> None:
        """Do nothing: the library would make empty ones."""


def application(access: Access, at_the_start: Callable[[Mapping[TP, int]], None]) -> Any:
    """Return the application, without what it does. Must be called in a running event loop.

    `at_the_start` is told, in that loop, each time reading begins anew, and at which offsets.
    """
    app: Any = Application(
        PULSE_PREFIX,
        broker=f"kafka://{access.bootstrap}",
        broker_credentials=_credentials(access),
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        store="memory://",
        processing_guarantee="at_least_once",
        topic_replication_factor=1,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        agent_supervisor=CrashingSupervisor,
        web_enabled=False,
        autodiscover=False,
    )
    app.transport.Consumer = FromTheStart
    app.at_the_start = at_the_start
    return app


def releases(app: Any, topic: str, partitions: int) -> Any:
    """Return a topic of releases, as bytes."""
    return app.topic(topic, key_serializer="raw", value_serializer="raw", partitions=partitions)


def table(app: Any, moment: Any, partitions: int) -> Any:
    """Return the table of counts by type, in windows of the moments that `moment` gives for an event.

    Faust would drop old windows by the machine's clock, which in simulated time is another year: so none
    expire here, and whoever counts drops them by the partnership's.
    """
    windowed = app.Table(TABLE, default=list, partitions=partitions).tumbling(WINDOW)
    return windowed.relative_to(moment)


def beginning(window: tuple[float, float]) -> datetime:
    """Return when a window of a table begins."""
    return datetime.fromtimestamp(window[0], UTC)


def _credentials(access: Access) -> Any:
    if access.certificate is None:
        return None
    context = ssl.create_default_context(cafile=access.ca)
    context.load_cert_chain(access.certificate)
    return faust.SSLCredentials(context=context)

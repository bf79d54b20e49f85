"""Reads again what could not be read; says again what the door would not have, the same bytes, in order.

Order among what was said since does not matter: each says which message it is about and when it happened,
nothing folds them, and the door keeps the first of an id.
"""

from sqlalchemy import Engine

from services.eventlog.redriver import Plan, Redriver, Whom, plan_id
from services.eventlog.redriving import Redrive, times
from services.eventlog.trial import Says, Trial, Tried
from services.notify.store import outbox
from services.notify.store.aside import Aside
from services.notify.worker.signals import Signals
from services.runtime.clock import Clock
from services.runtime.database import reading

DOOR = "door"
"""Stands in the place of a topic: events of notify's own that the door refused."""


class Again:
    """What an operator can have done again. `redriver` is for the topics, the outbox is for the door."""

    def __init__(self, *, engine: Engine, redriver: Redriver, signals: Signals, clock: Clock) -> None:
        self._engine = engine
        self._aside = Aside(engine)
        self._redriver = redriver
        self._signals = signals
        self._clock = clock

    def plan(self, topic: str) -> Plan | None:
        """Return what would come of it; None where nothing of that topic stands aside."""
        return self._said() if topic == DOOR else self._redriver.plan(topic)

    def redrive(self, plan: Plan, whom: Whom) -> None:
        """Do it, on record. Raises `Changed`, `Moved` or `OffsetGone`."""
        if plan.topic != DOOR:
            return self._redriver.redrive(plan, whom)
        self._aside.say_again(
            Redrive(
                topic=DOOR,
                first=plan.first,
                until=plan.until,
                agency=whom.agency,
                person=whom.person,
                at=self._clock.now(),
            )
        )
        self._signals.raise_all()

    def _said(self) -> Plan | None:
        with reading(self._engine) as conn:
            refused = outbox.refused(conn)
        if not refused:
            return None
        redrives = self._aside.found().redrives
        tried = [Tried(offset=one.number, was=one.rules, says=Says.SENT, reason=None) for one in refused]
        return Plan(
            id=plan_id(DOOR, {one.number: one.rules for one in refused}, redrives),
            topic=DOOR,
            first=refused[0].number,
            until=refused[-1].number + 1,
            records=len(refused),
            trial=Trial(counts={Says.SENT: len(refused)}, tried=tuple(tried)),
            times={one.number: times(redrives, DOOR, one.number) for one in refused},
        )

"""Takes in what waits: opens it at the keyring, then plans, lists, acknowledges or recalls (design 7).

A release that cannot be opened yet is asked for again; later ones to the same recipient wait behind it, so
that nothing is recalled before it was planned. Nothing is given up silently: a release nobody may open after
a minute is planned with its children unnamed, and counted.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

from sqlalchemy import Connection, Engine

from services.notify import flow
from services.notify.rules.intake import (
    EDUCATION,
    PARTNERSHIP,
    is_acknowledgement,
    is_correction,
    is_recall,
    is_retraction,
    keeps_order,
)
from services.notify.rules.tokens import Element, child_token
from services.notify.state import Arrival, Form, Word
from services.notify.store import arrivals, messages, traces
from services.notify.worker.customs import Customs
from services.notify.worker.keyring import Busy, Facts, Hidden
from services.notify.worker.patience import Patience
from services.runtime import telemetry
from services.runtime.clock import Clock, elapsed
from services.runtime.database import reading, writing

LIMIT = 200
LOOK_AHEAD = 2000
AT_ONCE = 4

log = logging.getLogger("sightline.notify")


class Opener(Protocol):
    """What planning needs of the keyring."""

    def facts(self, release_id: str) -> Facts:
        """Return an event's facts. Raises Busy or Hidden."""

    def children(self, release_id: str, names: Sequence[str]) -> tuple[Element, ...]:
        """Return a release's children. Raises Busy or Hidden."""


class Blank(Enum):
    """Why there is nothing opened."""

    NOT_YET = "not yet"
    NEEDLESS = "needless"
    NEVER = "never"


Answer = Facts | tuple[Element, ...] | Blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A release that waits, and what the partnership holds of the same event, where that has come."""

    arrival: Arrival
    counted: Arrival | None
    taken_back: bool

    @property
    def occurrence(self) -> str | None:
        """Return the partnership's alias of the incident."""
        return self.counted.incident if self.counted else None


class Planner:
    """Turns releases that wait into messages, listings and counts. One thread."""

    def __init__(
        self, *, engine: Engine, keyring: Opener, customs: Customs, key: bytes, clock: Clock
    ) -> None:
        self._engine = engine
        self._keyring = keyring
        self._customs = customs
        self._key = key
        self._clock = clock
        self._patience = Patience()
        self.is_restless = True
        """Whether something may wait although nothing new came."""

        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="open")

    def step(self) -> int:
        """Take in what can be taken in now. Returns how many releases that were.

        1. Read what waits.  2. Open it, a few at once.  3. In one transaction and in order: keep what follows
        and that it waits no more. A release that cannot be opened yet holds back its own recipient's alone.
        """
        questions = self._questions()
        if not questions:
            return 0
        return self._keep(questions, list(self._pool.map(self._ask, questions)))

    def _questions(self) -> list[Question]:
        with reading(self._engine) as conn:
            waiting = arrivals.waiting(conn, LOOK_AHEAD)
            self.is_restless = bool(waiting)
            ripe = self._ripe(waiting)
            return [self._question(conn, arrival) for arrival in ripe[:LIMIT]]

    def _ripe(self, waiting: Sequence[Arrival]) -> list[Arrival]:
        """Return what may be asked for now, and stands behind nothing that may not."""
        held_back = set[str]()
        ripe = []
        for arrival in waiting:
            may_try = self._patience.may_try(arrival.release_id, elapsed())
            if may_try and arrival.recipient not in held_back:
                ripe.append(arrival)
            elif keeps_order(arrival):
                held_back.add(arrival.recipient)
        return ripe

    def _question(self, conn: Connection, arrival: Arrival) -> Question:
        return Question(
            arrival=arrival,
            counted=arrivals.to_partnership(conn, arrival.event_id),
            taken_back=arrivals.is_taken_back(conn, arrival),
        )

    def _ask(self, question: Question) -> Answer:
        arrival = question.arrival
        if is_recall(arrival) or question.taken_back:
            return Blank.NEEDLESS
        over = self._patience.is_over(arrival.release_id, elapsed())
        if question.occurrence is None and not over:
            return Blank.NOT_YET
        try:
            return self._opened(question)
        except Busy:
            return Blank.NOT_YET
        except Hidden:
            return Blank.NEVER if over else Blank.NOT_YET

    def _opened(self, question: Question) -> Answer:
        """Open a school's children, or the facts of a form or of an acknowledgement (decision 0010)."""
        arrival = question.arrival
        if arrival.recipient == PARTNERSHIP:
            return self._keyring.facts(arrival.release_id)
        if is_acknowledgement(arrival):
            if question.counted is None:
                raise Hidden
            return self._keyring.facts(question.counted.release_id)
        return self._keyring.children(arrival.release_id, arrival.children)

    def _keep(self, questions: Sequence[Question], answers: Sequence[Answer]) -> int:
        held_back = set[str]()
        taken = []
        with writing(self._engine) as conn:
            for question, answer in zip(questions, answers, strict=True):
                arrival = question.arrival
                if arrival.recipient in held_back or answer is Blank.NOT_YET:
                    self._wait(arrival, answer, held_back)
                    continue
                with traces.continued(arrival.traceparent, "notify.plan"):
                    self._take(conn, question, answer)
                taken.append(arrival)
        for arrival in taken:
            self._patience.forget(arrival.release_id)
        telemetry.counter("notify_taken_in", "releases planned, listed, counted or recalled").inc(len(taken))
        return len(taken)

    def _wait(self, arrival: Arrival, answer: Answer, held_back: set[str]) -> None:
        if answer is Blank.NOT_YET:
            self._patience.failed(arrival.release_id, elapsed())
        if keeps_order(arrival):
            held_back.add(arrival.recipient)

    def _take(self, conn: Connection, question: Question, answer: Answer) -> None:
        arrival, now = question.arrival, self._clock.now()
        if not arrivals.take(conn, arrival):
            return
        if answer is Blank.NEVER:
            _alarm(arrival)
        if is_retraction(arrival):
            if isinstance(answer, Facts) and answer.taken_back is not None:
                arrivals.keep_taken_back(conn, answer.taken_back)
        elif arrival.recipient == PARTNERSHIP:
            arrivals.keep_form(conn, _form(arrival, answer))
        else:
            messages.keep(conn, self._outcome(conn, question, answer, now), now)

    def _outcome(self, conn: Connection, question: Question, answer: Answer, now: datetime) -> flow.Outcome:
        arrival = question.arrival
        if is_recall(arrival):
            return flow.recall(
                messages.standing_from(conn, arrival.recipient, arrival.event_id),
                messages.listed_from(conn, arrival.event_id) if arrival.recipient == EDUCATION else (),
            )
        if is_acknowledgement(arrival):
            return _acknowledged(conn, arrival, answer)
        if question.taken_back or not arrival.children:
            return flow.Outcome()
        return self._planned(conn, question, answer, now)

    def _planned(self, conn: Connection, question: Question, answer: Answer, now: datetime) -> flow.Outcome:
        elements = answer if isinstance(answer, tuple) else (None,) * len(question.arrival.children)
        opened = self._known(conn, question, elements)
        if opened.recipient == EDUCATION:
            listed = messages.listed_for(conn, opened.incident)
            return flow.list_children(opened, listed, self._customs.office(), now)
        standing = messages.standing_for(conn, opened.recipient, opened.incident)
        return flow.plan(opened, standing, self._customs.of_school(opened.recipient), now)

    def _known(self, conn: Connection, question: Question, elements: Sequence[Element | None]) -> flow.Opened:
        arrival = question.arrival
        occurrence = question.occurrence or arrivals.ALONE + arrival.event_id
        names = zip(arrival.children, elements, strict=True)
        return flow.Opened(
            release_id=arrival.release_id,
            kind=arrival.kind,
            recipient=arrival.recipient,
            incident=arrival.incident or "",
            occurrence=occurrence,
            event_id=arrival.event_id,
            occurred_at=_occurred(conn, arrival, elements),
            recorded_at=arrival.recorded_at,
            children=tuple(
                child_token(self._key, occurrence, arrival.release_id, name, one) for name, one in names
            ),
            pupils=tuple(one.pupil if one else None for one in elements),
            first_recorded_at=arrivals.first_recorded(conn, occurrence) if is_correction(arrival) else None,
        )


def _alarm(arrival: Arrival) -> None:
    telemetry.counter("notify_unopened", "releases planned without being opened").inc()
    stands = "nothing is acknowledged by it" if is_acknowledgement(arrival) else "its children stay unnamed"
    log.error("release %s could not be opened: %s", arrival.release_id, stands)


def _acknowledged(conn: Connection, arrival: Arrival, answer: Answer) -> flow.Outcome:
    """Take a school's word. Of one that cannot be opened nobody knows what it was about: somebody phones."""
    if not isinstance(answer, Facts):
        return flow.Outcome()
    standing = messages.standing_for(conn, arrival.recipient, arrival.incident or "")
    word = Word(said_at=answer.occurred_at or arrival.recorded_at, notification=answer.notification)
    return flow.acknowledge(standing, word, arrival.recorded_at)


def _occurred(conn: Connection, arrival: Arrival, elements: Sequence[Element | None]) -> datetime:
    """Return when it happened: as the children's elements say, else the form, else when it was recorded."""
    said = next((one.occurred_at for one in elements if one and one.occurred_at), None)
    form = arrivals.form_of(conn, arrival.event_id) if said is None else None
    return said or (form.occurred_at if form else None) or arrival.recorded_at


def _form(arrival: Arrival, answer: Answer) -> Form:
    facts = answer if isinstance(answer, Facts) else Facts(child_count=None, occurred_at=None)
    return Form(
        event_id=arrival.event_id,
        occurrence=arrival.incident or arrivals.ALONE + arrival.event_id,
        event_type=arrival.event_type,
        seq=arrival.seq,
        occurred_at=facts.occurred_at or arrival.recorded_at,
        child_count=facts.child_count,
    )

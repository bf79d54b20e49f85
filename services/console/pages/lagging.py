"""How far each service is behind, as operators read it: records, how old they are, and who waits."""

from asyncio import gather, timeout
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from fastapi import Request

from services.console.api.figures import ANSWER_SECONDS, Standing
from services.console.pages.desk import Answer, Unanswered
from services.runtime.lag import Unread, read_topics, seconds_since, waits_of, written_at

OK: Final = 200
GATE: Final = "gate"
LONG: Final = timedelta(seconds=30)
"""How long a number may be missing before it is shown as overdue."""

UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
Stands = Mapping[str, Standing | None]


class Asks(Protocol):
    """What is needed of a desk."""

    def now(self) -> datetime:
        """Return the partnership's time."""

    async def ask(self, request: Request, path: str, query: Mapping[str, str | int] | None = None) -> Answer:
        """Ask a service in the visitor's name. Raises Unanswered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How one service stands: `behind` and `pending` are None where it does not answer."""

    name: str
    behind: int | None
    pending: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """A topic not read to its end by a reader, and how many seconds ago the first record to take was written.

    `seconds` is None where nobody can say.
    """

    reader: str
    topic: str
    records: int
    seconds: float | None

    @property
    def ago(self) -> str | None:
        """Return how long ago that is, in words."""
        return lasting(self.seconds) if self.seconds is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """How many recipients wait for a missing number in one reader, for how long, and what is known of why."""

    reader: str
    recipients: int
    behind_aside: int
    lasting: str
    overdue: bool


def services(stands: Stands) -> list[Service]:
    """Return how each service stands."""
    return [
        Service(name=name, behind=_number(one, "behind"), pending=_number(one, "pending"))
        for name, one in stands.items()
    ]


def unread(stands: Stands) -> list[Unread]:
    """Return every topic that a reader has not read to its end."""
    return [each for name, one in stands.items() for each in read_topics(name, one or {}) if each.records]


async def behind(desk: Asks, request: Request, topics: Sequence[Unread]) -> list[Behind]:
    """Return these topics with the age of the first record to take of each, all asked at once."""
    written = await gather(*(_written(desk, request, each) for each in topics))
    return [aged(each, at, desk.now()) for each, at in zip(topics, written, strict=True)]


def aged(topic: Unread, written: datetime | None, now: datetime) -> Behind:
    """Return a topic with how long ago its first record to take was written, by the partnership's clock."""
    return Behind(
        reader=topic.reader, topic=topic.topic, records=topic.records, seconds=seconds_since(written, now)
    )


def undecided(at_work: float | None, topics: Sequence[Behind]) -> float | None:
    """Return how many seconds old the oldest undecided event is: 0 where there is none. None: not known.

    `at_work` is what the gate says of what it has read; what it has yet to read is older than it says.
    """
    ages = [at_work, *(each.seconds for each in topics if each.reader == GATE)]
    known = [age for age in ages if age is not None]
    return max(known) if len(known) == len(ages) else None


def stuck(stands: Stands, now: datetime) -> Iterator[Stuck]:
    """Yield the readers in which somebody waits for a missing number. `now` is by the machine's clock."""
    for name, one in stands.items():
        waits = waits_of(one or {})
        if waits.recipients:
            seconds = seconds_since(waits.since, now) or 0.0
            yield Stuck(
                reader=name,
                recipients=waits.recipients,
                behind_aside=waits.behind_aside,
                lasting=lasting(seconds),
                overdue=seconds > LONG.total_seconds(),
            )


def lasting(seconds: float) -> str:
    """Return how long something lasts, in the largest unit that is whole: `3 minutes`."""
    size, unit = next((each for each in UNITS if seconds >= each[0]), UNITS[-1])
    count = int(seconds // size)
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


async def _written(desk: Asks, request: Request, topic: Unread) -> datetime | None:
    """Return when the first record to take was written; None where nobody says so in time."""
    asked: dict[str, str | int] = {"topic": topic.topic, "from": topic.next, "most": 1}
    try:
        async with timeout(ANSWER_SECONDS):
            answer = await desk.ask(request, "/v1/operations/records", asked)
    except (Unanswered, TimeoutError):
        return None
    found = answer.body.get("records") if answer.status == OK else None
    return written_at(found) if isinstance(found, list) else None


def _number(standing: Standing | None, name: str) -> int | None:
    value = (standing or {}).get(name)
    return value if isinstance(value, int) else None

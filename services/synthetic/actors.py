"""Who acts in the month beside the police: schools that acknowledge or do not, agencies that open cases.

They know only what they were released: they read their inbox, open what they must with a purpose, and
publish under the alias they were given, all through the same doors as anyone else.
"""

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import Enum
from typing import Any, Protocol

from services.synthetic.dated import Dated
from services.synthetic.moments import LONDON

PROMPT, LATE = time(8, 0), time(10, 30)
"""When schools look: before anybody phones, or after."""

READING = "Operation Encompass: support for our pupils today"
CONTACT = "first contact about this incident"

Row = Mapping[str, Any]


class Doors(Protocol):
    """What an agency's or a school's system may do."""

    def inbox(self, recipient: str, after: str | None) -> tuple[Sequence[Row], str | None]:
        """Return the releases after a cursor, none when all are read, and the cursor to go on from."""

    def open(self, recipient: str, row: Row, sections: Sequence[str], purpose: str) -> Mapping[str, Any]:
        """Return what those sections say, the opening recorded; nothing where the release was recalled."""

    def publish(self, agency: str, event: Mapping[str, Any]) -> None:
        """Send an event. Raises where it is refused."""


class Habit(Enum):
    """When a school acknowledges on some day."""

    PROMPT = "prompt"
    LATE = "late"
    NEVER = "never"


def habit(seed: int, urn: str, day: date) -> Habit:
    """Return what a school does on a day: most look before the bell, some after, some not at all."""
    roll = random.Random(f"{seed}|{urn}|{day.isoformat()}").random()
    return Habit.PROMPT if roll < 0.8 else Habit.LATE if roll < 0.92 else Habit.NEVER


@dataclass(slots=True)
class Reader:
    """One recipient's place in its own inbox."""

    recipient: str
    cursor: str | None = None

    def new(self, doors: Doors) -> Iterator[Row]:
        """Yield what has come since the last look."""
        while True:
            rows, after = doors.inbox(self.recipient, self.cursor)
            if not rows:
                return
            yield from rows
            self.cursor = after


@dataclass(slots=True)
class Schools:
    """The demo's schools, by seed."""

    seed: int
    urns: Sequence[str]
    acknowledged: int = 0
    _mailed: set[str] = field(default_factory=set)
    _readers: dict[str, Reader] = field(default_factory=dict)
    _unread: dict[str, list[Row]] = field(default_factory=dict)

    def mail(self, event: Row) -> None:
        """Note whose pupils an event is about: they have an e-mail, and look in their inbox."""
        named = {str(child.get("school_urn")) for child in event.get("children") or ()}
        self._mailed |= named.intersection(self.urns)

    def look(self, doors: Doors, now: datetime) -> None:
        """Let every school that looks at this hour read what came, and say so."""
        local = now.astimezone(LONDON)
        for urn in sorted(self._mailed):
            self._collect(doors, urn)
        self._mailed.clear()
        for urn in sorted(self._unread):
            if self._unread[urn] and _looks(habit(self.seed, urn, local.date()), local.time()):
                for row in self._taken(urn):
                    self._acknowledge(doors, f"school:{urn}", row, now)

    def _taken(self, urn: str) -> list[Row]:
        rows, self._unread[urn] = self._unread[urn], []
        return rows

    def _collect(self, doors: Doors, urn: str) -> None:
        reader = self._readers.setdefault(urn, Reader(recipient=f"school:{urn}"))
        told = [row for row in reader.new(doors) if row["kind"] != "recalled" and _pupils(row)]
        self._unread.setdefault(urn, []).extend(told)

    def _acknowledge(self, doors: Doors, school: str, row: Row, now: datetime) -> None:
        doors.open(school, row, _pupils(row), READING)
        event = {
            "type": "SchoolNotificationAcknowledged",
            "id": f"ack-{row['release_id']}",
            "occurred_at": now.isoformat(),
            "incident": row["incident"],
        }
        doors.publish(school, event)
        self.acknowledged += 1


def _pupils(row: Row) -> list[str]:
    """Return the names of the children in a release; a school's own word comes back to it without any."""
    return [name for name in row["sections"] if name.startswith("children")]


def _looks(habit: Habit, at: time) -> bool:
    return (habit is Habit.PROMPT and at >= PROMPT) or (habit is Habit.LATE and at >= LATE)


@dataclass(slots=True)
class Agencies:
    """Agencies that speak of an incident by the alias they were given for it."""

    _readers: dict[str, Reader] = field(default_factory=dict)
    _aliases: dict[tuple[str, str], str] = field(default_factory=dict)

    def spoken(self, doors: Doors, dated: Dated) -> dict[str, object] | None:
        """Return the event as its agency can say it; None if it was never told of the incident."""
        if dated.about is None:
            return dated.event
        self._read(doors, dated.agency)
        alias = self._aliases.get((dated.agency, dated.about))
        return None if alias is None else dated.event | {"incident": alias}

    def _read(self, doors: Doors, agency: str) -> None:
        reader = self._readers.setdefault(agency, Reader(recipient=agency))
        for row in reader.new(doors):
            if row["event_type"] == "VpaReviewed" and "incident" in row["sections"]:
                opened = doors.open(agency, row, ["incident"], CONTACT)
                reference = opened.get("incident", {}).get("reference")
                if reference is not None:
                    self._aliases[agency, reference] = row["incident"]

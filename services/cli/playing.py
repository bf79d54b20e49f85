"""Plays a month through the doors of a running system, on simulated time, so that every deadline comes.

Each step: move the shared clock to the next moment at which anybody acts (services wake on the way, and all
is settled before each move), publish what is due, let schools look. Nothing is published before its time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from services.cli.client import System
from services.cli.errors import CliError
from services.cli.publishing import Result, advance, publish, settle
from services.runtime.partnership import Partnership
from services.synthetic.actors import LATE, PROMPT, Agencies, Row, Schools
from services.synthetic.dated import Dated
from services.vocabulary.calendar import LONDON, SchoolYear, at_wall_clock

PAGE = 500
NOT_FOUND = 404
AFTERWARDS = timedelta(days=4)
"""How long time goes on after the last event: past a weekend and the last bell."""

Say = Callable[[float, str], None]
"""Told how much is done, from 0 to 1, and what the time is there."""


class NotTaken(CliError):
    """The door refused or did not answer for something the month says."""


@dataclass(slots=True)
class PlayedDoors:
    """The doors of a running system, for those who act in the month."""

    system: System
    published: int = 0

    def inbox(self, recipient: str, after: str | None) -> tuple[Sequence[Row], str | None]:
        """Return one page of a recipient's inbox, and the cursor to go on from."""
        query = {"limit": str(PAGE), "after": after or ""}
        page = self.system.get("/v1/inbox", query, agency=recipient).good()
        return page["releases"], page["resume"]

    def open(self, recipient: str, row: Row, sections: Sequence[str], purpose: str) -> Mapping[str, Any]:
        """Open sections for the recipient's first registered person; nothing where it was recalled."""
        body = {"release_id": row["release_id"], "sections": list(sections), "purpose": purpose}
        answer = self.system.post("/v1/open", body, agency=recipient)
        opened: Mapping[str, Any] = {} if answer.status == NOT_FOUND else answer.good()["sections"]
        return opened

    def publish(self, agency: str, event: Mapping[str, Any]) -> None:
        """Send one event. Raises NotTaken."""
        self.publish_all([(agency, event)])

    def publish_all(self, items: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Send events in order, together where they are one agency's. Raises NotTaken."""
        refused: list[Result] = []

        def keep(result: Result) -> None:
            if result.status not in ("accepted", "duplicate"):
                refused.append(result)

        publish(self.system, items, on_result=keep)
        self.published += len(items)
        if refused:
            rules = sorted({reason.get("rule", "?") for one in refused for reason in one.reasons})
            raise NotTaken(f"the door {refused[0].status} `{refused[0].id}`: {', '.join(rules)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Everything that is published at one moment, and whether schools look then."""

    at: datetime
    events: tuple[Dated, ...]
    schools_look: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What was done: how many events were published, by whom it was acknowledged, until when."""

    published: int
    acknowledged: int
    until: datetime
    unspoken: int = field(default=0)


def play(system: System, events: Sequence[Dated], schools: Schools, say: Say) -> Played:
    """Publish everything at its time, let everybody act, and go on past the last deadline."""
    doors, agencies = PlayedDoors(system), Agencies()
    steps = list(steps_of(events, system.partnership))
    unspoken = 0
    for number, step in enumerate(steps):
        say(number / len(steps), _spoken(step.at))
        advance(system, step.at)
        if step.schools_look:
            settle(system)
            schools.look(doors, step.at)
        if any(dated.about for dated in step.events):
            settle(system)
        spoken = [(dated.agency, agencies.spoken(doors, dated)) for dated in step.events]
        unspoken += sum(event is None for _, event in spoken)
        doors.publish_all([(agency, event) for agency, event in spoken if event is not None])
        for dated in step.events:
            schools.mail(dated.event)
    settle(system)
    say(1.0, _spoken(steps[-1].at))
    return Played(
        published=doors.published, acknowledged=schools.acknowledged, until=steps[-1].at, unspoken=unspoken
    )


def _spoken(at: datetime) -> str:
    return f"{at.astimezone(LONDON):%a %d %B %H:%M}"


def steps_of(events: Sequence[Dated], partnership: Partnership) -> Iterator[Step]:
    """Yield every moment at which anybody acts, in order, and one after the last deadline."""
    published = {at: tuple(group) for at, group in groupby(events, key=lambda dated: dated.at)}
    last = max(published) + AFTERWARDS
    looks = set(_looks(min(published).date(), last.date(), partnership))
    for at in sorted({*published, *looks, last}):
        yield Step(at=at, events=published.get(at, ()), schools_look=at in looks)


def _looks(first: date, last: date, partnership: Partnership) -> Iterator[datetime]:
    """Yield when schools look: twice on every day that any of them is open."""
    year = SchoolYear(bell=PROMPT, terms=partnership.terms, closures=frozenset(partnership.inset))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    for day in days:
        if year.is_school_day(day):
            yield at_wall_clock(day, PROMPT)
            yield at_wall_clock(day, LATE)

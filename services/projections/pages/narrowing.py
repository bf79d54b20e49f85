"""How an inbox is narrowed: by closed words alone, each of which can be seen and taken away again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from services.projections.pages.cases import Case
from services.projections.rules.standing import News
from services.projections.state import Show
from services.vocabulary.events import EventType
from services.vocabulary.titles import TYPES

SHOWN: Final[Mapping[str, str]] = {
    Show.NEW: "New or changed",
    Show.EXPECTED: "Something is expected of us",
    Show.OVERDUE: "Overdue",
    Show.RECALLED: "Recalled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One filter in force, and the address without it."""

    text: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowing:
    """What is asked for: cases of which any of `show` holds, and in which `happened` happened."""

    show: tuple[Show, ...] = ()
    happened: EventType | None = None

    @property
    def query(self) -> Mapping[str, str | Sequence[str]]:
        """What the read model is asked."""
        asked: dict[str, str | Sequence[str]] = {"show": [each.value for each in self.show]}
        return {**asked, "happened": self.happened.value} if self.happened else asked

    def admits(self, case: Case) -> bool:
        """Say whether a case is among what is asked for. No filter is every case."""
        return (not self.show or any(_is(case, each) for each in self.show)) and (
            self.happened is None or self.happened in case.types
        )

    def tags(self) -> tuple[Tag, ...]:
        """Return every filter in force with the address that takes it away."""
        shows = [
            Tag(
                text=SHOWN[each],
                href=_address(tuple(one for one in self.show if one is not each), self.happened),
            )
            for each in self.show
        ]
        happened = [Tag(text=TYPES[self.happened], href=_address(self.show, None))] if self.happened else []
        return (*shows, *happened)

    def address(self, after: str) -> str:
        """Return the address of what follows under the same filters."""
        return _address(self.show, self.happened, after)


def narrowing(show: Sequence[str], happened: str) -> Narrowing:
    """Return the filters that mean something; any other word is as if it was not sent."""
    return Narrowing(
        show=tuple(each for each in Show if each in show),
        happened=next((each for each in EventType if each == happened), None),
    )


def _is(one: Case, asked: Show) -> bool:
    match asked:
        case Show.NEW:
            return one.news is not News.OPENED
        case Show.EXPECTED:
            return one.expected is not None
        case Show.OVERDUE:
            return one.expected is not None and one.expected.overdue
        case Show.RECALLED:
            return one.recalled


def _address(show: Sequence[Show], happened: EventType | None, after: str = "") -> str:
    asked = [("show", each.value) for each in show]
    asked += [("happened", happened.value)] if happened else []
    asked += [("after", after)] if after else []
    return f"/inbox?{urlencode(asked)}" if asked else "/inbox"

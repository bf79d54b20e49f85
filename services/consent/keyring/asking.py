"""What is asked of the ledger's lists: which, which rows of it, in what order, and by whom."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from services.consent.keyring.whom import InRole
from services.consent.store.days import Days
from services.runtime.identity import Caller

MOST = 1000
"""Rows one answer holds at most; the rest are asked for with the cursor that comes with it."""

NEVER = "~"
"""Stands after every time: what may wait for ever comes last."""

Row = Mapping[str, Any]
Rows = Iterable[tuple[str, Row]]
"""Rows in order, each with its place in it. Places compare as the rows stand."""


class NotForYou(Exception):
    """The caller may not have that list: as good as absent."""


class List(StrEnum):
    """The lists there are."""

    NOT_SHARED = "not-shared"
    WITHHELD = "withheld"
    OVERRIDDEN = "overridden"
    OWN_WORD = "own-word"
    OPENINGS = "openings"
    PARTIES = "parties"
    TOLD = "told"
    ROLES = "roles"
    WAITING = "waiting"
    ERASURES = "erasures"
    UNANSWERED = "unanswered"
    UNDECIDED = "undecided"
    HELD_BACK = "held-back"
    PUT_RIGHT = "put-right"


class Order(StrEnum):
    """Which rows stand first."""

    AS_LISTED = "as-listed"
    NEWEST = "newest"


BY_MOMENT = frozenset(
    {
        List.NOT_SHARED,
        List.WITHHELD,
        List.OVERRIDDEN,
        List.OWN_WORD,
        List.ROLES,
        List.UNANSWERED,
        List.UNDECIDED,
        List.HELD_BACK,
        List.PUT_RIGHT,
    }
)
"""Lists by when something began, was decided or was due. The rest keep their order whatever is asked."""

DRAWN = frozenset({List.OVERRIDDEN, List.OWN_WORD})
"""Lists of which a sample is drawn: what rests on the word of people, which somebody else looks into."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which rows are asked for. `sample`: so many of a list in `DRAWN`, by `seed`. `person`: an alias;
    `named`: or whom an event names in a role.

    `below_threshold`: of what was not shared only those with children below the threshold, or the others
    alone. `overdue`: of what is not answered only what is overdue, or the rest alone. `after`: the cursor
    that came with the rows before, in the same order.
    """

    days: Days
    sample: int | None = None
    seed: str = ""
    person: str | None = None
    named: InRole | None = None
    below_threshold: bool | None = None
    overdue: bool | None = None
    order: Order = Order.AS_LISTED
    after: str | None = None
    limit: int = MOST


class Asker(NamedTuple):
    """Who asks, and which restricted incidents are closed to them."""

    caller: Caller
    closed: frozenset[str]


def is_drawn(wanted: List, question: Question) -> bool:
    """Say whether the rows of a list are a sample of it."""
    return wanted in DRAWN and question.sample is not None


def order_of(wanted: List, question: Question) -> Order:
    """Return the order a list is answered in."""
    return question.order if wanted in BY_MOMENT else Order.AS_LISTED


def in_order(number: int) -> str:
    """Return the place of a number: text that compares as it does."""
    return f"{number + 1:020d}"


T = TypeVar("T")


def following(rows: Iterable[tuple[str, T]], order: Order, place: str) -> Iterator[tuple[str, T]]:
    """Yield the rows that stand after a place in that order; the empty place stands before all."""
    if order is Order.NEWEST:
        turned = sorted(rows, key=itemgetter(0), reverse=True)
        return (row for row in turned if not place or row[0] < place)
    return (row for row in rows if row[0] > place)

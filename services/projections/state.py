"""What a read model knows: the next number of every recipient, what came before its turn, rows and cases."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from services.vocabulary.grounds import CLOSES, REPLACES, Ground, ReleaseKind

FIRST = 1
"""A recipient's first release is number one (design 2)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A number that came before its turn: of an uncommitted batch, it will come again in order."""

    recipient: str
    seq: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """The next number of each recipient, and at most one early number of each."""

    expected: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[str, Waiting] = field(default_factory=dict)

    def expects(self, recipient: str) -> int:
        """Return the only number that may be applied next for a recipient."""
        return self.expected.get(recipient, FIRST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One release as an inbox shows it, with the sealed bytes it came in.

    `event_id` and `event_type` are the released event's. `source` and `occurred_at` come from `facts`
    and are None where a release has none (a school's). `sections` are names, never content.
    `value` is what came, sealed. `answers` and `outcome` are of an `ExpectationMet` of the recipient's own:
    the release it answers, and whether it was done or was not possible.
    """

    recipient: str
    seq: int
    release_id: str
    kind: str
    cause: str
    event_id: str
    event_type: str
    source: str | None
    occurred_at: str | None
    decided_at: str
    ground: str
    rule: str
    policy: str
    purpose: str
    expects: str | None
    not_after: str | None
    person: str | None
    incident: str | None
    reason: str | None
    partition: int
    sections: tuple[str, ...]
    value: bytes
    answers: str | None = None
    outcome: str | None = None

    @property
    def own(self) -> bool:
        """Whether the recipient published it itself."""
        return self.ground == Ground.OWN

    @property
    def recalled(self) -> bool:
        """Whether it takes back what was told before."""
        return self.kind == ReleaseKind.RECALLED

    @property
    def closes(self) -> bool:
        """Whether it ends what earlier forms of its incident said."""
        return self.kind in CLOSES

    @property
    def replaces(self) -> bool:
        """Whether it takes the place of earlier forms of its incident."""
        return self.kind in REPLACES

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its sections."""
        return self.sections


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a recipient said came of a release to it, with its own number: the latest holds."""

    recipient: str
    seq: int
    release_id: str
    outcome: str
    at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A release of which somebody in the agency it was made to was shown something. Not who, nor why."""

    recipient: str
    release_id: str


class Show(StrEnum):
    """What of a case somebody may look for."""

    NEW = "new"
    EXPECTED = "expected"
    OVERDUE = "overdue"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case stands in its recipient's inbox: first what waits to be opened, the last heard of first.

    `seq` is the number of the last release about it. No two cases of a recipient stand in one place.
    """

    waits: bool
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLine:
    """One incident of a recipient's, as an inbox is asked for it; made of its releases and nothing else.

    `over_at` is when what is expected first is overdue, `NO_END` where that names no moment, None where
    nothing is expected. `happened`: the types of what others told of it, or where nobody did, of its own.
    """

    recipient: str
    incident: str
    place: Place
    recalled: bool
    over_at: datetime | None
    happened: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A record that cannot be read, and why; it stands aside and its recipient's next number stays open."""

    topic: str
    offset: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first number kept for a recipient, and its last: `last` is 0 where there are none."""

    first_kept: int
    last: int

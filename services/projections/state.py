"""What a read model knows: the next number of every recipient, and what came before its turn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a recipient said came of a release to it, with its own number: the latest holds."""

    recipient: str
    seq: int
    release_id: str
    outcome: str
    at: str | None


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

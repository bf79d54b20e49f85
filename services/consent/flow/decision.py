"""A decision: what one event was answered with, for every recipient. A record, kept for ever."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.consent.state.heard import Heard
from services.consent.state.world import World
from services.vocabulary.grounds import Ground, Outcome, Reason, ReleaseKind

DECISION_VERSION = 6
"""Declared by hand whenever a change of code changes decisions; adopted by an event (design 2).

6: an override by children's services counts for themselves, confirmed by a second person, and for nobody else
(decision 0019); what its publisher takes back is recalled, and stands no more (decision 0039).
5: what a form repeats of earlier ones is no new consent (decision 0034); an open case counts under whatever
reference it was opened, for it is about the adult victim; danger waits until the Hub reviews it, whatever is
raised after it (decision 0038).
"""

UNREADABLE = "unreadable"
"""The event type of a record that is not an event."""


class Answer(NamedTuple):
    """Say whether one recipient may see an event, and why. Sections as an inbox names them.

    A tuple, like `Emit`: an event has some twenty answers and three releases, and the gate makes them all.
    """

    recipient: str
    outcome: Outcome
    owed: bool
    rule: str
    ground: Ground | None = None
    reason: Reason | None = None
    sections: tuple[str, ...] = ()
    leaves: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The answers about an earlier form that this event made the gate give again."""

    event_id: str
    answers: tuple[Answer, ...]


class Emit(NamedTuple):
    """A release without its bytes, which lie in the log at `event_offset`.

    `incident` and `person` are the recipient's own aliases. `can_end`: opening must wait for the
    gate, because some of it rests on a ground that can end.
    """

    recipient: str
    kind: ReleaseKind
    seq: int
    release_id: str
    cause: str
    event_id: str
    event_offset: int
    incident: str | None
    person: str | None
    ground: Ground
    rule: str
    purpose: str
    expects: str | None
    not_after: datetime | None
    reason: Reason | None
    sections: tuple[str, ...]
    leaves: tuple[int, ...]
    can_end: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One event's decision. `policy` is the hash of the one in force, empty before there is any."""

    event_id: str
    event_type: str
    offset: int
    decided_at: datetime
    policy: str
    version: int
    answers: tuple[Answer, ...]
    again: tuple[Again, ...] = ()
    emits: tuple[Emit, ...] = ()


def decision_of(
    world: World,
    heard: Heard,
    policy: str,
    answers: tuple[Answer, ...],
    again: tuple[Again, ...] = (),
    emits: tuple[Emit, ...] = (),
) -> Decision:
    """Return the decision of an event in a world that has folded it."""
    return Decision(
        event_id=heard.event_id,
        event_type=heard.type,
        offset=heard.offset,
        decided_at=world.standing.time or heard.recorded_at,
        policy=policy,
        version=world.standing.decision_version or DECISION_VERSION,
        answers=answers,
        again=again,
        emits=emits,
    )

"""What notify knows: a notification per occurrence and school, a listing per child whom no school is told of.

    Notification   planned -> delivered -> opened -> acknowledged    one message to one school about siblings
                        \\-> sent (e-mail)     \\-> escalated         a person phones before the bell
    Listing        given to the authority's officer, with the reason and a clock

Nobody is named here: a child is a keyed token that means something inside one occurrence alone.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from services.vocabulary.grounds import ReleaseKind


class Standing(StrEnum):
    """Whether a message still says what the partnership says."""

    STANDS = "stands"
    SUPERSEDED = "superseded"
    RECALLED = "recalled"


class Stage(StrEnum):
    """How far a notification has come, in one word; what a school and an officer see."""

    PLANNED = "planned"
    DELIVERED = "delivered"
    OPENED = "opened"
    ACKNOWLEDGED = "acknowledged"
    ESCALATED = "escalated"
    SUPERSEDED = "superseded"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one school about one occurrence.

    `incident` is the school's own alias, `occurrence` the partnership's. `phone_by` is when a person phones
    if nobody has acknowledged; None where nobody ever will, because the occurrence is history (`late`).
    """

    id: str
    school: str
    incident: str
    occurrence: str
    event_id: str
    release_id: str
    children: tuple[str, ...]
    occurred_at: datetime
    planned_at: datetime
    due_at: datetime
    phone_by: datetime | None
    late: bool
    delivered_at: datetime | None = None
    sent_at: datetime | None = None
    opened_at: datetime | None = None
    acknowledged_at: datetime | None = None
    escalated_at: datetime | None = None
    standing: Standing = Standing.STANDS

    @property
    def stage(self) -> Stage:
        """Return the furthest it has come; an escalated one that was answered later is acknowledged."""
        if self.standing is not Standing.STANDS:
            return Stage(self.standing.value)
        if self.is_answered:
            return Stage.ACKNOWLEDGED
        if self.escalated_at:
            return Stage.ESCALATED
        if self.opened_at:
            return Stage.OPENED
        return Stage.DELIVERED if self.delivered_at else Stage.PLANNED

    @property
    def is_answered(self) -> bool:
        """Say whether the school saw who it is about and said that it read it, in either order.

        A word without a look settles nothing: no adult there may know which child it is.
        """
        return self.acknowledged_at is not None and self.opened_at is not None

    @property
    def awaits_phone(self) -> bool:
        """Say whether a person will have to phone if nothing happens."""
        settled = self.is_answered or self.escalated_at or self.standing is not Standing.STANDS
        return self.phone_by is not None and not settled


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One child of one occurrence whom no school is told of: given to an officer, with a clock."""

    id: str
    incident: str
    occurrence: str
    event_id: str
    release_id: str
    child: str
    reason: str
    owner: str
    occurred_at: datetime
    listed_at: datetime
    due_at: datetime
    standing: Standing = Standing.STANDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A phone call somebody owes a school; closed when it is told, has answered, or the message falls."""

    notification: str
    owner: str
    reason: str
    opened_at: datetime
    due_at: datetime
    closed_at: datetime | None = None


class Reached(StrEnum):
    """What came of a phone call. Only speaking to somebody who may be told ends what is owed."""

    SPOKE = "spoke"
    NO_MESSAGE = "no-message-left"
    NO_ANSWER = "no-answer"


class SpokenTo(StrEnum):
    """Who may be told on the phone, by role: nobody is named.

    At a school the first three; the council's lead alone where a parent works at the school.
    """

    KEY_ADULT = "key-adult"
    DEPUTY = "deputy"
    HEAD = "head"
    COUNCIL_LEAD = "council-lead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One phone call made, to a school or to the council's lead.

    `notification` is the message's id, or that of the listing it is about; `number` counts the calls about
    it, from 1. `person` is the opaque id of who phoned; `spoken_to` is None where nobody was spoken to.
    """

    notification: str
    number: int
    person: str
    reached: Reached
    spoken_to: SpokenTo | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """The neutral e-mail that goes with a notification. `next_at` is when it is tried next; None: never."""

    notification: str
    school: str
    attempts: int
    next_at: datetime | None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a channel did not take a message, as a code, and whether trying again is of no use."""

    reason: str
    permanent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A school's word that it has read: one message by its id, or all it had been given when it spoke."""

    said_at: datetime
    notification: str | None = None

    def is_about(self, notification: Notification) -> bool:
        """Say whether the school can have meant this message: one that came later, nobody has read."""
        if self.notification is not None:
            return self.notification == notification.id
        return notification.delivered_at is not None and notification.delivered_at <= self.said_at


def delivered(notification: Notification, at: datetime) -> Notification:
    """Put it in the school's secure inbox."""
    return replace(notification, delivered_at=at)


def sent(notification: Notification, at: datetime) -> Notification:
    """Note that the school's mail server took the e-mail."""
    return replace(notification, sent_at=at)


def seen(notification: Notification, at: datetime) -> Notification:
    """Note that the school looked at whom it is about; the first time counts."""
    return replace(notification, opened_at=notification.opened_at or at)


def acknowledged(notification: Notification, at: datetime) -> Notification:
    """Note that the school said it has read it; the first time counts."""
    return replace(notification, acknowledged_at=notification.acknowledged_at or at)


def escalated(notification: Notification, at: datetime) -> Notification:
    """Note that a person was asked to phone."""
    return replace(notification, escalated_at=at)


def fallen(notification: Notification, standing: Standing) -> Notification:
    """Take it out of what stands: superseded by a correction, or recalled."""
    return replace(notification, standing=standing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A release as it came: which sections it holds, by name, and nothing of what they say.

    `traceparent` is the trace it came with, in which everything that follows from it goes on.
    """

    recipient: str
    seq: int
    release_id: str
    kind: ReleaseKind
    event_id: str
    event_type: str
    incident: str | None
    recorded_at: datetime
    sections: tuple[str, ...]
    traceparent: str | None = None

    @property
    def children(self) -> tuple[str, ...]:
        """Return the names by which its children are opened: `children[0]` and on."""
        count = sum(1 for name in self.sections if name == "children")
        return tuple(f"children[{index}]" for index in range(count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A school was shown children of a release, as the keyring put on record before it showed them."""

    release_id: str
    school: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form about an occurrence, in the order of the partnership's releases (`seq`).

    `child_count` and `occurred_at` are what its `facts` say; None where those could not be opened.
    """

    event_id: str
    occurrence: str
    event_type: str
    seq: int
    occurred_at: datetime | None
    child_count: int | None

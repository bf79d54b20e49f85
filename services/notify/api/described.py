"""What `/v1/schools/*` answers, as `/openapi.json` describes it: every field there is, and no other."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.notify.rules.placement import Reason
from services.notify.state import Reached, SpokenTo, Stage

Children = Annotated[int, Field(ge=0, description="how many children")]
Due = Annotated[datetime, Field(description="the bell before which the school should have heard")]
Owner = Annotated[str, Field(description="the opaque id of who answers for it")]
Named = Annotated[str | None, Field(description="who that is; null for who is not registered")]
Phone = Annotated[str | None, Field(description="the school's number; null where none is known")]


class Answer(BaseModel):
    """An answer of these paths, or a part of one."""

    model_config = ConfigDict(extra="forbid")


class Made(Answer):
    """A phone call that was made."""

    number: Annotated[int, Field(ge=1, description="which call about the same thing it was")]
    at: datetime
    by: Named
    reached: Reached
    spoken_to: Annotated[SpokenTo | None, Field(description="who was told, by role; null: nobody was")]


class Message(Answer):
    """One message to one school. Its `outcome` is in the words the counts use."""

    school: str
    children: Children
    due_at: Due
    delivered_at: datetime | None
    sent_at: Annotated[datetime | None, Field(description="when the school's mail server took the e-mail")]
    opened_at: Annotated[datetime | None, Field(description="when the school first saw who it is about")]
    acknowledged_at: Annotated[
        datetime | None, Field(description="when the school first said that it read it, seen or not")
    ]
    escalated_at: Annotated[datetime | None, Field(description="when a person was asked to phone")]
    outcome: Annotated[str, Field(description="told, escalated, planned, superseded or recalled")]
    late: Annotated[bool, Field(description="recorded after the bell, or over a week after it happened")]


class OwnMessage(Message):
    """One message as its school sees it."""

    id: str
    incident: Annotated[str, Field(description="the school's own alias of the incident")]
    release_id: Annotated[str, Field(description="the release to open, to see who it is about")]
    event_id: str
    state: Annotated[
        Stage,
        Field(description="`acknowledged` once it was both opened and acknowledged, in either order"),
    ]
    planned_at: datetime
    what_to_do: list[str]


class Messages(Answer):
    """Messages, the newest first."""

    notifications: list[OwnMessage]


class PhonedMessage(Message):
    """One message of an occurrence, with the calls that were made about it."""

    attempts: Annotated[list[Made], Field(description="the calls made about it, the first first")]


class Lead(Answer):
    """A child listed because a parent works at the school, and the calls made to the council's lead."""

    listing: str
    due_at: Due
    attempts: list[Made]


class Occurrence(Answer):
    """One occurrence: where its children went. In = told + escalated + listed + `unaccounted`."""

    occurrence: Annotated[str, Field(description="an id of the report's own")]
    occurred_at: datetime
    children: Children
    told: Children
    escalated: Children
    listed: Children
    unaccounted: Children
    overcounted: Children
    notifications: list[PhonedMessage]
    listed_reasons: dict[Reason, int]
    leads: list[Lead]


class HomeEducated(Answer):
    """In how many occurrences children are educated at home, and how many they are."""

    occurrences: int
    children: Children


class Status(Answer):
    """Every child of a period, by the day it happened, once: listed before escalated before told."""

    occurrences: int
    children: Children
    told: Children
    escalated: Children
    listed: Children
    unaccounted: Annotated[int, Field(ge=0, description="counted by police and nowhere to be found")]
    overcounted: Annotated[int, Field(ge=0, description="told of or listed beyond the police's count")]
    home_educated: HomeEducated
    by_reason: dict[Reason, int]
    rows: list[Occurrence]


class Owed(Answer):
    """A phone call that is owed: to a school about a message, or to the council's lead about a listing."""

    notification: Annotated[str | None, Field(description="the message; null where it is about a listing")]
    listing: Annotated[str | None, Field(description="the listing; null where it is about a message")]
    incident: Annotated[str | None, Field(description="the officer's alias of the incident, of a listing")]
    school: str | None
    phone: Phone
    children: Children
    owner: Owner
    owner_name: Named
    reason: Annotated[str, Field(description="not-acknowledged, heard-too-late or conflict")]
    opened_at: datetime
    due_at: Due
    attempts: Annotated[list[Made], Field(description="the calls made about it, the first first")]


class Listed(Answer):
    """A child whom no school is told of, given to an officer."""

    listing: str
    incident: str
    release_id: str
    event_id: str
    owner: Owner
    owner_name: Named
    reason: Reason
    listed_at: datetime
    due_at: Annotated[datetime, Field(description="by when the officer acts")]


class Awaited(Answer):
    """A message its school has not answered: seen and acknowledged, in either order."""

    notification: str
    school: str
    phone: Phone
    children: Children
    state: Stage
    phone_by: Annotated[datetime, Field(description="when somebody is asked to phone if it is not answered")]
    due_at: Due
    delivered_at: datetime | None
    opened_at: datetime | None
    acknowledged_at: datetime | None


class Tasks(Answer):
    """What people owe, the earliest due first; of all three lists together a page at a time."""

    calls: list[Owed]
    listed: list[Listed]
    messages: list[Awaited]
    more: bool
    next: Annotated[str | None, Field(description="`after` of the next page; null: there is none")]


class Kept(Answer):
    """A call that is on record."""

    notification: str
    number: int


class KeptOfLead(Answer):
    """A call to the council's lead that is on record."""

    listing: str
    number: int


class Unaccounted(Answer):
    """A day on which police counted children of whom nobody can say where they went."""

    day: Annotated[date, Field(description="the day it happened, in Europe/London")]
    children: Annotated[int, Field(ge=1, description="how many children that are")]


class Bell(Answer):
    """The days whose children are told before the coming bell, for `from` and `to` of the status."""

    since: Annotated[
        date,
        Field(description="the last school day before today, of the school closed longest: often Friday"),
    ]
    until: Annotated[date, Field(description="today, in Europe/London")]
    unaccounted: Annotated[
        list[Unaccounted], Field(description="every day before `since` that does not add up, in order")
    ]

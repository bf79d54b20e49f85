"""What follows from what notify hears: (message, what is known, now) -> what to keep and what to say. Pure.

Every answer is an `Outcome`; the store keeps all of it in one transaction. What is said to the partnership
has an id that follows from the notification and the step, so that saying it twice is saying it once.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from services.notify.rules.encompass import Deadlines, deadlines, not_yet_told
from services.notify.rules.intake import EDUCATION
from services.notify.rules.placement import Pupil, Reason, Register, clock_for, is_by_phone, reason_for
from services.notify.state import (
    Attempt,
    Listing,
    Mail,
    Notification,
    Reached,
    Refusal,
    Standing,
    Task,
    Word,
    acknowledged,
    delivered,
    escalated,
    fallen,
    seen,
    sent,
)
from services.vocabulary.calendar import SchoolYear, local_date, next_office_morning
from services.vocabulary.events import EventType
from services.vocabulary.grounds import ReleaseKind

INBOX = "secure-inbox"
EMAIL = "email"
PHONE = "phone"
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One school event to publish: codes, counts and times, about nobody by name."""

    step: str
    type: EventType
    at: datetime
    about: Notification | Listing
    channel: str | None = None
    reason: str | None = None
    owner: str | None = None

    @property
    def id(self) -> str:
        """Return the publisher's id: the same step about the same thing always has the same one."""
        return f"{self.about.id}:{self.step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Everything to keep together: rows to write over their former selves, and what to say, in order."""

    notifications: tuple[Notification, ...] = ()
    listings: tuple[Listing, ...] = ()
    tasks: tuple[Task, ...] = ()
    closed: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    mails: tuple[Mail, ...] = ()
    cancelled: tuple[str, ...] = ()
    said: tuple[Said, ...] = ()

    def then(self, after: "Outcome") -> "Outcome":
        """Return both, one after the other."""
        return Outcome(**{name: getattr(self, name) + getattr(after, name) for name in self.__slots__})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A release whose children are known: `children` are their tokens, in the order released.

    `first_recorded_at` is when the occurrence was first recorded, where a correction speaks of it.
    """

    release_id: str
    kind: ReleaseKind
    recipient: str
    incident: str
    occurrence: str
    event_id: str
    occurred_at: datetime
    recorded_at: datetime
    children: tuple[str, ...]
    pupils: tuple[Pupil | None, ...] = ()
    first_recorded_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Custom:
    """How a school is told: its year, how long before the bell who phones, and whether it has mail."""

    year: SchoolYear
    lead: timedelta
    owner: str
    email: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """Who answers for children whom no school is told of, and what they look a child's school up in.

    `lead` answers by the bell, by phone, for a child whose parent works at the school (design 7).
    """

    owner: str
    lead: str
    register: Register
    year: SchoolYear
    years: dict[str, SchoolYear] = field(default_factory=dict)


def plan(opened: Opened, standing: tuple[Notification, ...], custom: Custom, now: datetime) -> Outcome:
    """Plan the message a release to a school calls for.

    1. A correction supersedes what stood: its children are told again.  2. Children the school already has a
    standing message about are not told twice.  3. Siblings are one message.  4. It is in the secure inbox at
    once, mail follows.  5. If the hour for phoning has passed, a person phones now.
    """
    corrects = opened.kind is ReleaseKind.CORRECTED
    before = _fall(standing, Standing.SUPERSEDED) if corrects else Outcome()
    told = frozenset() if corrects else frozenset(child for one in standing for child in one.children)
    children = not_yet_told(opened.children, told)
    if not children:
        return before
    limits = deadlines(
        opened.occurred_at,
        opened.recorded_at,
        custom.year,
        custom.lead,
        first_recorded_at=None if standing else opened.first_recorded_at,
    )
    return before.then(_told(_planned(opened, children, limits, now), custom, now))


def list_children(opened: Opened, standing: tuple[Listing, ...], office: Office, now: datetime) -> Outcome:
    """List each child of a release to the authority's officer, with the reason, an owner and a clock."""
    corrects = opened.kind is ReleaseKind.CORRECTED
    before = tuple(replace(one, standing=Standing.SUPERSEDED) for one in standing) if corrects else ()
    known = frozenset() if corrects else frozenset(one.child for one in standing)
    pupils = dict(zip(opened.children, opened.pupils or (None,) * len(opened.children), strict=True))
    new = not_yet_told(opened.children, known)
    return Outcome(
        listings=before + tuple(_listed(opened, child, pupils[child], office, now) for child in new)
    )


def acknowledge(standing: Iterable[Notification], word: Word, at: datetime) -> Outcome:
    """Take a school's word that it has read a message; where it also saw who it is about, nobody phones.

    `standing` is what stands between the school and one incident. What the word is not about stays owed, and
    so does what nobody there has seen: its unsent mail and its phone call stand until somebody looks.
    """
    heard = tuple(one for one in standing if one.acknowledged_at is None and word.is_about(one))
    return _settled(tuple(acknowledged(one, at) for one in heard))


def look(notification: Notification, at: datetime) -> Outcome:
    """Note that the school looked at whom a message is about. Without its word somebody phones."""
    if notification.opened_at is not None:
        return Outcome()
    after = seen(notification, at)
    said = Said(step="opened", type=EventType.SCHOOL_NOTIFICATION_OPENED, at=at, about=after, channel=INBOX)
    return _settled((after,)).then(Outcome(said=(said,)))


def recall(notifications: tuple[Notification, ...], listings: tuple[Listing, ...]) -> Outcome:
    """Withdraw what is not sent and mark the rest recalled; nobody phones about it any more."""
    marked = tuple(replace(one, standing=Standing.RECALLED) for one in listings)
    return _fall(notifications, Standing.RECALLED).then(Outcome(listings=marked))


def ring(notification: Notification, owner: str, now: datetime) -> Outcome:
    """Turn an unacknowledged message into a phone task, at its hour (NA 4.16)."""
    if not notification.awaits_phone or notification.phone_by is None or notification.phone_by > now:
        return Outcome()
    return _phone(notification, owner, "not-acknowledged", now)


def phoned(about: Notification | Listing, attempt: Attempt) -> Outcome:
    """Note what came of a phone call (NA 4.16): the school was told on the phone, or is still to be phoned.

    So is the council's lead about a child who is listed because a parent works at the school. Nothing is
    counted anew: a child whose school had to be phoned is escalated, and one listed is listed, whatever came
    of it.
    """
    spoke = attempt.reached is Reached.SPOKE
    said = Said(
        step=f"phone-{attempt.number}",
        type=EventType.SCHOOL_NOTIFICATION_DELIVERED if spoke else EventType.SCHOOL_NOTIFICATION_FAILED,
        at=attempt.at,
        about=about,
        channel=PHONE,
        reason=f"{attempt.reached}-{attempt.spoken_to}" if spoke else attempt.reached.value,
        owner=attempt.person,
    )
    closed = (about.id,) if spoke else ()
    return Outcome(attempts=(attempt,), closed=closed, cancelled=closed, said=(said,))


def mailed(mail: Mail, notification: Notification, now: datetime) -> Outcome:
    """Note that the school's mail server took the e-mail."""
    after = sent(notification, now)
    said = Said(step="sent", type=EventType.SCHOOL_NOTIFICATION_SENT, at=now, about=after, channel=EMAIL)
    done = replace(mail, attempts=mail.attempts + 1, next_at=None, sent_at=now)
    return Outcome(notifications=(after,), mails=(done,), said=(said,))


def mail_refused(mail: Mail, notification: Notification, refusal: Refusal, now: datetime) -> Outcome:
    """Note a failed e-mail and when to try again: twice as long each time, never past the bell.

    The message stands in the secure inbox whatever becomes of the mail.
    """
    attempts = mail.attempts + 1
    again = now + min(LONGEST_RETRY, FIRST_RETRY * 2 ** min(attempts - 1, 10))
    over = refusal.permanent or again > notification.due_at
    failed = Said(
        step=f"failed-{attempts}",
        type=EventType.SCHOOL_NOTIFICATION_FAILED,
        at=now,
        about=notification,
        channel=EMAIL,
        reason=refusal.reason,
    )
    return Outcome(mails=(replace(mail, attempts=attempts, next_at=None if over else again),), said=(failed,))


def notification_id(school: str, incident: str, release_id: str) -> str:
    """Return the id of the message one release to one school calls for."""
    return sha256(f"notification|{school}|{incident}|{release_id}".encode()).hexdigest()[:32]


def _planned(opened: Opened, children: tuple[str, ...], limits: Deadlines, now: datetime) -> Notification:
    return Notification(
        id=notification_id(opened.recipient, opened.incident, opened.release_id),
        school=opened.recipient,
        incident=opened.incident,
        occurrence=opened.occurrence,
        event_id=opened.event_id,
        release_id=opened.release_id,
        children=children,
        occurred_at=opened.occurred_at,
        planned_at=now,
        due_at=limits.due_at,
        phone_by=limits.phone_by,
        late=limits.late,
    )


def _told(notification: Notification, custom: Custom, now: datetime) -> Outcome:
    planned = Said(step="planned", type=EventType.SCHOOL_NOTIFICATION_PLANNED, at=now, about=notification)
    after = delivered(notification, now)
    placed = Said(
        step="delivered", type=EventType.SCHOOL_NOTIFICATION_DELIVERED, at=now, about=after, channel=INBOX
    )
    mails = (_mail(after, now),) if custom.email and after.phone_by is not None else ()
    told = Outcome(notifications=(after,), mails=mails, said=(planned, placed))
    if after.phone_by is None or after.phone_by > now:
        return told
    return told.then(_phone(after, custom.owner, "heard-too-late", now))


def _mail(notification: Notification, now: datetime) -> Mail:
    return Mail(notification=notification.id, school=notification.school, attempts=0, next_at=now)


def _phone(notification: Notification, owner: str, reason: str, now: datetime) -> Outcome:
    after = escalated(notification, now)
    task = Task(notification=after.id, owner=owner, reason=reason, opened_at=now, due_at=notification.due_at)
    said = Said(
        step="escalated",
        type=EventType.SCHOOL_NOTIFICATION_ESCALATED,
        at=now,
        about=after,
        channel=PHONE,
        reason=reason,
        owner=owner,
    )
    return Outcome(notifications=(after,), tasks=(task,), said=(said,))


def _settled(notifications: tuple[Notification, ...]) -> Outcome:
    """Keep messages; of those that are answered, unsent mail and the phone call are moot."""
    answered = _ids(one for one in notifications if one.is_answered)
    return Outcome(notifications=notifications, closed=answered, cancelled=answered)


def _fall(notifications: tuple[Notification, ...], standing: Standing) -> Outcome:
    marked = tuple(fallen(one, standing) for one in notifications)
    return Outcome(notifications=marked, closed=_ids(marked), cancelled=_ids(marked))


def _ids(notifications: Iterable[Notification]) -> tuple[str, ...]:
    return tuple(one.id for one in notifications)


def _listed(opened: Opened, child: str, pupil: Pupil | None, office: Office, now: datetime) -> Listing:
    on = local_date(opened.occurred_at)
    reason = Reason.NOT_OPENED if pupil is None else reason_for(pupil, office.register, on)
    return Listing(
        id=sha256(f"listing|{opened.release_id}|{child}".encode()).hexdigest()[:32],
        incident=opened.incident,
        occurrence=opened.occurrence,
        event_id=opened.event_id,
        release_id=opened.release_id,
        child=child,
        reason=reason.value,
        owner=office.lead if is_by_phone(reason) else office.owner,
        occurred_at=opened.occurred_at,
        listed_at=now,
        due_at=_by(reason, pupil, opened, office, now),
    )


def _by(reason: Reason, pupil: Pupil | None, opened: Opened, office: Office, now: datetime) -> datetime:
    """Return the officer's hour, from when the officer could know; a school's bell, from what happened."""
    urn = pupil.school_urn if pupil else None
    year = office.years.get(urn or "", office.year)
    morning = next_office_morning(now, office.year.bank_holidays)
    return clock_for(reason, year.next_start(opened.occurred_at), morning)


def as_event(said: Said) -> dict[str, object]:
    """Return the JSON a publisher sends for it (design 11)."""
    about = said.about
    facts: dict[str, object] = {
        "notification": about.id,
        "about": about.event_id,
        "due_at": about.due_at.isoformat(),
        **_counts(about),
    }
    more = {"channel": said.channel, "reason": said.reason, "owner": said.owner}
    facts.update({name: value for name, value in more.items() if value is not None})
    return {
        "type": said.type.value,
        "id": said.id,
        "occurred_at": said.at.isoformat(),
        "incident": about.incident,
        "recipient": EDUCATION if isinstance(about, Listing) else about.school,
        "facts": facts,
    }


def _counts(about: Notification | Listing) -> dict[str, object]:
    """Return how many children it is about; a listing is of one, and never history."""
    if isinstance(about, Listing):
        return {"children": 1}
    return {"children": len(about.children), "late": about.late}

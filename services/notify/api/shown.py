"""What is answered, as JSON: counts, codes, times and names of staff; of a child nothing."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from services.notify.rules.placement import is_by_phone
from services.notify.rules.report import Report, Row, is_lead_owed, outcome_of
from services.notify.rules.tokens import occurrence_token
from services.notify.rules.wording import WHAT_TO_DO
from services.notify.state import Attempt, Listing, Notification
from services.notify.store import listing
from services.notify.store.outbox import Refused
from services.runtime.partnership import Partnership
from services.vocabulary.agencies import urn_of
from services.vocabulary.times import NotATime, format_time, parse_time

Json = dict[str, object]

BESIDE = "~"
"""Between the two halves of a place in what is owed: when it is due, and its id."""


def status(found: Report, key: bytes, attempts: Sequence[Attempt], directory: Partnership) -> Json:
    """Return a period's report; `key` makes the ids under which occurrences are named.

    `attempts` are the calls made about its messages, and `directory` names who made them.
    """
    made: defaultdict[str, list[Json]] = defaultdict(list)
    for one in attempts:
        made[one.notification].append(_attempt(one, directory))
    reasons: Counter[str] = Counter()
    for row in found.rows:
        reasons.update(row.reasons)
    return {
        "occurrences": len(found.rows),
        **found.total,
        "home_educated": dict(found.home_educated),
        "by_reason": dict(sorted(reasons.items())),
        "rows": [_row(row, key, made) for row in found.rows],
    }


def _row(row: Row, key: bytes, made: Mapping[str, Sequence[Json]]) -> Json:
    account = row.account
    return {
        "occurrence": occurrence_token(key, row.occurrence),
        "occurred_at": format_time(row.occurred_at),
        "children": account.children,
        "told": account.told,
        "escalated": account.escalated,
        "listed": account.listed,
        "unaccounted": account.unaccounted,
        "overcounted": account.overcounted,
        "notifications": [
            {**_message(one), "attempts": list(made.get(one.id, ()))} for one in row.notifications
        ],
        "listed_reasons": dict(row.reasons),
        "leads": [
            {"listing": one.id, "due_at": format_time(one.due_at), "attempts": list(made.get(one.id, ()))}
            for one in row.listings
            if is_by_phone(one.reason)
        ],
    }


def _message(one: Notification) -> Json:
    return {
        "school": one.school,
        "children": len(one.children),
        "due_at": format_time(one.due_at),
        "delivered_at": _time(one.delivered_at),
        "sent_at": _time(one.sent_at),
        "opened_at": _time(one.opened_at),
        "acknowledged_at": _time(one.acknowledged_at),
        "escalated_at": _time(one.escalated_at),
        "outcome": outcome_of(one),
        "late": one.late,
    }


def message(one: Notification) -> Json:
    """Return one message as its school sees it."""
    return {
        "id": one.id,
        "incident": one.incident,
        "release_id": one.release_id,
        "event_id": one.event_id,
        "state": one.stage.value,
        "planned_at": format_time(one.planned_at),
        **_message(one),
        "what_to_do": list(WHAT_TO_DO),
    }


def owed(found: listing.Owed, attempts: Sequence[Attempt], directory: Partnership) -> Json:
    """Return a page of what is owed. A child whose parent works at the school is listed and a call too.

    `attempts` are the calls made already about the messages and listings on the page.
    """
    calls = [_call(one, attempts, directory) for one in found.calls]
    calls += [_call_about(one, attempts, directory) for one in found.listings if is_lead_owed(one, attempts)]
    return {
        "calls": sorted(calls, key=lambda call: str(call["due_at"])),
        "listed": [_listed(one, directory) for one in found.listings],
        "messages": [_awaited(one, directory) for one in found.messages],
        "more": found.next is not None,
        "next": f"{format_time(found.next[0])}{BESIDE}{found.next[1]}" if found.next else None,
    }


def _call(one: listing.Call, attempts: Sequence[Attempt], directory: Partnership) -> Json:
    made = [each for each in attempts if each.notification == one.task.notification]
    school = directory.school(urn_of(one.notification.school))
    return {
        "notification": one.task.notification,
        "listing": None,
        "incident": None,
        "school": one.notification.school,
        "phone": school.phone if school else None,
        "children": len(one.notification.children),
        "owner": one.task.owner,
        "owner_name": _name(one.task.owner, directory),
        "reason": one.task.reason,
        "opened_at": format_time(one.task.opened_at),
        "due_at": format_time(one.task.due_at),
        "attempts": [_attempt(each, directory) for each in made],
    }


def _awaited(one: Notification, directory: Partnership) -> Json:
    """Return a message somebody phones about unless its school answers: how far it has come, and by when."""
    school = directory.school(urn_of(one.school))
    return {
        "notification": one.id,
        "school": one.school,
        "phone": school.phone if school else None,
        "children": len(one.children),
        "state": one.stage.value,
        "phone_by": _time(one.phone_by),
        "due_at": format_time(one.due_at),
        "delivered_at": _time(one.delivered_at),
        "opened_at": _time(one.opened_at),
        "acknowledged_at": _time(one.acknowledged_at),
    }


def _attempt(one: Attempt, directory: Partnership) -> Json:
    return {
        "number": one.number,
        "at": format_time(one.at),
        "by": _name(one.person, directory),
        "reached": one.reached.value,
        "spoken_to": one.spoken_to.value if one.spoken_to else None,
    }


def _call_about(one: Listing, attempts: Sequence[Attempt], directory: Partnership) -> Json:
    """Return the call to a council lead about a child in whose school a parent works."""
    return {
        "notification": None,
        "listing": one.id,
        "incident": one.incident,
        "school": None,
        "phone": None,
        "children": 1,
        "owner": one.owner,
        "owner_name": _name(one.owner, directory),
        "reason": one.reason,
        "opened_at": format_time(one.listed_at),
        "due_at": format_time(one.due_at),
        "attempts": [_attempt(each, directory) for each in attempts if each.notification == one.id],
    }


def _name(person: str, directory: Partnership) -> str | None:
    known = directory.person(person)
    return known.name if known else None


def _listed(one: Listing, directory: Partnership) -> Json:
    return {
        "listing": one.id,
        "incident": one.incident,
        "release_id": one.release_id,
        "event_id": one.event_id,
        "owner": one.owner,
        "owner_name": _name(one.owner, directory),
        "reason": one.reason,
        "listed_at": format_time(one.listed_at),
        "due_at": format_time(one.due_at),
    }


def place(after: str) -> listing.Place | None:
    """Return the place in what is owed that `next` named; None where no answer can have given it."""
    due_at, _, identity = after.partition(BESIDE)
    try:
        return (parse_time(due_at), identity) if identity.isprintable() else None
    except NotATime:
        return None


def _time(at: datetime | None) -> str | None:
    return format_time(at) if at else None


def refused(one: Refused) -> Json:
    """Return an event the door would not have: its id, and which rules which places of it broke."""
    reasons = [{"pointer": each["pointer"], "rule": each["rule"]} for each in one.reasons]
    return {"event": one.id, "reasons": reasons}

"""What `/v1/schools/*` answers, each with an example, of a school and people of the demo.

The ids in the examples are nobody's: put one of your own in their place.
"""

from typing import Final

from services.notify.rules.wording import WHAT_TO_DO
from services.runtime.described import Answers, refusals, shown

NOTIFICATION: Final = "0738fa99931390a3af0bc4ce87ff95ee"
LISTING: Final = "5b36e55d5a3ae3ba94ca13d01db1503e"
RELEASE: Final = "4f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5"
EVENT: Final = "6a1f0b7c-52d3-4e8f-9a0b-1c2d3e4f5a6b"
INCIDENT: Final = "bU3pEtvXm1v2oXJkTq0H5A"
SCHOOL, PHONE = "school:900101", "01632 960200"
PHONES, LEAD = "p-education-2", "p-education-3"
"""Who phones schools, and who is phoned in a school's place where a parent works there."""

DELIVERED: Final = "2024-09-11T06:30:00Z"
BELL: Final = "2024-09-11T07:45:00Z"
PHONE_BY: Final = "2024-09-11T07:30:00Z"

_MESSAGE: Final = {
    "school": SCHOOL,
    "children": 2,
    "due_at": BELL,
    "delivered_at": DELIVERED,
    "sent_at": DELIVERED,
    "opened_at": None,
    "acknowledged_at": None,
    "escalated_at": PHONE_BY,
    "outcome": "escalated",
    "late": False,
}
_OWN: Final = {
    "id": NOTIFICATION,
    "incident": INCIDENT,
    "release_id": RELEASE,
    "event_id": EVENT,
    "state": "escalated",
    "planned_at": DELIVERED,
    **_MESSAGE,
    "what_to_do": list(WHAT_TO_DO),
}
_MADE: Final = {
    "number": 1,
    "at": "2024-09-11T07:32:00Z",
    "by": "Ulrimberlyn Thornquillerton",
    "reached": "no-answer",
    "spoken_to": None,
}
STATUS: Final[Answers] = {
    **refusals(404),
    **shown(
        "Where every child of the period went.",
        {
            "occurrences": 1,
            "children": 3,
            "told": 0,
            "escalated": 2,
            "listed": 1,
            "unaccounted": 0,
            "overcounted": 0,
            "home_educated": {"occurrences": 0, "children": 0},
            "by_reason": {"conflict": 1},
            "rows": [
                {
                    "occurrence": "040df823e63df2c54fd13a3ec36ec173",
                    "occurred_at": "2024-09-10T21:40:00Z",
                    "children": 3,
                    "told": 0,
                    "escalated": 2,
                    "listed": 1,
                    "unaccounted": 0,
                    "overcounted": 0,
                    "notifications": [{**_MESSAGE, "attempts": [_MADE]}],
                    "listed_reasons": {"conflict": 1},
                    "leads": [{"listing": LISTING, "due_at": BELL, "attempts": []}],
                }
            ],
        },
    ),
}
MESSAGES: Final[Answers] = {
    **refusals(404),
    **shown("Messages, the newest first.", {"notifications": [_OWN]}),
}
MESSAGE: Final[Answers] = {**refusals(404), **shown("The message.", _OWN)}
TASKS: Final[Answers] = {
    **refusals(404),
    **shown(
        "What people owe.",
        {
            "calls": [
                {
                    "notification": NOTIFICATION,
                    "listing": None,
                    "incident": None,
                    "school": SCHOOL,
                    "phone": PHONE,
                    "children": 2,
                    "owner": PHONES,
                    "owner_name": "Ulrimberlyn Thornquillerton",
                    "reason": "not-acknowledged",
                    "opened_at": PHONE_BY,
                    "due_at": BELL,
                    "attempts": [_MADE],
                }
            ],
            "listed": [
                {
                    "listing": LISTING,
                    "incident": INCIDENT,
                    "release_id": RELEASE,
                    "event_id": EVENT,
                    "owner": LEAD,
                    "owner_name": "Brinabrintha Dunfennimore",
                    "reason": "conflict",
                    "listed_at": DELIVERED,
                    "due_at": BELL,
                }
            ],
            "messages": [],
            "more": False,
            "next": None,
        },
    ),
}
BELL_AT: Final[Answers] = {
    **refusals(404),
    **shown(
        "The days whose children are told before the coming bell.",
        {"since": "2024-09-10", "until": "2024-09-11", "unaccounted": []},
    ),
}
CALLED: Final[Answers] = {
    **refusals(404, 409),
    **shown("The call, on record.", {"notification": NOTIFICATION, "number": 1}),
}

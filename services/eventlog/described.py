"""What operators are answered of records, as `/openapi.json` describes it: those set aside, those read again,
and those shown masked.
"""

from typing import Final

from services.eventlog.masking import MASKED
from services.eventlog.trial import Says
from services.runtime.described import (
    MOMENT,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Answers,
    Described,
    answer,
    either,
    listed,
    maybe,
    one_of,
    record,
    refusals,
    said,
    texts,
    titled,
)

EVENT: Final = "6a1f0b7c-52d3-4e8f-9a0b-1c2d3e4f5a6b"
TOPIC: Final = "to.schools"
UNREADABLE: Final = "undecodable"

_ASIDE: Final = record(
    {
        "topic": TEXT,
        "offset": WHOLE,
        "reason": said(TEXT, "why it could not be read"),
        "times": said(WHOLE, "how often it was read again since"),
    }
)
_READ_AGAIN: Final = record(
    {
        "at": MOMENT,
        "agency": TEXT,
        "person": said(TEXT, "who asked for it, by the id they are registered under"),
        "topic": TEXT,
        "first": said(WHOLE, "the first offset that was read again"),
        "until": said(WHOLE, "the next offset of then"),
        "read": said(YES_OR_NO, "whether the reader has come as far again"),
    }
)
_SET_ASIDE: Final[Described] = {"records": listed(_ASIDE), "redrives": listed(_READ_AGAIN)}
_SET_ASIDE_EXAMPLE: Final = {
    "records": [{"topic": TOPIC, "offset": 2, "reason": UNREADABLE, "times": 1}],
    "redrives": [
        {
            "at": "2024-09-11T08:00:00Z",
            "agency": "police",
            "person": "p-hub-1",
            "topic": TOPIC,
            "first": 2,
            "until": 4,
            "read": True,
        }
    ],
}
_REFUSED: Final = record(
    {
        "event": said(TEXT, "its id, of ours"),
        "reasons": listed(record({"pointer": {**TEXT, "format": "json-pointer"}, "rule": TEXT})),
    }
)
PARKED: Final[Answers] = {
    **refusals(404),
    **answer("What could not be read, and what was read again.", record(_SET_ASIDE), _SET_ASIDE_EXAMPLE),
}
PARKED_AND_REFUSED: Final[Answers] = {
    **refusals(404),
    **answer(
        "What could not be read, what was read again, and events of ours that the door refused.",
        record({**_SET_ASIDE, "refused": listed(_REFUSED)}),
        {
            **_SET_ASIDE_EXAMPLE,
            "refused": [{"event": EVENT, "reasons": [{"pointer": "/incident", "rule": "unknown-incident"}]}],
        },
    ),
}
_COME_OF_IT: Final = record(
    {
        "topic": TEXT,
        "plan": said(TEXT, "send it back to have this done"),
        "first": said(WHOLE, "the first offset that is read again"),
        "until": said(WHOLE, "the next offset of now"),
        "possible": said(YES_OR_NO, "false: the log no longer holds the first record"),
        "tried": said(WHOLE, "how many records were tried, the first of them"),
        "of": said(WHOLE, "how many records would be read again"),
        "untried": said(WHOLE, "how many that stand aside were not tried"),
        "counts": said(record({each.value: WHOLE for each in Says}), "what came of those tried"),
        "records": listed(
            record(
                {
                    "offset": WHOLE,
                    "was": said(TEXT, "why it was set aside"),
                    "times": said(WHOLE, "how often it was read again before"),
                    "says": one_of(TEXT, *(each.value for each in Says)),
                    "reason": said(maybe(TEXT), "why it cannot be read now; null: it can"),
                }
            )
        ),
        "done": said(YES_OR_NO, "false: it was tried, and nothing was done"),
    }
)
REDRIVEN: Final[Answers] = {
    **refusals(404, 409),
    **answer(
        "What would come of reading again, or, with its plan, that it is done.",
        _COME_OF_IT,
        {
            "topic": TOPIC,
            "plan": "3c75559e55eef36c0900261ef8cf2d21",
            "first": 2,
            "until": 4,
            "possible": True,
            "tried": 2,
            "of": 2,
            "untried": 0,
            "counts": {**{each.value: 0 for each in Says}, "held": 1, "unreadable": 1},
            "records": [
                {"offset": 2, "was": UNREADABLE, "times": 0, "says": "unreadable", "reason": UNREADABLE}
            ],
            "done": False,
        },
    ),
}

_PLACE: Final[Described] = {"topic": TEXT, "partition": WHOLE, "offset": WHOLE, "appended_at": MOMENT}
_TRACE: Final[Described] = {"trace": said(TEXT, "the trace it came in, where it came in one")}
_OF_RELEASE: Final[Described] = {
    **dict.fromkeys(("release_id", "kind", "recipient", "cause", "event_id", "ground", "rule"), TEXT),
    **dict.fromkeys(("policy", "purpose"), TEXT),
    "seq": WHOLE,
    "decided_at": MOMENT,
    "expects": maybe(TEXT),
    "not_after": maybe(MOMENT),
    "sections": said(texts(), "names, never content"),
}
_OF_EVENT: Final[Described] = {
    **dict.fromkeys(("event_id", "type", "schema_id"), TEXT),
    "recorded_at": MOMENT,
    "sections": said(texts(), "names, never content"),
}
_OF_DECISION: Final[Described] = {
    **dict.fromkeys(("event_id", "event_type", "policy"), TEXT),
    "decided_at": MOMENT,
    "version": WHOLE,
}
_OF_OPENING: Final[Described] = {
    **dict.fromkeys(("opening_id", "release_id", "agency"), TEXT),
    **dict.fromkeys(("event_id", "recipient"), maybe(TEXT)),
    "at": MOMENT,
    "refused": YES_OR_NO,
}


def _shown(title: str, fields: Described) -> Described:
    return titled(title, record({**_PLACE, **fields}, _TRACE))


def _masked(title: str, fields: Described) -> Described:
    """Return the schema of a record of JSON: these fields of it are shown, and that it has others."""
    return {**_shown(title, fields), "additionalProperties": {**TEXT, "const": MASKED}}


RECORDS: Final[Answers] = {
    **refusals(404),
    **answer(
        "Records of the topic, everything masked but what is named here.",
        record(
            {
                "records": listed(
                    either(
                        _shown("An event", _OF_EVENT),
                        _shown("A release", _OF_RELEASE),
                        _masked("A decision", _OF_DECISION),
                        _masked("An opening", _OF_OPENING),
                        _shown("Anything else", {"bytes": said(WHOLE, "how long it is")}),
                        _shown("None of these", {"unreadable": said(TEXT, "why it cannot be read")}),
                    )
                )
            }
        ),
        {
            "records": [
                {
                    "topic": "log",
                    "partition": 0,
                    "offset": 41,
                    "appended_at": "2024-09-10T22:52:31.284Z",
                    "trace": "edd92ea7362ee68b2ec97ed3bf20cdfa",
                    "event_id": EVENT,
                    "type": "VpaReviewed",
                    "schema_id": "VpaReviewed.2",
                    "recorded_at": "2024-09-10T22:52:31.284560Z",
                    "sections": ["routing", "facts", "incident", "victim", "contact", "children"],
                }
            ]
        },
    ),
}

"""The keyring as `/openapi.json` describes it: what is opened, explained and listed, with examples.

The ids in the examples are nobody's: put one of your own inbox in their place.
"""

from typing import Final

from pydantic.config import JsonDict

from services.consent.flow.decision import DECISION_VERSION
from services.runtime.described import (
    MOMENT,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Answers,
    Described,
    answer,
    by_name,
    listed,
    maybe,
    record,
    refusals,
    said,
    texts,
)
from services.vocabulary.sides import Part

RELEASE: Final = "4f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5"
OPENING_ID: Final = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
EVENT: Final = "6a1f0b7c-52d3-4e8f-9a0b-1c2d3e4f5a6b"
INCIDENT: Final = "bU3pEtvXm1v2oXJkTq0H5A"
POLICY: Final = "3b7e" * 16

HIDDEN: Final = refusals(404)
"""Said of what looks absent to whoever may not have it."""

TO_TRACE: Final[JsonDict] = {"event": EVENT}
TO_TRY: Final[JsonDict] = {"text": 'name = "a draft"', "examples": 5}
TO_OPEN: Final[JsonDict] = {
    "release_id": RELEASE,
    "sections": ["contact"],
    "purpose": "To phone about a safety plan",
}
_CONTENT: Final[Described] = {
    "type": "object",
    "additionalProperties": True,
    "description": "a section's fields, as `GET /v1/catalogue` has them for the released event's type",
}
OPENED: Final[Answers] = {
    **refusals(403),
    **HIDDEN,
    **answer(
        "What was opened, once the opening is on record.",
        record(
            {
                "sections": said(
                    by_name(_CONTENT),
                    "content by the section's name; each child as `children[0]`, `children[1]`",
                ),
                "opening_id": said(TEXT, "what it is on record under"),
            }
        ),
        {
            "sections": {"contact": {"phone": "01632 960123", "safe": {"phone": "yes", "post": "no"}}},
            "opening_id": OPENING_ID,
        },
    ),
}
TO_FOLLOW: Final[JsonDict] = {
    "release_id": RELEASE,
    "section": "victim",
    "purpose": "To see what else is known before a safety plan",
}
TIMELINE: Final[Answers] = {
    **refusals(403),
    **HIDDEN,
    **answer(
        "Every part the person has among the releases you may open, once the question is on record.",
        record(
            {
                "parts": said(
                    listed(
                        record(
                            {
                                "incident": said(TEXT, "what you call the incident"),
                                "part": {**TEXT, "enum": [each.value for each in Part]},
                                "releases": said(
                                    listed(
                                        record(
                                            {
                                                "release_id": TEXT,
                                                "section": said(TEXT, "the one that is about them"),
                                            }
                                        )
                                    ),
                                    "the newest first",
                                ),
                            }
                        )
                    ),
                    "the incident last heard of first",
                ),
                "opening_id": said(TEXT, "what the question is on record under"),
            }
        ),
        {
            "parts": [
                {
                    "incident": "bU3pEtvXm1v2oXJkTq0H5A",
                    "part": "adult_victim",
                    "releases": [{"release_id": RELEASE, "section": "victim"}],
                }
            ],
            "opening_id": OPENING_ID,
        },
    ),
}
TO_ASK_ABOUT: Final[JsonDict] = {"releases": [RELEASE]}
OPENED_BEFORE: Final[Answers] = answer(
    "Those of them that somebody of your agency opened.",
    record({"opened": texts()}),
    {"opened": [RELEASE]},
)
DECISION: Final[Described] = {
    "recipient": TEXT,
    "outcome": {**TEXT, "enum": ["permit", "deny"]},
    "owed": said(YES_OR_NO, "whether a rule says the recipient is to have it"),
    "rule": TEXT,
    "ground": maybe(TEXT),
    "reason": said(maybe(TEXT), "why not"),
    "sections": texts(),
    "policy": said(TEXT, "the hash of the policy it was decided under"),
    "decision_version": WHOLE,
    "cause": said(TEXT, "the event that made it be decided"),
    "decided_at": MOMENT,
}
DECISION_EXAMPLE: Final = {
    "recipient": "dafsu",
    "outcome": "permit",
    "owed": True,
    "rule": "dafsu-high-risk",
    "ground": "high-risk",
    "reason": None,
    "sections": ["incident", "facts", "victim", "contact", "children[0]", "narrative", "dash"],
    "policy": POLICY,
    "decision_version": DECISION_VERSION,
    "cause": EVENT,
    "decided_at": "2024-09-11T02:10:00Z",
}
EXPLANATION: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Every decision on the event that you may know, each in words.",
        record(
            {
                "event_id": TEXT,
                "event_type": TEXT,
                "incident": said(maybe(TEXT), "what you call the incident; null: you were not told of it"),
                "decisions": listed(record({**DECISION, "text": said(TEXT, "the same in words")})),
            }
        ),
        {
            "event_id": EVENT,
            "event_type": "VpaReviewed",
            "incident": INCIDENT,
            "decisions": [{**DECISION_EXAMPLE, "text": "Permitted: the reviewed risk is high."}],
        },
    ),
}
STANDS: Final = record({**DECISION, "since": said(MOMENT, "since when")})
STANDS_EXAMPLE: Final = {**DECISION_EXAMPLE, "since": DECISION_EXAMPLE["decided_at"]}
SHARING: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Who may see what of the incident, as it stands.",
        record({"incident": TEXT, "sharing": listed(STANDS)}),
        {"incident": INCIDENT, "sharing": [STANDS_EXAMPLE]},
    ),
}
TRACED: Final[Answers] = {
    **HIDDEN,
    **answer(
        "The trace the event came in.",
        record({"event_id": TEXT, "trace": said(maybe(TEXT), "null: it came without one")}),
        {"event_id": EVENT, "trace": "edd92ea7362ee68b2ec97ed3bf20cdfa"},
    ),
}
NAMES: Final[Answers] = {
    **HIDDEN,
    **answer(
        "The lists you may have.",
        record({"lists": texts()}),
        {"lists": ["not-shared", "withheld", "overridden"]},
    ),
}
_COUNTS: Final = by_name(WHOLE)
SUMMARY: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Counts of the days asked about, each VPA once, as it stands now.",
        record(
            {
                "recipients": listed(record({"recipient": TEXT, "releases": WHOLE, "by_ground": _COUNTS})),
                "owed_withheld": said(by_name(_COUNTS), "by recipient and reason"),
                "not_answered": said(by_name(_COUNTS), "what was expected and not answered, by recipient"),
                "vpas": said(WHOLE, "reviewed"),
                "awaiting_review": WHOLE,
                "shared_with_nobody": _COUNTS,
            }
        ),
        {
            "recipients": [{"recipient": "dafsu", "releases": 1, "by_ground": {"high-risk": 1}}],
            "owed_withheld": {"cheshire-cares": {"no-consent": 1}},
            "not_answered": {},
            "vpas": 1,
            "awaiting_review": 0,
            "shared_with_nobody": {
                "total": 0,
                "standard_no_children_no_adult": 0,
                "with_children_below_threshold": 0,
            },
        },
    ),
}

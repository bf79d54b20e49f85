"""The read models as `/openapi.json` describes them: what each answer holds, with an example of it.

The ids in the examples are nobody's: put one of your own inbox in their place.
"""

from typing import Final

from services.runtime.described import (
    MOMENT,
    TEXT,
    WHOLE,
    Answers,
    Described,
    answer,
    listed,
    maybe,
    record,
    refusals,
    said,
    texts,
)

ALIAS: Final = "bU3pEtvXm1v2oXJkTq0H5A"
PERSON: Final = "Yk0q1dSx8mJr2vN7cW4z_g"
RELEASE: Final = "4f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5"
EVENT: Final = "6a1f0b7c-52d3-4e8f-9a0b-1c2d3e4f5a6b"
POLICY: Final = "3b7e" * 16
CURSOR: Final = "AAAAAAAAAAE"

_TOLD: Final[Described] = {
    "recipient": TEXT,
    "seq": said(WHOLE, "the recipient's own number: from 1, with no gap"),
    "release_id": said(TEXT, "what `POST /v1/open` opens"),
    "kind": {**TEXT, "enum": ["new", "changed", "recalled", "corrected"]},
    "cause": said(TEXT, "the event that made it"),
    "event_id": said(TEXT, "the released event's"),
    "event_type": said(TEXT, "the released event's"),
    "source": said(maybe(TEXT), "the publisher; null: it is told when opened"),
    "occurred_at": said(maybe(MOMENT), "null: it is told when opened"),
    "decided_at": MOMENT,
    "ground": TEXT,
    "rule": TEXT,
    "policy": said(TEXT, "its hash, as `GET /v1/policy?hash=` takes it"),
    "purpose": TEXT,
    "expects": said(maybe(TEXT), "what is expected of you, and by when"),
    "not_after": said(maybe(MOMENT), "the last moment it opens; null: none"),
    "person": said(maybe(TEXT), "what you call the adult victim, and nobody else does"),
    "incident": said(maybe(TEXT), "what you call the incident, and nobody else does"),
    "reason": said(maybe(TEXT), "why it was recalled or corrected"),
    "partition": WHOLE,
    "sections": said(texts(), "names, never content"),
}
_SHOWN: Final[Described] = {**_TOLD, "header": said(TEXT, "the event's own, byte for byte, in base64url")}
_ANSWER: Final[Described] = {"release_id": TEXT, "outcome": TEXT, "at": maybe(MOMENT)}
_NEXT: Final = said(maybe(TEXT), "send it as `after` for what follows; null: nothing does")


def _case(line: Described) -> Described:
    """Return the schema of an incident whose releases are such lines."""
    return record(
        {
            "incident": TEXT,
            "cursor": said(TEXT, "where what follows it begins"),
            "releases": listed(record(line)),
            "answers": said(listed(record(_ANSWER)), "what you said came of what was expected"),
            "opened": said(texts(), "releases that somebody of your agency opened"),
        }
    )


_TOLD_EXAMPLE: Final = {
    "recipient": "dafsu",
    "seq": 1,
    "release_id": RELEASE,
    "kind": "new",
    "cause": EVENT,
    "event_id": EVENT,
    "event_type": "VpaReviewed",
    "source": "police",
    "occurred_at": "2024-09-10T22:40:00Z",
    "decided_at": "2024-09-11T02:10:00Z",
    "ground": "high-risk",
    "rule": "dafsu-high-risk",
    "policy": POLICY,
    "purpose": "support an adult victim at high risk",
    "expects": "offer an independent adviser within 1 working day, checking first who already holds the"
    " family",
    "not_after": None,
    "person": PERSON,
    "incident": ALIAS,
    "reason": None,
    "partition": 0,
    "sections": ["incident", "facts", "victim", "contact", "children[0]", "narrative", "dash"],
}
_SHOWN_EXAMPLE: Final = {**_TOLD_EXAMPLE, "header": "AAECAwQ"}
_HEAD: Final[Described] = {
    "recipient": TEXT,
    "partition": WHOLE,
    "first_kept": WHOLE,
    "last": said(WHOLE, "0 where there is none"),
    "at": MOMENT,
}
_HEAD_EXAMPLE: Final = {
    "recipient": "dafsu",
    "partition": 0,
    "first_kept": 1,
    "last": 1,
    "at": "2024-09-11T08:00:00Z",
}


def _example(line: object) -> dict[str, object]:
    return {"incident": ALIAS, "cursor": "AQAAAAAAAAAB", "releases": [line], "answers": [], "opened": []}


READER: Final = refusals(403)
"""An inbox is read by a named person who acts for their agency."""

INBOX: Final[Answers] = {
    **READER,
    **refusals(400),
    **answer(
        "Releases, in the order asked for.",
        record(
            {
                "releases": listed(record(_SHOWN)),
                "next": _NEXT,
                "resume": said(maybe(TEXT), "where you stand: send it as `after` to hear what comes later"),
            }
        ),
        {"releases": [_SHOWN_EXAMPLE], "next": CURSOR, "resume": CURSOR},
    ),
}
HEAD: Final[Answers] = {
    **READER,
    **answer(
        "What is kept for you, signed.",
        record({**_HEAD, "statement": said(TEXT, "the same fields as a compact JWS")}),
        {**_HEAD_EXAMPLE, "statement": "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"},
    ),
}
CASES: Final[Answers] = {
    **READER,
    **refusals(400),
    **answer(
        "Incidents, those that wait to be opened first.",
        record({"cases": listed(_case(_TOLD)), "next": _NEXT}),
        {"cases": [_example(_TOLD_EXAMPLE)], "next": None},
    ),
}
INCIDENT: Final[Answers] = {
    **READER,
    **refusals(404),
    **answer("All you were told of one incident.", _case(_SHOWN), _example(_SHOWN_EXAMPLE)),
}
PERSON_TOLD: Final[Answers] = {
    **READER,
    **refusals(404),
    **answer(
        "All you were told of one adult victim.",
        record({"person": TEXT, "releases": listed(record(_SHOWN))}),
        {"person": PERSON, "releases": [_SHOWN_EXAMPLE]},
    ),
}

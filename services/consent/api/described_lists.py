"""The ledger's lists as `/openapi.json` describes them: what each row holds, list by list."""

from collections.abc import Mapping
from typing import Final

from services.consent.api.described import EVENT, HIDDEN, INCIDENT
from services.consent.api.described_incident import OPENING
from services.consent.flow.ledger import Became
from services.consent.keyring.asking import List
from services.runtime.described import (
    MOMENT,
    TEXT,
    WHOLE,
    YES_OR_NO,
    Answers,
    Described,
    answer,
    by_name,
    either,
    listed,
    maybe,
    one_of,
    record,
    said,
    texts,
    titled,
)
from services.vocabulary.erasure import Objection, Order
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Reason, ReleaseKind
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Looked

NO_EVENT: Final = "unreadable"
"""What stands for a type where a record of the log is no event that can be read."""

OUTCOMES: Final = ("done", "not_possible")
"""What an `ExpectationMet` says came of it."""

_TYPE: Final = one_of(TEXT, *EventType)
_REASON: Final = one_of(TEXT, *Reason)
_ABOUT: Final[Described] = {"event_id": TEXT, "incident": said(TEXT, "what you call the incident")}
_MAYBE_ABOUT: Final[Described] = {
    "event_id": TEXT,
    "incident": said(maybe(TEXT), "what you call the incident; null: it is of none"),
}
_CONFIRMED: Final[Described] = {
    "confirmed_by": said(maybe(TEXT), "the second person who said so; null: nobody else did"),
    "registered": said(
        maybe(YES_OR_NO),
        "whether that person is registered now, in its publisher's agency; null: there is none",
    ),
}
_GRADES: Final[Described] = {"risk": one_of(TEXT, *Risk), "children": one_of(TEXT, *ChildrenLevel)}
_READING: Final = record({"by": TEXT, "at": MOMENT, "purpose": TEXT, "sections": texts()})
_ASKED: Final = {name: each for name, each in OPENING.items() if name != "party"}
"""An opening as an agency's own lead sees it: not why it was refused."""

ROWS: Final[Mapping[List, Described]] = {
    List.NOT_SHARED: record(
        {
            **_ABOUT,
            "began": MOMENT,
            **_GRADES,
            "below_threshold": YES_OR_NO,
            "vulnerable_adult": YES_OR_NO,
            "withheld": said(by_name(_REASON), "why, by who is owed it"),
        }
    ),
    List.WITHHELD: record({**_ABOUT, "began": MOMENT, "recipient": TEXT, "reason": _REASON}),
    List.OVERRIDDEN: record(
        {
            **_MAYBE_ABOUT,
            "event_type": _TYPE,
            "recipient": said(maybe(TEXT), "whom it is about; null: it names none"),
            "publisher": TEXT,
            "decided_at": MOMENT,
            **_CONFIRMED,
            "counts": said(
                YES_OR_NO,
                "whether the gate goes by it: by an override of the Hub's, and else by what two people said;"
                " by an override that may not serve, only where it ended a decision not to share",
            ),
            "serves": said(
                maybe(YES_OR_NO),
                "whether the policy in force has a rule by which an override could give its recipient"
                " anything of any event; null: it is no override, or names nobody",
            ),
        }
    ),
    List.OWN_WORD: record(
        {
            **_MAYBE_ABOUT,
            "event_type": _TYPE,
            "publisher": said(TEXT, "who said so for itself"),
            "by": said(maybe(TEXT), "the person who sent it; null: none is named"),
            "decided_at": MOMENT,
            **_CONFIRMED,
            "counts": said(YES_OR_NO, "whether the gate goes by it: once a second person, another, said so"),
            "released": said(
                WHOLE,
                "how much its publisher was released on that ground since, in the incidents it is about that"
                " you may know; of a case that was opened, what its opening brought",
            ),
        }
    ),
    List.OPENINGS: record(_ASKED, {"party": OPENING["party"]}),
    List.PARTIES: record(OPENING),
    List.TOLD: record(
        {
            "release_id": TEXT,
            "recipient": TEXT,
            "seq": WHOLE,
            "kind": one_of(TEXT, *ReleaseKind),
            **_ABOUT,
            "ground": TEXT,
            "rule": TEXT,
            "reason": maybe(TEXT),
            "decided_at": MOMENT,
            "standing": said(one_of(TEXT, *Became), "what became of it"),
            "sections": texts(),
            "opened": listed(_READING),
        }
    ),
    List.ROLES: record(
        {**_ABOUT, "event_type": _TYPE, "publisher": TEXT, "since": MOMENT, "looked": one_of(TEXT, *Looked)}
    ),
    List.WAITING: record(
        {
            **_ABOUT,
            "began": MOMENT,
            **_GRADES,
            "recorded_at": MOMENT,
            "review_by": said(maybe(MOMENT), "null: it may wait for ever"),
            "overdue": YES_OR_NO,
        }
    ),
    List.ERASURES: record(
        {
            "person": said(TEXT, "what you call the person"),
            "event_id": said(maybe(TEXT), "the order; null: none was given"),
            "order": one_of(TEXT, *Order),
            "ordered_at": maybe(MOMENT),
            "since": maybe(MOMENT),
            "due_at": said(maybe(MOMENT), "until when their key is kept"),
            "objections": listed(one_of(TEXT, *Objection)),
            "holds": texts(),
        }
    ),
    List.UNANSWERED: record(
        {
            **_MAYBE_ABOUT,
            "recipient": TEXT,
            "told_at": MOMENT,
            "expects": TEXT,
            "due_at": said(maybe(MOMENT), "null: it names no moment"),
            "overdue": YES_OR_NO,
        }
    ),
    List.UNDECIDED: record(
        {
            **_MAYBE_ABOUT,
            "event_type": one_of(TEXT, *EventType, NO_EVENT),
            "offset": said(WHOLE, "its place in the log"),
            "recipient": said(maybe(TEXT), "from whom it is withheld; null: from everybody"),
            "reason": TEXT,
            "since": MOMENT,
        }
    ),
    List.HELD_BACK: record(
        {
            **_ABOUT,
            "event_type": _TYPE,
            "recipient": TEXT,
            "reason": _REASON,
            **_GRADES,
            "since": MOMENT,
        }
    ),
    List.PUT_RIGHT: record(
        {
            **_MAYBE_ABOUT,
            "event_type": _TYPE,
            "corrects": said(TEXT, "the event that was put right, or taken back"),
            "publisher": TEXT,
            "decided_at": MOMENT,
            "recipient": said(maybe(TEXT), "who had been sent it, each once; null: nobody had"),
            "sent_at": said(maybe(MOMENT), "when they first were"),
            "opened": listed(record({"by": TEXT, "at": MOMENT})),
            "told": said(maybe(one_of(TEXT, *ReleaseKind)), "how they were told so; null: they were not"),
            "told_at": maybe(MOMENT),
            "asked_back": said(YES_OR_NO, "whether they were asked to destroy every copy and say so"),
            "outcome": said(maybe(one_of(TEXT, *OUTCOMES)), "what they said came of that; null: nothing yet"),
            "answered_at": maybe(MOMENT),
        }
    ),
}
"""What a row of each list holds."""

LIST: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Rows of the list.",
        record(
            {
                "list": one_of(TEXT, *List),
                "rows": listed(either(*(titled(name.value, row) for name, row in ROWS.items()))),
                "more": said(YES_OR_NO, "whether rows follow"),
                "next": said(maybe(TEXT), "send it as `after` for the rows that follow; null: none do"),
            },
            {"seed": said(TEXT, "of a sample: the same question with it draws the same")},
        ),
        {
            "list": "overridden",
            "rows": [
                {
                    "event_id": EVENT,
                    "incident": INCIDENT,
                    "event_type": "OverrideRecorded",
                    "recipient": "adult-social-care",
                    "publisher": "police",
                    "decided_at": "2024-09-11T02:10:00Z",
                    "confirmed_by": None,
                    "registered": None,
                    "counts": True,
                    "serves": True,
                }
            ],
            "more": False,
            "next": None,
            "seed": "2024-q3",
        },
    ),
}

"""Policies, and what would come of one, as `/openapi.json` describes them."""

from typing import Final

from services.consent.api.described import EVENT, HIDDEN, POLICY
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
    either,
    lines,
    listed,
    maybe,
    one_of,
    record,
    said,
    texts,
    titled,
)

TEXT_SHOWN: Final = 'name = "strict"\nversion = 6\n'
_NAMED: Final[Described] = {"hash": TEXT, "name": TEXT, "version": WHOLE}
_NAMED_EXAMPLE: Final = {"hash": POLICY, "name": "strict", "version": 6}
_LAWFUL: Final = said(YES_OR_NO, "whether it may be adopted")
_WHOLE_TEXT: Final = said(TEXT, "TOML, as it is hashed")
_ADOPTED: Final = {
    **_NAMED,
    "text": _WHOLE_TEXT,
    "adopted_at": MOMENT,
    "coming": said(
        listed(record({"hash": TEXT, "effective_at": MOMENT})), "adopted, and not in force before then"
    ),
}
SHOWN: Final[Answers] = {
    **HIDDEN,
    **answer(
        "The policy in force, or the one asked for.",
        either(
            titled("Adopted", record(_ADOPTED)),
            titled("Shipped", record({**_NAMED, "lawful": _LAWFUL, "text": _WHOLE_TEXT})),
        ),
        {**_NAMED_EXAMPLE, "text": TEXT_SHOWN, "adopted_at": "2024-09-01T00:00:00Z", "coming": []},
    ),
}
VERSIONS: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Every policy adopted, the latest first, and those shipped with the code.",
        record(
            {
                "versions": listed(
                    record(
                        {
                            **_NAMED,
                            "standing": one_of(TEXT, "in-force", "coming", "earlier"),
                            "adopted_at": MOMENT,
                            "in_force_from": MOMENT,
                            "adopted_by": said(maybe(TEXT), "the id of who published it"),
                            "confirmed_by": said(maybe(TEXT), "the id of the second who said so"),
                        }
                    )
                ),
                "shipped": listed(record({**_NAMED, "lawful": _LAWFUL})),
            }
        ),
        {
            "versions": [
                {
                    **_NAMED_EXAMPLE,
                    "standing": "in-force",
                    "adopted_at": "2024-09-01T00:00:00Z",
                    "in_force_from": "2024-09-01T00:00:00Z",
                    "adopted_by": "p-partnership-1",
                    "confirmed_by": "p-partnership-2",
                }
            ],
            "shipped": [{**_NAMED_EXAMPLE, "lawful": True}],
        },
    ),
}


def _counted(*names: str) -> Described:
    """Return the schema of rows that are counted, with the first few events of each."""
    fields = {**dict.fromkeys(names, TEXT), "count": WHOLE, "examples": said(texts(), "ids of events")}
    return listed(record(fields))


def _told(result: Described) -> Described:
    """Return the schema of a line: how far it is, the result, or that there will be none."""
    far = record({"read": said(WHOLE, "events so far"), "of": said(WHOLE, "events there are")})
    return either(
        titled("How far it is", far),
        titled("The result", record({"result": result})),
        titled("None", record({"problem": said(TEXT, "why the log was not read to its end")})),
    )


_RECEIVED: Final = record(
    {
        "recipient": TEXT,
        "ground": TEXT,
        "draft": said(WHOLE, "events under the draft"),
        "recorded": said(WHOLE, "events in fact"),
    }
)
_TRIED: Final = record(
    {
        "draft": record({"name": TEXT, "version": WHOLE, "hash": TEXT}),
        "lawful": _LAWFUL,
        "events": WHOLE,
        "received": listed(_RECEIVED),
        "more": said(_counted("recipient", "ground"), "sent under the draft, and not in fact"),
        "fewer": said(_counted("recipient", "ground"), "sent in fact, and not under the draft"),
        "otherwise": said(_counted("recipient", "gained", "lost"), "sent both times, with other sections"),
        "withheld": _counted("recipient", "reason"),
        "withheld_in_fact": _counted("recipient", "reason"),
    }
)
_COMPARED: Final = record(
    {
        "decision_version": said(WHOLE, "of this code"),
        "events": WHOLE,
        "versions": said(by_name(WHOLE), "how many events each version decided"),
        "differing": said(WHOLE, "how many answers differ; the first thousand are named"),
        "differences": listed(
            record(
                {
                    "offset": WHOLE,
                    "cause": TEXT,
                    "event_id": TEXT,
                    "recipient": TEXT,
                    "version": WHOLE,
                    "recorded": said(TEXT, "what was decided, in a word or two"),
                    "today": said(TEXT, "what would be"),
                }
            )
        ),
    }
)
_FAR: Final = {"read": 41, "of": 41}
TRIED: Final[Answers] = {
    **HIDDEN,
    **lines(
        "One JSON object a line: how far it is, and at last the result.",
        _told(_TRIED),
        _FAR,
        {
            "result": {
                "draft": {"name": "a draft", "version": 1, "hash": POLICY},
                "lawful": True,
                "events": 41,
                "received": [{"recipient": "dafsu", "ground": "high-risk", "draft": 0, "recorded": 1}],
                "more": [],
                "fewer": [{"recipient": "dafsu", "ground": "high-risk", "count": 1, "examples": [EVENT]}],
                "otherwise": [],
                "withheld": [],
                "withheld_in_fact": [],
            }
        },
    ),
}
REDECIDED: Final[Answers] = {
    **HIDDEN,
    **lines(
        "One JSON object a line: how far it is, and at last the result.",
        _told(_COMPARED),
        _FAR,
        {
            "result": {
                "decision_version": DECISION_VERSION,
                "events": 41,
                "versions": {str(DECISION_VERSION): 41},
                "differing": 0,
                "differences": [],
            }
        },
    ),
}

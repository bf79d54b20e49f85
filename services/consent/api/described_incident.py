"""What is told of one incident, to the Hub and to its publishers, as `/openapi.json` describes it."""

from typing import Final

from services.consent.api.described import (
    DECISION,
    EVENT,
    HIDDEN,
    INCIDENT,
    OPENING_ID,
    RELEASE,
    STANDS,
    STANDS_EXAMPLE,
)
from services.runtime.described import (
    MOMENT,
    TEXT,
    YES_OR_NO,
    Answers,
    Described,
    answer,
    listed,
    maybe,
    record,
    said,
    texts,
)

OPENING: Final[Described] = {
    "opening_id": TEXT,
    "at": MOMENT,
    "release_id": TEXT,
    "event_id": maybe(TEXT),
    "recipient": said(maybe(TEXT), "whose release it was"),
    "agency": said(TEXT, "of who opened it"),
    "person": said(TEXT, "who opened it, by the id they are registered under"),
    "purpose": TEXT,
    "sections": said(texts(), "what was opened, or asked for"),
    "refused": YES_OR_NO,
    "party": said(YES_OR_NO, "whether it was refused because it is about who asked, or their home"),
}
OPENING_EXAMPLE: Final = {
    "opening_id": OPENING_ID,
    "at": "2024-09-11T08:20:00Z",
    "release_id": RELEASE,
    "event_id": EVENT,
    "recipient": "dafsu",
    "agency": "dafsu",
    "person": "p-dafsu-1",
    "purpose": "To phone about a safety plan",
    "sections": ["contact"],
    "refused": False,
    "party": False,
}
_SAID: Final = ("recipient", "outcome", "owed", "rule", "ground", "reason", "sections")
_STOOD: Final = ("outcome", "ground", "sections")
_NOW: Final = record(
    {
        **{name: DECISION[name] for name in _SAID},
        "stands": said(
            maybe(record({name: DECISION[name] for name in _STOOD})),
            "how it stands; null: it was never asked",
        ),
    }
)
_REVIEW: Final = record(
    {"review_by": said(maybe(MOMENT), "null: it may wait for ever"), "overdue": YES_OR_NO},
)
ACCOUNT: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Who was told of the incident, who opened it, and how it would be decided now.",
        record(
            {
                "incident": TEXT,
                "person": said(
                    maybe(TEXT), "names the adult victim to the list `told`; null: nobody is known as one"
                ),
                "sharing": said(listed(STANDS), "as it stands"),
                "openings": said(listed(record(OPENING)), "the latest first"),
                "routing": said(listed(_NOW), "its latest form by the policy of now, beside how it stands"),
                "review": said(
                    maybe(_REVIEW), "until when its form may wait for the Hub's; null: none waits"
                ),
            }
        ),
        {
            "incident": INCIDENT,
            "person": "OqjJig8wOQACO_1B8UmRs08ZjxGNvcBRq-zkyY6GvD0",
            "sharing": [STANDS_EXAMPLE],
            "openings": [OPENING_EXAMPLE],
            "routing": [
                {
                    **{name: STANDS_EXAMPLE[name] for name in _SAID},
                    "stands": {name: STANDS_EXAMPLE[name] for name in _STOOD},
                }
            ],
            "review": None,
        },
    ),
}
OWN: Final[Answers] = {
    **HIDDEN,
    **answer(
        "Events your agency published: those it took back, and the one that `event` asks about.",
        record(
            {
                "incident": TEXT,
                "own": listed(
                    record(
                        {
                            "event_id": TEXT,
                            "names": said(texts(), "whom the event itself is for"),
                            "taken_back": said(texts(), "from whom it was taken back by name"),
                            "from_everybody": said(YES_OR_NO, "whether it was taken back from everybody"),
                        }
                    )
                ),
            }
        ),
        {
            "incident": INCIDENT,
            "own": [
                {
                    "event_id": EVENT,
                    "names": ["mycwa", "hospital:RJN"],
                    "taken_back": ["mycwa"],
                    "from_everybody": False,
                }
            ],
        },
    ),
}

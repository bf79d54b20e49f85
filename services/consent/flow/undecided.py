"""What could not be decided, by event and recipient, as it stands until it is decided after all."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from services.consent.flow.decision import Answer
from services.consent.flow.fold import Folded
from services.consent.flow.record import stamp
from services.consent.flow.said import Said
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Reason
from services.vocabulary.words import Word

EVERYBODY = "*"
"""Stands for all recipients where an event reached none of them."""

NEED_NO_POLICY = frozenset({EventType.TIME_PASSED, EventType.RECIPIENT_JOINED})
"""What comes before a policy does in every log (decision 0036), and leaves nothing to decide."""


class Cause(Word):
    """Why something could not be decided."""

    UNREADABLE = "unreadable"
    NO_POLICY = "no-policy"
    RULE_ERROR = "rule-error"


class UndecidedRow(NamedTuple):
    """One event that is not decided for a recipient, or for `EVERYBODY`. `offset`: of what decided it last.

    Whatever is answered of its line takes the place of what stands here.
    """

    line: str
    recipient: str
    event_id: str
    offset: int
    cause: str
    since: str


def undecided_rows(folded: Folded, said: Said) -> Iterator[UndecidedRow]:
    """Yield a row for each recipient on whom a rule failed; one where nobody could be answered at all.

    Goes by what was recorded, so that it is the same whenever it is made again.
    """
    causes = dict(_causes(folded, said.answers))
    at = stamp(folded.decision.decided_at)
    for recipient, cause in causes.items():
        yield UndecidedRow(said.line, recipient, said.event_id, folded.decision.offset, cause.value, at)


def decided(folded: Folded, said: Said) -> Iterable[str]:
    """Return whose answers, in its line, these take the place of: not everybody's where a backfill asked."""
    answered = [answer.recipient for answer in said.answers]
    return answered if said.event_id in folded.brought else [EVERYBODY, *answered]


def _causes(folded: Folded, answers: tuple[Answer, ...]) -> Iterator[tuple[str, Cause]]:
    if answers and all(answer.reason is Reason.UNCLASSIFIED for answer in answers):
        if folded.decision.policy:
            yield EVERYBODY, Cause.UNREADABLE
        elif folded.decision.event_type not in NEED_NO_POLICY:
            yield EVERYBODY, Cause.NO_POLICY
    for answer in answers:
        if answer.reason is Reason.RULE_ERROR:
            yield answer.recipient, Cause.RULE_ERROR

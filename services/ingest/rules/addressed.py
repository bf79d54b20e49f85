"""Is everyone an event is for a recipient? (design 4 and 11)

Whom an event is for stands in `facts.to`, or in `facts.recipient` where it is exactly one; who is party to
an agreement stands in `facts.between`.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.ingest.rules.answers import is_known
from services.ingest.rules.reading import text
from services.ingest.rules.urgency import is_urgent
from services.ingest.state import Json, Reason, Registered, Submission
from services.vocabulary.agencies import category_of
from services.vocabulary.events import EventType

LISTS = ("to", "between")
AREA = "area"


def refusals(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each unknown name, unless the event is urgent, and for a transfer to no area."""
    unknown = () if is_urgent(submission) else _unknown(submission, registered)
    return (*unknown, *_no_area(submission))


def defects(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each unknown name of an urgent event, which goes to the others."""
    return tuple(_unknown(submission, registered)) if is_urgent(submission) else ()


def reached(submission: Submission, registered: Registered) -> Submission:
    """Return the event for those alone who are known."""
    facts = submission.section("facts")
    known: dict[str, Json] = {
        name: [one for _, one in _names(submission, name) if is_known(one, registered)]
        for name in LISTS
        if name in facts
    }
    if not known:
        return submission
    return replace(submission, sections={**submission.sections, "facts": {**facts, **known}})


def _unknown(submission: Submission, registered: Registered) -> Iterator[Reason]:
    for name in LISTS:
        for index, one in _names(submission, name):
            if not is_known(one, registered):
                yield Reason(
                    pointer=f"/facts/{name}/{index}",
                    rule="unknown-recipient",
                    detail="no recipient has this name",
                    fix="use a recipient's own name, such as `dafsu` or `hospital:RJN`; a category is none",
                )


def _no_area(submission: Submission) -> Iterator[Reason]:
    """Yield a reason for each end of a transfer that is no area: other recipients are told by a listing."""
    if submission.type is not EventType.MARAC_TRANSFERRED:
        return
    named = [(f"/facts/to/{index}", one) for index, one in _names(submission, "to")]
    came_from = text(submission.section("facts"), "from_area")
    for pointer, one in [*named, *([("/facts/from_area", came_from)] if came_from is not None else [])]:
        if category_of(one) != AREA or one == AREA:
            yield Reason(
                pointer=pointer,
                rule="another-area",
                detail="a case is transferred between areas, and this names none",
                fix="name the area by its code, such as `area:E06000050`",
            )


def _names(submission: Submission, name: str) -> Iterator[tuple[int, str]]:
    named = submission.section("facts").get(name)
    for index, one in enumerate(named if isinstance(named, list) else ()):
        if isinstance(one, str):
            yield index, one

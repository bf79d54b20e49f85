"""Is everyone an event is for a recipient? (design 4 and 11)

Whom an event is for stands in `facts.to`, or in `facts.recipient` where it is exactly one; who is party to
an agreement stands in `facts.between`, and where a transferred case came from in `facts.from_area`.
"""

from collections.abc import Iterator
from dataclasses import replace

from services.ingest.rules.answers import is_known
from services.ingest.rules.reading import text
from services.ingest.rules.urgency import is_urgent
from services.ingest.state import Reason, Registered, Submission
from services.runtime.pointers import pointer
from services.vocabulary.agencies import category_of
from services.vocabulary.events import EventType

Place = tuple[str | int, ...]
"""Where a name stands in facts."""

LISTS = ("to", "between")
FROM = "from_area"
AREA = "area"
UNKNOWN, NO_AREA = "unknown-recipient", "another-area"

SAYS = {
    UNKNOWN: "no recipient has this name",
    NO_AREA: "a case is transferred to another area, and this is none",
}
FIXES = {
    UNKNOWN: "use a recipient's own name, such as `dafsu` or `hospital:RJN`; a category is none",
    NO_AREA: "name the area by its code, such as `area:E06000050`",
}


def refusals(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each name that nothing can be sent to, unless the event is urgent."""
    return () if goes_to_the_others(submission) else tuple(_faults(submission, registered))


def defects(submission: Submission, registered: Registered) -> tuple[Reason, ...]:
    """Return a reason for each such name of an urgent event, which goes to the others."""
    return tuple(_faults(submission, registered)) if goes_to_the_others(submission) else ()


def reached(submission: Submission, registered: Registered) -> Submission:
    """Return the event for those alone whom it can be for."""
    facts = dict(submission.section("facts"))
    wrong = {place for place, _ in _wrong(submission, registered)}
    for name in LISTS:
        if name in facts:
            facts[name] = [one for place, one in _listed(submission, name) if place not in wrong]
    if (FROM,) in wrong:
        facts[FROM] = None
    return replace(submission, sections={**submission.sections, "facts": facts}) if facts else submission


def goes_to_the_others(submission: Submission) -> bool:
    """Say whether an event goes on without the names that are wrong.

    What is taken back does not: less named is more taken back.
    """
    return is_urgent(submission) and submission.type is not EventType.EVENT_RETRACTED


def _faults(submission: Submission, registered: Registered) -> Iterator[Reason]:
    for place, rule in _wrong(submission, registered):
        yield Reason(pointer=pointer("facts", *place), rule=rule, detail=SAYS[rule], fix=FIXES[rule])


def _wrong(submission: Submission, registered: Registered) -> Iterator[tuple[Place, str]]:
    """Yield the place of each name that nothing can be sent to or come from, with the rule it breaks.

    A case is transferred between areas: nobody else is told by that.
    """
    transferred = submission.type is EventType.MARAC_TRANSFERRED
    for place, name in _named(submission):
        if not is_known(name, registered):
            yield place, UNKNOWN
        elif transferred and category_of(name) != AREA:
            yield place, NO_AREA


def _named(submission: Submission) -> Iterator[tuple[Place, str]]:
    for name in LISTS:
        yield from _listed(submission, name)
    came_from = text(submission.section("facts"), FROM)
    if came_from is not None:
        yield (FROM,), came_from


def _listed(submission: Submission, name: str) -> Iterator[tuple[Place, str]]:
    named = submission.section("facts").get(name)
    for index, one in enumerate(named if isinstance(named, list) else ()):
        if isinstance(one, str):
            yield (name, index), one

"""How old was the adult victim? Under sixteen it is a child who is harmed (decision 0021; DA Act 2021 s1)."""

from collections.abc import Iterator

from services.ingest.rules.reading import text
from services.ingest.state import Reason, Submission
from services.vocabulary.calendar import local_date
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.people import age_on
from services.vocabulary.sides import VictimAge
from services.vocabulary.times import NotATime, parse_date

SIXTEEN, ADULT = 16, 18
"""Years of age from which domestic abuse can be suffered in one's own right, and nobody is a child."""

SAYS_AGE = VPA_FAMILY | {EventType.REFERRAL_RECEIVED, EventType.MARAC_REFERRED, EventType.REPEAT_IDENTIFIED}
"""Events whose facts say it."""

NAMED = ("given_name", "family_name")


def victim_age(submission: Submission) -> VictimAge | None:
    """Return the age of an event's adult victim on the day it happened; None where it is not known."""
    born = text(submission.section("victim"), "date_of_birth")
    try:
        age = age_on(local_date(submission.occurred_at), parse_date(born)) if born is not None else None
    except NotATime:
        return None
    if age is None or age < 0:
        return None
    if age < SIXTEEN:
        return VictimAge.UNDER_16
    return VictimAge.SIXTEEN_OR_SEVENTEEN if age < ADULT else VictimAge.ADULT


def defects(submission: Submission) -> Iterator[Reason]:
    """Yield a reason where a form has a child for its adult victim and does not list that child."""
    if submission.type not in VPA_FAMILY or victim_age(submission) is not VictimAge.UNDER_16:
        return
    if not _is_listed(submission):
        yield Reason(
            pointer="/victim/date_of_birth",
            rule="child-as-adult-victim",
            detail="under 16 nobody is an adult victim: it is routed as about a child, and no school is told",
            fix="list them in children too, or correct the date of birth",
        )


def _is_listed(submission: Submission) -> bool:
    victim = submission.section("victim")
    called = [text(victim, name) for name in NAMED]
    return any([text(child, name) for name in NAMED] == called for child in submission.children)

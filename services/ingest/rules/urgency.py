"""Is this urgent? Then no defect may delay it (promise 10, NA 3.20)."""

from services.ingest.rules.reading import text
from services.ingest.state import Submission
from services.vocabulary.events import VPA_FAMILY
from services.vocabulary.risk import ChildrenLevel, Risk


def is_urgent(submission: Submission) -> bool:
    """Say whether an event is a VPA, about high risk, or about a child's safety."""
    facts = submission.section("facts")
    return (
        submission.type in VPA_FAMILY
        or text(facts, "risk") == Risk.HIGH
        or text(facts, "children") == ChildrenLevel.SAFEGUARDING
    )

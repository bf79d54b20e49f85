"""How long danger may wait for the Hub's secondary assessment (design 5; NA 4.10)."""

from datetime import datetime

from services.consent.rules.policy import Policy
from services.consent.rules.two_sides import as_child
from services.consent.state.entities import Form
from services.consent.state.heard import Grades
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import VictimAge


def is_clear(grades: Grades) -> bool:
    """Say whether danger needs nobody's second look: high risk, or a safeguarding concern."""
    return grades.risk is Risk.HIGH or grades.children is ChildrenLevel.SAFEGUARDING


def review_due(raised: Form, age: VictimAge | None, policy: Policy) -> datetime | None:
    """Return until when the Hub may review a raised form before danger is released; None: it may wait.

    `age`: its adult victim's.
    """
    if policy.review_within is None or not as_child(raised.grades, age).are_danger:
        return None
    return raised.recorded_at + policy.review_within


def is_overdue(raised: Form, age: VictimAge | None, policy: Policy, now: datetime) -> bool:
    """Say whether a raised form that says danger has waited too long for its review."""
    due = review_due(raised, age, policy)
    return due is not None and due <= now


def held_until(form: Form, grades: Grades, policy: Policy) -> datetime | None:
    """Return until when a report may be held for the Hub to look at its roles; None: as long as that takes.

    `grades`: those it is routed at. High risk and a safeguarding concern wait no longer than a raised form.
    """
    if policy.review_within is None or not is_clear(grades):
        return None
    return form.recorded_at + policy.review_within

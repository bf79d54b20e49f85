"""What changes between two policies, in words: for the command and for the page that compares them."""

from collections.abc import Callable, Iterable

from services.consent.rules.answers import ASKED
from services.consent.rules.changes import Change, Outcome
from services.consent.rules.clauses import both, name
from services.consent.rules.policy import Policy

WHY_NOT = {True: "withheld", False: "not owed"}


def title(policy: Policy) -> str:
    """Return how a policy is called where another stands beside it."""
    return f"{policy.name}, version {policy.version} ({policy.hash[:12]})"


def whom(change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return of which events whom it concerns: changes that agree in it are told together."""
    return change.event_types, change.recipients


def recipients(changed: tuple[str, ...], called: Callable[[str], str] = name) -> str:
    """Name recipients; where they are most of all, whom it leaves out."""
    left_out = [each for each in ASKED if each not in changed]
    if len(changed) > len(left_out) > 0:
        return f"everybody but {both(map(called, left_out))}"
    return both(map(called, changed))


def how(change: Change) -> str:
    """Return what the answer was and what it will be, and what of the event is gained or lost."""
    before, after = change.before, change.after
    text = f"{_said(before)} -> {_said(after)}"
    if before.permit and after.permit:
        gained, lost = after.sections - before.sections, before.sections - after.sections
        text += f"; gained: {_sections(gained)}" if gained else ""
        text += f"; lost: {_sections(lost)}" if lost else ""
    elif after.permit:
        text += f": {_sections(after.sections)}"
    return text


def _said(outcome: Outcome) -> str:
    if outcome.ground is not None:
        return f"sent on the ground {outcome.ground}"
    return f"{WHY_NOT[outcome.owed]} ({outcome.reason})"


def _sections(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))

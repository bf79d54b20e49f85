"""Two policies compared, as it is printed: sentences for a lead, or one JSON document."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from services.consent.rules.answers import ASKED
from services.consent.rules.changes import Change, Outcome, beside, changes
from services.consent.rules.clauses import both, name, when
from services.consent.rules.policy import Policy

WHY_NOT = {True: "withheld", False: "not owed"}


def as_json(before: Policy, after: Policy) -> dict[str, Any]:
    """Return what changes as one document."""
    return {
        "before": _named(before),
        "after": _named(after),
        "changes": [_change(each) for each in changes(before, after)],
        "beside": list(beside(before, after)),
    }


def lines(before: Policy, after: Policy) -> Iterator[str]:
    """Yield what changes, for people."""
    yield f"From {_title(before)} to {_title(after)}"
    found = changes(before, after)
    for (event_types, recipients), alike in itertools.groupby(found, _whom):
        yield f"{both(event_types)} to {_recipients(recipients)}:"
        for change in alike:
            yield f"  {_how(change)}"
            yield from (f"    when {when(box, change.among)}" for box in change.boxes)
    also = list(beside(before, after))
    if also:
        yield "Besides:"
    yield from (f"  {each}" for each in also)
    if not found and not also:
        yield "Nothing changes."


def _whom(change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return change.event_types, change.recipients


def _how(change: Change) -> str:
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


def _recipients(recipients: tuple[str, ...]) -> str:
    """Name recipients; where they are most of all, whom it leaves out."""
    left_out = [each for each in ASKED if each not in recipients]
    if len(recipients) > len(left_out) > 0:
        return f"everybody but {both(map(name, left_out))}"
    return both(map(name, recipients))


def _change(change: Change) -> dict[str, Any]:
    before, after = change.before, change.after
    return {
        "recipients": list(change.recipients),
        "event_types": list(change.event_types),
        "when": [when(box, change.among) for box in change.boxes],
        "before": _outcome(before),
        "after": _outcome(after),
        "gained": sorted(after.sections - before.sections),
        "lost": sorted(before.sections - after.sections),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": "permit" if outcome.permit else "deny",
        "ground": outcome.ground,
        "reason": outcome.reason,
        "owed": outcome.owed,
        "sections": sorted(outcome.sections),
    }


def _named(policy: Policy) -> dict[str, Any]:
    return {"name": policy.name, "version": policy.version, "hash": policy.hash}


def _title(policy: Policy) -> str:
    return f"{policy.name}, version {policy.version} ({policy.hash[:12]})"

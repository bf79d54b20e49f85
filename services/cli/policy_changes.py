"""Two policies compared, as it is printed: sentences for a lead, or one JSON document."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from services.consent.rules.changed import how, recipients, title, whom
from services.consent.rules.changes import Change, Outcome, beside, changes
from services.consent.rules.clauses import both, when
from services.consent.rules.policy import Policy


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
    yield f"From {title(before)} to {title(after)}"
    found = changes(before, after)
    for (event_types, to), alike in itertools.groupby(found, whom):
        yield f"{both(event_types)} to {recipients(to)}:"
        for change in alike:
            yield f"  {how(change)}"
            yield from (f"    when {when(box, change.among)}" for box in change.boxes)
    also = list(beside(before, after))
    if also:
        yield "Besides:"
    yield from (f"  {each}" for each in also)
    if not found and not also:
        yield "Nothing changes."


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

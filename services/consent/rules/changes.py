"""What changes between two policies: who would be answered otherwise, and when (design 5)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import NamedTuple

from services.consent.rules.answers import ASKED, Answers, Question, among, answered
from services.consent.rules.combinations import Box
from services.consent.rules.cover import merged
from services.consent.rules.policy import Policy
from services.consent.rules.route import Verdict
from services.vocabulary.calendar import OfficeHours
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground, Reason

WANTING = frozenset({Reason.NO_GROUND, Reason.WITHDRAWN, Reason.ENDED})
"""Why somebody owed an event is sent nothing: one outcome, whatever became of consent before."""


class Outcome(NamedTuple):
    """What a verdict comes to: on what ground and how much, or why nothing. By which rule is no matter."""

    ground: Ground | None
    sections: frozenset[str]
    reason: Reason | None
    owed: bool

    @property
    def permit(self) -> bool:
        """Say whether anything is sent."""
        return self.ground is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Recipients and events that are answered otherwise, in which combinations, and how.

    `boxes` may overlap; together they are all the combinations. `among`: what each fact can be at all.
    """

    recipients: tuple[str, ...]
    event_types: tuple[str, ...]
    boxes: tuple[Box, ...]
    among: Box
    before: Outcome
    after: Outcome


def changes(before: Policy, after: Policy) -> tuple[Change, ...]:
    """Return every combination whose outcome changes, those together that change alike."""
    by_type: dict[tuple[object, ...], Change] = {}
    for change in _each(before, after):
        key = (change.recipients, *_alike(change))
        known = by_type.get(key)
        types = (*(known.event_types if known else ()), *change.event_types)
        by_type[key] = replace(change, event_types=types)
    found: dict[tuple[object, ...], Change] = {}
    for change in by_type.values():
        key = (change.event_types, *_alike(change))
        known = found.get(key)
        recipients = (*(known.recipients if known else ()), *change.recipients)
        found[key] = replace(change, recipients=recipients)
    return tuple(found.values())


def _alike(change: Change) -> tuple[object, ...]:
    boxes = frozenset(frozenset(box.items()) for box in change.boxes)
    return boxes, change.before, change.after


def _each(before: Policy, after: Policy) -> Iterator[Change]:
    old, new = Answers(before), Answers(after)
    for event_type in EventType:
        for recipient in ASKED:
            question = Question(recipient, event_type)
            if old.rows(question) != new.rows(question):
                yield from _changed(question, old.part(question), new.part(question))


def _changed(question: Question, before: Policy, after: Policy) -> Iterator[Change]:
    boxes: dict[tuple[Outcome, Outcome], list[Box]] = {}
    for box, verdicts in answered(question, before, after):
        was, will_be = map(_outcome, verdicts)
        if was != will_be:
            boxes.setdefault((was, will_be), []).append(box)
    for (was, will_be), where in boxes.items():
        yield Change(
            recipients=(question.recipient,),
            event_types=(question.event_type,),
            boxes=merged(where, among(question)),
            among=among(question),
            before=was,
            after=will_be,
        )


def _outcome(verdict: Verdict) -> Outcome:
    if verdict.permit:
        return Outcome(verdict.ground, verdict.sections, None, owed=True)
    reason = Reason.NO_GROUND if verdict.reason in WANTING else verdict.reason
    return Outcome(None, frozenset(), reason, verdict.owed)


def beside(before: Policy, after: Policy) -> Iterator[str]:
    """Yield as sentences what changes beside answers: versions, clocks, who attends, what is expected."""
    if before.review_within != after.review_within:
        yield f"the Hub's time to review danger: {_hours(before)} -> {_hours(after)}"
    yield from _hours_changed(before.hours, after.hours)
    for name in sorted(before.sections ^ after.sections):
        yield f"section `{name}`: {'no longer released' if name in before.sections else 'may be released'}"
    grounds = {row.ground: row for row in before.grounds}
    for row in after.grounds:
        old = grounds.get(row.ground)
        if old is not None and old.lasts_days != row.lasts_days:
            yield f"ground {row.ground} lasts, in days: {old.lasts_days} -> {row.lasts_days}"
        for what in ("core_attendees", "attendees", "always_attend"):
            was, will_be = getattr(old or row, what), getattr(row, what)
            if was != will_be:
                yield f"{what.replace('_', ' ')}: {', '.join(was)} -> {', '.join(will_be)}"
    for rule in after.rules:
        known = before.rule(rule.id)
        for what in ("purpose", "expects", "source"):
            if known is not None and getattr(known, what) != getattr(rule, what):
                yield f"rule {rule.id}, {what}: {getattr(known, what)} -> {getattr(rule, what)}"


def _hours_changed(before: OfficeHours | None, after: OfficeHours | None) -> Iterator[str]:
    was, will_be = (_open(hours) for hours in (before, after))
    if was != will_be:
        yield f"offices are open: {was} -> {will_be}"
    known, listed = (hours.bank_holidays if hours is not None else frozenset() for hours in (before, after))
    if known != listed:
        gone, new = (", ".join(map(str, sorted(days))) or "none" for days in (known - listed, listed - known))
        yield f"bank holidays: no longer {gone}; now {new}"


def _open(hours: OfficeHours | None) -> str:
    return f"{hours.opens:%H:%M} to {hours.closes:%H:%M}" if hours is not None else "not asked"


def _hours(policy: Policy) -> str:
    within = policy.review_within
    return f"{within // timedelta(hours=1)} hours" if within is not None else "without end"

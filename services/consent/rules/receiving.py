"""Who receives one type of event under a policy: by which rules, on which grounds, at most which sections."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.consent.rules.answers import ASKED, Answers, Cases
from services.consent.rules.policy import Policy, Rule
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One rule that tells somebody: on any of these grounds, these sections at most (`*`: all there are)."""

    rule: Rule
    grounds: tuple[Ground, ...]
    sections: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiving:
    """Recipients who are told alike, and by what."""

    recipients: tuple[str, ...]
    ways: tuple[Way, ...]


def received(policy: Policy, event_type: EventType) -> tuple[Receiving, ...]:
    """Return who may be told of such an event, in the order in which policies answer; nobody else ever is."""
    answers = Answers(policy)
    groups: dict[tuple[Way, ...], list[str]] = {}
    for recipient in ASKED:
        ways = tuple(_ways(policy, answers.of(recipient, event_type)))
        if ways:
            groups.setdefault(ways, []).append(recipient)
    return tuple(Receiving(recipients=tuple(alike), ways=ways) for ways, alike in groups.items())


def _ways(policy: Policy, cases: Cases) -> Iterator[Way]:
    """Yield each rule that permits in some case, in the policy's order."""
    permits = [case.verdict for case in cases if case.verdict.permit]
    for rule in policy.rules:
        by = [verdict for verdict in permits if verdict.rule == rule.id]
        if by:
            holding = {ground for verdict in by for ground in verdict.holding}
            yield Way(
                rule=rule,
                grounds=tuple(row.ground for row in policy.grounds if row.ground in holding),
                sections=frozenset(name for verdict in by for name in verdict.sections),
            )

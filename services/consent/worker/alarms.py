"""What somebody must look at although the gate goes on: counted, and said once with the event's id alone."""

import logging
from collections.abc import Container, Iterator, Sequence

from prometheus_client import Counter

from services.consent.flow.ledger import Entry
from services.consent.flow.undecided import NEED_NO_POLICY
from services.runtime import telemetry
from services.vocabulary.events import ERASING, LINKS, EventType
from services.vocabulary.grounds import Reason

log = logging.getLogger("sightline.consent")

ALARMS = {
    "unreviewed_danger": "says danger and is overdue for the Hub's review",
    "policies_refused": "adopts no policy: faulty, unlawful, or one person's alone (see policy check)",
    "links_refused": "links nobody and takes back no link: one person alone said so",
    "erasures_ignored": "keeps nobody and erases nobody: one person alone said so",
    "erasures_ordered": "orders that a person is erased: see the ledger's erasures, and stop what is wrong",
    "one_persons_alone": "lets nobody join and brings no history: nobody else confirmed it",
    "unreadable": "cannot be read, and reaches nobody: look at its schema and at the door",
    "danger_held_back": "says danger, and who is owed it takes no part just now: tell them otherwise",
    "no_policy": "came before any policy was adopted, and reaches nobody: adopt one",
    "rule_errors": "is withheld from somebody because a rule failed: look at the rule",
}
"""What is said of an event, by the counter that counts it."""

BY_TWO = frozenset({EventType.RECIPIENT_JOINED, EventType.BACKFILL_ORDERED})
"""What two people do, beside adopting a policy."""


def declare() -> None:
    """Expose every counter at nought, so that the first alarm is seen to rise."""
    for name in ALARMS:
        _counter(name)


def sound(entries: Sequence[Entry], *, adopted: Container[int]) -> None:
    """Say what is wrong with the events of a batch. `adopted`: offsets of those that adopted a policy."""
    for entry in entries:
        for name, event_id in _alarms(entry, adopted):
            _counter(name).inc()
            log.error("%s %s", event_id, ALARMS[name])


def _counter(name: str) -> Counter:
    return telemetry.counter(f"gate_{name}", f"Events of which one {ALARMS[name]}")


def _alarms(entry: Entry, adopted: Container[int]) -> Iterator[tuple[str, str]]:
    heard, decision = entry.folded.heard, entry.folded.decision
    yield from (("unreviewed_danger", event_id) for event_id in entry.folded.overdue)
    if heard.type == EventType.POLICY_ADOPTED and heard.offset not in adopted:
        yield "policies_refused", heard.event_id
    if heard.type in LINKS and not heard.is_confirmed:
        yield "links_refused", heard.event_id
    if heard.type in ERASING - {EventType.PERSON_ERASED} and not heard.is_confirmed:
        yield "erasures_ignored", heard.event_id
    if heard.type == EventType.ERASURE_ORDERED and heard.is_confirmed:
        yield "erasures_ordered", heard.event_id
    if heard.type in BY_TWO and not heard.is_confirmed:
        yield "one_persons_alone", heard.event_id
    if not heard.readable:
        yield "unreadable", heard.event_id
    elif not decision.policy and heard.type not in NEED_NO_POLICY:
        yield "no_policy", heard.event_id
    for said in entry.said:
        if any(answer.reason is Reason.RULE_ERROR for answer in said.answers):
            yield "rule_errors", said.event_id
    yield from (("danger_held_back", event_id) for event_id in entry.held_back)

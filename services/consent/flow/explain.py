"""Explain one answer in plain English: who may see what, why, and what would change it (design 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from services.consent.flow.decision import Answer
from services.consent.flow.words import ANSWERS, GROUNDS, NEXT, REASONS, STOPPED, condition
from services.consent.rules.clauses import both, either
from services.consent.rules.policy import EDUCATION, GroundRule, Policy, Rule
from services.consent.state.consents import answers_of, withdrawn_until
from services.consent.state.entities import EVERYONE, Incident
from services.consent.state.links import PersonOf, as_one, group
from services.vocabulary.agencies import HUB, is_school
from services.vocabulary.calendar import LONDON
from services.vocabulary.events import VPA_FAMILY
from services.vocabulary.grounds import CAN_END, Ground, Outcome, Reason

TOLD_OF_CHILDREN = (
    "A school is told of its own pupils, and the education officer of children whom no school is told of,"
    " each once for an incident."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What an explanation is about: the event's type, its incident and people as known now."""

    event_type: str
    incident: Incident | None
    person_of: PersonOf


class Agreed(NamedTuple):
    """An information sharing agreement as it was at a moment: `ends_at` when it had ended, or was to."""

    code: str
    version: str | None
    between: tuple[str, ...]
    ends_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an answer was given about, when, under which policy, and the agreements there were then."""

    known: Known
    decided_at: datetime
    policy: Policy | None
    agreements: tuple[Agreed, ...] = ()


def explain(answer: Answer, title: str, case: Case) -> str:
    """Return the explanation: a paragraph of whole sentences. `title`: what people call the recipient."""
    rule = case.policy.rule(answer.rule) if case.policy is not None else None
    sentences = [
        *(
            _permitted(answer, title, case, rule)
            if answer.outcome is Outcome.PERMIT
            else _denied(answer, title, case, rule)
        ),
        *_recorded(answer, case),
        _under(case),
        _otherwise(answer, title, case, rule),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


def _permitted(answer: Answer, title: str, case: Case, rule: Rule | None) -> Iterator[str]:
    sections = both(name.replace("_", " ") for name in answer.sections) or "nothing but that it happened"
    yield f"{title} may see {sections} of this {case.known.event_type}, and nothing else of it."
    why = GROUNDS[answer.ground] if answer.ground is not None else "a ground is recorded"
    if not answer.owed:
        yield f"It keeps the form because its case is open. It was told because {why} (rule {answer.rule})."
        return
    yield f"Rule {answer.rule}{_source(rule)} owes it this event, and the ground is {answer.ground}: {why}."
    if rule is not None and rule.purpose:
        yield f"It may be used to {rule.purpose}."
    if rule is not None and rule.expects:
        yield f"It is expected to {rule.expects}."


def _denied(answer: Answer, title: str, case: Case, rule: Rule | None) -> Iterator[str]:
    yield f"{title} may not see anything of this {case.known.event_type}."
    reason = answer.reason or Reason.UNCLASSIFIED
    named = f" (rule {answer.rule}{_source(rule)})" if rule is not None else ""
    yield f"The reason is {reason}: {STOPPED.get(answer.rule, REASONS[reason])}{named}."


def _recorded(answer: Answer, case: Case) -> Iterator[str]:
    """Say what is on record for this recipient that could bear on the answer, and since when."""
    yield from _agreed(answer.recipient, case)
    if answer.outcome is Outcome.PERMIT and answer.ground is not Ground.CONSENT:
        yield "Consent was not needed for it."
    if case.known.incident is None:
        return
    yield from _said(answer.recipient, case.known.incident, case.known.person_of)
    for row in case.known.incident.not_shared:
        if row.recipient == answer.recipient:
            yield f"On {_when(row.at)} {row.by} decided not to share with it (event {row.event_id})."
    if answer.recipient in case.known.incident.victims_cases:
        yield "It has an open case on the incident."
    elif answer.recipient in case.known.incident.cases:
        yield "It has an open case on the incident, for the person causing harm."


def _said(recipient: str, incident: Incident, person_of: PersonOf) -> Iterator[str]:
    """Say what the adult victim answered, under any name they are known by, and withdrew, here or for all."""
    victim = as_one(person_of, incident.victim) if incident.victim is not None else None
    answers = answers_of(incident, group(person_of, incident.victim) if incident.victim is not None else ())
    said = answers.get(recipient)
    if said is not None:
        when = f"on {_when(said.at)} and recorded on {_when(said.recorded_at)}"
        yield f"Consent was {ANSWERS[said.answer]} {when} (event {said.event_id})."
    withdrawn = withdrawn_until(answers, victim, recipient)
    if withdrawn is not None:
        whom = "every recipient" if withdrawn == withdrawn_until(answers, victim, EVERYONE) else "it"
        yield f"Consent for {whom} was withdrawn on {_when(withdrawn)}."
    for override in incident.overrides.get(recipient, ()):
        who = "the Hub" if override.by == HUB else "the recipient itself, for its own duty"
        when = f"on {_when(override.at)} and recorded on {_when(override.recorded_at)}"
        yield f"An override was made by {who}, {when} (event {override.event_id})."


def _agreed(recipient: str, case: Case) -> Iterator[str]:
    """Say which agreements bound a recipient when it was decided, in force or ended by then."""
    for each in case.agreements:
        if recipient not in each.between:
            continue
        version = f", version {each.version}," if each.version is not None else ""
        named = f"The information sharing agreement {each.code}{version}"
        if each.ends_at is None:
            yield f"{named} was in force for it."
        elif each.ends_at > case.decided_at:
            yield f"{named} was in force for it, to end on {_when(each.ends_at)}."
        else:
            yield f"{named} had ended for it on {_when(each.ends_at)}."


def _under(case: Case) -> str:
    if case.policy is None:
        return f"It was decided on {_when(case.decided_at)}, before any policy was adopted."
    policy = case.policy
    return (
        f"It was decided on {_when(case.decided_at)} under the policy {policy.name},"
        f" version {policy.version} ({policy.hash[:12]})."
    )


def _otherwise(answer: Answer, title: str, case: Case, rule: Rule | None) -> str:
    """Say what would have to be true for the answer to be another."""
    if answer.outcome is Outcome.PERMIT:
        return _ends(answer)
    if answer.rule in NEXT:
        return NEXT[answer.rule]
    if answer.reason is Reason.AWAITING_REVIEW:
        return "That changes when the Hub reviews the assessment."
    if answer.reason is Reason.UNCLASSIFIED:
        return "That changes for events that come after a policy is adopted which names them."
    if answer.owed and rule is not None:
        return f"It would be told if {_one_of(rule, answer.recipient, case)}."
    return _would_be_owed(answer, title, case)


def _ends(answer: Answer) -> str:
    if answer.ground in (Ground.OWN, Ground.PARTNERSHIP):
        return "Nothing changes that."
    if answer.ground in CAN_END:
        return f"It ends when {answer.ground} ends and no other ground holds."
    if not answer.owed:
        return "It ends when the case closes."
    return "It ends if a later review or a correction finds otherwise."


def _would_be_owed(answer: Answer, title: str, case: Case) -> str:
    to = answer.recipient
    if case.known.event_type in VPA_FAMILY and (to == EDUCATION or is_school(to)):
        return TOLD_OF_CHILDREN
    rules = case.policy.rules_for(to, case.known.event_type) if case.policy is not None else ()
    clauses = [_clause(rule, to, case) for rule in rules if rule.denies is None and rule.when]
    if not any(clauses):
        return f"No rule of the policy tells {title} of events of this type."
    return f"It would be told if {either(dict.fromkeys(filter(None, clauses)))}."


def _clause(rule: Rule, to: str, case: Case) -> str:
    """Say when a rule tells a recipient, and on which grounds unless what it asks is one itself.

    Nothing where none of its grounds may serve that recipient.
    """
    grounds = _serving(rule, to, case)
    if not grounds:
        return ""
    asked = both(condition(each) for each in rule.when)
    implied = any(set(row.when) <= set(rule.when) for row in grounds)
    return asked if implied else f"{asked}, and besides {_one_of(rule, to, case)}"


def _one_of(rule: Rule, to: str, case: Case) -> str:
    return either(GROUNDS[row.ground] for row in _serving(rule, to, case))


def _serving(rule: Rule, to: str, case: Case) -> tuple[GroundRule, ...]:
    grounds = case.policy.grounds if case.policy is not None else ()
    return tuple(row for row in grounds if row.ground in rule.grounds and row.serves(to))


def _source(rule: Rule | None) -> str:
    return f", {rule.source}" if rule is not None else ""


def _when(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"

"""Explain one answer in plain English: who may see what, why, and what would change it (design 5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from services.consent.flow.decision import Answer
from services.consent.flow.words import ANSWERS, GROUNDS, REASONS, STOPPED, condition
from services.consent.rules.clauses import both, either
from services.consent.rules.policy import ANY, EDUCATION, Policy, Rule
from services.consent.state.consents import withdrawn_until
from services.consent.state.entities import Incident
from services.vocabulary.agencies import is_school
from services.vocabulary.calendar import LONDON
from services.vocabulary.events import VPA_FAMILY
from services.vocabulary.grounds import CAN_END, Ground, Outcome, Reason

TOLD_OF_CHILDREN = (
    "A school is told of its own pupils, and the education officer of children whom no school is told of,"
    " each once for an incident."
)


RESTRICTED_INSTEAD = {"suspended": "It follows when the partnership lets the recipient take part again."}
"""What is done instead, or next, where a rule restricts; else a call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What an answer was given about, under what, and what is known of the incident now."""

    event_type: str
    decided_at: datetime
    policy: Policy | None
    incident: Incident | None


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
    yield f"{title} may see {sections} of this {case.event_type}, and nothing else of it."
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
    yield f"{title} may not see anything of this {case.event_type}."
    reason = answer.reason or Reason.UNCLASSIFIED
    named = f" (rule {answer.rule}{_source(rule)})" if rule is not None else ""
    yield f"The reason is {reason}: {STOPPED.get(answer.rule, REASONS[reason])}{named}."


def _recorded(answer: Answer, case: Case) -> Iterator[str]:
    """Say what is on record about consent and overrides for this recipient, and since when."""
    if case.incident is None:
        return
    said = case.incident.consents.get(answer.recipient)
    if said is not None:
        recorded = _when(said.recorded_at)
        yield f"Consent was {ANSWERS[said.answer]} on {_when(said.at)} and recorded on {recorded}."
    withdrawn = withdrawn_until(case.incident, None, answer.recipient)
    if withdrawn is not None:
        yield f"Consent for every recipient was withdrawn on {_when(withdrawn)}."
    override = case.incident.overrides.get(answer.recipient)
    if override is not None:
        yield f"An override was made on {_when(override.at)} and recorded on {_when(override.recorded_at)}."


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
    if answer.reason is Reason.AWAITING_REVIEW:
        return "That changes when the Hub reviews the assessment."
    if answer.reason is Reason.UNCLASSIFIED:
        return "That changes for events that come after a policy is adopted which names them."
    if answer.reason is Reason.RESTRICTED:
        return RESTRICTED_INSTEAD.get(answer.rule, "A named council lead is told by telephone instead.")
    if answer.rule == "agreement-ended":
        return "It follows when the agreement with the recipient is signed again."
    if answer.owed and rule is not None:
        return f"It would be told if {_one_of(rule, case)}."
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
    if case.event_type in VPA_FAMILY and (answer.recipient == EDUCATION or is_school(answer.recipient)):
        return TOLD_OF_CHILDREN
    rules = case.policy.rules_for(answer.recipient, case.event_type) if case.policy is not None else ()
    rules = tuple(rule for rule in rules if rule.to != ANY and rule.denies is None and rule.when)
    if not rules:
        return f"No rule of the policy tells {title} of events of this type."
    return f"It would be told if {either(_clause(rule, case) for rule in rules)}."


def _clause(rule: Rule, case: Case) -> str:
    """Say when a rule tells its recipient, and on which grounds unless what it asks is one itself."""
    asked = both(condition(each) for each in rule.when)
    grounds = case.policy.grounds if case.policy is not None else ()
    implied = any(set(row.when) <= set(rule.when) for row in grounds if row.ground in rule.grounds)
    return asked if implied else f"{asked}, and besides {_one_of(rule, case)}"


def _one_of(rule: Rule, case: Case) -> str:
    order = [row.ground for row in case.policy.grounds] if case.policy is not None else []
    return either(GROUNDS[ground] for ground in order if ground in rule.grounds)


def _source(rule: Rule | None) -> str:
    return f", {rule.source}" if rule is not None else ""


def _when(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"

"""A policy of ours as Cedar policies: the same permit or deny for the same question.

Cedar has no order of rules: ours, of which the first that holds decides, each carry that those before them
do not hold. What denies becomes such a guard alone, because Cedar denies by default. What Cedar cannot say
is left out: which rule, ground and sections, and for how long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.consent.rules.circumstances import PLACEMENT, Circumstances, Condition
from services.consent.rules.policy import ANY, PUBLISHER, SCHOOL, Policy, Rule
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.placement import Placement

PUBLISHES, PLACEMENTS = "publishes", "placements"
"""What a request says beside the circumstances: that the publisher asks, and where the children stand."""

NOBODY_ASKED = "not_recorded"
"""Consent of which nothing is recorded: Cedar has no null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One recipient's question about one event."""

    recipient: str
    event_type: str
    at: Circumstances
    publishes: bool = False
    placements: tuple[Placement, ...] = ()


def policies(policy: Policy, event_types: Iterable[str] = tuple(EventType)) -> str:
    """Return Cedar's text of a policy, of what it says about these types of event.

    One permit for each rule that permits. Rules for schools are left out: nobody here asks as one.
    """
    types = tuple(event_types)
    return "\n".join(_permit(policy, rule, types) for rule in _permitting(policy, types))


def request(asked: Asked) -> dict[str, str]:
    """Return a question as cedarpy takes it, its context as JSON already, which is quickest for it."""
    at = asked.at
    context = {
        "risk": at.risk.value,
        "children": at.children.value,
        "vulnerable_adult": bool(at.vulnerable_adults),
        "adult_safeguarding_concern": at.adult_safeguarding_concern,
        "consent": at.consent.value if at.consent is not None else NOBODY_ASKED,
        "override": at.override,
        "open_child_case": at.open_child_case,
        "marac": at.marac,
        "named": at.named,
        "holds": at.holds,
        "overdue": at.overdue,
        "out_of_hours": at.out_of_hours,
        "counter_allegation": at.counter_allegation,
        PUBLISHES: asked.publishes,
        PLACEMENTS: [each.value for each in asked.placements],
    }
    return {
        "principal": _recipient(asked.recipient),
        "action": f'Action::"{asked.event_type}"',
        "resource": 'Event::"this"',
        "context": json.dumps(context),
    }


def _permitting(policy: Policy, types: Sequence[str]) -> Iterator[Rule]:
    for rule in policy.rules:
        if rule.denies is None and rule.to != SCHOOL and _on(rule, types):
            yield rule


def _on(rule: Rule, types: Sequence[str]) -> tuple[str, ...]:
    return tuple(each for each in types if rule.is_on(each))


def _permit(policy: Policy, rule: Rule, types: Sequence[str]) -> str:
    own = _is_for_one(rule)
    principal = f"principal == {_recipient(rule.to)}" if own else "principal"
    on = _on(rule, types)
    action = "action" if set(on) == set(types) else f"action in [{_actions(on)}]"
    clauses = [*_publisher(rule), *_conditions(rule.when)]
    if rule.to != PUBLISHER:
        clauses += [_grounds(policy, rule), *_guards(policy, rule, on)]
    when = " && ".join(clause for clause in clauses if clause)
    return f"// {rule.id}\npermit({principal}, {action}, resource){f' when {{ {when} }}' if when else ''};"


def _is_for_one(rule: Rule) -> bool:
    """Say whether a rule is for one recipient, who may be one that joins later."""
    return rule.to not in (ANY, PUBLISHER)


def _publisher(rule: Rule) -> list[str]:
    return [f"context.{PUBLISHES}"] if rule.to == PUBLISHER else []


def _grounds(policy: Policy, rule: Rule) -> str:
    """Return that some ground serves; empty where one always does."""
    found: list[str] = []
    for row in policy.grounds:
        if row.ground not in rule.grounds:
            continue
        clauses = list(_conditions(row.when))
        if _is_for_one(rule):
            if not row.serves(rule.to):
                continue
        elif row.only or row.never:
            clauses += [f"{_among(row.only)}"] if row.only else []
            clauses += [f"!{_among(row.never)}"] if row.never else []
        if not clauses:
            return ""
        found.append(" && ".join(clauses))
    return f"({' || '.join(f'({each})' for each in found)})" if found else "false"


def _guards(policy: Policy, rule: Rule, on: Sequence[str]) -> Iterator[str]:
    """Yield that no rule before it holds, of those that are asked before it of the same recipient."""
    before = True
    for other in policy.rules:
        if other is rule:
            before = False
        shared = _on(other, on)
        if other is rule or not shared:
            continue
        own_first = rule.to == ANY and _is_for_one(other)
        if not (own_first or (before and other.to == rule.to)):
            continue
        clauses = [f"principal == {_recipient(other.to)}"] if own_first else []
        clauses += [f"[{_actions(shared)}].contains(action)"] if len(shared) < len(on) else []
        clauses += list(_conditions(other.when))
        yield f"!({' && '.join(clauses)})" if clauses else "false"


def _conditions(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        yield _condition(condition)


def _condition(condition: Condition) -> str:
    if condition.fact == PLACEMENT:
        return f"context.{PLACEMENTS}.containsAny([{_strings(condition.values)}])"
    if condition.values <= {True, False}:
        if len(condition.values) == 2:
            return "true"
        return f"{'' if True in condition.values else '!'}context.{condition.fact}"
    if len(condition.values) == 1:
        return f"context.{condition.fact} == {_strings(condition.values)}"
    return f"[{_strings(condition.values)}].contains(context.{condition.fact})"


def _strings(values: Iterable[object]) -> str:
    return ", ".join(json.dumps(str(value)) for value in sorted(values, key=str))


def _among(recipients: Iterable[str]) -> str:
    return f"[{', '.join(map(_recipient, recipients))}].contains(principal)"


def _actions(types: Iterable[str]) -> str:
    return ", ".join(f'Action::"{each}"' for each in types)


def _recipient(name: str) -> str:
    return f'Recipient::"{name}"'


def require_no_general_rule_for_children(policy: Policy) -> None:
    """Refuse a policy that this cannot say: one with a rule that permits everybody a form.

    The education officer is answered child by child, by rules for the officer alone.
    """
    for rule in policy.rules:
        if rule.to == ANY and rule.denies is None and any(rule.is_on(form) for form in VPA_FAMILY):
            raise ValueError(f"rule `{rule.id}` is for everybody and on a form: say it in Cedar by recipient")

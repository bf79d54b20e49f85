"""A check of a policy, as it is printed: sentences for a lead, or one JSON document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.consent.rules.answers import Answers
from services.consent.rules.breaches import Breach, Example, breaches
from services.consent.rules.clauses import both, name, one_of, when
from services.consent.rules.combinations import possible
from services.consent.rules.invariants import INVARIANTS
from services.consent.rules.overlaps import Overlap, overlaps, untimed
from services.consent.rules.policy import Policy, Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found of one policy. `systems`: who keep their cases in one, by what it is called."""

    policy: Policy
    systems: Mapping[str, tuple[str, ...]]
    broken: tuple[Breach, ...]
    overlaps: tuple[Overlap, ...]
    untimed: tuple[Rule, ...]

    @property
    def ok(self) -> bool:
        """Say whether it keeps to every invariant."""
        return not self.broken

    def as_json(self) -> dict[str, Any]:
        """Return it as one document."""
        broken = {breach.invariant.id for breach in self.broken}
        return {
            "policy": {"name": self.policy.name, "version": self.policy.version, "hash": self.policy.hash},
            "ok": self.ok,
            "invariants": [
                {"id": each.id, "says": each.says, "source": each.source, "holds": each.id not in broken}
                for each in INVARIANTS
            ],
            "breaches": [_breach(each) for each in self.broken],
            "overlaps": [_overlap(each) for each in self.overlaps],
            "shared_systems": [
                {"system": system, "recipients": list(names)} for system, names in self.systems.items()
            ],
            "untimed": [{"rule": rule.id, "expects": rule.expects} for rule in self.untimed],
        }


def checked(policy: Policy, systems: Mapping[str, tuple[str, ...]]) -> Checked:
    """Ask a policy everything. `systems`: who keep their cases in one, which no policy says."""
    answers = Answers(policy)
    return Checked(
        policy=policy,
        systems=systems,
        broken=tuple(breaches(answers, INVARIANTS)),
        overlaps=tuple(overlaps(answers)),
        untimed=untimed(policy),
    )


def lines(found: Checked) -> Iterator[str]:
    """Yield what was found, for people."""
    policy = found.policy
    yield f"The policy {policy.name}, version {policy.version} ({policy.hash[:12]})"
    broken = {breach.invariant.id for breach in found.broken}
    for each in INVARIANTS:
        yield f"  {'BROKEN' if each.id in broken else 'holds '}  {each.says} ({each.source})."
    for breach in found.broken:
        yield from _breach_lines(breach)
    if found.overlaps:
        yield "No fault, but two may hold the same form:"
    for overlap in found.overlaps:
        yield f"  {_overlap_line(overlap)}"
    if found.systems:
        yield "No fault, but these keep their cases in one system, where all may read what one is sent:"
    for system, names in found.systems.items():
        yield f"  {both(names)}: {system}."
    if found.untimed:
        yield "No fault, but something is expected and not until when:"
    for rule in found.untimed:
        yield f"  {rule.id}: {rule.expects}."
    count = len(broken)
    kept = f"It keeps to all {len(INVARIANTS)}." if found.ok else f"It breaks {count} of {len(INVARIANTS)}."
    yield kept


def _breach_lines(breach: Breach) -> Iterator[str]:
    example = breach.example
    more = f" It does so in other cases, too: {breach.count}." if breach.count else ""
    yield f"BROKEN  {breach.invariant.says} ({breach.invariant.source})."
    yield f"  For example {example.event_type} to {name(example.recipient)}{_in_words(example)}."
    yield f"  Rule {example.rule} answers.{more}"
    yield f"  To mend: {breach.invariant.mend}."


def _in_words(example: Example) -> str:
    if example.box is None:
        return ", whatever the facts are"
    among = {**possible(example.recipient, example.event_type)}
    among |= {fact: frozenset({*values, ...}) for fact, values in example.box.items() if fact not in among}
    return f", when {when(one_of(example.box), among)}" if example.box else ", whatever the facts are"


def _breach(breach: Breach) -> dict[str, Any]:
    example = breach.example
    return {
        "invariant": breach.invariant.id,
        "says": breach.invariant.says,
        "source": breach.invariant.source,
        "recipient": example.recipient,
        "event_type": example.event_type,
        "when": _in_words(example).removeprefix(", "),
        "rule": example.rule,
        "more": breach.count,
        "mend": breach.invariant.mend,
    }


def _overlap(overlap: Overlap) -> dict[str, Any]:
    return {
        "recipients": list(overlap.recipients),
        "rules": list(overlap.rules),
        "event_type": overlap.event_type,
        "when": [when(box, overlap.among) for box in overlap.boxes],
        "source": overlap.asked,
    }


def _overlap_line(overlap: Overlap) -> str:
    happens = "; or ".join(when(box, overlap.among) for box in overlap.boxes)
    asked = f" {overlap.asked} asks whether to." if overlap.asked else ""
    rules = both(overlap.rules)
    return f"{both(overlap.recipients)}, {overlap.event_type}: when {happens} ({rules}).{asked}"

"""The rules of a policy in words, recipient by recipient, each with its paragraph."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from services.consent.flow.words import GROUNDS, REASONS, condition
from services.consent.rules.circumstances import PLACEMENT, Condition
from services.consent.rules.clauses import VALUES, both, clause
from services.consent.rules.combinations import every_value
from services.consent.rules.policy import ANY, PUBLISHER, SCHOOL, Alone, GroundRule, Policy, Rule
from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.placement import Placement
from services.vocabulary.titles import SECTIONS, TYPES

TITLES: Final = {
    PUBLISHER: "Whoever published the event",
    SCHOOL: "A school",
    ANY: "Everybody, after the rules of their own",
}

Called = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """One rule in words: lines of what it says, each under its title."""

    id: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Of:
    """The rules for one recipient, in the order in which they are tried."""

    title: str
    rules: tuple[Spoken, ...]


def spoken(policy: Policy, called: Called) -> tuple[Of, ...]:
    """Return the rules of a policy, those for one recipient together, in the policy's order."""
    names = dict.fromkeys(rule.to for rule in policy.rules if rule.to != ANY)
    return tuple(
        Of(
            title=TITLES[to] if to in TITLES else called(to),
            rules=tuple(_rule(rule, policy) for rule in policy.rules if rule.to == to),
        )
        for to in (*names, ANY)
        if any(rule.to == to for rule in policy.rules)
    )


def _rule(rule: Rule, policy: Policy) -> Spoken:
    lines = [
        ("Source", rule.source),
        ("About", _types(rule)),
        ("When", when_of(rule)),
    ]
    if rule.denies is not None:
        lines.append(("Answer", f"Not told: {REASONS[rule.denies]}"))
        return Spoken(id=rule.id, lines=tuple(lines))
    lines += [
        ("Where one of these grounds holds", "; ".join(map(_ground, _serving(rule, policy)))),
        ("May see", _sections(rule.sections)),
        *((f"May see, where {GROUNDS[each.ground]} and nothing else", _alone(each)) for each in rule.alone),
        ("May use it to", rule.purpose),
        ("Expected", rule.expects or "Nothing is expected"),
    ]
    return Spoken(id=rule.id, lines=tuple((title, _sentence(text)) for title, text in lines))


def when_of(rule: Rule) -> str:
    """Return what a rule asks of the facts, as a sentence."""
    return _sentence(both(_condition(each) for each in rule.when)) or "Each time"


def _types(rule: Rule) -> str:
    if ANY in rule.on:
        return "Every event"
    return ", ".join(title for code, title in TYPES.items() if code in rule.on)


def _condition(asked: Condition) -> str:
    if asked.fact != PLACEMENT:
        return condition(asked)
    return clause(PLACEMENT, frozenset(Placement(str(each)) for each in asked.values), every_value(PLACEMENT))


def _serving(rule: Rule, policy: Policy) -> tuple[GroundRule, ...]:
    """Return the grounds of a rule that may serve whom it is for."""
    rows = (row for row in policy.grounds if row.ground in rule.grounds)
    return tuple(row for row in rows if rule.to not in RECIPIENTS or row.serves(rule.to))


def _ground(row: GroundRule) -> str:
    lasts = f", for {row.lasts_days} days" if row.lasts_days is not None else ""
    return f"{GROUNDS[row.ground]} ({row.source}{lasts})"


def _alone(alone: Alone) -> str:
    whose = f", if the vulnerable adult is {VALUES[alone.adult]}" if alone.adult is not None else ""
    return f"{_sections(alone.sections)}{whose}"


def _sections(names: tuple[str, ...]) -> str:
    if ANY in names:
        return "All of it"
    return both(SECTIONS.get(name, name) for name in names)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

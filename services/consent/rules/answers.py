"""What a policy answers, every recipient and type of event in every combination of the facts (design 5)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from services.consent.rules.circumstances import ALLOWED, PLACEMENT, Circumstances
from services.consent.rules.combinations import Box, Unasked, explore, kinds_of, possible
from services.consent.rules.policy import EDUCATION, PARTNERSHIP, PUBLISHER, SCHOOL, GroundRule, Policy, Rule
from services.consent.rules.route import NOT_OWED, UNOWED, Verdict, route
from services.consent.rules.schools import kind_of
from services.vocabulary.agencies import SHARED_TOPICS, SINGLE_CONTROLLERS, is_school
from services.vocabulary.events import VPA_FAMILY, EventType
from services.vocabulary.grounds import Reason
from services.vocabulary.placement import Placement

ANY_SCHOOL = f"{SCHOOL}:any"
INSTANCES = tuple(f"{category}:any" for category in SHARED_TOPICS)
"""One of each kind of recipient that there are many of: all of a kind are answered alike."""

ASKED = (PUBLISHER, *SINGLE_CONTROLLERS, *INSTANCES)
"""Everybody whom a policy answers for."""

ERRED = Verdict(permit=False, owed=False, rule="rule-error", reason=Reason.RULE_ERROR)


@dataclass(frozen=True, slots=True)
class Question:
    """A recipient, and a type of event."""

    recipient: str
    event_type: str


@dataclass(frozen=True, slots=True)
class Case:
    """Combinations that are answered alike, and the answer. `among`: what the facts can be at all here."""

    box: Box
    verdict: Verdict
    among: Box

    def values(self, fact: str) -> frozenset[Any]:
        """Return what a fact may be here."""
        return self.box.get(fact) or self.among[fact]

    def may(self, fact: str, *values: object) -> bool:
        """Say whether some combination here has one of these values."""
        return not self.values(fact).isdisjoint(values)

    def must(self, fact: str, *values: object) -> bool:
        """Say whether every combination here has one of these values."""
        return self.values(fact) <= frozenset(values)


Cases = tuple[Case, ...]


class Answers:
    """All answers of one policy. Each is found once for all who are answered by the same rows."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._found: dict[tuple[object, ...], Cases] = {}
        self._of: dict[Question, Cases] = {}

    def of(self, recipient: str, event_type: str) -> Cases:
        """Return every case of a question. They do not overlap, and there is one for every combination."""
        question = Question(recipient, event_type)
        found = self._of.get(question)
        if found is None:
            found = self._of[question] = self._answered(question)
        return found

    def alike(self) -> Iterator[tuple[Question, Cases]]:
        """Yield every question but those answered by the same rows as an earlier one."""
        seen: set[int] = set()
        for event_type in EventType:
            for recipient in ASKED:
                cases = self.of(recipient, event_type)
                if id(cases) not in seen:
                    seen.add(id(cases))
                    yield Question(recipient, event_type), cases

    def rows(self, question: Question) -> tuple[tuple[Rule, ...], tuple[GroundRule, ...]]:
        """Return the rules that answer a question, in order, and the grounds that may serve there."""
        to = whom(question)
        rules = self.policy.rules_for(to, question.event_type)
        if to in (PUBLISHER, PARTNERSHIP) or is_by_child(question):
            rules = tuple(rule for rule in rules if rule.to == to)
        named = {ground for rule in rules for ground in rule.grounds}
        return rules, tuple(
            row for row in self.policy.grounds if row.ground in named and row.serves(question.recipient)
        )

    def part(self, question: Question) -> Policy:
        """Return the part of the policy that answers a question."""
        rules, grounds = self.rows(question)
        return replace(self.policy, rules=rules, grounds=grounds)

    def _answered(self, question: Question) -> Cases:
        part = self.part(question)
        key = (is_by_child(question), part.rules, part.grounds, tuple(among(question).items()))
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = tuple(
                Case(box, verdict, among(question)) for box, (verdict,) in answered(question, part)
            )
        return found


def whom(question: Question) -> str:
    """Return what rules call the recipient of a question."""
    return kind_of(question.recipient) if is_by_child(question) else question.recipient


def is_by_child(question: Question) -> bool:
    """Say whether it is answered child by child: a school, or the education officer, of a form."""
    asks = is_school(question.recipient) or question.recipient == EDUCATION
    return asks and question.event_type in VPA_FAMILY


def answered(question: Question, *parts: Policy) -> Iterator[tuple[Box, tuple[Verdict, ...]]]:
    """Yield each box of combinations, and what each of these policies answers in all of it.

    Of each policy only the part that answers the question is given.
    """
    if is_by_child(question):
        for placement in Placement:
            told = tuple(_or_error(partial(_told, part.rules, placement)) for part in parts)
            yield {PLACEMENT: frozenset({placement})}, told
    elif question.recipient in (PUBLISHER, PARTNERSHIP):
        yield {}, tuple(_or_error(partial(_as_it_is, part.rules)) for part in parts)
    else:
        kinds = kinds_of(
            [rule for part in parts for rule in part.rules],
            [ground for part in parts for ground in part.grounds],
            possible(question.recipient, question.event_type),
        )
        yield from explore(_routing(question, parts), kinds)


def among(question: Question) -> Box:
    """Return what each fact can be at all that a question is answered by."""
    facts = possible(question.recipient, question.event_type)
    return {**facts, PLACEMENT: ALLOWED[PLACEMENT]} if is_by_child(question) else facts


def _routing(question: Question, parts: tuple[Policy, ...]) -> Callable[[Circumstances], tuple[Verdict, ...]]:
    """Return how the gate answers a question in any circumstances; where a rule errs, as it does then."""
    to, event_type = question.recipient, question.event_type

    def ask(at: Circumstances) -> tuple[Verdict, ...]:
        return tuple(_or_error(partial(route, part, to, event_type, at)) for part in parts)

    return ask


def _told(rules: tuple[Rule, ...], placement: Placement) -> Verdict:
    """Answer for one child, as `schools.tell` does."""
    for rule in rules:
        if rule.denies is None and rule.is_for(placement):
            return _by(rule)
    for rule in rules:
        if rule.denies is not None and rule.is_for(placement):
            return Verdict(permit=False, owed=False, rule=rule.id, reason=rule.denies)
    return Verdict(permit=False, owed=False, rule=NOT_OWED, reason=Reason.NOT_OWED)


def _as_it_is(rules: tuple[Rule, ...]) -> Verdict:
    """Answer for who gets each event as it is."""
    return _by(rules[0]) if rules else UNOWED


def _by(rule: Rule) -> Verdict:
    """Answer by a rule that asks nothing but whose event or child it is: its first ground is named."""
    ground = min(rule.grounds)
    return Verdict(
        permit=True,
        owed=True,
        rule=rule.id,
        ground=ground,
        sections=frozenset(rule.sections),
        holding=(ground,),
    )


def _or_error(answer: Callable[[], Verdict]) -> Verdict:
    """Answer; where a rule raises, as the gate does then: withheld, with `rule-error`."""
    try:
        return answer()
    except Unasked:
        raise
    except Exception:  # whatever it raises: the gate withholds on it, and a check says so
        return ERRED

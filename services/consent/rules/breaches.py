"""Where a policy answers as it may not: one example, which rule answers, and how to mend it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.consent.rules.answers import ASKED, Answers, Case, Question
from services.consent.rules.combinations import Box
from services.consent.rules.policy import PARTNERSHIP, PUBLISHER
from services.vocabulary.events import EventType

FORMS = (EventType.VPA_RAISED, EventType.VPA_REVIEWED, EventType.VPA_CORRECTED)
REVIEWED = (EventType.VPA_REVIEWED, EventType.VPA_CORRECTED)

AS_IT_IS = frozenset({PUBLISHER, PARTNERSHIP})
"""Who gets each event as it is, whatever the facts."""

OTHERS = tuple(name for name in ASKED if name not in AS_IT_IS)


@dataclass(frozen=True, slots=True)
class Example:
    """A combination, the recipient and event it breaks an invariant for, and the rule that answers there.

    `box` is None where the fault is a row's own, and no combination shows it.
    """

    recipient: str
    event_type: str
    rule: str
    box: Box | None = None


Broken = Callable[[Answers], Iterable[Example]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invariant:
    """What every policy must keep to, as a sentence with its paragraph; and what to do where one does not."""

    id: str
    says: str
    source: str
    mend: str
    broken: Broken


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """An invariant that a policy breaks by one rule, with one example; `count`: how many more it has."""

    invariant: Invariant
    example: Example
    count: int


def breaches(answers: Answers, invariants: Iterable[Invariant]) -> Iterator[Breach]:
    """Yield every breach, each once for the rule that answers."""
    for invariant in invariants:
        by_rule: dict[str, list[Example]] = {}
        for example in invariant.broken(answers):
            by_rule.setdefault(example.rule, []).append(example)
        for examples in by_rule.values():
            yield Breach(invariant=invariant, example=examples[0], count=len(examples) - 1)


def cases(
    answers: Answers, recipients: Iterable[str], types: Iterable[str]
) -> Iterator[tuple[Question, Case]]:
    """Yield every case of these recipients and types of event."""
    asked = tuple(recipients)
    for event_type in types:
        for recipient in asked:
            for case in answers.of(recipient, event_type):
                yield Question(recipient, event_type), case


def permits(
    answers: Answers, recipients: Iterable[str], types: Iterable[str]
) -> Iterator[tuple[Question, Case]]:
    """Yield those of the cases that permit."""
    return ((question, case) for question, case in cases(answers, recipients, types) if case.verdict.permit)


def every_case(answers: Answers) -> Iterator[tuple[Question, Case]]:
    """Yield every case, of questions that are answered by the same rows only once."""
    for question, found in answers.alike():
        for case in found:
            yield question, case


def example(question: Question, case: Case, narrowed: Mapping[str, Iterable[Any]] | None = None) -> Example:
    """Return a case as an example, with the facts that show the breach narrowed to what shows it."""
    shown = {fact: case.values(fact) & frozenset(values) for fact, values in (narrowed or {}).items()}
    return Example(question.recipient, question.event_type, case.verdict.rule, {**case.box, **shown})


def but(case: Case, fact: str, *values: object) -> Mapping[str, frozenset[Any]]:
    """Return a fact narrowed to all it may be here but these values."""
    return {fact: case.values(fact) - frozenset(values)}

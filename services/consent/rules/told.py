"""Who is told of events beside the forms: a matrix of types of event by recipients, asked of a policy.

Types that everybody is answered alike about are one row, recipients that are answered alike are one column.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from services.consent.rules.answers import ASKED, Answers, Cases
from services.consent.rules.circumstances import Condition
from services.consent.rules.policy import Policy
from services.vocabulary.events import VPA_FAMILY, EventType

Asks = frozenset[Condition]
"""What one rule asks of the facts; nothing: it tells of each such event."""

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """When a recipient is told of such events: by any of these. None: never.

    `on_grounds`: some of what these rules ask for is not enough, and one of their grounds must hold, too.
    """

    when: tuple[Asks, ...]
    on_grounds: bool

    @property
    def never(self) -> bool:
        """Say whether nothing tells it of them."""
        return not self.when

    @property
    def always(self) -> bool:
        """Say whether each such event goes to it, whatever the facts are."""
        return frozenset() in self.when and not self.on_grounds


NEVER = Told(when=(), on_grounds=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Types of event that are told of alike, and the answer for each group of recipients."""

    event_types: tuple[EventType, ...]
    told: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The whole matrix: groups of recipients across, rows down."""

    recipients: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]


def told_of(policy: Policy) -> Events:
    """Return who is told of what, forms left out."""
    answers = Answers(policy)
    types = [each for each in EventType if each not in VPA_FAMILY]
    told = {(to, each): _told(policy, answers.of(to, each)) for to in ASKED for each in types}
    groups = _alike({to: tuple(told[to, each] for each in types) for to in ASKED})
    rows = _alike({each: tuple(told[group[0], each] for group in groups) for each in types})
    return Events(
        recipients=groups,
        rows=tuple(
            Row(event_types=alike, told=tuple(told[group[0], alike[0]] for group in groups)) for alike in rows
        ),
    )


def _told(policy: Policy, cases: Cases) -> Told:
    permits = [case for case in cases if case.verdict.permit]
    if not permits:
        return NEVER
    rules = dict.fromkeys(case.verdict.rule for case in permits)
    asked = dict.fromkeys(frozenset(rule.when) for rule in policy.rules if rule.id in rules)
    owed_only = any(case.verdict.owed and not case.verdict.permit for case in cases)
    # A rule that asks for more than another does tells nobody when the other would not.
    least = tuple(asks for asks in asked if not any(other < asks for other in asked))
    return Told(when=least, on_grounds=owed_only)


def _alike(answered: Mapping[_K, _V]) -> tuple[tuple[_K, ...], ...]:
    """Return keys that have the same answer together, in the order in which the first of each comes."""
    groups: dict[_V, list[_K]] = {}
    for key, answer in answered.items():
        groups.setdefault(answer, []).append(key)
    return tuple(map(tuple, groups.values()))

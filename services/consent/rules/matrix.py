"""The routing matrix of a policy: recipients by facts, as the partnership draws its table (NA 4.11).

Each cell is found by asking the policy about a reviewed form in every combination of the facts that a column
leaves open: whom it goes to whatever is recorded, to whom only with consent, and to whom not at all.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.consent.rules.circumstances import Circumstances
from services.consent.rules.clauses import when
from services.consent.rules.combinations import Box, every_value, in_order
from services.consent.rules.cover import merged
from services.consent.rules.policy import EDUCATION, PARTNERSHIP, Policy
from services.consent.rules.route import Rulebook
from services.vocabulary.agencies import HUB, RECIPIENTS
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.grounds import Ground
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult

ROUTED = tuple(each for each in RECIPIENTS if each not in (HUB, PARTNERSHIP, EDUCATION))
"""Whom a reviewed form may be routed to: not who publishes it, counts it, or hears of children alone."""


class Says(StrEnum):
    """What a policy answers about a form, before any override, MARAC or open case is recorded."""

    YES = "yes"
    CONSENT = "consent"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One fact of a form, and what it is here. `about`: what the columns beside it are about, too."""

    about: str
    title: str
    fixed: Box


def _column(about: str, title: str, fact: str, *values: object) -> Column:
    return Column(about=about, title=title, fixed={fact: frozenset(values)})


NOBODY: frozenset[VulnerableAdult] = frozenset()
SOMEBODY = frozenset({VulnerableAdult.VICTIM})

COLUMNS = (
    _column("Adult victim's risk", "High", "risk", Risk.HIGH),
    _column("Adult victim's risk", "Medium", "risk", Risk.MEDIUM),
    _column("Adult victim's risk", "Standard", "risk", Risk.STANDARD),
    _column("Adult victim's risk", "Not completed", "risk", Risk.NOT_COMPLETED),
    _column("Children", "Safeguarding", "children", ChildrenLevel.SAFEGUARDING),
    _column("Children", "Early help", "children", ChildrenLevel.EARLY_HELP),
    _column("Children", "Below threshold", "children", ChildrenLevel.BELOW_THRESHOLD),
    _column("Household", "Vulnerable adult", "vulnerable_adults", SOMEBODY),
)
"""The facts across, in the order of the partnership's table."""

OPEN: Box = {
    "risk": every_value("risk"),
    "children": every_value("children"),
    "vulnerable_adults": frozenset({NOBODY, SOMEBODY}),
    "adult_safeguarding_concern": every_value("adult_safeguarding_concern"),
}
"""What the facts of a form may be. Which adult is the vulnerable one changes sections, never an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One answer of a cell, on which grounds, and in which cases; no cases: in all that are left."""

    says: Says
    grounds: tuple[Ground, ...]
    cases: tuple[str, ...]


Cell = tuple[Part, ...]
"""Answers in the order in which they are read: the first whose case it is holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A recipient, and its cell for each column."""

    recipient: str
    cells: tuple[Cell, ...]

    @property
    def is_told(self) -> bool:
        """Say whether it is sent anything in any cell."""
        return any(part.says is not Says.NO for cell in self.cells for part in cell)


def matrix(policy: Policy) -> tuple[Line, ...]:
    """Return a line for each recipient, in the order in which the policy names them."""
    book = Rulebook(policy)
    return tuple(
        Line(recipient=to, cells=tuple(_cell(book, to, {**OPEN, **column.fixed}) for column in COLUMNS))
        for to in _in_order(policy)
    )


def _in_order(policy: Policy) -> tuple[str, ...]:
    named = (rule.to for rule in policy.rules if rule.is_on(EventType.VPA_REVIEWED))
    return tuple(dict.fromkeys(to for to in (*named, *ROUTED) if to in ROUTED))


def _cell(book: Rulebook, recipient: str, among: Box) -> Cell:
    found: dict[Says, list[Box]] = {}
    grounds: dict[Says, set[Ground]] = {says: set() for says in Says}
    for facts in _combinations(among):
        says, ground = _asked(book, recipient, Circumstances(**facts))
        found.setdefault(says, []).append({fact: frozenset({value}) for fact, value in facts.items()})
        grounds[says].update(() if ground is None else (ground,))
    listed = [says for says in Says if says in found]
    return tuple(
        Part(
            says=says,
            grounds=tuple(row.ground for row in book.policy.grounds if row.ground in grounds[says]),
            cases=() if says is listed[-1] else _cases([found[each] for each in listed[: place + 1]], among),
        )
        for place, says in enumerate(listed)
    )


def _asked(book: Rulebook, recipient: str, at: Circumstances) -> tuple[Says, Ground | None]:
    """Ask twice: with no consent recorded, and with consent."""
    without = book.verdict(recipient, EventType.VPA_REVIEWED, at)
    if without.permit:
        return Says.YES, without.ground
    consented = book.verdict(recipient, EventType.VPA_REVIEWED, at._replace(consent=ConsentAnswer.GIVEN))
    return (Says.CONSENT, consented.ground) if consented.permit else (Says.NO, None)


def _cases(answered: Sequence[list[Box]], among: Box) -> tuple[str, ...]:
    """Say when the last of these answers is given. Read after the earlier ones, it need not repeat theirs."""
    exact = merged(answered[-1], among)
    after = merged(itertools.chain(*answered), among)
    return tuple(when(box, among) for box in sorted(min(exact, after, key=_length), key=_place))


def _length(boxes: Iterable[Box]) -> int:
    return sum(max(len(box), 1) for box in boxes)


def _place(box: Box) -> tuple[int, ...]:
    """Order cases as the facts stand across."""
    return tuple(place for place, fact in enumerate(OPEN) if fact in box)


def _combinations(among: Box) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*map(in_order, among.values())):
        yield dict(zip(among, values, strict=True))

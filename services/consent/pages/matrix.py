"""The two matrices of a policy as their page draws them: answers as sentences, facts as titles."""

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from services.consent.flow.words import GROUNDS, condition
from services.consent.rules.clauses import NAMES, either
from services.consent.rules.matrix import COLUMNS, Cell, Part, Says, matrix
from services.consent.rules.policy import Policy
from services.consent.rules.told import Asks, Told, told_of
from services.vocabulary.titles import TYPES

ANSWERS: Final = {Says.YES: "Yes", Says.CONSENT: "Only with consent", Says.NO: "No"}
FEW = 4
"""Recipients named in the head of a column; more are everybody else, and are listed below."""

EVERYBODY_ELSE: Final = "Everybody else"
WHEN: Final = {
    "named": "when the event names it",
    "holds": "when it holds the family",
    "marac": "when it attends the MARAC",
}
"""What a rule about other events asks of one fact alone, in the fewest words."""

REMEMBERED = 16
_lines, _events = lru_cache(maxsize=REMEMBERED)(matrix), lru_cache(maxsize=REMEMBERED)(told_of)
"""What was asked of a policy once: it takes a moment, and a policy never changes."""

Called = Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One answer of a cell: `answer` is said with weight, `cases` and `ground` after it."""

    answer: str
    cases: str
    ground: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of a table: who or what it is about, and its cells."""

    title: str
    cells: tuple[tuple[Answered, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What several columns beside one another are about, and how many they are."""

    title: str
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """The routing matrix. `nobody`: recipients who are sent no reviewed form in any cell."""

    heads: tuple[Head, ...]
    columns: tuple[str, ...]
    lines: tuple[Line, ...]
    nobody: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The matrix of events beside the forms. `others`: who everybody else is."""

    columns: tuple[str, ...]
    lines: tuple[tuple[str, tuple[str, ...]], ...]
    others: tuple[str, ...]


def drawn(policy: Policy, called: Called) -> Matrix:
    """Return the routing matrix, recipients down, facts across."""
    lines = _lines(policy)
    return Matrix(
        heads=tuple(
            Head(title=about, width=len(list(columns)))
            for about, columns in itertools.groupby(COLUMNS, lambda column: column.about)
        ),
        columns=tuple(column.title for column in COLUMNS),
        lines=tuple(
            Line(title=called(line.recipient), cells=tuple(map(_cell, line.cells)))
            for line in lines
            if line.is_told
        ),
        nobody=tuple(called(line.recipient) for line in lines if not line.is_told),
    )


def _cell(cell: Cell) -> tuple[Answered, ...]:
    return tuple(_answered(part, place) for place, part in enumerate(cell))


def _answered(part: Part, place: int) -> Answered:
    answer = ANSWERS[part.says]
    if place and not part.cases:
        answer = f"Otherwise {answer[:1].lower()}{answer[1:]}"
    return Answered(
        answer=answer,
        cases=f", if {'; or if '.join(part.cases)}" if part.cases else "",
        ground=either(GROUNDS[ground] for ground in part.grounds) if part.says is Says.YES else "",
    )


def events(policy: Policy, called: Called) -> Events:
    """Return who is told of which other events, types down, recipients across."""
    found = _events(policy)
    heads = [_head(group, called) for group in found.recipients]
    return Events(
        columns=tuple(heads),
        lines=tuple(
            (", ".join(TYPES.get(each, each) for each in row.event_types), tuple(map(said, row.told)))
            for row in found.rows
        ),
        others=tuple(
            _called(each, called) for group in found.recipients if len(group) > FEW for each in group
        ),
    )


def _head(group: tuple[str, ...], called: Called) -> str:
    if len(group) > FEW:
        return EVERYBODY_ELSE
    return ", ".join(_called(each, called) for each in group)


def _called(recipient: str, called: Called) -> str:
    known = NAMES.get(recipient)
    return f"{known[:1].upper()}{known[1:]}" if known is not None else called(recipient)


def said(told: Told) -> str:
    """Return when somebody is told of such an event, as a table's cell says it."""
    if told.never:
        return "Never"
    if told.always:
        return "Always"
    text = "; or ".join(dict.fromkeys(_asked(told)))
    return f"{text[:1].upper()}{text[1:]}{', where a ground holds' if told.on_grounds else ''}"


def _asked(told: Told) -> Iterator[str]:
    for asks in told.when:
        yield _alone(asks) or " and ".join(_clauses(asks)) or "each"


def _alone(asks: Asks) -> str | None:
    conditions = list(asks)
    is_one = len(conditions) == 1 and conditions[0].values == {True}
    return WHEN.get(conditions[0].fact) if is_one else None


def _clauses(asks: Asks) -> list[str]:
    return [f"when {condition(each)}" for each in sorted(asks, key=lambda each: each.fact)]

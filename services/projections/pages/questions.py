"""Questions as data: how each is answered, what is wrong with an answer, and where the door's reasons stand.

A form is a list of questions. What is sent with it is read by them, so that a page can show it again as it
was typed, and what the door refuses comes back to the question it is about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.events import EventType
from services.vocabulary.times import EARLIEST, date_in

Answers = Mapping[str, str]
Row = Mapping[str, object]

LONGEST: Final = 200
LONGEST_TEXT: Final = 20_000
PARTS: Final = ("day", "month", "year")
"""What a day is asked in, in the order people write it."""

NOT_ASKED_FOR: Final = frozenset({"police", "education", "partnership"})
"""Recipients to whom no consent is given and no referral made."""

LATEST_YEAR: Final = 2200
"""A later day is a slip of the keyboard, as the door has it."""

UNREAL: Final = "Enter a real date, such as 27 3 1984"


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    LIST = "list"
    LINE = "line"
    TEXT = "text"
    DAY = "day"


PICKED: Final = frozenset({Kind.CHOICE, Kind.LIST})
"""What is answered by one of the options, and by nothing else where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `missing` is what is said where it needs an answer and has none.

    `part`: the heading it stands under, where it is the first under it; `lead` what is said there.
    """

    name: str
    label: str
    kind: Kind
    options: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    missing: str = ""
    part: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the answer to a question."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: its questions, which question a pointer of the door's is about, and the sections it says.

    `also`: what is wrong with answers that are right each by itself. `spared`: the questions whose answers
    nobody waits for, because of what the others say.
    """

    title: str
    lead: str
    questions: tuple[Question, ...]
    about: Mapping[str, str]
    type_of: Callable[[Answers], EventType]
    sections: Callable[[Answers, str, date], Mapping[str, object]]
    also: Callable[[Answers], tuple[Problem, ...]] = lambda _said: ()
    spared: Callable[[Answers], frozenset[str]] = lambda _said: frozenset()


def read(questions: Sequence[Question], sent: Mapping[str, object]) -> dict[str, str]:
    """Return every answer by its question's name; a day as `YYYY-MM-DD`, and each part of it as typed.

    A day that is none is what was typed of it: the door and `problems` say so.
    """
    said: dict[str, str] = {}
    for question in questions:
        if question.kind is Kind.DAY:
            typed = {f"{question.name}-{part}": _text(sent, f"{question.name}-{part}") for part in PARTS}
            said |= {**typed, question.name: _day(*typed.values())}
        else:
            said[question.name] = _text(sent, question.name)
    return said


def problems(form: Form, said: Answers) -> tuple[Problem, ...]:
    """Return everything that is wrong with the answers, in the order of the questions."""
    found = (_problem(question, said.get(question.name, "")) for question in form.questions)
    return (*(one for one in found if one is not None), *form.also(said))


def missing(form: Form, said: Answers) -> tuple[Problem, ...]:
    """Return what of the problems is an answer that is not given and that nobody waits for."""
    spared = form.spared(said)
    return tuple(one for one in problems(form, said) if one.name in spared and not said.get(one.name))


def about(places: Mapping[str, str], pointer: str) -> str | None:
    """Return the question that a pointer of the door's is about, the nearest there is; None for none."""
    matching = [start for start in places if pointer == start or pointer.startswith(f"{start}/")]
    return places[max(matching, key=len)] if matching else None


def recipients(title_of: Callable[[str], str]) -> Mapping[str, str]:
    """Return whom an adult victim is asked about and a referral goes to, by what people call them."""
    return {name: title_of(name) for name in RECIPIENTS if name not in NOT_ASKED_FOR}


def day_in(said: str) -> date | None:
    """Return the day that an answer names; None for any other text, and for a year nobody means."""
    day = date_in(said)
    return day if day is not None and EARLIEST.year <= day.year <= LATEST_YEAR else None


def _text(sent: Mapping[str, object], name: str) -> str:
    return str(sent.get(name, "")).strip()


def _day(day: str, month: str, year: str) -> str:
    whole = f"{year}-{month:0>2}-{day:0>2}"
    return whole if day_in(whole) is not None else " ".join(part for part in (day, month, year) if part)


def _problem(question: Question, answer: str) -> Problem | None:
    if question.missing and not answer:
        return Problem(name=question.name, text=question.missing)
    if answer and question.kind in PICKED and answer not in question.options:
        return Problem(name=question.name, text=question.missing or "Choose one of the list")
    if answer and question.kind is Kind.DAY and day_in(answer) is None:
        return Problem(name=question.name, text=UNREAL)
    longest = LONGEST_TEXT if question.kind is Kind.TEXT else LONGEST
    if len(answer) > longest:
        return Problem(name=question.name, text=f"It must be {longest} characters or fewer")
    return None

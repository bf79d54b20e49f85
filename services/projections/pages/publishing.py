"""What the door said to a form, for the person who sent it: recorded, or every reason at once.

A form's id and its time are made when it is first shown. Pressed twice it is the same event, and one record;
changed and sent again under the same id it is refused, not recorded over the first.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.projections.pages.desk import Answer
from services.projections.pages.door_words import elsewhere
from services.vocabulary.times import NotATime, format_time, parse_time

OWN_ID: Final = re.compile("form-[0-9a-f]{32}", re.ASCII)
TAKEN: Final = frozenset({200, 201})
CONFLICT: Final = 409
WHOLE: Final = "form"
"""Names the form itself, for what is wrong with none of its fields."""

ALREADY: Final = "Something else was recorded from this page already: look at the incident and start again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What makes an event one and the same however often its form is sent."""

    id: str
    occurred_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong, and at which field of the form."""

    field: str
    text: str


def stamp(now: datetime) -> Stamp:
    """Return the stamp of a form that is shown for the first time."""
    return Stamp(id=f"form-{secrets.token_hex(16)}", occurred_at=format_time(now))


def stamp_in(sent: Mapping[str, object]) -> Stamp | None:
    """Return the stamp a form was shown with, or None where it is none of ours."""
    of = Stamp(id=str(sent.get("id", "")), occurred_at=str(sent.get("occurred_at", "")))
    try:
        parse_time(of.occurred_at)
    except NotATime:
        return None
    return of if OWN_ID.fullmatch(of.id) else None


def shown(wrong: Sequence[Problem]) -> Mapping[str, object]:
    """Return the problems for an error summary, and by field; the page is an error where there are any."""
    by_field = {each.field: each.text for each in reversed(wrong)}
    return {"wrong": wrong, "problems": by_field, **({"error": True} if wrong else {})}


def problems(
    answer: Answer, fields: Mapping[str, str], said: Mapping[str, str] | None = None
) -> tuple[Problem, ...]:
    """Return every reason why the door did not take a form; none: it is on the log.

    `fields`: the field each JSON pointer is about, by how the pointer begins. `said`: what a form itself says
    of a field in place of what is said of the door's rule.
    """
    if answer.status in TAKEN:
        return ()
    if answer.status == CONFLICT:
        return (Problem(field=WHOLE, text=ALREADY),)
    rows = answer.body.get("reasons")
    found = rows if isinstance(rows, Sequence) else ()
    read = [_problem(row, fields, said or {}) for row in found if isinstance(row, Mapping)]
    return tuple(dict.fromkeys(read)) or (Problem(field=WHOLE, text="It was not taken: start again"),)


def flagged(answer: Answer) -> tuple[str, ...]:
    """Return what the door took and flagged, in words: it is on the log, and to be put right."""
    return tuple(dict.fromkeys(elsewhere(each) for each in defects(answer)))


def defects(answer: Answer) -> tuple[Mapping[str, object], ...]:
    """Return what the door took and flagged, as the door says it to systems."""
    results = answer.body.get("results")
    rows = results if isinstance(results, Sequence) else ()
    found = [row.get("defects") for row in rows if isinstance(row, Mapping)]
    each = [one for some in found if isinstance(some, Sequence) for one in some]
    return tuple(one for one in each if isinstance(one, Mapping))


def _problem(row: Mapping[str, object], fields: Mapping[str, str], said: Mapping[str, str]) -> Problem:
    pointer = str(row.get("pointer", ""))
    field = next((name for start, name in fields.items() if pointer.startswith(start)), WHOLE)
    return Problem(field=field, text=said.get(field, elsewhere(row)))

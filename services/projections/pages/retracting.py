"""Taking back what the agency published, as a form: what it asks, its event, and what follows. Pure.

Its publisher alone takes an event back, from everybody or from those it names (decision 0039).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData

from services.projections.pages.publishing import Problem, Stamp
from services.vocabulary.agencies import JOINERS, OFFICE, RECIPIENTS, is_school
from services.vocabulary.events import VPA_FAMILY, EventType

MISDIRECTED: Final = "misdirected"
REASONS: Final[Mapping[str, str]] = {
    "wrong_person": "It is about the wrong person",
    MISDIRECTED: "It went to the wrong agency or school",
    "published_twice": "It was sent twice",
    "published_in_error": "It should not have been sent",
}
EVERYBODY, NAMED = "everybody", "named"
SCOPES: Final[Mapping[str, str]] = {
    EVERYBODY: "From everybody who was told",
    NAMED: "From those alone that are named below",
}
EDUCATION: Final = "education"
"""Who is told of children alone, by forms."""

FIELDS: Final = {
    "/corrects": "what",
    "/facts/reason": "reason",
    "/facts/to": "to",
    "/rationale": "rationale",
}
SAID: Final = {
    "what": "Nothing of this can be taken back here: ask your agency's lead",
    "reason": "Choose why it is taken back",
    "to": "Choose from whom it is taken back",
    "rationale": "Enter why, in words: a retraction is recorded with its reason",
}
NOT_SAID: Final = "Choose whether it is taken back from everybody, or from those you name"
BOTH: Final = "You named some and chose everybody: choose one of the two"
NOBODY_NAMED: Final = "It went to the wrong one: choose those named below, and name them"

DESTROY: Final = (
    "asked to destroy every copy within 1 working day and to confirm it to the Hub, opened or not"
)
KEPT: Final = (
    "Your agency keeps its own copy, and with it who took it back and why",
    "The partnership keeps the facts, which name nobody",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it is filled in: codes, whom it names, and what was typed."""

    reason: str
    scope: str
    to: tuple[str, ...]
    rationale: str


EMPTY: Final = Filled(reason="", scope="", to=(), rationale="")


def offered(event_type: str, own: str, known: Collection[str], gone: Collection[str]) -> tuple[str, ...]:
    """Return whom an agency may name: every agency but itself, and whom else it knows to have been told.

    `gone`: from whom it was taken back already. The partnership keeps facts of everything, and nothing is
    taken back from it.
    """
    never = {own, OFFICE, *gone, *(() if event_type in VPA_FAMILY else (EDUCATION,))}
    agencies = (*RECIPIENTS, *JOINERS)
    beyond = sorted(set(known).difference(agencies))
    return tuple(name for name in (*agencies, *beyond) if name not in never)


def filled(sent: FormData, may_name: Collection[str]) -> Filled:
    """Return the form as somebody sent it. A choice that is none of ours is as if it was not made."""
    return Filled(
        reason=_one_of(REASONS, sent.get("reason")),
        scope=_one_of(SCOPES, sent.get("scope")),
        to=tuple(dict.fromkeys(str(each) for each in sent.getlist("to") if each in may_name)),
        rationale=str(sent.get("rationale", "")).strip(),
    )


def lacking(form: Filled) -> tuple[Problem, ...]:
    """Return everything that is missing from a form, or does not fit together, in the order it asks."""
    return tuple(Problem(field=field, text=text) for field, text in _lacking(form))


def event(form: Filled, of_event: str, of: Stamp) -> Mapping[str, object]:
    """Return the retraction as the door takes it. `of_event`: the log's id of what is taken back."""
    named = {"to": list(form.to)} if form.scope == NAMED else {}
    return {
        "type": EventType.EVENT_RETRACTED.value,
        "id": of.id,
        "occurred_at": of.occurred_at,
        "corrects": of_event,
        "facts": {"reason": form.reason, **named},
        "rationale": {"text": form.rationale},
    }


def follows(form: Filled, event_type: str, titles: Sequence[str]) -> tuple[str, ...]:
    """Return what happens next, in words. `titles`: what people call those the form names."""
    return (*_asked_back(form, titles), *(_of_form(form) if event_type in VPA_FAMILY else ()), *KEPT)


def _asked_back(form: Filled, titles: Sequence[str]) -> Iterator[str]:
    if form.scope == NAMED:
        yield f"{', '.join(titles)}: whoever of them holds it is {DESTROY}"
        yield "They are sent nothing of it again. To tell one of them after all, record it anew"
        yield "Everybody else who was told keeps it"
    else:
        yield f"Whoever holds it is {DESTROY}"


def _of_form(form: Filled) -> Iterator[str]:
    yield "Anybody who has been sent a later version keeps that version"
    if form.scope == NAMED:
        if any(map(is_school, form.to)):
            yield "The education officer is told of the children in place of a school it is taken back from"
    else:
        yield "A school it told is told anew by the forms that are left, and is to answer anew"
        yield "A school of whose pupils no other form tells is asked to destroy what it holds"
        yield "The forms that are left stand as if they had come without it, and may wait for review again"


def _lacking(form: Filled) -> Iterator[tuple[str, str]]:
    if not form.reason:
        yield "reason", SAID["reason"]
    if not form.scope:
        yield "scope", NOT_SAID
    elif form.scope == EVERYBODY and form.reason == MISDIRECTED:
        yield "scope", NOBODY_NAMED
    elif form.scope == EVERYBODY and form.to:
        yield "scope", BOTH
    elif form.scope == NAMED and not form.to:
        yield "to", SAID["to"]
    if not form.rationale:
        yield "rationale", SAID["rationale"]


def _one_of(choices: Mapping[str, str], value: object) -> str:
    return str(value) if value in set(choices) else ""

"""What an agency may say of an incident it was told of: a consent, or a referral, as questions and as events.

A form is a list of questions, its event is made of the answers, and what the door refuses comes back to the
question it is about. Nobody is named: the incident's alias says who it is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from services.vocabulary.agencies import RECIPIENTS
from services.vocabulary.consent import ConsentAnswer, SafeToUse
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk

Answers = Mapping[str, str]
LONGEST: Final = 200
LONGEST_TEXT: Final = 20_000
NOT_ASKED_FOR: Final = frozenset({"police", "education", "partnership"})
"""Recipients to whom no consent is given and no referral made."""

HERE, ON = "received", "on"
SAFE: Final[Mapping[str, str]] = {SafeToUse.YES: "Yes", SafeToUse.NO: "No", SafeToUse.NOT_KNOWN: "Not known"}
RISKS: Final[Mapping[str, str]] = {
    Risk.HIGH: "High",
    Risk.MEDIUM: "Medium",
    Risk.STANDARD: "Standard",
    Risk.NOT_COMPLETED: "DASH not completed",
}
CHILDREN: Final[Mapping[str, str]] = {
    ChildrenLevel.NONE: "No children",
    ChildrenLevel.BELOW_THRESHOLD: "Children, below the Early Help threshold",
    ChildrenLevel.EARLY_HELP: "Children who meet the Early Help threshold",
    ChildrenLevel.SAFEGUARDING: "A child safeguarding concern",
}


class Kind(StrEnum):
    """How a question is answered."""

    CHOICE = "choice"
    LIST = "list"
    LINE = "line"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `missing` is what is said where it needs an answer and has none."""

    name: str
    label: str
    kind: Kind
    options: Mapping[str, str] = field(default_factory=dict)
    hint: str = ""
    missing: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with the answer to a question."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form: its questions, which question a pointer of the door's is about, and the sections it says.

    `also`: what is wrong with answers that are right each by itself.
    """

    title: str
    lead: str
    questions: tuple[Question, ...]
    about: Mapping[str, str]
    type_of: Callable[[Answers], EventType]
    sections: Callable[[Answers, str, date], Mapping[str, object]]
    also: Callable[[Answers], tuple[Problem, ...]] = lambda _said: ()


def problems(form: Form, said: Answers) -> tuple[Problem, ...]:
    """Return everything that is wrong with the answers, in the order of the questions."""
    found = (_problem(question, said.get(question.name, "")) for question in form.questions)
    return (*(one for one in found if one is not None), *form.also(said))


def refused(form: Form, reasons: Sequence[Mapping[str, object]]) -> tuple[Problem, ...]:
    """Return every reason the door gave, each at the question it is about; at the first where it is none."""
    return tuple(
        Problem(
            name=_question(form, str(one.get("pointer", ""))), text=f"{one.get('detail')}: {one.get('fix')}"
        )
        for one in reasons
    )


def consent_form(title_of: Callable[[str], str]) -> Form:
    """Return the form for what an adult victim answered about one recipient (NA 4.21)."""
    return Form(
        title="Record consent",
        lead="What the adult victim said about being told to one agency. It counts from now.",
        questions=(
            Question(
                name="recipient",
                label="Which agency is it about?",
                kind=Kind.LIST,
                options=_recipients(title_of),
                missing="Choose which agency it is about",
            ),
            Question(
                name="answer",
                label="What did the adult victim say?",
                kind=Kind.CHOICE,
                options={
                    ConsentAnswer.GIVEN: "They consent",
                    ConsentAnswer.REFUSED: "They refuse",
                    ConsentAnswer.COULD_NOT_ASK: "They could not be asked",
                    ConsentAnswer.WITHDRAWN: "They withdraw a consent given before",
                },
                missing="Choose what the adult victim said",
            ),
            Question(
                name="method",
                label="How were they asked?",
                kind=Kind.CHOICE,
                options={"in_person": "In person", "phone": "By phone", "written": "In writing"},
                missing="Choose how they were asked",
            ),
            Question(
                name="confirmed_by",
                label="Staff id of a second person who confirms it (optional)",
                kind=Kind.LINE,
                hint="A consent to your own agency counts only once a second named person confirms it.",
            ),
        ),
        about={
            "/consent": "recipient",
            "/facts/method": "method",
            "/facts/confirmed_by": "confirmed_by",
        },
        type_of=lambda said: (
            EventType.CONSENT_WITHDRAWN
            if said["answer"] == ConsentAnswer.WITHDRAWN
            else EventType.CONSENT_RECORDED
        ),
        sections=lambda said, person, _today: {
            "consent": {said["recipient"]: said["answer"]},
            "facts": {
                "purpose": "support",
                "method": said["method"],
                "taken_by": person,
                "confirmed_by": said["confirmed_by"] or None,
            },
        },
    )


def referral_form(title_of: Callable[[str], str]) -> Form:
    """Return the form for a referral that came to the agency, or that it hands on (NA 3.20)."""
    return Form(
        title="Record a referral",
        lead="A referral that came to your agency, or one you hand on, about the adult victim.",
        questions=(
            Question(
                name="direction",
                label="Which is it?",
                kind=Kind.CHOICE,
                options={HERE: "It came to us", ON: "We refer on"},
                missing="Choose whether it came to you or you refer on",
            ),
            Question(
                name="source",
                label="If it came to you: from which organisation?",
                kind=Kind.LINE,
                hint="Name the hospital, practice or service; never just health.",
            ),
            Question(
                name="to",
                label="If you refer on: to which agency?",
                kind=Kind.LIST,
                options=_recipients(title_of),
            ),
            Question(
                name="risk",
                label="Risk to the adult victim",
                kind=Kind.CHOICE,
                options=RISKS,
                missing="Choose the risk",
            ),
            Question(
                name="children",
                label="Children",
                kind=Kind.CHOICE,
                options=CHILDREN,
                missing="Choose what is known of children",
            ),
            Question(
                name="phone",
                label="Phone number of the adult victim (optional)",
                kind=Kind.LINE,
                hint="Never your own.",
            ),
            *(
                Question(
                    name=f"safe_{channel}",
                    label=f"Is it safe to use {words}?",
                    kind=Kind.CHOICE,
                    options=SAFE,
                    missing=f"Choose whether {words} is safe to use",
                )
                for channel, words in (("phone", "the phone"), ("post", "the post"), ("email", "email"))
            ),
            Question(
                name="said_by",
                label="Who said what is safe?",
                kind=Kind.LINE,
                hint="Their role: adult victim, referrer.",
                missing="Enter who said what is safe",
            ),
            Question(name="text", label="What is asked for (optional)", kind=Kind.TEXT),
        ),
        about={
            "/facts/referral_source": "source",
            "/facts/to": "to",
            "/facts/risk": "risk",
            "/facts/children": "children",
            "/contact/phone": "phone",
            "/contact/safe/phone": "safe_phone",
            "/contact/safe/post": "safe_post",
            "/contact/safe/email": "safe_email",
            "/contact/safe/said_by": "said_by",
            "/referral": "text",
        },
        type_of=lambda said: (
            EventType.REFERRED_ON if said["direction"] == ON else EventType.REFERRAL_RECEIVED
        ),
        sections=_referral,
        also=_other_end,
    )


def _referral(said: Answers, _person: str, today: date) -> Mapping[str, object]:
    graded = {"risk": said["risk"], "children": said["children"]}
    here = {"referral_source": said["source"], "received_on": today.isoformat()}
    safe = {name: said[f"safe_{name}"] for name in ("phone", "post", "email")}
    sections: dict[str, object] = {
        "facts": {**graded, **({"to": [said["to"]]} if said["direction"] == ON else here)},
        "contact": {"phone": said["phone"] or None, "safe": {**safe, "said_by": said["said_by"]}},
    }
    return {**sections, "referral": {"text": said["text"]}} if said["text"] else sections


def _other_end(said: Answers) -> tuple[Problem, ...]:
    if said.get("direction") == HERE and not said.get("source"):
        return (Problem(name="source", text="Enter which organisation it came from"),)
    if said.get("direction") == ON and not said.get("to"):
        return (Problem(name="to", text="Choose which agency you refer to"),)
    return ()


def _problem(question: Question, answer: str) -> Problem | None:
    longest = LONGEST_TEXT if question.kind is Kind.TEXT else LONGEST
    if question.missing and not answer:
        return Problem(name=question.name, text=question.missing)
    if answer and question.options and answer not in question.options:
        return Problem(name=question.name, text=question.missing or "Choose one of the list")
    if len(answer) > longest:
        return Problem(name=question.name, text=f"It must be {longest} characters or fewer")
    return None


def _question(form: Form, pointer: str) -> str:
    matching = [start for start in form.about if pointer == start or pointer.startswith(f"{start}/")]
    return form.about[max(matching, key=len)] if matching else form.questions[0].name


def _recipients(title_of: Callable[[str], str]) -> Mapping[str, str]:
    return {name: title_of(name) for name in RECIPIENTS if name not in NOT_ASKED_FOR}

"""What is asked of a referral of somebody new: who asks, who it is about, what is safe, who else is told.

Nothing here is required: a person at high risk or a child in danger never waits for a form. What an answer
lacks is said beside the question where the door sends the referral back, and flagged where it takes it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from services.projections.pages.questions import Kind, Problem, Question
from services.projections.pages.sayings import CHILDREN, METHODS, RISKS, SAFE
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.risk import ChildrenLevel

HANDED_TO: Final = (
    "cedah",
    "dafsu",
    "checs",
    "family-help",
    "adult-social-care",
    "cheshire-cares",
    "mycwa",
    "rasasc",
)
"""Who takes up referrals of people (NA 3.8-3.31, 4.11)."""

THEMSELVES, ORGANISATION = "self", "organisation"
YES, NO, NOT_ESTABLISHED = "yes", "no", "not_established"
AT_HOME, OTHER_SCHOOL = "home", "other"
MOST_CHILDREN: Final = 12
CHANNELS: Final = {"phone": "the phone", "post": "the post", "email": "email"}
GRADES: Final = {code: words for code, words in CHILDREN.items() if code != ChildrenLevel.NONE}
HANDED: Final[Mapping[str, str]] = {
    "": "Not handed on",
    ConsentAnswer.GIVEN: "Hand it on: they consent",
    ConsentAnswer.COULD_NOT_ASK: "Hand it on: they could not be asked",
    ConsentAnswer.REFUSED: "Do not hand it on: they refuse",
}
OF_CHILD: Final = ("given_name", "family_name", "born", "school")
DATE_HINT: Final = "Such as 27 3 1984."
UNLESS_KNOWN: Final = "What is not known yet can stay empty."


def questions(
    recipients: Mapping[str, str], schools: Sequence[tuple[str, str]], children: int
) -> tuple[Question, ...]:
    """Return every question in order. `recipients`: whom it can be handed on to, and their titles."""
    return (
        *_asking(),
        *_victim(),
        *_contact(),
        *_person("harm", "the person causing harm", "The person causing harm", UNLESS_KNOWN),
        *_need(),
        *_recipients(recipients),
        *_children(),
        *(each for number in range(1, children + 1) for each in _child(number, schools)),
    )


def places(children: int) -> Mapping[str, str]:
    """Return which question each JSON pointer of the door's is about."""
    return {
        "": "came",
        "/incident": "given_name",
        "/facts/referral_source": "source",
        "/facts/risk": "risk",
        "/facts/children": "level",
        "/contact/safe": "safe_phone",
        "/contact/safe/said_by": "said_by",
        "/contact/safe/hours": "hours",
        "/contact/safe/phone_monitored": "monitored",
        **{f"/contact/safe/{channel}": f"safe_{channel}" for channel in CHANNELS},
        **{f"/contact/{name}": name for name in ("phone", "email", "address", "postcode")},
        **{f"/referrer/{name}": f"referrer_{name}" for name in ("name", "role", "phone", "email")},
        "/referral": "text",
        "/victim/identifiers": "nhs",
        **_of_person("/victim", ""),
        **_of_person("/person_causing_harm", "harm_"),
        **{
            pointer: name
            for number in range(children)
            for pointer, name in _of_child(f"/children/{number}", f"child_{number + 1}_").items()
        },
    }


def unclear(said: Mapping[str, str], named: Iterable[int]) -> Iterator[Problem]:
    """Yield what is missing, or does not agree, because of what else is said.

    `named`: the children of whom something is said.
    """
    children = tuple(named)
    if said["came"] == ORGANISATION and not said["source"]:
        yield Problem(name="source", text="Enter which organisation it comes from")
    if any(said[name] for name in said if name.startswith("to_")) and not said["method"]:
        yield Problem(name="method", text="Choose how the adult victim was asked")
    if said["children_known"] == YES and not said["level"]:
        yield Problem(name="level", text="Choose what is known of the children")
    if said["children_known"] == NO and (children or said["level"]):
        text = "Choose yes, or take out what is said of children: they are not left out"
        yield Problem(name="children_known", text=text)


def _asking() -> Iterator[Question]:
    yield Question(
        name="came",
        label="Who asks for support?",
        kind=Kind.CHOICE,
        options={THEMSELVES: "The adult victim themselves", ORGANISATION: "An organisation, for them"},
        missing="Choose who asks for support",
        part="Who asks",
    )
    yield Question(
        name="source",
        label="Which organisation?",
        kind=Kind.LINE,
        hint="The hospital, practice or service; never just health. Leave it empty if they came themselves.",
    )
    for name, words in (("name", "Name"), ("role", "Role"), ("phone", "Phone number"), ("email", "Email")):
        label = f"{words} of the person who refers (optional)"
        yield Question(name=f"referrer_{name}", label=label, kind=Kind.LINE)


def _victim() -> Iterator[Question]:
    yield from _person("", "the adult victim", "The adult victim", UNLESS_KNOWN)
    yield Question(name="nhs", label="NHS number of the adult victim (optional)", kind=Kind.LINE)


def _person(prefix: str, who: str, part: str, lead: str = "") -> Iterator[Question]:
    at = f"{prefix}_" if prefix else ""
    first = f"First name of {who}"
    yield Question(name=f"{at}given_name", label=first, kind=Kind.LINE, part=part, lead=lead)
    yield Question(name=f"{at}family_name", label=f"Last name of {who}", kind=Kind.LINE)
    yield Question(name=f"{at}born", label=f"Date of birth of {who}", kind=Kind.DAY, hint=DATE_HINT)


def _contact() -> Iterator[Question]:
    yield Question(
        name="phone",
        label="Phone number of the adult victim",
        kind=Kind.LINE,
        hint="Theirs, never your own.",
        part="How to reach them, and what is safe",
        lead="Say of each way whether it is safe. What nobody called safe is not used.",
    )
    yield _safe("phone")
    yield Question(
        name="monitored",
        label="May somebody else listen or read on the phone?",
        kind=Kind.CHOICE,
        options=SAFE,
    )
    yield Question(name="email", label="Email address of the adult victim", kind=Kind.LINE)
    yield _safe("email")
    yield Question(name="address", label="Address of the adult victim", kind=Kind.LINE)
    yield Question(name="postcode", label="Postcode of the adult victim", kind=Kind.LINE)
    yield _safe("post")
    yield Question(
        name="said_by",
        label="Who said what is safe?",
        kind=Kind.LINE,
        hint="Their role: adult victim, referrer.",
        missing="Enter who said what is safe",
    )
    yield Question(name="hours", label="When is it safe? (optional)", kind=Kind.LINE)


def _safe(channel: str) -> Question:
    words = CHANNELS[channel]
    return Question(
        name=f"safe_{channel}",
        label=f"Is it safe to use {words}?",
        kind=Kind.CHOICE,
        options=SAFE,
        missing=f"Choose whether {words} is safe to use",
    )


def _need() -> Iterator[Question]:
    yield Question(
        name="risk",
        label="Risk to the adult victim",
        kind=Kind.CHOICE,
        options=RISKS,
        hint="At high risk nobody waits for a form: send what you have.",
        missing="Choose the risk",
        part="Risk and support",
    )
    yield Question(name="text", label="What is asked for", kind=Kind.TEXT)


def _recipients(recipients: Mapping[str, str]) -> Iterator[Question]:
    lead = (
        "What the adult victim said about each agency. At high risk, or where a child is in danger, those "
        "whom the policy in force names are told without it."
    )
    for first, (name, title) in enumerate(recipients.items()):
        heading = {"part": "Who else is told", "lead": lead} if first == 0 else {}
        yield Question(name=f"to_{name}", label=title, kind=Kind.LIST, options=HANDED, **heading)
    yield Question(name="method", label="How was the adult victim asked?", kind=Kind.CHOICE, options=METHODS)


def _children() -> Iterator[Question]:
    yield Question(
        name="children_known",
        label="Are there children in the household?",
        kind=Kind.CHOICE,
        options={YES: "Yes", NO: "No", NOT_ESTABLISHED: "Not established"},
        missing="Choose whether there are children: yes, no or not established",
        part="Children",
    )
    yield Question(name="level", label="If there are: how is it for them?", kind=Kind.CHOICE, options=GRADES)


def _child(number: int, schools: Sequence[tuple[str, str]]) -> Iterator[Question]:
    who = f"child {number}"
    yield from _person(f"child_{number}", who, f"Child {number}")
    yield Question(
        name=f"child_{number}_school",
        label=f"School of {who}",
        kind=Kind.LIST,
        options={**dict(schools), AT_HOME: "Educated at home", OTHER_SCHOOL: "Another school, or not known"},
    )


def _of_person(pointer: str, prefix: str) -> Mapping[str, str]:
    return {
        pointer: f"{prefix}given_name",
        f"{pointer}/given_name": f"{prefix}given_name",
        f"{pointer}/family_name": f"{prefix}family_name",
        f"{pointer}/date_of_birth": f"{prefix}born",
    }


def _of_child(pointer: str, prefix: str) -> Mapping[str, str]:
    return {**_of_person(pointer, prefix), f"{pointer}/school_urn": f"{prefix}school"}

"""What an agency may say of an incident it was told of: a consent, or a referral, as questions and as events.

A form is a list of questions, its event is made of the answers, and what the door refuses comes back to the
question it is about. Nobody is named: the incident's alias says who it is.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from services.projections.pages.questions import (
    Answers,
    Form,
    Kind,
    Problem,
    Question,
    day_in,
    recipients,
)
from services.vocabulary.calendar import over_at
from services.vocabulary.consent import ConsentAnswer, SafeToUse
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk
from services.vocabulary.sides import Client
from services.vocabulary.times import format_time

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
NEVER_WAITED_FOR: Final = frozenset(
    {"source", "client", "risk", "children", "safe_phone", "safe_post", "safe_email", "said_by"}
)
"""What a referral is taken without where somebody is in danger. Which it is, and to whom it goes, it says."""

CLIENTS: Final[Mapping[str, str]] = {
    Client.ADULT_VICTIM: "The adult victim",
    Client.PERSON_CAUSING_HARM: "The person causing harm",
    Client.CHILD: "A child",
}
"""Whose help a referral is."""

METHODS: Final[Mapping[str, str]] = {"in_person": "In person", "phone": "By phone", "written": "In writing"}
"""How an adult victim was asked."""

SUPPORT: Final = "support"
PURPOSES: Final[Mapping[str, str]] = {
    SUPPORT: "Support for them and their children",
    "research": "Research",
    "training": "Training",
    "evaluation": "Evaluation of a service",
    "publication": "Publication",
}
"""What consent is asked for: only for support does it let anybody be told (NA 4.21)."""


def consent_form(title_of: Callable[[str], str], colleagues: Mapping[str, str]) -> Form:
    """Return the form for what an adult victim answered about one recipient (NA 4.21).

    `colleagues`: who of the agency may confirm it, by staff id.
    """
    return Form(
        title="Record consent",
        lead="What the adult victim said about being told to one agency. It counts from now.",
        questions=(
            Question(
                name="recipient",
                label="Which agency is it about?",
                kind=Kind.LIST,
                options=recipients(title_of),
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
                options=METHODS,
                missing="Choose how they were asked",
            ),
            Question(
                name="purpose",
                label="What is it for?",
                kind=Kind.CHOICE,
                options=PURPOSES,
                hint="Consent to anything but support lets nobody be told.",
                missing="Choose what it is for",
            ),
            Question(
                name="ends_on",
                label="The last day it holds (optional)",
                kind=Kind.DAY,
                hint="As they said, such as 27 3 2025. Leave it empty where they gave no end.",
            ),
            Question(
                name="confirmed_by",
                label="Second person of your agency who confirms it (optional)",
                kind=Kind.LIST,
                options={"": "Nobody yet", **colleagues},
                hint="A consent to your own agency counts only once a second named person confirms it.",
            ),
        ),
        about={
            "/consent": "recipient",
            "/facts/method": "method",
            "/facts/purpose": "purpose",
            "/facts/expires_at": "ends_on",
            "/facts/confirmed_by": "confirmed_by",
        },
        type_of=lambda said: (
            EventType.CONSENT_WITHDRAWN
            if said["answer"] == ConsentAnswer.WITHDRAWN
            else EventType.CONSENT_RECORDED
        ),
        sections=_consent,
        also=_end,
    )


def referral_form(title_of: Callable[[str], str]) -> Form:
    """Return the form for a referral that came to the agency, or that it hands on (NA 3.20)."""
    return Form(
        title="Record a referral",
        lead="A referral that came to your agency about the adult victim, or one you hand on.",
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
                options=recipients(title_of),
            ),
            Question(
                name="client",
                label="If you refer on: whose help is it?",
                kind=Kind.LIST,
                options=CLIENTS,
                hint="If it is somebody else's, leave the adult victim's phone number out.",
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
            "/facts/client": "client",
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
        spared=_spared,
    )


def _consent(said: Answers, person: str, _today: date) -> Mapping[str, object]:
    given = said["answer"] == ConsentAnswer.GIVEN
    return {
        "consent": {said["recipient"]: said["answer"]},
        "facts": {
            "purpose": said["purpose"],
            "method": said["method"],
            "taken_by": person,
            "expires_at": _end_of(said.get("ends_on", "")) if given else None,
            "confirmed_by": said["confirmed_by"] or None,
        },
    }


def _end_of(typed: str) -> str | None:
    """Return the moment, in Europe/London, at which a last day is over."""
    last = day_in(typed)
    return format_time(over_at(last)) if last is not None else None


def _end(said: Answers) -> tuple[Problem, ...]:
    if said.get("ends_on") and said.get("answer") not in ("", ConsentAnswer.GIVEN):
        return (Problem(name="ends_on", text="Only a consent that is given has an end: leave it empty"),)
    return ()


def _referral(said: Answers, _person: str, today: date) -> Mapping[str, object]:
    graded = {"risk": said["risk"], "children": said["children"]}
    here = {"referral_source": said["source"], "received_on": today.isoformat()}
    safe = {name: said[f"safe_{name}"] for name in ("phone", "post", "email")}
    on = {"to": [said["to"]], "client": said["client"] or None}
    sections: dict[str, object] = {
        "facts": {**graded, **(on if said["direction"] == ON else here)},
        "contact": {"phone": said["phone"] or None, "safe": {**safe, "said_by": said["said_by"]}},
    }
    return {**sections, "referral": {"text": said["text"]}} if said["text"] else sections


def _spared(said: Answers) -> frozenset[str]:
    """Return what a referral of somebody at high risk, or of a child in danger, goes without (NA 3.20)."""
    urgent = said.get("risk") == Risk.HIGH or said.get("children") == ChildrenLevel.SAFEGUARDING
    return NEVER_WAITED_FOR if urgent else frozenset()


def _other_end(said: Answers) -> tuple[Problem, ...]:
    if said.get("direction") == HERE and not said.get("source"):
        return (Problem(name="source", text="Enter which organisation it came from"),)
    if said.get("direction") != ON:
        return ()
    wanted = {"to": "Choose which agency you refer to", "client": "Choose whose help it is"}
    return tuple(Problem(name=name, text=text) for name, text in wanted.items() if not said.get(name))

"""The Hub's secondary assessment as a form: filled from the opened original, and made into one event. Pure.

What the form does not ask is sent as it was opened: a review carries the whole form (design 11).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData

from services.projections.pages.publishing import Problem, Stamp
from services.vocabulary.consent import ConsentAnswer
from services.vocabulary.events import EventType
from services.vocabulary.risk import ChildrenLevel, Risk, VulnerableAdult

RISKS: Final = {Risk.HIGH: "High", Risk.MEDIUM: "Medium", Risk.STANDARD: "Standard"}
"""What a review may end with: never a DASH that is not completed."""

UNGRADED: Final = "Not completed"
CHILDREN: Final = {
    ChildrenLevel.NONE: "None",
    ChildrenLevel.BELOW_THRESHOLD: "Below the early help threshold",
    ChildrenLevel.EARLY_HELP: "Early help",
    ChildrenLevel.SAFEGUARDING: "Safeguarding",
}
ADULTS: Final = {
    VulnerableAdult.VICTIM: "The adult victim",
    VulnerableAdult.PERSON_CAUSING_HARM: "The person causing harm",
    VulnerableAdult.OTHER: "Another member of the household",
}
ANSWERS: Final = {
    "": "No answer recorded now",
    ConsentAnswer.GIVEN: "Given",
    ConsentAnswer.REFUSED: "Refused",
    ConsentAnswer.COULD_NOT_ASK: "Could not ask",
}
ASKED_FOR: Final = ("cedah", "dafsu", "checs", "family-help", "adult-social-care", "cheshire-cares")
"""Whom the officer asks the adult victim about: everybody in the routing table (NA 4.11)."""

CARRIED: Final = ("victim", "contact", "person_causing_harm", "narrative", "dash")
CARRIED_FACTS: Final = ("area", "repeat", "crime")
DERIVED: Final = frozenset({"occurred_at", "source", "do_not_contact"})
"""What the door writes into a section itself, and takes from nobody."""

FIELDS: Final = {
    "/facts/risk": "risk",
    "/facts/children": "children",
    "/facts/vulnerable_adults": "vulnerable_adults",
    "/facts/adult_safeguarding_concern": "concern",
    "/rationale": "rationale",
    **{f"/consent/{name}": f"consent-{name}" for name in ASKED_FOR},
}
Content = Mapping[str, object]


class NotAnOriginal(ValueError):
    """What came back with a form is not what was put into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """The form as it is filled in: codes, and what was typed."""

    risk: str
    children: str
    vulnerable_adults: tuple[str, ...]
    concern: str
    consent: Mapping[str, str]
    rationale: str


def first(sections: Mapping[str, object]) -> Filled:
    """Return the form as the original fills it. Consent is asked anew: the original's is no content."""
    facts = _record(sections, "facts")
    risk = str(facts.get("risk", ""))
    adults = facts.get("vulnerable_adults")
    return Filled(
        risk=risk if risk in RISKS else "",
        children=str(facts.get("children", "")),
        vulnerable_adults=tuple(map(str, adults)) if isinstance(adults, list) else (),
        concern="yes" if facts.get("adult_safeguarding_concern") is True else "no",
        consent={},
        rationale="",
    )


def filled(sent: FormData) -> Filled:
    """Return the form as somebody sent it. A choice that is none of ours is as if it was not made."""
    consent = {name: str(sent.get(f"consent-{name}", "")) for name in ASKED_FOR}
    return Filled(
        risk=_one_of(RISKS, sent.get("risk", "")),
        children=_one_of(CHILDREN, sent.get("children", "")),
        vulnerable_adults=tuple(str(each) for each in sent.getlist("vulnerable_adults") if each in ADULTS),
        concern="yes" if sent.get("concern", "") == "yes" else "no",
        consent={name: answer for name, answer in consent.items() if answer and answer in ANSWERS},
        rationale=str(sent.get("rationale", "")).strip(),
    )


def lacking(form: Filled, original: Content) -> tuple[Problem, ...]:
    """Return everything that is missing from the form, in the order it asks."""
    found = []
    if not form.risk:
        found.append(Problem(field="risk", text="Choose the adult victim's risk after your assessment"))
    if not form.children:
        found.append(Problem(field="children", text="Choose what the form says about children"))
    elif form.children == ChildrenLevel.NONE and original.get("children"):
        found.append(Problem(field="children", text="The form names children: choose a level for them"))
    if form.risk and form.risk != previous(original) and not form.rationale:
        found.append(Problem(field="rationale", text="Enter why the risk changed"))
    return tuple(found)


def kept(sections: Mapping[str, object]) -> Content:
    """Return of the opened sections what a review carries on: nothing null, nothing the door derives."""
    children = [_given(each) for name, each in sections.items() if name.startswith("children[")]
    facts = _record(sections, "facts")
    carried = {name: _given(sections[name]) for name in CARRIED if isinstance(sections.get(name), Mapping)}
    own = {name: facts[name] for name in ("risk", *CARRIED_FACTS) if facts.get(name) is not None}
    return {**carried, **({"children": children} if children else {}), "facts": own}


def written(original: Content) -> str:
    """Return the original as the form carries it along."""
    return json.dumps(original, ensure_ascii=False, sort_keys=True)


def read(text: str) -> Content:
    """Return the original that a form carried along. Raises NotAnOriginal."""
    try:
        found: object = json.loads(text)
    except ValueError:
        raise NotAnOriginal from None
    if not isinstance(found, dict) or not isinstance(found.get("facts"), dict):
        raise NotAnOriginal
    return found


def previous(original: Content) -> str:
    """Return the risk the original was graded at."""
    return str(_record(original, "facts").get("risk", ""))


def graded(original: Content) -> str:
    """Return the risk the original was graded at, in words."""
    return next((words for risk, words in RISKS.items() if risk == previous(original)), UNGRADED)


def event(form: Filled, original: Content, incident: str, of: Stamp) -> Content:
    """Return the review as the door takes it, for an incident by the Hub's alias."""
    carried = {name: original[name] for name in (*CARRIED, "children") if name in original}
    facts = {name: value for name, value in _record(original, "facts").items() if name in CARRIED_FACTS}
    return {
        "type": EventType.VPA_REVIEWED.value,
        "id": of.id,
        "occurred_at": of.occurred_at,
        "incident": incident,
        "facts": {
            **facts,
            "risk": form.risk,
            "previous_risk": previous(original),
            "children": form.children,
            "vulnerable_adults": list(form.vulnerable_adults),
            "adult_safeguarding_concern": form.concern == "yes",
        },
        **({"consent": dict(form.consent)} if form.consent else {}),
        **carried,
        **({"rationale": {"text": form.rationale}} if form.rationale else {}),
    }


def _record(sections: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = sections.get(name)
    return found if isinstance(found, Mapping) else {}


def _one_of(choices: Mapping[Risk, str] | Mapping[ChildrenLevel, str], value: object) -> str:
    return str(value) if value in set(choices) else ""


def _given(value: object) -> object:
    if isinstance(value, Mapping):
        named = {name: _given(item) for name, item in value.items() if name not in DERIVED}
        return {name: item for name, item in named.items() if item is not None}
    return [_given(item) for item in value] if isinstance(value, list) else value

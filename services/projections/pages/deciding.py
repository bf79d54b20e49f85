"""An override, and a decision not to share, as forms: what is asked, and the event each makes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from services.projections.pages.publishing import Problem, Stamp
from services.vocabulary.agencies import CHILDRENS_SERVICES, HUB, RECIPIENTS
from services.vocabulary.events import EventType

WITHOUT_CONSENT: Final = frozenset({HUB, "education", "partnership"})
"""Who is told by rules of their own, which nobody overrides or decides against here."""

NEVER_OVERRIDDEN: Final = frozenset({"cheshire-cares"})
"""Who is told with the adult victim's own consent or not at all (NA 4.22)."""

RANKS: Final = {
    "constable": "Constable",
    "sergeant": "Sergeant",
    "inspector": "Inspector",
    "chief-inspector": "Chief inspector",
    "police-staff": "Police staff",
}
GRADES: Final = {
    "social-worker": "Social worker",
    "senior-social-worker": "Senior social worker",
    "family-help-practitioner": "Family Help practitioner",
    "team-manager": "Team manager",
    "service-manager": "Service manager",
    "head-of-service": "Head of service",
}
"""What stands for a rank in children's services."""

WHY_NOT: Final = {
    "more_harm_to_the_child": "Sharing would do the child more harm than good",
    "more_harm_to_the_adult": "Sharing would put the adult victim in more danger",
    "somebody_works_there": "Somebody concerned, or a relative, works there",
    "already_held": "They know it already",
    "other": "Another reason, given below",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One of these forms. `asks`: the facts it asks for beside recipient and rationale.

    `needs`: the fields without which it would change nothing. `ranks`: what whoever decides may be. `said`:
    what a person reads of a field that is missing, or that the door did not take.
    """

    type: EventType
    path: str
    template: str
    asks: tuple[str, ...]
    needs: tuple[str, ...]
    recipients: tuple[str, ...]
    ranks: Mapping[str, str]
    said: Mapping[str, str]


OVERRIDE: Final = Kind(
    type=EventType.OVERRIDE_RECORDED,
    path="override",
    template="projections/override.html",
    asks=("rank", "reviewed_by"),
    needs=("recipient", "rationale"),
    recipients=tuple(name for name in RECIPIENTS if name not in WITHOUT_CONSENT | NEVER_OVERRIDDEN),
    ranks=RANKS,
    said={
        "recipient": "Choose whom this is shared with",
        "rationale": "Enter why consent is overridden: without it nobody has a lawful basis to act",
    },
)
OWN_DUTY: Final = Kind(
    type=EventType.OVERRIDE_RECORDED,
    path="override",
    template="projections/own-override.html",
    asks=("rank", "reviewed_by", "confirmed_by"),
    needs=("rationale",),
    recipients=CHILDRENS_SERVICES,
    ranks=GRADES,
    said={
        "rationale": "Enter why consent is overridden: without it your agency has no lawful basis to act",
    },
)
"""An override by children's services, for whoever sends it and for nobody else (decision 0019)."""

NOT_TO_SHARE: Final = Kind(
    type=EventType.DECIDED_NOT_TO_SHARE,
    path="not-to-share",
    template="projections/not-to-share.html",
    asks=("reason", "review_on", "rank", "reviewed_by", "confirmed_by"),
    needs=("recipient", "rationale", "confirmed_by"),
    recipients=tuple(name for name in RECIPIENTS if name not in WITHOUT_CONSENT),
    ranks=RANKS,
    said={
        "recipient": "Choose whom this is not shared with",
        "rationale": "Enter why it is not shared: a decision not to share is recorded with its reason",
        "confirmed_by": "Choose who confirms it: decided by one person alone it withholds nothing",
        "review_on": "Enter the day to look at it again as a real date, such as 2024-10-02",
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A form as it is filled in: the facts by name, and what was typed."""

    facts: Mapping[str, str]
    rationale: str


def filled(kind: Kind, sent: Mapping[str, object]) -> Filled:
    """Return the form as somebody sent it; what is blank is not there. Whom it may not name it does not."""
    typed = {name: str(sent.get(name, "")).strip() for name in ("recipient", *kind.asks)}
    if typed["recipient"] not in kind.recipients:
        typed["recipient"] = ""
    return Filled(
        facts={name: value for name, value in typed.items() if value},
        rationale=str(sent.get("rationale", "")).strip(),
    )


def lacking(kind: Kind, form: Filled) -> tuple[Problem, ...]:
    """Return everything that is missing from a form, in the order it asks."""
    there = {*form.facts, *(("rationale",) if form.rationale else ())}
    return tuple(Problem(field=name, text=kind.said[name]) for name in kind.needs if name not in there)


def fields(kind: Kind) -> Mapping[str, str]:
    """Return which field each JSON pointer of the event is about."""
    asked = {f"/facts/{name}": name for name in ("recipient", *kind.asks)}
    return {**asked, "/rationale": "rationale"}


def event(kind: Kind, form: Filled, incident: str, of: Stamp) -> Mapping[str, object]:
    """Return the event as the door takes it. What is missing the door says, all of it at once."""
    return {
        "type": kind.type.value,
        "id": of.id,
        "occurred_at": of.occurred_at,
        "incident": incident,
        "facts": dict(form.facts),
        "rationale": {"text": form.rationale},
    }
